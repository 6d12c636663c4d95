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
  created_at  BIGINT NOT NULL,
  updated_at  BIGINT NOT NULL
);
CREATE UNIQUE INDEX audiences_name ON audiences (fold) WHERE archived_at = 0;

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

-- Kept membership of a followed audience: 16,384 customers a row, a bit each.
CREATE TABLE audience_blocks (
  audience_id BIGINT NOT NULL,
  block       INTEGER NOT NULL,
  bits        BYTEA NOT NULL,
  PRIMARY KEY (audience_id, block)
) /* clustered */;

-- Who entered and left a followed audience, in the order of commits; written
-- together with the membership.
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
  lease_until BIGINT NOT NULL DEFAULT 0
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
