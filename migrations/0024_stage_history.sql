-- +goose Up
-- How stages of customers changed, when. A customer without rows had the present
-- stage ever since. After a merge the rows of both stay where they are: what the
-- other one was is not what this one was.
CREATE TABLE customer_stages (
  customer_id  BIGINT NOT NULL,
  at           BIGINT NOT NULL, -- unix ms
  id           BIGINT NOT NULL, -- of the entry of customer_changes that was written with it
  before_stage TEXT NOT NULL,
  after_stage  TEXT NOT NULL,
  PRIMARY KEY (customer_id, at, id)
) /* clustered */;
CREATE INDEX customer_stages_at ON customer_stages (at, customer_id);
INSERT INTO customer_stages (customer_id, at, id, before_stage, after_stage)
  SELECT customer_id, at, id, before_text, after_text FROM customer_changes WHERE field = 'stage' AND before_text <> after_text;
