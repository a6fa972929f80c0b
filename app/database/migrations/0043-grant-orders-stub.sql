-- An order of a customer from elsewhere may arrive before the customer's stub.
GRANT SELECT, INSERT ON shop.customer_stub TO shop_orders;
