import { homeOf } from "../../app/values/ids";
import type { SimulatedCell } from "./cell";
import { allRows, type StoredRow, type TableName } from "./memory-table";
import type { Promises } from "./workload";

/** In what the cells differ; none when all have converged. */
export function differences(cells: ReadonlyMap<number, SimulatedCell>): readonly string[] {
    const waiting = [...cells.values()]
        .filter(({ database }) => [...database.tables().outbox.index.values()].some(hasSome))
        .map(({ number }) => `the outbox of cell ${number} is not empty`);
    // Whole tables are compared only when that may be the last time.
    if (waiting.length > 0) {
        return waiting;
    }
    const rows = [...cells.values()].flatMap((home) =>
        [...cells.values()]
            .filter((other) => other !== home)
            .flatMap((other) => differencesBetween(home, other)),
    );
    return rows.length > 0 ? rows : ambiguousKeys([...cells.values()]);
}

/** Every order that stands is what its own cell means by its key; cells that agree have but one. */
function ambiguousKeys(cells: readonly SimulatedCell[]): readonly string[] {
    const tables = cells.map(({ database }) => database.tables());
    const orders = new Set(tables.flatMap((each) => [...each.orders.entries.keys()]));
    const meanings = new Map<string, Set<string>>();
    for (const row of tables.flatMap(({ idempotency }) => allRows(idempotency))) {
        const [key, id] = [String(row["key"]), String(row["resource_id"])];
        if (orders.has(id)) {
            meanings.set(key, (meanings.get(key) ?? new Set()).add(id));
        }
    }
    return [...meanings]
        .filter(([, ids]) => ids.size > 1)
        .map(([key, ids]) => `the key ${key} means ${[...ids].join(" and ")}`);
}

function hasSome({ size }: ReadonlySet<string>): boolean {
    return size > 0;
}

function differencesBetween(home: SimulatedCell, other: SimulatedCell): string[] {
    const ours = home.database.tables();
    const theirs = other.database.tables();
    const compared = (table: TableName, isCopied: (row: StoredRow) => boolean) => {
        let count = 0;
        const wrong: string[] = [];
        for (const [key, { row }] of ours[table].entries) {
            if (row?.["home"] === home.number && isCopied(row)) {
                count++;
                if (!isSame(row, theirs[table].entries.get(key)?.row)) {
                    wrong.push(`${table} ${key}`);
                }
            }
        }
        const copies = allRows(theirs[table]).filter((row) => row["home"] === home.number).length;
        return [
            ...wrong,
            ...(count === copies ? [] : [`${count} ${table} and ${copies} copies`]),
        ].map((what) => `cell ${home.number} and its copies in ${other.number}: ${what}`);
    };
    const gifts = allRows(ours.grant)
        .filter((grant) => grant["donor"] === home.number && grant["taker"] === other.number)
        .filter((grant) => {
            const key = `${grant["product_id"]}/${home.number}`;
            return (theirs.applied.entries.get(key)?.row?.["applied"] ?? 0) !== grant["given"];
        })
        .map((grant) => `cell ${other.number} has not taken in ${JSON.stringify(grant)}`);
    return [
        ...compared("product", () => true),
        ...compared("stub", () => true),
        ...compared("orders", (row) => homeOf(String(row["customer_id"])) === other.number),
        ...gifts,
    ];
}

function isSame(row: StoredRow, copy: StoredRow | undefined): boolean {
    return copy !== undefined && Object.keys(row).every((column) => row[column] === copy[column]);
}

/**
 * What was promised to clients and does not hold.
 * @param restored cells that have forgotten what came after their backup
 */
export function brokenPromises(
    cells: ReadonlyMap<number, SimulatedCell>,
    { orders }: Promises,
    restored: ReadonlySet<number>,
): readonly string[] {
    const broken: string[] = [];
    for (const [id, { cell, isCancelled }] of orders) {
        const row = cells.get(cell)?.database.tables().orders.entries.get(id)?.row;
        if (row === undefined || (isCancelled && row["status"] !== "cancelled")) {
            broken.push(`order ${id} was acknowledged, and is ${row?.["status"] ?? "lost"}`);
        }
    }
    for (const { number, database } of cells.values()) {
        const { orders: stored, idempotency } = database.tables();
        const claimed = new Set(allRows(idempotency).map((row) => row["resource_id"]));
        const unclaimed = allRows(stored).filter(
            (row) =>
                row["home"] === number &&
                row["superseded_by"] === null &&
                !claimed.has(row["order_id"] ?? ""),
        );
        if (!restored.has(number) && unclaimed.length > 0) {
            broken.push(`${unclaimed.length} orders of cell ${number} have no key`);
        }
    }
    return broken;
}
