-- Units that orders have ever taken from the pool: how fast a product sells. Null is 0.
ALTER TABLE shop.stock_pool ADD COLUMN IF NOT EXISTS taken bigint;
