import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { createAilments } from "../../../../infra/local/chaos/ailments";
import { carryOut } from "../../../../infra/local/chaos/commands";
import { sendCommand } from "../../../../infra/local/chaos/control-client";
import {
    type ControlServer,
    startControlServer,
} from "../../../../infra/local/chaos/control-server";
import { createKills } from "../../../../infra/local/chaos/kills";
import { createOutages } from "../../../../infra/local/chaos/outages";
import { tellStatus } from "../../../../infra/local/chaos/status-text";
import { createSwitchboard } from "../../../../infra/local/chaos/switchboard";
import { createKeyValueStoreService } from "../../../../infra/local/key-value-stores/store-service";
import { createLinks } from "../../../../infra/local/links";
import { createQueueFaults } from "../../../../infra/local/queues/queue-faults";

function createChaos() {
    const queueFaults = createQueueFaults();
    return createSwitchboard({
        cells: [
            { name: "us", regions: ["us-east-1"] },
            { name: "eu", regions: ["eu-west-1"] },
        ],
        links: createLinks({ roundTripMilliseconds: () => 0 }),
        linkCounts: { cut: 0, slow: 0 },
        outages: createOutages(),
        ailments: createAilments(),
        kills: createKills(),
        keyValueStores: createKeyValueStoreService("unused"),
        functions: { crash: async () => undefined },
        queues: { setFaults: queueFaults.set, faultCounts: queueFaults.counts },
        clusters: () => [],
        frontDoor: async () => ({
            setFaults: async () => undefined,
            statistics: async () => ({ sessions: 0, databases: [], heapBytes: 0, faults: {} }),
        }),
    });
}

describe("the control of a running cloud", () => {
    const folder = mkdtempSync(path.join(tmpdir(), "control-"));
    const file = path.join(folder, "control.json");
    let server: ControlServer;
    beforeEach(async () => {
        server = await startControlServer(createChaos(), folder);
    });
    afterEach(() => server.close());
    after(() => rmSync(folder, { recursive: true }));

    const post = (body: string, token?: string) => {
        const control = JSON.parse(readFileSync(file, "utf8"));
        return fetch(`http://127.0.0.1:${control.port}/`, {
            method: "POST",
            headers: { authorization: `Bearer ${token ?? control.token}` },
            body,
        });
    };

    it("moves switches and tells how they stand", async () => {
        await sendCommand(folder, { kind: "down", place: "eu" });
        const { state, counts } = await sendCommand(folder, {
            kind: "link",
            from: "us",
            to: "eu",
            state: { kind: "cut" },
        });
        assert.deepEqual(state.regionsDown, ["eu-west-1"]);
        assert.equal(counts["regions.down"], 1);
        const healed = await sendCommand(folder, { kind: "heal" });
        assert.deepEqual([healed.state.regionsDown, healed.state.links], [[], []]);
    });

    it("is its owner's alone", async () => {
        assert.equal(statSync(file).mode & 0o777, 0o600);
        assert.equal((await post('{"kind":"status"}', "guess")).status, 401);
    });

    it("replaces a file that others could read", async () => {
        await server.close();
        writeFileSync(file, "{}", { mode: 0o644 });
        server = await startControlServer(createChaos(), folder);
        assert.equal(statSync(file).mode & 0o777, 0o600);
    });

    for (const [what, body, status] of [
        ["no JSON", "down", 400],
        ["more than 64 KiB", "x".repeat(65_537), 413],
    ] as const) {
        it(`answers ${status} to ${what}`, async () => {
            assert.equal((await post(body)).status, status);
        });
    }

    it("says that nothing runs, and takes its file with it", async () => {
        await server.close();
        await assert.rejects(
            sendCommand(folder, { kind: "status" }),
            /No cloud runs in .*npm start/,
        );
        writeFileSync(file, '{"port":1,"token":"x"}');
        await assert.rejects(sendCommand(folder, { kind: "status" }), /is gone; start it with/);
    });

    it("passes on what the cloud does not accept", async () => {
        const wrong = sendCommand(folder, { kind: "down", place: "mars" });
        await assert.rejects(wrong, /"mars" is neither a cell nor a Region; allowed: us, eu, us-/);
    });
});

describe("a chaos command", () => {
    const wrong: [what: string, command: unknown, message: RegExp][] = [
        ["nothing", null, /kind is "undefined"; allowed: down, up, lost, ail/],
        ["an unknown kind", { kind: "burn" }, /kind is "burn"; allowed: down/],
        ["no place", { kind: "down" }, /"down" has place undefined; allowed: a text/],
        [
            "no state",
            { kind: "link", from: "us", to: "eu", state: null },
            /state null; .* an object/,
        ],
        [
            "an unknown state",
            { kind: "link", from: "us", to: "eu", state: { kind: "wet" } },
            /cannot be "wet"; allowed: open, cut, slow/,
        ],
        [
            "a rate above one",
            { kind: "queue", faults: { seed: 1, lossRate: 2 } },
            /lossRate 2; allowed: a number from 0 to 1/,
        ],
        ["a kill without a moment", { kind: "kill", plan: { function: "" } }, /no moment; allowed/],
    ];
    for (const [what, command, message] of wrong) {
        it(`is refused for ${what}`, async () => {
            await assert.rejects(carryOut(createChaos(), command), message);
        });
    }

    it("ends what queues suffer when it says so", async () => {
        const chaos = createChaos();
        await carryOut(chaos, { kind: "queue", faults: { seed: 1, lossRate: 0.5 } });
        const { state } = await carryOut(chaos, { kind: "queue", faults: null });
        assert.equal(state.queueFaults, undefined);
    });

    it("is told in words what is broken", async () => {
        const chaos = createChaos();
        assert.equal(tellStatus(await carryOut(chaos, { kind: "status" })), "Nothing is broken.\n");
        await carryOut(chaos, { kind: "link", from: "us", to: "eu", state: { kind: "cut" } });
        const text = tellStatus(await carryOut(chaos, { kind: "down", place: "eu" }));
        assert.match(text, /eu-west-1 is down\nus-east-1 to eu-west-1 is cut\nWhat has happened/);
    });
});
