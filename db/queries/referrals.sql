-- name: InvitationOf :one
-- InvitationOf is a customer's own link, empty before it was asked for, with how many came by it and how many of those brought
-- something, each up to a thousand.
SELECT coalesce((SELECT i.code FROM invitations i WHERE i.account_id = @account_id), '')::text AS code,
    (SELECT count(*) FROM (SELECT FROM referrals r WHERE r.inviter = @account_id LIMIT 1000) c) AS came,
    (SELECT count(*) FROM (SELECT FROM referrals r WHERE r.inviter = @account_id AND r.rewarded_at IS NOT NULL LIMIT 1000) c) AS rewarded;

-- name: Inviter :one
-- Inviter finds whose link a code is of.
SELECT a.* FROM invitations i JOIN accounts a ON a.id = i.account_id WHERE i.code = @code;

-- name: OpenReferrals :many
-- OpenReferrals lists who came by a link since a time and has brought nothing yet, above a number, with what they spent before
-- another time, less all that was paid back.
SELECT r.account_id, (a.email_verified_at IS NOT NULL)::boolean AS proved, (
    SELECT coalesce(-sum(e.amount), 0) FROM entries e
    WHERE e.wallet_id = w.id AND e.number IS NOT NULL AND e.kind IN ('charge', 'refund') AND (e.kind = 'refund' OR e.at <= @charged_by::timestamptz))::bigint AS spent
FROM referrals r
JOIN accounts a ON a.id = r.account_id
JOIN wallets w ON w.account_id = r.account_id AND w.name = 'shopping' AND w.currency = 'EUR'
WHERE r.rewarded_at IS NULL AND r.at > @since::timestamptz AND r.account_id > @above ORDER BY r.account_id LIMIT @lim::int;

-- name: invite :exec
-- invite leaves the link alone that somebody has already.
INSERT INTO invitations (account_id, code, at) VALUES (@account_id, @code, @at) ON CONFLICT (account_id) DO NOTHING;

-- name: refer :exec
INSERT INTO referrals (account_id, inviter, at) VALUES (@account_id, @inviter, @at);

-- name: rewardReferral :one
-- rewardReferral finds nothing when it was done before.
UPDATE referrals SET rewarded_at = @at::timestamptz WHERE account_id = @account_id AND rewarded_at IS NULL RETURNING *;
