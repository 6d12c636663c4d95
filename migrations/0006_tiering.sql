-- +goose Up
-- A scheme says how customers are graded; a change makes a new version.
CREATE TABLE tier_schemes (
  id         BIGINT PRIMARY KEY,
  code       TEXT NOT NULL,
  version    INTEGER NOT NULL,
  name       TEXT NOT NULL,
  method     TEXT NOT NULL,
  body       TEXT NOT NULL,
  created_by BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX tier_schemes_version ON tier_schemes (code, version);

-- status: waiting, running, finished, failed, cancelled.
CREATE TABLE tier_runs (
  id              BIGINT PRIMARY KEY,
  scheme_id       BIGINT NOT NULL REFERENCES tier_schemes (id),
  scheme_code     TEXT NOT NULL,
  as_of_day       INTEGER NOT NULL,
  status          TEXT NOT NULL,
  customers       BIGINT NOT NULL,
  -- Thresholds found, levels with their sums: what the reasons and the report are told from.
  summary         TEXT NOT NULL,
  previous_run_id BIGINT,
  error_code      TEXT NOT NULL,
  job_id          BIGINT,
  created_by      BIGINT NOT NULL,
  created_at      BIGINT NOT NULL,
  started_at      BIGINT NOT NULL,
  finished_at     BIGINT NOT NULL
);
CREATE INDEX tier_runs_scheme ON tier_runs (scheme_code, status, id);

-- One row per customer and run: the level, and the figures its reason is told from.
CREATE TABLE tier_assignments (
  run_id      BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  level       SMALLINT NOT NULL,
  reason      SMALLINT NOT NULL,
  score       INTEGER NOT NULL,
  recency     SMALLINT NOT NULL,
  frequency   SMALLINT NOT NULL,
  monetary    SMALLINT NOT NULL,
  last_day    INTEGER,
  orders      INTEGER NOT NULL,
  spend_fen   BIGINT NOT NULL,
  signals     BIGINT NOT NULL,
  PRIMARY KEY (run_id, customer_id)
) /* clustered */;
CREATE INDEX tier_assignments_level ON tier_assignments (run_id, level, spend_fen, customer_id);
