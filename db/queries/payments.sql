-- name: PaymentByID :one
SELECT * FROM payments WHERE id = @id;

-- name: PaymentByKey :one
-- PaymentByKey finds what a form sent before.
SELECT * FROM payments WHERE key = @key;

-- name: UnmatchedPayments :many
-- UnmatchedPayments is the money that waits for its owner, the newest first, below an id.
SELECT sqlc.embed(p), coalesce(a.name, '')::text AS customer
FROM payments p LEFT JOIN accounts a ON a.id = p.account_id
WHERE p.status IN ('unmatched', 'suggested') AND p.id < @below ORDER BY p.id DESC LIMIT @lim::int;

-- name: MatchedPayments :many
-- MatchedPayments lists what was matched since a time, the newest first.
SELECT sqlc.embed(p), coalesce(a.name, '')::text AS customer
FROM payments p LEFT JOIN accounts a ON a.id = p.account_id
WHERE p.status = 'matched' AND p.matched_at >= @since::timestamptz ORDER BY p.matched_at DESC, p.id DESC LIMIT @lim::int;

-- name: DeskPayment :one
-- DeskPayment is one payment as the desk shows it.
SELECT sqlc.embed(p), coalesce(a.name, '')::text AS customer
FROM payments p LEFT JOIN accounts a ON a.id = p.account_id WHERE p.id = @id;

-- name: CountUnmatched :one
-- CountUnmatched is how many payments wait, up to a thousand.
SELECT count(*) FROM (SELECT FROM payments WHERE status IN ('unmatched', 'suggested') LIMIT 1000) waiting;

-- name: PaymentTotals :many
-- PaymentTotals are what was recorded since a time, by currency, and how much of it found its owner.
SELECT currency, count(*) AS payments, sum(amount)::bigint AS amount,
    coalesce(sum(amount) FILTER (WHERE status = 'matched'), 0)::bigint AS matched
FROM payments WHERE at >= @since AND status <> 'ignored' GROUP BY currency ORDER BY currency;

-- name: PaymentOfTransfer :one
-- PaymentOfTransfer finds the bank payment behind a top-up of a customer's own.
SELECT * FROM payments WHERE transfer_id = @transfer_id AND account_id = @account_id;

-- name: lockPayment :one
SELECT * FROM payments WHERE id = @id FOR UPDATE;

-- name: insertPayment :one
-- insertPayment returns no row for a key that was there before.
INSERT INTO payments (status, amount, currency, reference, payer, received_on, account_id, invoice_id, clue, key, by, at)
VALUES (@status, @amount, @currency, @reference, @payer, @received_on, @account_id, @invoice_id, @clue, @key, @by, @at)
ON CONFLICT (key) DO NOTHING RETURNING *;

-- name: markPaymentMatched :one
UPDATE payments SET status = 'matched', account_id = @account_id, invoice_id = @invoice_id, transfer_id = @transfer_id::bigint,
    matched_at = @at::timestamptz, matches = matches + 1
WHERE id = @id RETURNING *;

-- name: markPaymentUnmatched :one
UPDATE payments SET status = 'unmatched', account_id = NULL, invoice_id = NULL, transfer_id = NULL, matched_at = NULL, clue = '', reason = @reason
WHERE id = @id RETURNING *;

-- name: markPaymentIgnored :one
UPDATE payments SET status = 'ignored', account_id = NULL, invoice_id = NULL, clue = '', reason = @reason WHERE id = @id RETURNING *;
