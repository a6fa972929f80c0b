GRANT SELECT ON shop.product, shop.customer_stub, shop.orders, shop.order_item, shop.stock_grant TO shop_relay;
