import { textOfDecimal } from "../values/money";

const jsonText = Symbol("json");

/** What `writeJson` passes on as it is, every digit of it. */
export interface WrittenJson {
    readonly [jsonText]: string;
}

/** @param text JSON that this program wrote, for example in another cell */
export function writtenJson(text: string): WrittenJson {
    return { [jsonText]: text };
}

/**
 * Writes a value as JSON. A `Decimal` becomes a bare number with all its digits, which
 * `JSON.stringify` cannot do (299.90 would lose its zero); members that are undefined are left
 * out; a `Date` is written in ISO 8601.
 * @throws TypeError for what JSON has no notation for: bigints, functions, numbers not finite
 */
export function writeJson(value: unknown): string {
    if (value === null || typeof value === "string" || typeof value === "boolean") {
        return JSON.stringify(value);
    }
    if (typeof value === "number" && Number.isFinite(value)) {
        return JSON.stringify(value);
    }
    if (typeof value === "object") {
        return writeObject(value);
    }
    throw new TypeError(`JSON has no notation for ${String(value)} (${typeof value}).`);
}

function writeObject(value: object): string {
    const decimal = textOfDecimal(value);
    if (decimal !== undefined) {
        return decimal;
    }
    if (jsonText in value) {
        return (value as WrittenJson)[jsonText];
    }
    if (value instanceof Date) {
        return JSON.stringify(value);
    }
    if (Array.isArray(value)) {
        return `[${value.map((item) => writeJson(item ?? null)).join(",")}]`;
    }
    const members = Object.entries(value)
        .filter(([, member]) => member !== undefined)
        .map(([name, member]) => `${JSON.stringify(name)}:${writeJson(member)}`);
    return `{${members.join(",")}}`;
}
