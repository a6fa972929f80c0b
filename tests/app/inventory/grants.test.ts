import assert from "node:assert/strict";
import * as fc from "fast-check";
import { planGift, splitUnits, unitsToApply } from "../../../app/inventory/grants";
import { totalAvailable } from "../../../app/inventory/stock";

const poolsOf = (units: readonly number[]) =>
    units.map((available, shard) => ({ shard, available }));

describe("a gift to another cell", () => {
    const gifts = [
        { fact: "gives what is asked", pools: [5], given: 0, target: 3, kept: 0, result: [3, -3] },
        { fact: "gives what there is", pools: [2], given: 0, target: 3, kept: 0, result: [2, -2] },
        {
            fact: "gives only what is new",
            pools: [5],
            given: 2,
            target: 3,
            kept: 0,
            result: [3, -1],
        },
        { fact: "gives nothing twice", pools: [5], given: 3, target: 3, kept: 0, result: [3, 0] },
        { fact: "never takes back", pools: [5], given: 9, target: 3, kept: 0, result: [9, 0] },
        { fact: "keeps what is kept", pools: [5], given: 0, target: 5, kept: 4, result: [1, -1] },
        {
            fact: "takes from several pools",
            pools: [2, 3],
            given: 0,
            target: 5,
            kept: 0,
            result: [5, -5],
        },
    ] as const;
    for (const { fact, pools, given, target, kept, result } of gifts) {
        it(fact, () => {
            const gift = planGift(poolsOf(pools), given, target, kept);
            const units = gift.changes.reduce((sum, change) => sum + change.units, 0);
            assert.deepEqual([gift.given, units], result);
        });
    }

    it("lowers the pools by exactly what is given, and none below zero", () => {
        const units = fc.nat(50);
        return fc.assert(
            fc.property(
                fc.array(units, { maxLength: 4 }),
                units,
                fc.nat(300),
                units,
                (...values) => {
                    const [counts, given, target, kept] = values;
                    const pools = poolsOf(counts);
                    const gift = planGift(pools, given, target, kept);
                    const taken = gift.changes.reduce((sum, change) => sum - change.units, 0);
                    assert.equal(gift.given - given, taken);
                    assert.ok(taken >= 0 && taken <= totalAvailable(pools));
                    for (const { shard, units: change } of gift.changes) {
                        assert.ok((counts[shard] ?? 0) + change >= 0);
                    }
                },
            ),
        );
    });

    it("adds each unit once, in whatever order the taker hears of it", () => {
        return fc.assert(
            fc.property(fc.array(fc.nat(100)), (news) => {
                let applied = 0;
                let pool = 0;
                for (const given of news) {
                    const units = unitsToApply(given, applied);
                    pool += units;
                    applied += units;
                }
                assert.equal(pool, Math.max(0, ...news));
            }),
        );
    });
});

describe("new stock", () => {
    const splits = [
        { quantity: 10, weights: [1, 1, 1], shares: [4, 3, 3] },
        { quantity: 1, weights: [1, 1, 1], shares: [1, 0, 0] },
        { quantity: 0, weights: [1, 1], shares: [0, 0] },
        { quantity: 100, weights: [6, 3, 1], shares: [60, 30, 10] },
        { quantity: 7, weights: [0, 1], shares: [0, 7] },
    ];
    for (const { quantity, weights, shares } of splits) {
        it(`of ${quantity} is divided ${weights.join(":")} into ${shares.join(", ")}`, () => {
            assert.deepEqual(splitUnits(quantity, weights), shares);
        });
    }

    it("is divided without a unit gained or lost", () => {
        const weights = fc
            .array(fc.nat(1_000), { minLength: 1, maxLength: 5 })
            .filter((all) => all.some((weight) => weight > 0));
        return fc.assert(
            fc.property(fc.nat(1_000_000), weights, (quantity, all) => {
                const shares = splitUnits(quantity, all);
                assert.equal(
                    shares.reduce((sum, share) => sum + share, 0),
                    quantity,
                );
                assert.ok(
                    shares.every((share, index) => share >= 0 && (share === 0 || all[index] !== 0)),
                );
            }),
        );
    });
});
