import { protocolViolation } from "./message";

/** The first packet of a connection, which has no type. */
export type StartupPacket =
    | { readonly kind: "incomplete" }
    | { readonly kind: "ssl" | "gss"; readonly byteLength: number }
    | {
          readonly kind: "cancel";
          readonly byteLength: number;
          readonly processId: number;
          readonly secretKey: number;
      }
    | {
          readonly kind: "startup";
          readonly byteLength: number;
          readonly parameters: Readonly<Record<string, string>>;
          /** Present when the client asked for more than version 3.0 has. */
          readonly unknown?: UnknownProtocol;
      };

/** What a client may go on without, once it is told. */
export interface UnknownProtocol {
    /** The names of options that begin with `_pq_.`. */
    readonly options: readonly string[];
}

// Source: https://www.postgresql.org/docs/16/protocol-message-formats.html
const maxPacketBytes = 10_000;
const majorVersion = 3;
const optionPrefix = "_pq_.";
const cancelRequest = 80_877_102;
const sslRequest = 80_877_103;
const gssRequest = 80_877_104;

/** @throws ProtocolViolation for anything that is no such packet */
export function readStartup(bytes: Buffer): StartupPacket {
    if (bytes.length < 4) {
        return { kind: "incomplete" };
    }
    const byteLength = bytes.readInt32BE(0);
    if (byteLength < 8 || byteLength > maxPacketBytes) {
        throw protocolViolation("invalid length of startup packet");
    }
    if (bytes.length < byteLength) {
        return { kind: "incomplete" };
    }
    const code = bytes.readInt32BE(4);
    if (code === sslRequest || code === gssRequest) {
        expectLength(byteLength, 8);
        return { kind: code === sslRequest ? "ssl" : "gss", byteLength };
    }
    if (code === cancelRequest) {
        expectLength(byteLength, 16);
        const processId = bytes.readInt32BE(8);
        return { kind: "cancel", byteLength, processId, secretKey: bytes.readInt32BE(12) };
    }
    const minorVersion = code & 0xffff;
    if (code >>> 16 !== majorVersion) {
        throw protocolViolation(
            `unsupported frontend protocol ${code >>> 16}.${minorVersion}: server supports 3.0`,
        );
    }
    const all = Object.entries(readParameters(bytes.subarray(8, byteLength)));
    const isOption = ([name]: [string, string]): boolean => name.startsWith(optionPrefix);
    const options = all.filter(isOption).map(([name]) => name);
    return {
        kind: "startup",
        byteLength,
        parameters: Object.fromEntries(all.filter((one) => !isOption(one))),
        ...(minorVersion > 0 || options.length > 0 ? { unknown: { options } } : {}),
    };
}

function expectLength(byteLength: number, expected: number): void {
    if (byteLength !== expected) {
        throw protocolViolation("invalid length of startup packet");
    }
}

function readParameters(bytes: Buffer): Readonly<Record<string, string>> {
    const texts = bytes.toString("utf8").split("\0");
    // The last parameter ends in a zero, and so does the list.
    const isTerminated = texts.length >= 2 && texts.at(-1) === "" && texts.at(-2) === "";
    const pairs = texts.slice(0, -2);
    // An empty name would end the list before its end.
    const isWhole =
        pairs.length % 2 === 0 && pairs.every((text, at) => at % 2 === 1 || text !== "");
    if (!isTerminated || !isWhole) {
        throw protocolViolation("invalid startup packet layout: expected terminator as last byte");
    }
    const parameters = new Map<string, string>();
    for (let index = 0; index < pairs.length; index += 2) {
        parameters.set(pairs[index] ?? "", pairs[index + 1] ?? "");
    }
    return Object.fromEntries(parameters);
}
