import type { Row, Statement } from "../database/session";
import type { OwnStock } from "../replication/rebalance";

const leastId = "00000000-0000-0000-0000-000000000000";

/** Reads what this cell has of its products, in the order of their ids; `stockOfRow` reads a row. */
export function sampleStock(tenantId: string, after: string | undefined, limit: number): Statement {
    return {
        name: "sample-stock",
        text: `SELECT product_id::text, sum(available)::bigint AS available,
                   sum(coalesce(taken, 0))::bigint AS taken,
                   sum(coalesce(returned, 0))::bigint AS returned
               FROM shop.stock_pool
               WHERE tenant_id = $1 AND product_id > $2::uuid
               GROUP BY product_id
               ORDER BY product_id
               LIMIT $3::integer`,
        values: [tenantId, after ?? leastId, limit],
    };
}

export function stockOfRow(row: Row): OwnStock {
    return {
        productId: String(row["product_id"]),
        available: Number(row["available"]),
        taken: Number(row["taken"]),
        returned: Number(row["returned"]),
    };
}
