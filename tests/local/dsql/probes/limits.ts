import { aborted, type Probe, prepared, rows, single, userGuide } from "../probe";

const recorded = "transaction, 2026-09-18";
const quotas = userGuide("CHAP_quotas");
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
        source: userGuide("working-with-foreign-key-constraints"),
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
    prepared(
        [lamp],
        "3,000 rows that are rolled back leave none, and the limit begins anew",
        recorded,
        ["BEGIN", "BEGIN"],
        [fill(3_000), "INSERT 0 3000"],
        ["SELECT 1", rows("1")],
        ["ROLLBACK", "ROLLBACK"],
        [fill(3_000), "INSERT 0 3000"],
    ),
    prepared(
        [lamp, fill(3_000), "INSERT INTO lamp VALUES (3001, 0)"],
        "3,001 rows cannot be updated",
        quotas,
        ["UPDATE lamp SET n = 1", tooMany],
        ["UPDATE lamp SET n = 1 WHERE id <= 3000", "UPDATE 3000"],
    ),
    prepared(
        [lamp, fill(3_000)],
        "rows that are only read do not count",
        quotas,
        ["BEGIN", "BEGIN"],
        ["SELECT count(*) FROM lamp", rows("3000")],
        ["UPDATE lamp SET n = 1", "UPDATE 3000"],
        ["COMMIT", "COMMIT"],
    ),
    prepared(
        [lamp],
        "rows of one text count together",
        quotas,
        [`${fill(3_000)}; INSERT INTO lamp VALUES (3001, 0)`, tooMany],
        ["SELECT count(*) FROM lamp", rows("0")],
    ),
    prepared(
        [lamp],
        "a value has at most 1 MiB",
        quotas,
        ["INSERT INTO lamp VALUES (1, 0, repeat('x', 1048576))", "INSERT 0 1"],
        [
            "INSERT INTO lamp VALUES (2, 0, repeat('x', 1048577))",
            "54000 maximum column size exceeded",
        ],
    ),
    prepared(
        ["CREATE TABLE lamp (id int PRIMARY KEY, a text, b text, c text)"],
        "a row has at most 2 MiB",
        quotas,
        ["INSERT INTO lamp SELECT 1, x, x, NULL FROM repeat('x', 1000000) AS x", "INSERT 0 1"],
        [
            "INSERT INTO lamp SELECT 2, x, x, x FROM repeat('x', 1000000) AS x",
            "54000 maximum row size exceeded",
        ],
    ),
    prepared(
        ["CREATE TABLE lamp (a varchar(5), b char(3))"],
        "a text is as long as its column allows",
        quotas,
        [
            "INSERT INTO lamp VALUES ('abcdef')",
            "22001 value too long for type character varying(5)",
        ],
        ["INSERT INTO lamp VALUES ('abcde', 'a') RETURNING b", rows("a  ")],
    ),
    {
        ...single(
            "a cluster has at most 10 schemas",
            quotas,
            ...Array.from(
                { length: 9 },
                (_, index) => [`CREATE SCHEMA s${index}`, "CREATE SCHEMA"] as const,
            ),
            ["CREATE SCHEMA s9", "54000 more than 10 schemas not allowed"],
            ["DROP SCHEMA s8", "DROP SCHEMA"],
            ["CREATE SCHEMA s9", "CREATE SCHEMA"],
        ),
        isAlone: true,
    },
    prepared(
        [lamp, fill(3_000)],
        "several transactions delete what one cannot",
        recorded,
        ["INSERT INTO lamp VALUES (3001, 0)", "INSERT 0 1"],
        ["DELETE FROM lamp", tooMany],
        ["DELETE FROM lamp WHERE id <= 3000", "DELETE 3000"],
        ["DELETE FROM lamp", "DELETE 1"],
    ),
];
