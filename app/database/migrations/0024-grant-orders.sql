GRANT SELECT, INSERT, UPDATE ON shop.orders TO shop_orders;
