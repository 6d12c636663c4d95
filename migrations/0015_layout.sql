-- +goose Up
-- Parents and companies that files name and that are not there yet: tried again at the
-- end of each import of customers into the source.
CREATE TABLE import_links (
  source_id  BIGINT NOT NULL,
  from_id    BIGINT NOT NULL,
  -- contact or parent, as in customer_relations.
  kind       TEXT NOT NULL,
  -- Keyed hash of the number of the other one in the source; NULL where only the name is said.
  to_blind   BYTEA,
  to_name    TEXT NOT NULL,
  title      TEXT NOT NULL,
  is_primary BOOLEAN NOT NULL,
  PRIMARY KEY (source_id, from_id, kind)
) /* clustered */;
