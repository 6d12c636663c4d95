-- +goose Up
-- What similar customers bought; package affinity. Each time it is worked out is a version:
-- written beside the one in force, put in its place in one step, and then the old one goes.
CREATE TABLE affinity_versions (
  id         BIGINT PRIMARY KEY,
  status     TEXT NOT NULL, -- writing, in_force
  settings   TEXT NOT NULL, -- JSON, as they were
  from_day   INTEGER NOT NULL,
  as_of_day  INTEGER NOT NULL, -- last day of the orders
  customers  BIGINT NOT NULL, -- who bought anything with a category in the window
  suggested  BIGINT NOT NULL, -- who has a category that similar customers bought
  created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX affinity_versions_in_force ON affinity_versions (status) WHERE status = 'in_force';

-- Whoever bought from_category also bought category, and how many customers each has.
CREATE TABLE affinity_rules (
  version_id     BIGINT NOT NULL,
  from_category  TEXT NOT NULL,
  category       TEXT NOT NULL,
  from_customers BIGINT NOT NULL,
  customers      BIGINT NOT NULL,
  both_customers BIGINT NOT NULL,
  PRIMARY KEY (version_id, from_category, category)
) /* clustered */;

CREATE TABLE affinity_customers (
  customer_id BIGINT NOT NULL,
  version_id  BIGINT NOT NULL,
  category    TEXT NOT NULL,
  PRIMARY KEY (customer_id, version_id)
) /* clustered */;
