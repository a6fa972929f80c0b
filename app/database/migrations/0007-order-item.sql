CREATE TABLE IF NOT EXISTS shop.order_item (
    tenant_id text NOT NULL,
    order_id uuid NOT NULL,
    line integer NOT NULL,
    product_id uuid NOT NULL,
    quantity bigint NOT NULL CONSTRAINT order_item_quantity_positive CHECK (quantity > 0),
    unit_minor bigint NOT NULL,
    CONSTRAINT order_item_pkey PRIMARY KEY (tenant_id, order_id, line),
    CONSTRAINT order_item_order_fkey FOREIGN KEY (tenant_id, order_id)
        REFERENCES shop.orders (tenant_id, order_id)
);
