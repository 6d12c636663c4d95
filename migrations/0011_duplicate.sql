-- +goose Up
-- Pairs that may be one customer; a_id < b_id. status: open, different, later.
-- A pair that was merged is told by its merge.
CREATE TABLE duplicate_pairs (
  id         BIGINT PRIMARY KEY,
  a_id       BIGINT NOT NULL,
  b_id       BIGINT NOT NULL,
  -- Millionths of the probability that both are one.
  score      INTEGER NOT NULL,
  status     TEXT NOT NULL,
  decided_by BIGINT,
  decided_at BIGINT NOT NULL DEFAULT 0,
  found_at   BIGINT NOT NULL
);
CREATE UNIQUE INDEX duplicate_pairs_pair ON duplicate_pairs (a_id, b_id);
CREATE INDEX duplicate_pairs_b ON duplicate_pairs (b_id, a_id);
CREATE INDEX duplicate_pairs_list ON duplicate_pairs (status, score, id);

-- A merge: loser_id was folded into winner_id. status: done, undone.
CREATE TABLE merges (
  id            BIGINT PRIMARY KEY,
  winner_id     BIGINT NOT NULL,
  loser_id      BIGINT NOT NULL,
  loser_name    TEXT NOT NULL,
  status        TEXT NOT NULL,
  -- page, bulk or api.
  origin        TEXT NOT NULL,
  -- The fields of the one that stays before and after, as JSON.
  fields_cipher BYTEA NOT NULL,
  moved         BIGINT NOT NULL,
  merged_by     BIGINT NOT NULL,
  merged_at     BIGINT NOT NULL,
  undone_by     BIGINT,
  undone_at     BIGINT NOT NULL DEFAULT 0
);
-- A customer is the loser of at most one merge that holds.
CREATE UNIQUE INDEX merges_loser ON merges (loser_id) WHERE status = 'done';
CREATE INDEX merges_winner ON merges (winner_id, id);
CREATE INDEX merges_at ON merges (merged_at, id);

-- What a merge moved (keys of rows) and took away (whole rows), some hundred a
-- row, sealed: rows may hold contacts.
CREATE TABLE merge_rows (
  merge_id    BIGINT NOT NULL,
  part        INTEGER NOT NULL,
  link        TEXT NOT NULL,
  -- moved, dropped
  action      TEXT NOT NULL,
  rows_cipher BYTEA NOT NULL,
  PRIMARY KEY (merge_id, part)
) /* clustered */;

-- The weights by which pairs are scored, as learned from decisions.
CREATE TABLE duplicate_weights (
  id         BIGINT PRIMARY KEY,
  body       TEXT NOT NULL,
  decisions  BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);
