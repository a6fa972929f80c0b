REVOKE SELECT ON shop.customer FROM shop_orders;
