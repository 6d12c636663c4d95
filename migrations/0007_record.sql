-- +goose Up
-- stage: prospect or customer. Without an owner a customer is in the public pool (公海).
ALTER TABLE customers ADD COLUMN stage TEXT NOT NULL DEFAULT 'customer';
ALTER TABLE customers ADD COLUMN education TEXT NOT NULL DEFAULT '';
-- The birthday is a date of the lunar calendar: "1990-08-15" is 农历八月十五.
ALTER TABLE customers ADD COLUMN birthday_lunar BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE customers ADD COLUMN district TEXT NOT NULL DEFAULT '';
-- GB/T 2260 code of the district, else of the city or province; "" where unknown.
ALTER TABLE customers ADD COLUMN region_code TEXT NOT NULL DEFAULT '';
ALTER TABLE customers ADD COLUMN industry TEXT NOT NULL DEFAULT '';
ALTER TABLE customers ADD COLUMN preferred_channel TEXT NOT NULL DEFAULT '';
-- What the customer says to like, a JSON list of words; what they buy is in the figures.
ALTER TABLE customers ADD COLUMN favourite_categories TEXT NOT NULL DEFAULT '[]';
ALTER TABLE customers ADD COLUMN remark TEXT NOT NULL DEFAULT '';
ALTER TABLE customers ADD COLUMN adviser_id BIGINT;
-- Title, tax number, bank and account for invoices, sealed as one JSON object.
ALTER TABLE customers ADD COLUMN invoice_cipher BYTEA;
-- Unix ms; 0 = never. owned_at and last_contact_at decide when an owner loses the customer to the pool.
ALTER TABLE customers ADD COLUMN owned_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE customers ADD COLUMN last_contact_at BIGINT NOT NULL DEFAULT 0;
-- The public pool. Of customers as they are imported it takes them in the order of their ids.
CREATE INDEX customers_pool ON customers (department_id, id) WHERE owner_id IS NULL;

ALTER TABLE contacts ADD COLUMN label TEXT NOT NULL DEFAULT '';
ALTER TABLE contacts ADD COLUMN is_primary BOOLEAN NOT NULL DEFAULT FALSE;
-- unknown, valid or invalid.
ALTER TABLE contacts ADD COLUMN validity TEXT NOT NULL DEFAULT 'unknown';
ALTER TABLE contacts ADD COLUMN verified_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE contacts ADD COLUMN region_code TEXT NOT NULL DEFAULT '';
ALTER TABLE contacts ADD COLUMN updated_at BIGINT NOT NULL DEFAULT 0;

-- kind: contact (from is a person who works for to), parent (to is the parent company of from),
-- household, introduced_by (to introduced from), partner. role: what a contact decides.
CREATE TABLE customer_relations (
  id         BIGINT PRIMARY KEY,
  from_id    BIGINT NOT NULL,
  to_id      BIGINT NOT NULL,
  kind       TEXT NOT NULL,
  role       TEXT NOT NULL DEFAULT '',
  title      TEXT NOT NULL DEFAULT '',
  note       TEXT NOT NULL DEFAULT '',
  is_primary BOOLEAN NOT NULL DEFAULT FALSE,
  created_by BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX customer_relations_pair ON customer_relations (from_id, to_id, kind);
CREATE INDEX customer_relations_to ON customer_relations (to_id, id);

-- The service team besides owner and adviser; its members see the customer.
CREATE TABLE customer_team (
  customer_id BIGINT NOT NULL,
  staff_id    BIGINT NOT NULL REFERENCES staff (id),
  role        TEXT NOT NULL,
  added_at    BIGINT NOT NULL,
  PRIMARY KEY (customer_id, staff_id)
) /* clustered */;
CREATE INDEX customer_team_staff ON customer_team (staff_id, customer_id);

-- Who changed which field, when, from what. Sealed values (contacts, invoice data) stand in *_cipher
-- under vault kind "row"; before_text and after_text then hold the masked form.
CREATE TABLE customer_changes (
  id            BIGINT PRIMARY KEY,
  customer_id   BIGINT NOT NULL,
  at            BIGINT NOT NULL,
  actor_id      BIGINT NOT NULL,
  actor_name    TEXT NOT NULL,
  -- edit, bulk, import, api, merge, undo, pool
  origin        TEXT NOT NULL,
  -- One write, one number: the changes that were made together.
  change_set    BIGINT NOT NULL,
  -- The version of the customer that the write made: what came after the version a client knows.
  version       BIGINT NOT NULL,
  -- name, phone, custom field "f.<code>", tag …
  field         TEXT NOT NULL,
  before_text   TEXT NOT NULL,
  after_text    TEXT NOT NULL,
  before_cipher BYTEA,
  after_cipher  BYTEA
);
CREATE INDEX customer_changes_customer ON customer_changes (customer_id, at, id);

-- What changed, in the order of commits: a writer takes its numbers from feed_head and holds
-- that row until it commits, so that no reader can pass a number that is yet to come.
CREATE TABLE customer_feed (
  seq         BIGINT PRIMARY KEY,
  customer_id BIGINT NOT NULL,
  -- created, updated, deleted, merged (other_id is the one that stays), restored.
  -- A row of another kind than merged may stand for a run of customers, customer_id to other_id; seq is
  -- then the number of the last of them.
  kind        TEXT NOT NULL,
  other_id    BIGINT NOT NULL DEFAULT 0,
  at          BIGINT NOT NULL
);
CREATE TABLE feed_head (
  id  BIGINT PRIMARY KEY,
  seq BIGINT NOT NULL
);
INSERT INTO feed_head (id, seq) VALUES (1, 0);

-- The refused rows of one reason, in file order.
CREATE INDEX import_rejects_reason ON import_rejects (import_id, code, row_no);
