-- +goose Up
-- The outbox and the record of what was sent. A row is written by the change that caused
-- the mail; a worker fills in subject and bodies as they go out. A secret stands in the
-- bodies only as a mark; it is kept apart and forgotten once the mail has left.
CREATE TABLE mails (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id bigint NOT NULL REFERENCES accounts,
    kind       text NOT NULL,
    topic      text NOT NULL DEFAULT '',       -- what it is about: order-10001, parcel-5
    address    text NOT NULL,
    locale     text NOT NULL CHECK (locale IN ('ru', 'en')),
    letter     jsonb NOT NULL,
    secret     text NOT NULL DEFAULT '',
    subject    text NOT NULL DEFAULT '',
    text_body  text NOT NULL DEFAULT '',
    html_body  text NOT NULL DEFAULT '',
    message_id text NOT NULL UNIQUE,
    status     text NOT NULL DEFAULT 'queued' CHECK (status IN ('gathering', 'queued', 'sent', 'failed', 'cancelled')),
    attempts   int NOT NULL DEFAULT 0,
    error      text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL,
    leaves_at  timestamptz,                    -- of a gathered one: not before, so that its latest line can be taken back
    sent_at    timestamptz
);
CREATE INDEX mails_newest ON mails (id DESC);
CREATE INDEX mails_account ON mails (account_id, id DESC);
CREATE INDEX mails_waiting ON mails (status, id) WHERE status IN ('gathering', 'queued', 'failed');
-- Scans that belong together share one mail until it leaves.
CREATE UNIQUE INDEX mails_gathering ON mails (account_id, kind, topic) WHERE status = 'gathering';

-- Who moved what from where to where, and why: the timeline of an order, an item, a parcel, an invoice.
CREATE TABLE moves (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id  bigint NOT NULL REFERENCES accounts,   -- whose thing it is
    subject     text NOT NULL CHECK (subject IN ('order', 'item', 'parcel', 'invoice', 'hold', 'account')),
    subject_id  bigint NOT NULL,
    order_id    bigint,
    parcel_id   bigint,
    from_status text NOT NULL DEFAULT '',
    to_status   text NOT NULL,
    by          bigint REFERENCES accounts,            -- empty: the system
    reason      text NOT NULL DEFAULT '',
    at          timestamptz NOT NULL
);
CREATE INDEX moves_account ON moves (account_id, id DESC);
CREATE INDEX moves_order ON moves (order_id, id) WHERE order_id IS NOT NULL;
CREATE INDEX moves_parcel ON moves (parcel_id, id) WHERE parcel_id IS NOT NULL;
