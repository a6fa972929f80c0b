import type { Operation } from "../history";
import { type CellState, type Evidence, groupBy, homeOf, sumOf, type Violation } from "../state";
import { attemptsOf } from "./attempts";

/**
 * No unit is sold twice and none disappears: of each product, the units in pools, on their way and
 * in live orders are those that were supplied, in all and in each cell by itself.
 */
export function findOversold({ operations, cells }: Evidence): readonly Violation[] {
    const books = productsOf(cells).map((productId) => bookOf(productId, cells));
    return [
        ...cells.flatMap(findNegativePools),
        ...books.flatMap(findImbalance),
        ...findUnsupplied(operations, books),
    ];
}

/** A product's units, counted over all cells. */
interface Book {
    readonly productId: string;
    readonly supplied: number;
    readonly inPools: number;
    readonly inFlight: number;
    readonly inOrders: number;
    /** Each grant of which more was taken in than given. */
    readonly overdrawn: readonly string[];
}

function productsOf(cells: readonly CellState[]): readonly string[] {
    const ids = cells.flatMap(({ products, pools, movements, orders }) => [
        ...products.map(({ id }) => id),
        ...[...pools, ...movements].map(({ productId }) => productId),
        ...orders.flatMap(({ lines }) => lines.map(({ productId }) => productId)),
    ]);
    return [...new Set(ids)];
}

function bookOf(productId: string, cells: readonly CellState[]): Book {
    const index = indexOf(cells);
    const grants = (index.grants.get(productId) ?? []).map(({ donor, taker, given }) => ({
        way: `${donor} to ${taker}`,
        left: given - (index.applied.get(`${productId} ${donor} ${taker}`) ?? 0),
    }));
    return {
        productId,
        supplied: index.supplied.get(productId) ?? 0,
        inPools: index.inPools.get(productId) ?? 0,
        inOrders: index.inOrders.get(productId) ?? 0,
        inFlight: sumOf(grants, ({ left }) => left),
        overdrawn: grants.filter(({ left }) => left < 0).map(({ way }) => way),
    };
}

interface Index {
    readonly supplied: ReadonlyMap<string, number>;
    readonly inPools: ReadonlyMap<string, number>;
    readonly inOrders: ReadonlyMap<string, number>;
    readonly grants: ReadonlyMap<
        string,
        readonly { donor: number; taker: number; given: number }[]
    >;
    /** By product, donor and taker. */
    readonly applied: ReadonlyMap<string, number>;
}

const indexes = new WeakMap<readonly CellState[], Index>();

/** The rows by product; made once for each evidence, which has thousands of products. */
function indexOf(cells: readonly CellState[]): Index {
    const known = indexes.get(cells);
    if (known !== undefined) {
        return known;
    }
    const supplied = new Map<string, number>();
    const inPools = new Map<string, number>();
    const inOrders = new Map<string, number>();
    const applied = new Map<string, number>();
    for (const cell of cells) {
        for (const { productId, quantity } of cell.movements) {
            add(supplied, productId, quantity);
        }
        for (const { productId, available } of cell.pools) {
            add(inPools, productId, available);
        }
        for (const { home, status, lines } of cell.orders) {
            for (const { productId, quantity } of home === cell.number ? lines : []) {
                add(inOrders, productId, status === "cancelled" ? 0 : quantity);
            }
        }
        for (const row of cell.applied) {
            add(applied, `${row.productId} ${row.donor} ${cell.number}`, row.applied);
        }
    }
    // Of a grant the donor's row counts; others only know of it.
    const given = cells.flatMap(({ number, grants }) =>
        grants.filter(({ donor }) => donor === number),
    );
    const grants = groupBy(given, ({ productId }) => productId);
    const index = { supplied, inPools, inOrders, grants, applied };
    indexes.set(cells, index);
    return index;
}

function add(sums: Map<string, number>, key: string, amount: number): void {
    sums.set(key, (sums.get(key) ?? 0) + amount);
}

function findNegativePools({ name, pools }: CellState): readonly Violation[] {
    return pools
        .filter(({ available }) => available < 0)
        .map(({ productId, shard, available }) =>
            oversold(`The pool ${shard} of ${productId} in ${name} has ${available} units.`),
        );
}

function findImbalance(book: Book): readonly Violation[] {
    const { productId, supplied, inPools, inFlight, inOrders, overdrawn } = book;
    const accounted = inPools + inFlight + inOrders;
    return [
        ...overdrawn.map((way) =>
            oversold(`Of ${productId}, more units were taken in than given from ${way}.`),
        ),
        ...(accounted === supplied
            ? []
            : [
                  oversold(
                      `Of ${productId}, ${supplied} units were supplied, but ${accounted} are there: ` +
                          `${inPools} in pools, ${inFlight} on their way, ${inOrders} in live orders.`,
                  ),
              ]),
    ];
}

/** What the clients were told was supplied has to be in the books, and nothing beyond it. */
function findUnsupplied(
    operations: readonly Operation[],
    books: readonly Book[],
): readonly Violation[] {
    const known = new Map<string, { least: number; most: number }>();
    const expect = (productId: string, units: number, isCertain: boolean): void => {
        const { least, most } = known.get(productId) ?? { least: 0, most: 0 };
        known.set(productId, { least: least + (isCertain ? units : 0), most: most + units });
    };
    const created = new Set<string>();
    for (const { done, first } of attemptsOf(operations, "createProduct")) {
        const id = done[0]?.answer?.resourceId;
        if (id !== undefined && first.action.kind === "createProduct") {
            created.add(id);
            expect(id, first.action.units, true);
        }
    }
    for (const { outcome, first } of attemptsOf(operations, "receiveStock")) {
        if (outcome !== "failed" && first.action.kind === "receiveStock") {
            expect(first.action.productId, first.action.units, outcome === "ok");
        }
    }
    return books.flatMap(({ productId, supplied }) => {
        const { least, most } = known.get(productId) ?? { least: 0, most: 0 };
        return !created.has(productId) || (supplied >= least && supplied <= most)
            ? []
            : [
                  oversold(
                      `Of ${productId} (cell ${homeOf(productId)}), ${supplied} units are in the books, ` +
                          `but clients supplied ${least === most ? least : `${least} to ${most}`}.`,
                  ),
              ];
    });
}

function oversold(detail: string): Violation {
    return { rule: "oversold", detail };
}
