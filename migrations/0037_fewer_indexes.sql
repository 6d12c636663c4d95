-- +goose Up
-- Each leads to most of the base, or to a large part of it, so that no plan for a
-- list begins with it; columns in memory answer what filters by them. A new
-- customer wrote an entry into every one, and on PostgreSQL so did each change.
DROP INDEX customers_kind;
DROP INDEX customers_source;
DROP INDEX customers_stage;
