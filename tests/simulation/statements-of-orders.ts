import type { SqlValue } from "../../app/database/session";
import type { StoredRow } from "./memory-table";
import type { Transaction } from "./memory-transaction";
import {
    assertHolds,
    type Interpretations,
    insert,
    none,
    numbers,
    poolKey,
    putPool,
    sqlError,
    texts,
} from "./statements";

/** Statements of `app/orders` and `app/database/idempotency-store.ts`. */
export const orderStatements: Interpretations = {
    "claim-key": (transaction, [, key, fingerprint, resourceId, askedAt]) =>
        insertClaim(transaction, [key, fingerprint, resourceId, askedAt].map(String)),
    "insert-claims"(transaction, [, keys, fingerprints, resourceIds, askedAt]) {
        for (const [index, key] of texts(keys).entries()) {
            const others = [fingerprints, resourceIds, askedAt].map(
                (column) => texts(column)[index],
            );
            insertClaim(transaction, [key, ...others].map(String));
        }
        return none;
    },
    "replace-claims"(transaction, [, keys, resourceIds, askedAt, storedIds]) {
        return texts(keys).flatMap((key, index) => {
            const row = transaction.get("idempotency", key);
            if (row === undefined || row["resource_id"] !== texts(storedIds)[index]) {
                return [];
            }
            transaction.put("idempotency", key, {
                ...row,
                resource_id: texts(resourceIds)[index] ?? "",
                created_at: texts(askedAt)[index] ?? "",
            });
            return [{ key }];
        });
    },
    "find-claims": (transaction, [, keys]) => claimsOf(transaction, texts(keys)),
    "find-checkout-states": (transaction, [, keys]) => claimsOf(transaction, texts(keys)),
    "find-customers-of-orders": (transaction, [, orderIds]) =>
        texts(orderIds)
            .map((id) => transaction.get("orders", id))
            .filter((row) => row !== undefined),
    "find-key"(transaction, [, key]) {
        const row = transaction.get("idempotency", String(key));
        return row === undefined ? none : [row];
    },
    "take-from-one-pool"(transaction, [, productIds, quantities, seed]) {
        for (const [index, productId] of texts(productIds).entries()) {
            const quantity = numbers(quantities)[index] ?? 0;
            const pools = transaction.select("pool", productId);
            const [chosen] = inTakingOrder(pools, quantity, Number(seed));
            if (chosen !== undefined) {
                take(transaction, chosen, quantity);
            }
        }
        return none;
    },
    "take-from-pools"(transaction, [, productIds, shards, units]) {
        for (const [index, productId] of texts(productIds).entries()) {
            const key = poolKey(productId, numbers(shards)[index] ?? 0);
            const pool = transaction.get("pool", key);
            if (pool !== undefined) {
                take(transaction, pool, numbers(units)[index] ?? 0);
            }
        }
        return none;
    },
    "assert-pools-exist": (transaction, [, productIds, shards, count]) =>
        assertHolds(
            texts(productIds).filter(
                (productId, index) =>
                    transaction.get("pool", poolKey(productId, numbers(shards)[index] ?? 0)) !==
                    undefined,
            ).length === count,
        ),
    "insert-order"(transaction, [, orderId, home, customerId, createdAt, ...wanted]) {
        const products = soldProducts(transaction, texts(wanted[0]));
        const [first] = products.map(({ row }) => String(row["currency"])).sort();
        if (first === undefined) {
            throw sqlError("23502");
        }
        const total = products.reduce(
            (sum, { row, index }) =>
                sum + Number(row["price_minor"]) * (numbers(wanted[1])[index] ?? 0),
            0,
        );
        return insert(
            transaction,
            "orders",
            String(orderId),
            {
                order_id: String(orderId),
                home: Number(home),
                version: 1,
                customer_id: String(customerId),
                status: "confirmed",
                currency: first,
                total_minor: String(total),
                created_at: String(createdAt),
                updated_at: String(createdAt),
                superseded_by: null,
            },
            "orders_pkey",
        );
    },
    "insert-items"(transaction, [, orderId, productIds, quantities, lines]) {
        for (const { row, index } of soldProducts(transaction, texts(productIds))) {
            const line = numbers(lines)[index] ?? 0;
            transaction.put("item", `${orderId}/${line}`, {
                order_id: String(orderId),
                line,
                product_id: String(row["product_id"]),
                quantity: numbers(quantities)[index] ?? 0,
                unit_minor: Number(row["price_minor"]),
            });
        }
        return none;
    },
    "assert-order-holds"(transaction, [, orderId, customerId, productIds, count]) {
        const wanted = texts(productIds);
        const currencies = wanted.map((id) => transaction.get("product", id)?.["currency"]);
        return assertHolds(
            transaction.select("item", String(orderId)).length === count &&
                wanted.filter((id) => transaction.select("pool", id).length > 0).length === count &&
                new Set(currencies.filter((currency) => currency !== undefined)).size === 1 &&
                transaction.get("stub", String(customerId)) !== undefined,
        );
    },
    "find-order"(transaction, [, orderId]) {
        const row = transaction.get("orders", String(orderId));
        return row === undefined ? none : [withTimes(row)];
    },
    "find-items": (transaction, [, orderId]) => itemsOf(transaction, String(orderId)),
    "return-stock"(transaction, [, orderId, statuses]) {
        if (!hasStatus(transaction, orderId, statuses)) {
            return none;
        }
        for (const item of itemsOf(transaction, String(orderId))) {
            const pools = transaction.select("pool", String(item["product_id"]));
            const [lowest] = [...pools].sort((a, b) => Number(a["shard"]) - Number(b["shard"]));
            if (lowest !== undefined) {
                const units = Number(item["quantity"]);
                putPool(transaction, {
                    ...lowest,
                    available: Number(lowest["available"]) + units,
                    returned: Number(lowest["returned"]) + units,
                });
            }
        }
        return none;
    },
    "cancel-order"(transaction, [, orderId, statuses, updatedAt, supersededBy]) {
        const row = transaction.get("orders", String(orderId));
        if (row !== undefined && hasStatus(transaction, orderId, statuses)) {
            transaction.put("orders", String(orderId), {
                ...row,
                status: "cancelled",
                version: Number(row["version"]) + 1,
                updated_at: String(updatedAt),
                superseded_by: supersededBy === null ? null : String(supersededBy),
            });
        }
        return none;
    },
    "find-customer-of-order"(transaction, [, customerId]) {
        const row = transaction.get("stub", String(customerId));
        return row === undefined ? none : [row];
    },
    "find-currencies": (transaction, [, productIds]) =>
        soldProducts(transaction, texts(productIds)).map(({ row }) => row),
    "find-pools-of-products": (transaction, [, productIds]) =>
        [...texts(productIds)].sort().flatMap((id) => sortedPools(transaction.select("pool", id))),
};

function insertClaim(
    transaction: Transaction,
    [key = "", fingerprint = "", resourceId = "", askedAt = ""]: readonly string[],
) {
    const row = { key, fingerprint, resource_id: resourceId, created_at: askedAt };
    return insert(transaction, "idempotency", key, row, "idempotency_pkey");
}

function claimsOf(transaction: Transaction, keys: readonly string[]): readonly StoredRow[] {
    return keys
        .map((key) => transaction.get("idempotency", key))
        .filter((row) => row !== undefined);
}

/** A copy of `findPools` and others: in the order of the shards. */
export function sortedPools(pools: readonly StoredRow[]): readonly StoredRow[] {
    return [...pools].sort((one, other) => Number(one["shard"]) - Number(other["shard"]));
}

/** In the order of the lines. */
export function itemsOf(transaction: Transaction, orderId: string): readonly StoredRow[] {
    const items = transaction.select("item", orderId);
    return [...items].sort((one, other) => Number(one["line"]) - Number(other["line"]));
}

function inTakingOrder(pools: readonly StoredRow[], quantity: number, seed: number): StoredRow[] {
    const rank = (pool: StoredRow) => (Number(pool["available"]) >= quantity ? 0 : 1);
    const turn = (pool: StoredRow) => (Number(pool["shard"]) + seed) % pools.length;
    return [...pools].sort(
        (a, b) => rank(a) - rank(b) || turn(a) - turn(b) || Number(a["shard"]) - Number(b["shard"]),
    );
}

function take(transaction: Transaction, pool: StoredRow, units: number): void {
    putPool(transaction, {
        ...pool,
        available: Number(pool["available"]) - units,
        taken: Number(pool["taken"]) + units,
    });
}

function soldProducts(
    transaction: Transaction,
    productIds: readonly string[],
): { readonly row: StoredRow; readonly index: number }[] {
    return productIds.flatMap((id, index) => {
        const row = transaction.get("product", id);
        return row === undefined || row["deleted"] === true ? [] : [{ row, index }];
    });
}

function hasStatus(
    transaction: Transaction,
    orderId: SqlValue | undefined,
    statuses: SqlValue | undefined,
): boolean {
    const status = transaction.get("orders", String(orderId))?.["status"];
    return texts(statuses).includes(String(status));
}

function withTimes(row: StoredRow) {
    return {
        ...row,
        created_at: new Date(String(row["created_at"])),
        updated_at: new Date(String(row["updated_at"])),
    };
}
