import assert from "node:assert/strict";
import * as fc from "fast-check";
import {
    type Pool,
    type PoolChange,
    planChange,
    takeUnits,
    totalAvailable,
} from "../../../app/inventory/stock";

const poolList = fc
    .array(fc.integer({ min: 0, max: 50 }), { maxLength: 8 })
    .map((units) => units.map((available, shard): Pool => ({ shard, available })));
const quantities = fc.integer({ min: -200, max: 200 }).filter((quantity) => quantity !== 0);
const sum = (changes: readonly PoolChange[]) =>
    changes.reduce((total, { units }) => total + units, 0);

function changed(pools: readonly Pool[], changes: readonly PoolChange[]): Map<number, number> {
    const result = new Map(pools.map(({ shard, available }) => [shard, available]));
    for (const { shard, units } of changes) {
        result.set(shard, (result.get(shard) ?? 0) + units);
    }
    return result;
}

describe("planChange", () => {
    it("changes the total by exactly the quantity", () => {
        return fc.assert(
            fc.property(
                poolList,
                quantities,
                fc.option(fc.integer({ min: 1, max: 9 })),
                (pools, quantity, shards) => {
                    assert.equal(sum(planChange(pools, quantity, shards ?? undefined)), quantity);
                },
            ),
        );
    });

    it("leaves a pool below zero exactly when there are too few units", () => {
        return fc.assert(
            fc.property(
                poolList,
                quantities,
                fc.option(fc.integer({ min: 1, max: 9 })),
                (pools, quantity, shards) => {
                    const result = changed(pools, planChange(pools, quantity, shards ?? undefined));
                    const isShort = totalAvailable(pools) + quantity < 0;
                    assert.equal(
                        [...result.values()].some((units) => units < 0),
                        isShort,
                    );
                },
            ),
        );
    });

    it("changes each pool once", () => {
        return fc.assert(
            fc.property(poolList, quantities, (pools, quantity) => {
                const shards = planChange(pools, quantity).map(({ shard }) => shard);
                assert.equal(new Set(shards).size, shards.length);
            }),
        );
    });

    it("only adds to pools for a receipt, and never makes the fullest fuller than need be", () => {
        return fc.assert(
            fc.property(poolList, fc.integer({ min: 1, max: 200 }), (pools, quantity) => {
                const changes = planChange(pools, quantity);
                assert.ok(changes.every(({ units }) => units > 0));
                const result = changed(pools, changes);
                const lowest = Math.min(...result.values());
                for (const { shard } of changes) {
                    assert.ok((result.get(shard) ?? 0) <= lowest + 1);
                }
            }),
        );
    });

    it("spreads all units evenly over the wanted shards and empties the others", () => {
        return fc.assert(
            fc.property(
                poolList,
                fc.integer({ min: 1, max: 99 }),
                fc.integer({ min: 1, max: 9 }),
                (pools, quantity, shards) => {
                    const result = changed(pools, planChange(pools, quantity, shards));
                    const wanted = Array.from(
                        { length: shards },
                        (_, shard) => result.get(shard) ?? -1,
                    );
                    assert.ok(Math.max(...wanted) - Math.min(...wanted) <= 1);
                    for (const [shard, units] of result) {
                        assert.ok(shard < shards || units === 0);
                    }
                },
            ),
        );
    });
});

describe("takeUnits", () => {
    const cases: readonly [readonly number[], number, readonly [number, number][]][] = [
        [[5, 9, 2], 9, [[1, 9]]],
        [
            [5, 9, 2],
            10,
            [
                [1, 9],
                [0, 1],
            ],
        ],
        [[5, 0], 9, [[0, 5]]],
        [[], 1, []],
    ];
    for (const [units, wanted, expected] of cases) {
        it(`takes ${wanted} of [${units}] from ${JSON.stringify(expected)}`, () => {
            const pools = units.map((available, shard) => ({ shard, available }));
            assert.deepEqual(
                takeUnits(pools, wanted).map((taken) => [taken.shard, taken.units]),
                expected,
            );
        });
    }
});
