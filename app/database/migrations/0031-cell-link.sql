-- What this cell last knew of another one. sent_at is the other one's clock.
CREATE TABLE IF NOT EXISTS shop.cell_link (
    tenant_id text NOT NULL,
    cell smallint NOT NULL,
    sent_at timestamptz,
    heard_at timestamptz,
    digest_agreed_at timestamptz,
    CONSTRAINT cell_link_pkey PRIMARY KEY (tenant_id, cell)
);
