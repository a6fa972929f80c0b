GRANT USAGE ON SCHEMA shop TO shop_exchange, shop_relay, shop_apply, shop_rebalance, shop_digest;
