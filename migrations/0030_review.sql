-- +goose Up
-- Who decides about the runs of a dimension, and by which rules (panel.go).
CREATE TABLE tier_panels (
  dimension  TEXT PRIMARY KEY REFERENCES tier_dimensions (code),
  body       TEXT NOT NULL, -- JSON of Panel
  version    INTEGER NOT NULL,
  updated_by BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
-- Members who are away: their deputies act.
CREATE TABLE tier_away (
  staff_id BIGINT PRIMARY KEY,
  set_by   BIGINT NOT NULL,
  since    BIGINT NOT NULL -- unix ms
);

-- A decision of kind run while people work on it.
CREATE TABLE tier_reviews (
  decision_id BIGINT PRIMARY KEY REFERENCES tier_decisions (id),
  -- opening, open, publishing, closed, failed
  step        TEXT NOT NULL,
  base_run_id BIGINT NOT NULL, -- the run in force when it was opened, 0 for none
  panel       TEXT NOT NULL,   -- JSON of Panel as it was then
  moves       BIGINT NOT NULL,
  acts        BIGINT NOT NULL, -- number of the last act
  older       SMALLINT NOT NULL, -- 1: there were newer data than the run's
  deadline_at BIGINT NOT NULL, -- unix ms; disputed moves are settled then
  error_code  TEXT NOT NULL,
  job_id      BIGINT NOT NULL,
  written     BIGINT NOT NULL -- published up to this customer
);
-- The proposed moves by falling spend, 1024 a row, packed (review_pack.go). They
-- never change; what was decided is in the acts.
CREATE TABLE tier_review_moves (
  decision_id BIGINT NOT NULL,
  part        INTEGER NOT NULL,
  moves       BYTEA NOT NULL,
  PRIMARY KEY (decision_id, part)
) /* clustered */;
-- What was decided, in order: kind 1 agree, 2 overrule, 3 dispute, 4 take back;
-- how: person, vote, deadline, rest. places are places among the moves, packed.
CREATE TABLE tier_review_acts (
  decision_id BIGINT NOT NULL,
  no          BIGINT NOT NULL,
  kind        SMALLINT NOT NULL,
  how         TEXT NOT NULL,
  level       SMALLINT NOT NULL, -- -1: the level before
  reason      TEXT NOT NULL,
  staff_id    BIGINT NOT NULL,
  at          BIGINT NOT NULL,
  customers   BIGINT NOT NULL,
  places      BYTEA NOT NULL,
  PRIMARY KEY (decision_id, no)
) /* clustered */;
CREATE TABLE tier_review_comments (
  id          BIGINT PRIMARY KEY,
  decision_id BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  staff_id    BIGINT NOT NULL,
  body        TEXT NOT NULL,
  at          BIGINT NOT NULL
);
CREATE INDEX tier_review_comments_customer ON tier_review_comments (decision_id, customer_id, id);
CREATE TABLE tier_review_votes (
  decision_id BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  member_id   BIGINT NOT NULL, -- whose vote it is
  staff_id    BIGINT NOT NULL, -- who gave it: the member, or the deputy
  level       SMALLINT NOT NULL, -- number in the run's scheme
  at          BIGINT NOT NULL,
  PRIMARY KEY (decision_id, customer_id, member_id)
) /* clustered */;

CREATE INDEX tier_decision_items_day ON tier_decision_items (run_id, from_day);

-- Whose level in force changed by a decision, in the order in which decisions
-- were published; the next number is taken when everything else is written.
CREATE TABLE tier_level_head (
  id  INTEGER PRIMARY KEY,
  seq BIGINT NOT NULL
);
INSERT INTO tier_level_head (id, seq) VALUES (1, 0);
CREATE TABLE tier_level_changes (
  seq         BIGINT PRIMARY KEY,
  decision_id BIGINT NOT NULL,
  part        INTEGER NOT NULL,
  dimension   TEXT NOT NULL,
  run_id      BIGINT NOT NULL, -- the numbers of levels after are of its scheme
  base_run_id BIGINT NOT NULL, -- those of levels before; 0 for none
  upto        BIGINT NOT NULL, -- the part covers customers up to this one
  changes     INTEGER NOT NULL,
  in_force_at BIGINT NOT NULL,
  packed      BYTEA NOT NULL
);
CREATE UNIQUE INDEX tier_level_changes_part ON tier_level_changes (decision_id, part);

-- An account manager holds that a level is wrong. status: open, upheld, declined, withdrawn.
CREATE TABLE tier_appeals (
  id          BIGINT PRIMARY KEY,
  dimension   TEXT NOT NULL,
  customer_id BIGINT NOT NULL,
  level       TEXT NOT NULL, -- code of the level in force when it was made; '' for none
  wanted      TEXT NOT NULL, -- code
  evidence    TEXT NOT NULL,
  attachment  BIGINT NOT NULL, -- id of a file of a note; 0 for none
  status      TEXT NOT NULL,
  made_by     BIGINT NOT NULL,
  made_at     BIGINT NOT NULL,
  decided_by  BIGINT NOT NULL,
  decided_at  BIGINT NOT NULL,
  answer      TEXT NOT NULL,
  decision_id BIGINT NOT NULL -- what upheld it; 0 for none
);
CREATE UNIQUE INDEX tier_appeals_open ON tier_appeals (dimension, customer_id) WHERE status = 'open';
CREATE INDEX tier_appeals_status ON tier_appeals (status, id);
CREATE INDEX tier_appeals_customer ON tier_appeals (customer_id, id);

-- Customers about whom no program decides (PIPL art. 24): they keep the level
-- that a person gave them.
CREATE TABLE tier_hand_only (
  customer_id BIGINT PRIMARY KEY,
  reason      TEXT NOT NULL,
  set_by      BIGINT NOT NULL,
  since       BIGINT NOT NULL -- unix ms
);

-- Impact assessments (PIPL arts. 55, 56), kept three years.
CREATE TABLE tier_assessments (
  id          BIGINT PRIMARY KEY,
  dimension   TEXT NOT NULL,
  scheme_code TEXT NOT NULL,
  purpose     TEXT NOT NULL,
  necessity   TEXT NOT NULL,
  impact      TEXT NOT NULL,
  measures    TEXT NOT NULL,
  filed_by    BIGINT NOT NULL,
  filed_at    BIGINT NOT NULL
);
CREATE INDEX tier_assessments_scheme ON tier_assessments (dimension, scheme_code, id);

-- News for single members of staff, shown in the product.
CREATE TABLE staff_notices (
  id         BIGINT PRIMARY KEY,
  staff_id   BIGINT NOT NULL,
  kind       TEXT NOT NULL, -- its text is notice.<kind>
  params     TEXT NOT NULL, -- JSON
  created_at BIGINT NOT NULL,
  read_at    BIGINT NOT NULL -- unix ms, 0 for unread
);
CREATE INDEX staff_notices_staff ON staff_notices (staff_id, id);
CREATE INDEX staff_notices_unread ON staff_notices (staff_id) WHERE read_at = 0;
