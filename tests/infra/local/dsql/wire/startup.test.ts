import assert from "node:assert/strict";
import fc from "fast-check";
import { encodeCancelRequest, encodeStartup } from "../../../../../infra/local/dsql/wire/frontend";
import { readStartup, type StartupPacket } from "../../../../../infra/local/dsql/wire/startup";
import { assertViolation, fixed, int32, readOrRefuse, wireText } from "./round-trip";

function hex(text: string): Buffer {
    return Buffer.from(text.replaceAll(" ", ""), "hex");
}

const packets: [what: string, bytes: Buffer, packet: StartupPacket][] = [
    ["a request for TLS", hex("00000008 04d2162f"), { kind: "ssl", byteLength: 8 }],
    ["a request for GSS", hex("00000008 04d21630"), { kind: "gss", byteLength: 8 }],
    [
        "a request to cancel",
        encodeCancelRequest({ processId: 7, secretKey: -9 }),
        { kind: "cancel", byteLength: 16, processId: 7, secretKey: -9 },
    ],
    [
        "a start without parameters",
        hex("00000009 00030000 00"),
        { kind: "startup", byteLength: 9, parameters: {} },
    ],
    [
        "a start with an empty value",
        encodeStartup({ user: "admin", options: "" }),
        { kind: "startup", byteLength: 29, parameters: { user: "admin", options: "" } },
    ],
    [
        "version 3.2",
        hex("00000009 00030002 00"),
        { kind: "startup", byteLength: 9, parameters: {}, unknown: { options: [] } },
    ],
    [
        "an option of a later version",
        hex("00000012 00030000 5f70715f2e6100 6200 00"),
        { kind: "startup", byteLength: 18, parameters: {}, unknown: { options: ["_pq_.a"] } },
    ],
];

const refused: [what: string, bytes: Buffer][] = [
    ["a length below 8", hex("00000007 000300")],
    ["a negative length", hex("ffffffff")],
    ["more than 10,000 bytes", hex("00002711")],
    ["version 2", hex("00000009 00020000 00")],
    ["no terminator", hex("0000000c 00030000 61006200")],
    ["no bytes after the version", hex("00000008 00030000")],
    ["a name without a value", hex("0000000b 00030000 610000")],
    ["something after the terminator", hex("0000000e 00030000 61006200 0063")],
    ["an empty name", hex("0000000c 00030000 00620000")],
    ["a request for TLS that is too long", hex("00000009 04d2162f 00")],
    ["a request to cancel that is too short", hex("0000000c 04d2162e 00000001")],
    ["the beginning of HTTP", Buffer.from("GET / HTTP/1.1\r\n\r\n")],
];

describe("readStartup", () => {
    for (const [what, bytes, packet] of packets) {
        it(`reads ${what}, whatever follows it`, () => {
            assert.deepEqual(readStartup(bytes), packet);
            assert.deepEqual(readStartup(Buffer.concat([bytes, Buffer.from("more")])), packet);
        });

        it(`waits for the rest of ${what}`, () => {
            for (let length = 0; length < bytes.length; length += 1) {
                assert.deepEqual(readStartup(bytes.subarray(0, length)), { kind: "incomplete" });
            }
        });
    }

    for (const [what, bytes] of refused) {
        it(`refuses ${what}`, () => {
            assert.throws(() => readStartup(bytes), assertViolation);
        });
    }

    it("reads the parameters that were written", () => {
        const name = wireText.filter((text) => text !== "");
        const parameters = fc.dictionary(name, wireText, { maxKeys: 5, noNullPrototype: true });
        fc.assert(
            fc.property(parameters, (given) => {
                const packet = readStartup(encodeStartup(given));
                assert.deepEqual(packet.kind === "startup" && packet.parameters, given);
            }),
            fixed,
        );
    });

    it("reads a parameter with the name of a prototype as any other", () => {
        const packet = readStartup(hex("00000015 00030000 5f5f70726f746f5f5f00 7800 00"));
        assert.ok(packet.kind === "startup");
        assert.deepEqual(Object.entries(packet.parameters), [["__proto__", "x"]]);
    });

    it("reads, awaits or refuses anything", () => {
        const garbage = fc
            .tuple(fc.nat(60), fc.constantFrom(196_608, 80_877_102, 80_877_103), int32, fc.nat(3))
            .chain(([length, code, other, which]) =>
                fc.uint8Array({ maxLength: 80 }).map((rest) => {
                    const header = Buffer.alloc(8);
                    header.writeInt32BE(which === 0 ? other : length);
                    header.writeInt32BE(which === 1 ? other : code, 4);
                    return Buffer.concat([header, rest]);
                }),
            );
        fc.assert(
            fc.property(fc.oneof(garbage, fc.uint8Array().map(Buffer.from)), (bytes) => {
                const packet = readOrRefuse(() => readStartup(bytes));
                if (packet !== undefined && packet.kind !== "incomplete") {
                    assert.ok(packet.byteLength >= 8 && packet.byteLength <= bytes.length);
                }
            }),
            fixed,
        );
    });
});
