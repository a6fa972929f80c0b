CREATE TABLE IF NOT EXISTS shop.product (
    tenant_id text NOT NULL,
    product_id uuid NOT NULL,
    home smallint NOT NULL,
    version bigint NOT NULL,
    deleted boolean NOT NULL DEFAULT false,
    name text NOT NULL,
    description text NOT NULL,
    category text NOT NULL,
    search_text text NOT NULL,
    price_minor bigint NOT NULL CONSTRAINT product_price_not_negative CHECK (price_minor >= 0),
    currency char(3) NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT product_pkey PRIMARY KEY (tenant_id, product_id)
);
