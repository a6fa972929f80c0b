-- What is borrowed for an order is put into the pools at once.
GRANT SELECT, INSERT, UPDATE ON shop.stock_applied, shop.stock_grant, shop.stock_pool TO shop_orders;
