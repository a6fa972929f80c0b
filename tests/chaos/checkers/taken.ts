import { type CellState, type Evidence, sumOf, type Violation } from "../state";

/**
 * An order exists if and only if its stock was taken, and a cancelled order's stock came back
 * exactly once: in each cell, what its pools counted is what its orders say.
 */
export function findMistaken({ cells }: Evidence): readonly Violation[] {
    return cells.flatMap(compareBooks);
}

interface Count {
    taken: number;
    returned: number;
}

function compareBooks(cell: CellState): readonly Violation[] {
    const counted = new Map<string, Count>();
    const ordered = new Map<string, Count>();
    for (const { productId, taken, returned } of cell.pools) {
        add(counted, productId, taken, returned);
    }
    for (const { home, status, lines } of cell.orders) {
        for (const { productId, quantity } of home === cell.number ? lines : []) {
            add(ordered, productId, quantity, status === "cancelled" ? quantity : 0);
        }
    }
    const products = new Set([...counted.keys(), ...ordered.keys()]);
    return [
        ...[...products].flatMap((productId) =>
            differences(cell.name, productId, counted.get(productId), ordered.get(productId)),
        ),
        ...findUnbalancedLedgers(cell, counted),
    ];
}

function differences(
    cell: string,
    productId: string,
    pools: Count = { taken: 0, returned: 0 },
    orders: Count = { taken: 0, returned: 0 },
): readonly Violation[] {
    return [
        ...(pools.taken === orders.taken
            ? []
            : [
                  {
                      rule: "taken",
                      detail: `In ${cell}, ${pools.taken} units of ${productId} were taken, but its orders hold ${orders.taken}.`,
                  },
              ]),
        ...(pools.returned === orders.returned
            ? []
            : [
                  {
                      rule: "returned",
                      detail: `In ${cell}, ${pools.returned} units of ${productId} were returned, but its cancelled orders hold ${orders.returned}.`,
                  },
              ]),
    ];
}

/** A cell's own units: what came in less what went out. */
function findUnbalancedLedgers(
    { name, number, pools, movements, grants, applied }: CellState,
    counted: ReadonlyMap<string, Count>,
): readonly Violation[] {
    const expected = new Map<string, number>();
    const change = (productId: string, units: number): void => {
        expected.set(productId, (expected.get(productId) ?? 0) + units);
    };
    for (const { productId, quantity } of movements) {
        change(productId, quantity);
    }
    for (const row of applied) {
        change(row.productId, row.applied);
    }
    for (const { productId, given } of grants.filter(({ donor }) => donor === number)) {
        change(productId, -given);
    }
    for (const [productId, { taken, returned }] of counted) {
        change(productId, returned - taken);
    }
    return [...expected].flatMap(([productId, units]) => {
        const mine = pools.filter((pool) => pool.productId === productId);
        const available = sumOf(mine, (pool) => pool.available);
        return available === units
            ? []
            : [
                  {
                      rule: "taken",
                      detail: `In ${name}, ${available} units of ${productId} are available, but what came and went leaves ${units}.`,
                  },
              ];
    });
}

function add(counts: Map<string, Count>, productId: string, taken: number, returned: number): void {
    const count = counts.get(productId) ?? { taken: 0, returned: 0 };
    counts.set(productId, { taken: count.taken + taken, returned: count.returned + returned });
}
