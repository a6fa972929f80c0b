CREATE ROLE shop_customers WITH LOGIN;
