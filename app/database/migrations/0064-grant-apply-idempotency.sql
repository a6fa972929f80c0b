GRANT SELECT, INSERT, UPDATE ON shop.idempotency TO shop_apply;
