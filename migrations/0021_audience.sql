-- +goose Up
-- An audience is a rule, or a list of customers kept by hand. The rule of the
-- newest version stands here, too; format is the version of its language.
CREATE TABLE audiences (
  id          BIGINT PRIMARY KEY,
  name        TEXT NOT NULL,
  -- The name in one form (width, case): no two that are not archived have the same.
  fold        TEXT NOT NULL,
  description TEXT NOT NULL DEFAULT '',
  kind        TEXT NOT NULL, -- dynamic, static
  rule        TEXT NOT NULL DEFAULT '',
  format      INTEGER NOT NULL,
  version     BIGINT NOT NULL,
  -- Code of the shipped audience that it was made from, '' for others.
  preset      TEXT NOT NULL DEFAULT '',
  -- Membership is kept and followed.
  followed    BOOLEAN NOT NULL,
  owner_id    BIGINT NOT NULL,
  archived_at BIGINT NOT NULL DEFAULT 0,
  -- What the follower knows: how many, when it looked, what it took, why it could not.
  size         BIGINT NOT NULL DEFAULT -1,
  evaluated_at BIGINT NOT NULL DEFAULT 0,
  took_ms      BIGINT NOT NULL DEFAULT 0,
  problem      TEXT NOT NULL DEFAULT '',
  -- Since when something is known to have changed that the membership does not
  -- show yet; 0: nothing.
  due_since    BIGINT NOT NULL DEFAULT 0,
  -- audience_blocks has the members.
  kept         BOOLEAN NOT NULL DEFAULT FALSE,
  created_at  BIGINT NOT NULL,
  updated_at  BIGINT NOT NULL
);
CREATE UNIQUE INDEX audiences_name ON audiences (fold) WHERE archived_at = 0;

-- One row: raised first by every write of an audience, so that they come one
-- after the other, and whoever keeps rules in memory sees that there are others.
CREATE TABLE audience_state (
  id      BIGINT PRIMARY KEY,
  version BIGINT NOT NULL
);
INSERT INTO audience_state (id, version) VALUES (1, 1);

CREATE TABLE audience_versions (
  audience_id BIGINT NOT NULL,
  version     BIGINT NOT NULL,
  rule        TEXT NOT NULL,
  format      INTEGER NOT NULL,
  name        TEXT NOT NULL,
  description TEXT NOT NULL,
  note        TEXT NOT NULL DEFAULT '',
  author_id   BIGINT NOT NULL,
  created_at  BIGINT NOT NULL,
  PRIMARY KEY (audience_id, version)
) /* clustered */;

-- Which audiences the rule of another names: who uses whom.
CREATE TABLE audience_uses (
  audience_id BIGINT NOT NULL, -- that is used
  used_by     BIGINT NOT NULL, -- by this one
  PRIMARY KEY (audience_id, used_by)
) /* clustered */;
CREATE INDEX audience_uses_by ON audience_uses (used_by, audience_id);

-- The customers of a static list.
CREATE TABLE audience_entries (
  customer_id BIGINT NOT NULL,
  audience_id BIGINT NOT NULL,
  added_at    BIGINT NOT NULL,
  added_by    BIGINT NOT NULL,
  PRIMARY KEY (customer_id, audience_id)
) /* clustered */;
CREATE INDEX audience_entries_list ON audience_entries (audience_id, customer_id);

-- Customers that go into a static list or out of it in the background, some
-- thousand a row, packed; a row is deleted with what it causes.
CREATE TABLE audience_parts (
  task        BIGINT NOT NULL,
  part        INTEGER NOT NULL,
  audience_id BIGINT NOT NULL,
  adding      BOOLEAN NOT NULL,
  staff_id    BIGINT NOT NULL,
  total       BIGINT NOT NULL,
  ids         BYTEA NOT NULL,
  PRIMARY KEY (task, part)
) /* clustered */;
CREATE INDEX audience_parts_of ON audience_parts (audience_id, task);

-- Kept membership of a followed audience: 16,384 customers a row, a bit each.
CREATE TABLE audience_blocks (
  audience_id BIGINT NOT NULL,
  block       INTEGER NOT NULL,
  bits        BYTEA NOT NULL,
  PRIMARY KEY (audience_id, block)
) /* clustered */;

-- Who entered and left a followed audience, in the order of commits; written
-- together with the membership. customer_id 0 is nobody: with entered, following
-- began with the members that there were; else it ended.
CREATE TABLE audience_changes (
  seq         BIGINT PRIMARY KEY,
  audience_id BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  entered     BOOLEAN NOT NULL,
  -- The version of the rule that it was found by; a new version moves people, too.
  version     BIGINT NOT NULL,
  at          BIGINT NOT NULL
);
CREATE INDEX audience_changes_of ON audience_changes (audience_id, seq);
CREATE INDEX audience_changes_customer ON audience_changes (customer_id, seq);
CREATE TABLE audience_head (
  id  BIGINT PRIMARY KEY,
  seq BIGINT NOT NULL,
  -- Who follows, until when: one process at a time.
  node        TEXT NOT NULL DEFAULT '',
  lease_until BIGINT NOT NULL DEFAULT 0,
  -- Memberships without due_since are right as of this instant.
  settled_at  BIGINT NOT NULL DEFAULT 0,
  -- Changes up to here were dropped for their age.
  dropped     BIGINT NOT NULL DEFAULT 0
);
INSERT INTO audience_head (id, seq) VALUES (1, 0);

-- Size by day of company time, the last one seen that day.
CREATE TABLE audience_sizes (
  audience_id BIGINT NOT NULL,
  day         INTEGER NOT NULL,
  size        BIGINT NOT NULL,
  entered     BIGINT NOT NULL,
  left_count  BIGINT NOT NULL,
  PRIMARY KEY (audience_id, day)
) /* clustered */;
