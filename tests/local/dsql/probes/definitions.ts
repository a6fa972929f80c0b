import { type Probe, prepared, rows, single, statements, userGuide } from "../probe";

const enums = "enum, 2026-09-15";
const features = userGuide("working-with-postgresql-compatibility-supported-sql-features");
const createTable = userGuide("create-table-syntax-support");
const sequences = userGuide("sequences-identity-columns");
const types = userGuide("working-with-postgresql-compatibility-supported-data-types");
const releases = userGuide("release-notes");
const lamp = "CREATE TABLE lamp (id int PRIMARY KEY, n int)";

const everyType = [
    "smallint integer bigint real float8 numeric numeric(18,6) decimal(10,2) char(4) varchar(5) text",
    "date time timetz timestamp timestamptz interval boolean bytea uuid json jsonb",
].flatMap((names) => names.split(" "));

/** What may be defined, and what it does then. */
export const definitions: readonly Probe[] = [
    single("an unknown type of a column", enums, [
        "CREATE TABLE lamp (m lamp_mood)",
        '42704 type "lamp_mood" does not exist',
    ]),
    single("an unknown type of a cast", enums, [
        "SELECT 'sad'::lamp_mood",
        '42704 type "lamp_mood" does not exist',
    ]),
    prepared(
        ["CREATE DOMAIN lamp_mood AS text CHECK (VALUE IN ('on', 'off'))"],
        "a domain stands for an enumeration",
        enums,
        ["CREATE TABLE lamp (id int, mood lamp_mood)", "CREATE TABLE"],
        ["INSERT INTO lamp VALUES (1, 'on')", "INSERT 0 1"],
        [
            "INSERT INTO lamp VALUES (1, 'dim')",
            '23514 value for domain lamp_mood violates check constraint "lamp_mood_check"',
        ],
    ),
    prepared(
        ["CREATE TABLE lamp (id int, mood text CHECK (mood IN ('on', 'off')))"],
        "a CHECK stands for an enumeration",
        enums,
        [
            "INSERT INTO lamp VALUES (1, 'dim')",
            '23514 new row for relation "lamp" violates check constraint "lamp_mood_check"',
        ],
    ),
    prepared(
        [
            "CREATE TABLE lamp (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), n int NOT NULL UNIQUE)",
            "INSERT INTO lamp (n) VALUES (1), (2)",
        ],
        "constraints of a table are enforced",
        createTable,
        ["SELECT count(DISTINCT id) FROM lamp", rows("2")],
        [
            "INSERT INTO lamp (n) VALUES (1)",
            '23505 duplicate key value violates unique constraint "lamp_n_key"',
        ],
        [
            "INSERT INTO lamp (n) VALUES (NULL)",
            '23502 null value in column "n" of relation "lamp" violates not-null constraint',
        ],
    ),
    prepared(
        ["CREATE TABLE lamp (a int, b int GENERATED ALWAYS AS (a + 1) STORED)"],
        "a generated column is computed",
        features,
        ["INSERT INTO lamp VALUES (1) RETURNING b", rows("2")],
        [
            "INSERT INTO lamp VALUES (1, 2)",
            '428C9 cannot insert a non-DEFAULT value into column "b"',
        ],
    ),
    single("a generated column is computed alike at any time", features, [
        "CREATE TABLE lamp (a timestamptz, b text GENERATED ALWAYS AS (a::text) STORED)",
        "42P17 generation expression is not immutable",
    ]),
    ...["CACHE 1", "CACHE 65536"].map((cache) =>
        prepared(
            [`CREATE TABLE lamp (id bigint GENERATED ALWAYS AS IDENTITY (${cache}), n int)`],
            `an identity column with ${cache} begins with 1`,
            sequences,
            ["INSERT INTO lamp (n) VALUES (0) RETURNING id", rows("1")],
            [
                "INSERT INTO lamp VALUES (5, 0)",
                '428C9 cannot insert a non-DEFAULT value into column "id"',
            ],
        ),
    ),
    prepared(
        ["CREATE SEQUENCE lamp CACHE 1"],
        "a sequence counts, and may be changed and dropped",
        sequences,
        ["SELECT nextval('lamp')", rows("1")],
        ["SELECT nextval('lamp')", rows("2")],
        ["ALTER SEQUENCE lamp RESTART WITH 10", "ALTER SEQUENCE"],
        ["SELECT nextval('lamp')", rows("10")],
        ["DROP SEQUENCE lamp", "DROP SEQUENCE"],
    ),
    prepared([lamp], "a table is dropped", "supported, 2026-09-18", [
        "DROP TABLE lamp",
        "DROP TABLE",
    ]),
    single("a table that is not there is dropped if it exists", "types, 2026-09-15", [
        "DROP TABLE IF EXISTS lamp",
        "DROP TABLE",
    ]),
    single(
        "a schema holds tables",
        "supported, 2026-09-18",
        ["CREATE SCHEMA lamp", "CREATE SCHEMA"],
        ["CREATE TABLE lamp.things (id int)", "CREATE TABLE"],
        ["SELECT * FROM lamp.things", rows()],
        ["DROP SCHEMA lamp CASCADE", "DROP SCHEMA"],
    ),
    single(
        "a schema is created with what it holds",
        releases,
        ["CREATE SCHEMA lamp CREATE TABLE things (id int)", "CREATE SCHEMA"],
        ["SELECT * FROM lamp.things", rows()],
        ["DROP SCHEMA lamp CASCADE", "DROP SCHEMA"],
    ),
    prepared(
        [lamp, "INSERT INTO lamp VALUES (1, 5)", "CREATE VIEW lamp_view AS SELECT n FROM lamp"],
        "a view is read, replaced and dropped",
        "supported, 2026-09-18",
        ["SELECT * FROM lamp_view", rows("5")],
        ["CREATE OR REPLACE VIEW lamp_view AS SELECT n + 1 AS n FROM lamp", "CREATE VIEW"],
        ["DROP VIEW lamp_view", "DROP VIEW"],
    ),
    prepared(
        ["CREATE FUNCTION lamp(n int) RETURNS int LANGUAGE sql AS $$ SELECT n + 1 $$"],
        "a function in SQL is called",
        "unsupported, 2026-09-18",
        ["SELECT lamp(1)", rows("2")],
    ),
    prepared([lamp], "statistics of several columns", releases, [
        "CREATE STATISTICS lamp_statistics ON id, n FROM lamp",
        "CREATE STATISTICS",
    ]),
    prepared(["CREATE ROLE lamp WITH LOGIN"], "a role gets another name", releases, [
        "ALTER ROLE lamp RENAME TO lamp_new",
        "ALTER ROLE",
    ]),
    prepared(["CREATE ROLE lamp"], "routines are granted", releases, [
        "GRANT EXECUTE ON ALL ROUTINES IN SCHEMA public TO lamp",
        "GRANT",
    ]),
    prepared(
        [`CREATE TABLE lamp (${everyType.map((type, index) => `c${index} ${type}`).join(", ")})`],
        "a row has a value of every type",
        "types, 2026-09-15",
        [
            "INSERT INTO lamp VALUES (1, 2, 3, 1.5, 2.5, 3.5, 4.5, 5.5, 'abc', 'def', 'ghi', '2026-01-02', '03:04:05', '03:04:05+00', '2026-01-02 03:04:05', '2026-01-02 03:04:05+00', '1 day', true, '\\x6869', '00000000-0000-0000-0000-000000000001', '{\"a\":1}', '{\"b\":2}')",
            "INSERT 0 1",
        ],
        [
            "SELECT * FROM lamp",
            rows(
                '1|2|3|1.5|2.5|3.500000|4.500000|5.50|abc |def|ghi|2026-01-02|03:04:05|03:04:05+00|2026-01-02 03:04:05|2026-01-02 03:04:05+00|1 day|t|\\x6869|00000000-0000-0000-0000-000000000001|{"a":1}|{"b": 2}',
            ),
        ],
    ),
    ...statements("types, 2026-09-15", {
        "CREATE TABLE": [
            "CREATE TABLE lamp (a int2, b int4, c int8, d float4, e float8, f bool, g varchar(5), h char(5), i dec, j timetz, k timestamptz)",
        ],
    }),
    ...statements(types, {
        "0A000 datatype bytea not supported as an index key": [
            "CREATE TABLE t (a bytea PRIMARY KEY)",
        ],
        "0A000 datatype jsonb not supported as an index key": ["CREATE TABLE t (a jsonb UNIQUE)"],
        "0A000 datatype interval not supported as an index key": [
            "CREATE TABLE t (a int, b interval, PRIMARY KEY (a, b))",
        ],
        "0A000 datatype time with time zone not supported as an index key": [
            "CREATE TABLE t (a timetz PRIMARY KEY)",
        ],
        "CREATE TABLE": ["CREATE TABLE lamp (a numeric(10,2) PRIMARY KEY, b numeric(1000,3))"],
    }),
];
