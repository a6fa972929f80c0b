GRANT SELECT, INSERT ON shop.customer_stub TO shop_customers;
