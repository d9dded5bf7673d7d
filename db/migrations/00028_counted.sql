-- +goose Up
-- What the counters of the desk look at besides the order of their index.
DROP INDEX parcels_untracked;
CREATE INDEX parcels_untracked ON parcels (id) INCLUDE (method_code) WHERE status = 'shipped' AND numbers = 0;
DROP INDEX parcels_promised;
CREATE INDEX parcels_promised ON parcels (promised_on, id) INCLUDE (method_code) WHERE status = 'ready_to_ship';
