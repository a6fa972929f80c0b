GRANT SELECT ON shop.idempotency TO shop_digest, shop_exchange;
