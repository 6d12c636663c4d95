-- +goose Up
-- What is wrong with each record, as of the last look. issues: bit k is rule k
-- (package quality); score: 100 less what the rules take.
CREATE TABLE customer_quality (
  customer_id BIGINT PRIMARY KEY,
  score       SMALLINT NOT NULL,
  issues      BIGINT NOT NULL,
  version     BIGINT NOT NULL,
  checked_at  BIGINT NOT NULL
);
-- The work lists: one row per record and broken rule.
CREATE TABLE quality_issues (
  rule        SMALLINT NOT NULL,
  customer_id BIGINT NOT NULL,
  PRIMARY KEY (rule, customer_id)
) /* clustered */;
CREATE INDEX quality_issues_customer ON quality_issues (customer_id, rule);

-- Per day and group (all, department, source): how many records, their summed
-- score, and how many break each rule (a JSON list in the order of the rules).
CREATE TABLE quality_days (
  day       INTEGER NOT NULL,
  group_kind  TEXT NOT NULL,
  group_id  BIGINT NOT NULL,
  records   BIGINT NOT NULL,
  score_sum BIGINT NOT NULL,
  counts    TEXT NOT NULL,
  PRIMARY KEY (day, group_kind, group_id)
) /* clustered */;
