GRANT SELECT ON shop.product, shop.customer TO shop_orders;
