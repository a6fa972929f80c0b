-- A cell's own customers have a stub, too, so that nobody but the function customers reads more.
INSERT INTO shop.customer_stub (tenant_id, customer_id, home, version)
    SELECT tenant_id, customer_id, home, version FROM shop.customer
    ON CONFLICT (tenant_id, customer_id) DO NOTHING;
