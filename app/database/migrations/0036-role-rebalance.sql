CREATE ROLE shop_rebalance WITH LOGIN;
