import assert from "node:assert/strict";
import fc from "fast-check";
import {
    type Bind,
    encodeBind,
    encodeCancelRequest,
    encodeClose,
    encodeDescribe,
    encodeExecute,
    encodeFlush,
    encodeParse,
    encodePassword,
    encodeQuery,
    encodeStartup,
    encodeSync,
    encodeTerminate,
    readBind,
    readClose,
    readDescribe,
    readExecute,
    readParse,
    readPassword,
    readQuery,
} from "../../../../../infra/local/dsql/wire/frontend";
import {
    assertViolation,
    int16,
    int32,
    itReadsWhatItWrites,
    kind,
    messageWith,
    oid,
    record,
    value,
    wireText,
} from "./round-trip";

const bind: Bind = {
    portal: "",
    statement: "s",
    parameterFormats: [1],
    parameters: [Buffer.from("7"), null, Buffer.alloc(0)],
    resultFormats: [0],
};
const target = record({
    target: fc.constantFrom("statement" as const, "portal" as const),
    name: wireText,
});
const formats = fc.array(int16, { maxLength: 5 });

describe("what a client sends", () => {
    const kinds = [
        kind("Query", wireText, encodeQuery, readQuery),
        kind("PasswordMessage", wireText, encodePassword, readPassword),
        kind(
            "Parse",
            record({
                name: wireText,
                text: wireText,
                parameterTypes: fc.array(oid, { maxLength: 5 }),
            }),
            encodeParse,
            readParse,
        ),
        kind(
            "Bind",
            record({
                portal: wireText,
                statement: wireText,
                parameterFormats: formats,
                parameters: fc.array(value, { maxLength: 5 }),
                resultFormats: formats,
            }),
            encodeBind,
            readBind,
        ),
        kind("Describe", target, encodeDescribe, readDescribe),
        kind("Close", target, encodeClose, readClose),
        kind("Execute", record({ portal: wireText, maxRows: int32 }), encodeExecute, readExecute),
    ];
    kinds.forEach(itReadsWhatItWrites);

    const written: [what: string, bytes: Buffer, hex: string][] = [
        ["Query", encodeQuery("ab"), "51 00000007 616200"],
        ["PasswordMessage", encodePassword("é"), "70 00000007 c3a900"],
        [
            "Parse",
            encodeParse({ name: "s", text: "x", parameterTypes: [0, 4_294_967_295] }),
            "50 00000012 7300 7800 0002 00000000 ffffffff",
        ],
        [
            "Bind",
            encodeBind(bind),
            "42 0000001e 00 7300 0001 0001 0003 00000001 37 ffffffff 00000000 0001 0000",
        ],
        ["Describe", encodeDescribe({ target: "statement", name: "s" }), "44 00000007 53 7300"],
        ["Close", encodeClose({ target: "portal", name: "" }), "43 00000006 50 00"],
        ["Execute", encodeExecute({ portal: "", maxRows: 2 }), "45 00000009 00 00000002"],
        ["Sync", encodeSync(), "53 00000004"],
        ["Flush", encodeFlush(), "48 00000004"],
        ["Terminate", encodeTerminate(), "58 00000004"],
        ["StartupMessage", encodeStartup({ a: "b" }), "0000000d 00030000 6100 6200 00"],
        [
            "CancelRequest",
            encodeCancelRequest({ processId: 1, secretKey: -2 }),
            "00000010 04d2162e 00000001 fffffffe",
        ],
    ];
    for (const [what, bytes, hex] of written) {
        it(`has ${what} in the bytes of the protocol`, () => {
            assert.equal(bytes.toString("hex"), hex.replaceAll(" ", ""));
        });
    }

    it("has parameters that are views of the message", () => {
        const message = messageWith("B", encodeBind(bind).subarray(5));
        const [first] = readBind(message).parameters;
        message.bytes.fill(9);
        assert.deepEqual(first, Buffer.from([9]));
    });

    const hostile: [what: string, payload: string][] = [
        ["more parameters than it has bytes", "00 00 0000 ffff"],
        ["a parameter longer than the rest", "00 00 0000 0001 7fffffff 00"],
        ["a parameter of a negative length", "00 00 0000 0001 fffffffe 0000"],
        ["a name without an end", "61 62 63"],
    ];
    for (const [what, payload] of hostile) {
        it(`cannot be a Bind with ${what}`, () => {
            const bytes = Buffer.from(payload.replaceAll(" ", ""), "hex");
            assert.throws(() => readBind(messageWith("B", bytes)), assertViolation);
        });
    }

    it("cannot describe anything but statements and portals", () => {
        const message = messageWith("D", Buffer.from("X\0"));
        assert.throws(() => readDescribe(message), assertViolation);
    });

    it("cannot hold a text with a zero in it, nor more values than it can count", () => {
        assert.throws(() => encodeQuery("a\0b"), assertViolation);
        const parameters = new Array<null>(65_536).fill(null);
        assert.throws(() => encodeBind({ ...bind, parameters }), assertViolation);
    });

    it("holds up to 65,535 parameters", () => {
        const parameters = new Array<null>(65_535).fill(null);
        const bytes = encodeBind({ ...bind, parameters });
        assert.equal(readBind({ type: "B", bytes }).parameters.length, 65_535);
    });
});
