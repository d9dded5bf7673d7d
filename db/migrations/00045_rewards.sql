-- +goose Up
-- Codes by which customers get points or euros of the house. The amount is in cents of the wallet's currency, as in the
-- ledger. How often a code may be used stands beside how often it was, so that who edits the one takes nothing back of the other.
CREATE TABLE promotions (
    id         bigint GENERATED ALWAYS AS IDENTITY (START WITH 101) PRIMARY KEY,
    code       text NOT NULL CONSTRAINT promotions_code UNIQUE CHECK (char_length(code) BETWEEN 4 AND 24 AND code = upper(code)),
    title      text NOT NULL CHECK (title <> ''),        -- what the line of the ledger says
    gives      text NOT NULL CHECK (gives IN ('points', 'balance')),
    amount     bigint NOT NULL CHECK (amount > 0 AND (gives = 'balance' OR amount % 100 = 0)),
    keeps_days int CHECK (keeps_days IS NULL OR keeps_days > 0 AND gives = 'points'), -- null: what was given does not expire
    starts_on  date NOT NULL,
    ends_on    date CHECK (ends_on >= starts_on),         -- the last day
    most_uses  int CHECK (most_uses > 0),                 -- null: as often as anybody likes
    used       int NOT NULL DEFAULT 0,
    ended_at   timestamptz,                               -- before its time, for good
    version    int NOT NULL DEFAULT 1,                    -- as the desk saw it
    key        text NOT NULL UNIQUE,                      -- of the form that made it: sent twice, made once
    changed_by bigint NOT NULL REFERENCES accounts,
    changed_at timestamptz NOT NULL,
    CONSTRAINT promotions_used CHECK (used <= most_uses)
);

-- Who has used which code, once.
CREATE TABLE redemptions (
    account_id   bigint NOT NULL REFERENCES accounts,
    promotion_id bigint NOT NULL REFERENCES promotions,
    transfer_id  bigint NOT NULL UNIQUE REFERENCES transfers,
    key          text NOT NULL,                           -- of the form: its second press is no second use
    at           timestamptz NOT NULL,
    PRIMARY KEY (account_id, promotion_id)
);

-- What is given by itself, and the words that its lines in the ledger begin with. One row, which the desk edits. Without points
-- nobody is invited, and without levels purchases bring nothing.
CREATE TABLE reward_rules (
    id             int PRIMARY KEY DEFAULT 1 CHECK (id = 1),
    inviter_points int NOT NULL DEFAULT 0 CHECK (inviter_points >= 0),
    invited_points int NOT NULL DEFAULT 0 CHECK (invited_points >= 0),
    least_spent    bigint NOT NULL DEFAULT 0 CHECK (least_spent >= 0), -- cents that the invited must have spent
    wait_days      int NOT NULL DEFAULT 14 CHECK (wait_days >= 0),     -- so many days ago, for they may be paid back
    keeps_days     int CHECK (keeps_days > 0),                         -- null: what was given does not expire
    inviter_words  text NOT NULL DEFAULT 'За приглашённого друга' CHECK (inviter_words <> ''),
    invited_words  text NOT NULL DEFAULT 'За первые покупки по приглашению' CHECK (invited_words <> ''),
    turnover_words text NOT NULL DEFAULT 'За покупки' CHECK (turnover_words <> ''),
    version        int NOT NULL DEFAULT 1
);
INSERT INTO reward_rules DEFAULT VALUES;

-- From which turnover of a year on a euro brings how many points.
CREATE TABLE levels (
    from_sum bigint PRIMARY KEY CHECK (from_sum >= 0),
    name     text NOT NULL CHECK (name <> ''),
    rate     int NOT NULL CHECK (rate > 0)
);

-- A customer's own link, and who came by it.
CREATE TABLE invitations (
    account_id bigint PRIMARY KEY REFERENCES accounts,
    code       text NOT NULL UNIQUE,
    at         timestamptz NOT NULL
);
CREATE TABLE referrals (
    account_id  bigint PRIMARY KEY REFERENCES accounts ON DELETE CASCADE,
    inviter     bigint NOT NULL REFERENCES accounts CHECK (inviter <> account_id),
    at          timestamptz NOT NULL,
    rewarded_at timestamptz
);
CREATE INDEX referrals_inviter ON referrals (inviter);
CREATE INDEX referrals_open ON referrals (account_id) WHERE rewarded_at IS NULL;

-- What a customer spent in a month, net of what was paid back in it. Where more was paid back than spent, the rest is carried
-- into the next month.
CREATE TABLE turnovers (
    account_id  bigint NOT NULL REFERENCES accounts,
    month       date NOT NULL CHECK (extract(day FROM month) = 1),
    spent       bigint NOT NULL,
    carried     bigint NOT NULL CHECK (carried <= 0),
    points      bigint NOT NULL CHECK (points >= 0),
    transfer_id bigint UNIQUE REFERENCES transfers,
    PRIMARY KEY (account_id, month),
    CHECK ((points > 0) = (transfer_id IS NOT NULL))
);
CREATE TABLE turnover_runs (
    month   date PRIMARY KEY,
    done_at timestamptz NOT NULL
);

ALTER TABLE setting_changes
    DROP CONSTRAINT setting_changes_subject_check,
    ADD CONSTRAINT setting_changes_subject_check CHECK (subject IN ('method', 'tariff', 'zones', 'fields', 'departures', 'holidays', 'carrier', 'tracker', 'payment_details', 'module', 'subscription_tariff', 'rewards'));
