-- +goose Up
-- The configuration of the lifecycle: stages, moves, tools. The newest version is in force.
CREATE TABLE lifecycle_configs (
  version    BIGINT PRIMARY KEY,
  body       TEXT NOT NULL, -- JSON
  note       TEXT NOT NULL, -- why
  author_id  BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);

-- One row. day is the open day, 0 before the lifecycle has begun: what was up to
-- the day before is final. Every writer of states raises seq first, so that
-- writes come one after the other; who evaluates holds a lease.
CREATE TABLE lifecycle_head (
  id           BIGINT PRIMARY KEY,
  day          INTEGER NOT NULL,
  begun_day    INTEGER NOT NULL,
  seq          BIGINT NOT NULL,
  node         TEXT NOT NULL,
  lease_until  BIGINT NOT NULL,
  evaluated_at BIGINT NOT NULL, -- states were right as of then
  problem      TEXT NOT NULL,   -- code of what keeps rules from being evaluated
  problem_at   TEXT NOT NULL    -- and its place in the configuration
);
INSERT INTO lifecycle_head (id, day, begun_day, seq, node, lease_until, evaluated_at, problem, problem_at) VALUES (1, 0, 0, 0, '', 0, 0, '', '');

-- The stage of each customer now. Where since_day is the open day, before_* is
-- the state at the end of the day before, '' for a customer who came that day.
CREATE TABLE lifecycle_states (
  customer_id  BIGINT PRIMARY KEY,
  stage        TEXT NOT NULL,
  since_day    INTEGER NOT NULL,
  before_stage TEXT NOT NULL,
  before_since INTEGER NOT NULL,
  -- Why, as in the history.
  cause        SMALLINT NOT NULL,
  move         TEXT NOT NULL,
  version      BIGINT NOT NULL,
  decision_id  BIGINT NOT NULL,
  -- What people decided last.
  hand_day     INTEGER NOT NULL, -- of the last decision that named a stage; 0 never
  hand_stage   TEXT NOT NULL,
  hand_id      BIGINT NOT NULL,  -- of that decision
  until_day    INTEGER NOT NULL  -- rules do not move the customer up to this day; 0 they do
);
CREATE INDEX lifecycle_states_stage ON lifecycle_states (stage, customer_id);

-- How stages changed: at most one row for a customer and a day. Rows of days
-- before the open one never change. They name customers as they were then and
-- stay where they are when customers are merged.
CREATE TABLE lifecycle_history (
  customer_id  BIGINT NOT NULL,
  day          INTEGER NOT NULL,
  stage        TEXT NOT NULL,
  before_stage TEXT NOT NULL, -- '' for the first
  before_since INTEGER NOT NULL,
  cause        SMALLINT NOT NULL, -- 0 begin, 1 rule, 2 by hand, 3 the stage before is gone
  move         TEXT NOT NULL,     -- code of the move, of a rule
  version      BIGINT NOT NULL,   -- of the configuration
  decision_id  BIGINT NOT NULL,   -- by hand
  at           BIGINT NOT NULL,
  PRIMARY KEY (customer_id, day)
) /* clustered */;
CREATE INDEX lifecycle_history_day ON lifecycle_history (day, customer_id);

-- What people decided about the stage of a customer.
CREATE TABLE lifecycle_decisions (
  id            BIGINT PRIMARY KEY,
  customer_id   BIGINT NOT NULL,
  day           INTEGER NOT NULL,
  stage         TEXT NOT NULL,    -- '' where only until_day was decided
  until_day     INTEGER NOT NULL, -- 0: rules go on; 2147483647: by hand only
  reason_cipher BYTEA NOT NULL,
  staff_id      BIGINT NOT NULL,
  at            BIGINT NOT NULL
);
CREATE INDEX lifecycle_decisions_customer ON lifecycle_decisions (customer_id, id);

-- For whom the rule of a move held at the end of a day, for moves that ask for
-- several days: 16,384 customers a row; block -1 says that the day was looked at.
CREATE TABLE lifecycle_held (
  rule  TEXT NOT NULL, -- hash of the rule
  day   INTEGER NOT NULL,
  block INTEGER NOT NULL,
  bits  BYTEA NOT NULL,
  PRIMARY KEY (rule, day, block)
) /* clustered */;

-- How many customers a stage had at the end of a day, came to it and left it.
CREATE TABLE lifecycle_days (
  day        INTEGER NOT NULL,
  stage      TEXT NOT NULL,
  customers  BIGINT NOT NULL,
  entered    BIGINT NOT NULL,
  left_count BIGINT NOT NULL,
  PRIMARY KEY (day, stage)
) /* clustered */;

-- How far those who hear of changes have read the history.
CREATE TABLE lifecycle_cursors (
  name        TEXT NOT NULL,
  day         INTEGER NOT NULL,
  customer_id BIGINT NOT NULL,
  PRIMARY KEY (name)
) /* clustered */;

-- A tool in use for a customer: steps, a diagnosis, a questionnaire.
CREATE TABLE lifecycle_tasks (
  id          BIGINT PRIMARY KEY,
  customer_id BIGINT NOT NULL,
  tool        TEXT NOT NULL, -- code
  version     BIGINT NOT NULL, -- of the configuration that it was opened with
  outcome     TEXT NOT NULL, -- '' open, done, won, lost
  opened_at   BIGINT NOT NULL,
  opened_by   BIGINT NOT NULL,
  closed_at   BIGINT NOT NULL,
  closed_by   BIGINT NOT NULL
);
CREATE INDEX lifecycle_tasks_customer ON lifecycle_tasks (customer_id, id);
CREATE INDEX lifecycle_tasks_tool ON lifecycle_tasks (tool, id);

CREATE TABLE lifecycle_task_items (
  task_id     BIGINT NOT NULL,
  item        TEXT NOT NULL, -- code of a step, a cause or a question
  measure     TEXT NOT NULL, -- of a cause
  result      TEXT NOT NULL, -- done, open, worked, failed, or the code of an answer
  note_cipher BYTEA NOT NULL,
  changed_at  BIGINT NOT NULL,
  changed_by  BIGINT NOT NULL,
  PRIMARY KEY (task_id, item)
) /* clustered */;
