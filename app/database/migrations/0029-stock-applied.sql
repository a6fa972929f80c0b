-- How much of what a donor has ever given is in this cell's pools. Raised in the transaction that
-- raises the pools.
CREATE TABLE IF NOT EXISTS shop.stock_applied (
    tenant_id text NOT NULL,
    product_id uuid NOT NULL,
    donor smallint NOT NULL,
    applied bigint NOT NULL CONSTRAINT stock_applied_not_negative CHECK (applied >= 0),
    CONSTRAINT stock_applied_pkey PRIMARY KEY (tenant_id, product_id, donor)
);
