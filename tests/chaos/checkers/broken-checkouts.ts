import { keyIdOf } from "../../../app/database/idempotency-store";
import { type Case, type Example, ids } from "./example";

const nowhere = "00000000-0000-8000-8000-00000000ff01";

/** Histories and states of shops where an order gave way, and nothing right took its place. */
export const brokenCheckouts: readonly Case[] = [
    {
        name: "an order that gave way to one that is nowhere",
        rules: ["swallowed"],
        spoil(example) {
            giveWay(example, ids.orderAway, nowhere);
            standFor(example, "o2", nowhere);
        },
    },
    {
        name: "two orders that gave way to each other",
        rules: ["swallowed"],
        spoil(example) {
            giveWay(example, ids.orderAway, ids.orderAtHome);
            giveWay(example, ids.orderAtHome, ids.orderAway);
            cancelAtHome(example);
        },
    },
    {
        name: "an order that gave way to one for which its key does not stand",
        rules: ["swallowed"],
        spoil: (example) => giveWay(example, ids.orderAway, ids.orderAtHome),
    },
];

function giveWay({ us, eu }: Example, loser: string, winner: string): void {
    for (const cell of [us, eu]) {
        cell.orders = cell.orders.map((row) =>
            row.id === loser ? { ...row, supersededBy: winner } : row,
        );
    }
}

/** Lets a key of eu stand for another order. */
function standFor({ eu }: Example, key: string, orderId: string): void {
    eu.keys = eu.keys.map((row) =>
        row.key === keyIdOf(key) ? { ...row, resourceId: orderId } : row,
    );
}

/** As `supersede` does it: in one commit, with its units returned. */
function cancelAtHome({ us }: Example): void {
    us.orders = us.orders.map((row) =>
        row.id === ids.orderAtHome ? { ...row, status: "cancelled", version: 2 } : row,
    );
    us.pools = us.pools.map((pool) => ({ ...pool, available: pool.available + 2, returned: 2 }));
}
