-- +goose Up
-- The operator edits on pages of the desk what stood in these tables from the start. Of two who save at once the
-- second learns of the first.
ALTER TABLE methods ADD COLUMN version int NOT NULL DEFAULT 1;
ALTER TABLE carriers ADD COLUMN version int NOT NULL DEFAULT 1;
ALTER TABLE trackers ADD COLUMN version int NOT NULL DEFAULT 1;
ALTER TABLE payment_details ADD COLUMN version int NOT NULL DEFAULT 1;

-- Rules about the recipient are only added to, each change being a version of its method's: the frozen address of a
-- parcel says which version it was held against. «none» does not ask for a field any more; «default» takes a country's
-- own rule back. A field may have a format of its own, with an example of it.
ALTER TABLE methods ADD COLUMN fields_version int NOT NULL DEFAULT 1;
ALTER TABLE method_fields
    ADD COLUMN pattern text NOT NULL DEFAULT '',
    ADD COLUMN example text NOT NULL DEFAULT '',
    ADD COLUMN version int NOT NULL DEFAULT 1,
    DROP CONSTRAINT method_fields_level_check,
    ADD CONSTRAINT method_fields_level_check CHECK (level IN ('required', 'optional', 'none', 'default') AND (level <> 'default' OR country <> '*')),
    DROP CONSTRAINT method_fields_pkey,
    ADD PRIMARY KEY (method_code, field, country, valid_from, version);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON method_fields FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();

-- Who changed what, and when.
CREATE TABLE setting_changes (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    subject     text NOT NULL CHECK (subject IN ('method', 'tariff', 'zones', 'fields', 'departures', 'holidays', 'carrier', 'tracker', 'payment_details')),
    name        text NOT NULL,                  -- which one: a code, a calendar, a currency
    valid_from  date,                           -- where it does not hold at once
    differences jsonb NOT NULL,                 -- [{"Field", "Before", "After"}]
    by          bigint NOT NULL REFERENCES accounts,
    at          timestamptz NOT NULL
);
CREATE INDEX setting_changes_name ON setting_changes (name, id DESC);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON setting_changes FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON setting_changes FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();

-- A number to try a carrier's page with, and the parcels that a new rule of their method may hold or let go.
CREATE INDEX tracking_numbers_carrier ON tracking_numbers (carrier_code, id DESC);
CREATE INDEX parcels_waiting ON parcels (method_code, id) WHERE status IN ('assembling', 'ready_to_ship');
