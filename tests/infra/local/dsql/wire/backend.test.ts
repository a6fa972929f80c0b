import assert from "node:assert/strict";
import fc from "fast-check";
import {
    encodeAuthenticationCleartextPassword,
    encodeAuthenticationOk,
    encodeBackendKey,
    encodeBindComplete,
    encodeCloseComplete,
    encodeCommandTag,
    encodeDataRow,
    encodeEmptyQueryResponse,
    encodeFailure,
    encodeNoData,
    encodeParameterStatus,
    encodeParseComplete,
    encodePortalSuspended,
    encodeReadyForQuery,
    encodeRowDescription,
    readAuthentication,
    readBackendKey,
    readCommandTag,
    readDataRow,
    readFailure,
    readParameterDescription,
    readParameterStatus,
    readRowDescription,
    readTransactionStatus,
    replaceFailure,
} from "../../../../../infra/local/dsql/wire/backend";
import type { Message } from "../../../../../infra/local/dsql/wire/message";
import {
    assertViolation,
    int32,
    itReadsWhatItWrites,
    kind,
    messageOf,
    messageWith,
    oid,
    record,
    value,
    wireText,
} from "./round-trip";

function readColumns(message: Message): unknown {
    return readRowDescription(message).map(({ format, ...column }) => {
        assert.ok(Number.isInteger(format));
        return column;
    });
}

function readOnlyFailure(message: Message): unknown {
    const { severity: _, fields: __, ...failure } = readFailure(message);
    return failure;
}

/** No front door writes one: PostgreSQL does. */
function encodeParameterDescription(types: readonly number[]): Buffer {
    const payload = Buffer.alloc(2 + 4 * types.length);
    payload.writeUInt16BE(types.length);
    for (const [index, type] of types.entries()) {
        payload.writeUInt32BE(type, 2 + 4 * index);
    }
    return messageWith("t", payload).bytes;
}

const failure = fc.record(
    {
        code: fc.stringMatching(/^[0-9A-Z]{5}$/),
        message: wireText,
        detail: wireText,
        hint: wireText,
    },
    { requiredKeys: ["code", "message"], noNullPrototype: true },
);

describe("what a server sends", () => {
    const kinds = [
        kind("ErrorResponse", failure, encodeFailure, readOnlyFailure),
        kind("CommandComplete", wireText, encodeCommandTag, readCommandTag),
        kind(
            "ReadyForQuery",
            fc.constantFrom("I" as const, "T" as const, "E" as const),
            encodeReadyForQuery,
            readTransactionStatus,
        ),
        kind(
            "ParameterStatus",
            record({ name: wireText, value: wireText }),
            encodeParameterStatus,
            readParameterStatus,
        ),
        kind(
            "BackendKeyData",
            record({ processId: int32, secretKey: int32 }),
            encodeBackendKey,
            readBackendKey,
        ),
        kind("AuthenticationOk", fc.constant(0), encodeAuthenticationOk, readAuthentication),
        kind(
            "AuthenticationCleartextPassword",
            fc.constant(3),
            encodeAuthenticationCleartextPassword,
            readAuthentication,
        ),
        kind("DataRow", fc.array(value, { maxLength: 6 }), encodeDataRow, readDataRow),
        kind(
            "RowDescription",
            fc.array(record({ name: wireText, typeOid: oid }), { maxLength: 4 }),
            encodeRowDescription,
            readColumns,
        ),
        kind(
            "ParameterDescription",
            fc.array(oid, { maxLength: 6 }),
            encodeParameterDescription,
            readParameterDescription,
        ),
    ];
    kinds.forEach(itReadsWhatItWrites);

    const written: [what: string, bytes: Buffer, hex: string][] = [
        [
            "ErrorResponse",
            encodeFailure({ code: "40001", message: "no", detail: "d", hint: "h" }, "FATAL"),
            "45 00000024 53 464154414c00 56 464154414c00 43 343030303100 4d 6e6f00 44 6400 48 6800 00",
        ],
        ["CommandComplete", encodeCommandTag("OK"), "43 00000007 4f4b00"],
        ["ReadyForQuery", encodeReadyForQuery("T"), "5a 00000005 54"],
        [
            "ParameterStatus",
            encodeParameterStatus({ name: "n", value: "v" }),
            "53 00000008 6e007600",
        ],
        [
            "BackendKeyData",
            encodeBackendKey({ processId: 1, secretKey: -1 }),
            "4b 0000000c 00000001 ffffffff",
        ],
        ["AuthenticationOk", encodeAuthenticationOk(), "52 00000008 00000000"],
        [
            "AuthenticationCleartextPassword",
            encodeAuthenticationCleartextPassword(),
            "52 00000008 00000003",
        ],
        [
            "DataRow",
            encodeDataRow(["é", null, Buffer.from("z")]),
            "44 00000015 0003 00000002c3a9 ffffffff 000000017a",
        ],
        [
            "RowDescription",
            encodeRowDescription([{ name: "n", typeOid: 25 }]),
            "54 0000001a 0001 6e00 00000000 0000 00000019 ffff ffffffff 0000",
        ],
        ["ParseComplete", encodeParseComplete(), "31 00000004"],
        ["BindComplete", encodeBindComplete(), "32 00000004"],
        ["CloseComplete", encodeCloseComplete(), "33 00000004"],
        ["NoData", encodeNoData(), "6e 00000004"],
        ["EmptyQueryResponse", encodeEmptyQueryResponse(), "49 00000004"],
        ["PortalSuspended", encodePortalSuspended(), "73 00000004"],
    ];
    for (const [what, bytes, hex] of written) {
        it(`has ${what} in the bytes of the protocol`, () => {
            assert.equal(bytes.toString("hex"), hex.replaceAll(" ", ""));
        });
    }

    it("has the format of a column, after its table and its type", () => {
        const payload = Buffer.from("00016e00000000090003000000170004ffffffff0001", "hex");
        assert.deepEqual(readRowDescription(messageWith("T", payload)), [
            { name: "n", typeOid: 23, format: 1 },
        ]);
    });

    it("may ask for a password in a way that brings more", () => {
        const md5 = Buffer.from("00000005deadbeef", "hex");
        assert.equal(readAuthentication(messageWith("R", md5)), 5);
    });

    it("has no transaction status but I, T and E", () => {
        const message = messageWith("Z", Buffer.from("X"));
        assert.throws(() => readTransactionStatus(message), assertViolation);
    });

    it("counts no more columns than there are bytes for", () => {
        const message = messageWith("D", Buffer.from("ffff", "hex"));
        assert.throws(() => readDataRow(message), assertViolation);
    });
});

const received = messageWith(
    "E",
    Buffer.from("SFATAL\0VFATAL\0C42601\0Mbad\0P7\0Rparser\0Hhelp\0\0"),
);

describe("readFailure", () => {
    it("gives every field by its letter", () => {
        const { fields, ...rest } = readFailure(received);
        assert.deepEqual(rest, { severity: "FATAL", code: "42601", message: "bad", hint: "help" });
        assert.equal(fields.get("P"), "7");
    });

    it("takes the severity that is never translated", () => {
        const message = messageWith("E", Buffer.from("SFEHLER\0VERROR\0C42601\0Mx\0\0"));
        assert.equal(readFailure(message).severity, "ERROR");
    });
});

describe("replaceFailure", () => {
    it("keeps the severity alone", () => {
        const replaced = messageOf(replaceFailure(received, { code: "0A000", message: "no" }));
        const { fields, ...rest } = readFailure(replaced);
        assert.deepEqual(rest, { severity: "FATAL", code: "0A000", message: "no" });
        assert.deepEqual([...fields.keys()], ["S", "V", "C", "M"]);
    });
});
