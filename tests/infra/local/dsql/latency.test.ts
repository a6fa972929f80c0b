import assert from "node:assert/strict";
import type { Duplex } from "node:stream";
import { delayStream } from "../../../../infra/local/dsql/latency";
import { createClock, createPair, type TestClock } from "../../../support/stream-pair";

interface Stage {
    readonly clock: TestClock;
    /** What the front door holds. */
    readonly near: Duplex;
    /** What the client holds. */
    readonly far: Duplex;
    /** What has happened at each end: texts, "end", "close", each with its time. */
    readonly events: string[];
    latency: number;
}

function createStage(latency: number, allowHalfOpen = true): Stage {
    const clock = createClock();
    const [inner, far] = createPair(allowHalfOpen);
    const near = delayStream(inner, () => stage.latency, clock);
    const events: string[] = [];
    const note = (what: string): void => {
        events.push(`${what} ${clock.now() - 1_000}`);
    };
    for (const [name, stream] of [
        ["near", near],
        ["far", far],
    ] as const) {
        stream.on("data", (chunk: Buffer) => note(`${name} ${chunk.toString()}`));
        stream.on("end", () => note(`${name} end`));
        stream.on("error", () => undefined);
        stream.on("close", () => note(`${name} close`));
    }
    const stage: Stage = { clock, near, far, events, latency };
    return stage;
}

describe("a delayed stream", () => {
    it("delays both directions and keeps the order", async () => {
        const { clock, near, far, events } = createStage(40);
        near.write("a");
        far.write("A");
        await clock.advance(10);
        near.write("b");
        far.write("B");
        await clock.advance(29);
        assert.deepEqual(events, []);
        await clock.advance(100);
        assert.deepEqual(events.sort(), ["far a 40", "far b 50", "near A 40", "near B 50"]);
    });

    it("takes fractions of a millisecond on average, and a round trip takes its time", async () => {
        const { clock, near, far } = createStage(0.5);
        for (const [question, answer] of [
            ["a", "A"],
            ["b", "B"],
            ["c", "C"],
        ] as const) {
            const asked = clock.now();
            const answered = new Promise<number>((resolve) => {
                near.once("data", () => near.write(answer));
                far.once("data", () => resolve(clock.now() - asked));
            });
            far.write(question);
            await clock.advance(5);
            assert.equal(await answered, 1);
        }
    });

    it("lets nothing overtake when the way becomes shorter", async () => {
        const stage = createStage(40);
        stage.near.write("a");
        await stage.clock.advance(5);
        stage.latency = 0;
        stage.near.write("b");
        stage.far.write("A");
        await stage.clock.advance(100);
        assert.deepEqual(stage.events, ["near A 5", "far a 40", "far b 40"]);
    });

    it("without a latency sets no timer and delivers at once", async () => {
        const { clock, near, far, events } = createStage(0);
        near.write("a");
        far.write("A");
        near.end();
        far.end();
        assert.equal(clock.pending(), 0);
        await clock.advance(0);
        assert.equal(clock.pending(), 0);
        assert.deepEqual(events.sort(), [
            "far a 0",
            "far close 0",
            "far end 0",
            "near A 0",
            "near close 0",
            "near end 0",
        ]);
    });

    it("passes a half-close on after what was written before", async () => {
        const { clock, near, far, events } = createStage(20);
        far.end("question");
        await clock.advance(20);
        near.write("answer");
        await clock.advance(30);
        near.end();
        await clock.advance(100);
        assert.deepEqual(events, [
            "near question 20",
            "near end 20",
            "far answer 40",
            "far end 70",
            "far close 70",
            "near close 70",
        ]);
    });

    it("ends both ways where the stream below it cannot be half open", async () => {
        const { clock, far, events } = createStage(20, false);
        far.end();
        await clock.advance(100);
        assert.ok(events.includes("near end 20"));
        assert.ok(events.some((event) => event.startsWith("near close")));
    });

    it("passes a break on after what was written before, to either side", async () => {
        for (const [from, to] of [
            ["near", "far"],
            ["far", "near"],
        ] as const) {
            const stage = createStage(20);
            stage[from].write("last");
            await stage.clock.advance(5);
            stage[from].destroy();
            await stage.clock.advance(14);
            assert.deepEqual(stage.events, [`${from} close 5`]);
            await stage.clock.advance(100);
            const seen = stage.events.filter((event) => event.startsWith(to));
            assert.deepEqual(seen, [`${to} last 20`, `${to} close 25`]);
            assert.equal(stage.clock.pending(), 0);
        }
    });

    it("loses nothing to a break when the way becomes shorter", async () => {
        const stage = createStage(40);
        stage.near.write("last");
        stage.latency = 10;
        stage.near.destroy();
        await stage.clock.advance(100);
        assert.deepEqual(stage.events, ["near close 0", "far last 10", "far close 10"]);
    });

    it("gives the reason of a break below it", async () => {
        const clock = createClock();
        const [inner] = createPair();
        const outer = delayStream(inner, () => 20, clock);
        const reason = new Promise((resolve) => outer.once("error", resolve));
        inner.destroy(new Error("reset"));
        await clock.advance(20);
        assert.match(String(await reason), /reset/);
    });

    it("breaks below where a client does not read", async () => {
        const clock = createClock();
        const [inner, far] = createPair();
        const outer = delayStream(inner, () => 20, clock);
        outer.on("error", () => undefined);
        outer.write(Buffer.alloc(500_000));
        await clock.advance(100);
        assert.equal(inner.writableNeedDrain, true);
        outer.destroy();
        await clock.advance(20);
        assert.equal(inner.destroyed, true);
        assert.equal(far.destroyed, true);
    });
});
