import assert from "node:assert/strict";
import fc from "fast-check";
import { isFault } from "../../../app/fault";
import { newId } from "../../../app/values/ids";
import { decodeCursor, encodeCursor, pageLimit } from "../../../app/values/page";

const time = "2026-11-22T09:30:00.000Z";
const id = "0e3c6e0f-5a3b-8d1c-9f66-3d1f6f0a2b01";

function isInvalidCursor(error: unknown): boolean {
    return isFault(error) && error.code === "invalid_cursor";
}

function cursorOf(value: unknown): string {
    return Buffer.from(JSON.stringify(value)).toString("base64url");
}

describe("cursors", () => {
    it("give back the position they were made of", () => {
        const years = { min: new Date(0), max: new Date("9999-12-31"), noInvalidDate: true };
        fc.assert(
            fc.property(fc.string(), fc.date(years), (list, date) => {
                const position = [date.toISOString(), newId(1)];
                assert.deepEqual(decodeCursor(list, encodeCursor(list, position)), position);
            }),
        );
    });

    it("are refused by another list or another filter", () => {
        const cursor = encodeCursor("products Audio", [time, id]);
        assert.throws(() => decodeCursor("products Video", cursor), isInvalidCursor);
        assert.throws(() => decodeCursor("orders Audio", cursor), isInvalidCursor);
    });

    it("cannot be forged into a position that the database would fail on", () => {
        const [version, digest] = JSON.parse(
            Buffer.from(encodeCursor("list", [time, id]), "base64url").toString(),
        );
        assert.deepEqual(decodeCursor("list", cursorOf([version, digest, time, id])), [time, id]);
        const forged = [
            [2, digest, time, id],
            [version, digest, "yesterday", id],
            [version, digest, "2026-02-31T00:00:00.000Z", id],
            [version, digest, "-000001-01-01T00:00:00.000Z", id],
            [version, digest, time, "1 OR 1=1"],
            [version, digest, time, id, "more"],
            [version, digest, 5, id],
            { 0: version },
            null,
        ];
        for (const value of forged) {
            assert.throws(() => decodeCursor("list", cursorOf(value)), isInvalidCursor);
        }
    });

    it("are refused when they are any other text", () => {
        fc.assert(
            fc.property(fc.string(), (text) => {
                assert.throws(() => decodeCursor("list", text), isInvalidCursor);
            }),
        );
    });
});

describe("page limits", () => {
    const limits: readonly [string | undefined, number][] = [
        [undefined, 50],
        ["1", 1],
        ["100", 100],
    ];
    for (const [text, expected] of limits) {
        it(`are ${expected} for ${text}`, () => assert.equal(pageLimit(text), expected));
    }
    for (const text of ["0", "101", "-1", "1.5", "ten", "", "1e2"]) {
        it(`refuse "${text}"`, () => {
            assert.throws(() => pageLimit(text), /from 1 to 100/);
        });
    }
});
