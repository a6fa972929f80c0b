-- What other cells have to be told. A row exists until the other cell's queue has accepted it.
CREATE TABLE IF NOT EXISTS shop.outbox (
    tenant_id text NOT NULL,
    destination smallint NOT NULL,
    lane smallint NOT NULL,
    message_id uuid NOT NULL,
    kind text NOT NULL,
    ref uuid NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT outbox_pkey PRIMARY KEY (tenant_id, destination, lane, message_id)
);
