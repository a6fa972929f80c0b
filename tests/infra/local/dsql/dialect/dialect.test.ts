import assert from "node:assert/strict";
import fc from "fast-check";
import { createDialect } from "../../../../../infra/local/dsql/dialect/dialect";
import type { StatementKind } from "../../../../../infra/local/dsql/dialect/plan";
import { rules } from "../../../../../infra/local/dsql/dialect/rules";
import { planOf, plansOf } from "./planning";

describe("what a statement does to its transaction", () => {
    const kinds: Readonly<Record<StatementKind, readonly string[]>> = {
        begin: ["BEGIN", "START TRANSACTION READ WRITE", "/* a */ begin work -- b"],
        commit: ["COMMIT", "END"],
        rollback: ["ROLLBACK", "ABORT WORK"],
        definition: [
            "CREATE TABLE t (id int)",
            "ALTER TABLE t ADD COLUMN a int",
            "DROP TABLE t",
            "GRANT SELECT ON t TO app",
            "REVOKE app FROM other",
            "COMMENT ON TABLE t IS 'x'",
            "CREATE ROLE app WITH LOGIN",
            "AWS IAM GRANT app TO 'arn:aws:iam::1:role/r'",
            "CREATE INDEX ASYNC i ON t (a)",
        ],
        write: [
            "INSERT INTO t VALUES (1)",
            "UPDATE t SET a = 1",
            "DELETE FROM t",
            "COPY t FROM STDIN",
            "WITH x AS (INSERT INTO t VALUES (1) RETURNING id) SELECT id FROM x",
            "WITH x AS (SELECT 1) INSERT INTO t SELECT * FROM x",
            "EXPLAIN ANALYZE DELETE FROM t",
        ],
        lock: [
            "SELECT 1 FROM t FOR UPDATE",
            "SELECT 1 FROM t FOR KEY SHARE",
            "WITH x AS (SELECT 1 FROM t FOR UPDATE) SELECT * FROM x",
        ],
        read: [
            "SELECT 1",
            "VALUES (1)",
            "TABLE t",
            "EXPLAIN DELETE FROM t",
            "EXPLAIN (ANALYZE off) DELETE FROM t",
            "COPY t TO STDOUT",
            "CALL sys.wait_for_job('x')",
            "SELEC nonsense",
        ],
        session: [
            "SHOW timezone",
            "SET TIME ZONE 'UTC'",
            "RESET ALL",
            "SET CONSTRAINTS ALL DEFERRED",
        ],
        empty: ["", " \n", "-- nothing", "/* nothing */", ";;"],
    };
    for (const [kind, texts] of Object.entries(kinds)) {
        for (const text of texts) {
            it(`is "${kind}": ${JSON.stringify(text)}`, async () => {
                assert.equal((await planOf(text)).kind, kind);
            });
        }
    }

    it("is to read only, if BEGIN says so", async () => {
        for (const text of [
            "BEGIN READ ONLY",
            "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY",
        ]) {
            assert.equal((await planOf(text)).isReadOnly, true, text);
        }
        assert.equal((await planOf("BEGIN READ WRITE")).isReadOnly, undefined);
    });

    it("comes with a shadow if it may lose a conflict", async () => {
        assert.deepEqual((await planOf("INSERT INTO t VALUES (1), (2)")).shadow, {
            kind: "rowCount",
            commandTag: "INSERT 0 2",
        });
        assert.equal((await planOf("SELECT 1 FROM t")).shadow, undefined);
    });
});

describe("a text of several statements", () => {
    it("is planned statement by statement", async () => {
        const text =
            "BEGIN; CREATE INDEX ASYNC i ON é (a);; SELECT 'ü' FOR SHARE; TRUNCATE t; COMMIT";
        const plans = await plansOf(text);
        assert.deepEqual(
            plans.map(({ kind, text: run, refusal }) => [kind, refusal?.code ?? run.trim()]),
            [
                ["begin", "BEGIN"],
                [
                    "definition",
                    "SELECT dsql_internal.submit_index('CREATE INDEX       i ON é (a)') AS job_id",
                ],
                ["lock", "SELECT 'ü' FOR SHARE"],
                ["definition", "0A000"],
                ["commit", "COMMIT"],
            ],
        );
    });

    it("goes to PostgreSQL as it is, but for ASYNC, if one of them has a mistake", async () => {
        const text = "CREATE INDEX ASYNC i ON t (a); SELEC 1; SELECT 2";
        assert.deepEqual(await plansOf(text), [
            { kind: "read", text: "CREATE INDEX       i ON t (a); SELEC 1; SELECT 2" },
        ]);
    });

    it("keeps its form if there is only one of them", async () => {
        const text = " SELECT 1 ; -- done";
        assert.deepEqual(await plansOf(text), [{ kind: "read", text }]);
    });
});

describe("the dialect", () => {
    it("plans whatever it is given", async () => {
        const words =
            "SELECT INSERT CREATE TABLE INDEX ASYNC ALTER AWS IAM GRANT TO 'a' ( ) ; $$ E'";
        const sql = fc
            .array(fc.constantFrom(...words.split(" "), "t", "1", "*", ",", "FROM", "SET"))
            .map((parts) => parts.join(" "));
        const isPlanned = async (text: string) => assert.ok((await plansOf(text)).length > 0);
        await fc.assert(fc.asyncProperty(fc.string({ unit: "binary" }), isPlanned));
        await fc.assert(fc.asyncProperty(sql, isPlanned), { numRuns: 1_000 });
    });

    it("says so if a statement is nested too deeply to be understood", async () => {
        const sum = `SELECT ${"1+".repeat(30_000)}1`;
        assert.equal((await planOf(sum)).refusal?.code, "54001");
        assert.equal((await planOf("SELECT 1")).kind, "read");
    });

    it("plans a text once, as long as it is among the last", async () => {
        const dialect = await createDialect({ cachedTexts: 2 });
        const first = dialect.plan("SELECT 1");
        assert.equal(dialect.plan("SELECT 1"), first);
        dialect.plan("SELECT 2");
        assert.equal(dialect.plan("SELECT 1"), first);
        dialect.plan("SELECT 3");
        assert.equal(dialect.plan("SELECT 1"), first);
        dialect.plan("SELECT 4");
        dialect.plan("SELECT 5");
        assert.notEqual(dialect.plan("SELECT 1"), first);
    });

    it("does not keep long texts", async () => {
        const dialect = await createDialect();
        const text = `SELECT '${"x".repeat(65_536)}'`;
        assert.notEqual(dialect.plan(text), dialect.plan(text));
    });

    it("names each rule once, with a source and, unless it is derived, a date", () => {
        assert.equal(new Set(rules.map((rule) => rule.id)).size, rules.length);
        for (const rule of rules) {
            assert.match(rule.code, /^[0-9A-Z]{5}$/, rule.id);
            if (rule.source === "derived") assert.equal(rule.date, undefined, rule.id);
            else {
                assert.match(rule.source, /^https:\/\//, rule.id);
                assert.match(rule.date ?? "", /^20\d\d-\d\d-\d\d$/, rule.id);
            }
        }
    });
});
