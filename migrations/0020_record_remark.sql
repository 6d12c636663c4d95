-- +goose Up
-- Free text of the history is sealed from now on; what stands there in clear is
-- found by this index and sealed by a job, after which the index is empty.
CREATE INDEX customer_changes_open ON customer_changes (id)
  WHERE field IN ('remark', 'release_reason') AND (before_text <> '' OR after_text <> '');
