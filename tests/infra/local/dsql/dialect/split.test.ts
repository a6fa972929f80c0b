import assert from "node:assert/strict";
import fc from "fast-check";
import { splitStatements } from "../../../../../infra/local/dsql/dialect/split";
import { tokensOf } from "../../../../../infra/local/dsql/dialect/token";

const tokenTexts = (text: string) => [...tokensOf(text)].map((token) => token.text);

describe("reading SQL", () => {
    const readings: readonly (readonly [string, readonly string[]])[] = [
        ["SELECT a$b, $1", ["SELECT", "a$b", ",", "$1"]],
        ["'it''s; one' 'two'", ["'it''s; one'", "'two'"]],
        [String.raw`E'it\'s; one'`, [String.raw`E'it\'s; one'`]],
        [String.raw`'no escape\' ;`, [String.raw`'no escape\'`, ";"]],
        ["E'goes on' -- here\n'and \\' on' ;", ["E'goes on' -- here\n'and \\' on'", ";"]],
        ["$$a;'b$$ $x$ $$;$x$", ["$$a;'b$$", "$x$ $$;$x$"]],
        ['"a;""b" U&"c;" U&\'d;\' B\'1\'', ['"a;""b"', 'U&"c;"', "U&'d;'", "B'1'"]],
        ["a -- b;\n+ /* c; /* d; */ ; */ e", ["a", "+", "e"]],
        ["1.5e3 .5 a.b", ["1.5e3", ".5", "a", ".", "b"]],
        ["'never ends; $$", ["'never ends; $$"]],
        ["/* never ends; /* */", []],
        ["naïve 🐘 \u00a0x", ["naïve", "🐘", "\u00a0x"]],
    ];
    for (const [text, expected] of readings) {
        it(`finds the tokens of ${JSON.stringify(text)}`, () => {
            assert.deepEqual(tokenTexts(text), expected);
        });
    }
});

describe("splitting a text", () => {
    const splits: readonly (readonly [string, readonly string[]])[] = [
        ["SELECT 1", ["SELECT 1"]],
        ["SELECT 1;", ["SELECT 1", ""]],
        [" SELECT ';' ;; -- ;\nSELECT 2", [" SELECT ';' ", "", " -- ;\nSELECT 2"]],
        [
            "CREATE INDEX ASYNC i ON é (a); SELECT 'ü'; SELECT 3",
            ["CREATE INDEX ASYNC i ON é (a)", " SELECT 'ü'", " SELECT 3"],
        ],
        [
            "CREATE RULE r AS ON INSERT TO a DO (SELECT 1; SELECT 2); SELECT 3",
            ["CREATE RULE r AS ON INSERT TO a DO (SELECT 1; SELECT 2)", " SELECT 3"],
        ],
        [
            "CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN a THEN 1 END; SELECT 2; END; BEGIN; END",
            [
                "CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN a THEN 1 END; SELECT 2; END",
                " BEGIN",
                " END",
            ],
        ],
        ["SELECT 1); SELECT 2", ["SELECT 1)", " SELECT 2"]],
    ];
    for (const [text, expected] of splits) {
        it(`finds ${expected.length} in ${JSON.stringify(text)}`, () => {
            assert.deepEqual(
                splitStatements(text).map((piece) => piece.text),
                expected,
            );
        });
    }

    const fragments = ["'", '"', "$$", "$a$", ";", "/*", "*/", "--", "\n", "E'", "\\", "(", ")"];
    const sql = fc
        .array(fc.constantFrom(...fragments, "CREATE FUNCTION f BEGIN ATOMIC ", "é", "a"))
        .map((parts) => parts.join(""));

    it("keeps every character of every statement", () => {
        const keeps = (text: string) =>
            assert.equal(
                splitStatements(text)
                    .map((piece) => piece.text)
                    .join(";"),
                text,
            );
        fc.assert(fc.property(fc.string({ unit: "binary" }), keeps));
        fc.assert(fc.property(sql, keeps), { numRuns: 1_000 });
    });

    it("knows where the tokens of a statement are", () => {
        fc.assert(
            fc.property(sql, (text) => {
                for (const piece of splitStatements(text)) {
                    for (const token of piece.tokens) {
                        assert.equal(piece.text.slice(token.start, token.end), token.text);
                    }
                }
            }),
        );
    });
});
