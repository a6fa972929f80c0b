GRANT SELECT, INSERT, UPDATE ON shop.stock_grant TO shop_exchange;
