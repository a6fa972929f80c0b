import assert from "node:assert/strict";
import {
    changedTerms,
    type NewProduct,
    type ProductChanges,
    searchText,
    searchWords,
    termsOf,
} from "../../../app/catalog/product";
import { isFault } from "../../../app/fault";
import type { Currency } from "../../../app/values/money";

const draft: NewProduct = { name: "Radio", price: 9.5, category: "Audio", stock_quantity: 3 };
const stored = termsOf(draft);

function pointerOf(act: () => unknown): string | undefined {
    try {
        act();
    } catch (error) {
        return isFault(error) ? `${error.code} ${error.errors?.[0]?.pointer}` : String(error);
    }
    return undefined;
}

describe("product terms", () => {
    it("are in US dollars and without a description unless the draft says more", () => {
        assert.deepEqual(stored, {
            name: "Radio",
            description: "",
            category: "Audio",
            priceMinor: 950n,
            currency: "USD",
        });
        assert.equal(termsOf({ ...draft, price: 950, currency: "JPY" }).priceMinor, 950n);
    });

    it("refuse a currency that is none and digits it does not have", () => {
        assert.equal(
            pointerOf(() => termsOf({ ...draft, currency: "XXA" })),
            "invalid_request /currency",
        );
        assert.equal(
            pointerOf(() => termsOf({ ...draft, currency: "JPY" })),
            "invalid_request /price",
        );
    });

    const changes: readonly [ProductChanges, object][] = [
        [{ name: "Tuner" }, { name: "Tuner" }],
        [{ description: "FM" }, { description: "FM" }],
        [{ category: "Hi-fi" }, { category: "Hi-fi" }],
        [{ price: 8 }, { priceMinor: 800n }],
        [{ price: 0 }, { priceMinor: 0n }],
        [
            { price: 1500, currency: "JPY" },
            { priceMinor: 1500n, currency: "JPY" },
        ],
    ];
    for (const [change, expected] of changes) {
        it(`change to ${JSON.stringify(change)} and keep the rest`, () => {
            assert.deepEqual(changedTerms(stored, change), { ...stored, ...expected });
        });
    }

    it("read a new price in the stored currency", () => {
        const yen = { ...stored, currency: "JPY" as Currency };
        assert.equal(
            pointerOf(() => changedTerms(yen, { price: 1.5 })),
            "invalid_request /price",
        );
    });

    it("change their currency only together with the price", () => {
        assert.equal(
            pointerOf(() => changedTerms(stored, { currency: "EUR" })),
            "invalid_request /currency",
        );
    });
});

describe("product search", () => {
    it("folds case and width beyond ASCII, in texts as in words", () => {
        const text = searchText({ ...stored, name: "ÉCOUTEURS Ⅳ", description: "ＨＤ Größe" });
        assert.equal(text, "écouteurs iv\nhd größe");
        for (const word of searchWords("Écouteurs IV hd GRöße")) {
            assert.ok(text.includes(word), word);
        }
    });

    it("looks for each word once, in one order, whatever separates them", () => {
        assert.deepEqual(searchWords("  b\tA\u3000b "), ["a", "b"]);
        assert.deepEqual(searchWords("b a"), searchWords("A B"));
        assert.deepEqual(searchWords("   "), []);
    });
});
