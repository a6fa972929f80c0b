GRANT SELECT, INSERT, UPDATE ON shop.product, shop.stock_pool TO shop_catalog;
