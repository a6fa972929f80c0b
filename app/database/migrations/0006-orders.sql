CREATE TABLE IF NOT EXISTS shop.orders (
    tenant_id text NOT NULL,
    order_id uuid NOT NULL,
    home smallint NOT NULL,
    version bigint NOT NULL,
    customer_id uuid NOT NULL,
    status text NOT NULL,
    currency char(3) NOT NULL,
    total_minor bigint NOT NULL CONSTRAINT orders_total_not_negative CHECK (total_minor >= 0),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT orders_pkey PRIMARY KEY (tenant_id, order_id)
);
