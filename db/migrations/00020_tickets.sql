-- +goose Up
-- A question of a customer and everything said about it. It is about one order or one parcel, or about neither.
CREATE TABLE tickets (
    id            bigint GENERATED ALWAYS AS IDENTITY (START WITH 1001) PRIMARY KEY,
    account_id    bigint NOT NULL REFERENCES accounts,
    order_id      bigint REFERENCES orders,
    parcel_id     bigint REFERENCES parcels,
    subject       text NOT NULL CHECK (subject <> ''),
    status        text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'waiting_customer', 'snoozed', 'resolved')),
    waiting_since timestamptz NOT NULL,                 -- since when whoever has the next word has it
    snoozed_until date,
    unread        boolean NOT NULL DEFAULT false,       -- the customer has not seen our last answer
    version       int NOT NULL DEFAULT 1,
    key           text NOT NULL UNIQUE,                 -- of the form that made it: sent twice, made once
    created_at    timestamptz NOT NULL,
    last_at       timestamptz NOT NULL,
    CHECK (order_id IS NULL OR parcel_id IS NULL),
    CHECK ((status = 'snoozed') = (snoozed_until IS NOT NULL))
);
CREATE INDEX tickets_account ON tickets (account_id, last_at DESC, id DESC);
CREATE INDEX tickets_queue ON tickets (status, waiting_since, id);
CREATE INDEX tickets_snoozed ON tickets (snoozed_until) WHERE status = 'snoozed';
CREATE INDEX tickets_unread ON tickets (account_id, last_at DESC) WHERE unread;
CREATE INDEX tickets_order ON tickets (order_id, id DESC) WHERE order_id IS NOT NULL;
CREATE INDEX tickets_parcel ON tickets (parcel_id, id DESC) WHERE parcel_id IS NOT NULL;

-- A ticket's history is its thread: each line has what was said and what became of the ticket. A line without
-- words is a move alone.
CREATE TABLE ticket_messages (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ticket_id bigint NOT NULL REFERENCES tickets,
    by        bigint REFERENCES accounts,               -- empty: the system
    staff     boolean NOT NULL,                         -- said by us, not by the customer
    text      text NOT NULL DEFAULT '',
    status    text NOT NULL CHECK (status IN ('open', 'waiting_customer', 'snoozed', 'resolved')),
    until     date,                                     -- to which day it was put off
    key       text UNIQUE,                              -- of the form, where words were sent: sent twice, said once
    at        timestamptz NOT NULL,
    CHECK (text = '' OR key IS NOT NULL)
);
CREATE INDEX ticket_messages_ticket ON ticket_messages (ticket_id, id DESC);
