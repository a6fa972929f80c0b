-- Units that cancelled orders have ever returned to the pool. Null is 0.
ALTER TABLE shop.stock_pool ADD COLUMN IF NOT EXISTS returned bigint;
