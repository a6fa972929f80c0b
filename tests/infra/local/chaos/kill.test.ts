import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { createKills, type KillPlan } from "../../../../infra/local/chaos/kills";
import { createFunctionService } from "../../../../infra/local/lambda";

const region = "eu-west-1";

/** Waits for a timer and for a socket in turn, and tells of each wait that is over. */
const code = `
const net = require("node:net");
const { setTimeout: sleep } = require("node:timers/promises");
exports.handler = async (event) => {
    const waits = event.waits ?? 5;
    for (let count = 1; count <= waits; count += 1) {
        await sleep(1);
        console.log("wait", count);
    }
    if (event.isStuck) {
        await new Promise(() => setInterval(() => undefined, 1_000));
    }
    return waits;
};
`;

describe("a function that is killed", () => {
    const folder = mkdtempSync(path.join(tmpdir(), "kill-"));
    after(() => rmSync(folder, { recursive: true }));

    async function deploy() {
        const kills = createKills();
        const lines: string[] = [];
        const functions = createFunctionService({
            folder,
            runtimeVariables: () => ({}),
            writeLog: (_, line) => lines.push(line),
            drawKill: (registration) => kills.draw(registration),
        });
        await functions.createFunction({
            logicalName: "eu-orders",
            name: "probe",
            arn: `arn:aws:lambda:${region}:000000000000:function:probe`,
            region,
            roleArn: "arn:aws:iam::000000000000:role/probe",
            code: new pulumi.asset.AssetArchive({ "index.js": new pulumi.asset.StringAsset(code) }),
            handler: "index.handler",
            memoryMegabytes: 128,
            timeoutSeconds: 5,
            reservedConcurrency: undefined,
            logFormat: "Text",
            logGroupName: "/shop/probe",
            variables: {},
        });
        const invoke = (event: object = {}) =>
            functions.invoke({ name: "probe", region }, event, 10_000);
        const waits = () => lines.filter((line) => line.includes("\twait ")).length;
        return { kills, functions, invoke, waits };
    }
    const killed = {
        kind: "error",
        message: "Runtime.ExitError: Runtime exited with error: signal: killed",
    };

    for (const afterAwaits of [0, 1, 3]) {
        it(`dies at the wait after ${afterAwaits} others, and the next call lives`, async () => {
            const { kills, functions, invoke, waits } = await deploy();
            await invoke({ waits: 0 });
            kills.plan({ function: "orders", afterAwaits });
            assert.deepEqual(await invoke(), killed);
            assert.equal(waits(), afterAwaits);
            assert.deepEqual(await invoke(), { kind: "ok", payload: 5 });
            assert.deepEqual([kills.killed, kills.escaped], [1, 0]);
            await functions.stop();
        });
    }

    it("escapes when it ends before, and another one dies in its place", async () => {
        const { kills, functions, invoke } = await deploy();
        kills.plan({ function: "orders", afterAwaits: 3 });
        assert.deepEqual(await invoke({ waits: 1 }), { kind: "ok", payload: 1 });
        assert.deepEqual(await invoke(), killed);
        assert.deepEqual([kills.killed, kills.escaped], [1, 1]);
        await functions.stop();
    });

    it("dies within a time, whatever it waits for", async () => {
        const { kills, functions, invoke } = await deploy();
        kills.plan({ function: "", region, withinMilliseconds: 50 });
        assert.deepEqual(await invoke({ isStuck: true }), killed);
        await functions.stop();
    });

    it("dies with its Region, in the middle of an invocation", async () => {
        const { functions, invoke, waits } = await deploy();
        const call = invoke({ isStuck: true });
        while (waits() < 5) {
            await new Promise(setImmediate);
        }
        await functions.crash("us-east-1");
        await functions.crash(region);
        assert.equal((await call).kind, "error");
        assert.deepEqual(await invoke(), { kind: "ok", payload: 5 });
        await functions.stop();
    });
});

describe("planned kills", () => {
    const registration = { logicalName: "eu-orders", region };

    it("strike as many invocations as they are to", () => {
        const kills = createKills();
        kills.plan({ function: "orders", afterAwaits: 0, count: 2 });
        const drawn = [1, 2, 3].map(() => kills.draw(registration));
        assert.deepEqual(
            drawn.map((sentence) => sentence?.order),
            [{ afterAwaits: 0 }, { afterAwaits: 0 }, undefined],
        );
        drawn[0]?.carriedOut();
        drawn[1]?.escaped();
        assert.deepEqual(kills.list(), [{ function: "orders", afterAwaits: 0, count: 2, left: 1 }]);
    });

    it("strike at the same moments for the same seed, at others for another", () => {
        const moments = (seed: number) => {
            const kills = createKills();
            kills.plan({ function: "", withinAwaits: 1_000, seed, count: 5 });
            return [1, 2, 3, 4, 5].map(() => kills.draw(registration)?.order);
        };
        assert.deepEqual(moments(7), moments(7));
        assert.notDeepEqual(moments(7), moments(8));
    });

    for (const [what, plan] of [
        ["another function", { function: "status", afterAwaits: 0 }],
        ["another Region", { function: "", region: "us-east-1", afterAwaits: 0 }],
    ] as const) {
        it(`spare ${what}`, () => {
            const kills = createKills();
            kills.plan(plan);
            assert.equal(kills.draw(registration), undefined);
        });
    }

    it("are forgotten when healed", () => {
        const kills = createKills();
        kills.plan({ function: "", afterAwaits: 0 });
        kills.heal();
        assert.equal(kills.draw(registration), undefined);
    });

    const wrong: [what: string, plan: Partial<KillPlan>, message: RegExp][] = [
        ["no moment", {}, /no moment; allowed: one of afterAwaits/],
        ["two moments", { afterAwaits: 1, withinAwaits: 1 }, /afterAwaits and withinAwaits/],
        ["a moment that never comes", { afterAwaits: 10_001 }, /from 0 to 10000/],
        ["nobody", { afterAwaits: 1, count: 0 }, /count is 0; allowed: .* 1 to 1000000/],
    ];
    for (const [what, plan, message] of wrong) {
        it(`are refused for ${what}`, () => {
            assert.throws(() => createKills().plan({ function: "", ...plan }), message);
        });
    }
});
