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

-- status: waiting, running, finished, failed, cancelled. Only finished runs are
-- shown; the rows of others are being written or removed.
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
  -- A run without a job belongs to a command that renews this while it lives.
  lease_until     BIGINT NOT NULL,
  created_by      BIGINT NOT NULL,
  created_at      BIGINT NOT NULL,
  started_at      BIGINT NOT NULL,
  finished_at     BIGINT NOT NULL
);
CREATE INDEX tier_runs_scheme ON tier_runs (scheme_code, status, id);
-- One run of a scheme at a time.
CREATE UNIQUE INDEX tier_runs_active ON tier_runs (scheme_code) WHERE status IN ('waiting', 'running');

-- One row per customer and run: the level, and the figures its reason is told from.
CREATE TABLE tier_assignments (
  run_id      BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  level       SMALLINT NOT NULL,
  -- Against the run before: 0 the same or no run before, 1 up, 2 down, 3 new, 4 a level that is gone.
  move        SMALLINT NOT NULL DEFAULT 0,
  prev_level  SMALLINT,
  reason      SMALLINT NOT NULL DEFAULT -1,
  -- Hundredths of the score; for RFM the classes as R·10000 + F·100 + M.
  score       INTEGER NOT NULL DEFAULT 0,
  last_day    INTEGER,
  orders      INTEGER NOT NULL DEFAULT 0,
  spend_fen   BIGINT NOT NULL DEFAULT 0,
  -- Bit k: condition k of the scheme holds; bit 62: silent for long. details: the other figures of the reason.
  signals     BIGINT NOT NULL DEFAULT 0,
  details     TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (run_id, customer_id)
) /* clustered */;
-- In the order of customers, in which a run writes: an index by spend would
-- cost as much as the rows. By spend there are the lists below.
CREATE INDEX tier_assignments_level ON tier_assignments (run_id, level, customer_id);

-- Customers of a run by falling spend, a thousand a row, packed (lists.go).
CREATE TABLE tier_lists (
  run_id BIGINT NOT NULL,
  level  SMALLINT NOT NULL, -- -1 for all levels
  move   SMALLINT NOT NULL, -- -1 for all moves
  part   INTEGER NOT NULL,
  ids    BYTEA NOT NULL,
  PRIMARY KEY (run_id, level, move, part)
) /* clustered */;

-- What grading reads of behaviours: carts and reviews.
CREATE INDEX behaviours_graded ON behaviours (customer_id, kind, day, rating) WHERE kind IN (2, 4);
