-- name: SessionByToken :one
-- SessionByToken recognises a visitor by the hash of the cookie's token, with their roles and what they have.
SELECT sqlc.embed(s), sqlc.embed(a),
    ARRAY(SELECT r.role FROM account_roles r WHERE r.account_id = a.id ORDER BY r.role)::text[] AS roles,
    ARRAY(SELECT m.name FROM modules m WHERE m.enabled ORDER BY m.place)::text[] AS modules,
    w.available, w.reserved, w.points
FROM sessions s JOIN accounts a ON a.id = s.account_id
CROSS JOIN LATERAL (
    SELECT coalesce(sum(balance) FILTER (WHERE name = 'shopping' AND currency = 'EUR'), 0)::bigint AS available,
           coalesce(sum(balance) FILTER (WHERE name = 'reserved' AND currency = 'EUR'), 0)::bigint AS reserved,
           coalesce(sum(balance) FILTER (WHERE name = 'points' AND currency = 'RUB'), 0)::bigint AS points
    FROM wallets WHERE account_id = a.id
) w
WHERE s.token_hash = @token_hash AND s.expires_at > @now AND a.status NOT IN ('blocked', 'deleted');

-- name: SessionsOf :many
-- SessionsOf lists where an account is signed in, most recently seen first.
SELECT * FROM sessions WHERE account_id = @account_id AND expires_at > @now ORDER BY seen_at DESC, id DESC LIMIT 50;

-- name: insertSession :one
INSERT INTO sessions (token_hash, account_id, agent, ip, created_at, seen_at, expires_at, proved_at)
VALUES (@token_hash, @account_id, @agent, @ip, @at, @at, @expires_at, @at) RETURNING *;

-- name: touchSession :exec
UPDATE sessions SET seen_at = @at WHERE id = @id;

-- name: replaceSessionToken :exec
UPDATE sessions SET token_hash = @token_hash, proved_at = @at WHERE id = @id;

-- name: passSecondFactor :exec
UPDATE sessions SET second_factor_at = @at::timestamptz, token_hash = @token_hash WHERE id = @id;

-- name: deleteSession :exec
DELETE FROM sessions WHERE id = @id AND account_id = @account_id;

-- name: deleteSessionsBut :exec
DELETE FROM sessions WHERE account_id = @account_id AND id <> @keep;

-- name: deleteExpiredSessions :exec
DELETE FROM sessions WHERE expires_at < @before;
