-- +goose Up
CREATE TABLE products (
  id         BIGINT PRIMARY KEY,
  source_id  BIGINT NOT NULL,
  code       TEXT NOT NULL,
  name       TEXT NOT NULL,
  category   TEXT NOT NULL,
  brand      TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX products_code ON products (source_id, code);

-- Amounts are 分; *_sub are thousandths of a 分 beside them (package money).
-- gross: as the source says. sales: gross where the order counts as a sale, else 0.
-- net: sales less refunds; negative for a return document.
CREATE TABLE orders (
  id             BIGINT PRIMARY KEY,
  source_id      BIGINT NOT NULL,
  external_id    TEXT NOT NULL,
  customer_id    BIGINT NOT NULL,
  kind           SMALLINT NOT NULL,
  status         SMALLINT NOT NULL,
  paid_at        BIGINT NOT NULL,
  day            INTEGER NOT NULL,
  gross_fen      BIGINT NOT NULL,
  gross_sub      SMALLINT NOT NULL,
  sales_fen      BIGINT NOT NULL,
  sales_sub      SMALLINT NOT NULL,
  net_fen        BIGINT NOT NULL,
  net_sub        SMALLINT NOT NULL,
  freight_fen    BIGINT NOT NULL,
  quantity_milli BIGINT NOT NULL,
  line_count     INTEGER NOT NULL,
  channel        TEXT NOT NULL,
  store          TEXT NOT NULL,
  province       TEXT NOT NULL,
  city           TEXT NOT NULL,
  content_hash   BIGINT NOT NULL,
  import_id      BIGINT NOT NULL,
  created_at     BIGINT NOT NULL,
  updated_at     BIGINT NOT NULL
);
CREATE UNIQUE INDEX orders_external ON orders (source_id, external_id);
-- Covers the aggregates of grading and metrics, which then never touch the table.
CREATE INDEX orders_customer ON orders (customer_id, day, id, net_fen, net_sub, sales_fen, sales_sub);
CREATE INDEX orders_day ON orders (day, customer_id);

CREATE TABLE order_lines (
  order_id       BIGINT NOT NULL,
  line_no        INTEGER NOT NULL,
  product_id     BIGINT,
  quantity_milli BIGINT NOT NULL,
  amount_fen     BIGINT NOT NULL,
  amount_sub     SMALLINT NOT NULL,
  PRIMARY KEY (order_id, line_no)
) /* clustered */;

-- What a customer did without buying: 1 view, 2 add to cart, 3 favourite, 4 review.
CREATE TABLE behaviours (
  id             BIGINT PRIMARY KEY,
  source_id      BIGINT NOT NULL,
  external_id    TEXT NOT NULL,
  customer_id    BIGINT NOT NULL,
  kind           SMALLINT NOT NULL,
  at             BIGINT NOT NULL,
  day            INTEGER NOT NULL,
  product_id     BIGINT,
  quantity_milli BIGINT NOT NULL,
  rating         SMALLINT,
  content_hash   BIGINT NOT NULL,
  import_id      BIGINT NOT NULL,
  created_at     BIGINT NOT NULL
);
CREATE UNIQUE INDEX behaviours_external ON behaviours (source_id, external_id);
-- Serves the newest of a customer and, alone, the counts of views and carts.
CREATE INDEX behaviours_customer ON behaviours (customer_id, day, id, kind);

-- Figures per customer as of the company's present day (setting metrics.as_of).
-- Windows include that day: 30 days are the days as_of-29 .. as_of.
CREATE TABLE customer_metrics (
  customer_id        BIGINT PRIMARY KEY,
  as_of_day          INTEGER NOT NULL,
  first_day          INTEGER,
  last_day           INTEGER,
  last_behaviour_day INTEGER,
  orders_30          INTEGER NOT NULL DEFAULT 0,
  orders_90          INTEGER NOT NULL DEFAULT 0,
  orders_180         INTEGER NOT NULL DEFAULT 0,
  orders_365         INTEGER NOT NULL DEFAULT 0,
  orders_all         INTEGER NOT NULL DEFAULT 0,
  sales_30_fen       BIGINT NOT NULL DEFAULT 0,
  sales_90_fen       BIGINT NOT NULL DEFAULT 0,
  sales_180_fen      BIGINT NOT NULL DEFAULT 0,
  sales_365_fen      BIGINT NOT NULL DEFAULT 0,
  sales_all_fen      BIGINT NOT NULL DEFAULT 0,
  net_30_fen         BIGINT NOT NULL DEFAULT 0,
  net_90_fen         BIGINT NOT NULL DEFAULT 0,
  net_180_fen        BIGINT NOT NULL DEFAULT 0,
  net_365_fen        BIGINT NOT NULL DEFAULT 0,
  net_all_fen        BIGINT NOT NULL DEFAULT 0,
  months_30          INTEGER NOT NULL DEFAULT 0,
  months_90          INTEGER NOT NULL DEFAULT 0,
  months_180         INTEGER NOT NULL DEFAULT 0,
  months_365         INTEGER NOT NULL DEFAULT 0,
  months_all         INTEGER NOT NULL DEFAULT 0,
  carts_90           INTEGER NOT NULL DEFAULT 0,
  views_90           INTEGER NOT NULL DEFAULT 0,
  favourite_category TEXT NOT NULL DEFAULT '',
  favourite_brand    TEXT NOT NULL DEFAULT '',
  updated_at         BIGINT NOT NULL
);
CREATE INDEX customer_metrics_net365 ON customer_metrics (net_365_fen, customer_id);
CREATE INDEX customer_metrics_netall ON customer_metrics (net_all_fen, customer_id);
-- Without a purchase is before every day: the engines disagree where NULL sorts.
CREATE INDEX customer_metrics_last ON customer_metrics (COALESCE(last_day, -1000000), customer_id);
