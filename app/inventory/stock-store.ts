import type { Row, Statement } from "../database/session";
import type { Pool, PoolChange } from "./stock";

/** An entry of the ledger of supply: units that came in, or a count that was corrected. */
export interface Movement {
    readonly tenantId: string;
    readonly productId: string;
    readonly movementId: string;
    /** Units, negative for a correction downwards. */
    readonly quantity: number;
    readonly reason: string;
    /** ISO 8601, milliseconds. */
    readonly createdAt: string;
}

/** Opens a pool: units of a product that this cell may sell. Fails with 23505 if it exists. */
export function insertPool(
    tenantId: string,
    productId: string,
    shard: number,
    available: number,
): Statement {
    return {
        name: "insert-pool",
        text: `INSERT INTO shop.stock_pool (tenant_id, product_id, shard, available)
               VALUES ($1, $2::uuid, $3::integer, $4::bigint)`,
        values: [tenantId, productId, shard, available],
    };
}

/** Writes a movement to the ledger. Fails with 23505 on `stock_movement_pkey` when repeated. */
export function insertMovement(movement: Movement): Statement {
    return {
        name: "insert-movement",
        text: `INSERT INTO shop.stock_movement
                   (tenant_id, product_id, movement_id, quantity, reason, created_at)
               VALUES ($1, $2::uuid, $3::uuid, $4::bigint, $5, $6::timestamptz)`,
        values: [
            movement.tenantId,
            movement.productId,
            movement.movementId,
            movement.quantity,
            movement.reason,
            movement.createdAt,
        ],
    };
}

/**
 * Reads the pools of a product: no row when the product is unknown or deleted; otherwise a row of
 * `shard` and `available` for each pool, or one of nulls when this cell has none.
 */
export function findPools(tenantId: string, productId: string): Statement {
    return {
        name: "find-pools",
        text: `SELECT pool.shard, pool.available,
                   coalesce(pool.taken, 0) - coalesce(pool.returned, 0) AS held
               FROM shop.product
               LEFT JOIN shop.stock_pool AS pool
                   ON pool.tenant_id = product.tenant_id AND pool.product_id = product.product_id
               WHERE product.tenant_id = $1 AND product.product_id = $2::uuid
                   AND NOT product.deleted
               ORDER BY pool.shard`,
        values: [tenantId, productId],
    };
}

/** Units in live orders of this cell, from the rows of `findPools`. */
export function readHeld(rows: readonly Row[]): number {
    return rows.reduce((total, row) => total + Number(row["held"] ?? 0), 0);
}

/** The pools in the rows of `findPools`; undefined when there is no such product. */
export function readPools(rows: readonly Row[]): readonly Pool[] | undefined {
    if (rows.length === 0) {
        return undefined;
    }
    return rows
        .filter(({ shard }) => shard !== null)
        .map((row) => ({ shard: Number(row["shard"]), available: Number(row["available"]) }));
}

/** Opens the pools that do not exist yet, empty. */
export function openPools(
    tenantId: string,
    productId: string,
    shards: readonly number[],
): Statement {
    return {
        name: "open-pools",
        text: `INSERT INTO shop.stock_pool (tenant_id, product_id, shard, available)
               SELECT $1, $2::uuid, wanted.shard, 0
               FROM unnest($3::integer[]) AS wanted(shard)
               ON CONFLICT (tenant_id, product_id, shard) DO NOTHING`,
        values: [tenantId, productId, shards],
    };
}

/**
 * Changes pools by differences. Fails with 23514 on `stock_pool_available_not_negative` when one
 * has too few units by now.
 */
export function changePools(
    tenantId: string,
    productId: string,
    changes: readonly PoolChange[],
): Statement {
    return {
        name: "change-pools",
        text: `UPDATE shop.stock_pool AS pool
               SET available = pool.available + change.units
               FROM unnest($3::integer[], $4::bigint[]) AS change(shard, units)
               WHERE pool.tenant_id = $1 AND pool.product_id = $2::uuid
                   AND pool.shard = change.shard`,
        values: [
            tenantId,
            productId,
            changes.map(({ shard }) => shard),
            changes.map(({ units }) => units),
        ],
    };
}

/** Fails with 22012 unless the product exists and is not deleted. */
export function assertProductExists(tenantId: string, productId: string): Statement {
    return {
        name: "assert-product-exists",
        text: `SELECT 1 / CASE WHEN EXISTS (
                   SELECT FROM shop.product
                   WHERE tenant_id = $1 AND product_id = $2::uuid AND NOT deleted
               ) THEN 1 ELSE 0 END AS holds`,
        values: [tenantId, productId],
    };
}
