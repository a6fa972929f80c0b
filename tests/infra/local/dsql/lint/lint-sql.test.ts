import assert from "node:assert/strict";
import * as path from "node:path";
import { createConsole } from "../../../../../infra/local/console";
import { createDialect } from "../../../../../infra/local/dsql/dialect/dialect";
import type { Dialect } from "../../../../../infra/local/dsql/dialect/plan";
import {
    type FoundStatement,
    findStatements,
} from "../../../../../infra/local/dsql/lint/find-statements";
import { type Finding, lintSql } from "../../../../../infra/local/dsql/lint/lint-sql";

const root = path.resolve(__dirname, "../../../../..");

let dialect: Dialect;
before(async () => {
    dialect = await createDialect();
});

function judged(text: string, unresolved: readonly string[] = []): readonly Finding[] {
    const statement: FoundStatement = { file: "app/a-store.ts", line: 7, text, unresolved };
    return lintSql([statement], dialect);
}

const codes = (findings: readonly Finding[]) => findings.map(({ code }) => code);

describe("lint:sql", () => {
    it("accepts all of app/", () => {
        const statements = findStatements(root, ["app"]);
        assert.ok(statements.length > 40, `${statements.length} statements`);
        assert.deepEqual(lintSql(statements, dialect), []);
    });

    it("names file, line, reason and first line of a statement", () => {
        assert.deepEqual(judged("TRUNCATE\n    shop.product"), [
            {
                file: "app/a-store.ts",
                line: 7,
                code: "0A000",
                message: "unsupported statement: Truncate",
                statement: "TRUNCATE",
            },
        ]);
    });

    for (const text of [
        "SAVEPOINT before",
        "CREATE INDEX a ON shop.t (b)",
        "SELECT a FROM t FOR SHARE",
        "BEGIN ISOLATION LEVEL SERIALIZABLE",
        "CREATE TEMP TABLE t (a int)",
        "WITH w AS (SELECT a FROM t FOR NO KEY UPDATE) SELECT * FROM w",
    ]) {
        it(`refuses ${text}`, () => {
            const [finding] = judged(text);
            assert.equal(judged(text).length, 1);
            assert.notEqual(finding?.code, "42601");
        });
    }

    for (const text of ["SELECT FROM WHERE", "CREATE INDEX ASYNC ON ON t (a)", "AWS IAM GRANT a"]) {
        it(`finds the syntax error of ${text}`, () => {
            assert.deepEqual(codes(judged(text)), ["42601"]);
        });
    }

    for (const text of [
        "CREATE INDEX ASYNC IF NOT EXISTS a ON t (b)",
        "AWS IAM GRANT placeholder TO 'placeholder'",
        "SELECT 1",
    ]) {
        it(`accepts ${text}`, () => {
            assert.deepEqual(judged(text), []);
        });
    }

    it("lets an unknown part stand for a name or a string of a definition", () => {
        assert.deepEqual(judged("CREATE ROLE placeholder WITH LOGIN", ["role"]), []);
    });

    for (const text of [
        "SELECT placeholder",
        "CREATE TABLE t (placeholder)",
        "placeholder FROM t",
    ]) {
        it(`objects to the unknown part of ${text}`, () => {
            const [finding] = judged(text, ["part()"]);
            assert.equal(finding?.code, "unresolved");
            assert.match(finding.message, /^\$\{part\(\)\}: not a constant/);
        });
    }
});

describe("the console of lint:sql", () => {
    const finding: Finding = {
        file: "a.ts",
        line: 3,
        code: "0A000",
        message: "no",
        statement: "TRUNCATE t",
    };

    function written(isJson: boolean, findings: readonly Finding[]): string {
        const texts: string[] = [];
        const output = { write: (text: string) => texts.push(text) };
        createConsole(output, output, { isJson, noColor: undefined }).lintedSql(findings, 9);
        return texts.join("");
    }

    it("says in one line that all is well", () => {
        assert.equal(written(false, []), "lint:sql: 9 statements accepted\n");
    });

    it("shows each finding and their number", () => {
        assert.equal(
            written(false, [finding]),
            "a.ts:3  0A000 no\n    TRUNCATE t\nlint:sql: 1 of 9 statements not accepted\n",
        );
    });

    it("writes JSON lines", () => {
        assert.deepEqual(
            written(true, [finding])
                .trim()
                .split("\n")
                .map((line) => JSON.parse(line)),
            [
                { event: "finding", ...finding },
                { event: "lintedSql", statements: 9, findings: 1 },
            ],
        );
    });
});
