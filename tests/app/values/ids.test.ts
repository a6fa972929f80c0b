import assert from "node:assert/strict";
import { homeOf, isId, newId } from "../../../app/values/ids";

describe("ids", () => {
    it("are UUIDs of version 8 that end in the number of their cell", () => {
        const zeros = newId(3, (count) => Buffer.alloc(count, 0));
        const ones = newId(255, (count) => Buffer.alloc(count, 0xff));
        assert.equal(zeros, "00000000-0000-8000-8000-000000000003");
        assert.equal(ones, "ffffffff-ffff-8fff-bfff-ffffffffffff");
    });

    it("tell their home", () => {
        for (const cellNumber of [1, 16, 255]) {
            assert.equal(homeOf(newId(cellNumber)), cellNumber);
        }
    });

    it("do not repeat", () => {
        assert.equal(new Set(Array.from({ length: 1000 }, () => newId(1))).size, 1000);
    });

    for (const cellNumber of [0, 256, 1.5, Number.NaN]) {
        it(`cannot be made for the cell ${cellNumber}`, () => {
            assert.throws(() => newId(cellNumber), /allowed are 1-255/);
        });
    }

    const texts: readonly [string, boolean][] = [
        ["00000000-0000-8000-8000-000000000003", true],
        ["0E3C6E0F-5A3B-4D1C-9F66-3D1F6F0A2B01", true],
        ["0e3c6e0f5a3b4d1c9f663d1f6f0a2b01", false],
        ["urn:uuid:0e3c6e0f-5a3b-4d1c-9f66-3d1f6f0a2b01", false],
        ["0e3c6e0f-5a3b-4d1c-9f66-3d1f6f0a2b01\n", false],
        ["", false],
    ];
    for (const [text, expected] of texts) {
        it(`${expected ? "have" : "do not have"} the form ${JSON.stringify(text)}`, () => {
            assert.equal(isId(text), expected);
        });
    }
});
