import assert from "node:assert/strict";
import * as fc from "fast-check";
import { nextDemand, planTransfers } from "../../../app/inventory/rebalancing";

const gauges = (rows: readonly (readonly [available: number, demand: number])[]) =>
    rows.map(([available, demandPerSecond], index) => ({
        cell: index + 1,
        available,
        demandPerSecond,
    }));

describe("rebalancing", () => {
    const plans: readonly {
        fact: string;
        stock: readonly (readonly [number, number])[];
        transfers: readonly (readonly [donor: number, units: number])[];
    }[] = [
        {
            fact: "moves nothing while nobody orders",
            stock: [
                [0, 0],
                [300, 0],
            ],
            transfers: [],
        },
        {
            fact: "asks the one that has most",
            stock: [
                [0, 9],
                [100, 0],
                [200, 0],
            ],
            transfers: [
                [3, 185],
                [2, 85],
            ],
        },
        {
            fact: "asks for nothing while there is enough",
            stock: [
                [200, 9],
                [100, 9],
                [100, 9],
            ],
            transfers: [],
        },
        {
            fact: "does not scatter the last units",
            stock: [
                [0, 9],
                [5, 0],
                [3, 0],
            ],
            transfers: [],
        },
        {
            fact: "leaves a donor its own share",
            stock: [
                [0, 5],
                [100, 5],
            ],
            transfers: [[2, 50]],
        },
    ];
    for (const { fact, stock, transfers } of plans) {
        it(fact, () => {
            const planned = planTransfers(1, gauges(stock));
            assert.deepEqual(
                planned.map(({ donor, units }) => [donor, units]),
                transfers,
            );
        });
    }

    it("never asks for more than there is, nor for what a donor keeps", () => {
        const row = fc.tuple(fc.nat(1_000), fc.nat(100));
        return fc.assert(
            fc.property(fc.array(row, { minLength: 2, maxLength: 4 }), (stock) => {
                for (const { donor, units, kept } of planTransfers(1, gauges(stock))) {
                    assert.ok(units > 0 && units + kept <= (stock[donor - 1]?.[0] ?? 0));
                }
            }),
        );
    });

    const start = new Date("2026-11-23T10:00:00Z");
    const later = (seconds: number) => new Date(start.getTime() + seconds * 1_000);

    it("takes half of a demand from the past and half from what was just sold", () => {
        const before = { taken: 10, at: start, demandPerSecond: 2 };
        assert.equal(nextDemand(50, later(10), before), 3);
    });

    it("lets a demand end", () => {
        let demandPerSecond = 1;
        for (let sample = 0; sample < 20; sample++) {
            demandPerSecond = nextDemand(10, later(5), { taken: 10, at: start, demandPerSecond });
        }
        assert.equal(demandPerSecond, 0);
    });

    it("learns nothing from a clock that has gone back", () => {
        const before = { taken: 10, at: start, demandPerSecond: 2 };
        assert.equal(nextDemand(50, later(-1), before), 2);
    });
});
