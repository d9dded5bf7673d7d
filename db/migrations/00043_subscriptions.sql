-- +goose Up
-- An issue of the magazine. Once it is published, readers have it, so it stays as it is.
CREATE TABLE issues (
    id           bigint GENERATED ALWAYS AS IDENTITY (START WITH 21) PRIMARY KEY,
    number       int NOT NULL CONSTRAINT issues_number UNIQUE CHECK (number > 0),
    title        text NOT NULL CHECK (title <> ''),
    about        text NOT NULL,                   -- what is in it
    month        date NOT NULL CHECK (extract(day FROM month) = 1),
    cover        bigint REFERENCES files,
    pdf          bigint REFERENCES files,
    pages        int NOT NULL DEFAULT 0,
    version      int NOT NULL DEFAULT 1,
    key          text NOT NULL UNIQUE,            -- of the form that made it: sent twice, made once
    created_at   timestamptz NOT NULL,
    published_at timestamptz,
    posted_at    timestamptz,                     -- since when the list of its printed copies is with the post
    posted_by    bigint REFERENCES accounts,
    CHECK (published_at IS NULL OR pdf IS NOT NULL),
    CHECK (posted_at IS NULL OR published_at IS NOT NULL),
    CHECK ((posted_at IS NULL) = (posted_by IS NULL))
);
CREATE INDEX issues_published ON issues (number DESC) WHERE published_at IS NOT NULL;

-- What a subscription costs, in cents and in points, by its format and how many issues it is for.
CREATE TABLE subscription_tariffs (
    format text NOT NULL CHECK (format IN ('pdf', 'print', 'both')),
    issues int NOT NULL CHECK (issues > 0),
    price  bigint NOT NULL CHECK (price > 0),
    points bigint NOT NULL CHECK (points > 0),
    PRIMARY KEY (format, issues)
);
INSERT INTO subscription_tariffs (format, issues, price, points) VALUES
    ('pdf', 6, 1200, 1200), ('pdf', 12, 2160, 2160),
    ('print', 6, 2700, 2700), ('print', 12, 4860, 4860),
    ('both', 6, 3300, 3300), ('both', 12, 5940, 5940);

-- So many issues for a reader, paid by an invoice or with points.
CREATE TABLE subscriptions (
    id         bigint GENERATED ALWAYS AS IDENTITY (START WITH 301) PRIMARY KEY,
    account_id bigint REFERENCES accounts,        -- who reads; empty: a gift that nobody has claimed yet
    payer_id   bigint NOT NULL REFERENCES accounts,
    gift       boolean NOT NULL,
    format     text NOT NULL CHECK (format IN ('pdf', 'print', 'both')),
    issues     int NOT NULL CHECK (issues > 0),
    remaining  int NOT NULL CHECK (remaining BETWEEN 0 AND issues),
    status     text NOT NULL DEFAULT 'pending_payment' CHECK (status IN ('pending_payment', 'active', 'paused', 'expired', 'cancelled')),
    current    boolean NOT NULL,                  -- it begins with the issue that is out already
    follows    bigint REFERENCES subscriptions,   -- it begins when that one is over
    address_id bigint REFERENCES addresses,       -- where printed issues go
    price      bigint NOT NULL CHECK (price > 0), -- in cents, or in points when it was paid with them
    invoice_id bigint UNIQUE REFERENCES invoices,
    transfer_id bigint UNIQUE REFERENCES transfers,
    renews     boolean NOT NULL,                  -- by itself, because its reader wants it so
    pause_left int NOT NULL DEFAULT 0 CHECK (pause_left >= 0),
    skipped    int NOT NULL DEFAULT 0 CHECK (skipped >= 0),
    code_hash  bytea UNIQUE CHECK (length(code_hash) = 32),
    claimed_at timestamptz,
    key        text NOT NULL UNIQUE,              -- of the form that ordered it: sent twice, ordered once
    created_at timestamptz NOT NULL,
    started_at timestamptz,                       -- paid, and somebody's
    CHECK (account_id IS NOT NULL OR gift),
    CHECK ((invoice_id IS NULL) <> (transfer_id IS NULL)),
    CHECK (gift OR claimed_at IS NULL),
    CHECK ((status = 'paused') = (pause_left > 0)),
    CHECK (status NOT IN ('paused', 'expired') OR started_at IS NOT NULL),
    CHECK ((status = 'expired') <= (remaining = 0)),
    CHECK (status <> 'active' OR remaining > 0)
);
CREATE INDEX subscriptions_reader ON subscriptions (account_id, id DESC);
CREATE INDEX subscriptions_payer ON subscriptions (payer_id, id DESC);
CREATE INDEX subscriptions_desk ON subscriptions (status, id DESC);
CREATE INDEX subscriptions_running ON subscriptions (id) WHERE status IN ('active', 'paused');
CREATE INDEX subscriptions_follows ON subscriptions (follows) WHERE follows IS NOT NULL;
CREATE INDEX subscriptions_address ON subscriptions (address_id) WHERE address_id IS NOT NULL;

-- Which issue went to whom by which subscription; one that a pause skipped went to nobody.
CREATE TABLE subscription_issues (
    subscription_id bigint NOT NULL REFERENCES subscriptions,
    issue_id        bigint NOT NULL REFERENCES issues,
    account_id      bigint NOT NULL REFERENCES accounts,
    printed         boolean NOT NULL,
    skipped         boolean NOT NULL,
    at              timestamptz NOT NULL,
    PRIMARY KEY (subscription_id, issue_id)
);
CREATE INDEX subscription_issues_reader ON subscription_issues (account_id, issue_id DESC) WHERE NOT skipped;
CREATE INDEX subscription_issues_print ON subscription_issues (issue_id, subscription_id) WHERE printed AND NOT skipped;

-- A reader's own copy of an issue, with the reader's number on each page.
CREATE TABLE issue_copies (
    account_id bigint NOT NULL REFERENCES accounts,
    issue_id   bigint NOT NULL REFERENCES issues,
    file_id    bigint UNIQUE REFERENCES files,    -- empty: a worker has still to make it
    PRIMARY KEY (account_id, issue_id)
);

CREATE INDEX issue_copies_issue ON issue_copies (issue_id);

CREATE TABLE subscription_moves (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    subscription_id bigint NOT NULL REFERENCES subscriptions,
    from_status     text NOT NULL,
    to_status       text NOT NULL,
    by              bigint REFERENCES accounts,   -- empty: the system
    reason          text NOT NULL,
    at              timestamptz NOT NULL
);
CREATE INDEX subscription_moves_subscription ON subscription_moves (subscription_id, id DESC);

-- Whatever was a subject before stays one.
-- +goose StatementBegin
DO $$
BEGIN
    EXECUTE (SELECT format('ALTER TABLE files DROP CONSTRAINT files_subject_check,
            ADD CONSTRAINT files_subject_check CHECK (subject IN (''issue'', ''issue_copy'') OR %s)', pg_get_expr(conbin, conrelid))
        FROM pg_constraint WHERE conname = 'files_subject_check' AND conrelid = 'files'::regclass);
    EXECUTE (SELECT format('ALTER TABLE setting_changes DROP CONSTRAINT setting_changes_subject_check,
            ADD CONSTRAINT setting_changes_subject_check CHECK (subject = ''subscription_tariff'' OR %s)', pg_get_expr(conbin, conrelid))
        FROM pg_constraint WHERE conname = 'setting_changes_subject_check' AND conrelid = 'setting_changes'::regclass);
END $$;
-- +goose StatementEnd

INSERT INTO modules (name, half, place, needs) VALUES ('subscription', 'magazine', 100, NULL);
