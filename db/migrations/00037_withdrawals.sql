-- +goose Up
-- Why an article was moved, where that has to be known: one that had to be withdrawn is paid back to whoever bought it.
ALTER TABLE article_moves ADD reason text NOT NULL DEFAULT '';
CREATE INDEX grants_article ON grants (article_id, account_id);
