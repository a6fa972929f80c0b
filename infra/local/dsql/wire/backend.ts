import type { Failure } from "../failure";
import {
    encodeCount,
    encodeInt16,
    encodeInt32,
    encodeMessage,
    encodeText,
    encodeValue,
    readFields,
    readList,
} from "./fields";
import { type Message, protocolViolation } from "./message";

/** What a server sends. https://www.postgresql.org/docs/16/protocol-message-formats.html */
export interface ReceivedFailure extends Failure {
    readonly severity: string;
    /** By their letter: https://www.postgresql.org/docs/16/protocol-error-fields.html */
    readonly fields: ReadonlyMap<string, string>;
}

export interface Column {
    readonly name: string;
    readonly typeOid: number;
}

export type TransactionStatus = "I" | "T" | "E";

export function readFailure(message: Message): ReceivedFailure {
    const reader = readFields(message);
    const fields = new Map<string, string>();
    for (let letter = reader.byte(); letter !== 0; letter = reader.byte()) {
        fields.set(String.fromCharCode(letter), reader.text());
    }
    reader.end();
    const detail = fields.get("D");
    const hint = fields.get("H");
    return {
        severity: fields.get("V") ?? fields.get("S") ?? "ERROR",
        code: fields.get("C") ?? "XX000",
        message: fields.get("M") ?? "",
        ...(detail === undefined ? {} : { detail }),
        ...(hint === undefined ? {} : { hint }),
        fields,
    };
}

/** An ErrorResponse. */
export function encodeFailure(failure: Failure, severity = "ERROR"): Buffer {
    const fields: readonly [string, string | undefined][] = [
        ["S", severity],
        ["V", severity],
        ["C", failure.code],
        ["M", failure.message],
        ["D", failure.detail],
        ["H", failure.hint],
    ];
    const encoded = fields.flatMap(([letter, text]) =>
        text === undefined ? [] : [Buffer.from(letter), encodeText(text)],
    );
    return encodeMessage("E", ...encoded, Buffer.from([0]));
}

/** The same error for the client, told in other words. */
export function replaceFailure(message: Message, failure: Failure): Buffer {
    return encodeFailure(failure, readFailure(message).severity);
}

export function readCommandTag(message: Message): string {
    const fields = readFields(message);
    const tag = fields.text();
    fields.end();
    return tag;
}

export function encodeCommandTag(tag: string): Buffer {
    return encodeMessage("C", encodeText(tag));
}

export function readTransactionStatus(message: Message): TransactionStatus {
    const fields = readFields(message);
    const status = String.fromCharCode(fields.byte());
    fields.end();
    if (status !== "I" && status !== "T" && status !== "E") {
        throw protocolViolation(`there is no transaction status "${status}"`);
    }
    return status;
}

export function encodeReadyForQuery(status: TransactionStatus): Buffer {
    return encodeMessage("Z", Buffer.from(status));
}

export function readParameterStatus(message: Message): { name: string; value: string } {
    const fields = readFields(message);
    const name = fields.text();
    const value = fields.text();
    fields.end();
    return { name, value };
}

export function encodeParameterStatus(parameter: { name: string; value: string }): Buffer {
    return encodeMessage("S", encodeText(parameter.name), encodeText(parameter.value));
}

export function readBackendKey(message: Message): { processId: number; secretKey: number } {
    const fields = readFields(message);
    const processId = fields.int32();
    const secretKey = fields.int32();
    fields.end();
    return { processId, secretKey };
}

export function encodeBackendKey(key: {
    readonly processId: number;
    readonly secretKey: number;
}): Buffer {
    return encodeMessage("K", encodeInt32(key.processId), encodeInt32(key.secretKey));
}

/** @returns 0: let in; 3: a password in clear is asked for; others as in the protocol */
export function readAuthentication(message: Message): number {
    const fields = readFields(message);
    const kind = fields.int32();
    // The other kinds bring what they need, such as a salt.
    if (kind === 0 || kind === 3) {
        fields.end();
    }
    return kind;
}

export function encodeAuthenticationOk(): Buffer {
    return encodeMessage("R", encodeInt32(0));
}

/**
 * Tells a client that asked for more than version 3.0 that there is no more, and which of its
 * options are not known. It may go on all the same.
 */
export function encodeNegotiateProtocolVersion(options: readonly string[]): Buffer {
    return encodeMessage(
        "v",
        encodeInt32(0x0003_0000),
        encodeInt32(options.length),
        ...options.map(encodeText),
    );
}

export function encodeAuthenticationCleartextPassword(): Buffer {
    return encodeMessage("R", encodeInt32(3));
}

export function readDataRow(message: Message): readonly (Buffer | null)[] {
    const fields = readFields(message);
    const values = readList(fields, () => fields.value());
    fields.end();
    return values;
}

export function encodeDataRow(values: readonly (Buffer | string | null)[]): Buffer {
    return encodeMessage("D", encodeCount(values.length), ...values.flatMap(encodeValue));
}

export function readRowDescription(message: Message): readonly (Column & { format: number })[] {
    const fields = readFields(message);
    const columns = readList(fields, () => {
        const name = fields.text();
        fields.int32();
        fields.int16();
        const typeOid = fields.uint32();
        fields.int16();
        fields.int32();
        return { name, typeOid, format: fields.int16() };
    });
    fields.end();
    return columns;
}

/** Columns of no table, as text. */
export function encodeRowDescription(columns: readonly Column[]): Buffer {
    return encodeMessage(
        "T",
        encodeCount(columns.length),
        ...columns.flatMap(({ name, typeOid }) => [
            encodeText(name),
            encodeInt32(0),
            encodeInt16(0),
            encodeInt32(typeOid),
            encodeInt16(-1),
            encodeInt32(-1),
            encodeInt16(0),
        ]),
    );
}

export function readParameterDescription(message: Message): readonly number[] {
    const fields = readFields(message);
    const types = readList(fields, () => fields.uint32());
    fields.end();
    return types;
}

export function encodeParseComplete(): Buffer {
    return encodeMessage("1");
}

export function encodeBindComplete(): Buffer {
    return encodeMessage("2");
}

export function encodeCloseComplete(): Buffer {
    return encodeMessage("3");
}

export function encodeNoData(): Buffer {
    return encodeMessage("n");
}

export function encodeEmptyQueryResponse(): Buffer {
    return encodeMessage("I");
}

export function encodePortalSuspended(): Buffer {
    return encodeMessage("s");
}
