GRANT INSERT ON shop.outbox TO shop_catalog, shop_customers, shop_orders, shop_exchange, shop_digest;
