-- +goose Up
-- The company's own models, each fit a version; package forecast.
CREATE TABLE forecast_models (
  id          BIGINT PRIMARY KEY,
  kind        TEXT NOT NULL, -- purchases, churn
  version     INTEGER NOT NULL,
  -- waiting, running, in_use, retired (was in use), held (waits for a person), discarded, failed, cancelled
  status      TEXT NOT NULL,
  settings    TEXT NOT NULL, -- JSON, as they were when it was fitted
  body        TEXT NOT NULL, -- JSON: parameters and what they are worth; '' until fitted
  doubts      TEXT NOT NULL, -- JSON: why it waits for a person; '' where it does not
  as_of_day   INTEGER NOT NULL, -- last day of the facts; 0 until fitted
  customers   BIGINT NOT NULL,
  error_code  TEXT NOT NULL,
  job_id      BIGINT NOT NULL, -- 0 where a command fits
  -- A fit without a job belongs to a command that renews this while it lives.
  lease_until BIGINT NOT NULL,
  created_by  BIGINT NOT NULL,
  created_at  BIGINT NOT NULL,
  finished_at BIGINT NOT NULL,
  decided_by  BIGINT NOT NULL, -- who put a held one in use or discarded it
  decided_at  BIGINT NOT NULL
);
CREATE UNIQUE INDEX forecast_models_version ON forecast_models (kind, version);
-- One fit of a kind at a time, and one in use.
CREATE UNIQUE INDEX forecast_models_active ON forecast_models (kind) WHERE status IN ('waiting', 'running');
CREATE UNIQUE INDEX forecast_models_in_use ON forecast_models (kind) WHERE status = 'in_use';

-- How a kind is fitted and when; none: as shipped.
CREATE TABLE forecast_settings (
  kind       TEXT PRIMARY KEY,
  body       TEXT NOT NULL, -- JSON
  version    INTEGER NOT NULL,
  updated_by BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);

-- Sales for nothing: purchases of a model that no amount tells from a refunded or a cancelled order.
CREATE INDEX orders_free ON orders (customer_id, day) WHERE kind = 1 AND gross_fen = 0 AND gross_sub = 0;
