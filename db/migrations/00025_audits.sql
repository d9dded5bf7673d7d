-- +goose Up
-- What the daily audit said. The ledger cannot speak for itself at every scrape: this is what pages and metrics show.
CREATE TABLE audit_results (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at           timestamptz NOT NULL,          -- as of this instant
    milliseconds bigint NOT NULL,
    differences  int NOT NULL,
    findings     text[] NOT NULL                -- the first of them, in the words of the audit
);

-- How much left in the last hour, without a look at all that ever did.
CREATE INDEX mails_sent ON mails (sent_at) WHERE status = 'sent';
