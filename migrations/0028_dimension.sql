-- +goose Up
-- A dimension is a way of looking at customers that gives each one level: value,
-- need, loyalty, or what a company adds.
CREATE TABLE tier_dimensions (
  code        TEXT PRIMARY KEY,
  name        TEXT NOT NULL,
  position    INTEGER NOT NULL,
  -- The scheme in use: its runs are what is decided about; '' where none is.
  scheme_code TEXT NOT NULL,
  -- 1: a panel decides before the levels of a run are in force; 0: they are at once.
  review      SMALLINT NOT NULL,
  version     INTEGER NOT NULL,
  archived_at BIGINT NOT NULL, -- unix ms, 0 = in use
  updated_by  BIGINT NOT NULL,
  updated_at  BIGINT NOT NULL
);
INSERT INTO tier_dimensions (code, name, position, scheme_code, review, version, archived_at, updated_by, updated_at)
VALUES ('value', '客户价值', 1, COALESCE((SELECT value FROM settings WHERE name = 'tier.default_scheme'), 'value-rules'), 0, 1, 0, 0, 0);
DELETE FROM settings WHERE name = 'tier.default_scheme';

ALTER TABLE tier_schemes ADD COLUMN dimension TEXT NOT NULL DEFAULT 'value';
ALTER TABLE tier_runs ADD COLUMN dimension TEXT NOT NULL DEFAULT 'value';

-- Decisions put levels in force: those of a run, or of single customers by hand
-- (kind: run, hand). status: review, published, withdrawn. A published one never
-- changes; a correction is another.
CREATE TABLE tier_decisions (
  id          BIGINT PRIMARY KEY,
  dimension   TEXT NOT NULL REFERENCES tier_dimensions (code),
  kind        TEXT NOT NULL,
  status      TEXT NOT NULL,
  run_id      BIGINT NOT NULL REFERENCES tier_runs (id), -- of kind hand: the run whose levels it changes
  -- The day from which the levels count, and the instant from which they are
  -- shown; 0 until published.
  from_day    INTEGER NOT NULL,
  in_force_at BIGINT NOT NULL,
  note        TEXT NOT NULL,
  opened_by   BIGINT NOT NULL,
  opened_at   BIGINT NOT NULL,
  decided_by  BIGINT NOT NULL,
  decided_at  BIGINT NOT NULL
);
-- One run of a dimension under review at a time.
CREATE UNIQUE INDEX tier_decisions_review ON tier_decisions (dimension) WHERE status = 'review' AND kind = 'run';
CREATE INDEX tier_decisions_force ON tier_decisions (dimension, kind, status, in_force_at, id);
CREATE INDEX tier_decisions_run ON tier_decisions (run_id);

-- What a person decided about a customer, other than the run said. The row of
-- tier_assignments has the level that is in force since.
CREATE TABLE tier_decision_items (
  run_id       BIGINT NOT NULL,
  customer_id  BIGINT NOT NULL,
  decision_id  BIGINT NOT NULL,
  from_day     INTEGER NOT NULL,
  before_level SMALLINT NOT NULL, -- -1: had none in the run
  after_level  SMALLINT NOT NULL,
  reason       TEXT NOT NULL,
  decided_by   BIGINT NOT NULL,
  decided_at   BIGINT NOT NULL,
  PRIMARY KEY (run_id, customer_id, decision_id)
) /* clustered */;

-- The runs that were shown before there were decisions.
INSERT INTO tier_decisions (id, dimension, kind, status, run_id, from_day, in_force_at, note, opened_by, opened_at, decided_by, decided_at)
  SELECT ROW_NUMBER() OVER (ORDER BY r.id), 'value', 'run', 'published', r.id, r.as_of_day, r.finished_at, '', r.created_by, r.finished_at, r.created_by, r.finished_at
  FROM tier_runs r JOIN tier_dimensions d ON d.code = 'value' AND d.scheme_code = r.scheme_code WHERE r.status = 'finished';
INSERT INTO id_sequences (name, next) SELECT 'tier_decision', COUNT(*) + 1 FROM tier_decisions;
