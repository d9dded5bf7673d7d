-- +goose Up
-- What this cabinet offers. A module that is off is mentioned nowhere, and its pages do not exist; what it has kept stays.
CREATE TABLE modules (
    name    text PRIMARY KEY,
    half    text NOT NULL CHECK (half IN ('parcels', 'magazine', 'both')),
    place   int NOT NULL,        -- in the row of tabs
    needs   text REFERENCES modules,
    enabled boolean NOT NULL DEFAULT true
);
INSERT INTO modules (name, half, place, needs) VALUES
    ('balance', 'parcels', 30, NULL),
    ('orders', 'parcels', 10, 'balance'),
    ('parcels', 'parcels', 20, 'orders');

ALTER TABLE setting_changes
    DROP CONSTRAINT setting_changes_subject_check,
    ADD CONSTRAINT setting_changes_subject_check CHECK (subject IN ('method', 'tariff', 'zones', 'fields', 'departures', 'holidays', 'carrier', 'tracker', 'payment_details', 'module'));
