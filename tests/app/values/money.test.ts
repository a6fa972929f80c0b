import assert from "node:assert/strict";
import fc from "fast-check";
import { isFault } from "../../../app/fault";
import { writeJson } from "../../../app/http/json";
import { currencyDigits } from "../../../app/values/currencies";
import {
    type Currency,
    isCurrency,
    maximumMinorUnits,
    minorUnitDigits,
    parseAmount,
    toDecimal,
} from "../../../app/values/money";

describe("money", () => {
    const digits: readonly [string, number][] = [
        ["USD", 2],
        ["EUR", 2],
        ["JPY", 0],
        ["CLP", 0],
        ["KWD", 3],
        ["CLF", 4],
    ];
    for (const [code, count] of digits) {
        it(`knows that ${code} has ${count} digits`, () => {
            assert.equal(minorUnitDigits(code as Currency), count);
        });
    }

    it("knows active currencies only, in upper case", () => {
        for (const code of ["usd", "XTS", "XAU", "DEM", "HRK", "", "toString"]) {
            assert.equal(isCurrency(code), false, code);
        }
        assert.equal(currencyDigits.size, 157);
    });

    const amounts: readonly [number, string, bigint, string][] = [
        [299.9, "USD", 29990n, "299.90"],
        [0, "USD", 0n, "0.00"],
        [-0, "USD", 0n, "0.00"],
        [0.07, "USD", 7n, "0.07"],
        [1.005, "KWD", 1005n, "1.005"],
        [300, "JPY", 300n, "300"],
        [0.0001, "CLF", 1n, "0.0001"],
        [99_999_999.99, "USD", maximumMinorUnits, "99999999.99"],
        [9_999_999_999, "JPY", maximumMinorUnits, "9999999999"],
    ];
    for (const [amount, currency, minorUnits, text] of amounts) {
        it(`reads ${amount} ${currency} as ${minorUnits} and writes ${text}`, () => {
            assert.equal(parseAmount(amount, currency as Currency), minorUnits);
            assert.equal(writeJson(toDecimal(minorUnits, currency as Currency)), text);
        });
    }

    const refused: readonly [number, string, RegExp][] = [
        [299.905, "USD", /at most 2 decimal digits/],
        [0.1, "JPY", /no decimal digits/],
        [1e-7, "USD", /at most 2 decimal digits/],
        [-0.01, "USD", /from 0 up/],
        [100_000_000, "USD", /the largest allowed is 99999999\.99/],
        [1e21, "JPY", /the largest allowed is 9999999999/],
        [Number.POSITIVE_INFINITY, "USD", /from 0 up/],
        [Number.NaN, "USD", /from 0 up/],
    ];
    for (const [amount, currency, reason] of refused) {
        it(`refuses ${amount} ${currency} and says what is allowed`, () => {
            assert.throws(
                () => parseAmount(amount, currency as Currency, "/items/0/price"),
                (error) =>
                    isFault(error) &&
                    error.code === "invalid_request" &&
                    reason.test(error.message) &&
                    error.errors?.[0]?.pointer === "/items/0/price",
            );
        });
    }

    it("reads back every amount it writes", () => {
        const currencies = fc.constantFrom(...currencyDigits.keys());
        const minorUnits = fc.bigInt({ min: 0n, max: maximumMinorUnits });
        fc.assert(
            fc.property(currencies, minorUnits, (code, amount) => {
                const currency = code as Currency;
                const text = writeJson(toDecimal(amount, currency));
                assert.equal(parseAmount(JSON.parse(text), currency), amount);
                assert.equal(text.split(".")[1]?.length ?? 0, minorUnitDigits(currency));
            }),
        );
    });

    it("writes sums beyond the limit of one price, and negative ones", () => {
        assert.equal(
            writeJson(toDecimal(5_000_000_000_000_001n, "USD" as Currency)),
            "50000000000000.01",
        );
        assert.equal(writeJson(toDecimal(-5n, "USD" as Currency)), "-0.05");
    });
});
