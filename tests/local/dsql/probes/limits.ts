import { aborted, type Probe, rows } from "../probe";

const recorded = "transaction, 2026-09-18";
const quotas = "https://docs.aws.amazon.com/aurora-dsql/latest/userguide/CHAP_quotas.html";
const lamp = "CREATE TABLE lamp (id int PRIMARY KEY, n int, note text)";
const fill = (count: number) => `INSERT INTO lamp SELECT generate_series(1, ${count}), 0`;
const tooMany = "54000 transaction row limit exceeded";

export const limits: readonly Probe[] = [
    {
        name: "3,000 rows may be changed in a transaction",
        source: recorded,
        setup: [lamp],
        steps: [
            ["A", "BEGIN", "BEGIN"],
            ["A", fill(3_000), "INSERT 0 3000"],
            ["A", "COMMIT", "COMMIT"],
            ["A", "SELECT count(*) FROM lamp", rows("3000")],
        ],
    },
    {
        name: "the 3,001st row fails the statement and aborts the transaction",
        source: recorded,
        setup: [lamp],
        steps: [
            ["A", "BEGIN", "BEGIN"],
            ["A", fill(3_001), tooMany],
            ["A", "SELECT 1", aborted],
            ["A", "ROLLBACK", "ROLLBACK"],
            ["A", "SELECT count(*) FROM lamp", rows("0")],
        ],
    },
    {
        name: "3,001 rows fail without BEGIN, too",
        source: recorded,
        setup: [lamp],
        steps: [
            ["A", fill(3_001), tooMany],
            ["A", "SELECT count(*) FROM lamp", rows("0")],
        ],
    },
    {
        name: "rows of several statements count together",
        source: quotas,
        setup: [lamp],
        steps: [
            ["A", "BEGIN", "BEGIN"],
            ["A", fill(2_000), "INSERT 0 2000"],
            ["A", "UPDATE lamp SET n = 1 WHERE id <= 1000", "UPDATE 1000"],
            ["A", "UPDATE lamp SET n = 2 WHERE id = 1", tooMany],
            ["A", "COMMIT", "ROLLBACK"],
        ],
    },
    {
        name: "deleted rows count, and the next transaction begins anew",
        source: quotas,
        setup: [lamp, fill(3_000), "INSERT INTO lamp VALUES (3001, 0)"],
        steps: [
            ["A", "DELETE FROM lamp", tooMany],
            ["A", "DELETE FROM lamp WHERE id > 3000", "DELETE 1"],
            ["A", "DELETE FROM lamp", "DELETE 3000"],
        ],
    },
    {
        name: "rows that a foreign key deletes along count, too",
        source: "https://docs.aws.amazon.com/aurora-dsql/latest/userguide/working-with-foreign-key-constraints.html",
        setup: [
            lamp,
            "CREATE TABLE lamp_part (id int PRIMARY KEY, lamp_id int REFERENCES lamp (id) ON DELETE CASCADE)",
            "INSERT INTO lamp VALUES (1, 1)",
            "INSERT INTO lamp_part SELECT generate_series(1, 3000), 1",
        ],
        steps: [
            ["A", "DELETE FROM lamp", tooMany],
            ["A", "DELETE FROM lamp_part WHERE id = 1", "DELETE 1"],
            ["A", "DELETE FROM lamp", "DELETE 1"],
            ["A", "SELECT count(*) FROM lamp_part", rows("0")],
        ],
    },
    {
        name: "10 MiB may be written in a transaction, and no more",
        source: quotas,
        setup: [lamp],
        steps: [
            ["A", "BEGIN", "BEGIN"],
            [
                "A",
                "INSERT INTO lamp SELECT id, 0, repeat('x', 1000000) FROM generate_series(1, 10) AS id",
                "INSERT 0 10",
            ],
            [
                "A",
                "INSERT INTO lamp VALUES (11, 0, repeat('x', 1000000))",
                "54000 transaction size limit 10mb exceeded",
            ],
            ["A", "SELECT 1", aborted],
            ["A", "ROLLBACK", "ROLLBACK"],
        ],
    },
    {
        name: "a table has at most 24 indexes",
        source: quotas,
        setup: [
            "CREATE TABLE lamp (id int PRIMARY KEY, " +
                `${Array.from({ length: 23 }, (_, index) => `c${index} int UNIQUE`).join(", ")}, n int)`,
        ],
        steps: [
            [
                "A",
                "CREATE INDEX ASYNC lamp_last ON lamp (n)",
                "54000 more than 24 indexes per table are not allowed",
            ],
        ],
    },
];
