-- +goose Up
-- With the instant of payment: columns in memory then read the facts of orders
-- in their order from the index alone.
DROP INDEX orders_customer;
CREATE INDEX orders_customer ON orders (customer_id, day, id, net_fen, net_sub, sales_fen, sales_sub, lone_product_id, paid_at);
