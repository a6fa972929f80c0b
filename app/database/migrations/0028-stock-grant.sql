-- Units that one cell has ever given to another, as known here. Only the donor raises its rows, in the
-- transaction that lowers its pools; elsewhere they are copies, of which the larger one is newer.
CREATE TABLE IF NOT EXISTS shop.stock_grant (
    tenant_id text NOT NULL,
    product_id uuid NOT NULL,
    donor smallint NOT NULL,
    taker smallint NOT NULL,
    given bigint NOT NULL CONSTRAINT stock_grant_given_not_negative CHECK (given >= 0),
    CONSTRAINT stock_grant_pkey PRIMARY KEY (tenant_id, product_id, donor, taker)
);
