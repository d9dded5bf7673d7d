-- +goose Up
-- What a customer is asked to pay, in one version after another, and the credit notes for what came back.
CREATE TABLE invoices (
    id          bigint GENERATED ALWAYS AS IDENTITY (START WITH 501) PRIMARY KEY,
    account_id  bigint NOT NULL REFERENCES accounts,
    order_id    bigint REFERENCES orders,
    parcel_id   bigint,
    kind        text NOT NULL CHECK (kind IN ('goods', 'delivery', 'top_up', 'service', 'supplement', 'credit_note')),
    version     int NOT NULL DEFAULT 1,
    status      text NOT NULL DEFAULT 'issued' CHECK (status IN ('draft', 'issued', 'partially_paid', 'paid', 'superseded', 'void')),
    currency    text NOT NULL DEFAULT 'EUR' CHECK (currency = 'EUR'),
    total       bigint NOT NULL CHECK (total >= 0),
    paid        bigint NOT NULL DEFAULT 0 CHECK (paid >= 0 AND paid <= total),
    reference   text NOT NULL UNIQUE,                      -- RF creditor reference, ISO 11649
    rub_total   bigint,                                    -- kopecks at the rate of the day it was issued
    due_on      date NOT NULL,
    issued_at   timestamptz NOT NULL,
    paid_at     timestamptz,
    replaced_by bigint REFERENCES invoices,
    reason      text NOT NULL DEFAULT '',
    CHECK ((status = 'paid') = (paid_at IS NOT NULL))
);
CREATE INDEX invoices_order ON invoices (order_id, version DESC) WHERE order_id IS NOT NULL;
CREATE INDEX invoices_account ON invoices (account_id, id DESC);
CREATE INDEX invoices_parcel ON invoices (parcel_id, version DESC) WHERE parcel_id IS NOT NULL;
CREATE INDEX invoices_open ON invoices (account_id, issued_at, id) WHERE status IN ('issued', 'partially_paid');
CREATE UNIQUE INDEX invoices_one_goods ON invoices (order_id) WHERE kind = 'goods' AND status IN ('draft', 'issued', 'partially_paid', 'paid');
CREATE UNIQUE INDEX invoices_one_delivery ON invoices (parcel_id) WHERE kind = 'delivery' AND status IN ('draft', 'issued', 'partially_paid', 'paid');

CREATE TABLE invoice_lines (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    invoice_id  bigint NOT NULL REFERENCES invoices,
    position    int NOT NULL,
    kind        text NOT NULL CHECK (kind IN ('item', 'commission', 'shop_delivery', 'delivery', 'service', 'top_up')),
    item_id     bigint REFERENCES items,
    description text NOT NULL DEFAULT '',
    quantity    int NOT NULL DEFAULT 1,
    amount      bigint NOT NULL CHECK (amount >= 0),
    UNIQUE (invoice_id, position)
);
CREATE INDEX invoice_lines_item ON invoice_lines (item_id) WHERE item_id IS NOT NULL;
ALTER TABLE transfer_lines ADD FOREIGN KEY (invoice_line_id) REFERENCES invoice_lines;
CREATE INDEX transfer_lines_invoice_line ON transfer_lines (invoice_line_id) WHERE invoice_line_id IS NOT NULL;

-- Money that came to our bank. It lands on the balance of whoever it is matched to.
CREATE TABLE payments (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    status      text NOT NULL DEFAULT 'unmatched' CHECK (status IN ('unmatched', 'suggested', 'matched', 'ignored', 'returned')),
    amount      bigint NOT NULL CHECK (amount > 0),
    currency    text NOT NULL CHECK (currency IN ('EUR', 'RUB')),
    reference   text NOT NULL DEFAULT '',
    payer       text NOT NULL DEFAULT '',
    received_on date NOT NULL,
    account_id  bigint REFERENCES accounts,
    invoice_id  bigint REFERENCES invoices,
    transfer_id bigint UNIQUE REFERENCES transfers,
    clue        text NOT NULL DEFAULT '',                  -- what the suggestion goes by
    reason      text NOT NULL DEFAULT '',
    matches     int NOT NULL DEFAULT 0,                    -- how often it was matched; all but the last were undone
    matched_at  timestamptz,
    key         text NOT NULL UNIQUE,
    by          bigint NOT NULL REFERENCES accounts,
    at          timestamptz NOT NULL,
    CHECK ((status = 'matched') = (transfer_id IS NOT NULL AND matched_at IS NOT NULL)),
    CHECK (status <> 'matched' OR account_id IS NOT NULL)
);
CREATE INDEX payments_unmatched ON payments (id DESC) WHERE status IN ('unmatched', 'suggested');
CREATE INDEX payments_at ON payments (at);
CREATE INDEX payments_matched ON payments (matched_at DESC, id DESC) WHERE status = 'matched';
CREATE INDEX payments_invoice ON payments (invoice_id) WHERE status = 'matched';
CREATE INDEX payments_account ON payments (account_id, id DESC) WHERE account_id IS NOT NULL;
