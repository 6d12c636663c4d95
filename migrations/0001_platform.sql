-- +goose Up
-- Next free id per kind of record; see db.NextIDs.
CREATE TABLE id_sequences (
  name TEXT PRIMARY KEY,
  next BIGINT NOT NULL
);

CREATE TABLE settings (
  name       TEXT PRIMARY KEY,
  value      TEXT NOT NULL,
  updated_at BIGINT NOT NULL
);

-- Data keys, wrapped by the master key that lives outside the database.
CREATE TABLE vault_keys (
  id         BIGINT PRIMARY KEY,
  purpose    TEXT NOT NULL UNIQUE,
  wrapped    BYTEA NOT NULL,
  created_at BIGINT NOT NULL
);

-- Outbox: written with the data; the delivery jobs commit in the same transaction.
CREATE TABLE events (
  id         BIGINT PRIMARY KEY,
  kind       TEXT NOT NULL,
  payload    TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

-- What each subscriber has handled: makes a repeated delivery harmless.
CREATE TABLE event_receipts (
  event_id   BIGINT NOT NULL,
  subscriber TEXT NOT NULL,
  handled_at BIGINT NOT NULL,
  PRIMARY KEY (event_id, subscriber)
) /* clustered */;

-- Beside River's own tables: how far a job is, and which process holds it.
CREATE TABLE job_progress (
  job_id     BIGINT PRIMARY KEY,
  done       BIGINT NOT NULL,
  total      BIGINT NOT NULL,
  unit       TEXT NOT NULL,
  note       TEXT NOT NULL DEFAULT '',
  started_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE TABLE job_leases (
  job_id     BIGINT PRIMARY KEY,
  node       TEXT NOT NULL,
  expires_at BIGINT NOT NULL
);
-- When each periodic job last fell due; see jobs.Registry.Every.
CREATE TABLE job_periods (
  name    TEXT PRIMARY KEY,
  last_at BIGINT NOT NULL
);
