-- name: AccountsOfAddress :many
-- AccountsOfAddress finds whom mail to an address is for.
SELECT * FROM accounts WHERE lower(email) = lower(@email) ORDER BY id;

-- name: MailWentTo :one
-- MailWentTo tells whether a mail with a Message-ID of ours went to an address.
SELECT EXISTS (SELECT FROM mails WHERE message_id = @message_id AND lower(address) = lower(@address))::boolean;

-- name: CampaignReader :one
-- CampaignReader is who got a campaign at an address.
SELECT account_id FROM campaign_mails WHERE campaign_id = @campaign_id AND address = lower(@address);

-- name: SuppressionNow :one
-- SuppressionNow finds what keeps an address from getting mailings.
SELECT * FROM suppressions WHERE address = lower(@address) AND lifted_at IS NULL;

-- name: Suppressions :many
-- Suppressions lists the addresses that get no mailings now, the last first, below an id.
SELECT * FROM suppressions WHERE lifted_at IS NULL AND id < @below ORDER BY id DESC LIMIT @lim::int;

-- name: SuppressionsOf :many
-- SuppressionsOf lists what became of one address.
SELECT sqlc.embed(s), coalesce(a.name, '')::text AS lifted_by_name FROM suppressions s LEFT JOIN accounts a ON a.id = s.lifted_by
WHERE s.address = lower(@address) ORDER BY s.id DESC LIMIT 20;

-- name: SoftBounces :one
-- SoftBounces counts the days on which an address was full or away, since a time and since it was last let off.
SELECT count(DISTINCT b.at::date) FROM bounces b
WHERE b.address = lower(@address) AND b.kind = 'soft' AND b.at > @since::timestamptz
    AND b.at > coalesce((SELECT max(s.lifted_at) FROM suppressions s WHERE s.address = lower(@address)), '-infinity');

-- name: lockSuppression :one
SELECT * FROM suppressions WHERE id = @id FOR UPDATE;

-- name: insertBounce :execrows
INSERT INTO bounces (key, address, kind, source, detail, at) VALUES (@key, lower(@address), @kind, @source, @detail, @at) ON CONFLICT (key) DO NOTHING;

-- name: insertSuppression :execrows
INSERT INTO suppressions (address, reason, detail, since) VALUES (lower(@address), @reason, @detail, @at)
ON CONFLICT (address) WHERE lifted_at IS NULL DO NOTHING;

-- name: liftSuppression :exec
UPDATE suppressions SET lifted_at = @at::timestamptz, lifted_by = @by, lift_reason = @reason WHERE id = @id;
