GRANT SELECT, INSERT, UPDATE ON shop.cell_link TO shop_digest;
