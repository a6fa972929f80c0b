GRANT SELECT, UPDATE ON shop.stock_pool TO shop_exchange;
