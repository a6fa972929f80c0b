import assert from "node:assert/strict";
import type { KeyValueStoreClient } from "../../../app/aws/key-value-store";
import type { LogFields } from "../../../app/log";
import { healthKey } from "../../../app/monitoring/health-record";
import type { Verdict } from "../../../app/monitoring/judgement";
import { type Memory, type MonitorPorts, watchOnce } from "../../../app/monitoring/monitor";

const regions = ["us-east-1", "eu-west-1", "ap-northeast-1"];
const monitors = ["us-east-1", "eu-west-1"];

/** A store that two monitors share, with the time and the Regions that answer badly. */
function stage() {
    let text: string | undefined;
    let version = 0;
    const world = {
        nowSeconds: 1_000,
        bad: [] as readonly string[],
        isReachable: true,
        writes: 0,
        reads: 0,
        lines: [] as LogFields[],
        /** Runs between a monitor's reading and its writing. */
        interfere: () => undefined as undefined | Promise<void>,
        flags: (): Record<string, { down: boolean }> => JSON.parse(text ?? "{}"),
        text: () => text,
        /** What nobody but a monitor does. */
        put(value: string) {
            text = value;
            version += 1;
        },
    };
    const reached = <Value>(value: Value): Promise<Value> =>
        world.isReachable ? Promise.resolve(value) : Promise.reject(new Error("Cut off."));
    const store: KeyValueStoreClient = {
        describe: () => reached(String(version)),
        get(key) {
            world.reads += 1;
            return reached(key === healthKey ? text : undefined);
        },
        async update(puts, eTag) {
            await world.interfere();
            await reached(undefined);
            if (eTag !== String(version)) {
                return false;
            }
            world.put(puts[healthKey] ?? "");
            world.writes += 1;
            return true;
        },
    };
    const monitorIn = (monitor: string) => {
        let memory: Memory | undefined;
        const ports: MonitorPorts = {
            monitor,
            monitors,
            regions,
            probe: async (region): Promise<Verdict> =>
                world.bad.includes(region) ? "bad" : "good",
            store,
            nowSeconds: () => world.nowSeconds,
            log: (level, message, fields) => world.lines.push({ level, message, ...fields }),
        };
        return async (rounds = 1) => {
            for (let round = 0; round < rounds; round += 1) {
                world.nowSeconds += 2;
                memory = await watchOnce(memory, ports);
            }
        };
    };
    return { world, monitorIn };
}

describe("a monitor's rounds", () => {
    it("write nothing while every Region is well", async () => {
        const { world, monitorIn } = stage();
        await monitorIn("us-east-1")(10);
        assert.equal(world.writes, 0);
    });

    it("ask the store once a minute while nobody has anything to say", async () => {
        const { world, monitorIn } = stage();
        await monitorIn("us-east-1")(150);
        assert.equal(world.reads, 5);
    });

    it("contradict an accusation within a minute, and end it", async () => {
        const { world, monitorIn } = stage();
        const [here, there] = [monitorIn("us-east-1"), monitorIn("eu-west-1")];
        await there();
        for (let round = 0; round < 60; round += 1) {
            world.bad = ["ap-northeast-1"];
            await here();
            world.nowSeconds -= 2;
            world.bad = [];
            await there();
            assert.notEqual(world.flags()["ap-northeast-1"]?.down, true);
        }
    });

    it("change nothing for two bad samples, and tell of the third", async () => {
        const { world, monitorIn } = stage();
        const look = monitorIn("us-east-1");
        world.bad = ["eu-west-1"];
        await look(2);
        assert.equal(world.writes, 0);
        await look();
        assert.equal(world.flags()["eu-west-1"]?.down, true);
        assert.deepEqual(world.lines, [
            { level: "error", message: "A Region is down.", region: "eu-west-1" },
        ]);
    });

    it("bring a Region back by themselves", async () => {
        const { world, monitorIn } = stage();
        const look = monitorIn("us-east-1");
        world.bad = ["eu-west-1"];
        await look(4);
        world.bad = [];
        await look(3);
        assert.equal(world.flags()["eu-west-1"]?.down, false);
    });

    it("take a whole cell down at once, one of the monitors included", async () => {
        const { world, monitorIn } = stage();
        const look = monitorIn("eu-west-1");
        world.bad = ["us-east-1", "ap-northeast-1"];
        await look(3);
        assert.deepEqual(
            ["us-east-1", "ap-northeast-1"].map((region) => world.flags()[region]?.down),
            [true, true],
        );
    });

    it("go on with what the monitor said, after its memory is gone", async () => {
        const { world, monitorIn } = stage();
        world.bad = ["eu-west-1"];
        await monitorIn("us-east-1")(3);
        await monitorIn("us-east-1")(1);
        assert.equal(world.flags()["eu-west-1"]?.down, true);
    });

    it("say nothing from a place that reaches nobody", async () => {
        const { world, monitorIn } = stage();
        world.bad = regions;
        await monitorIn("us-east-1")(10);
        assert.equal(world.writes, 0);
    });

    it("go on without a store, and write as soon as there is one", async () => {
        const { world, monitorIn } = stage();
        const look = monitorIn("us-east-1");
        world.isReachable = false;
        world.bad = ["eu-west-1"];
        await look(4);
        world.isReachable = true;
        await look();
        assert.equal(world.flags()["eu-west-1"]?.down, true);
    });

    it("lose no word of the other monitor that comes between", async () => {
        const { world, monitorIn } = stage();
        const [here, there] = [monitorIn("us-east-1"), monitorIn("eu-west-1")];
        world.bad = ["ap-northeast-1"];
        await here(2);
        await there(2);
        let isFirst = true;
        world.interfere = () => {
            if (isFirst) {
                isFirst = false;
                return there();
            }
            return undefined;
        };
        await here();
        assert.equal(world.flags()["ap-northeast-1"]?.down, true);
    });

    it("give up for this round when others keep coming between", async () => {
        const { world, monitorIn } = stage();
        const look = monitorIn("us-east-1");
        world.bad = ["eu-west-1"];
        world.interfere = () => world.put("{}") as undefined;
        await look(3);
        assert.equal(world.writes, 0);
        assert.match(String(world.lines.at(-1)?.["message"]), /with the next round/);
    });
});
