-- +goose Up
-- What a member of staff wrote down about a customer. kind: call, visit, consultation, complaint,
-- message, note. Subject and text are sealed together (vault kind "note"); day is of at, in company time.
CREATE TABLE customer_notes (
  id          BIGINT PRIMARY KEY,
  customer_id BIGINT NOT NULL,
  kind        TEXT NOT NULL,
  at          BIGINT NOT NULL,
  day         INTEGER NOT NULL,
  -- in, out or "".
  direction   TEXT NOT NULL,
  outcome     TEXT NOT NULL,
  body_cipher BYTEA NOT NULL,
  author_id   BIGINT NOT NULL,
  author_name TEXT NOT NULL,
  version     INTEGER NOT NULL,
  created_at  BIGINT NOT NULL,
  updated_at  BIGINT NOT NULL
);
CREATE INDEX customer_notes_customer ON customer_notes (customer_id, day, at, id);

-- What a note said before each edit.
CREATE TABLE note_revisions (
  note_id     BIGINT NOT NULL,
  version     INTEGER NOT NULL,
  kind        TEXT NOT NULL,
  at          BIGINT NOT NULL,
  direction   TEXT NOT NULL,
  outcome     TEXT NOT NULL,
  body_cipher BYTEA NOT NULL,
  replaced_at BIGINT NOT NULL,
  PRIMARY KEY (note_id, version)
) /* clustered */;

-- Who else was there.
CREATE TABLE note_colleagues (
  note_id  BIGINT NOT NULL,
  staff_id BIGINT NOT NULL,
  PRIMARY KEY (note_id, staff_id)
) /* clustered */;

-- What is to be done next, by whom and until when; at most one of a note. done_at 0 is open.
CREATE TABLE note_steps (
  note_id     BIGINT PRIMARY KEY,
  customer_id BIGINT NOT NULL,
  staff_id    BIGINT NOT NULL,
  due_day     INTEGER NOT NULL,
  text_cipher BYTEA NOT NULL,
  done_at     BIGINT NOT NULL,
  done_by     BIGINT NOT NULL
);
CREATE INDEX note_steps_open ON note_steps (staff_id, due_day, note_id) WHERE done_at = 0;
CREATE INDEX note_steps_done ON note_steps (staff_id, done_at, note_id) WHERE done_at > 0;

-- Files of notes. The content lies encrypted under file_key beside the database; the name is sealed.
CREATE TABLE note_attachments (
  id          BIGINT PRIMARY KEY,
  note_id     BIGINT NOT NULL,
  file_key    TEXT NOT NULL,
  sha256      TEXT NOT NULL,
  size        BIGINT NOT NULL,
  media_type  TEXT NOT NULL,
  name_cipher BYTEA NOT NULL,
  created_by  BIGINT NOT NULL,
  created_at  BIGINT NOT NULL
);
CREATE UNIQUE INDEX note_attachments_content ON note_attachments (note_id, sha256);
CREATE UNIQUE INDEX note_attachments_file ON note_attachments (file_key);

-- What customers are compared with: sums over the company (run_id 0, level -1) and over each level
-- of the run that pages show, as of a day.
CREATE TABLE portrait_averages (
  run_id       BIGINT NOT NULL,
  level        INTEGER NOT NULL,
  as_of_day    INTEGER NOT NULL,
  customers    BIGINT NOT NULL,
  -- With a purchase in the last 365 days; the sums are theirs.
  buyers       BIGINT NOT NULL,
  orders_365   BIGINT NOT NULL,
  net_365_fen  BIGINT NOT NULL,
  months_365   BIGINT NOT NULL,
  computed_at  BIGINT NOT NULL,
  PRIMARY KEY (run_id, level)
);
