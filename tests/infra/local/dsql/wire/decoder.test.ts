import assert from "node:assert/strict";
import fc from "fast-check";
import { createDecoder, type Decoder } from "../../../../../infra/local/dsql/wire/decoder";
import { type Message, payloadOf } from "../../../../../infra/local/dsql/wire/message";
import { assertViolation, fixed, messageWith } from "./round-trip";

const maxMessageBytes = 300;

const message = fc
    .tuple(fc.constantFrom("Q", "P", "B", "D", "Z"), fc.uint8Array({ maxLength: 296 }))
    .map(([type, payload]) => messageWith(type, payload));

function drain(decoder: Decoder): Message[] {
    const messages: Message[] = [];
    for (let next = decoder.next(); next !== undefined; next = decoder.next()) {
        messages.push(next);
    }
    return messages;
}

/** Cut at these places, taken modulo the length. */
function pieces(bytes: Buffer, cuts: readonly number[]): Buffer[] {
    const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length];
    places.sort((one, other) => one - other);
    return places.slice(1).map((place, index) => bytes.subarray(places[index], place));
}

/** How many bytes are copied meanwhile, and from how many pieces at once. */
function copying(work: () => void): { copied: number; maxPieces: number } {
    const concat = Buffer.concat;
    const seen = { copied: 0, maxPieces: 0 };
    Buffer.concat = (list, ...rest) => {
        const whole = concat(list, ...rest);
        seen.copied += whole.length;
        seen.maxPieces = Math.max(seen.maxPieces, list.length);
        return whole;
    };
    try {
        work();
    } finally {
        Buffer.concat = concat;
    }
    return seen;
}

describe("a decoder", () => {
    it("gives the same messages wherever the stream is cut", () => {
        const stream = fc.array(message, { maxLength: 8 });
        const cuts = fc.array(fc.nat(), { maxLength: 30 });
        fc.assert(
            fc.property(stream, cuts, fc.boolean(), (messages, places, isEager) => {
                const decoder = createDecoder({ maxMessageBytes });
                const seen: Message[] = [];
                const bytes = Buffer.concat(messages.map((given) => given.bytes));
                for (const piece of pieces(bytes, places)) {
                    decoder.push(piece);
                    seen.push(...(isEager ? drain(decoder) : []));
                }
                seen.push(...drain(decoder));
                assert.deepEqual(seen, messages);
                assert.equal(decoder.bufferedBytes, 0);
            }),
            { ...fixed, numRuns: 300 },
        );
    });

    it("gives the messages of a stream that comes byte by byte", () => {
        const messages = ["", "a", "a".repeat(200)].map((text) =>
            messageWith("d", Buffer.from(text)),
        );
        const decoder = createDecoder({ maxMessageBytes });
        const seen = [...Buffer.concat(messages.map(({ bytes }) => bytes))].flatMap((byte) => {
            decoder.push(Buffer.from([byte]));
            return drain(decoder);
        });
        assert.deepEqual(seen, messages);
    });

    it("finds a header that lies in four pieces", () => {
        const messages = [messageWith("C", Buffer.alloc(5)), messageWith("Z", Buffer.from("xy"))];
        const decoder = createDecoder({ maxMessageBytes });
        for (const piece of pieces(
            Buffer.concat(messages.map(({ bytes }) => bytes)),
            [11, 14, 16],
        )) {
            decoder.push(piece);
        }
        assert.deepEqual(drain(decoder), messages);
    });

    it("meets garbage with nothing but a violation, and keeps no more than it must", () => {
        const chunk = fc.oneof(
            fc.uint8Array({ maxLength: 64 }),
            // Lengths that are right or nearly so, so that garbage gets past the first message.
            fc.nat(310).map((length) => Uint8Array.of(81, 0, 0, length >> 8, length & 0xff)),
        );
        fc.assert(
            fc.property(fc.array(chunk, { maxLength: 40 }), (chunks) => {
                const decoder = createDecoder({ maxMessageBytes });
                for (const bytes of chunks) {
                    decoder.push(Buffer.from(bytes));
                    assert.ok(decoder.bufferedBytes <= maxMessageBytes + 1 + bytes.length);
                    try {
                        drain(decoder);
                    } catch (error) {
                        assertViolation(error);
                        return;
                    }
                    assert.ok(decoder.bufferedBytes <= maxMessageBytes);
                }
            }),
            { ...fixed, numRuns: 300 },
        );
    });

    const lengths: [length: number, isAllowed: boolean][] = [
        [-2_147_483_648, false],
        [-1, false],
        [0, false],
        [3, false],
        [4, true],
        [300, true],
        [301, false],
        [2_147_483_647, false],
    ];
    for (const [length, isAllowed] of lengths) {
        it(`${isAllowed ? "takes" : "refuses"} a length of ${length} from the header alone`, () => {
            const decoder = createDecoder({ maxMessageBytes });
            const header = Buffer.from("Q0000");
            header.writeInt32BE(length, 1);
            decoder.push(header);
            if (isAllowed) {
                assert.equal(decoder.next()?.type, length === 4 ? "Q" : undefined);
            } else {
                assert.throws(() => decoder.next(), assertViolation);
                assert.throws(() => decoder.next(), assertViolation, "and does not forget it");
            }
        });
    }

    it("does not copy messages that lie in one chunk", () => {
        const chunk = Buffer.concat([
            messageWith("D", Buffer.alloc(250, 1)).bytes,
            messageWith("C", Buffer.alloc(20, 2)).bytes,
        ]);
        const decoder = createDecoder({ maxMessageBytes });
        decoder.push(chunk);
        const messages = drain(decoder);
        assert.equal(messages.length, 2);
        chunk.fill(9);
        for (const { bytes } of messages) {
            assert.ok(bytes.every((byte) => byte === 9));
        }
    });

    const whole = messageWith("d", Buffer.alloc(400_000, 7));
    const ways: [pieceBytes: number, copies: number][] = [
        [1, 18],
        [7, 18],
        [1_000, 10],
        [65_536, 1],
    ];
    for (const [pieceBytes, copies] of ways) {
        it(`copies a byte ${copies} times at most and keeps few pieces, ${pieceBytes} at a time`, () => {
            const decoder = createDecoder({ maxMessageBytes: 1_000_000 });
            let last: Message | undefined;
            const { copied, maxPieces } = copying(() => {
                for (let at = 0; at < whole.bytes.length; at += pieceBytes) {
                    decoder.push(whole.bytes.subarray(at, at + pieceBytes));
                    last = decoder.next();
                }
            });
            assert.ok(last?.bytes.equals(whole.bytes));
            assert.ok(copied <= copies * whole.bytes.length, `${copied} bytes copied`);
            assert.ok(maxPieces < 32, `${maxPieces} pieces kept`);
        });
    }
});

describe("payloadOf", () => {
    it("gives a view of what follows the length", () => {
        const { type, bytes } = messageWith("Q", Buffer.from("abc"));
        const payload = payloadOf({ type, bytes });
        assert.equal(payload.toString(), "abc");
        bytes.write("xyz", 5);
        assert.equal(payload.toString(), "xyz");
    });
});
