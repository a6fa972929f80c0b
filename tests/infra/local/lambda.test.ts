import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { invokeArnOf } from "../../../infra/local/aws-names";
import { createFunctionService, type FunctionService } from "../../../infra/local/lambda";

const region = "eu-west-1";
const target = { name: "probe-name", region };
const arn = `arn:aws:lambda:${region}:000000000000:function:probe-name`;

const code = `
let calls = 0;
const state = { loaded: Date.now() };
exports.handler = async (event, context) => {
    calls += 1;
    switch (event.do) {
        case "echo": return { event, calls, variable: process.env.GREETING, home: process.env.HOME };
        case "context": return {
            id: context.awsRequestId, name: context.functionName, memory: context.memoryLimitInMB,
            left: context.getRemainingTimeInMillis(),
        };
        case "fail": throw new TypeError("no such thing");
        case "crash": setTimeout(() => { throw new Error("from a timer"); }, 1); return new Promise(() => {});
        case "hang": return new Promise(() => {});
        case "spin": for (;;) {}
        case "hoard": { const all = []; for (;;) all.push(new Array(10000).fill(Math.random())); }
        case "sleep": await new Promise((resolve) => setTimeout(resolve, event.milliseconds)); return calls;
        case "log": console.log("hello", { a: 1 }); process.stdout.write("raw\\n"); return null;
        case "large": return "x".repeat(7 * 1024 * 1024);
    }
};
exports.old = (event, context, callback) => callback(null, 1);
`;

describe("the local Lambda", () => {
    let folder = "";
    let functions: FunctionService;
    let lines: string[] = [];

    async function deploy(changes: object = {}, source = code): Promise<void> {
        await functions.createFunction({
            logicalName: "probe",
            name: target.name,
            arn,
            region,
            roleArn: "arn:aws:iam::000000000000:role/probe",
            code: new pulumi.asset.AssetArchive({
                "index.js": new pulumi.asset.StringAsset(source),
            }),
            handler: "index.handler",
            memoryMegabytes: 128,
            timeoutSeconds: 2,
            reservedConcurrency: undefined,
            logFormat: "JSON",
            logGroupName: "/shop/probe",
            variables: { GREETING: "hello" },
            ...changes,
        });
    }
    const invoke = (event: object, timeoutMilliseconds = 10_000) =>
        functions.invoke(target, event, timeoutMilliseconds);

    beforeEach(() => {
        folder = mkdtempSync(path.join(tmpdir(), "lambda-"));
        lines = [];
        functions = createFunctionService({
            folder,
            runtimeVariables: () => ({}),
            writeLog: (_, line) => lines.push(line),
        });
    });
    afterEach(async () => {
        await functions.stop();
        rmSync(folder, { recursive: true });
    });

    it("runs the deployed code with its own variables alone, and reuses the environment", async () => {
        await deploy();
        const event = { do: "echo", text: "ünï" };
        const answers = [await invoke(event), await invoke(event)];
        assert.deepEqual(
            answers,
            [1, 2].map((calls) => ({ kind: "ok", payload: { event, calls, variable: "hello" } })),
        );
        assert.equal(functions.list()[0]?.coldStarts, 1);
    });

    it("gives the handler Lambda's context", async () => {
        await deploy();
        const answer = await invoke({ do: "context" });
        assert.equal(answer.kind, "ok");
        const context = (answer as { payload: Record<string, unknown> }).payload;
        assert.match(String(context["id"]), /^[0-9a-f-]{36}$/);
        assert.equal(context["name"], target.name);
        assert.equal(context["memory"], "128");
        assert.ok(Number(context["left"]) > 1_000 && Number(context["left"]) <= 2_000);
    });

    const failures: [string, object, RegExp, number?][] = [
        ["throws", { do: "fail" }, /^TypeError: no such thing$/],
        ["crashes outside the handler", { do: "crash" }, /from a timer/],
        ["never answers", { do: "hang" }, /Task timed out after 0\.20 seconds/, 0.2],
        ["blocks its thread", { do: "spin" }, /Task timed out after 0\.20 seconds/, 0.2],
        ["answers more than 6 MB", { do: "large" }, /ResponseSizeTooLarge/],
    ];
    for (const [what, event, expected, timeoutSeconds = 10] of failures) {
        it(`reports a function that ${what}, and answers the next call`, async () => {
            await deploy({ timeoutSeconds });
            const answer = await invoke(event);
            assert.equal(answer.kind, "error");
            assert.match((answer as { message: string }).message, expected);
            assert.equal((await invoke({ do: "echo" })).kind, "ok");
        });
    }

    it("ends a function that takes more memory than it has", async () => {
        await deploy({ memoryMegabytes: 32, timeoutSeconds: 15 });
        const answer = await invoke({ do: "hoard" });
        assert.match((answer as { message: string }).message, /Runtime\.OutOfMemory/);
    });

    it("reports code that does not load, and a handler that is not there", async () => {
        await deploy({}, "throw new RangeError('at start')");
        assert.deepEqual(await invoke({}), { kind: "error", message: "RangeError: at start" });
        await deploy({ handler: "index.missing" });
        assert.match(((await invoke({})) as { message: string }).message, /HandlerNotFound/);
        await deploy({ handler: "index.old" });
        assert.match(((await invoke({})) as { message: string }).message, /CallbackHandler/);
    });

    it("runs one invocation per environment, and as many environments as it needs", async () => {
        await deploy();
        const sleep = { do: "sleep", milliseconds: 100 };
        const answers = await Promise.all([invoke(sleep), invoke(sleep), invoke(sleep)]);
        assert.deepEqual(
            answers,
            [1, 1, 1].map((payload) => ({ kind: "ok", payload })),
        );
        assert.equal(functions.list()[0]?.coldStarts, 3);
    });

    it("throttles what exceeds a reservation, and never runs a reservation of none", async () => {
        await deploy({ reservedConcurrency: 1 });
        const first = invoke({ do: "sleep", milliseconds: 100 });
        assert.deepEqual(await invoke({ do: "echo" }), { kind: "throttled" });
        assert.equal((await first).kind, "ok");
        await deploy({ reservedConcurrency: 0 });
        assert.deepEqual(await invoke({ do: "echo" }), { kind: "throttled" });
    });

    it("lets a caller that gives up go, while the function runs on", async () => {
        await deploy({ reservedConcurrency: 1 });
        assert.deepEqual(await invoke({ do: "sleep", milliseconds: 150 }, 50), { kind: "timeout" });
        assert.deepEqual(await invoke({ do: "echo" }), { kind: "throttled" });
    });

    it("collects what the function logs, in Lambda's JSON format", async () => {
        await deploy();
        await invoke({ do: "log" });
        await new Promise((resolve) => setTimeout(resolve, 20));
        const entries = lines.filter((line) => line !== "raw").map((line) => JSON.parse(line));
        assert.equal(entries[0].level, "INFO");
        assert.equal(entries[0].message, "hello { a: 1 }");
        assert.equal(entries[1].type, "platform.report");
        assert.equal(entries[1].record.requestId, entries[0].requestId);
        assert.ok(lines.includes("raw"));
    });

    it("lets only whom a permission names invoke, from the sources it names", async () => {
        await deploy();
        const gateway = "apigateway.amazonaws.com";
        functions.addPermission({
            functionName: target.name,
            region,
            action: "lambda:InvokeFunction",
            principal: gateway,
            sourceArn: `arn:aws:execute-api:${region}:000000000000:api/*`,
        });
        const isPermitted = (api: string, principal = gateway) => {
            const source = `arn:aws:execute-api:${region}:000000000000:${api}/live/GET/products`;
            return functions.isPermitted(invokeArnOf(arn), source, principal);
        };
        assert.deepEqual(
            [isPermitted("api"), isPermitted("other"), isPermitted("api", "s3.amazonaws.com")],
            [true, false, false],
        );
        assert.equal(functions.isPermitted("nonsense", "api", gateway), false);
    });

    it("keeps the code of the last deployment only", async () => {
        await deploy();
        await deploy({}, "exports.handler = async () => 1");
        assert.equal(readdirSync(folder).length, 1);
        assert.deepEqual(await invoke({}), { kind: "ok", payload: 1 });
    });
});
