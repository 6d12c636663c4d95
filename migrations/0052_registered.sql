-- +goose Up
-- The day, in company time, on which somebody registered or joined, as the company's
-- systems say it; created_at is when the row came into this program.
ALTER TABLE customers ADD COLUMN registered_at INTEGER;

-- Customers imported before imports took regions off names and addresses are
-- brought along piece by piece: those up to until_id, of whom after_id is done.
CREATE TABLE customer_place_fill (
  id       BIGINT PRIMARY KEY,
  after_id BIGINT NOT NULL,
  until_id BIGINT NOT NULL
);
INSERT INTO customer_place_fill (id, after_id, until_id) SELECT 1, 0, COALESCE(MAX(id), 0) FROM customers;
