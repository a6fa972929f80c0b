import type { Statement } from "../database/session";
import type { Line } from "./order";
import type { Taking } from "./refusal";

/**
 * Takes each line's units from one pool of its product. A pool that has enough comes first; among
 * equals the choice rotates with the seed, so that concurrent orders write different rows. Short
 * stock is not looked for: it violates `stock_pool_available_not_negative` (23514). A product
 * without a pool is passed over, which `assertOrderHolds` notices.
 * @param seed a whole number from 0 up, the same whenever the order is repeated
 */
export function takeFromOnePool(tenantId: string, lines: readonly Line[], seed: number): Statement {
    return {
        name: "take-from-one-pool",
        text: `UPDATE shop.stock_pool AS pool
               SET available = pool.available - chosen.quantity,
                   taken = coalesce(pool.taken, 0) + chosen.quantity
               FROM (
                   SELECT wanted.product_id, wanted.quantity, (
                       SELECT candidate.shard
                       FROM shop.stock_pool AS candidate
                       WHERE candidate.tenant_id = $1
                           AND candidate.product_id = wanted.product_id
                       ORDER BY candidate.available >= wanted.quantity DESC,
                           (candidate.shard + $4::bigint) % count(*) OVER (),
                           candidate.shard
                       LIMIT 1
                   ) AS shard
                   FROM unnest($2::uuid[], $3::bigint[]) AS wanted(product_id, quantity)
               ) AS chosen
               WHERE pool.tenant_id = $1 AND pool.product_id = chosen.product_id
                   AND pool.shard = chosen.shard`,
        values: [
            tenantId,
            lines.map(({ productId }) => productId),
            lines.map(({ quantity }) => quantity),
            seed,
        ],
    };
}

/**
 * Takes units from the pools of a plan: all that exist, or none (22012), and none of them below
 * zero (23514).
 */
export function takeFromPools(tenantId: string, takings: readonly Taking[]): readonly Statement[] {
    const productIds = takings.map(({ productId }) => productId);
    const shards = takings.map(({ shard }) => shard);
    const units = takings.map((taking) => taking.units);
    return [
        {
            name: "take-from-pools",
            text: `UPDATE shop.stock_pool AS pool
                   SET available = pool.available - taking.units,
                       taken = coalesce(pool.taken, 0) + taking.units
                   FROM unnest($2::uuid[], $3::integer[], $4::bigint[])
                       AS taking(product_id, shard, units)
                   WHERE pool.tenant_id = $1 AND pool.product_id = taking.product_id
                       AND pool.shard = taking.shard`,
            values: [tenantId, productIds, shards, units],
        },
        {
            name: "assert-pools-exist",
            text: `SELECT 1 / CASE WHEN (
                       SELECT count(*)
                       FROM unnest($2::uuid[], $3::integer[]) AS taking(product_id, shard)
                       JOIN shop.stock_pool AS pool
                           ON pool.tenant_id = $1 AND pool.product_id = taking.product_id
                           AND pool.shard = taking.shard
                   ) = $4::bigint THEN 1 ELSE 0 END AS holds`,
            values: [tenantId, productIds, shards, takings.length],
        },
    ];
}

/**
 * Returns the units of an order that is still in one of the statuses, each line to the lowest pool
 * of its product. Has to stand before the statement that changes the status.
 */
export function returnStock(
    tenantId: string,
    orderId: string,
    statuses: readonly string[],
): Statement {
    return {
        name: "return-stock",
        text: `UPDATE shop.stock_pool AS pool
               SET available = pool.available + item.quantity,
                   returned = coalesce(pool.returned, 0) + item.quantity
               FROM shop.order_item AS item
               JOIN shop.orders
                   ON orders.tenant_id = item.tenant_id AND orders.order_id = item.order_id
               WHERE item.tenant_id = $1 AND item.order_id = $2::uuid
                   AND orders.status = ANY($3::text[])
                   AND pool.tenant_id = $1 AND pool.product_id = item.product_id
                   AND pool.shard = (
                       SELECT min(candidate.shard)
                       FROM shop.stock_pool AS candidate
                       WHERE candidate.tenant_id = $1
                           AND candidate.product_id = item.product_id
                   )`,
        values: [tenantId, orderId, statuses],
    };
}
