import { aborted, catalogChanged, type Probe, rows, userGuide } from "../probe";

const documented = userGuide("working-with-ddl");
const lamp = ["CREATE TABLE lamp (id int PRIMARY KEY, n int)", "INSERT INTO lamp VALUES (1, 1)"];

/** B changes the catalogue, A is told once. */
function toldOnce(what: string, setup: readonly string[], change: string, tag: string): Probe {
    return {
        name: `${what} is told to other open connections, once`,
        source: documented,
        isAboutCatalog: true,
        setup: [...lamp, ...setup],
        steps: [
            ["A", "SELECT n FROM lamp", rows("1")],
            ["B", change, tag],
            ["A", "SELECT n FROM lamp", catalogChanged],
            ["A", "SELECT n FROM lamp", rows("1")],
            ["B", "SELECT n FROM lamp", rows("1")],
        ],
    };
}

export const catalog: readonly Probe[] = [
    toldOnce("a new table", [], "CREATE TABLE lamp_two (id int)", "CREATE TABLE"),
    toldOnce("a new column", [], "ALTER TABLE lamp ADD COLUMN m int", "ALTER TABLE"),
    toldOnce("a new view", [], "CREATE VIEW lamp_view AS SELECT 1 AS one", "CREATE VIEW"),
    toldOnce(
        "a dropped table",
        ["CREATE TABLE lamp_two (id int)"],
        "DROP TABLE lamp_two",
        "DROP TABLE",
    ),
    toldOnce("a grant", ["CREATE ROLE lamp_role"], "GRANT SELECT ON lamp TO lamp_role", "GRANT"),
    toldOnce("a new role", [], "CREATE ROLE lamp_role WITH LOGIN", "CREATE ROLE"),
    toldOnce(
        "a role of IAM",
        ["CREATE ROLE lamp_role WITH LOGIN"],
        "AWS IAM GRANT lamp_role TO '$principal'",
        "AWS IAM GRANT",
    ),
    toldOnce("a new sequence", [], "CREATE SEQUENCE lamp_numbers CACHE 1", "CREATE SEQUENCE"),
    toldOnce(
        "a revocation",
        ["CREATE ROLE lamp_role", "GRANT SELECT ON lamp TO lamp_role"],
        "REVOKE SELECT ON lamp FROM lamp_role",
        "REVOKE",
    ),
    {
        name: "a change of the catalogue aborts a transaction that was open",
        source: documented,
        isAboutCatalog: true,
        setup: lamp,
        steps: [
            ["A", "BEGIN", "BEGIN"],
            ["A", "UPDATE lamp SET n = 2", "UPDATE 1"],
            ["B", "CREATE TABLE lamp_two (id int)", "CREATE TABLE"],
            ["A", "COMMIT", catalogChanged],
            ["A", "SELECT n FROM lamp", rows("1")],
        ],
    },
    {
        name: "a definition that was rolled back is told to nobody",
        source: documented,
        isAboutCatalog: true,
        setup: lamp,
        steps: [
            ["A", "SELECT n FROM lamp", rows("1")],
            ["B", "BEGIN", "BEGIN"],
            ["B", "CREATE TABLE lamp_two (id int)", "CREATE TABLE"],
            ["B", "ROLLBACK", "ROLLBACK"],
            ["A", "SELECT n FROM lamp", rows("1")],
        ],
    },
    {
        name: "a statement in a transaction meets it and aborts the transaction",
        source: documented,
        isAboutCatalog: true,
        setup: lamp,
        steps: [
            ["A", "BEGIN", "BEGIN"],
            ["A", "UPDATE lamp SET n = 2", "UPDATE 1"],
            ["B", "CREATE TABLE lamp_two (id int)", "CREATE TABLE"],
            ["A", "UPDATE lamp SET n = 3", catalogChanged],
            ["A", "SELECT n FROM lamp", aborted],
            ["A", "COMMIT", "ROLLBACK"],
            ["A", "SELECT n FROM lamp", rows("1")],
        ],
    },
    {
        name: "the end of an index build is told to open connections, also to who began it",
        source: documented,
        isAboutCatalog: true,
        setup: lamp,
        steps: [
            ["B", "CREATE INDEX ASYNC lamp_index ON lamp (n)", "CREATE INDEX"],
            ["C", "CALL sys.wait_for_job('$job')", rows("t")],
            ["B", "SELECT n FROM lamp", catalogChanged],
            ["B", "SELECT n FROM lamp", rows("1")],
            ["A", "SELECT n FROM lamp", catalogChanged],
            ["A", "SELECT n FROM lamp", rows("1")],
        ],
    },
    {
        name: "every other open connection is told",
        source: documented,
        isAboutCatalog: true,
        setup: lamp,
        steps: [
            ["B", "ALTER TABLE lamp ADD COLUMN m int", "ALTER TABLE"],
            ["A", "SELECT n FROM lamp", catalogChanged],
            ["C", "INSERT INTO lamp VALUES (2, 2, 2)", catalogChanged],
            ["C", "INSERT INTO lamp VALUES (2, 2, 2)", "INSERT 0 1"],
            ["A", "SELECT m FROM lamp ORDER BY id", rows("", "2")],
        ],
    },
    {
        name: "two definitions are told together",
        source: documented,
        isAboutCatalog: true,
        setup: lamp,
        steps: [
            ["B", "ALTER TABLE lamp ADD COLUMN m int", "ALTER TABLE"],
            ["B", "ALTER TABLE lamp ADD COLUMN k int", "ALTER TABLE"],
            ["A", "SELECT k FROM lamp", catalogChanged],
            ["A", "SELECT k FROM lamp", rows("")],
        ],
    },
    {
        name: "a definition that failed is told to nobody",
        source: documented,
        isAboutCatalog: true,
        setup: lamp,
        steps: [
            ["B", "DROP TABLE lamp_two", '42P01 table "lamp_two" does not exist'],
            ["A", "SELECT n FROM lamp", rows("1")],
        ],
    },
    {
        name: "changes of rows are told to nobody",
        source: documented,
        isAboutCatalog: true,
        setup: lamp,
        steps: [
            ["B", "UPDATE lamp SET n = 2", "UPDATE 1"],
            ["A", "SELECT n FROM lamp", rows("2")],
        ],
    },
];
