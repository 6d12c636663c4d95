-- +goose Up
-- What roles may do with single fields of customers: only what differs from the default, to see and change it.
CREATE TABLE role_fields (
  role_id BIGINT NOT NULL REFERENCES roles (id),
  -- A key of customer.AccessFields: "phone", "remark", "f.<code>".
  field   TEXT NOT NULL,
  access  TEXT NOT NULL,
  PRIMARY KEY (role_id, field)
) /* clustered */;
