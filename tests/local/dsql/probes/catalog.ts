import { catalogChanged, type Probe, rows } from "../probe";

const documented = "https://docs.aws.amazon.com/aurora-dsql/latest/userguide/working-with-ddl.html";
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
];
