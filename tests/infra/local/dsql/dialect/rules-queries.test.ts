import { describeAnswers } from "./planning";

describe("the dialect, by the recordings of a real cluster,", () => {
    describeAnswers("queries", {
        source: "queries, 2026-09-18",
        accepted: [
            "SELECT ROW(1, 'a') = ROW(1, 'a')",
            "SELECT p FROM p LIMIT 1",
            "SELECT DISTINCT ON (n) n FROM p ORDER BY n NULLS FIRST",
            "SELECT n, count(*) FILTER (WHERE n = 'a') FROM p GROUP BY GROUPING SETS ((n), ())",
            "SELECT rank() OVER (PARTITION BY n ORDER BY n) FROM p",
            "SELECT 1 UNION ALL SELECT 2 INTERSECT SELECT 3 EXCEPT SELECT 4",
            "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 3) SELECT n FROM t",
            "SELECT unnest(string_to_array('a,b', ',')), generate_series(1, 3)",
            "SELECT p.n FROM p CROSS JOIN LATERAL (SELECT p.n AS m FROM c) AS x",
            "SELECT p.n FROM p JOIN LATERAL (SELECT p.n AS m FROM c WHERE c.p = p.n) AS x ON true",
            "SELECT p.n FROM p LEFT JOIN LATERAL (SELECT count(*) FROM c WHERE c.p = p.n) AS x ON true",
            "SELECT p.n FROM p LEFT JOIN LATERAL (SELECT p.m FROM c AS p) AS x ON true",
            "INSERT INTO t (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET id = EXCLUDED.id RETURNING id",
            "DELETE FROM t USING p WHERE t.id = p.id",
            "EXPLAIN ANALYZE SELECT 1",
        ],
        refused: {
            "0A000 TABLESAMPLE clause not supported": [
                "SELECT n FROM p TABLESAMPLE SYSTEM (1)",
                "CREATE VIEW v AS SELECT n FROM p TABLESAMPLE SYSTEM (1)",
                "EXPLAIN SELECT n FROM p TABLESAMPLE SYSTEM (1)",
            ],
            '42704 text search configuration "english" does not exist': [
                "SELECT to_tsvector('english', 'hello')",
                "SELECT websearch_to_tsquery('english', 'hello')",
                "SELECT 1 WHERE to_tsvector('english'::regconfig, n) @@ to_tsquery('english', 'a')",
            ],
            "0A000 datatype line not supported": ["SELECT line('{1,2,3}')"],
            "0A000 datatype circle not supported": [
                "INSERT INTO t SELECT circle('<(0,0),1>'::text)",
            ],
            "42804 attribute 1 of type c has wrong type": [
                "SELECT p.id, x.q FROM p LEFT JOIN LATERAL (SELECT p.id AS q FROM c WHERE p.id = c.p) AS x ON true",
                "SELECT p.id, x.q FROM parent p LEFT JOIN LATERAL (SELECT length(p.id) AS q FROM c AS k) AS x ON true",
            ],
            "0A000 unsupported statement type: MERGE": [
                "MERGE INTO t USING p ON t.id = p.id WHEN MATCHED THEN DELETE",
                "EXPLAIN MERGE INTO t USING p ON t.id = p.id WHEN MATCHED THEN DELETE",
            ],
        },
    });

    describeAnswers("locking clauses", {
        source: "occ, 2026-09-15; without a table measured on 2026-08-18",
        accepted: [
            "SELECT id FROM p WHERE id = 1 FOR UPDATE",
            "SELECT id FROM p FOR KEY SHARE",
            "SELECT id FROM p FOR UPDATE OF p SKIP LOCKED",
            "SELECT 1 FOR SHARE",
        ],
        refused: {
            "0A000 locking clauses other than FOR UPDATE/FOR KEY SHARE are not supported": [
                "SELECT id FROM p FOR SHARE",
                "SELECT id FROM p FOR NO KEY UPDATE",
                "SELECT id FROM p, c FOR UPDATE OF p FOR SHARE OF c",
                "WITH x AS (SELECT id FROM p FOR SHARE) SELECT * FROM x",
                "SELECT * FROM (SELECT id FROM p FOR SHARE) AS x",
                "CREATE VIEW v AS SELECT id FROM p FOR SHARE",
            ],
        },
    });

    describeAnswers("functions", {
        source: "golang-migrate#1289, 2025-06-19; others derived",
        accepted: ["SELECT app.pg_advisory_lock(1)", "SELECT gen_random_uuid(), now()"],
        refused: {
            "0A000 function pg_advisory_lock not supported": ["SELECT pg_advisory_lock(1)"],
            "0A000 function pg_try_advisory_xact_lock not supported": [
                "SELECT 1 WHERE pg_catalog.pg_try_advisory_xact_lock($1)",
            ],
            "0A000 function query_to_xml not supported": [
                "SELECT query_to_xml('SELECT 1', true, false, '')",
            ],
            "0A000 function pg_notify not supported": ["SELECT pg_notify('a', 'b')"],
        },
    });

    describeAnswers("settings", {
        source: "measured on 2026-10-04; pgadmin4#9433, flyway#4088; lock_timeout and the like derived",
        accepted: [
            "SET search_path TO shop, public",
            "SET enable_hashjoin = off",
            "SET application_name = 'shop'",
            "SET dsql.enable_batched_nestloop = off",
            "SET app.tenant = '42'",
            "SELECT set_config('app.tenant', $1, true)",
            "SET standard_conforming_strings = on",
            "RESET statement_timeout",
            "SET statement_timeout TO DEFAULT",
            "RESET ALL",
        ],
        refused: {
            ...Object.fromEntries(
                [
                    "statement_timeout",
                    "work_mem",
                    "client_min_messages",
                    "default_transaction_read_only",
                    "lock_timeout",
                    "deadlock_timeout",
                    "session_replication_role",
                ].map((name) => [
                    `0A000 setting configuration parameter "${name}" not supported`,
                    [
                        `SET ${name} = 'on'`,
                        `SET LOCAL ${name.toUpperCase()} TO '1s'`,
                        `SELECT set_config('${name}', '1s', true)`,
                    ],
                ]),
            ),
            '0A000 setting configuration parameter "role" not supported': [
                "SET ROLE app",
                "SET ROLE NONE",
            ],
            '0A000 setting configuration parameter "session_authorization" not supported': [
                "SET SESSION AUTHORIZATION app",
            ],
            '0A000 setting configuration parameter "standard_conforming_strings" not supported': [
                "SET standard_conforming_strings = off",
            ],
            '42602 invalid configuration parameter name "dsql.anything"': ["SET dsql.anything = 1"],
            '22023 parameter "dsql.enable_batched_nestloop" requires a Boolean value': [
                "SET dsql.enable_batched_nestloop = maybe",
            ],
        },
    });

    describeAnswers("the internal schema", {
        source: "derived",
        accepted: ["SELECT 'dsql_internal', dsql.x FROM dsql", "SELECT dsql_internals FROM t"],
        refused: {
            "42501 permission denied for schema dsql_internal": [
                "SELECT * FROM dsql_internal.jobs",
                "SELECT DSQL_INTERNAL.submit_index('x')",
                'SELECT "dsql_internal".f()',
                String.raw`SELECT U&"\0064sql_internal".f()`,
                "INSERT INTO t SELECT max(id) FROM dsql_internal.jobs",
                "SELECT 1::dsql_internal.kind",
                "EXPLAIN SELECT dsql_internal.f()",
                "CREATE VIEW v AS SELECT dsql_internal.f()",
                "CREATE SCHEMA dsql_internal",
                "GRANT dsql_internal TO app",
                "SET search_path = dsql_internal",
                "SELECT set_config('search_path', 'public, dsql_internal', true)",
                "SET dsql_internal.rows = 0",
                "RESET dsql_internal.rows",
                "SHOW dsql_internal.rows",
                "AWS IAM GRANT dsql_internal TO 'arn:aws:iam::1:role/r'",
                "SELEC dsql_internal.f()",
                'SELEC "dsql_""internal", "dsql_internal"',
            ],
        },
    });
});
