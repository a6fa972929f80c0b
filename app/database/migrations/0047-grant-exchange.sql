GRANT SELECT ON shop.product, shop.customer_stub, shop.orders, shop.stock_applied TO shop_exchange;
