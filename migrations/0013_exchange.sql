-- +goose Up
-- Answers to writes that carried an Idempotency-Key, committed with what the write did.
CREATE TABLE idempotency_keys (
  actor_id    BIGINT NOT NULL,
  key         TEXT NOT NULL,
  -- SHA-256 of method, path, preconditions and body: a key serves one request.
  fingerprint BYTEA NOT NULL,
  -- Sealed: an answer may show what a later reader may not see.
  answer_cipher BYTEA,
  created_at  BIGINT NOT NULL,
  PRIMARY KEY (actor_id, key)
) /* clustered */;
CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);

-- Grows with every change of a keyset, by which running processes notice it.
ALTER TABLE vault_keys ADD COLUMN revision BIGINT NOT NULL DEFAULT 0;
