-- +goose Up
-- Who approved what handbook and SOP say of a version of the lifecycle. The
-- fingerprint is of the version's content as it was then; another version has to be
-- approved anew.
CREATE TABLE lifecycle_approvals (
  document    TEXT NOT NULL, -- handbook, sop
  version     BIGINT NOT NULL,
  fingerprint TEXT NOT NULL,
  note        TEXT NOT NULL,
  approved_by BIGINT NOT NULL,
  approved_at BIGINT NOT NULL, -- unix ms
  PRIMARY KEY (document, version)
) /* clustered */;
