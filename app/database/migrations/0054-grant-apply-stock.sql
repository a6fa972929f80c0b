GRANT SELECT, INSERT, UPDATE ON shop.stock_pool, shop.stock_grant, shop.stock_applied, shop.stock_gauge TO shop_apply;
