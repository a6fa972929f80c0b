import assert from "node:assert/strict";
import * as fc from "fast-check";
import { mergeItems, type WantedItem } from "../../../app/orders/order";
import { explainRefusal, type OrderFacts, planTaking } from "../../../app/orders/refusal";

interface Stock {
    readonly currency?: string;
    readonly pools?: readonly number[];
}

function facts(products: Readonly<Record<string, Stock>>, isCustomerKnown = true): OrderFacts {
    const entries = Object.entries(products);
    return {
        isCustomerKnown,
        currencies: new Map(entries.map(([id, { currency = "USD" }]) => [id, currency])),
        pools: new Map(
            entries.map(([id, { pools = [10] }]) => [
                id,
                pools.map((available, shard) => ({ shard, available })),
            ]),
        ),
        known: () => ({ gauges: [], grants: [], applied: new Map() }),
        elsewhere: new Map(),
    };
}

function explain(items: readonly [string, number][], known: OrderFacts) {
    const wanted: WantedItem[] = items.map(([product_id, quantity]) => ({ product_id, quantity }));
    const lines = mergeItems(wanted);
    const fault = explainRefusal({ customerId: "c", items: wanted, lines }, known);
    return fault && { code: fault.code, at: fault.errors?.map(({ pointer }) => pointer) };
}

describe("explainRefusal", () => {
    it("finds nothing wrong when everything is there, scattered or not", () => {
        assert.equal(explain([["a", 10]], facts({ a: { pools: [4, 6] } })), undefined);
    });

    it("points at every item of what is wrong, in the items as they were sent", () => {
        const known = facts({ a: {}, b: { pools: [1, 1] }, y: { currency: "JPY" } });
        const cases: readonly [readonly [string, number][], object][] = [
            [
                [
                    ["b", 2],
                    ["a", 1],
                    ["B", 1],
                ],
                { code: "out_of_stock", at: ["/items/0/quantity", "/items/2/quantity"] },
            ],
            [
                [
                    ["x", 1],
                    ["a", 1],
                ],
                { code: "unknown_product", at: ["/items/0/product_id"] },
            ],
            [
                [
                    ["a", 1],
                    ["y", 1],
                ],
                { code: "mixed_currencies", at: ["/items/1/product_id"] },
            ],
        ];
        for (const [items, expected] of cases) {
            assert.deepEqual(explain(items, known), expected);
        }
    });

    it("tells the customer first, then products, then currencies, then stock", () => {
        const products = { a: { pools: [0] }, y: { currency: "JPY" } };
        const items: readonly [string, number][] = [
            ["a", 1],
            ["y", 1],
            ["x", 1],
        ];
        assert.equal(explain(items, facts(products, false))?.code, "unknown_customer");
        assert.equal(explain(items, facts(products))?.code, "unknown_product");
        assert.equal(explain(items.slice(0, 2), facts(products))?.code, "mixed_currencies");
        assert.equal(explain(items.slice(0, 1), facts(products))?.code, "out_of_stock");
    });

    it("says what is wanted and available of each product that is short", () => {
        const items = [
            { product_id: "a", quantity: 7 },
            { product_id: "b", quantity: 1 },
            { product_id: "a", quantity: 7 },
        ];
        const known = facts({ a: { pools: [3, 2] }, b: {} });
        const fault = explainRefusal({ customerId: "c", items, lines: mergeItems(items) }, known);
        assert.deepEqual(fault?.members, {
            products: [{ product_id: "a", wanted: 14, available: 5 }],
        });
    });
});

describe("planTaking", () => {
    it("takes exactly the units of each line and no more than a pool has", () => {
        const pools = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 6 });
        return fc.assert(
            fc.property(pools, pools, fc.nat(), fc.nat(), (a, b, some, others) => {
                const known = facts({ a: { pools: a }, b: { pools: b } });
                const total = (units: readonly number[]) => units.reduce((x, y) => x + y, 0);
                const lines = [
                    { line: 1, productId: "a", quantity: some % (total(a) + 1) },
                    { line: 2, productId: "b", quantity: others % (total(b) + 1) },
                ];
                const takings = planTaking(lines, known);
                for (const { productId, quantity } of lines) {
                    const own = takings.filter((taking) => taking.productId === productId);
                    assert.equal(total(own.map(({ units }) => units)), quantity);
                }
                for (const { productId, shard, units } of takings) {
                    assert.ok(units > 0 && units <= ((productId === "a" ? a : b)[shard] ?? 0));
                }
            }),
        );
    });
});
