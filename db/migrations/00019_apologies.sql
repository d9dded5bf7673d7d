-- +goose Up
-- The day that was promised last and missed, once the customer has our apologies and another day; promised_on is that day.
ALTER TABLE parcels ADD COLUMN missed_on date;
ALTER TABLE parcels ADD CHECK (missed_on < promised_on);
CREATE INDEX parcels_promised ON parcels (promised_on, id) WHERE status = 'ready_to_ship';
