GRANT SELECT ON shop.stock_applied, shop.stock_gauge TO shop_catalog;
