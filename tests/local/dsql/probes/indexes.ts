import { columns, type Probe, prepared, rows, type Step, statements, userGuide } from "../probe";

const recorded = "index, 2026-09-15";
const documented = userGuide("working-with-create-index-async");
const lamp = ["CREATE TABLE lamp (id int PRIMARY KEY, n int, name text)"];
const doubled = [...lamp, "INSERT INTO lamp VALUES (1, 7), (2, 7)"];
const built = (condition: string) =>
    `SELECT indisvalid FROM pg_index WHERE indexrelid = 'lamp_index'::regclass ${condition}`;

/** The job that was submitted last ends, successfully or not. */
const waitedFor = (succeeded: "t" | "f"): Step => [
    "A",
    "CALL sys.wait_for_job('$job')",
    rows(succeeded),
];

/** An index on lamps is accepted, and is valid after its job. */
function accepted(definition: string): Probe {
    return {
        name: definition,
        source: recorded,
        setup: lamp,
        steps: [["A", definition, "CREATE INDEX"], waitedFor("t"), ["A", built(""), rows("t")]],
    };
}

export const indexes: readonly Probe[] = [
    ...statements(userGuide("working-with-create-index-async"), {
        "0A000 specifying sort order not supported for index keys": [
            "CREATE INDEX ASYNC i ON t (a DESC)",
        ],
        "0A000 COLLATE clause not supported": ['CREATE INDEX ASYNC i ON t (a COLLATE "en_US")'],
    }),
    ...statements(recorded, {
        "0A000 unsupported mode. please use CREATE INDEX ASYNC.": [
            "CREATE INDEX lamp_index ON lamp (n)",
            "CREATE UNIQUE INDEX lamp_index ON lamp (n)",
        ],
        "0A000 USING not supported for CREATE INDEX": [
            "CREATE INDEX ASYNC lamp_index ON lamp USING btree (n)",
        ],
        "0A000 CONCURRENTLY not supported for CREATE INDEX": [
            "CREATE INDEX CONCURRENTLY lamp_index ON lamp (n)",
        ],
        '42601 syntax error at or near "."': ["CREATE INDEX ASYNC public.lamp_index ON lamp (n)"],
    }),
    accepted("CREATE INDEX ASYNC lamp_index ON lamp (n)"),
    accepted("CREATE INDEX ASYNC lamp_index ON lamp (n) INCLUDE (name)"),
    accepted("CREATE INDEX ASYNC lamp_index ON lamp (n) WHERE n > 1"),
    accepted("CREATE UNIQUE INDEX ASYNC lamp_index ON lamp (n) WHERE n <> 3"),
    accepted("CREATE INDEX ASYNC lamp_index ON lamp ((lower(name)))"),
    accepted("CREATE UNIQUE INDEX ASYNC lamp_index ON lamp (n) NULLS NOT DISTINCT"),
    {
        name: "a submitted index is answered with its job",
        source: recorded,
        setup: lamp,
        steps: [["A", "CREATE INDEX ASYNC lamp_index ON lamp (n)", columns("job_id")]],
    },
    prepared(
        lamp,
        "an index without a name gets one",
        recorded,
        ["CREATE INDEX ASYNC ON lamp (n)", "CREATE INDEX"],
        [
            "SELECT indexname FROM pg_indexes WHERE tablename = 'lamp' ORDER BY 1",
            rows("lamp_n_idx", "lamp_pkey"),
        ],
    ),
    prepared(
        lamp,
        "a job is listed with what it does and to what",
        recorded,
        ["CREATE INDEX ASYNC lamp_index ON lamp (n)", "CREATE INDEX"],
        ["CALL sys.wait_for_job('$job')", rows("t")],
        [
            "SELECT status, job_type, class_id, object_id = 'lamp_index'::regclass, start_time <= update_time FROM sys.jobs WHERE job_id = '$job'",
            rows("completed|INDEX_BUILD|1259|t|t"),
        ],
    ),
    prepared(
        lamp,
        "a job has 26 characters of base 32",
        recorded,
        ["CREATE INDEX ASYNC lamp_index ON lamp (n)", "CREATE INDEX"],
        ["SELECT '$job' ~ '^[a-z2-7]{26}$'", rows("t")],
    ),
    prepared(
        lamp,
        "a dropped table is a job, too",
        recorded,
        ["DROP TABLE lamp", "DROP TABLE"],
        [
            "SELECT count(*) > 0 FROM sys.jobs WHERE job_type = 'DROP' AND status = 'completed'",
            rows("t"),
        ],
    ),
    prepared(
        lamp,
        "an index that is there is none to build",
        recorded,
        ["CREATE INDEX ASYNC lamp_index ON lamp (n)", "CREATE INDEX"],
        ["CREATE INDEX ASYNC IF NOT EXISTS lamp_index ON lamp (n)", "CREATE INDEX"],
        ["CREATE INDEX ASYNC lamp_index ON lamp (n)", '42P07 relation "lamp_index" already exists'],
    ),
    prepared(
        doubled,
        "a unique index that is valid refuses duplicates",
        documented,
        ["CREATE UNIQUE INDEX ASYNC lamp_index ON lamp (id, n)", "CREATE INDEX"],
        ["CALL sys.wait_for_job('$job')", rows("t")],
        [built(""), rows("t")],
        ["DROP INDEX lamp_index", "DROP INDEX"],
    ),
    prepared(
        doubled,
        "a partial unique index concerns its rows alone",
        recorded,
        ["CREATE UNIQUE INDEX ASYNC lamp_index ON lamp (n) WHERE n <> 7", "CREATE INDEX"],
        ["CALL sys.wait_for_job('$job')", rows("t")],
        ["INSERT INTO lamp VALUES (3, 7), (4, 8)", "INSERT 0 2"],
        [
            "INSERT INTO lamp VALUES (5, 8)",
            '23505 duplicate key value violates unique constraint "lamp_index"',
        ],
    ),
    prepared(
        lamp,
        "nulls may be made equal",
        recorded,
        ["CREATE UNIQUE INDEX ASYNC lamp_index ON lamp (n) NULLS NOT DISTINCT", "CREATE INDEX"],
        ["CALL sys.wait_for_job('$job')", rows("t")],
        ["INSERT INTO lamp VALUES (1, NULL)", "INSERT 0 1"],
        [
            "INSERT INTO lamp VALUES (2, NULL)",
            '23505 duplicate key value violates unique constraint "lamp_index"',
        ],
    ),
    prepared(
        lamp,
        "an index that was rolled back is not built",
        documented,
        ["BEGIN", "BEGIN"],
        ["CREATE INDEX ASYNC lamp_index ON lamp (n)", "CREATE INDEX"],
        ["ROLLBACK", "ROLLBACK"],
        ["SELECT count(*) FROM pg_class WHERE relname = 'lamp_index'", rows("0")],
    ),
    {
        name: "a table that does not exist is told at once",
        source: recorded,
        steps: [["A", "CREATE INDEX ASYNC ON lamp (n)", '42P01 relation "lamp" does not exist']],
    },
    {
        name: "sys.jobs has the recorded columns",
        source: recorded,
        steps: [
            [
                "A",
                "SELECT string_agg(column_name, ',' ORDER BY ordinal_position) FROM information_schema.columns WHERE table_schema = 'sys' AND table_name = 'jobs'",
                rows(
                    "job_id,status,details,job_type,class_id,object_id,object_name,start_time,update_time",
                ),
            ],
        ],
    },
    {
        name: "a unique index over duplicates fails, stays invalid and refuses more of them",
        source: documented,
        setup: doubled,
        steps: [
            ["A", "CREATE UNIQUE INDEX ASYNC lamp_index ON lamp (n)", "CREATE INDEX"],
            waitedFor("f"),
            ["A", built(""), rows("f")],
            [
                "A",
                "SELECT status FROM sys.jobs WHERE object_name LIKE '%lamp_index'",
                rows("failed"),
            ],
            [
                "A",
                "INSERT INTO lamp VALUES (3, 7)",
                '23505 duplicate key value violates unique constraint "lamp_index"',
            ],
            ["A", "DROP INDEX lamp_index", "DROP INDEX"],
            ["A", "INSERT INTO lamp VALUES (3, 7)", "INSERT 0 1"],
        ],
    },
    {
        name: "a built unique index becomes a constraint",
        source: "alters, 2026-09-18",
        setup: lamp,
        steps: [
            ["A", "CREATE UNIQUE INDEX ASYNC lamp_index ON lamp (n)", "CREATE INDEX"],
            waitedFor("t"),
            [
                "A",
                "ALTER TABLE lamp ADD CONSTRAINT lamp_unique UNIQUE USING INDEX lamp_index",
                "ALTER TABLE",
            ],
        ],
    },
    {
        name: "an index that is not valid becomes none",
        source: "alters, 2026-09-18",
        setup: doubled,
        steps: [
            ["A", "CREATE UNIQUE INDEX ASYNC lamp_index ON lamp (n)", "CREATE INDEX"],
            waitedFor("f"),
            [
                "A",
                "ALTER TABLE lamp ADD CONSTRAINT lamp_unique UNIQUE USING INDEX lamp_index",
                '55000 index "lamp_index" is not valid',
            ],
        ],
    },
];
