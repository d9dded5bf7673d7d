-- +goose Up
-- Whoever answers consultations, as customers see them.
CREATE TABLE specialists (
    account_id   bigint PRIMARY KEY REFERENCES accounts,
    name         text NOT NULL CHECK (name <> ''),
    about        text NOT NULL CHECK (about <> ''),      -- what they help with
    answer_hours int NOT NULL CHECK (answer_hours BETWEEN 1 AND 200), -- within so many of their business hours
    zone         text NOT NULL,
    opens        int[] NOT NULL CHECK (cardinality(opens) = 7),       -- minutes of the day, Monday first
    closes       int[] NOT NULL CHECK (cardinality(closes) = 7),      -- the same minute: a day off
    accepting    boolean NOT NULL DEFAULT true,
    version      int NOT NULL DEFAULT 1
);

-- What a request costs, in points, when so many are bought at once.
CREATE TABLE specialist_packs (
    specialist_id bigint NOT NULL REFERENCES specialists,
    requests      int NOT NULL CHECK (requests > 0),
    price         bigint NOT NULL CHECK (price > 0),      -- of one of them
    PRIMARY KEY (specialist_id, requests)
);

-- Paid requests of a customer to a specialist. What is neither used nor reserved is left.
CREATE TABLE consultation_credits (
    account_id    bigint NOT NULL REFERENCES accounts,
    specialist_id bigint NOT NULL REFERENCES specialists,
    bought        int NOT NULL DEFAULT 0,
    used          int NOT NULL DEFAULT 0 CHECK (used >= 0),
    reserved      int NOT NULL DEFAULT 0 CHECK (reserved >= 0),
    PRIMARY KEY (account_id, specialist_id),
    CONSTRAINT consultation_credits_left CHECK (bought >= used + reserved)
);

-- What was paid for them.
CREATE TABLE consultation_purchases (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id    bigint NOT NULL REFERENCES accounts,
    specialist_id bigint NOT NULL REFERENCES specialists,
    requests      int NOT NULL CHECK (requests > 0),
    points        bigint NOT NULL CHECK (points > 0),
    transfer_id   bigint NOT NULL UNIQUE REFERENCES transfers,
    key           text NOT NULL UNIQUE,                  -- of the form: sent twice, bought once
    at            timestamptz NOT NULL
);
CREATE INDEX consultation_purchases_credits ON consultation_purchases (account_id, specialist_id);

-- A request of a customer to a specialist, who knows its author by the alias alone. A draft is nobody's but the author's.
CREATE TABLE consultations (
    id            bigint GENERATED ALWAYS AS IDENTITY (START WITH 1001) PRIMARY KEY,
    account_id    bigint NOT NULL REFERENCES accounts,
    specialist_id bigint NOT NULL REFERENCES specialists, -- who has it
    paid_to       bigint NOT NULL REFERENCES specialists, -- whose credits it uses: it may have been handed over since
    alias         text NOT NULL DEFAULT '',
    subject       text NOT NULL DEFAULT '',
    status        text NOT NULL DEFAULT 'draft'
                  CHECK (status IN ('draft', 'submitted', 'in_progress', 'awaiting_client', 'answered', 'closed', 'declined', 'expired')),
    reserved      boolean NOT NULL DEFAULT false,         -- a credit waits for the answer
    used          int NOT NULL DEFAULT 0,                 -- credits that answers have used
    follow_ups    int NOT NULL DEFAULT 0,                 -- since the last credit
    due_at        timestamptz,                            -- until when an answer is promised
    remind_at     timestamptz,                            -- when the specialist is to be reminded of that
    minutes_left  int,                                    -- of the promise, while its clock stands still
    rating        int CHECK (rating BETWEEN 1 AND 5),
    rating_text   text NOT NULL DEFAULT '',
    version       int NOT NULL DEFAULT 1,
    key           text NOT NULL UNIQUE,                   -- of the form that made it: sent twice, made once
    typing        text NOT NULL DEFAULT '',               -- key of the form in which it is still being typed
    created_at    timestamptz NOT NULL,
    submitted_at  timestamptz,
    last_at       timestamptz NOT NULL,
    CHECK ((status = 'draft') = (submitted_at IS NULL)),
    CHECK ((status IN ('submitted', 'in_progress')) = (due_at IS NOT NULL)),
    CHECK ((status = 'awaiting_client') = (minutes_left IS NOT NULL)),
    CHECK (NOT reserved OR status IN ('submitted', 'in_progress', 'awaiting_client')),
    CHECK (rating IS NULL OR used > 0)
);
CREATE INDEX consultations_account ON consultations (account_id, last_at DESC, id DESC);
CREATE INDEX consultations_open ON consultations (specialist_id, due_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX consultations_all_open ON consultations (due_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX consultations_desk ON consultations (specialist_id, status, last_at DESC, id DESC) WHERE status <> 'draft';
CREATE INDEX consultations_all ON consultations (status, last_at DESC, id DESC) WHERE status <> 'draft';
CREATE INDEX consultations_remind ON consultations (remind_at) WHERE remind_at IS NOT NULL;
CREATE INDEX consultations_idle ON consultations (last_at) WHERE status IN ('awaiting_client', 'answered');

-- The history of a consultation is its thread: each line has what was said and what became of it. A line without words
-- is a move alone. The first line is what the draft says, and changes until it is sent.
CREATE TABLE consultation_messages (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    consultation_id bigint NOT NULL REFERENCES consultations ON DELETE CASCADE,
    by              bigint REFERENCES accounts,           -- empty: the system
    staff           boolean NOT NULL,
    status          text NOT NULL
                    CHECK (status IN ('draft', 'submitted', 'in_progress', 'awaiting_client', 'answered', 'closed', 'declined', 'expired')),
    body            text NOT NULL DEFAULT '' CHECK (char_length(body) <= 20000), -- Markdown
    html            text,                                 -- of body; NULL: a worker has still to draw it
    passed_to       bigint REFERENCES specialists,        -- handed over
    key             text UNIQUE,
    at              timestamptz NOT NULL
);
CREATE INDEX consultation_messages_thread ON consultation_messages (consultation_id, id DESC);

-- What goes with a message. An answer may carry files of a canned one, so a file may go with several.
CREATE TABLE consultation_files (
    message_id bigint NOT NULL REFERENCES consultation_messages,
    file_id    bigint NOT NULL REFERENCES files,
    PRIMARY KEY (message_id, file_id)
);
CREATE INDEX consultation_files_file ON consultation_files (file_id);

-- Who of the staff has read which consultation, and when.
CREATE TABLE consultation_readings (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    consultation_id bigint NOT NULL REFERENCES consultations,
    by              bigint NOT NULL REFERENCES accounts,
    at              timestamptz NOT NULL
);
CREATE INDEX consultation_readings_of ON consultation_readings (consultation_id, id DESC);

-- Answers that a specialist gives again and again.
CREATE TABLE canned_answers (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    specialist_id bigint NOT NULL REFERENCES specialists,
    title         text NOT NULL CHECK (title <> ''),
    body          text NOT NULL CHECK (body <> ''),
    version       int NOT NULL DEFAULT 1,
    key           text NOT NULL UNIQUE
);
CREATE INDEX canned_answers_specialist ON canned_answers (specialist_id, title, id);

CREATE TABLE canned_files (
    canned_id bigint NOT NULL REFERENCES canned_answers ON DELETE CASCADE,
    file_id   bigint NOT NULL REFERENCES files,
    PRIMARY KEY (canned_id, file_id)
);
CREATE INDEX canned_files_file ON canned_files (file_id);

-- A document has no size in pixels.
ALTER TABLE files
    DROP CONSTRAINT files_subject_check,
    ADD CONSTRAINT files_subject_check CHECK (subject IN ('receipt', 'avatar', 'article', 'contest', 'consultation', 'canned')),
    DROP CONSTRAINT files_width_check,
    ADD CONSTRAINT files_width_check CHECK (width > 0 OR content_type = 'application/pdf'),
    DROP CONSTRAINT files_height_check,
    ADD CONSTRAINT files_height_check CHECK (height > 0 OR content_type = 'application/pdf');

INSERT INTO modules (name, half, place, needs) VALUES ('consultations', 'magazine', 110, NULL);
