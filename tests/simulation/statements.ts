import type { Row, SqlValue } from "../../app/database/session";
import type { StoredRow } from "./memory-table";
import type { Transaction } from "./memory-transaction";

/** What a statement of the program does, in memory. */
export type Interpretation = (
    transaction: Transaction,
    values: readonly SqlValue[],
) => readonly Row[];

export type Interpretations = Readonly<Record<string, Interpretation>>;

export const none: readonly Row[] = [];

/** A statement's parameter, where it is a list. */
export function texts(value: SqlValue | undefined): readonly string[] {
    return (value ?? []) as readonly string[];
}

export function numbers(value: SqlValue | undefined): readonly number[] {
    return (value ?? []) as readonly number[];
}

/** An error as the database reports it. */
export function sqlError(code: string, constraint?: string): Error {
    return Object.assign(new Error(`SQLSTATE ${code} ${constraint ?? ""}`), { code, constraint });
}

/** Writes a pool unless that would leave it below zero. */
export function putPool(transaction: Transaction, pool: StoredRow): void {
    if (Number(pool["available"]) < 0) {
        throw sqlError("23514", "stock_pool_available_not_negative");
    }
    transaction.put("pool", poolKey(String(pool["product_id"]), Number(pool["shard"])), pool);
}

export function poolKey(productId: string, shard: number): string {
    return `${productId}/${shard}`;
}

export function newPool(productId: string, shard: number, available: number): StoredRow {
    return { product_id: productId, shard, available, taken: 0, returned: 0 };
}

export function grantKey(productId: string, donor: number, taker: number): string {
    return `${productId}/${donor}/${taker}`;
}

/** What our assertions do when they do not hold. */
export function assertHolds(condition: boolean): readonly Row[] {
    if (!condition) {
        throw sqlError("22012");
    }
    return [{ holds: 1 }];
}

/** An insert that fails when the key is taken. */
export function insert(
    transaction: Transaction,
    table: Parameters<Transaction["put"]>[0],
    key: string,
    row: StoredRow,
    constraint: string,
): readonly Row[] {
    if (transaction.get(table, key) !== undefined) {
        throw sqlError("23505", constraint);
    }
    transaction.put(table, key, row);
    return none;
}
