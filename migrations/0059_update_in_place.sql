-- +goose Up
-- Every write of a customer says when it was. While an index held that, PostgreSQL
-- wrote each write into all the dozen indexes of customers; without it a write of
-- fields that no index holds stays in the row's page. The columns in memory find and
-- sort by it.
DROP INDEX customers_updated;
-- What is a code or is asked for as it stands is compared byte by byte, as on SQLite:
-- by the rules of a language it takes longer to find a place in an index, and the
-- order is another one on each machine.
ALTER TABLE customers ALTER COLUMN city TYPE TEXT COLLATE "C", ALTER COLUMN province TYPE TEXT COLLATE "C", ALTER COLUMN region_code TYPE TEXT COLLATE "C", ALTER COLUMN birthday TYPE TEXT COLLATE "C" /* postgres */;
-- To stay in its page a write needs room there. The rows there are get it by being
-- written anew.
ALTER TABLE customers SET (fillfactor = 80) /* postgres */;
CLUSTER customers USING customers_pkey /* postgres */;
