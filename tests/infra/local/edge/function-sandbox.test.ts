import assert from "node:assert/strict";
import { compileRouter } from "../../../../infra/edge/router";
import {
    createFunctionSandbox,
    type FunctionOutcome,
} from "../../../../infra/local/edge/function-sandbox";

const location = { name: "EUX", region: "eu-central-1" };
const event = { request: { method: "GET", uri: "/products", headers: {} } };

async function run(code: string): Promise<FunctionOutcome> {
    return (await createFunctionSandbox("router", code, location))(event);
}

const returning = (expression: string) => `function handler(event) { return ${expression}; }`;

describe("createFunctionSandbox", () => {
    it("runs the shop's own router", async () => {
        const code = await compileRouter([
            { id: "us-1", cell: "us", number: 1, region: "us-east-1" },
            { id: "eu-1", cell: "eu", number: 2, region: "eu-west-1" },
        ]);
        assert.deepEqual(await run(code), {
            kind: "returned",
            value: {
                method: "GET",
                uri: "/products",
                headers: { "x-viewer-cell": { value: "eu" } },
            },
            calls: [
                {
                    kind: "group",
                    originIds: ["eu-1-reads", "us-1-reads"],
                    statusCodes: [500, 502, 503, 504],
                },
            ],
        });
    });

    it("tells of every call of the cloudfront module", async () => {
        const code = `import cf from 'cloudfront';
            async function handler(event) {
                cf.updateRequestOrigin({ domainName: "a.example.com" });
                cf.createRequestOriginGroup({
                    originIds: [{ originId: "a" }, { originId: "b" }],
                    failoverCriteria: { statusCodes: [503] },
                });
                return event.request;
            }`;
        const outcome = await run(code);
        assert.deepEqual(outcome.kind === "returned" && outcome.calls, [
            { kind: "update", properties: { domainName: "a.example.com" } },
            { kind: "group", originIds: ["a", "b"], statusCodes: [503] },
        ]);
    });

    const values: [expression: string, value: unknown][] = [
        ["typeof require", "undefined"],
        ["typeof process", "undefined"],
        ["typeof setTimeout", "undefined"],
        ["typeof fetch", "undefined"],
        ["typeof Map", "undefined"],
        ["typeof eval", "undefined"],
        ["typeof Buffer", "undefined"],
        ["typeof this", "undefined"],
        ["typeof console.log", "function"],
    ];
    for (const [expression, value] of values) {
        it(`makes ${expression} "${value}"`, async () => {
            assert.deepEqual(await run(returning(expression)), {
                kind: "returned",
                value,
                calls: [],
            });
        });
    }

    const failures: [what: string, code: string, message: RegExp][] = [
        ["an exception", "function handler() { throw new Error('no'); }", /Error: no/],
        ["evaluation of text", returning("Function('return 1')()"), /EvalError/],
        ["an endless loop", "function handler() { while (true) {} }", /timed out/],
        [
            "an endless chain of promises",
            "async function handler() { while (true) { await null; } }",
            /timed out/,
        ],
        [
            "a promise that never settles",
            "function handler() { return new Promise(function () {}); }",
            /never comes/,
        ],
        [
            "key value stores",
            "import cf from 'cloudfront';\nfunction handler() { cf.kvs(); }",
            /No KeyValueStore is associated/,
        ],
        ["an assignment to an unknown name", "function handler() { x = 1; }", /ReferenceError/],
    ];
    for (const [what, code, message] of failures) {
        it(`fails the request for ${what}`, async () => {
            const outcome = await run(code);
            assert.equal(outcome.kind, "failed");
            assert.match(outcome.kind === "failed" ? outcome.message : "", message);
        });
    }

    const refused: [what: string, code: string, message: RegExp][] = [
        ["classes", `class A {}\n${returning("1")}`, /line 1: class syntax/],
        ["destructuring", "function handler(event) { const { a } = event; }", /destructuring/],
        ["optional chaining", returning("event?.request"), /newer than AWS lists/],
        ["another module", `import fs from "fs";\n${returning("1")}`, /import fs/],
        ["an export", `export ${returning("1")}`, /exports nothing/],
        ["code above 10 KB", `${returning("1")}//${"x".repeat(10_240)}`, /10240 are allowed/],
        ["code without a handler", "function other() {}", /no top-level function "handler"/],
        ["code that does not parse", "function handler( {", /line 1/],
        ["code that fails at once", `${returning("1")} nothing();`, /does not start/],
    ];
    for (const [what, code, message] of refused) {
        it(`refuses ${what}`, async () => {
            await assert.rejects(run(code), message);
        });
    }
});
