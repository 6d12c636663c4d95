-- +goose Up
-- Levels that a run kept because only people grade the customer (reason -2): they
-- count as decided by people also after that was switched off for the customer.
-- reason stands first, or SQLite reads the whole run by its key.
CREATE INDEX tier_assignments_kept ON tier_assignments (reason, run_id, customer_id) WHERE reason = -2;
