CREATE INDEX ASYNC IF NOT EXISTS product_category_newest
    ON shop.product (tenant_id, category, created_at, product_id);
