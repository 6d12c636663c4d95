-- +goose Up
-- What was taken off the list price of an order, in 分; null where its source does
-- not say: unknown is not none. It is no part of the content hash.
ALTER TABLE orders ADD COLUMN discount_fen BIGINT;
-- Per cent of the orders of 365 days with a known discount that were bought for
-- less; null with fewer than three of them.
ALTER TABLE customer_metrics ADD COLUMN price_sensitivity SMALLINT;
-- With the discount: the figures of customers are still read from the index alone.
DROP INDEX orders_customer;
CREATE INDEX orders_customer ON orders (customer_id, day, id, net_fen, net_sub, sales_fen, sales_sub, lone_product_id, paid_at, discount_fen);
