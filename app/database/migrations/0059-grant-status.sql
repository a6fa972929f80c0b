GRANT SELECT ON shop.cell_link, shop.outbox TO shop_status;
