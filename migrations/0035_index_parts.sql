-- +goose Up
-- By parts of 262,144 customers: hashes and words lie all over an index, and a
-- write of thousands of new customers touched nearly as many of its pages. Now
-- it stays within the part of the newest ones.
DROP INDEX contacts_blind;
CREATE INDEX contacts_blind ON contacts ((customer_id >> 18), blind, customer_id);
DROP INDEX customer_terms_term;
CREATE INDEX customer_terms_term ON customer_terms ((customer_id >> 18), term, customer_id);
