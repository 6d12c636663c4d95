-- +goose Up
-- What numbers and amounts of custom fields were before each change, as the field
-- keeps them (customer_values.num); null where there was none. The value behind a
-- change is that before the next one, and behind the last one the present value. What
-- a customer came with is no change.
CREATE TABLE customer_value_changes (
  customer_id BIGINT NOT NULL,
  field_id    BIGINT NOT NULL,
  at          BIGINT NOT NULL, -- unix ms
  id          BIGINT NOT NULL, -- of the entry of customer_changes that was written with it
  before_num  BIGINT,
  PRIMARY KEY (customer_id, field_id, at, id)
) /* clustered */;
CREATE INDEX customer_value_changes_at ON customer_value_changes (field_id, at, customer_id);
-- The history has decimals with as many digits behind the point as the field. Where
-- two customers became one, it does not say whose value was changed before that.
INSERT INTO customer_value_changes (customer_id, field_id, at, id, before_num)
  SELECT h.customer_id, d.id, h.at, h.id, CAST(NULLIF(REPLACE(h.before_text, '.', ''), '') AS BIGINT)
  FROM field_defs d JOIN customer_changes h ON h.field = 'f.' || d.code
  WHERE d.kind IN ('number', 'money')
    AND NOT EXISTS (SELECT 1 FROM merges m WHERE m.winner_id = h.customer_id AND m.status = 'done' AND m.merged_at >= h.at);
