GRANT SELECT ON shop.product, shop.customer_stub, shop.orders, shop.stock_grant TO shop_digest;
