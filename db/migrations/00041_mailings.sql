-- +goose Up
-- What customers can choose to be written about. A topic that is not public is chosen by nobody and stands in no archive.
CREATE TABLE mailing_topics (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name_ru    text NOT NULL CHECK (name_ru <> ''),
    name_en    text NOT NULL CHECK (name_en <> ''),
    about_ru   text NOT NULL,
    about_en   text NOT NULL,
    public     boolean NOT NULL DEFAULT true,
    rest_hours int NOT NULL DEFAULT 24 CHECK (rest_hours BETWEEN 0 AND 720),  -- between two campaigns to one address
    version    int NOT NULL DEFAULT 1,
    key        text NOT NULL UNIQUE                                           -- of the form that made it: sent twice, made once
);

-- Whether somebody wants a topic, as it is now. Another channel than e-mail would be another consent and never follows
-- from this one; so far there is none.
CREATE TABLE mailing_consents (
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    topic_id   bigint NOT NULL REFERENCES mailing_topics,
    channel    text NOT NULL DEFAULT 'email' CHECK (channel = 'email'),
    status     text NOT NULL CHECK (status IN ('pending', 'subscribed', 'unsubscribed')),
    source     text NOT NULL CHECK (source IN ('cabinet', 'letter', 'link', 'one_click', 'complaint')),
    wording    int NOT NULL,                                                  -- the version of the words that were agreed to
    at         timestamptz NOT NULL,                                          -- since when it is so
    PRIMARY KEY (account_id, topic_id, channel)
);
CREATE INDEX mailing_consents_subscribed ON mailing_consents (topic_id, account_id) WHERE status = 'subscribed';

-- Every consent that was given or taken back: the proof.
CREATE TABLE mailing_moves (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    topic_id   bigint NOT NULL REFERENCES mailing_topics,
    channel    text NOT NULL DEFAULT 'email',
    status     text NOT NULL,
    source     text NOT NULL,
    wording    int NOT NULL,
    at         timestamptz NOT NULL
);
CREATE INDEX mailing_moves_account ON mailing_moves (account_id, id DESC);

-- What came back. The key is the report's own, so that one that is read twice counts once.
CREATE TABLE bounces (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key     text NOT NULL UNIQUE,
    address text NOT NULL CHECK (address = lower(address)),
    kind    text NOT NULL CHECK (kind IN ('hard', 'soft', 'complaint')),
    source  text NOT NULL CHECK (source IN ('smtp', 'webhook', 'mailbox')),
    detail  text NOT NULL,
    at      timestamptz NOT NULL
);
CREATE INDEX bounces_address ON bounces (address, at DESC);

-- Addresses that get no mailings, whoever they belong to, until somebody lifts that.
CREATE TABLE suppressions (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    address     text NOT NULL CHECK (address = lower(address)),
    reason      text NOT NULL CHECK (reason IN ('hard', 'soft', 'complaint')),
    detail      text NOT NULL,
    since       timestamptz NOT NULL,
    lifted_at   timestamptz,
    lifted_by   bigint REFERENCES accounts,
    lift_reason text NOT NULL DEFAULT '',
    CHECK ((lifted_at IS NULL) = (lift_reason = '') AND (lifted_at IS NULL) = (lifted_by IS NULL))
);
CREATE UNIQUE INDEX suppressions_now ON suppressions (address) WHERE lifted_at IS NULL;
CREATE INDEX suppressions_address ON suppressions (address, id DESC);

-- One letter to everybody who has chosen its topic.
CREATE TABLE campaigns (
    id          bigint GENERATED ALWAYS AS IDENTITY (START WITH 101) PRIMARY KEY,
    topic_id    bigint NOT NULL REFERENCES mailing_topics,
    subject     text NOT NULL CHECK (subject <> ''),
    body        text NOT NULL CHECK (body <> ''),                             -- Markdown
    html        text NOT NULL,                                                -- of the body, made when it was saved
    status      text NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'scheduled', 'running', 'paused', 'finished', 'cancelled')),
    starts_at   timestamptz,                                                  -- by itself
    started_at  timestamptz,
    finished_at timestamptz,
    last_id     bigint NOT NULL DEFAULT 0,                                    -- the account up to which everybody was looked at
    run         int NOT NULL DEFAULT 0,                                       -- which job sends it on: that with the highest number
    total       int NOT NULL DEFAULT 0,                                       -- subscribers when it began
    sent        int NOT NULL DEFAULT 0,
    failed      int NOT NULL DEFAULT 0,                                       -- refused
    passed_over int NOT NULL DEFAULT 0,                                       -- written to lately, suppressed, or gone meanwhile
    version     int NOT NULL DEFAULT 1,
    key         text NOT NULL UNIQUE,
    by          bigint NOT NULL REFERENCES accounts,
    changed_at  timestamptz NOT NULL,
    CHECK ((status = 'scheduled') = (starts_at IS NOT NULL)),
    CHECK (started_at IS NOT NULL OR status IN ('draft', 'scheduled', 'cancelled')),
    CHECK ((status = 'finished') = (finished_at IS NOT NULL))
);
CREATE INDEX campaigns_desk ON campaigns (status, changed_at DESC, id DESC);
CREATE INDEX campaigns_archive ON campaigns (started_at DESC, id DESC) WHERE status IN ('running', 'finished');

-- Who got a campaign, or why not. Nobody stands here twice, and no address either: that is what keeps a letter from
-- leaving twice, whatever is killed on the way.
CREATE TABLE campaign_mails (
    campaign_id bigint NOT NULL REFERENCES campaigns,
    account_id  bigint NOT NULL REFERENCES accounts,
    address     text NOT NULL CHECK (address = lower(address)),
    state       text NOT NULL CHECK (state IN ('queued', 'sent', 'failed', 'rested', 'suppressed', 'left')),
    attempts    int NOT NULL DEFAULT 0,
    not_before  timestamptz,                                                  -- after a no for now
    error       text NOT NULL DEFAULT '',
    taken_at    timestamptz NOT NULL,                                         -- by the worker, for the last time
    PRIMARY KEY (campaign_id, account_id),
    UNIQUE (campaign_id, address)
);
CREATE INDEX campaign_mails_queued ON campaign_mails (campaign_id, account_id) WHERE state = 'queued';
CREATE INDEX campaign_mails_failed ON campaign_mails (campaign_id, account_id) WHERE state = 'failed';
CREATE INDEX campaign_mails_taken ON campaign_mails (taken_at) WHERE state IN ('queued', 'sent', 'failed');
CREATE INDEX campaign_mails_account ON campaign_mails (account_id, taken_at DESC) WHERE state = 'sent';

CREATE TABLE campaign_moves (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    campaign_id bigint NOT NULL REFERENCES campaigns,
    from_status text NOT NULL,
    to_status   text NOT NULL,
    by          bigint REFERENCES accounts,                                   -- empty: the system
    at          timestamptz NOT NULL
);
CREATE INDEX campaign_moves_campaign ON campaign_moves (campaign_id, id DESC);

ALTER TABLE tokens
    DROP CONSTRAINT tokens_purpose_check,
    ADD CONSTRAINT tokens_purpose_check CHECK (purpose IN ('verify', 'recover', 'change_email', 'undo_email', 'subscribe'));

INSERT INTO modules (name, half, place, needs) VALUES ('mailings', 'magazine', 90, NULL);
