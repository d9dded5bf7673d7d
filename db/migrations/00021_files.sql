-- +goose Up
-- A file of somebody's: what is known of it. What is in it lies apart, so that a list never reads it and it can
-- be kept elsewhere. A file does not change; another content is another file.
CREATE TABLE files (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id   bigint NOT NULL REFERENCES accounts,   -- whose it is: the only customer who may see it
    subject      text NOT NULL CHECK (subject IN ('receipt')),
    subject_id   bigint NOT NULL,                       -- what it belongs to
    content_type text NOT NULL,
    width        int NOT NULL CHECK (width > 0),        -- of a picture, in pixels
    height       int NOT NULL CHECK (height > 0),
    bytes        int NOT NULL CHECK (bytes > 0),
    sha256       bytea NOT NULL CHECK (length(sha256) = 32),
    by           bigint NOT NULL REFERENCES accounts,
    created_at   timestamptz NOT NULL
);
CREATE INDEX files_account ON files (account_id, id DESC);
-- Sent twice, kept once.
CREATE UNIQUE INDEX files_once ON files (subject, subject_id, sha256);

-- The bytes of a file, once for each size that it is kept in.
CREATE TABLE file_contents (
    file_id bigint NOT NULL REFERENCES files,
    variant text NOT NULL CHECK (variant IN ('large', 'small')),
    content bytea NOT NULL,
    PRIMARY KEY (file_id, variant)
);
ALTER TABLE file_contents ALTER content SET STORAGE EXTERNAL; -- pictures do not get smaller a second time

-- A photo of a box that came. Where the box held one thing, it is a photo of this thing.
CREATE TABLE photos (
    file_id    bigint PRIMARY KEY REFERENCES files,
    receipt_id bigint NOT NULL REFERENCES receipts,
    item_id    bigint REFERENCES items
);
CREATE INDEX photos_receipt ON photos (receipt_id, file_id);
