-- +goose Up
-- How far those who hear of changes of an audience have come; 0 is all audiences.
-- Written together with what a subscriber makes of the changes.
CREATE TABLE audience_cursors (
  name        TEXT NOT NULL,
  audience_id BIGINT NOT NULL,
  seq         BIGINT NOT NULL,
  PRIMARY KEY (name, audience_id)
) /* clustered */;
