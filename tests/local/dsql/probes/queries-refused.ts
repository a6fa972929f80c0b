import { type Probe, statements } from "../probe";

/** Refused by the text alone, so the objects need not exist. */
export const queriesRefused: readonly Probe[] = [
    ...statements("queries, 2026-09-18", {
        "0A000 TABLESAMPLE clause not supported": [
            "SELECT n FROM p TABLESAMPLE SYSTEM (1)",
            "CREATE VIEW v AS SELECT n FROM p TABLESAMPLE SYSTEM (1)",
            "EXPLAIN SELECT n FROM p TABLESAMPLE SYSTEM (1)",
        ],
        '42704 text search configuration "english" does not exist': [
            "SELECT to_tsvector('english', 'hello')",
            "SELECT to_tsquery('english', 'hello & world')",
            "SELECT websearch_to_tsquery('english', 'hello')",
            "SELECT 1 WHERE to_tsvector('english'::regconfig, n) @@ to_tsquery('english', 'a')",
        ],
        "0A000 datatype line not supported": ["SELECT line('{1,2,3}')"],
        "0A000 datatype circle not supported": [
            "SELECT circle('<(0,0),1>'::text)",
            "INSERT INTO t SELECT circle('<(0,0),1>'::text)",
        ],
        "42804 attribute 1 of type c has wrong type": [
            "SELECT p.id, x.q FROM p LEFT JOIN LATERAL (SELECT p.id AS q FROM c WHERE p.id = c.p) AS x ON true",
            "SELECT p.id, x.q FROM p LEFT JOIN LATERAL (SELECT p.id AS q FROM c) AS x ON true",
            "SELECT p.id, x.q FROM p LEFT JOIN LATERAL (SELECT length(p.id)::bigint AS q FROM c WHERE p.id = c.p) AS x ON true",
            "SELECT p.id, x.q FROM parent p LEFT JOIN LATERAL (SELECT length(p.id) AS q FROM c AS k) AS x ON true",
        ],
        "0A000 unsupported statement type: MERGE": [
            "MERGE INTO t USING p ON t.id = p.id WHEN MATCHED THEN DELETE",
            "EXPLAIN MERGE INTO t USING p ON t.id = p.id WHEN MATCHED THEN DELETE",
        ],
    }),
    ...statements("occ, 2026-09-15; without a table measured on 2026-08-18", {
        "0A000 locking clauses other than FOR UPDATE/FOR KEY SHARE are not supported": [
            "SELECT id FROM p FOR SHARE",
            "SELECT id FROM p FOR NO KEY UPDATE",
            "SELECT id FROM p, c FOR UPDATE OF p FOR SHARE OF c",
            "WITH x AS (SELECT id FROM p FOR SHARE) SELECT * FROM x",
            "SELECT * FROM (SELECT id FROM p FOR SHARE) AS x",
            "CREATE VIEW v AS SELECT id FROM p FOR SHARE",
        ],
    }),
];
