-- name: TurnoversOf :many
-- TurnoversOf lists what a customer spent in the last twelve months that were counted, the newest first.
SELECT t.month, t.spent, t.carried, t.points FROM turnovers t
WHERE t.account_id = @account_id AND t.month >= (SELECT max(r.month) - interval '11 months' FROM turnover_runs r) ORDER BY t.month DESC;

-- name: LastTurnoverRun :one
-- LastTurnoverRun is the last month that was counted for everybody; no row: none yet.
SELECT month FROM turnover_runs ORDER BY month DESC LIMIT 1;

-- name: MonthlySpenders :many
-- MonthlySpenders lists accounts above a number, in their order, with what they spent within a month, less what was paid back in
-- it, and what the month before left to be carried. Those of whom there is nothing to count are zeros.
SELECT w.account_id::bigint AS account_id, (
    SELECT coalesce(-sum(e.amount), 0) FROM entries e
    WHERE e.wallet_id = w.id AND e.number IS NOT NULL AND e.kind IN ('charge', 'refund') AND e.at >= @since::timestamptz AND e.at < @until::timestamptz)::bigint AS spent,
    coalesce((SELECT least(0, t.spent + t.carried) FROM turnovers t WHERE t.account_id = w.account_id AND t.month = @before::date), 0)::bigint AS carried
FROM wallets w
WHERE w.account_id > @above::bigint AND w.name = 'shopping' AND w.currency = 'EUR' ORDER BY w.account_id LIMIT @lim::int;

-- name: SpentSince :one
-- SpentSince sums up a customer's months from one on.
SELECT coalesce(sum(t.spent), 0)::bigint FROM turnovers t WHERE t.account_id = @account_id AND t.month >= @since::date;

-- name: HasTurnover :one
-- HasTurnover reports whether a month was counted for a customer.
SELECT EXISTS (SELECT FROM turnovers t WHERE t.account_id = @account_id AND t.month = @month::date)::boolean;

-- name: addTurnover :exec
INSERT INTO turnovers (account_id, month, spent, carried, points, transfer_id) VALUES (@account_id, @month, @spent, @carried, @points, sqlc.narg(transfer_id));

-- name: endTurnoverRun :exec
INSERT INTO turnover_runs (month, done_at) VALUES (@month, @done_at) ON CONFLICT DO NOTHING;
