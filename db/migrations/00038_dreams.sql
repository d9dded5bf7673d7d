-- +goose Up
-- A dream in its author's journal. A draft is nobody's but the author's; what was sent may be read by those who
-- interpret dreams, and a published one by everybody, without a name.
CREATE TABLE dreams (
    id           bigint GENERATED ALWAYS AS IDENTITY (START WITH 1001) PRIMARY KEY,
    account_id   bigint NOT NULL REFERENCES accounts,
    body         text NOT NULL CHECK (body <> '' AND char_length(body) <= 20000),
    html         text,                                -- of body; NULL: a worker has still to draw it
    dreamed_on   date NOT NULL,
    mood         text NOT NULL DEFAULT '' CHECK (mood IN ('', 'joyful', 'calm', 'strange', 'sad', 'anxious', 'scary')),
    lucidity     text NOT NULL DEFAULT 'none' CHECK (lucidity IN ('none', 'partly', 'lucid')),
    status       text NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'submitted', 'answered', 'declined', 'published')),
    consent      boolean NOT NULL DEFAULT false,      -- to be published without a name
    answer       text NOT NULL DEFAULT '',            -- the interpretation
    answer_html  text,
    reason       text NOT NULL DEFAULT '',            -- why it was declined
    version      int NOT NULL DEFAULT 1,
    key          text NOT NULL UNIQUE,                -- of the form that made it: sent twice, made once
    typing       text NOT NULL DEFAULT '',            -- key of the form in which it is still being typed
    created_at   timestamptz NOT NULL,
    submitted_at timestamptz,
    answered_at  timestamptz,
    published_at timestamptz,
    UNIQUE (id, account_id),
    CHECK (status = 'draft' OR submitted_at IS NOT NULL),
    CHECK ((status IN ('answered', 'published')) = (answer <> '')),
    CHECK ((status = 'declined') = (reason <> '')),
    CHECK ((status = 'published') = (published_at IS NOT NULL)),
    CHECK (status <> 'published' OR consent)
);
CREATE INDEX dreams_journal ON dreams (account_id, dreamed_on DESC, id DESC);
CREATE INDEX dreams_search ON dreams USING gin (account_id, to_tsvector('russian', translate(body, 'ёЁ', 'еЕ')));
CREATE INDEX dreams_queue ON dreams (status, submitted_at, id) WHERE status <> 'draft';
CREATE INDEX dreams_published ON dreams (published_at DESC, id DESC) WHERE status = 'published';

CREATE TABLE dream_moves (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    dream_id    bigint NOT NULL REFERENCES dreams ON DELETE CASCADE,
    from_status text NOT NULL,
    to_status   text NOT NULL,
    by          bigint NOT NULL REFERENCES accounts,
    reason      text NOT NULL DEFAULT '',
    at          timestamptz NOT NULL
);
CREATE INDEX dream_moves_dream ON dream_moves (dream_id, id DESC);

-- A customer's own words for finding dreams again. Nobody else ever reads them: a tag and its dream are of one account,
-- and every question about them names it.
CREATE TABLE dream_tags (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id bigint NOT NULL REFERENCES accounts,
    name       text NOT NULL CHECK (name <> ''),
    dreams     int NOT NULL DEFAULT 0,                -- that have it
    UNIQUE (id, account_id)
);
CREATE UNIQUE INDEX dream_tags_name ON dream_tags (account_id, lower(name));

CREATE TABLE dream_taggings (
    dream_id   bigint NOT NULL,
    tag_id     bigint NOT NULL,
    account_id bigint NOT NULL,
    PRIMARY KEY (dream_id, tag_id),
    FOREIGN KEY (dream_id, account_id) REFERENCES dreams (id, account_id) ON DELETE CASCADE,
    FOREIGN KEY (tag_id, account_id) REFERENCES dream_tags (id, account_id) ON DELETE CASCADE
);
CREATE INDEX dream_taggings_tag ON dream_taggings (tag_id, dream_id);

INSERT INTO modules (name, half, place, needs) VALUES ('dreams', 'magazine', 80, NULL);
