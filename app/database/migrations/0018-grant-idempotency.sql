GRANT SELECT, INSERT ON shop.idempotency TO shop_catalog, shop_customers, shop_orders;
