GRANT SELECT, INSERT ON shop.customer TO shop_customers;
