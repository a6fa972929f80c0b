import assert from "node:assert/strict";
import {
    createFunctionSandbox,
    type FunctionOutcome,
    type ReadableKeyValueStore,
} from "../../../../infra/local/edge/function-sandbox";

const location = { name: "EUX", region: "eu-central-1" };
const meta = {
    creationDateTime: "2026-01-01T00:00:00.000Z",
    lastUpdatedDateTime: "2026-01-02T00:00:00.000Z",
    keyCount: 2,
};

const values: Readonly<Record<string, string>> = { text: "plain", object: '{"down":true}' };
const store: ReadableKeyValueStore = { get: (key) => values[key], meta: () => meta };

async function run(expression: string, kvs = store): Promise<FunctionOutcome> {
    const code = `import cf from "cloudfront";
        const kvs = cf.kvs();
        async function handler(event) { return ${expression}; }`;
    return (await createFunctionSandbox("router", code, location, kvs))({});
}

describe("cf.kvs() of the local CloudFront", () => {
    const read: [expression: string, value: unknown][] = [
        ['await kvs.get("text")', "plain"],
        ['await kvs.get("text", { format: "string" })', "plain"],
        ['await kvs.get("object", { format: "json" })', { down: true }],
        ['await kvs.exists("text")', true],
        ['await kvs.exists("absent")', false],
        ["await kvs.meta()", meta],
        ["typeof readStore + typeof globalThis.readStore", "undefinedundefined"],
    ];
    for (const [expression, value] of read) {
        it(`answers ${expression}`, async () => {
            assert.deepEqual(await run(expression), { kind: "returned", value, calls: [] });
        });
    }

    const failing: [expression: string, message: RegExp][] = [
        ['await kvs.get("absent")', /KeyNotFound: absent/],
        ['await kvs.get("text", { format: "json" })', /SyntaxError/],
        ['await kvs.get("text", { format: "xml" })', /no format xml/],
        ['await kvs.get("text", { format: "bytes" })', /does not imitate/],
    ];
    for (const [expression, message] of failing) {
        it(`lets ${expression} throw`, async () => {
            const outcome = await run(expression);
            assert.match(outcome.kind === "failed" ? outcome.message : "none", message);
        });
    }

    it("lets a function catch what a store that cannot be reached throws", async () => {
        const code = `import cf from "cloudfront";
            async function handler() {
                try { return await cf.kvs().get("text"); }
                catch (error) { return error instanceof Error ? error.message : "foreign"; }
            }`;
        const unreachable = {
            get(): string {
                throw new Error("the store does not answer");
            },
        };
        const sandbox = await createFunctionSandbox("router", code, location, unreachable);
        assert.deepEqual(sandbox({}), {
            kind: "returned",
            value: "the store does not answer",
            calls: [],
        });
    });

    it("reads anew in every run", async () => {
        let reads = 0;
        const counting = {
            get() {
                reads += 1;
                return String(reads);
            },
        };
        const code = `import cf from "cloudfront";
            const kvs = cf.kvs();
            async function handler() { return await kvs.get("text"); }`;
        const sandbox = await createFunctionSandbox("router", code, location, counting);
        assert.deepEqual(
            [sandbox({}), sandbox({})].map((outcome) => "value" in outcome && outcome.value),
            ["1", "2"],
        );
    });
});
