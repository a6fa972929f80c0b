GRANT INSERT ON shop.outbox TO shop_apply;
