import { type Case, ids } from "./example";

/** States of shops that lost count of their units. */
export const brokenStock: readonly Case[] = [
    {
        name: "a pool below zero",
        rules: ["oversold", "taken"],
        spoil({ us }) {
            us.pools = us.pools.map((pool) => ({ ...pool, available: -1 }));
        },
    },
    {
        name: "a gift that was taken in twice",
        rules: ["oversold", "taken"],
        spoil({ eu }) {
            eu.pools = eu.pools.map((pool) =>
                pool.shard === 1 ? { ...pool, available: pool.available + 3 } : pool,
            );
        },
    },
    {
        name: "more taken in than given",
        rules: ["oversold", "diverged"],
        spoil({ eu }) {
            eu.applied = [{ productId: ids.lamp, donor: 1, applied: 4 }];
            eu.pools = eu.pools.map((pool) =>
                pool.shard === 1 ? { ...pool, available: pool.available + 1 } : pool,
            );
        },
    },
    {
        name: "units in the books that nobody supplied",
        rules: ["oversold"],
        spoil({ us }) {
            us.movements = [...us.movements, { id: "m", productId: ids.lamp, quantity: 7 }];
            us.pools = us.pools.map((pool) => ({ ...pool, available: pool.available + 7 }));
        },
    },
    {
        name: "an order without its stock",
        rules: ["oversold", "taken"],
        spoil({ us }) {
            us.pools = us.pools.map((pool) => ({ ...pool, available: 7, taken: 0 }));
        },
    },
    {
        name: "stock taken for no order",
        rules: ["oversold", "taken"],
        spoil({ us }) {
            us.pools = us.pools.map((pool) => ({ ...pool, available: 4, taken: 3 }));
        },
    },
    {
        name: "a cancelled order's stock that came back twice",
        rules: ["oversold", "returned"],
        spoil({ eu }) {
            eu.pools = eu.pools.map((pool) =>
                pool.taken === 1 ? { ...pool, available: 3, returned: 2 } : pool,
            );
        },
    },
    {
        name: "a cancelled order's stock that never came back",
        rules: ["oversold", "returned"],
        spoil({ eu }) {
            eu.pools = eu.pools.map((pool) =>
                pool.taken === 1 ? { ...pool, available: 1, returned: 0 } : pool,
            );
        },
    },
];
