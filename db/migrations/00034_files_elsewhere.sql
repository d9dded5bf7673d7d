-- +goose Up
-- What is in a file may be moved to object storage once its transaction is over: then content is NULL here.
ALTER TABLE file_contents ALTER content DROP NOT NULL;
-- What is still here and may move.
CREATE INDEX file_contents_here ON file_contents (file_id) WHERE content IS NOT NULL;
