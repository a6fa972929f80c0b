-- A ledger is only ever added to.
GRANT INSERT ON shop.stock_movement TO shop_catalog;
