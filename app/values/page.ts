import { createHash } from "node:crypto";
import { fault } from "../fault";
import { isId } from "./ids";

/** Where a page of a newest-first list ends: `created_at` (ISO 8601, milliseconds) and the id. */
export type Position = readonly [createdAt: string, id: string];

const version = 1;
const defaultLimit = 50;
const maximumLimit = 100;

/**
 * Writes the cursor of the page after a position.
 * @param list the list and its filters, for example `products?category=Audio`: the cursor is
 * refused for any other, because its position means nothing there
 */
export function encodeCursor(list: string, position: readonly string[]): string {
    const text = JSON.stringify([version, digestOf(list), ...position]);
    return Buffer.from(text, "utf8").toString("base64url");
}

/**
 * Reads a cursor back. The position is checked, so that a cursor made by hand cannot make the
 * database fail on a time that is none.
 * @throws fault invalid_cursor
 */
export function decodeCursor(list: string, text: string): Position {
    const [readVersion, digest, createdAt, id, ...rest] = parse(text);
    if (
        readVersion !== version ||
        digest !== digestOf(list) ||
        rest.length > 0 ||
        typeof createdAt !== "string" ||
        typeof id !== "string" ||
        !isTime(createdAt) ||
        !isId(id)
    ) {
        const detail = "the cursor is not one of this list with these filters";
        throw fault(
            "invalid_cursor",
            `Pass the next_cursor of the page before, with the same filters: ${detail}. ` +
                "Leave the cursor out to start at the first page.",
            { errors: [{ pointer: "/query/cursor", detail }] },
        );
    }
    return [createdAt, id];
}

/**
 * How many rows a page has: 1-100, 50 when the request does not say.
 * @throws fault invalid_request
 */
export function pageLimit(text: string | undefined): number {
    if (text === undefined) {
        return defaultLimit;
    }
    const limit = Number(text);
    if (!/^\d{1,3}$/.test(text) || limit < 1 || limit > maximumLimit) {
        const detail = `must be a whole number from 1 to ${maximumLimit}`;
        throw fault("invalid_request", `The limit is "${text}", it ${detail}.`, {
            errors: [{ pointer: "/query/limit", detail }],
        });
    }
    return limit;
}

function parse(text: string): readonly unknown[] {
    try {
        const value: unknown = JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
        return Array.isArray(value) ? value : [];
    } catch {
        return [];
    }
}

function isTime(text: string): boolean {
    const time = new Date(text);
    return !Number.isNaN(time.getTime()) && time.toISOString() === text && !/^[+-]/.test(text);
}

function digestOf(list: string): string {
    return createHash("sha256").update(list).digest("base64url").slice(0, 11);
}
