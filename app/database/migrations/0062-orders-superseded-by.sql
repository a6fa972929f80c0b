-- The order that took this one's place: the same checkout, repeated in another cell.
ALTER TABLE shop.orders ADD COLUMN IF NOT EXISTS superseded_by uuid;
