-- +goose Up
-- A contest as its editors describe it. Its dates let it begin and end by themselves; numbers and counts are kept with it, as
-- whoever enters locks it anyway.
CREATE TABLE contests (
    id           bigint GENERATED ALWAYS AS IDENTITY (START WITH 101) PRIMARY KEY,
    status       text NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'open', 'judging', 'finished', 'cancelled')),
    title        text NOT NULL CHECK (title <> ''),
    teaser       text NOT NULL,                       -- what it is about, in lists
    rules        text NOT NULL CHECK (rules <> ''),   -- Markdown
    html         text NOT NULL,                       -- of the rules
    starts_at    timestamptz NOT NULL,
    ends_at      timestamptz NOT NULL,
    entries_each int NOT NULL CHECK (entries_each BETWEEN 1 AND 20),
    criteria     text[] NOT NULL CHECK (cardinality(criteria) BETWEEN 1 AND 8),
    version      int NOT NULL DEFAULT 1,              -- as the desk saw it
    key          text NOT NULL UNIQUE,                -- of the form that made it: sent twice, made once
    numbered     int NOT NULL DEFAULT 0,              -- entries there have ever been
    entries      int NOT NULL DEFAULT 0,              -- that take part
    reason       text NOT NULL DEFAULT '',            -- why it was cancelled
    changed_at   timestamptz NOT NULL,
    opened_at    timestamptz,                         -- since when customers know it
    finished_at  timestamptz,
    mailed_to    bigint NOT NULL DEFAULT 0,           -- up to this account everybody who took part has a mail about the end
    CHECK (starts_at < ends_at),
    CHECK (status NOT IN ('open', 'judging', 'finished') OR opened_at IS NOT NULL),
    CHECK ((status = 'finished') = (finished_at IS NOT NULL)),
    CHECK ((status = 'cancelled') = (reason <> ''))
);
CREATE INDEX contests_running ON contests (ends_at, id) WHERE status IN ('open', 'judging');
CREATE INDEX contests_finished ON contests (finished_at DESC, id DESC) WHERE status = 'finished';
CREATE INDEX contests_desk ON contests (status, changed_at DESC, id DESC);

CREATE TABLE contest_moves (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    contest_id  bigint NOT NULL REFERENCES contests,
    from_status text NOT NULL,
    to_status   text NOT NULL,
    by          bigint REFERENCES accounts,           -- empty: the system
    reason      text NOT NULL DEFAULT '',
    at          timestamptz NOT NULL
);
CREATE INDEX contest_moves_contest ON contest_moves (contest_id, id DESC);

-- What somebody sent in. The jury knows it by its number.
CREATE TABLE contest_entries (
    id         bigint GENERATED ALWAYS AS IDENTITY (START WITH 1001) PRIMARY KEY,
    contest_id bigint NOT NULL REFERENCES contests,
    account_id bigint NOT NULL REFERENCES accounts,
    number     int NOT NULL,
    title      text NOT NULL CHECK (title <> ''),
    body       text NOT NULL,
    picture    bigint REFERENCES files,
    consent    boolean NOT NULL,                      -- to be shown with shown_as, if it wins
    shown_as   text NOT NULL CHECK (NOT consent OR shown_as <> ''),
    status     text NOT NULL DEFAULT 'submitted' CHECK (status IN ('submitted', 'withdrawn', 'disqualified')),
    reason     text NOT NULL DEFAULT '' CHECK ((status = 'disqualified') = (reason <> '')),
    version    int NOT NULL DEFAULT 1,
    key        text NOT NULL UNIQUE,
    created_at timestamptz NOT NULL,
    UNIQUE (contest_id, number),
    UNIQUE (id, contest_id)
);
CREATE INDEX contest_entries_account ON contest_entries (account_id, id DESC);
CREATE INDEX contest_entries_own ON contest_entries (contest_id, account_id);
CREATE INDEX contest_entries_picture ON contest_entries (picture) WHERE picture IS NOT NULL;

CREATE TABLE contest_entry_moves (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    entry_id    bigint NOT NULL REFERENCES contest_entries,
    from_status text NOT NULL,
    to_status   text NOT NULL,
    by          bigint NOT NULL REFERENCES accounts,
    reason      text NOT NULL DEFAULT '',
    at          timestamptz NOT NULL
);
CREATE INDEX contest_entry_moves_entry ON contest_entry_moves (entry_id, id DESC);

-- What one of the jury thinks of an entry, by criterion.
CREATE TABLE contest_scores (
    entry_id  bigint NOT NULL REFERENCES contest_entries,
    by        bigint NOT NULL REFERENCES accounts,
    criterion int NOT NULL CHECK (criterion > 0),     -- its place among the contest's
    score     int NOT NULL CHECK (score BETWEEN 1 AND 10),
    PRIMARY KEY (entry_id, by, criterion)
);

-- The places of a contest, with what there is for each and, in the end, who has it.
CREATE TABLE contest_prizes (
    contest_id  bigint NOT NULL REFERENCES contests,
    place       int NOT NULL CHECK (place BETWEEN 1 AND 20),
    points      bigint NOT NULL CHECK (points >= 0),
    goods       text NOT NULL,                        -- what is sent by post
    entry_id    bigint UNIQUE,
    transfer_id bigint UNIQUE REFERENCES transfers,   -- by which the points came
    ship_to     text[] NOT NULL DEFAULT '{}',         -- where the winner wants it, line by line
    sent_at     timestamptz,
    PRIMARY KEY (contest_id, place),
    FOREIGN KEY (entry_id, contest_id) REFERENCES contest_entries (id, contest_id),
    CHECK (points > 0 OR goods <> ''),
    CHECK (transfer_id IS NULL OR entry_id IS NOT NULL AND points > 0),
    CHECK (ship_to = '{}' OR entry_id IS NOT NULL AND goods <> ''),
    CHECK (sent_at IS NULL OR ship_to <> '{}')
);

-- Mails that somebody can do without and does not want.
CREATE TABLE unwanted_mails (
    account_id bigint NOT NULL REFERENCES accounts,
    kind       text NOT NULL,
    at         timestamptz NOT NULL,
    PRIMARY KEY (account_id, kind)
);

ALTER TABLE files
    DROP CONSTRAINT files_subject_check,
    ADD CONSTRAINT files_subject_check CHECK (subject IN ('receipt', 'avatar', 'article', 'contest'));

INSERT INTO modules (name, half, place, needs) VALUES ('contests', 'magazine', 70, NULL);
