-- +goose Up
-- From our warehouse to a recipient.
CREATE TABLE parcels (
    id            bigint GENERATED ALWAYS AS IDENTITY (START WITH 5001) PRIMARY KEY,
    account_id    bigint NOT NULL REFERENCES accounts,
    status        text NOT NULL CHECK (status IN ('new', 'assembling', 'ready_to_ship', 'shipped', 'delivered', 'cancelled', 'returned')),
    status_since  timestamptz NOT NULL,
    own           boolean NOT NULL,                        -- formed by the customer, not by us
    address_id    bigint REFERENCES addresses,
    method_code   text NOT NULL REFERENCES methods,
    wanted_address_id bigint REFERENCES addresses,         -- asked for while it is being assembled; staff accept
    ship_to       jsonb,                                   -- the address as frozen when it became ready
    queued_at     timestamptz,
    expedited     boolean NOT NULL DEFAULT false,
    packer_id     bigint REFERENCES accounts,
    taken_at      timestamptz,
    packed_at     timestamptz,
    open_holds    int NOT NULL DEFAULT 0 CHECK (open_holds >= 0),
    numbers       int NOT NULL DEFAULT 0 CHECK (numbers >= 0), -- how many tracking numbers it has
    actual_grams  int CHECK (actual_grams > 0),
    volumetric_grams int,
    billable_grams int,
    length_mm     int CHECK (length_mm > 0),
    width_mm      int CHECK (width_mm > 0),
    height_mm     int CHECK (height_mm > 0),
    ready_at      timestamptz,
    promised_on   date,
    shipped_at    timestamptz,
    delivered_at  timestamptz,
    cancelled_at  timestamptz,
    cancel_reason text NOT NULL DEFAULT '',
    key           text NOT NULL UNIQUE,
    version       int NOT NULL DEFAULT 1,
    created_at    timestamptz NOT NULL,
    CHECK (status NOT IN ('ready_to_ship', 'shipped', 'delivered') OR (ship_to IS NOT NULL AND ready_at IS NOT NULL)),
    CHECK (status NOT IN ('shipped', 'delivered') OR shipped_at IS NOT NULL),
    CHECK (status <> 'assembling' OR queued_at IS NOT NULL)
);
CREATE INDEX parcels_account ON parcels (account_id, id DESC);
-- What a packer may take, in the order of the queue.
CREATE INDEX parcels_queue ON parcels ((NOT expedited), queued_at, id)
    WHERE status = 'assembling' AND packed_at IS NULL AND packer_id IS NULL AND open_holds = 0;
CREATE INDEX parcels_taken ON parcels (packer_id) WHERE status = 'assembling' AND packed_at IS NULL AND packer_id IS NOT NULL;
CREATE INDEX parcels_blocked ON parcels (queued_at, id) WHERE status = 'assembling' AND open_holds > 0;
CREATE INDEX parcels_assembling ON parcels (account_id, id) WHERE status = 'assembling';
CREATE INDEX parcels_asking ON parcels (id) WHERE wanted_address_id IS NOT NULL;
CREATE INDEX parcels_ready ON parcels (method_code, ready_at, id) WHERE status = 'ready_to_ship';
CREATE INDEX parcels_lately_ready ON parcels (ready_at DESC) WHERE ready_at IS NOT NULL;
CREATE INDEX parcels_untracked ON parcels (id) WHERE status = 'shipped' AND numbers = 0;

-- Which items lie in which parcel; freed_at keeps what a cancelled parcel once held.
CREATE TABLE parcel_items (
    parcel_id bigint NOT NULL REFERENCES parcels,
    item_id   bigint NOT NULL REFERENCES items,
    added_at  timestamptz NOT NULL,
    freed_at  timestamptz,
    PRIMARY KEY (parcel_id, item_id, added_at)
);
CREATE UNIQUE INDEX parcel_items_once ON parcel_items (item_id) WHERE freed_at IS NULL;
CREATE INDEX items_at_warehouse ON items (account_id, id) WHERE status = 'at_warehouse';

CREATE TABLE holds (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    parcel_id  bigint NOT NULL REFERENCES parcels,
    kind       text NOT NULL CHECK (kind IN ('items_not_arrived', 'address_incomplete', 'insufficient_funds', 'customs_data_missing',
                                             'id_document_missing', 'prohibited_goods', 'damaged', 'service_pending', 'customer_hold', 'staff_hold')),
    note       text NOT NULL DEFAULT '',
    reminders  int NOT NULL DEFAULT 0,
    since      timestamptz NOT NULL,
    cleared_at timestamptz
);
CREATE UNIQUE INDEX holds_open ON holds (parcel_id, kind) WHERE cleared_at IS NULL;
CREATE INDEX holds_since ON holds (since) WHERE cleared_at IS NULL;

CREATE TABLE tracking_numbers (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    parcel_id    bigint NOT NULL REFERENCES parcels,
    carrier_code text NOT NULL REFERENCES carriers,
    number       text NOT NULL CHECK (number <> ''),
    by           bigint NOT NULL REFERENCES accounts,
    at           timestamptz NOT NULL,
    UNIQUE (parcel_id, number)
);
CREATE INDEX tracking_numbers_number ON tracking_numbers (number);

ALTER TABLE invoices ADD FOREIGN KEY (parcel_id) REFERENCES parcels;

-- How long assembly has lately taken, recomputed by a periodic job.
CREATE TABLE estimates (
    name       text PRIMARY KEY,
    days       int NOT NULL,
    updated_at timestamptz NOT NULL
);

-- Where a parcel goes can not be changed once it has left.
-- +goose StatementBegin
CREATE FUNCTION keep_shipped_address() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the address of a shipped parcel is final' USING ERRCODE = 'integrity_constraint_violation';
END $$;
-- +goose StatementEnd
CREATE TRIGGER shipped_address_is_final BEFORE UPDATE ON parcels FOR EACH ROW
    WHEN (OLD.status IN ('shipped', 'delivered') AND (NEW.ship_to IS DISTINCT FROM OLD.ship_to
          OR NEW.address_id IS DISTINCT FROM OLD.address_id OR NEW.method_code IS DISTINCT FROM OLD.method_code))
    EXECUTE FUNCTION keep_shipped_address();
