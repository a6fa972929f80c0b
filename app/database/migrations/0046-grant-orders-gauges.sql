GRANT SELECT ON shop.stock_gauge TO shop_orders;
