import { type Message, payloadOf, protocolViolation } from "./message";

/** Reads the fields of one message in their order; never beyond its end. */
export interface FieldReader {
    text(): string;
    int16(): number;
    int32(): number;
    uint32(): number;
    /** How many values follow. */
    count(): number;
    byte(): number;
    /** With its length before it; null where the length is -1. */
    value(): Buffer | null;
    /** @throws ProtocolViolation when something is left over */
    end(): void;
}

export function readFields(message: Message): FieldReader {
    const payload = payloadOf(message);
    let position = 0;
    const advance = (byteLength: number): number => {
        const start = position;
        if (byteLength < 0 || start + byteLength > payload.length) {
            throw protocolViolation(`insufficient data left in message "${message.type}"`);
        }
        position += byteLength;
        return start;
    };
    const reader: FieldReader = {
        text() {
            const end = payload.indexOf(0, position);
            if (end === -1) {
                throw protocolViolation(`invalid string in message "${message.type}"`);
            }
            const text = payload.toString("utf8", position, end);
            position = end + 1;
            return text;
        },
        int16: () => payload.readInt16BE(advance(2)),
        int32: () => payload.readInt32BE(advance(4)),
        uint32: () => payload.readUInt32BE(advance(4)),
        count: () => payload.readUInt16BE(advance(2)),
        byte: () => payload.readUInt8(advance(1)),
        value() {
            const byteLength = reader.int32();
            if (byteLength === -1) {
                return null;
            }
            const start = advance(byteLength);
            return payload.subarray(start, start + byteLength);
        },
        end() {
            if (position !== payload.length) {
                throw protocolViolation(`invalid message format of "${message.type}"`);
            }
        },
    };
    return reader;
}

/** Reads a list that follows its count; takes no memory for what is not there. */
export function readList<Item>(fields: FieldReader, read: () => Item): Item[] {
    const items: Item[] = [];
    for (let missing = fields.count(); missing > 0; missing -= 1) {
        items.push(read());
    }
    return items;
}

/** A message of a type, with the parts of its payload. */
export function encodeMessage(type: string, ...parts: readonly Buffer[]): Buffer {
    const byteLength = parts.reduce((sum, part) => sum + part.length, 0);
    const message = Buffer.allocUnsafe(1 + 4 + byteLength);
    message.write(type, 0, 1, "latin1");
    message.writeInt32BE(4 + byteLength, 1);
    let position = 5;
    for (const part of parts) {
        part.copy(message, position);
        position += part.length;
    }
    return message;
}

/** @throws ProtocolViolation for a text that the protocol cannot carry */
export function encodeText(text: string): Buffer {
    if (text.includes("\0")) {
        throw protocolViolation("a text of the protocol cannot hold the character zero");
    }
    return Buffer.from(`${text}\0`, "utf8");
}

export function encodeInt16(value: number): Buffer {
    const bytes = Buffer.allocUnsafe(2);
    bytes.writeUInt16BE(value & 0xffff);
    return bytes;
}

/**
 * How many values follow.
 * @throws ProtocolViolation for more than two bytes can say
 */
export function encodeCount(count: number): Buffer {
    if (count > 0xffff) {
        throw protocolViolation(`a message holds at most 65,535 values of a kind, not ${count}`);
    }
    return encodeInt16(count);
}

export function encodeInt32(value: number): Buffer {
    const bytes = Buffer.allocUnsafe(4);
    bytes.writeInt32BE(value | 0);
    return bytes;
}

/** With its length before it. */
export function encodeValue(value: Buffer | string | null): readonly Buffer[] {
    if (value === null) {
        return [encodeInt32(-1)];
    }
    const bytes = typeof value === "string" ? Buffer.from(value, "utf8") : value;
    return [encodeInt32(bytes.length), bytes];
}
