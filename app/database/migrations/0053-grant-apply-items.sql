GRANT SELECT, INSERT ON shop.order_item TO shop_apply;
