import type { Operation } from "./history";

/** What one cell's database holds in the end. */
export interface CellState {
    readonly name: string;
    readonly number: number;
    readonly products: readonly ProductRow[];
    readonly customers: readonly VersionedRow[];
    readonly stubs: readonly VersionedRow[];
    readonly orders: readonly OrderRow[];
    readonly pools: readonly PoolRow[];
    readonly movements: readonly MovementRow[];
    /** What this cell gave and knows others to have given. */
    readonly grants: readonly GrantRow[];
    /** What this cell took. */
    readonly applied: readonly AppliedRow[];
    readonly keys: readonly KeyRow[];
    /** Messages that no queue has accepted yet. */
    readonly outboxDepth: number;
    /** Tables that hold personal data of customers whose home is another cell. */
    readonly personalTraces: readonly string[];
}

export interface VersionedRow {
    readonly id: string;
    /** The number of the cell that alone may change it. */
    readonly home: number;
    readonly version: number;
}

export interface ProductRow extends VersionedRow {
    readonly isDeleted: boolean;
    /** A digest of everything a customer sees. */
    readonly digest: string;
}

export interface OrderRow extends VersionedRow {
    readonly customerId: string;
    readonly status: string;
    readonly totalMinor: number;
    /** The order that took its place. */
    readonly supersededBy?: string;
    readonly lines: readonly OrderLine[];
}

export interface OrderLine {
    readonly productId: string;
    readonly quantity: number;
}

export interface PoolRow {
    readonly productId: string;
    readonly shard: number;
    readonly available: number;
    /** Units that orders ever took from it. */
    readonly taken: number;
    /** Units that cancelled orders ever brought back to it. */
    readonly returned: number;
}

export interface MovementRow {
    readonly id: string;
    readonly productId: string;
    readonly quantity: number;
}

export interface GrantRow {
    readonly productId: string;
    readonly donor: number;
    readonly taker: number;
    /** Units ever given. */
    readonly given: number;
}

export interface AppliedRow {
    readonly productId: string;
    readonly donor: number;
    /** Of the units ever given, how many have been taken in. */
    readonly applied: number;
}

export interface KeyRow {
    readonly key: string;
    readonly resourceId: string;
}

/** What the checkers are given. */
export interface Evidence {
    readonly operations: readonly Operation[];
    readonly cells: readonly CellState[];
}

/** Something that must never be. */
export interface Violation {
    readonly rule: string;
    readonly detail: string;
}

/** The number of the cell an id was made in: its last byte. */
export function homeOf(id: string): number {
    return Number.parseInt(id.slice(-2), 16);
}

/** The sum of what a function makes of each. */
export function sumOf<Value>(values: readonly Value[], numberOf: (value: Value) => number): number {
    return values.reduce((sum, value) => sum + numberOf(value), 0);
}

/** The values, by what a function makes of each. */
export function groupBy<Value>(
    values: readonly Value[],
    keyOf: (value: Value) => string,
): Map<string, Value[]> {
    const groups = new Map<string, Value[]>();
    for (const value of values) {
        const key = keyOf(value);
        const group = groups.get(key);
        if (group === undefined) {
            groups.set(key, [value]);
        } else {
            group.push(value);
        }
    }
    return groups;
}
