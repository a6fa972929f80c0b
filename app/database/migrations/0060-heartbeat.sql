-- Where the health check writes, to see whether commits pass: a few rows that are overwritten.
CREATE TABLE IF NOT EXISTS shop.heartbeat (
    tenant_id text NOT NULL,
    slot smallint NOT NULL,
    beaten_at timestamptz NOT NULL,
    CONSTRAINT heartbeat_pkey PRIMARY KEY (tenant_id, slot)
);
