-- +goose Up
-- The name as lists sort it: pinyin, syllable by syllable (clean.SortKey). "" until it is made.
ALTER TABLE customers ADD COLUMN sort_name TEXT COLLATE "C" NOT NULL DEFAULT '';
CREATE INDEX customers_name ON customers (sort_name, id);
CREATE INDEX customers_created ON customers (created_at, id);
CREATE INDEX customers_updated ON customers (updated_at, id);
CREATE INDEX customers_contacted ON customers (last_contact_at, id);
CREATE INDEX customers_stage ON customers (stage, id);
CREATE INDEX customers_region ON customers (region_code, id);
CREATE INDEX customers_adviser ON customers (adviser_id, id) WHERE adviser_id IS NOT NULL;
-- The day of a birthday without its year, for those whose birthday comes.
CREATE INDEX customers_birthday ON customers ((CASE WHEN LENGTH(birthday) = 10 THEN SUBSTR(birthday, 6, 5) ELSE birthday END), birthday_lunar, id)
  WHERE birthday <> '';

-- Saved views of lists. body: filter, columns, sort, layout and grouping as JSON.
CREATE TABLE views (
  id         BIGINT PRIMARY KEY,
  owner_id   BIGINT NOT NULL,
  name       TEXT NOT NULL,
  shared     BOOLEAN NOT NULL,
  -- Whoever has the role begins with this view.
  role_id    BIGINT,
  body       TEXT NOT NULL,
  version    BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX views_owner ON views (owner_id, id);
CREATE UNIQUE INDEX views_role ON views (role_id) WHERE role_id IS NOT NULL;

-- Bulk edits. status: preview, waiting, running, finished, cancelling, cancelled, failed; then undo_status alike, "" before.
CREATE TABLE bulk_runs (
  id            BIGINT PRIMARY KEY,
  actor_id      BIGINT NOT NULL,
  status        TEXT NOT NULL,
  actions       TEXT NOT NULL,
  total         BIGINT NOT NULL,
  -- Parts of the members that are done; commits with their rows.
  next_part     BIGINT NOT NULL DEFAULT 0,
  done          BIGINT NOT NULL DEFAULT 0,
  changed       BIGINT NOT NULL DEFAULT 0,
  unchanged     BIGINT NOT NULL DEFAULT 0,
  -- JSON: reason → how many.
  refused       TEXT NOT NULL DEFAULT '{}',
  change_set    BIGINT NOT NULL DEFAULT 0,
  job_id        BIGINT,
  error_code    TEXT NOT NULL DEFAULT '',
  undo_status   TEXT NOT NULL DEFAULT '',
  undo_actor_id BIGINT NOT NULL DEFAULT 0,
  undo_part     BIGINT NOT NULL DEFAULT 0,
  undo_done     BIGINT NOT NULL DEFAULT 0,
  undone        BIGINT NOT NULL DEFAULT 0,
  conflicts     TEXT NOT NULL DEFAULT '{}',
  undo_set      BIGINT NOT NULL DEFAULT 0,
  undo_job_id   BIGINT,
  created_at    BIGINT NOT NULL,
  started_at    BIGINT NOT NULL DEFAULT 0,
  finished_at   BIGINT NOT NULL DEFAULT 0,
  undone_at     BIGINT NOT NULL DEFAULT 0,
  expires_at    BIGINT NOT NULL
);
CREATE INDEX bulk_runs_actor ON bulk_runs (actor_id, id);
CREATE INDEX bulk_runs_expiry ON bulk_runs (expires_at, id);

-- Who belongs to a bulk edit, as packed lists of ids: frozen when it was previewed.
CREATE TABLE bulk_parts (
  bulk_id BIGINT NOT NULL,
  part    BIGINT NOT NULL,
  ids     BYTEA NOT NULL,
  PRIMARY KEY (bulk_id, part)
) /* clustered */;
-- Customers of a part that an undo could not restore, and why: [[id, field, reason], …].
CREATE TABLE bulk_conflicts (
  bulk_id     BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  field       TEXT NOT NULL,
  reason      TEXT NOT NULL,
  PRIMARY KEY (bulk_id, customer_id, field)
) /* clustered */;

-- Exports made in the background. What was asked for may name a person: sealed.
CREATE TABLE export_runs (
  id           BIGINT PRIMARY KEY,
  actor_id     BIGINT NOT NULL,
  status       TEXT NOT NULL,
  format       TEXT NOT NULL,
  query_cipher BYTEA NOT NULL,
  row_count    BIGINT NOT NULL DEFAULT 0,
  file_key     TEXT NOT NULL DEFAULT '',
  file_size    BIGINT NOT NULL DEFAULT 0,
  file_name    TEXT NOT NULL DEFAULT '',
  error_code   TEXT NOT NULL DEFAULT '',
  job_id       BIGINT,
  created_at   BIGINT NOT NULL,
  finished_at  BIGINT NOT NULL DEFAULT 0,
  expires_at   BIGINT NOT NULL
);
CREATE INDEX export_runs_actor ON export_runs (actor_id, id);
CREATE INDEX export_runs_expiry ON export_runs (expires_at, id);
