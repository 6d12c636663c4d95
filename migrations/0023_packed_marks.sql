-- +goose Up
-- Many customers here and there, as a batch of an import writes them, stand in
-- one row: ids are the distances between them, packed, from first_id to last_id.
-- NULL is all of the run.
ALTER TABLE column_marks ADD COLUMN ids BYTEA;
