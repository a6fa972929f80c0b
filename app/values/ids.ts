import { randomBytes } from "node:crypto";

const idPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * Makes an id: a UUID of version 8 (custom, RFC 9562 section 5.8), random but for the last byte,
 * which is the number of the cell the row lives in, so that every cell can tell where to find it.
 * @param cellNumber 1-255
 * @param bytes gives that many random bytes; tests pass their own
 */
export function newId(cellNumber: number, bytes: (count: number) => Buffer = randomBytes): string {
    if (!Number.isInteger(cellNumber) || cellNumber < 1 || cellNumber > 255) {
        throw new RangeError(`The cell number is ${cellNumber}, allowed are 1-255.`);
    }
    const id = Buffer.from(bytes(16));
    id.writeUInt8((id.readUInt8(6) & 0x0f) | 0x80, 6);
    id.writeUInt8((id.readUInt8(8) & 0x3f) | 0x80, 8);
    id.writeUInt8(cellNumber, 15);
    return id.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/** The number of the cell an id was made in, 0-255. Only ids made by `newId` carry one. */
export function homeOf(id: string): number {
    return Number.parseInt(id.slice(-2), 16);
}

/** Whether the text is a UUID in its usual notation, of any version, in either case. */
export function isId(text: string): boolean {
    return idPattern.test(text);
}
