GRANT SELECT, DELETE ON shop.outbox TO shop_relay;
