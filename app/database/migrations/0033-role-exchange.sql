CREATE ROLE shop_exchange WITH LOGIN;
