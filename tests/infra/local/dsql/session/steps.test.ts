import assert from "node:assert/strict";
import { createDialect } from "../../../../../infra/local/dsql/dialect/dialect";
import type { Dialect } from "../../../../../infra/local/dsql/dialect/plan";
import type { Step } from "../../../../../infra/local/dsql/session/state";
import { stepsOf } from "../../../../../infra/local/dsql/session/steps";
import {
    encodeBind,
    encodeClose,
    encodeDescribe,
    encodeExecute,
    encodeFlush,
    encodeParse,
    encodeQuery,
    encodeSync,
    encodeTerminate,
} from "../../../../../infra/local/dsql/wire/frontend";
import type { Message } from "../../../../../infra/local/dsql/wire/message";

const refused = "TRUNCATE t";

describe("a client's message", () => {
    let dialect: Dialect;
    before(async () => {
        dialect = await createDialect();
    });

    const message = (bytes: Buffer): Message =>
        ({ type: bytes.toString("latin1", 0, 1), bytes }) as Message;
    const raw = (type: string): Buffer =>
        Buffer.concat([Buffer.from(type), Buffer.from([0, 0, 0, 4])]);
    const steps = (bytes: Buffer): readonly Step[] => stepsOf(message(bytes), dialect) ?? [];
    const kinds = (bytes: Buffer): string =>
        steps(bytes)
            .map(({ kind }) => kind)
            .join(" ");
    const query = "parse bind describe execute";
    const parse = (text: string): Buffer => encodeParse({ name: "s", text, parameterTypes: [23] });
    const bind = encodeBind({
        portal: "p",
        statement: "s",
        parameterFormats: [],
        parameters: [null],
        resultFormats: [],
    });

    const table: readonly (readonly [string, Buffer, string])[] = [
        ["a query", encodeQuery("SELECT 1"), `${query} sync`],
        ["a query of two statements", encodeQuery("SELECT 1; SELECT 2"), `${query} ${query} sync`],
        ["an empty query", encodeQuery(""), `${query} sync`],
        ["a refused query", encodeQuery(refused), "refuse sync"],
        [
            "a query that is refused in part",
            encodeQuery(`SELECT 1; ${refused}`),
            `${query} refuse sync`,
        ],
        ["a query with an error", encodeQuery("SELEC 1"), `${query} sync`],
        ["Parse", parse("SELECT $1"), "parse"],
        ["Parse of a refused statement", parse(refused), "refuse"],
        ["Parse of nothing", parse(""), "parse"],
        ["Parse of two statements", parse("SELECT 1; SELECT 2"), "parse"],
        ["Bind", bind, "bind"],
        ["Describe", encodeDescribe({ target: "portal", name: "p" }), "describe"],
        ["Execute", encodeExecute({ portal: "p", maxRows: 0 }), "execute"],
        ["Close", encodeClose({ target: "portal", name: "p" }), "close"],
        ["Flush", encodeFlush(), "flush"],
        ["Sync", encodeSync(), "sync"],
        ["Terminate", encodeTerminate(), "terminate"],
        ["rows", raw("d"), "rows"],
        ["the end of rows", raw("c"), "rows"],
        ["the failure of rows", raw("f"), "rows"],
        ["a function call", raw("F"), "refuse sync"],
        ["what no client may send", raw("Z"), ""],
    ];
    for (const [name, bytes, expected] of table) {
        it(`asks for ${expected || "nothing"}: ${name}`, () => {
            assert.equal(kinds(bytes), expected);
        });
    }

    it("is forwarded as it is, where nothing is rewritten", () => {
        for (const bytes of [
            parse("SELECT $1"),
            bind,
            encodeExecute({ portal: "p", maxRows: 5 }),
        ]) {
            const [step] = steps(bytes);
            assert.ok(step !== undefined && "bytes" in step && step.bytes === bytes);
        }
    });

    it("keeps a prepared statement's name and types when it is rewritten", () => {
        const [step] = steps(parse("CREATE INDEX ASYNC ON t (n)"));
        assert.ok(step?.kind === "parse" && step.name === "s");
        assert.deepEqual(step.prepared.parameterTypes, [23]);
        assert.match(step.bytes.toString(), /dsql_internal\.submit_index/);
    });

    for (const [maxRows, isPartial] of [
        [0, false],
        [1, true],
    ] as const) {
        it(`asks for ${isPartial ? "some" : "all"} rows with a limit of ${maxRows}`, () => {
            const [step] = steps(encodeExecute({ portal: "p", maxRows }));
            assert.ok(step?.kind === "execute" && step.isPartial === isPartial);
        });
    }

    for (const [type, isLast] of [
        ["d", false],
        ["c", true],
        ["f", true],
    ] as const) {
        it(`${isLast ? "ends" : "goes on with"} the rows of a COPY: ${type}`, () => {
            const [step] = steps(raw(type));
            assert.ok(step?.kind === "rows" && step.isLast === isLast);
        });
    }
});
