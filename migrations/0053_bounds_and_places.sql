-- +goose Up
-- The least and the greatest value that a number field takes, in the form of
-- customer_values.num; NULL for none. They bind what is written from then on.
ALTER TABLE field_defs ADD COLUMN least_num BIGINT;
ALTER TABLE field_defs ADD COLUMN greatest_num BIGINT;

-- Customers with an address that could not be opened when customer_place_fill
-- came to them; they are tried again, the longest untried first.
CREATE TABLE customer_place_unread (
  customer_id BIGINT PRIMARY KEY,
  tried_at    BIGINT NOT NULL
);
