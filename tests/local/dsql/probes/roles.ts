import { catalogChanged, columns, type Probe, rows, single, userGuide } from "../probe";

const documented = userGuide("using-database-and-iam-roles");
const releases = userGuide("release-notes");
const arn = "arn:aws:iam::000000000000:role/lamps";
const mapped = "SELECT arn FROM sys.iam_pg_role_mappings WHERE pg_role_name = 'lamp'";
const repeated = "0A000 multiple ddl statements not supported in a transaction";

/** The role that B connects as. */
const granted = ["CREATE ROLE lamp WITH LOGIN", "AWS IAM GRANT lamp TO '$principal'"];
const asRole = { users: { B: "lamp" } } as const;
const things = [
    ...granted,
    "CREATE TABLE lamp_things (id int PRIMARY KEY)",
    "GRANT SELECT, INSERT ON lamp_things TO lamp",
];

export const roles: readonly Probe[] = [
    {
        name: "an IAM role is granted a database role, and the grant is listed",
        source: documented,
        setup: ["CREATE ROLE lamp WITH LOGIN"],
        steps: [
            ["A", `AWS IAM GRANT lamp TO '${arn}'`, "AWS IAM GRANT"],
            ["A", mapped, rows(arn)],
            ["A", `AWS IAM REVOKE lamp FROM '${arn}'`, "AWS IAM REVOKE"],
            ["A", mapped, rows()],
        ],
    },
    single("grants are listed with their roles", documented, [
        "SELECT * FROM sys.iam_pg_role_mappings",
        columns(
            "iam_oid",
            "arn",
            "pg_role_oid",
            "pg_role_name",
            "grantor_pg_role_oid",
            "grantor_pg_role_name",
        ),
    ]),
    single(
        "a grant is a definition",
        documented,
        ["BEGIN", "BEGIN"],
        ["CREATE ROLE lamp WITH LOGIN", "CREATE ROLE"],
        [`AWS IAM GRANT lamp TO '${arn}'`, repeated],
        ["ROLLBACK", "ROLLBACK"],
    ),
    single("a role that does not exist cannot be granted", documented, [
        `AWS IAM GRANT lamp TO '${arn}'`,
        '42704 role "lamp" does not exist',
    ]),
    {
        name: "what was not granted cannot be revoked",
        source: userGuide("troubleshooting"),
        setup: ["CREATE ROLE lamp WITH LOGIN"],
        steps: [
            ["A", `AWS IAM REVOKE lamp FROM '${arn}'`, `42704 IAM role "${arn}" does not exist`],
        ],
    },
    {
        name: "a role that was granted connects as itself",
        source: documented,
        setup: granted,
        ...asRole,
        steps: [["B", "SELECT current_user", rows("lamp")]],
    },
    {
        name: "a session outlives the grant that let it in",
        source: documented,
        setup: granted,
        ...asRole,
        steps: [
            ["B", "SELECT current_user", rows("lamp")],
            ["A", "AWS IAM REVOKE lamp FROM '$principal'", "AWS IAM REVOKE"],
            ["B", "SELECT current_user", rows("lamp")],
        ],
    },
    {
        name: "a role has no use of the schema public",
        source: documented,
        setup: things,
        ...asRole,
        steps: [
            [
                "B",
                "CREATE TABLE public.lamp_own (id int)",
                "42501 permission denied for schema public",
            ],
            ["B", "SELECT * FROM public.lamp_things", "42501 permission denied for schema public"],
            ["B", "SELECT * FROM lamp_things", '42P01 relation "lamp_things" does not exist'],
        ],
    },
    {
        name: "a role uses a schema that it was granted, and no more than it was granted",
        source: documented,
        setup: [
            ...granted,
            "CREATE SCHEMA lamp_shop",
            "CREATE TABLE lamp_shop.things (id int PRIMARY KEY)",
            "GRANT USAGE ON SCHEMA lamp_shop TO lamp",
            "GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA lamp_shop TO lamp",
        ],
        ...asRole,
        steps: [
            ["B", "INSERT INTO lamp_shop.things VALUES (1)", "INSERT 0 1"],
            ["B", "SELECT id FROM lamp_shop.things", rows("1")],
            ["B", "DELETE FROM lamp_shop.things", "42501 permission denied for table things"],
            [
                "B",
                "CREATE TABLE lamp_shop.others (id int)",
                "42501 permission denied for schema lamp_shop",
            ],
            ["A", "DROP SCHEMA lamp_shop CASCADE", "DROP SCHEMA"],
        ],
    },
    {
        name: "privileges of tables to come are granted in advance",
        source: releases,
        setup: [
            ...granted,
            "CREATE SCHEMA lamp_shop",
            "GRANT USAGE ON SCHEMA lamp_shop TO lamp",
            "ALTER DEFAULT PRIVILEGES IN SCHEMA lamp_shop GRANT SELECT ON TABLES TO lamp",
            "CREATE TABLE lamp_shop.things (id int PRIMARY KEY)",
        ],
        ...asRole,
        steps: [
            ["B", "SELECT id FROM lamp_shop.things", rows()],
            ["A", "DROP SCHEMA lamp_shop CASCADE", "DROP SCHEMA"],
        ],
    },
    {
        name: "only the administrator grants database roles",
        source: documented,
        setup: granted,
        ...asRole,
        steps: [
            [
                "B",
                `AWS IAM GRANT lamp TO '${arn}'`,
                '42501 permission denied to grant IAM trust with role "lamp"',
            ],
            ["B", "CREATE ROLE lamp_other", "42501 permission denied to create role"],
        ],
    },
    {
        name: "a role is told of definitions, too",
        source: userGuide("working-with-ddl"),
        setup: granted,
        ...asRole,
        isAboutCatalog: true,
        steps: [
            ["A", "CREATE TABLE lamp_things (id int)", "CREATE TABLE"],
            ["B", "SELECT 1", catalogChanged],
            ["B", "SELECT 1", rows("1")],
        ],
    },
    {
        name: "a role that may be connected as is not dropped",
        source: documented,
        setup: granted,
        steps: [
            [
                "A",
                "DROP ROLE lamp",
                '2BP01 role "lamp" cannot be dropped because some objects depend on it',
            ],
            ["A", "AWS IAM REVOKE lamp FROM '$principal'", "AWS IAM REVOKE"],
            ["A", "DROP ROLE lamp", "DROP ROLE"],
        ],
    },
];
