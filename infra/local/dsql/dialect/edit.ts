/** A part of a text that is replaced; positions in UTF-16 units. */
export interface Edit {
    readonly start: number;
    readonly end: number;
    readonly text: string;
}

/** The edits may come in any order and do not overlap. */
export function edited(text: string, edits: readonly Edit[]): string {
    let result = text;
    for (const edit of edits.toSorted((one, other) => other.start - one.start)) {
        result = result.slice(0, edit.start) + edit.text + result.slice(edit.end);
    }
    return result;
}

/** Turns the parser's positions, UTF-8 bytes, into positions in a text. */
export function positionsOf(text: string): (location: unknown) => number {
    const bytes = Buffer.from(text, "utf8");
    return (location) => {
        // The parser leaves out a location of zero.
        const byte = typeof location === "number" ? location : 0;
        return bytes.length === text.length ? byte : bytes.toString("utf8", 0, byte).length;
    };
}

/** A text as an SQL literal. */
export function quoted(text: string): string {
    return `'${text.replaceAll("'", "''")}'`;
}
