import assert from "node:assert/strict";
import * as fc from "fast-check";
import {
    cancellableStatuses,
    lineTotal,
    mayCancel,
    mergeItems,
    type WantedItem,
} from "../../../app/orders/order";

describe("the statuses of an order", () => {
    it("let a confirmed order be cancelled, and a cancelled one not again", () => {
        assert.deepEqual([mayCancel("confirmed"), mayCancel("cancelled")], [true, false]);
        assert.deepEqual(cancellableStatuses, ["confirmed"]);
    });
});

describe("mergeItems", () => {
    it("adds up the items of a product, in either case, and keeps its first place", () => {
        const items = [
            { product_id: "bb", quantity: 1 },
            { product_id: "aa", quantity: 2 },
            { product_id: "BB", quantity: 3 },
        ];
        assert.deepEqual(mergeItems(items), [
            { line: 2, productId: "aa", quantity: 2 },
            { line: 1, productId: "bb", quantity: 4 },
        ]);
    });

    it("keeps every unit, sorts by product and numbers the lines from 1", () => {
        const item: fc.Arbitrary<WantedItem> = fc.record({
            product_id: fc.constantFrom("a", "b", "C", "c", "D"),
            quantity: fc.integer({ min: 1, max: 10_000 }),
        });
        return fc.assert(
            fc.property(fc.array(item, { minLength: 1, maxLength: 50 }), (items) => {
                const lines = mergeItems(items);
                const units = (list: readonly { quantity: number }[]) =>
                    list.reduce((total, { quantity }) => total + quantity, 0);
                assert.equal(units(lines), units(items));
                const products = lines.map(({ productId }) => productId);
                assert.deepEqual(products, [...new Set(products)].sort());
                assert.deepEqual(
                    lines.map(({ line }) => line).sort((a, b) => a - b),
                    lines.map((_, place) => place + 1),
                );
            }),
        );
    });
});

describe("lineTotal", () => {
    it("is exact beyond what a float can hold", () => {
        assert.equal(lineTotal(9_999_999_999n, 500_001n), 5_000_009_999_499_999n);
        assert.equal(lineTotal(9_007_199_254_740_993n, 3n), 27_021_597_764_222_979n);
    });
});
