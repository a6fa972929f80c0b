CREATE INDEX ASYNC IF NOT EXISTS orders_customer_newest
    ON shop.orders (tenant_id, customer_id, created_at, order_id);
