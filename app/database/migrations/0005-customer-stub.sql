-- What a cell may know of the customers of other cells: no personal data.
CREATE TABLE IF NOT EXISTS shop.customer_stub (
    tenant_id text NOT NULL,
    customer_id uuid NOT NULL,
    home smallint NOT NULL,
    version bigint NOT NULL,
    CONSTRAINT customer_stub_pkey PRIMARY KEY (tenant_id, customer_id)
);
