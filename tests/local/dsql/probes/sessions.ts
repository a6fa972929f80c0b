import { type Probe, rows, single, statements } from "../probe";

const environment = "environment, 2026-09-15";
const multi = "multi_statement, 2026-09-17";
const roles =
    "https://docs.aws.amazon.com/aurora-dsql/latest/userguide/using-database-and-iam-roles.html";
const repeated = "0A000 multiple ddl statements not supported in a transaction";
const arn = "arn:aws:iam::000000000000:role/lamps";

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
        ] as const
    ).map(([text, value]) => single(text, environment, [text, rows(value)])),
    single("SHOW lc_collate", environment, [
        "SHOW lc_collate",
        '42704 unrecognized configuration parameter "lc_collate"',
    ]),
    single("several queries in one text", multi, ["SELECT 1 AS a; SELECT 2 AS b", rows("2")]),
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
            ["A", "BEGIN; INSERT INTO lamp VALUES (1); COMMIT", "COMMIT"],
            ["A", "SELECT * FROM lamp", rows("1")],
        ],
    },
    {
        name: "an index in a transaction in one text",
        source: multi,
        setup: ["CREATE TABLE lamp (id int PRIMARY KEY)"],
        steps: [["A", "BEGIN; CREATE INDEX ASYNC lamp_index ON lamp (id); COMMIT", "COMMIT"]],
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
    {
        name: "an IAM role is granted a database role, and the grant is listed",
        source: roles,
        setup: ["CREATE ROLE lamp WITH LOGIN"],
        steps: [
            ["A", `AWS IAM GRANT lamp TO '${arn}'`, "AWS IAM GRANT"],
            [
                "A",
                "SELECT arn FROM sys.iam_pg_role_mappings WHERE pg_role_name = 'lamp'",
                rows(arn),
            ],
            ["A", `AWS IAM REVOKE lamp FROM '${arn}'`, "AWS IAM REVOKE"],
            ["A", "SELECT arn FROM sys.iam_pg_role_mappings WHERE pg_role_name = 'lamp'", rows()],
        ],
    },
    single(
        "a grant is a definition",
        roles,
        ["BEGIN", "BEGIN"],
        ["CREATE ROLE lamp WITH LOGIN", "CREATE ROLE"],
        [`AWS IAM GRANT lamp TO '${arn}'`, repeated],
        ["ROLLBACK", "ROLLBACK"],
    ),
    single("a role that does not exist cannot be granted", roles, [
        `AWS IAM GRANT lamp TO '${arn}'`,
        '42704 role "lamp" does not exist',
    ]),
    ...statements("https://github.com/awslabs/aurora-dsql-tools", {
        "0A000 unsupported statement: Prepare": ["PREPARE lamp AS SELECT 1"],
    }),
];
