-- +goose Up
INSERT INTO modules (name, half, place) VALUES ('profile', 'magazine', 40);

-- When a field of an address was last changed; one that never was is as old as its address.
CREATE TABLE address_changes (
    address_id bigint NOT NULL REFERENCES addresses ON DELETE CASCADE,
    field      text NOT NULL,
    at         timestamptz NOT NULL,
    PRIMARY KEY (address_id, field)
);

ALTER TABLE accounts
    ADD COLUMN name_changed_at  timestamptz,
    ADD COLUMN email_changed_at timestamptz;

-- «Юзерпик»: one of the account's files.
CREATE TABLE avatars (
    account_id bigint PRIMARY KEY REFERENCES accounts,
    file_id    bigint NOT NULL UNIQUE REFERENCES files
);
ALTER TABLE files
    DROP CONSTRAINT files_subject_check,
    ADD CONSTRAINT files_subject_check CHECK (subject IN ('receipt', 'avatar'));
