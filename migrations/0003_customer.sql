-- +goose Up
-- Where data comes from: a shop, a till system, a sheet. Keys of records are unique within a source.
CREATE TABLE sources (
  id         BIGINT PRIMARY KEY,
  code       TEXT NOT NULL UNIQUE,
  name       TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

-- Tables that grow into millions declare no foreign keys: PostgreSQL checks each row of
-- them by a trigger, which costs more than the insert. `zhike doctor` looks for orphans.
CREATE TABLE customers (
  id            BIGINT PRIMARY KEY,
  kind          TEXT NOT NULL,
  name          TEXT NOT NULL,
  gender        TEXT NOT NULL DEFAULT '',
  birthday      TEXT NOT NULL DEFAULT '',
  company       TEXT NOT NULL DEFAULT '',
  province      TEXT NOT NULL DEFAULT '',
  city          TEXT NOT NULL DEFAULT '',
  source_id     BIGINT NOT NULL,
  owner_id      BIGINT,
  department_id BIGINT,
  version       BIGINT NOT NULL,
  created_at    BIGINT NOT NULL,
  updated_at    BIGINT NOT NULL
);
CREATE INDEX customers_owner ON customers (owner_id, id) WHERE owner_id IS NOT NULL;
CREATE INDEX customers_department ON customers (department_id, id) WHERE department_id IS NOT NULL;
CREATE INDEX customers_city ON customers (city, province, id);
CREATE INDEX customers_province ON customers (province, id);
CREATE INDEX customers_kind ON customers (kind, id);
CREATE INDEX customers_source ON customers (source_id, id);

-- The buyer's number in each source. A shop's buyer id may be a phone number,
-- so it is kept like one: found by a keyed hash, shown after decryption.
CREATE TABLE customer_keys (
  source_id       BIGINT NOT NULL,
  external_blind  BYTEA NOT NULL,
  external_cipher BYTEA NOT NULL,
  customer_id     BIGINT NOT NULL,
  PRIMARY KEY (source_id, external_blind)
) /* clustered */;
CREATE INDEX customer_keys_customer ON customer_keys (customer_id);

-- Phones, e-mails, addresses and codes: encrypted, found by keyed hashes.
CREATE TABLE contacts (
  id          BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  kind        TEXT NOT NULL,
  cipher      BYTEA NOT NULL,
  blind       BYTEA NOT NULL,
  tail_blind  BYTEA,
  source_id   BIGINT NOT NULL,
  created_at  BIGINT NOT NULL,
  PRIMARY KEY (customer_id, id)
) /* clustered */;
CREATE INDEX contacts_blind ON contacts (blind, customer_id);
CREATE INDEX contacts_tail ON contacts (tail_blind, customer_id) WHERE tail_blind IS NOT NULL;

-- Folded words of names: two-character runs, pinyin, initials, Latin words.
-- Compared byte by byte, so that "begins with" is a range of the key.
CREATE TABLE customer_terms (
  term        TEXT COLLATE "C" NOT NULL,
  customer_id BIGINT NOT NULL,
  PRIMARY KEY (term, customer_id)
) /* clustered */;
CREATE INDEX customer_terms_customer ON customer_terms (customer_id, term);
