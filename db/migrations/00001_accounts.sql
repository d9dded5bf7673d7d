-- +goose Up
-- People who sign in, customers and staff alike. An address belongs to an account
-- only once it is proved, so several unproved accounts may carry the same one.
CREATE TABLE accounts (
    id                  bigint GENERATED ALWAYS AS IDENTITY (START WITH 1001) PRIMARY KEY,
    email               text NOT NULL CHECK (email <> ''),
    email_verified_at   timestamptz,
    email_bounced_at    timestamptz,
    login               text NOT NULL DEFAULT '',
    name                text NOT NULL DEFAULT '',
    password_hash       text NOT NULL DEFAULT '',
    password_changed_at timestamptz,
    locale              text NOT NULL DEFAULT 'ru' CHECK (locale IN ('ru', 'en')),
    status              text NOT NULL DEFAULT 'unverified'
                        CHECK (status IN ('pre_registered', 'unverified', 'active', 'blocked', 'deleting', 'deleted')),
    totp_secret         text NOT NULL DEFAULT '',
    totp_confirmed_at   timestamptz,
    totp_last_step      bigint NOT NULL DEFAULT 0,
    key                 text UNIQUE,            -- of the form that it was registered with
    created_at          timestamptz NOT NULL
);
CREATE UNIQUE INDEX accounts_proved_email ON accounts (lower(email)) WHERE email_verified_at IS NOT NULL;
CREATE INDEX accounts_email ON accounts (lower(email), id DESC);
CREATE UNIQUE INDEX accounts_login ON accounts (lower(login)) WHERE login <> '';

CREATE TABLE account_roles (
    account_id bigint NOT NULL REFERENCES accounts,
    role       text NOT NULL CHECK (role IN ('buyer', 'warehouse', 'finance', 'support', 'editor', 'consultant', 'admin')),
    granted_at timestamptz NOT NULL,
    PRIMARY KEY (account_id, role)
);

-- A session is known by the hash of the token in its cookie.
CREATE TABLE sessions (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    token_hash bytea NOT NULL UNIQUE,
    account_id bigint NOT NULL REFERENCES accounts,
    agent      text NOT NULL DEFAULT '',
    ip         text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL,
    seen_at    timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    proved_at  timestamptz NOT NULL,       -- when the password was last entered
    second_factor_at timestamptz           -- when the one-time code was entered
);
CREATE INDEX sessions_account ON sessions (account_id, seen_at DESC);
CREATE INDEX sessions_expiry ON sessions (expires_at);

-- What a mailed link or code may do once. Only hashes are kept.
CREATE TABLE tokens (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id bigint NOT NULL REFERENCES accounts,
    purpose    text NOT NULL CHECK (purpose IN ('verify', 'recover', 'change_email', 'undo_email')),
    email      text NOT NULL,
    hash       bytea NOT NULL UNIQUE,
    code_hash  bytea,
    tries      int NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at    timestamptz,
    superseded_at timestamptz
);
CREATE INDEX tokens_account ON tokens (account_id, purpose, created_at DESC);

-- Token buckets: how much of a budget is left, as of when.
CREATE TABLE limits (
    key    text PRIMARY KEY,
    tokens double precision NOT NULL,
    at     timestamptz NOT NULL
);
CREATE INDEX limits_at ON limits (at);
