CREATE TABLE IF NOT EXISTS shop.idempotency (
    tenant_id text NOT NULL,
    key text NOT NULL,
    fingerprint text NOT NULL,
    resource_id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT idempotency_pkey PRIMARY KEY (tenant_id, key)
);
