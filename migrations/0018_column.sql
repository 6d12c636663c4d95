-- +goose Up
-- What changed of values that lists filter by and no entry of customer_feed tells: figures, findings,
-- levels. A row stands for the customers first_id to last_id in the table source; '' is every table.
-- Numbers come out in the order of commits, as those of customer_feed do, under a head of their own.
CREATE TABLE column_marks (
  seq      BIGINT PRIMARY KEY,
  source   TEXT NOT NULL,
  first_id BIGINT NOT NULL,
  last_id  BIGINT NOT NULL,
  at       BIGINT NOT NULL
);
CREATE TABLE column_head (
  id  BIGINT PRIMARY KEY,
  seq BIGINT NOT NULL
);
INSERT INTO column_head (id, seq) VALUES (1, 0);
