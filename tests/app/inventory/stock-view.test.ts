import assert from "node:assert/strict";
import { viewStock } from "../../../app/inventory/stock-view";

const us = { name: "us", number: 1 };
const eu = { name: "eu", number: 2 };
const now = new Date("2026-11-23T10:00:10.000Z");
const grant = (donor: number, taker: number, given: number) => ({
    productId: "p",
    donor,
    taker,
    given,
});

describe("the stock as a cell sees it", () => {
    it("is exact here and as old as its news elsewhere", () => {
        const gauge = {
            productId: "p",
            cell: 2,
            available: 4,
            taken: 9,
            returned: 2,
            applied: 10,
            demandPerSecond: 0,
            observedAt: "2026-11-23T10:00:03.000Z",
        };
        const view = viewStock(
            us,
            [eu],
            {
                pools: [{ shard: 0, available: 5 }],
                held: 3,
                known: {
                    gauges: [gauge],
                    grants: [grant(1, 2, 12), grant(2, 1, 6)],
                    applied: new Map([[2, 5]]),
                },
            },
            now,
        );
        assert.deepEqual(view, {
            cells: [
                {
                    cell: "us",
                    available: 5,
                    in_flight: 1,
                    held: 3,
                    known_at: now.toISOString(),
                    age_seconds: 0,
                    shards: 1,
                },
                {
                    cell: "eu",
                    available: 4,
                    in_flight: 2,
                    held: 7,
                    known_at: "2026-11-23T10:00:03.000Z",
                    age_seconds: 7,
                },
            ],
            available: 12,
        });
    });

    it("says so where a cell has not been heard of, and counts what it was given", () => {
        const known = { gauges: [], grants: [grant(1, 2, 3)], applied: new Map() };
        const { cells, available } = viewStock(us, [eu], { pools: [], held: 0, known }, now);
        assert.equal(available, 3);
        assert.deepEqual(cells[1], {
            cell: "eu",
            available: 0,
            in_flight: 3,
            held: 0,
            known_at: null,
            age_seconds: null,
        });
    });
});
