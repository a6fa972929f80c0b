import { columns, type Probe, prepared, rows, single, tags } from "../probe";

const environment = "environment, 2026-09-15";
const multi = "multi_statement, 2026-09-17";
const repeated = "0A000 multiple ddl statements not supported in a transaction";

export const sessions: readonly Probe[] = [
    ...(
        [
            ["SHOW server_version", "16.15"],
            ["SHOW server_version_num", "160015"],
            ["SELECT version()", "PostgreSQL 16"],
            ["SELECT current_setting('server_version')", "16.15"],
            ["SELECT current_setting('server_version_num')", "160015"],
            ["SELECT current_database()", "postgres"],
            ["SELECT current_schema()", "public"],
            ["SHOW timezone", "UTC"],
            ["SHOW client_encoding", "UTF8"],
            ["SELECT current_user", "admin"],
            ["SELECT session_user", "admin"],
            ["SHOW server_encoding", "UTF8"],
            ["SELECT datcollate FROM pg_database WHERE datname = current_database()", "C"],
            ["SELECT 'B' < 'a' AND 'a' < 'é'", "t"],
        ] as const
    ).map(([text, value]) => single(text, environment, [text, rows(value)])),
    single("SHOW lc_collate", environment, [
        "SHOW lc_collate",
        '42704 unrecognized configuration parameter "lc_collate"',
    ]),
    single("SHOW names the column as PostgreSQL does", environment, [
        "SHOW timezone",
        columns("TimeZone"),
    ]),
    single(
        "several queries in one text",
        multi,
        ["SELECT 1 AS a; SELECT 2 AS b", tags("SELECT 1", "SELECT 1")],
        ["SELECT 1 AS a; SELECT 2 AS b", rows("2")],
        ["SELECT 1 AS a; SELECT 2 AS b", columns("b")],
    ),
    single("two definitions in one text", multi, [
        "CREATE TABLE lamp (id int); CREATE TABLE lamp_two (id int)",
        repeated,
    ]),
    single("a definition and a change in one text", multi, [
        "CREATE TABLE lamp (id int); INSERT INTO lamp VALUES (1)",
        "0A000 ddl and dml are not supported in the same transaction",
    ]),
    single("a table and its index in one text", multi, [
        "CREATE TABLE lamp (id int); CREATE INDEX ASYNC lamp_index ON lamp (id)",
        repeated,
    ]),
    {
        name: "a transaction in one text",
        source: multi,
        setup: ["CREATE TABLE lamp (id int PRIMARY KEY)"],
        steps: [
            [
                "A",
                "BEGIN; INSERT INTO lamp VALUES (1); COMMIT",
                tags("BEGIN", "INSERT 0 1", "COMMIT"),
            ],
            ["A", "SELECT * FROM lamp", rows("1")],
        ],
    },
    {
        name: "an index in a transaction in one text",
        source: multi,
        setup: ["CREATE TABLE lamp (id int PRIMARY KEY)"],
        steps: [
            [
                "A",
                "BEGIN; CREATE INDEX ASYNC lamp_index ON lamp (id); COMMIT",
                tags("BEGIN", "CREATE INDEX", "COMMIT"),
            ],
        ],
    },
    {
        name: "an error in one text undoes all of it",
        source: multi,
        setup: ["CREATE TABLE lamp (id int PRIMARY KEY)"],
        steps: [
            ["A", "INSERT INTO lamp VALUES (1); SELECT 1 / 0", "22012 division by zero"],
            ["A", "SELECT * FROM lamp", rows()],
        ],
    },
    single(
        "a refused statement in one text undoes what was before it",
        multi,
        ["CREATE TABLE lamp (id int); TRUNCATE lamp", "0A000 unsupported statement: Truncate"],
        ["SELECT * FROM lamp", '42P01 relation "lamp" does not exist'],
    ),
    prepared(
        ["CREATE TABLE lamp (id int PRIMARY KEY)"],
        "an error in a transaction in one text leaves the session in it",
        multi,
        ["BEGIN; INSERT INTO lamp VALUES (1); SELECT 1 / 0; COMMIT", "22012 division by zero"],
        ["COMMIT", "ROLLBACK"],
        ["SELECT * FROM lamp", rows()],
    ),
    prepared(
        ["CREATE TABLE lamp (id int PRIMARY KEY)"],
        "changes in one text are one transaction",
        multi,
        [
            "INSERT INTO lamp VALUES (1); INSERT INTO lamp VALUES (2)",
            tags("INSERT 0 1", "INSERT 0 1"),
        ],
        [
            "INSERT INTO lamp VALUES (3); INSERT INTO lamp VALUES (1)",
            '23505 duplicate key value violates unique constraint "lamp_pkey"',
        ],
        ["SELECT id FROM lamp ORDER BY id", rows("1", "2")],
    ),
    single("an empty text is answered", "https://www.postgresql.org/docs/16/protocol-flow.html", [
        "",
        "",
    ]),
];
