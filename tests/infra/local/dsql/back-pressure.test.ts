import assert from "node:assert/strict";
import { setImmediate as settle } from "node:timers/promises";
import { delayStream } from "../../../../infra/local/dsql/latency";
import { createClock, createPair } from "../../../support/stream-pair";

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
