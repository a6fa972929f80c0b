import assert from "node:assert/strict";
import { Duplex } from "node:stream";
import { setImmediate as settle } from "node:timers/promises";
import type { Clock } from "../../../../infra/local/dsql/delay-line";
import { delayStream } from "../../../../infra/local/dsql/latency";

interface TestClock extends Clock {
    /** Lets time pass, timer by timer. */
    advance(milliseconds: number): Promise<void>;
    pending(): number;
}

function createClock(): TestClock {
    let now = 1_000;
    const timers = new Set<{ at: number; run: () => void }>();
    return {
        now: () => now,
        after(milliseconds, run) {
            const timer = { at: now + milliseconds, run };
            timers.add(timer);
            return () => timers.delete(timer);
        },
        pending: () => timers.size,
        async advance(milliseconds) {
            const end = now + milliseconds;
            for (;;) {
                await settle();
                const [next] = [...timers].sort((a, b) => a.at - b.at);
                if (next === undefined || next.at > end) {
                    break;
                }
                timers.delete(next);
                now = next.at;
                next.run();
            }
            now = end;
            await settle();
        },
    };
}

/** Two streams: what is written to one is read from the other. */
function createPair(allowHalfOpen = true): [Duplex, Duplex] {
    const make = (other: () => Duplex): Duplex => {
        let resume: (() => void) | undefined;
        const stream = new Duplex({
            allowHalfOpen,
            highWaterMark: 65_536,
            read: () => other().emit("room"),
            write(chunk: Buffer, _, callback) {
                if (other().push(chunk)) {
                    callback();
                } else {
                    resume = callback;
                }
            },
            final(callback) {
                other().push(null);
                callback();
            },
            destroy(error, callback) {
                setImmediate(() => other().destroy());
                callback(error);
            },
        });
        stream.on("room", () => {
            const callback = resume;
            resume = undefined;
            callback?.();
        });
        return stream;
    };
    const left: Duplex = make(() => right);
    const right: Duplex = make(() => left);
    return [left, right];
}

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

const mebibyte = 1_048_576;
const chunkBytes = 16_384;

describe("a delayed stream's back-pressure", () => {
    for (const latency of [0, 20]) {
        it(`stops who writes to a client that does not read, at ${latency} ms`, async () => {
            const clock = createClock();
            const [inner] = createPair();
            const outer = delayStream(inner, () => latency, clock);
            let written = 0;
            for (let round = 0; round < 1_000; round += 1) {
                while (!outer.writableNeedDrain) {
                    outer.write(Buffer.alloc(chunkBytes));
                    written += chunkBytes;
                }
                await clock.advance(latency);
            }
            // Without a latency only what any two streams in a row would buffer.
            const limit = latency === 0 ? 300_000 : 2 * mebibyte;
            assert.ok(written <= limit, String(written));
            assert.equal(clock.pending(), 0);
        });

        it(`stops a client when nobody reads what it sends, at ${latency} ms`, async () => {
            const clock = createClock();
            const [inner, far] = createPair();
            const outer = delayStream(inner, () => latency, clock);
            let sent = 0;
            for (let round = 0; round < 1_000; round += 1) {
                while (!far.writableNeedDrain) {
                    far.write(Buffer.alloc(chunkBytes));
                    sent += chunkBytes;
                }
                await clock.advance(latency);
            }
            assert.ok(sent <= 2 * mebibyte, String(sent));
            outer.destroy();
        });

        it(`brings everything through to a slow reader, at ${latency} ms`, async () => {
            const clock = createClock();
            const [inner, far] = createPair();
            const outer = delayStream(inner, () => latency, clock);
            const sent = Buffer.from(Array.from({ length: 3_000_000 }, (_, index) => index % 251));
            for (const [from, to] of [
                [outer, far],
                [far, outer],
            ] as const) {
                from.end(sent);
                const received: Buffer[] = [];
                for (let round = 0; round < 2_000 && !to.readableEnded; round += 1) {
                    const chunk: Buffer | null = to.read();
                    received.push(...(chunk === null ? [] : [chunk]));
                    await clock.advance(latency);
                }
                assert.ok(Buffer.concat(received).equals(sent));
            }
        });
    }

    it("bounds what is under way when the way is long", async () => {
        const clock = createClock();
        const [inner, far] = createPair();
        const outer = delayStream(inner, () => 60_000, clock);
        far.resume();
        let written = 0;
        while (!outer.writableNeedDrain && written < 10 * mebibyte) {
            outer.write(Buffer.alloc(chunkBytes));
            written += chunkBytes;
            await settle();
        }
        assert.ok(written >= mebibyte && written <= 2 * mebibyte, String(written));
        const drained = new Promise<void>((resolve) => outer.once("drain", resolve));
        await clock.advance(60_000);
        await drained;
    });
});
