-- +goose Up
-- What the purchases model in use says of customers as of past days, worked out once
-- per day that a rule asks for; package forecast.
CREATE TABLE forecast_past (
  id         BIGINT PRIMARY KEY,
  day        INTEGER NOT NULL,
  model_id   BIGINT NOT NULL,
  status     TEXT NOT NULL, -- working, ready, stopped, dropped
  feed_seq   BIGINT NOT NULL, -- changes of purchases are in it up to here: of the feed,
  mark_seq   BIGINT NOT NULL, -- and of the marks
  up_to_id   BIGINT NOT NULL, -- last customer that was worked out
  customers  BIGINT NOT NULL, -- how many were
  job_id     BIGINT NOT NULL, -- 0: in the question itself
  asked_at   BIGINT NOT NULL, -- unix ms; up to a minute behind
  changed_at BIGINT NOT NULL  -- of the status; unix ms
);
CREATE UNIQUE INDEX forecast_past_day ON forecast_past (day) WHERE status <> 'dropped';

-- As customer_forecasts, without churn: the fields it is learned from have no past.
CREATE TABLE customer_forecasts_past (
  customer_id  BIGINT NOT NULL,
  past_id      BIGINT NOT NULL,
  alive        SMALLINT,
  orders_centi BIGINT,
  clv_fen      BIGINT,
  PRIMARY KEY (customer_id, past_id)
) /* clustered */;
