-- name: RewardRules :one
-- RewardRules are what is given by itself.
SELECT * FROM reward_rules;

-- name: Levels :many
-- Levels are what a euro brings, from the lowest turnover on.
SELECT * FROM levels ORDER BY from_sum;

-- name: lockRewardRules :one
SELECT * FROM reward_rules FOR UPDATE;

-- name: editRewardRules :one
UPDATE reward_rules SET inviter_points = @inviter_points, invited_points = @invited_points, least_spent = @least_spent, wait_days = @wait_days,
    keeps_days = sqlc.narg(keeps_days), inviter_words = @inviter_words, invited_words = @invited_words, turnover_words = @turnover_words, version = version + 1 RETURNING *;

-- name: clearLevels :exec
DELETE FROM levels;

-- name: addLevel :exec
INSERT INTO levels (from_sum, name, rate) VALUES (@from_sum, @name, @rate);
