-- Read backwards: DSQL's index columns have no direction.
CREATE INDEX ASYNC IF NOT EXISTS product_newest
    ON shop.product (tenant_id, created_at, product_id);
