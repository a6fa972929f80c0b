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

/** What a client sends. https://www.postgresql.org/docs/16/protocol-message-formats.html */
export interface Parse {
    readonly name: string;
    readonly text: string;
    /** OIDs; 0: PostgreSQL decides. */
    readonly parameterTypes: readonly number[];
}

export interface Bind {
    readonly portal: string;
    readonly statement: string;
    /** 0: text, 1: binary; none: all text; one: it stands for all. */
    readonly parameterFormats: readonly number[];
    readonly parameters: readonly (Buffer | null)[];
    readonly resultFormats: readonly number[];
}

/** What Describe and Close are about. */
export interface Target {
    readonly target: "statement" | "portal";
    readonly name: string;
}

export interface Execute {
    readonly portal: string;
    /** 0: all. */
    readonly maxRows: number;
}

export function readQuery(message: Message): string {
    return readOnlyText(message);
}

export function readPassword(message: Message): string {
    return readOnlyText(message);
}

export function readParse(message: Message): Parse {
    const fields = readFields(message);
    const name = fields.text();
    const text = fields.text();
    const parameterTypes = readList(fields, () => fields.uint32());
    fields.end();
    return { name, text, parameterTypes };
}

export function readBind(message: Message): Bind {
    const fields = readFields(message);
    const portal = fields.text();
    const statement = fields.text();
    const parameterFormats = readList(fields, () => fields.int16());
    const parameters = readList(fields, () => fields.value());
    const resultFormats = readList(fields, () => fields.int16());
    fields.end();
    return { portal, statement, parameterFormats, parameters, resultFormats };
}

export function readDescribe(message: Message): Target {
    return readTarget(message);
}

export function readClose(message: Message): Target {
    return readTarget(message);
}

export function readExecute(message: Message): Execute {
    const fields = readFields(message);
    const portal = fields.text();
    const maxRows = fields.int32();
    fields.end();
    return { portal, maxRows };
}

export function encodeQuery(text: string): Buffer {
    return encodeMessage("Q", encodeText(text));
}

export function encodePassword(text: string): Buffer {
    return encodeMessage("p", encodeText(text));
}

export function encodeParse({ name, text, parameterTypes }: Parse): Buffer {
    return encodeMessage(
        "P",
        encodeText(name),
        encodeText(text),
        encodeCount(parameterTypes.length),
        ...parameterTypes.map(encodeInt32),
    );
}

export function encodeBind(bind: Bind): Buffer {
    return encodeMessage(
        "B",
        encodeText(bind.portal),
        encodeText(bind.statement),
        encodeCount(bind.parameterFormats.length),
        ...bind.parameterFormats.map(encodeInt16),
        encodeCount(bind.parameters.length),
        ...bind.parameters.flatMap(encodeValue),
        encodeCount(bind.resultFormats.length),
        ...bind.resultFormats.map(encodeInt16),
    );
}

export function encodeDescribe(target: Target): Buffer {
    return encodeTarget("D", target);
}

export function encodeClose(target: Target): Buffer {
    return encodeTarget("C", target);
}

export function encodeExecute({ portal, maxRows }: Execute): Buffer {
    return encodeMessage("E", encodeText(portal), encodeInt32(maxRows));
}

export function encodeSync(): Buffer {
    return encodeMessage("S");
}

export function encodeFlush(): Buffer {
    return encodeMessage("H");
}

export function encodeTerminate(): Buffer {
    return encodeMessage("X");
}

const protocolVersion = 0x0003_0000;
const cancelRequestCode = 80_877_102;

/** The first packet of a connection, which has no type. */
export function encodeStartup(parameters: Readonly<Record<string, string>>): Buffer {
    const body = Buffer.concat([
        encodeInt32(protocolVersion),
        ...Object.entries(parameters).flat().map(encodeText),
        Buffer.from([0]),
    ]);
    return Buffer.concat([encodeInt32(body.length + 4), body]);
}

/** The only packet of a connection that cancels what another one does. */
export function encodeCancelRequest(key: {
    readonly processId: number;
    readonly secretKey: number;
}): Buffer {
    return Buffer.concat([
        encodeInt32(16),
        encodeInt32(cancelRequestCode),
        encodeInt32(key.processId),
        encodeInt32(key.secretKey),
    ]);
}

function readOnlyText(message: Message): string {
    const fields = readFields(message);
    const text = fields.text();
    fields.end();
    return text;
}

const targets: Readonly<Record<string, Target["target"]>> = { S: "statement", P: "portal" };

function readTarget(message: Message): Target {
    const fields = readFields(message);
    const letter = String.fromCharCode(fields.byte());
    const target = targets[letter];
    const name = fields.text();
    fields.end();
    if (target === undefined) {
        throw protocolViolation(`invalid "${message.type}" message subtype ${letter}`);
    }
    return { target, name };
}

function encodeTarget(type: string, { target, name }: Target): Buffer {
    return encodeMessage(type, Buffer.from(target === "statement" ? "S" : "P"), encodeText(name));
}
