-- +goose Up
-- Files sent by the browser in pieces; the content is encrypted on disk.
CREATE TABLE uploads (
  id         BIGINT PRIMARY KEY,
  file_name  TEXT NOT NULL,
  size       BIGINT NOT NULL,
  received   BIGINT NOT NULL,
  created_by BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX uploads_expiry ON uploads (expires_at, id);

-- status: waiting, checking, running, finishing, finished, failed, cancelling, cancelled.
-- cursor_row and the counts commit with each batch, so that a killed import
-- goes on where it stopped.
CREATE TABLE imports (
  id                BIGINT PRIMARY KEY,
  kind              TEXT NOT NULL,
  source_id         BIGINT NOT NULL REFERENCES sources (id),
  status            TEXT NOT NULL,
  file_name         TEXT NOT NULL,
  file_ref          TEXT NOT NULL,
  file_size         BIGINT NOT NULL,
  file_sha256       TEXT NOT NULL,
  mapping           TEXT NOT NULL,
  -- The titles of the file, for the error file; encrypted, because a file
  -- without titles has a person in their place.
  header_cipher     BYTEA,
  dry_run           BOOLEAN NOT NULL,
  -- Nothing of the kind was in the source when the import began, so that
  -- nothing has to be looked for.
  fresh             BOOLEAN NOT NULL,
  cursor_row        BIGINT NOT NULL,
  rows_total        BIGINT NOT NULL,
  rows_read         BIGINT NOT NULL,
  accepted          BIGINT NOT NULL,
  rejected          BIGINT NOT NULL,
  unchanged         BIGINT NOT NULL,
  customers_created BIGINT NOT NULL,
  customers_matched BIGINT NOT NULL,
  orders_created    BIGINT NOT NULL,
  orders_updated    BIGINT NOT NULL,
  -- The other counts by name (returns, exact duplicates, rounding …).
  counts            TEXT NOT NULL,
  error_code        TEXT NOT NULL,
  error_params      TEXT NOT NULL,
  -- The process that works on it, and until when its word holds.
  runner            TEXT NOT NULL,
  lease_until       BIGINT NOT NULL,
  job_id            BIGINT,
  created_by        BIGINT NOT NULL,
  created_at        BIGINT NOT NULL,
  started_at        BIGINT NOT NULL,
  finished_at       BIGINT NOT NULL
);
CREATE INDEX imports_file ON imports (file_sha256, source_id);
CREATE INDEX imports_source ON imports (source_id, id);

-- Why a row was refused. Value and row are what a person typed: encrypted.
CREATE TABLE import_rejects (
  import_id    BIGINT NOT NULL,
  row_no       BIGINT NOT NULL,
  line_no      BIGINT NOT NULL,
  column_name  TEXT NOT NULL,
  code         TEXT NOT NULL,
  params       TEXT NOT NULL,
  value_cipher BYTEA,
  row_cipher   BYTEA NOT NULL,
  PRIMARY KEY (import_id, row_no)
) /* clustered */;

-- Rows of units whose rows stand far apart in the file, held back until all
-- of them are read; encrypted.
CREATE TABLE import_pending (
  import_id  BIGINT NOT NULL,
  order_hash BIGINT NOT NULL,
  row_no     BIGINT NOT NULL,
  row_cipher BYTEA NOT NULL,
  PRIMARY KEY (import_id, order_hash, row_no)
) /* clustered */;

-- Which customers the batches of a running import met for the first time and
-- what it did to them, as packed lists of ids; gone when it ends.
CREATE TABLE import_customers (
  import_id BIGINT NOT NULL,
  batch     BIGINT NOT NULL,
  ids       BYTEA NOT NULL,
  PRIMARY KEY (import_id, batch)
) /* clustered */;

-- One row: whoever creates customers updates it first, so that two imports on
-- PostgreSQL never make two customers of one phone.
CREATE TABLE import_gate (
  id   BIGINT PRIMARY KEY,
  turn BIGINT NOT NULL
);
INSERT INTO import_gate (id, turn) VALUES (1, 0);

-- A mapping found again by the header of the file.
CREATE TABLE import_mappings (
  source_id   BIGINT NOT NULL,
  kind        TEXT NOT NULL,
  header_hash TEXT NOT NULL,
  mapping     TEXT NOT NULL,
  updated_at  BIGINT NOT NULL,
  PRIMARY KEY (source_id, kind, header_hash)
);
