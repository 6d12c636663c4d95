-- +goose Up
CREATE TABLE departments (
  id         BIGINT PRIMARY KEY,
  parent_id  BIGINT REFERENCES departments (id),
  name       TEXT NOT NULL,
  -- "/1/4/9/": the ids from the root to here, so that "and below" is a prefix.
  path       TEXT NOT NULL UNIQUE,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);

CREATE TABLE roles (
  id          BIGINT PRIMARY KEY,
  code        TEXT NOT NULL UNIQUE,
  name        TEXT NOT NULL,
  scope       TEXT NOT NULL,
  permissions TEXT NOT NULL,
  builtin     BOOLEAN NOT NULL,
  created_at  BIGINT NOT NULL,
  updated_at  BIGINT NOT NULL
);

CREATE TABLE staff (
  id                 BIGINT PRIMARY KEY,
  login              TEXT NOT NULL UNIQUE,
  name               TEXT NOT NULL,
  department_id      BIGINT NOT NULL REFERENCES departments (id),
  password_hash      TEXT NOT NULL,
  must_change        BOOLEAN NOT NULL,
  disabled           BOOLEAN NOT NULL,
  -- Raised by a change of password, role or status: every session with an older number ends.
  auth_version       BIGINT NOT NULL,
  failed_attempts    INTEGER NOT NULL DEFAULT 0,
  locked_until       BIGINT NOT NULL DEFAULT 0,
  last_login_at      BIGINT NOT NULL DEFAULT 0,
  created_at         BIGINT NOT NULL,
  updated_at         BIGINT NOT NULL
);
CREATE INDEX staff_department ON staff (department_id, id);

CREATE TABLE staff_roles (
  staff_id BIGINT NOT NULL REFERENCES staff (id),
  role_id  BIGINT NOT NULL REFERENCES roles (id),
  PRIMARY KEY (staff_id, role_id)
) /* clustered */;
CREATE INDEX staff_roles_role ON staff_roles (role_id, staff_id);

-- Raised by every write to departments, roles, staff and settings: what a process keeps in memory
-- about them holds for one version. Its update is also the lock that orders those writes.
CREATE TABLE org_state (
  id      BIGINT PRIMARY KEY,
  version BIGINT NOT NULL
);
INSERT INTO org_state (id, version) VALUES (1, 1);

CREATE TABLE sessions (
  token      TEXT PRIMARY KEY,
  staff_id   BIGINT NOT NULL,
  -- staff.auth_version when the session began; another number there ends it.
  auth_version BIGINT NOT NULL,
  data       BYTEA NOT NULL,
  -- Last use, to the minute.
  seen_at    BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
) /* clustered */;
CREATE INDEX sessions_expiry ON sessions (expires_at);
CREATE INDEX sessions_staff ON sessions (staff_id);

-- Append-only, each entry chained to the one before it by its hash.
CREATE TABLE audit_log (
  id          BIGINT PRIMARY KEY,
  at          BIGINT NOT NULL,
  actor_id    BIGINT NOT NULL,
  actor_name  TEXT NOT NULL,
  ip          TEXT NOT NULL,
  action      TEXT NOT NULL,
  object_type TEXT NOT NULL,
  object_id   TEXT NOT NULL,
  before_data TEXT NOT NULL,
  after_data  TEXT NOT NULL,
  request_id  TEXT NOT NULL,
  hash        TEXT NOT NULL
);
CREATE INDEX audit_log_object ON audit_log (object_type, object_id, id);
CREATE INDEX audit_log_actor ON audit_log (actor_id, id);
CREATE INDEX audit_log_action ON audit_log (action, id);
CREATE INDEX audit_log_at ON audit_log (at, id);

-- One row: the chain's end. Its update is the lock under which entries are appended.
CREATE TABLE audit_head (
  id     BIGINT PRIMARY KEY,
  seq    BIGINT NOT NULL,
  hash   TEXT NOT NULL
);
INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, '');
