GRANT SELECT, INSERT, UPDATE ON shop.heartbeat TO shop_status;
