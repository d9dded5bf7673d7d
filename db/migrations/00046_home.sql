-- +goose Up
-- The first page asks what was answered lately, not how many dreams there are.
CREATE INDEX dreams_answered ON dreams (account_id, answered_at DESC) WHERE answered_at IS NOT NULL;
