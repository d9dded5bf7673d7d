-- +goose Up
-- A customer's document may have its author's name in it. Until a worker has taken that out only the customer sees the
-- file, and for ever when it can not be taken out. What was sent before stays as it was sent.
ALTER TABLE files ADD redaction text NOT NULL DEFAULT 'none' CHECK (redaction IN ('none', 'pending', 'failed'));

-- +goose Down
ALTER TABLE files DROP redaction;
