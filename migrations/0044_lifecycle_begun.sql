-- +goose Up
-- Who is told where somebody of a department is late; 0 for nobody.
ALTER TABLE departments ADD COLUMN head_id BIGINT NOT NULL DEFAULT 0;

-- When whoever owes something is to be told that it falls due, and what was told:
-- 0 nothing, 1 that it falls due, 2 that it is overdue.
ALTER TABLE lifecycle_duties ADD COLUMN warn_at BIGINT NOT NULL DEFAULT 9007199254740991;
ALTER TABLE lifecycle_duties ADD COLUMN told SMALLINT NOT NULL DEFAULT 0;
CREATE INDEX lifecycle_duties_warn ON lifecycle_duties (warn_at, task_id, item) WHERE told = 0;
CREATE INDEX lifecycle_duties_late ON lifecycle_duties (due_at, task_id, item) WHERE told < 2;

-- Tasks that began by themselves have opened_by 0, and in from_day the day on which
-- the customer came to the stage; withdrawn ones have the outcome withdrawn.
CREATE INDEX lifecycle_tasks_begun ON lifecycle_tasks (customer_id, id) WHERE opened_by = 0 AND outcome = '';

-- How many tasks of a tool began by themselves on a day, how many of them were
-- withdrawn again, and whom the bound of a day left out.
CREATE TABLE lifecycle_begun (
  day       INTEGER NOT NULL,
  tool      TEXT NOT NULL,
  begun     BIGINT NOT NULL,
  withdrawn BIGINT NOT NULL,
  left_out  BIGINT NOT NULL,
  PRIMARY KEY (day, tool)
) /* clustered */;

-- One row: by which office hours and which warning what is owed was reckoned (a
-- hash), and up to which open task while it is reckoned anew; task_id -1 is all.
-- Tasks from before duties were kept come in so.
CREATE TABLE lifecycle_reckoned (
  id      BIGINT PRIMARY KEY,
  by_key  TEXT NOT NULL,
  task_id BIGINT NOT NULL
);
INSERT INTO lifecycle_reckoned (id, by_key, task_id) VALUES (1, '', 0);
