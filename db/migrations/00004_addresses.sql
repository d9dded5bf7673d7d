-- +goose Up
-- Where a customer's parcels go. The default one is «Общая информация». Texts are empty, never NULL.
CREATE TABLE addresses (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id      bigint NOT NULL REFERENCES accounts,
    label           text NOT NULL DEFAULT '',
    is_default      boolean NOT NULL DEFAULT false,
    surname         text NOT NULL CHECK (surname <> ''),
    name            text NOT NULL CHECK (name <> ''),
    patronymic      text NOT NULL DEFAULT '',
    latin_name      text NOT NULL DEFAULT '',            -- the whole name, as printed in the passport
    company         text NOT NULL DEFAULT '',
    phone           text NOT NULL DEFAULT '',            -- E.164
    email           text NOT NULL DEFAULT '',
    country         text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    postal_code     text NOT NULL DEFAULT '',
    region          text NOT NULL DEFAULT '',
    city            text NOT NULL DEFAULT '',
    street          text NOT NULL DEFAULT '',
    house           text NOT NULL DEFAULT '',
    flat            text NOT NULL DEFAULT '',
    private_house   boolean NOT NULL DEFAULT false,      -- «Частный дом, без квартиры»
    inn             text NOT NULL DEFAULT '',
    passport_number text NOT NULL DEFAULT '',
    passport_issued text NOT NULL DEFAULT '',            -- by whom and when
    version         int NOT NULL DEFAULT 1,
    archived_at     timestamptz,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    CHECK (NOT (is_default AND archived_at IS NOT NULL)),
    CHECK (NOT (private_house AND flat <> ''))
);
CREATE UNIQUE INDEX addresses_one_default ON addresses (account_id) WHERE is_default;
CREATE INDEX addresses_book ON addresses (account_id, id) WHERE archived_at IS NULL;
