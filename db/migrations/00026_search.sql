-- +goose Up
-- Looking for a word among one's own orders costs what is found, not what there is.
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gin;
CREATE INDEX items_search ON items USING gin (account_id, (title || ' ' || shop || ' ' || article) gin_trgm_ops);
