import assert from "node:assert/strict";
import { chooseDonors, targetOf } from "../../../app/orders/borrowing";

const now = new Date("2026-11-23T10:00:00Z");
const gauge = (cell: number, available: number, ageSeconds = 1) => ({
    productId: "p",
    cell,
    available,
    taken: 0,
    returned: 0,
    applied: 0,
    demandPerSecond: 0,
    observedAt: new Date(now.getTime() - ageSeconds * 1_000).toISOString(),
});

describe("an order that is short", () => {
    const choices = [
        {
            fact: "asks the one with most first",
            gauges: [gauge(2, 3), gauge(3, 9)],
            donors: [3, 2],
        },
        {
            fact: "asks nobody who has just said to have none",
            gauges: [gauge(2, 0), gauge(3, 9)],
            donors: [3],
        },
        { fact: "asks again after a while", gauges: [gauge(2, 0, 16), gauge(3, 0)], donors: [2] },
        { fact: "asks who has not been heard of", gauges: [gauge(2, 5)], donors: [2, 3] },
        {
            fact: "asks nobody when all is sold out",
            gauges: [gauge(2, 0), gauge(3, 0)],
            donors: [],
        },
    ];
    for (const { fact, gauges, donors } of choices) {
        it(fact, () => {
            const known = { gauges, grants: [], applied: new Map() };
            assert.deepEqual(
                chooseDonors(known, [2, 3], now).map(({ cell }) => cell),
                donors,
            );
        });
    }

    it("starts from all that was ever given, arrived or not", () => {
        const grants = [
            { productId: "p", donor: 2, taker: 1, given: 7 },
            { productId: "p", donor: 2, taker: 3, given: 99 },
        ];
        const known = (applied: number) => ({
            gauges: [],
            grants,
            applied: new Map([[2, applied]]),
        });
        assert.equal(targetOf(known(5), 2, 1), 7);
        assert.equal(targetOf(known(9), 2, 1), 9);
        assert.equal(targetOf(known(9), 3, 1), 0);
    });
});
