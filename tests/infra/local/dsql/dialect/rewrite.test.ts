import assert from "node:assert/strict";
import type { StatementPlan } from "../../../../../infra/local/dsql/dialect/plan";
import { planOf } from "./planning";

const version = "(SELECT 'PostgreSQL 16'::text AS version)";

/** The plan's text alone where nothing else about it is special. */
type Rewritten = string | Omit<StatementPlan, "kind">;

function describeRewrites(
    subject: string,
    rewrites: readonly (readonly [string, Rewritten])[],
): void {
    describe(subject, () => {
        for (const [text, expected] of rewrites) {
            it(`of ${text}`, async () => {
                const { kind: _kind, ...plan } = await planOf(text);
                assert.deepEqual(
                    plan,
                    typeof expected === "string" ? { text: expected } : expected,
                );
            });
        }
    });
}

const job = (submit: string, commandTag: string) => ({
    text: `SELECT dsql_internal.${submit} AS job_id`,
    commandTag,
    startsJob: true,
});

describeRewrites("the counterpart in PostgreSQL", [
    [
        "CREATE INDEX ASYNC i ON t (a) WHERE b <> 'it''s';",
        job("submit_index('CREATE INDEX       i ON t (a) WHERE b <> ''it''''s''')", "CREATE INDEX"),
    ],
    [
        "create unique index async on shop.t(a)",
        job("submit_index('create unique index       on shop.t(a)')", "CREATE INDEX"),
    ],
    [
        "CREATE INDEX /* x */ ASYNC async ON t (a)",
        job("submit_index('CREATE INDEX /* x */       async ON t (a)')", "CREATE INDEX"),
    ],
    [
        "ALTER TABLE ASYNC t VALIDATE CONSTRAINT c",
        job("submit_validation('ALTER TABLE       t VALIDATE CONSTRAINT c')", "ALTER TABLE"),
    ],
    [
        'ALTER TABLE ASYNC IF EXISTS "T" VALIDATE CONSTRAINT c',
        job(
            "submit_validation('ALTER TABLE       IF EXISTS \"T\" VALIDATE CONSTRAINT c')",
            "ALTER TABLE",
        ),
    ],
    ["ALTER TABLE async ADD COLUMN a int", "ALTER TABLE async ADD COLUMN a int"],
    [
        "AWS IAM GRANT App TO 'arn:aws:iam::1:role/r';",
        {
            text: "SELECT dsql_internal.grant_iam_role('app', 'arn:aws:iam::1:role/r')",
            commandTag: "AWS IAM GRANT",
            hidesRows: true,
        },
    ],
    [
        "aws iam revoke \"It's\" from 'arn:aws:iam::1:user/u'",
        {
            text: "SELECT dsql_internal.revoke_iam_role('It''s', 'arn:aws:iam::1:user/u')",
            commandTag: "AWS IAM REVOKE",
            hidesRows: true,
        },
    ],
    ["CALL sys.wait_for_job('x')", "CALL sys.wait_for_job('x')"],
]);

describeRewrites("a numeric without precision is numeric(18,6) in a column", [
    [
        "CREATE TABLE é (ü numeric, b DECIMAL NOT NULL, c dec, d numeric(9), e int)",
        "CREATE TABLE é (ü numeric(18,6), b DECIMAL(18,6) NOT NULL, c dec(18,6), d numeric(9), e int)",
    ],
    [
        'CREATE TABLE t (a "numeric", b pg_catalog.numeric DEFAULT 1.5)',
        'CREATE TABLE t (a "numeric"(18,6), b pg_catalog.numeric(18,6) DEFAULT 1.5)',
    ],
    ["ALTER TABLE t ADD a numeric", "ALTER TABLE t ADD a numeric(18,6)"],
    [
        "CREATE SCHEMA s CREATE TABLE t (a numeric)",
        "CREATE SCHEMA s CREATE TABLE t (a numeric(18,6))",
    ],
    ["SELECT 1::numeric", "SELECT 1::numeric"],
]);

describeRewrites("the version is that of a real cluster (environment, 2026-09-15)", [
    ["SELECT version()", `SELECT ${version}`],
    ["SELECT pg_catalog.version ( ) AS v, 'é'", `SELECT ${version} AS v, 'é'`],
    ["SELECT 'é', substring(version() from 1)", `SELECT 'é', substring(${version} from 1)`],
    ["SELECT * FROM version()", `SELECT * FROM ${version} AS version`],
    ["SELECT * FROM version() V", `SELECT * FROM (SELECT 'PostgreSQL 16'::text AS "v") V`],
    ["SELECT * FROM length(version())", `SELECT * FROM length(${version})`],
    [
        "SELECT current_setting('server_version')::text",
        "SELECT (SELECT '16.15'::text AS current_setting)::text",
    ],
    [
        "SELECT current_setting('SERVER_VERSION_NUM', true)",
        "SELECT (SELECT '160015'::text AS current_setting)",
    ],
    [
        "SELECT current_setting('timezone'), app.version()",
        "SELECT current_setting('timezone'), app.version()",
    ],
    ["SHOW server_version", { text: "SELECT '16.15'::text AS server_version", commandTag: "SHOW" }],
    [
        "SHOW server_version_num",
        { text: "SELECT '160015'::text AS server_version_num", commandTag: "SHOW" },
    ],
    ["SHOW transaction_isolation", "SHOW transaction_isolation"],
    [
        "SHOW dsql.enable_batched_nestloop",
        {
            text: "SELECT coalesce(nullif(current_setting('dsql.enable_batched_nestloop', true), ''), 'on') AS \"dsql.enable_batched_nestloop\"",
            commandTag: "SHOW",
        },
    ],
]);

describe("a malformed AWS IAM statement", () => {
    const malformed: readonly (readonly [string, string])[] = [
        ["AWS IAM GRANT app", "syntax error at end of input"],
        ["AWS", "syntax error at end of input"],
        ["AWS IAM GRANT app FROM 'a'", 'syntax error at or near "FROM"'],
        ["AWS IAM REVOKE app TO 'a'", 'syntax error at or near "TO"'],
        ["AWS IAM GRANT app TO arn", 'syntax error at or near "arn"'],
        ["AWS IAM GRANT a, b TO 'a'", 'syntax error at or near ","'],
        ["AWS IAM GRANT app TO 'a' 'b'", "syntax error at or near \"'b'\""],
        ["AWS S3 GRANT app TO 'a'", 'syntax error at or near "S3"'],
    ];
    for (const [text, message] of malformed) {
        it(`answers ${message} to ${text}`, async () => {
            assert.deepEqual((await planOf(text)).refusal, { code: "42601", message });
        });
    }
});
