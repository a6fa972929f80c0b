GRANT USAGE ON SCHEMA shop TO shop_catalog, shop_customers, shop_orders, shop_status;
