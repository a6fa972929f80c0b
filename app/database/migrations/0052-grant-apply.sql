GRANT SELECT, INSERT, UPDATE ON shop.product, shop.customer_stub, shop.orders TO shop_apply;
