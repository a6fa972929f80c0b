GRANT SELECT, INSERT ON shop.stock_grant TO shop_catalog;
