CREATE TABLE IF NOT EXISTS shop.customer (
    tenant_id text NOT NULL,
    customer_id uuid NOT NULL,
    home smallint NOT NULL,
    version bigint NOT NULL,
    email text NOT NULL,
    email_key text NOT NULL,
    first_name text NOT NULL,
    last_name text NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT customer_pkey PRIMARY KEY (tenant_id, customer_id),
    CONSTRAINT customer_email_unique UNIQUE (tenant_id, email_key)
);
