-- +goose Up
-- What the company's models say of each customer, for lists and audiences;
-- package forecast writes it each night and when another model comes into use.
-- Null where a model says nothing, no row where none does.
CREATE TABLE customer_forecasts (
  customer_id  BIGINT PRIMARY KEY,
  alive        SMALLINT, -- per cent
  orders_centi BIGINT,   -- orders of the next twelve months, hundredths
  clv_fen      BIGINT,   -- of the next twelve months
  churn        SMALLINT  -- per cent
);
