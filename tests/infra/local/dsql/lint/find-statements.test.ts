import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { findStatements } from "../../../../../infra/local/dsql/lint/find-statements";

type Files = Readonly<Record<string, string>>;

/** A source says `#{a}` for `${a}`, so that a template here is not taken for one with a mistake. */
function found(files: Files) {
    const root = fs.mkdtempSync(path.join(os.tmpdir(), "shop-lint-"));
    try {
        for (const [file, text] of Object.entries(files)) {
            fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
            fs.writeFileSync(path.join(root, file), text.replaceAll("#{", "${"));
        }
        return findStatements(root, ["app"]);
    } finally {
        fs.rmSync(root, { recursive: true });
    }
}

const textsIn = (source: string, others: Files = {}): readonly string[] =>
    found({ ...others, "app/store.ts": source })
        .filter(({ file }) => file === "app/store.ts")
        .map(({ text }) => text);

const kinds: readonly (readonly [what: string, source: string, texts: readonly string[]])[] = [
    ["a string", 'run("SELECT 1");', ["SELECT 1"]],
    ["a template", "const a = { text: `INSERT INTO t VALUES (1)` };", ["INSERT INTO t VALUES (1)"]],
    ["a text after blanks", "const a = `\n    UPDATE t SET a = 1`;", ["UPDATE t SET a = 1"]],
    [
        "a text after comments",
        "run(`-- why\n/* how */ DELETE FROM t`);",
        ["-- why\n/* how */ DELETE FROM t"],
    ],
    ["a text in parentheses", "run(`(SELECT 1)`);", ["(SELECT 1)"]],
    ["both of a choice", 'run(isShort ? "SELECT 1" : "SELECT 2");', ["SELECT 1", "SELECT 2"]],
    [
        "several of one text",
        'run("BEGIN; TRUNCATE t; ;COMMIT");',
        ["BEGIN", "TRUNCATE t", "COMMIT"],
    ],
    ["a semicolon in a string", "run(`SELECT ';' AS a`);", ["SELECT ';' AS a"]],
    ["a sum of texts", 'run("SELECT a " +\n    "FROM t");', ["SELECT a FROM t"]],
    ["words without more", 'run("COMMIT"); run("ROLLBACK;");', ["COMMIT", "ROLLBACK"]],
    [
        "small letters",
        'run("select a from t where b"); run("truncate t");',
        ["select a from t where b", "truncate t"],
    ],
    ["what only DSQL knows", "run(\"AWS IAM GRANT a TO 'b'\");", ["AWS IAM GRANT a TO 'b'"]],
    ["a SAVEPOINT", 'run("SAVEPOINT before");', ["SAVEPOINT before"]],
    [
        "a constant",
        'const of = "FROM t" as const; run(`SELECT a #{of} LIMIT #{5}`);',
        ["SELECT a FROM t LIMIT 5"],
    ],
    [
        "constants of constants",
        'const t = "s.t"; const of = `FROM #{t}`; run(`SELECT a #{of}`);',
        ["SELECT a FROM s.t"],
    ],
    [
        "the innermost constant",
        'const a = "x"; function f() { const a = "y"; run(`SELECT #{a}`); }',
        ["SELECT y"],
    ],
    [
        "a constant that begins it",
        'const a = "SELECT a"; run(`#{a} FROM t`);',
        ["SELECT a", "SELECT a FROM t"],
    ],
];

describe("finding SQL in TypeScript", () => {
    for (const [what, source, texts] of kinds) {
        it(`finds ${what}`, () => {
            assert.deepEqual(textsIn(source), texts);
        });
    }

    for (const [what, source] of [
        ["what something is compared with", 'if (tag === "COMMIT" || tag != "BEGIN") run();'],
        ["a case", 'switch (tag) { case "COMMIT": }'],
        ["a type", 'type Tag = "COMMIT" | "BEGIN";'],
        ["the name of a property", 'const a = { "COMMIT": 1 }; a["COMMIT"];'],
        ["a method of HTTP", 'send({ method: "DELETE" });'],
        ["a sentence", "log(`DROP INDEX #{name}, and migrate again.`);"],
        ["a word of English", 'log("Create the customer first"); log("Set from 1 to 5");'],
        ["a comment", "// SELECT 1\n/* DELETE FROM t */"],
    ] as const) {
        it(`passes over ${what}`, () => {
            assert.deepEqual(textsIn(source), []);
        });
    }

    it("follows imports by a relative path", () => {
        const names = 'export const columns = "a, b";\nexport const table = "t";';
        const source =
            'import { columns as wanted, table } from "./of/names";\nrun(`SELECT #{wanted} FROM #{table}`);';
        assert.deepEqual(textsIn(source, { "app/of/names.ts": names }), ["SELECT a, b FROM t"]);
    });

    for (const [what, source, unresolved] of [
        ["a parameter", "const f = (a: string) => run(`SELECT #{a}`);", ["a"]],
        [
            "a parameter named as a constant",
            'const a = "x"; const f = ({ a }) => run(`SELECT #{a}`);',
            ["a"],
        ],
        ["a variable", 'let a = "x"; run(`SELECT #{a}`);', ["a"]],
        ["a variable of a loop", "for (const a of all) run(`SELECT #{a}`);", ["a"]],
        ["a call and a property", "run(`SELECT #{a()}, ` + b.c);", ["a()", "b.c"]],
        ["a package's constant", 'import { a } from "pg"; run(`SELECT #{a}`);', ["a"]],
        ["a missing file's constant", 'import { a } from "./gone"; run(`SELECT #{a}`);', ["a"]],
        ["a constant of itself", "const a = `#{a}`; run(`SELECT #{a}`);", ["a"]],
        ["how it begins", "run(`#{verb} FROM t`);", ["verb"]],
    ] as const) {
        it(`names what it does not know: ${what}`, () => {
            const statements = found({ "app/store.ts": source });
            assert.deepEqual(
                statements.map((statement) => statement.unresolved),
                [unresolved],
            );
            assert.match(statements[0]?.text ?? "", /\bplaceholder\b/);
        });
    }
});

describe("finding SQL in files", () => {
    it("takes every statement of a .sql file, with its line", () => {
        const sql = "-- What for.\nCREATE TABLE a (b int);\n\nTRUNCATE\n    a;\n-- The end.\n";
        assert.deepEqual(found({ "app/database/migrations/0001-a.sql": sql }), [
            {
                file: "app/database/migrations/0001-a.sql",
                line: 2,
                text: "-- What for.\nCREATE TABLE a (b int)",
                unresolved: [],
            },
            {
                file: "app/database/migrations/0001-a.sql",
                line: 4,
                text: "TRUNCATE\n    a",
                unresolved: [],
            },
        ]);
    });

    it("tells the line of a statement in a source", () => {
        const source = "\nconst a = {\n    text: `\n        SELECT 1;\n        SELECT 2`,\n};";
        assert.deepEqual(
            found({ "app/deep/store.ts": source }).map(({ file, line }) => `${file}:${line}`),
            ["app/deep/store.ts:4", "app/deep/store.ts:5"],
        );
    });
});
