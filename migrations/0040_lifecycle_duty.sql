-- +goose Up
-- From which day the time of a task's steps runs: the day on which the customer came
-- to the stage, or that of the opening; 0 for tasks from before this was kept.
ALTER TABLE lifecycle_tasks ADD COLUMN from_day INTEGER NOT NULL DEFAULT 0;

-- What is still to be done of open tasks, by whom and until when: written anew
-- whenever something comes of a task. item is '' where the task is owed as a whole.
CREATE TABLE lifecycle_duties (
  task_id BIGINT NOT NULL,
  item    TEXT NOT NULL,
  who     TEXT NOT NULL,   -- owner, adviser, opener, department, role
  who_id  BIGINT NOT NULL, -- of staff, a department, a role; 0 for owner and adviser, whom the customer names
  due_at  BIGINT NOT NULL, -- unix ms; 9007199254740991 where no time is laid down
  by_hour BOOLEAN NOT NULL,
  PRIMARY KEY (task_id, item)
) /* clustered */;
CREATE INDEX lifecycle_duties_who ON lifecycle_duties (who, who_id, due_at, task_id, item);
CREATE INDEX lifecycle_duties_due ON lifecycle_duties (due_at, task_id, item);

-- Approvals that were withdrawn, as they were, and why. A version may be approved again;
-- round counts its withdrawals from 1.
CREATE TABLE lifecycle_withdrawals (
  document     TEXT NOT NULL, -- handbook, sop
  version      BIGINT NOT NULL,
  round        INTEGER NOT NULL,
  fingerprint  TEXT NOT NULL,
  note         TEXT NOT NULL,
  approved_by  BIGINT NOT NULL,
  approved_at  BIGINT NOT NULL, -- unix ms
  withdrawn_by BIGINT NOT NULL,
  withdrawn_at BIGINT NOT NULL, -- unix ms
  reason       TEXT NOT NULL,
  PRIMARY KEY (document, version, round)
) /* clustered */;
