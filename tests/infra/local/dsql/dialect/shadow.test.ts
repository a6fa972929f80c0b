import assert from "node:assert/strict";
import type { Node } from "@pgsql/types";
import { loadModule, parseSync } from "libpg-query";
import type { Shadow } from "../../../../../infra/local/dsql/dialect/plan";
import { shadowOf } from "../../../../../infra/local/dsql/dialect/shadow";

function shadowOfText(text: string): Shadow | undefined {
    return shadowOf(parseSync(text).stmts[0].stmt);
}

const count = (command: "UPDATE" | "DELETE", text: string): Shadow => ({
    kind: "countQuery",
    command,
    text: text.replace("COUNT", "pg_catalog.count(*)"),
});
const rows = (command: "SELECT" | "UPDATE" | "DELETE", text: string): Shadow => ({
    kind: "rowsQuery",
    command,
    text,
});
const inserted = (number: number): Shadow => ({
    kind: "rowCount",
    commandTag: `INSERT 0 ${number}`,
});

const shadows: readonly (readonly [text: string, shadow: Shadow])[] = [
    ["UPDATE t SET a = 1", count("UPDATE", "SELECT COUNT FROM t")],
    [
        "UPDATE shop.t AS p SET a = a + $2 WHERE p.b = $1 AND NOT c",
        count("UPDATE", "SELECT COUNT FROM shop.t AS p WHERE p.b = $1 AND NOT (c)"),
    ],
    [
        "UPDATE t SET a = u.a FROM u JOIN v USING (k) WHERE t.k = u.k",
        count(
            "UPDATE",
            "SELECT COUNT FROM t WHERE EXISTS (SELECT FROM u JOIN v USING (k) WHERE t.k = u.k)",
        ),
    ],
    [
        "WITH w AS (SELECT k FROM u FOR UPDATE) DELETE FROM t USING w WHERE t.k = w.k",
        count(
            "DELETE",
            "WITH w AS (SELECT k FROM u) SELECT COUNT FROM t WHERE EXISTS (SELECT FROM w WHERE t.k = w.k)",
        ),
    ],
    ["DELETE FROM ONLY t RETURNING *", rows("DELETE", "SELECT * FROM ONLY t")],
    [
        "DELETE FROM t USING u WHERE t.k = u.k RETURNING t.k, u.a AS b",
        rows("DELETE", "SELECT DISTINCT ON (t.ctid) t.k, u.a AS b FROM t, u WHERE t.k = u.k"),
    ],
    [
        "UPDATE t SET a = $1 WHERE k = 2 RETURNING a, t.b",
        rows(
            "UPDATE",
            "SELECT a, t.b FROM ( SELECT (pg_catalog.json_populate_record(t.*, pg_catalog.json_build_object('a', $1))).* FROM t WHERE k = 2 ) AS t",
        ),
    ],
    [
        "UPDATE t SET a = u.a FROM u WHERE t.k = u.k RETURNING t.a, u.b, upper(b)",
        rows(
            "UPDATE",
            "SELECT DISTINCT ON (t.ctid) (pg_catalog.json_populate_record(t.*, pg_catalog.json_build_object('a', u.a))).a, u.b, upper(b) FROM t, u WHERE t.k = u.k",
        ),
    ],
    ["INSERT INTO t VALUES (1)", inserted(1)],
    ["INSERT INTO t (a) VALUES ($1), (lower('X')), (DEFAULT)", inserted(3)],
    ["INSERT INTO t DEFAULT VALUES", inserted(1)],
    ["SELECT a FROM t WHERE k = $1 FOR UPDATE", rows("SELECT", "SELECT a FROM t WHERE k = $1")],
    ["SELECT a FROM t FOR KEY SHARE OF t", rows("SELECT", "SELECT a FROM t")],
    [
        "SELECT * FROM (SELECT a FROM t FOR UPDATE) AS s",
        rows("SELECT", "SELECT * FROM ( SELECT a FROM t ) AS s"),
    ],
];

const without: readonly string[] = [
    "SELECT a FROM t",
    "SELECT a INTO u FROM t FOR UPDATE",
    "VALUES (1)",
    "INSERT INTO t SELECT * FROM u",
    "INSERT INTO t VALUES (1) RETURNING a",
    "INSERT INTO t VALUES (1) ON CONFLICT DO NOTHING",
    "INSERT INTO t VALUES (1), (2) LIMIT 1",
    "INSERT INTO t VALUES (generate_series(1, 3))",
    "UPDATE t SET a = 1 WHERE CURRENT OF c",
    "DELETE FROM t WHERE CURRENT OF c",
    "UPDATE t SET a = DEFAULT RETURNING a",
    "UPDATE t SET (a, b) = (1, 2) RETURNING a",
    "UPDATE t SET a[1] = 1 RETURNING a",
    "UPDATE s.t SET a = 1 RETURNING s.t.a",
    "UPDATE t SET a = 1 RETURNING ctid",
    "UPDATE t SET a = 1 FROM u RETURNING *",
    "UPDATE t SET a = 1 FROM u RETURNING t",
    "UPDATE t SET a = 1 FROM u RETURNING (SELECT t.a)",
    "WITH w AS (DELETE FROM u RETURNING k) SELECT * FROM t FOR UPDATE",
    "WITH w AS (DELETE FROM u RETURNING k) UPDATE t SET a = 1",
    "WITH w AS (DELETE FROM u RETURNING k) INSERT INTO t VALUES (1)",
    "MERGE INTO t USING u ON t.k = u.k WHEN MATCHED THEN DELETE",
    "EXPLAIN ANALYZE DELETE FROM t",
    "CREATE TABLE t (a int)",
    // The deparser gets these wrong.
    "DELETE FROM t WHERE a IS JSON",
    "SELECT * FROM t, f(json_array(1)) AS f FOR UPDATE",
    "DELETE FROM t WHERE (ARRAY[1, 2])[1] = a",
    "WITH RECURSIVE w AS (SELECT 1 AS a) SEARCH DEPTH FIRST BY a SET b SELECT * FROM t FOR UPDATE",
];

describe("shadow of a statement that lost a conflict", () => {
    before(loadModule);

    for (const [text, shadow] of shadows) {
        it(`exists for ${text}`, () => {
            assert.deepEqual(shadowOfText(text), shadow);
        });
    }

    for (const text of without) {
        it(`does not exist for ${text}`, () => {
            assert.equal(shadowOfText(text), undefined);
        });
    }

    it("does not exist for what is nested deeper than the stack", () => {
        let whereClause: Node = { A_Const: { isnull: true } };
        for (let depth = 0; depth < 100_000; depth += 1) {
            whereClause = { BoolExpr: { boolop: "NOT_EXPR", args: [whereClause] } };
        }
        const relation = { relname: "t", inh: true, relpersistence: "p" };
        assert.equal(shadowOf({ DeleteStmt: { relation, whereClause } }), undefined);
    });

    it("is silent about what the deparser does not know", () => {
        const { write } = process.stderr;
        const written: unknown[] = [];
        process.stderr.write = (chunk: unknown) => written.push(chunk) > 0;
        try {
            shadowOfText("SELECT * FROM t, f(json_array(1)) AS f FOR UPDATE");
        } finally {
            process.stderr.write = write;
        }
        assert.deepEqual(written, []);
    });

    it("leaves the statement as it was", () => {
        const { stmt } = parseSync("UPDATE t SET a = 1 FROM u RETURNING t.a").stmts[0];
        const before = structuredClone(stmt);
        shadowOf(stmt);
        assert.deepEqual(stmt, before);
    });
});
