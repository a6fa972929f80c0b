-- Units that this cell may sell. A product that sells fast has several shards, so that its orders
-- do not all write the same row.
CREATE TABLE IF NOT EXISTS shop.stock_pool (
    tenant_id text NOT NULL,
    product_id uuid NOT NULL,
    shard integer NOT NULL,
    available bigint NOT NULL CONSTRAINT stock_pool_available_not_negative CHECK (available >= 0),
    CONSTRAINT stock_pool_pkey PRIMARY KEY (tenant_id, product_id, shard)
);
