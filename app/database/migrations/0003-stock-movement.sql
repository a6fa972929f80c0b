-- The ledger of supply: its sum is what was ever supplied, whatever has become of the units.
CREATE TABLE IF NOT EXISTS shop.stock_movement (
    tenant_id text NOT NULL,
    product_id uuid NOT NULL,
    movement_id uuid NOT NULL,
    quantity bigint NOT NULL,
    reason text NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT stock_movement_pkey PRIMARY KEY (tenant_id, product_id, movement_id)
);
