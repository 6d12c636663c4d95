-- +goose Up
-- What people said about pairs, with how far each field agreed at that moment: weights are
-- learned from it. It holds no value of the two, one of whom may be gone. a_id < b_id.
CREATE TABLE duplicate_decisions (
  a_id       BIGINT NOT NULL,
  b_id       BIGINT NOT NULL,
  same       BOOLEAN NOT NULL,
  -- Such as "name.full=close,phone=exact".
  agreement  TEXT NOT NULL,
  -- Thousandths of a bit by which the score lay above that of the agreement alone.
  rare_milli BIGINT NOT NULL,
  decided_by BIGINT,
  decided_at BIGINT NOT NULL,
  PRIMARY KEY (a_id, b_id)
) /* clustered */;
CREATE INDEX duplicate_decisions_b ON duplicate_decisions (b_id, a_id);
CREATE INDEX duplicate_decisions_at ON duplicate_decisions (decided_at, a_id, b_id);

-- What was learned from decisions, in versions. status: proposed, active, former.
CREATE TABLE duplicate_lessons (
  id              BIGINT PRIMARY KEY,
  status          TEXT NOT NULL,
  same_count      BIGINT NOT NULL,
  different_count BIGINT NOT NULL,
  -- How many decided pairs agreed at which level, as JSON: all that is learned from.
  tally           TEXT NOT NULL,
  -- What it changes, as JSON.
  report          TEXT NOT NULL,
  learned_by      BIGINT,
  learned_at      BIGINT NOT NULL,
  applied_by      BIGINT,
  applied_at      BIGINT NOT NULL DEFAULT 0,
  -- The one that was active before, 0 for none: it comes back when this is taken back.
  before_id       BIGINT NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX duplicate_lessons_active ON duplicate_lessons (status) WHERE status = 'active';

-- The weights by which the pairs of a scan were scored: body, as fitted to the base, with the
-- lesson of the day taken in. Empty for scans before there were lessons, which scored by body.
ALTER TABLE duplicate_weights ADD COLUMN used TEXT NOT NULL DEFAULT '';
ALTER TABLE duplicate_weights ADD COLUMN lesson_id BIGINT NOT NULL DEFAULT 0;

-- Merges that were made in one go. status: running, done, stopped, undoing.
CREATE TABLE merge_batches (
  id         BIGINT PRIMARY KEY,
  -- Millionths.
  min_score  INTEGER NOT NULL,
  status     TEXT NOT NULL,
  -- Pairs of which one was gone already, and merges that the undo left as they are.
  skipped    BIGINT NOT NULL DEFAULT 0,
  kept       BIGINT NOT NULL DEFAULT 0,
  job_id     BIGINT NOT NULL DEFAULT 0,
  started_by BIGINT,
  started_at BIGINT NOT NULL,
  ended_at   BIGINT NOT NULL DEFAULT 0
);
ALTER TABLE merges ADD COLUMN batch_id BIGINT NOT NULL DEFAULT 0;
CREATE INDEX merges_batch ON merges (batch_id, id) WHERE batch_id <> 0;
