import type { Row, Statement } from "../database/session";
import type { Pool } from "../inventory/stock";
import { findKnownStock, readKnownStock } from "../replication/gauge-store";
import type { OrderFacts } from "./refusal";

/** Reads, in one snapshot, what an order can have been refused for; `readFacts` reads the rows. */
export function findFacts(
    tenantId: string,
    customerId: string,
    productIds: readonly string[],
): readonly Statement[] {
    return [
        {
            name: "find-customer-of-order",
            text: `SELECT customer_id FROM shop.customer_stub
                   WHERE tenant_id = $1 AND customer_id = $2::uuid`,
            values: [tenantId, customerId],
        },
        {
            name: "find-currencies",
            text: `SELECT product_id, currency FROM shop.product
                   WHERE tenant_id = $1 AND product_id = ANY($2::uuid[]) AND NOT deleted`,
            values: [tenantId, productIds],
        },
        {
            name: "find-pools-of-products",
            text: `SELECT product_id, shard, available FROM shop.stock_pool
                   WHERE tenant_id = $1 AND product_id = ANY($2::uuid[])
                   ORDER BY product_id, shard`,
            values: [tenantId, productIds],
        },
        ...findKnownStock(tenantId, productIds),
    ];
}

/** The facts in the rows of `findFacts`. */
export function readFacts([
    customers = [],
    products = [],
    poolRows = [],
    ...knownRows
]: readonly (readonly Row[])[]): OrderFacts {
    const pools = new Map<string, Pool[]>();
    for (const row of poolRows) {
        const productId = String(row["product_id"]);
        const pool = { shard: Number(row["shard"]), available: Number(row["available"]) };
        pools.set(productId, [...(pools.get(productId) ?? []), pool]);
    }
    return {
        isCustomerKnown: customers.length > 0,
        currencies: new Map(
            products.map((row) => [String(row["product_id"]), String(row["currency"])]),
        ),
        pools,
        known: readKnownStock(knownRows),
        elsewhere: new Map(),
    };
}
