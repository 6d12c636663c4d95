-- +goose Up
-- In the order of customers, which come in ascending order: only the index, a
-- third as large, is then written at random by an import.
CREATE TABLE customer_keys_2 (
  source_id       BIGINT NOT NULL,
  external_blind  BYTEA NOT NULL,
  external_cipher BYTEA NOT NULL,
  customer_id     BIGINT NOT NULL,
  PRIMARY KEY (customer_id, source_id, external_blind)
) /* clustered */;
INSERT INTO customer_keys_2 (source_id, external_blind, external_cipher, customer_id)
  SELECT source_id, external_blind, external_cipher, customer_id FROM customer_keys;
DROP TABLE customer_keys;
ALTER TABLE customer_keys_2 RENAME TO customer_keys;
CREATE UNIQUE INDEX customer_keys_external ON customer_keys (source_id, external_blind);

CREATE TABLE customer_terms_2 (
  term        TEXT COLLATE "C" NOT NULL,
  customer_id BIGINT NOT NULL,
  PRIMARY KEY (customer_id, term)
) /* clustered */;
INSERT INTO customer_terms_2 (term, customer_id) SELECT term, customer_id FROM customer_terms;
DROP TABLE customer_terms;
ALTER TABLE customer_terms_2 RENAME TO customer_terms;
CREATE INDEX customer_terms_term ON customer_terms (term, customer_id);

-- Product of an order with a single line whose amount is the net (-1: the line
-- names none); NULL: see order_lines. Most orders have one line, and the figures
-- of their customers then come from one index.
ALTER TABLE orders ADD COLUMN lone_product_id BIGINT;
DROP INDEX orders_customer;
-- Covers the aggregates of grading and metrics, which then never touch the table.
CREATE INDEX orders_customer ON orders (customer_id, day, id, net_fen, net_sub, sales_fen, sales_sub, lone_product_id);
