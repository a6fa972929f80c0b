import assert from "node:assert/strict";
import { Writable } from "node:stream";
import * as fc from "fast-check";
import { createOutbox } from "../../../../../infra/local/dsql/session/outbox";

describe("an outbox", () => {
    /** Takes in nothing until it is released. */
    const receiver = (highWaterMark = 1_000_000) => {
        const writes: Buffer[] = [];
        const stream = new Writable({
            highWaterMark,
            write: (chunk: Buffer, _, done) => {
                writes.push(chunk);
                done();
            },
            writev: (chunks, done) => {
                writes.push(...chunks.map(({ chunk }) => chunk));
                done();
            },
        });
        return { stream, writes };
    };

    it("hands on every byte in order, wherever the pieces lie", () => {
        const memory = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
        const pieces = fc.array(
            fc.record({
                start: fc.nat(255),
                length: fc.integer({ min: 0, max: 40 }),
                isCopied: fc.boolean(),
                flushes: fc.boolean(),
            }),
        );
        void fc.assert(
            fc.property(pieces, (all) => {
                const { stream, writes } = receiver();
                const outbox = createOutbox(stream);
                const expected: Buffer[] = [];
                for (const { start, length, isCopied, flushes } of all) {
                    const piece = memory.subarray(start, start + length);
                    expected.push(piece);
                    outbox.append(isCopied ? Buffer.from(piece) : piece);
                    if (flushes) {
                        outbox.flush();
                    }
                }
                outbox.flush();
                assert.ok(Buffer.concat(writes).equals(Buffer.concat(expected)));
            }),
        );
    });

    const chunk = Buffer.alloc(60_000, 7);
    const joined: readonly (readonly [string, readonly Buffer[], number])[] = [
        ["neighbours are one", [chunk.subarray(0, 20_000), chunk.subarray(20_000)], 1],
        ["pieces with a gap are two", [chunk.subarray(0, 20_000), chunk.subarray(20_001)], 2],
        ["pieces that overlap are two", [chunk.subarray(0, 20_000), chunk.subarray(19_999)], 2],
        [
            "pieces in the wrong order are two",
            [chunk.subarray(30_000), chunk.subarray(0, 30_000)],
            2,
        ],
        ["pieces of other memory are two", [chunk.subarray(0, 20_000), Buffer.alloc(40_000)], 2],
        ["small pieces are copied into one", [Buffer.alloc(9), Buffer.alloc(9)], 1],
    ];
    for (const [name, pieces, count] of joined) {
        it(`writes as little as it can: ${name}`, () => {
            const { stream, writes } = receiver();
            const outbox = createOutbox(stream);
            for (const piece of pieces) {
                outbox.append(piece);
            }
            assert.deepEqual(writes, []);
            outbox.flush();
            assert.equal(writes.length, count);
        });
    }

    it("does not copy a large piece", () => {
        const { stream, writes } = receiver();
        const outbox = createOutbox(stream);
        outbox.append(chunk);
        outbox.flush();
        assert.equal(writes[0]?.buffer, chunk.buffer);
    });

    it("says when its receiver wants to rest", () => {
        const stream = new Writable({ highWaterMark: 10, write: () => undefined });
        const outbox = createOutbox(stream);
        outbox.append(Buffer.alloc(9));
        assert.equal(outbox.flush(), true);
        outbox.append(Buffer.alloc(1));
        assert.equal(outbox.flush(), false);
    });

    it("forgets what is for a receiver that has gone", () => {
        const { stream, writes } = receiver();
        const outbox = createOutbox(stream);
        stream.destroy();
        outbox.append(Buffer.alloc(9));
        assert.equal(outbox.flush(), true);
        assert.deepEqual(writes, []);
    });
});
