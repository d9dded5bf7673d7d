-- name: SubscriptionTariffs :many
-- SubscriptionTariffs is the list of prices.
SELECT * FROM subscription_tariffs ORDER BY array_position(ARRAY['pdf', 'print', 'both'], format), issues;

-- name: SubscriptionTariff :one
SELECT * FROM subscription_tariffs WHERE format = @format AND issues = @issues;

-- name: SubscriptionsOf :many
-- SubscriptionsOf lists what a reader has subscribed to, or was given, the newest first, with what went out of it.
SELECT sqlc.embed(s), coalesce(first.number, 0)::int AS first_number, coalesce(first.month, '0001-01-01')::date AS first_month,
    coalesce(last.number, 0)::int AS last_number, coalesce(last.month, '0001-01-01')::date AS last_month,
    coalesce(before.status IN ('active', 'paused'), false)::boolean AS waits
FROM subscriptions s
LEFT JOIN subscriptions before ON before.id = s.follows
LEFT JOIN LATERAL (SELECT i.number, i.month FROM subscription_issues g JOIN issues i ON i.id = g.issue_id
    WHERE g.subscription_id = s.id AND NOT g.skipped ORDER BY i.number LIMIT 1) first ON true
LEFT JOIN LATERAL (SELECT i.number, i.month FROM subscription_issues g JOIN issues i ON i.id = g.issue_id
    WHERE g.subscription_id = s.id AND NOT g.skipped ORDER BY i.number DESC LIMIT 1) last ON true
WHERE s.account_id = @account_id ORDER BY s.id DESC LIMIT 30;

-- name: GiftsFrom :many
-- GiftsFrom lists what somebody has given away: first what nobody has claimed, then the newest first.
SELECT * FROM subscriptions WHERE payer_id = @payer_id AND gift
ORDER BY (claimed_at IS NULL AND status IN ('pending_payment', 'active')) DESC, id DESC LIMIT 100;

-- name: SubscriptionByID :one
-- SubscriptionByID is for rules and the desk.
SELECT * FROM subscriptions WHERE id = @id;

-- name: SubscriptionByKey :one
SELECT * FROM subscriptions WHERE key = @key;

-- name: GiftByCode :one
-- GiftByCode finds the gift that a code is for.
SELECT * FROM subscriptions WHERE code_hash = @code_hash::bytea;

-- name: RunningOf :many
-- RunningOf are the subscriptions of a reader that go on, the newest first.
SELECT * FROM subscriptions WHERE account_id = @account_id AND status IN ('active', 'paused') ORDER BY id DESC;

-- name: PendingOf :one
-- PendingOf counts what somebody has ordered and not paid.
SELECT count(*) FROM subscriptions WHERE payer_id = @payer_id AND status = 'pending_payment';

-- name: Renewed :one
-- Renewed reports whether another subscription begins where this one ends.
SELECT EXISTS (SELECT FROM subscriptions WHERE follows = @follows AND status IN ('active', 'paused'))::boolean;

-- name: followSubscription :exec
UPDATE subscriptions SET follows = @follows WHERE id = @id;

-- name: SubscriptionMoves :many
-- SubscriptionMoves is what happened to a subscription, for the desk.
SELECT m.*, coalesce(a.name, '')::text AS actor FROM subscription_moves m LEFT JOIN accounts a ON a.id = m.by
WHERE m.subscription_id = @subscription_id ORDER BY m.id DESC LIMIT 100;

-- name: SubscriptionsAtDesk :many
-- SubscriptionsAtDesk lists those in a status, the newest first, below an id.
SELECT sqlc.embed(s), p.name AS payer, p.email AS payer_email, coalesce(r.name, '')::text AS reader, coalesce(r.email, '')::text AS reader_email
FROM subscriptions s
JOIN accounts p ON p.id = s.payer_id
LEFT JOIN accounts r ON r.id = s.account_id
WHERE s.status = @status AND s.id < @below ORDER BY s.id DESC LIMIT @lim::int;

-- name: SubscriptionsOfPerson :many
-- SubscriptionsOfPerson lists what a person reads or has paid for, in any status.
SELECT sqlc.embed(s), p.name AS payer, p.email AS payer_email, coalesce(r.name, '')::text AS reader, coalesce(r.email, '')::text AS reader_email
FROM subscriptions s
JOIN accounts p ON p.id = s.payer_id
LEFT JOIN accounts r ON r.id = s.account_id
WHERE s.id IN (SELECT o.id FROM subscriptions o WHERE o.account_id = ANY (@people::bigint[])
               UNION SELECT o.id FROM subscriptions o WHERE o.payer_id = ANY (@people::bigint[])) AND s.id < @below
ORDER BY s.id DESC LIMIT @lim::int;

-- name: SubscriptionAtDesk :one
-- SubscriptionAtDesk is one subscription with the people it concerns.
SELECT sqlc.embed(s), p.name AS payer, p.email AS payer_email, coalesce(r.name, '')::text AS reader, coalesce(r.email, '')::text AS reader_email
FROM subscriptions s
JOIN accounts p ON p.id = s.payer_id
LEFT JOIN accounts r ON r.id = s.account_id
WHERE s.id = @id;

-- name: PeopleFound :many
-- PeopleFound are the accounts that somebody at the desk may mean by a number or an address.
SELECT id FROM accounts WHERE id = @number OR lower(email) = lower(@email::text) ORDER BY id LIMIT 20;

-- name: AuditSubscriptions :many
-- AuditSubscriptions are those that run without having been paid, or were paid and do not.
SELECT s.id FROM subscriptions s
LEFT JOIN invoices i ON i.id = s.invoice_id
LEFT JOIN transfers t ON t.id = s.transfer_id
WHERE (s.status = 'pending_payment') <> (i.status IN ('issued', 'partially_paid')) AND s.invoice_id IS NOT NULL AND s.status <> 'cancelled'
   OR s.status IN ('active', 'paused', 'expired') AND s.invoice_id IS NOT NULL AND (i.status <> 'paid' OR i.total <> s.price)
   OR s.transfer_id IS NOT NULL AND t.amount <> s.price * 100
   OR s.remaining <> s.issues - (SELECT count(*) FROM subscription_issues g WHERE g.subscription_id = s.id AND NOT g.skipped)
ORDER BY s.id LIMIT 100;

-- name: lockSubscription :one
SELECT * FROM subscriptions WHERE id = @id FOR UPDATE;

-- name: lockGift :one
SELECT * FROM subscriptions WHERE code_hash = @code_hash::bytea FOR UPDATE;

-- name: lockSubscriptionOfInvoice :one
SELECT * FROM subscriptions WHERE invoice_id = @invoice_id FOR UPDATE;

-- name: lockSubscribers :many
-- lockSubscribers are some of those whom an issue is for, in their order: who had begun when it came out, and is not still
-- reading another subscription to its end. One whose predecessor has got this very issue begins with the next.
SELECT s.* FROM subscriptions s
WHERE s.status IN ('active', 'paused') AND s.account_id IS NOT NULL AND s.id > @above AND s.started_at <= @published_at::timestamptz
  AND NOT EXISTS (SELECT FROM subscription_issues g WHERE g.subscription_id = s.id AND g.issue_id = @issue_id)
  AND NOT EXISTS (SELECT FROM subscriptions b WHERE b.id = s.follows
      AND (b.status IN ('active', 'paused') OR EXISTS (SELECT FROM subscription_issues g WHERE g.subscription_id = b.id AND g.issue_id = @issue_id)))
ORDER BY s.id LIMIT @lim::int FOR UPDATE OF s;

-- name: insertSubscription :one
INSERT INTO subscriptions (account_id, payer_id, gift, format, issues, remaining, current, follows, address_id, price, invoice_id, transfer_id, renews, key, created_at)
VALUES (sqlc.narg(account_id), @payer_id, @gift, @format, @issues, @issues, @current, sqlc.narg(follows), sqlc.narg(address_id), @price,
        sqlc.narg(invoice_id), sqlc.narg(transfer_id), @renews, @key, @at)
RETURNING *;

-- name: moveSubscription :one
UPDATE subscriptions SET status = @status, remaining = @remaining, pause_left = @pause_left, skipped = @skipped, started_at = @started_at
WHERE id = @id RETURNING *;

-- name: giveCode :exec
-- giveCode replaces the code of a gift, so that the one before is worth nothing.
UPDATE subscriptions SET code_hash = @code_hash::bytea WHERE id = @id;

-- name: claimSubscription :one
UPDATE subscriptions SET account_id = @account_id::bigint, address_id = sqlc.narg(address_id), follows = sqlc.narg(follows), claimed_at = @at::timestamptz
WHERE id = @id RETURNING *;

-- name: setRenewal :exec
UPDATE subscriptions SET renews = @renews WHERE id = @id;

-- name: sendElsewhere :exec
-- sendElsewhere changes where printed issues go.
UPDATE subscriptions SET address_id = @address_id::bigint WHERE id = @id;

-- name: insertSubscriptionIssue :execrows
INSERT INTO subscription_issues (subscription_id, issue_id, account_id, printed, skipped, at)
VALUES (@subscription_id, @issue_id, @account_id, @printed, @skipped, @at) ON CONFLICT DO NOTHING;

-- name: insertSubscriptionMove :exec
INSERT INTO subscription_moves (subscription_id, from_status, to_status, by, reason, at)
VALUES (@subscription_id, @from_status, @to_status, @by, @reason, @at);

-- name: setSubscriptionTariff :exec
INSERT INTO subscription_tariffs (format, issues, price, points) VALUES (@format, @issues, @price, @points)
ON CONFLICT (format, issues) DO UPDATE SET price = excluded.price, points = excluded.points;

-- name: removeSubscriptionTariff :exec
DELETE FROM subscription_tariffs WHERE format = @format AND issues = @issues;

