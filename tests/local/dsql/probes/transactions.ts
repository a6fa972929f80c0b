import { aborted, type Probe, prepared, rows, single, userGuide } from "../probe";

const recorded = "transaction, 2026-09-18";
const isolation = "isolation, 2026-09-15";
const lamp = "CREATE TABLE lamp (id int PRIMARY KEY, n int)";
const refusedTruncate = "0A000 unsupported statement: Truncate";
const refusedSetting = '0A000 setting configuration parameter "TRANSACTION" not supported';
const mixed = "0A000 ddl and dml are not supported in the same transaction";
const repeated = "0A000 multiple ddl statements not supported in a transaction";

export const transactions: readonly Probe[] = [
    single(
        "two definitions are too many",
        recorded,
        ["BEGIN", "BEGIN"],
        ["CREATE TABLE lamp (id int)", "CREATE TABLE"],
        ["CREATE TABLE lamp_two (id int)", repeated],
        ["COMMIT", "ROLLBACK"],
        ["SELECT count(*) FROM pg_tables WHERE tablename = 'lamp'", rows("0")],
    ),
    single(
        "a change after a definition",
        recorded,
        ["BEGIN", "BEGIN"],
        ["CREATE TABLE lamp (id int)", "CREATE TABLE"],
        ["INSERT INTO lamp VALUES (1)", mixed],
        ["SELECT 1", aborted],
        ["ROLLBACK", "ROLLBACK"],
    ),
    {
        name: "a definition after a change",
        source: recorded,
        setup: [lamp],
        steps: [
            ["A", "BEGIN", "BEGIN"],
            ["A", "INSERT INTO lamp VALUES (1, 1)", "INSERT 0 1"],
            ["A", "CREATE TABLE lamp_two (id int)", mixed],
            ["A", "COMMIT", "ROLLBACK"],
            ["A", "SELECT * FROM lamp", rows()],
        ],
    },
    single(
        "one definition commits",
        recorded,
        ["BEGIN", "BEGIN"],
        ["CREATE TABLE lamp (id int)", "CREATE TABLE"],
        ["COMMIT", "COMMIT"],
        ["SELECT * FROM lamp", rows()],
    ),
    {
        name: "COMMIT keeps, ROLLBACK forgets",
        source: recorded,
        setup: [lamp],
        steps: [
            ["A", "BEGIN", "BEGIN"],
            ["A", "INSERT INTO lamp VALUES (1, 1)", "INSERT 0 1"],
            ["A", "COMMIT", "COMMIT"],
            ["A", "START TRANSACTION", "START TRANSACTION"],
            ["A", "INSERT INTO lamp VALUES (2, 2)", "INSERT 0 1"],
            ["A", "ROLLBACK", "ROLLBACK"],
            ["A", "SELECT * FROM lamp", rows("1|1")],
        ],
    },
    single(
        "a refusal aborts the transaction, and COMMIT answers ROLLBACK",
        recorded,
        ["BEGIN", "BEGIN"],
        ["SET TRANSACTION READ ONLY", refusedSetting],
        ["SELECT 1", aborted],
        ["COMMIT", "ROLLBACK"],
        ["SELECT 1", rows("1")],
    ),
    single(
        "in an aborted transaction a refused statement is answered like any other",
        recorded,
        ["BEGIN", "BEGIN"],
        ["TRUNCATE lamp", refusedTruncate],
        ["TRUNCATE lamp", aborted],
        ["ROLLBACK", "ROLLBACK"],
    ),
    single(
        "a refusal outside a transaction aborts nothing",
        recorded,
        ["TRUNCATE lamp", refusedTruncate],
        ["SELECT 1", rows("1")],
    ),
    single(
        "a savepoint in a transaction aborts it",
        recorded,
        ["BEGIN", "BEGIN"],
        ["SAVEPOINT one", "0A000 unsupported transaction statement: SAVEPOINT"],
        ["SELECT 1", aborted],
        ["ROLLBACK", "ROLLBACK"],
    ),
    single(
        "an error aborts the transaction",
        recorded,
        ["BEGIN", "BEGIN"],
        ["SELECT 1 / 0", "22012 division by zero"],
        ["SELECT 1", aborted],
        ["COMMIT", "ROLLBACK"],
    ),
    single(
        "repeatable read may be asked for",
        isolation,
        ["BEGIN ISOLATION LEVEL REPEATABLE READ", "BEGIN"],
        ["SHOW transaction_isolation", rows("repeatable read")],
        ["COMMIT", "COMMIT"],
    ),
    single(
        "repeatable read is the default",
        isolation,
        ["BEGIN", "BEGIN"],
        ["SHOW transaction_isolation", rows("repeatable read")],
        ["COMMIT", "COMMIT"],
    ),
    {
        name: "a transaction may be read-only",
        source: isolation,
        setup: [lamp],
        steps: [
            ["A", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", "BEGIN"],
            ["A", "SELECT count(*) FROM lamp", rows("0")],
            [
                "A",
                "INSERT INTO lamp VALUES (1, 1)",
                "25006 cannot execute INSERT in a read-only transaction",
            ],
            ["A", "ROLLBACK", "ROLLBACK"],
        ],
    },
    {
        name: "FOR UPDATE is an error in a read-only transaction",
        source: userGuide("working-with-concurrency-control"),
        setup: [lamp],
        steps: [
            ["A", "BEGIN READ ONLY", "BEGIN"],
            [
                "A",
                "SELECT * FROM lamp FOR UPDATE",
                "25006 cannot execute SELECT FOR UPDATE in a read-only transaction",
            ],
            ["A", "ROLLBACK", "ROLLBACK"],
        ],
    },
    {
        name: "a snapshot does not move",
        source: userGuide("working-with-concurrency-control"),
        setup: [lamp, "INSERT INTO lamp VALUES (1, 1)"],
        steps: [
            ["A", "BEGIN", "BEGIN"],
            ["A", "SELECT n FROM lamp", rows("1")],
            ["B", "UPDATE lamp SET n = 2", "UPDATE 1"],
            ["A", "SELECT n FROM lamp", rows("1")],
            ["A", "COMMIT", "COMMIT"],
            ["A", "SELECT n FROM lamp", rows("2")],
        ],
    },
    single(
        "a refused BEGIN begins nothing",
        isolation,
        ["BEGIN ISOLATION LEVEL SERIALIZABLE", "0A000 Unsupported isolation level: SERIALIZABLE"],
        ["SAVEPOINT one", "0A000 unsupported transaction statement: SAVEPOINT"],
        ["SELECT 1", rows("1")],
    ),
    prepared(
        [lamp],
        "queries stand beside a definition",
        recorded,
        ["BEGIN", "BEGIN"],
        ["SELECT count(*) FROM lamp", rows("0")],
        ["CREATE TABLE lamp_two (id int)", "CREATE TABLE"],
        ["SELECT count(*) FROM lamp_two", rows("0")],
        ["COMMIT", "COMMIT"],
    ),
    ...[
        "UPDATE lamp SET n = 2",
        "DELETE FROM lamp",
        "INSERT INTO lamp SELECT 3, 3",
        "SELECT * FROM lamp FOR UPDATE",
    ].map((change) =>
        prepared(
            [lamp, "INSERT INTO lamp VALUES (1, 1)"],
            `${change}, and then a definition`,
            recorded,
            ["BEGIN", "BEGIN"],
            [change, change.startsWith("SELECT") ? rows("1|1") : tagOf(change)],
            ["ALTER TABLE lamp ADD COLUMN m int", mixed],
            ["COMMIT", "ROLLBACK"],
            ["SELECT * FROM lamp", rows("1|1")],
        ),
    ),
    ...[
        "CREATE INDEX ASYNC lamp_index ON lamp (n)",
        "DROP TABLE lamp",
        "GRANT SELECT ON lamp TO admin",
    ].map((definition) =>
        prepared(
            [lamp],
            `${definition}, after another definition`,
            recorded,
            ["BEGIN", "BEGIN"],
            ["CREATE TABLE lamp_two (id int)", "CREATE TABLE"],
            [definition, repeated],
            ["ROLLBACK", "ROLLBACK"],
        ),
    ),
    prepared(
        [lamp],
        "what a transaction that was rolled back defined is not there",
        recorded,
        ["BEGIN", "BEGIN"],
        ["ALTER TABLE lamp ADD COLUMN m int", "ALTER TABLE"],
        ["ROLLBACK", "ROLLBACK"],
        ["SELECT m FROM lamp", '42703 column "m" does not exist'],
    ),
    prepared(
        [lamp, "INSERT INTO lamp VALUES (1, 1)"],
        "a broken constraint aborts the transaction and undoes all of it",
        recorded,
        ["BEGIN", "BEGIN"],
        ["INSERT INTO lamp VALUES (2, 2)", "INSERT 0 1"],
        [
            "INSERT INTO lamp VALUES (1, 1)",
            '23505 duplicate key value violates unique constraint "lamp_pkey"',
        ],
        ["INSERT INTO lamp VALUES (3, 3)", aborted],
        ["COMMIT", "ROLLBACK"],
        ["SELECT id FROM lamp", rows("1")],
    ),
    single(
        "END and ABORT are other names",
        recorded,
        ["BEGIN TRANSACTION", "BEGIN"],
        ["END", "COMMIT"],
        ["BEGIN READ WRITE", "BEGIN"],
        ["ABORT", "ROLLBACK"],
    ),
];

function tagOf(change: string): string {
    const [command] = change.split(" ");
    return command === "INSERT" ? "INSERT 0 1" : `${command} 1`;
}
