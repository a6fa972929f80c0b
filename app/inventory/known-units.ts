/**
 * The units of a product that customers can order, as far as this cell knows: those in its own
 * pools, those that other cells said they had, and those on their way between cells. To be put into
 * a statement in which the product's row is called `listed`.
 */
export const knownUnits = `greatest(0,
    coalesce((SELECT sum(pool.available)
              FROM shop.stock_pool AS pool
              WHERE pool.tenant_id = listed.tenant_id
                AND pool.product_id = listed.product_id), 0)
    + coalesce((SELECT sum(gauge.available - gauge.applied)
                FROM shop.stock_gauge AS gauge
                WHERE gauge.tenant_id = listed.tenant_id
                  AND gauge.product_id = listed.product_id AND gauge.cell <> 0), 0)
    + coalesce((SELECT sum(gift.given)
                FROM shop.stock_grant AS gift
                WHERE gift.tenant_id = listed.tenant_id
                  AND gift.product_id = listed.product_id), 0)
    - coalesce((SELECT sum(receipt.applied)
                FROM shop.stock_applied AS receipt
                WHERE receipt.tenant_id = listed.tenant_id
                  AND receipt.product_id = listed.product_id), 0))`;
