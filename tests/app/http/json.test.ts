import assert from "node:assert/strict";
import fc from "fast-check";
import { writeJson, writtenJson } from "../../../app/http/json";
import { type Currency, toDecimal } from "../../../app/values/money";

describe("writeJson", () => {
    it("writes what JSON.stringify writes, for every JSON value", () => {
        fc.assert(
            fc.property(fc.jsonValue(), (value) => {
                assert.equal(writeJson(value), JSON.stringify(value));
            }),
        );
    });

    it("writes decimals as bare numbers with all their digits", () => {
        const price = toDecimal(29990n, "USD" as Currency);
        assert.equal(writeJson({ lines: [{ price }] }), '{"lines":[{"price":299.90}]}');
    });

    it("passes on what is written already", () => {
        const text = '{"price":299.90,"amount":12345678901234567.89}';
        assert.equal(writeJson({ order: writtenJson(text) }), `{"order":${text}}`);
    });

    it("leaves out undefined members and writes dates in ISO 8601", () => {
        const value = { a: undefined, b: [undefined], c: new Date(0) };
        assert.equal(writeJson(value), '{"b":[null],"c":"1970-01-01T00:00:00.000Z"}');
    });

    for (const value of [1n, Number.NaN, Number.POSITIVE_INFINITY, undefined, () => 1]) {
        it(`refuses ${String(value)} (${typeof value})`, () => {
            assert.throws(() => writeJson(value), /JSON has no notation/);
        });
    }
});
