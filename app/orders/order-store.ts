import type { Row, SqlValue, Statement } from "../database/session";
import type { Position } from "../values/page";
import type { Line, Order, OrderItem, OrderStatus } from "./order";

/** A new order, before it has prices. */
export interface NewOrder {
    readonly tenantId: string;
    readonly orderId: string;
    readonly home: number;
    readonly customerId: string;
    readonly lines: readonly Line[];
    /** ISO 8601, milliseconds. */
    readonly createdAt: string;
}

/** Writes the order with its total. Fails with 23502 when none of the products exists. */
export function insertOrder(order: NewOrder): Statement {
    return {
        name: "insert-order",
        text: `INSERT INTO shop.orders (tenant_id, order_id, home, version, customer_id, status,
                   currency, total_minor, created_at, updated_at)
               SELECT $1, $2::uuid, $3::smallint, 1, $4::uuid, 'confirmed',
                   min(product.currency), sum(product.price_minor * wanted.quantity)::bigint,
                   $5::timestamptz, $5::timestamptz
               FROM unnest($6::uuid[], $7::bigint[]) AS wanted(product_id, quantity)
               JOIN shop.product
                   ON product.tenant_id = $1 AND product.product_id = wanted.product_id
                   AND NOT product.deleted`,
        values: [
            order.tenantId,
            order.orderId,
            order.home,
            order.customerId,
            order.createdAt,
            ...wantedArrays(order.lines),
        ],
    };
}

/** Writes the order's items at the present prices. */
export function insertItems({ tenantId, orderId, lines }: NewOrder): Statement {
    return {
        name: "insert-items",
        text: `INSERT INTO shop.order_item
                   (tenant_id, order_id, line, product_id, quantity, unit_minor)
               SELECT $1, $2::uuid, wanted.line, wanted.product_id, wanted.quantity,
                   product.price_minor
               FROM unnest($3::uuid[], $4::bigint[], $5::integer[])
                   AS wanted(product_id, quantity, line)
               JOIN shop.product
                   ON product.tenant_id = $1 AND product.product_id = wanted.product_id
                   AND NOT product.deleted`,
        values: [tenantId, orderId, ...wantedArrays(lines), lines.map(({ line }) => line)],
    };
}

/**
 * Fails with 22012 unless every line was found among the products that are sold and has a pool in
 * this cell, all are priced in one currency, and the customer exists.
 */
export function assertOrderHolds({ tenantId, orderId, customerId, lines }: NewOrder): Statement {
    return {
        name: "assert-order-holds",
        text: `SELECT 1 / CASE WHEN (
                   SELECT count(*) FROM shop.order_item
                   WHERE tenant_id = $1 AND order_id = $2::uuid
               ) = $5::bigint AND (
                   SELECT count(*) FROM unnest($4::uuid[]) AS wanted(product_id)
                   WHERE EXISTS (
                       SELECT FROM shop.stock_pool AS pool
                       WHERE pool.tenant_id = $1 AND pool.product_id = wanted.product_id
                   )
               ) = $5::bigint AND (
                   SELECT count(DISTINCT product.currency)
                   FROM unnest($4::uuid[]) AS wanted(product_id)
                   JOIN shop.product
                       ON product.tenant_id = $1 AND product.product_id = wanted.product_id
               ) = 1 AND EXISTS (
                   SELECT FROM shop.customer_stub WHERE tenant_id = $1 AND customer_id = $3::uuid
               ) THEN 1 ELSE 0 END AS holds`,
        values: [
            tenantId,
            orderId,
            customerId,
            lines.map(({ productId }) => productId),
            lines.length,
        ],
    };
}

/** Reads an order and its items; `readOrder` makes one of the rows of both. */
export function findOrder(tenantId: string, orderId: string): readonly [Statement, Statement] {
    const values = [tenantId, orderId];
    return [
        {
            name: "find-order",
            text: `SELECT order_id, customer_id, home, version, status, currency, total_minor,
                       created_at, updated_at, superseded_by
                   FROM shop.orders
                   WHERE tenant_id = $1 AND order_id = $2::uuid`,
            values,
        },
        {
            name: "find-items",
            text: `SELECT order_id, product_id, quantity, unit_minor
                   FROM shop.order_item
                   WHERE tenant_id = $1 AND order_id = $2::uuid
                   ORDER BY line`,
            values,
        },
    ];
}

/**
 * Reads a page of a customer's orders, newest first, and the items of that page in one more
 * statement of the same snapshot; `readOrders` joins the rows of both.
 */
export function listOrders(
    tenantId: string,
    customerId: string,
    after: Position | undefined,
    limit: number,
): readonly [Statement, Statement] {
    const [createdAt, orderId] = after ?? [null, null];
    const values: readonly SqlValue[] = [tenantId, customerId, createdAt, orderId, limit];
    return [
        {
            name: "list-orders",
            text: `SELECT order_id, customer_id, home, version, status, currency, total_minor,
                       created_at, updated_at, superseded_by
                   FROM shop.orders
                   WHERE tenant_id = $1 AND customer_id = $2::uuid AND ($3::timestamptz IS NULL
                       OR (created_at, order_id) < ($3::timestamptz, $4::uuid))
                   ORDER BY created_at DESC, order_id DESC
                   LIMIT $5::bigint`,
            values,
        },
        {
            name: "list-items",
            text: `SELECT order_id, product_id, quantity, unit_minor
                   FROM shop.order_item
                   WHERE tenant_id = $1 AND order_id IN (
                       SELECT order_id
                       FROM shop.orders
                       WHERE tenant_id = $1 AND customer_id = $2::uuid
                           AND ($3::timestamptz IS NULL
                               OR (created_at, order_id) < ($3::timestamptz, $4::uuid))
                       ORDER BY created_at DESC, order_id DESC
                       LIMIT $5::bigint
                   )
                   ORDER BY order_id, line`,
            values,
        },
    ];
}

/**
 * Cancels an order that is still in one of the statuses.
 * @param supersededBy the order that takes its place, if one does
 */
export function cancelOrder(
    tenantId: string,
    orderId: string,
    statuses: readonly string[],
    updatedAt: string,
    supersededBy: string | null = null,
): Statement {
    return {
        name: "cancel-order",
        text: `UPDATE shop.orders
               SET status = 'cancelled', version = version + 1, updated_at = $4::timestamptz,
                   superseded_by = $5::uuid
               WHERE tenant_id = $1 AND order_id = $2::uuid AND status = ANY($3::text[])`,
        values: [tenantId, orderId, statuses, updatedAt, supersededBy],
    };
}

/** The orders in the rows of two statements: orders, and items that belong to them. */
export function readOrders(rows: readonly Row[], itemRows: readonly Row[]): readonly Order[] {
    const itemsOf = new Map<unknown, OrderItem[]>(rows.map((row) => [row["order_id"], []]));
    for (const row of itemRows) {
        itemsOf.get(row["order_id"])?.push({
            productId: String(row["product_id"]),
            quantity: Number(row["quantity"]),
            unitMinor: BigInt(String(row["unit_minor"])),
        });
    }
    return rows.map((row) => ({
        orderId: String(row["order_id"]),
        customerId: String(row["customer_id"]),
        home: Number(row["home"]),
        version: Number(row["version"]),
        status: row["status"] as OrderStatus,
        currency: String(row["currency"]),
        totalMinor: BigInt(String(row["total_minor"])),
        createdAt: row["created_at"] as Date,
        updatedAt: row["updated_at"] as Date,
        supersededBy: row["superseded_by"] == null ? undefined : String(row["superseded_by"]),
        items: itemsOf.get(row["order_id"]) ?? [],
    }));
}

function wantedArrays(lines: readonly Line[]): [readonly string[], readonly number[]] {
    return [lines.map(({ productId }) => productId), lines.map(({ quantity }) => quantity)];
}
