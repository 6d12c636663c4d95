-- +goose Up
-- What people write about a customer while they decide about levels is sealed, as
-- notes are. The columns in the clear are emptied when the program starts (they
-- are '' in every row written since).
ALTER TABLE tier_decision_items ADD COLUMN reason_cipher BYTEA;
ALTER TABLE tier_review_acts ADD COLUMN reason_cipher BYTEA;
ALTER TABLE tier_review_comments ADD COLUMN body_cipher BYTEA;
ALTER TABLE tier_appeals ADD COLUMN evidence_cipher BYTEA;
ALTER TABLE tier_appeals ADD COLUMN answer_cipher BYTEA;
ALTER TABLE tier_hand_only ADD COLUMN reason_cipher BYTEA;
-- Empty once that is done: it tells at every start that nothing is left to do.
CREATE INDEX tier_decision_items_plain ON tier_decision_items (run_id, customer_id, decision_id) WHERE reason <> '';
