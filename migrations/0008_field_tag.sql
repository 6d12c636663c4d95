-- +goose Up
-- One row: its version is raised by every write to definitions, and is the lock that orders them.
CREATE TABLE field_state (
  id      BIGINT PRIMARY KEY,
  version BIGINT NOT NULL
);
INSERT INTO field_state (id, version) VALUES (1, 1);

CREATE TABLE field_defs (
  id         BIGINT PRIMARY KEY,
  code       TEXT NOT NULL UNIQUE,
  -- text, number, money, date, choice, multi_choice, reference
  kind       TEXT NOT NULL,
  -- Decimals of a number.
  scale      BIGINT NOT NULL DEFAULT 0,
  -- What a reference points to: customer or staff; "" for other kinds.
  target     TEXT NOT NULL DEFAULT '',
  name_zh    TEXT NOT NULL,
  name_en    TEXT NOT NULL,
  help_zh    TEXT NOT NULL DEFAULT '',
  help_en    TEXT NOT NULL DEFAULT '',
  section_zh TEXT NOT NULL DEFAULT '',
  section_en TEXT NOT NULL DEFAULT '',
  unit       TEXT NOT NULL DEFAULT '',
  required   BOOLEAN NOT NULL,
  -- Set with the first value and never taken back: from then on the kind stands.
  used       BOOLEAN NOT NULL,
  retired    BOOLEAN NOT NULL,
  position   BIGINT NOT NULL,
  -- A JSON list; the choices in their order.
  options    TEXT NOT NULL DEFAULT '[]',
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);

-- One row a value, of multi_choice one a choice. num holds numbers (times 10^scale), 分, days and ids;
-- text holds text and the codes of choices. Text is compared byte by byte, so that "begins with" is a range.
CREATE TABLE customer_values (
  customer_id BIGINT NOT NULL,
  field_id    BIGINT NOT NULL,
  item        BIGINT NOT NULL,
  num         BIGINT,
  text        TEXT COLLATE "C",
  PRIMARY KEY (customer_id, field_id, item)
) /* clustered */;
CREATE INDEX customer_values_num ON customer_values (field_id, num, customer_id) WHERE num IS NOT NULL;
CREATE INDEX customer_values_text ON customer_values (field_id, text, customer_id) WHERE text IS NOT NULL;

CREATE TABLE tag_state (
  id      BIGINT PRIMARY KEY,
  version BIGINT NOT NULL
);
INSERT INTO tag_state (id, version) VALUES (1, 1);

-- A customer has at most one tag of an exclusive group.
CREATE TABLE tag_groups (
  id           BIGINT PRIMARY KEY,
  name_zh      TEXT NOT NULL,
  name_en      TEXT NOT NULL,
  is_exclusive BOOLEAN NOT NULL,
  position     BIGINT NOT NULL,
  created_at   BIGINT NOT NULL,
  updated_at   BIGINT NOT NULL
);
-- Groups to begin with. They are the company's own: renamed and deleted like any other.
INSERT INTO tag_groups (id, name_zh, name_en, is_exclusive, position, created_at, updated_at) VALUES
  (1, '行业', 'Industry', FALSE, 1, 0, 0),
  (2, '痛点', 'Pain point', FALSE, 2, 0, 0),
  (3, '兴趣', 'Interest', FALSE, 3, 0, 0);
INSERT INTO id_sequences (name, next) VALUES ('tag_group', 4);

CREATE TABLE tags (
  id         BIGINT PRIMARY KEY,
  group_id   BIGINT NOT NULL REFERENCES tag_groups (id),
  name       TEXT NOT NULL,
  -- The name in one form (width, case): no two tags have the same.
  fold       TEXT NOT NULL UNIQUE,
  -- 0 to 8, one of the fixed colours.
  tone       BIGINT NOT NULL DEFAULT 0,
  retired    BOOLEAN NOT NULL,
  -- The tag that this one is being merged into, 0 for none.
  merged_into BIGINT NOT NULL DEFAULT 0,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX tags_group ON tags (group_id, id);

CREATE TABLE customer_tags (
  customer_id BIGINT NOT NULL,
  tag_id      BIGINT NOT NULL,
  added_at    BIGINT NOT NULL,
  added_by    BIGINT NOT NULL,
  PRIMARY KEY (customer_id, tag_id)
) /* clustered */;
CREATE INDEX customer_tags_tag ON customer_tags (tag_id, customer_id);
