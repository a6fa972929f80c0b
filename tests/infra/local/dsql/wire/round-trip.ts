import assert from "node:assert/strict";
import fc from "fast-check";
import type { Message } from "../../../../../infra/local/dsql/wire/message";

/** The same cases in every run. */
export const fixed = { seed: 20_260_915, numRuns: 100 } as const;

/** A text as the protocol carries it. */
export const wireText = fc
    .string({ unit: "grapheme", maxLength: 40 })
    .filter((text) => !text.includes("\0"));

export const oid = fc.nat(0xffff_ffff);
export const int16 = fc.integer({ min: -0x8000, max: 0x7fff });
export const int32 = fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff });
export const value = fc.option(fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)));

/** Plain objects, as the readers give. */
export function record<Content>(
    fields: {
        [Key in keyof Content]: fc.Arbitrary<Content[Key]>;
    },
): fc.Arbitrary<Content> {
    return fc.record(fields, { noNullPrototype: true });
}

/** One message of the protocol: what it holds, and how it is written and read. */
export interface Kind {
    readonly name: string;
    readonly content: fc.Arbitrary<unknown>;
    readonly encode: (content: unknown) => Buffer;
    readonly read: (message: Message) => unknown;
}

export function kind<Content>(
    name: string,
    content: fc.Arbitrary<Content>,
    encode: (content: Content) => Buffer,
    read: (message: Message) => unknown,
): Kind {
    return { name, content, encode: (given) => encode(given as Content), read };
}

/** As a decoder gives it. */
export function messageOf(bytes: Buffer): Message {
    return { type: bytes.toString("latin1", 0, 1), bytes };
}

/** A message of a type with any payload. */
export function messageWith(type: string, payload: Uint8Array): Message {
    const bytes = Buffer.concat([Buffer.from(type), Buffer.alloc(4), payload]);
    bytes.writeInt32BE(payload.length + 4, 1);
    return { type, bytes };
}

/** @returns what `read` gives, or undefined where it throws a ProtocolViolation */
export function readOrRefuse<Value>(read: () => Value): Value | undefined {
    try {
        return read();
    } catch (error) {
        assertViolation(error);
        return undefined;
    }
}

export function assertViolation(error: unknown): true {
    assert.ok(error instanceof Error && !(error instanceof RangeError), String(error));
    assert.equal("code" in error && error.code, "08P01");
    return true;
}

/** What is true of every message: it comes back as it was, and only whole. */
export function itReadsWhatItWrites({ name, content, encode, read }: Kind): void {
    it(`reads ${name} as it was written`, () => {
        fc.assert(
            fc.property(content, (given) => {
                const bytes = encode(given);
                assert.equal(bytes.readInt32BE(1), bytes.length - 1);
                assert.deepEqual(read(messageOf(bytes)), given);
            }),
            fixed,
        );
    });

    it(`refuses ${name} that lacks its end or goes on after it`, () => {
        fc.assert(
            fc.property(content, fc.nat(), (given, at) => {
                const whole = encode(given);
                const payload = whole.subarray(5);
                const cut = messageWith("?", payload.subarray(0, at % payload.length));
                assert.throws(() => read(cut), assertViolation);
                const longer = Buffer.concat([payload, Buffer.from([at & 0xff])]);
                assert.throws(() => read(messageWith("?", longer)), assertViolation);
            }),
            fixed,
        );
    });

    it(`reads or refuses anything that claims to be ${name}`, () => {
        const payload = fc.oneof(
            fc.uint8Array({ maxLength: 80 }),
            fc
                .tuple(content, fc.nat(), fc.nat(255))
                .map(([given, at, byte]) => damaged(encode(given).subarray(5), at, byte)),
        );
        fc.assert(
            fc.property(payload, (bytes) => {
                readOrRefuse(() => read(messageWith("?", bytes)));
            }),
            fixed,
        );
    });
}

function damaged(payload: Buffer, at: number, byte: number): Buffer {
    const copy = Buffer.from(payload);
    copy[at % copy.length] = byte;
    return copy;
}
