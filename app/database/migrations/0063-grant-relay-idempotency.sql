GRANT SELECT ON shop.idempotency TO shop_relay;
