import type { SqlValue } from "../../app/database/session";
import type { StoredRow } from "./memory-table";
import type { Transaction } from "./memory-transaction";
import {
    assertHolds,
    grantKey,
    type Interpretations,
    insert,
    newPool,
    none,
    numbers,
    poolKey,
    putPool,
    texts,
} from "./statements";
import { sortedPools } from "./statements-of-orders";

/** Statements of `app/inventory`. */
export const stockStatements: Interpretations = {
    "insert-pool": (transaction, [, productId, shard, available]) =>
        insert(
            transaction,
            "pool",
            poolKey(String(productId), Number(shard)),
            newPool(String(productId), Number(shard), Number(available)),
            "stock_pool_pkey",
        ),
    "insert-movement": (transaction, [, productId, movementId, quantity]) =>
        insert(
            transaction,
            "movement",
            String(movementId),
            { product_id: String(productId), quantity: Number(quantity) },
            "stock_movement_pkey",
        ),
    "find-pools"(transaction, [, productId]) {
        const product = transaction.get("product", String(productId));
        if (product === undefined || product["deleted"] === true) {
            return none;
        }
        const pools = sortedPools(transaction.select("pool", String(productId)));
        return pools.length === 0
            ? [{ shard: null, available: null, held: null }]
            : pools.map((pool) => ({
                  ...pool,
                  held: Number(pool["taken"]) - Number(pool["returned"]),
              }));
    },
    "open-pools"(transaction, [, productId, shards]) {
        for (const shard of numbers(shards)) {
            openPool(transaction, String(productId), shard);
        }
        return none;
    },
    "change-pools"(transaction, [, productId, shards, units]) {
        for (const [index, shard] of numbers(shards).entries()) {
            const pool = transaction.get("pool", poolKey(String(productId), shard));
            if (pool !== undefined) {
                add(transaction, pool, numbers(units)[index] ?? 0);
            }
        }
        return none;
    },
    "assert-product-exists"(transaction, [, productId]) {
        const product = transaction.get("product", String(productId));
        return assertHolds(product !== undefined && product["deleted"] !== true);
    },
    "find-donor-pools": (transaction, [, productId]) =>
        transaction.select("pool", String(productId)),
    "find-given"(transaction, [, productId, donor, taker]) {
        const grant = grantOf(transaction, productId, donor, taker);
        return grant === undefined ? none : [grant];
    },
    "assert-given": (transaction, [, productId, donor, taker, given]) =>
        assertHolds(
            Number(grantOf(transaction, productId, donor, taker)?.["given"] ?? 0) === given,
        ),
    "raise-given"(transaction, [, productId, donor, taker, given]) {
        raiseGiven(transaction, String(productId), Number(donor), Number(taker), Number(given));
        return none;
    },
    "insert-grant": (transaction, [, productId, donor, taker, given]) =>
        insert(
            transaction,
            "grant",
            grantKey(String(productId), Number(donor), Number(taker)),
            {
                product_id: String(productId),
                donor: Number(donor),
                taker: Number(taker),
                given: Number(given),
            },
            "stock_grant_pkey",
        ),
    "find-applied": (transaction, [, productIds]) =>
        [...new Set(texts(productIds))].flatMap((id) => transaction.select("applied", id)),
    "assert-applied"(transaction, [, productIds, donors, applied, count]) {
        const holding = texts(productIds).filter((productId, index) => {
            const key = `${productId}/${numbers(donors)[index]}`;
            const stored = Number(transaction.get("applied", key)?.["applied"] ?? 0);
            return stored === numbers(applied)[index];
        });
        return assertHolds(holding.length === count);
    },
    "open-first-pools"(transaction, [, productIds]) {
        for (const productId of texts(productIds)) {
            openPool(transaction, productId, 0);
        }
        return none;
    },
    "fill-first-pools"(transaction, [, productIds, units]) {
        for (const [index, productId] of texts(productIds).entries()) {
            const pool = transaction.get("pool", poolKey(productId, 0));
            if (pool !== undefined) {
                add(transaction, pool, numbers(units)[index] ?? 0);
            }
        }
        return none;
    },
    "raise-applied"(transaction, [, productIds, donors, applied]) {
        for (const [index, productId] of texts(productIds).entries()) {
            const donor = numbers(donors)[index] ?? 0;
            transaction.put("applied", `${productId}/${donor}`, {
                product_id: productId,
                donor,
                applied: numbers(applied)[index] ?? 0,
            });
        }
        return none;
    },
    "sample-stock"(transaction, [, after, limit]) {
        const totals = new Map<string, [number, number, number]>();
        for (const pool of transaction.all("pool")) {
            const id = String(pool["product_id"]);
            if (id > String(after)) {
                const [available, taken, returned] = totals.get(id) ?? [0, 0, 0];
                totals.set(id, [
                    available + Number(pool["available"]),
                    taken + Number(pool["taken"]),
                    returned + Number(pool["returned"]),
                ]);
            }
        }
        return [...totals]
            .sort(([one], [other]) => (one < other ? -1 : 1))
            .slice(0, Number(limit))
            .map(([product_id, [available, taken, returned]]) => ({
                product_id,
                available,
                taken,
                returned,
            }));
    },
};

/** Raises what a donor is known to have given; a smaller number changes nothing. */
export function raiseGiven(
    transaction: Transaction,
    productId: string,
    donor: number,
    taker: number,
    given: number,
): void {
    const key = grantKey(productId, donor, taker);
    const stored = transaction.get("grant", key);
    if (stored === undefined || Number(stored["given"]) < given) {
        transaction.put("grant", key, { product_id: productId, donor, taker, given });
    }
}

function grantOf(
    transaction: Transaction,
    productId: SqlValue | undefined,
    donor: SqlValue | undefined,
    taker: SqlValue | undefined,
): StoredRow | undefined {
    return transaction.get("grant", grantKey(String(productId), Number(donor), Number(taker)));
}

function openPool(transaction: Transaction, productId: string, shard: number): void {
    const key = poolKey(productId, shard);
    if (transaction.get("pool", key) === undefined) {
        transaction.put("pool", key, newPool(productId, shard, 0));
    }
}

function add(transaction: Transaction, pool: StoredRow, units: number): void {
    putPool(transaction, { ...pool, available: Number(pool["available"]) + units });
}
