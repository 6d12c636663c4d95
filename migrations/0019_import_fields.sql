-- +goose Up
-- What an import has to say beside its counts: names of tags that were left
-- out, new customers that look like others. Sealed, because people typed it.
ALTER TABLE imports ADD COLUMN notes_cipher BYTEA;

-- The customers that an import made, as ranges of ids. It is history: what
-- became of the customers since is not followed.
CREATE TABLE import_created (
  import_id BIGINT NOT NULL,
  first_id  BIGINT NOT NULL,
  last_id   BIGINT NOT NULL,
  PRIMARY KEY (import_id, first_id)
) /* clustered */;

-- Mappings that people keep under a name, for any file of the kind.
CREATE TABLE saved_mappings (
  id         BIGINT PRIMARY KEY,
  name       TEXT NOT NULL,
  kind       TEXT NOT NULL,
  mapping    TEXT NOT NULL,
  created_by BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_by BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX saved_mappings_name ON saved_mappings (name);
