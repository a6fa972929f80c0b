-- What a cell had of a product when it last said so: a hint for buyers and for rebalancing, never
-- something to sell from. The cell 0 is this one: what it last told the others.
CREATE TABLE IF NOT EXISTS shop.stock_gauge (
    tenant_id text NOT NULL,
    product_id uuid NOT NULL,
    cell smallint NOT NULL,
    available bigint NOT NULL,
    taken bigint NOT NULL,
    returned bigint NOT NULL,
    applied bigint NOT NULL,
    demand_per_second double precision NOT NULL,
    observed_at timestamptz NOT NULL,
    CONSTRAINT stock_gauge_pkey PRIMARY KEY (tenant_id, product_id, cell)
);
