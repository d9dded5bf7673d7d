-- name: TokenByHash :one
-- TokenByHash finds what a mailed link may still do.
SELECT sqlc.embed(t), sqlc.embed(a) FROM tokens t JOIN accounts a ON a.id = t.account_id
WHERE t.hash = @hash AND t.purpose = @purpose;

-- name: NewestToken :one
-- NewestToken finds the last token an account asked for.
SELECT * FROM tokens WHERE account_id = @account_id AND purpose = @purpose ORDER BY created_at DESC, id DESC LIMIT 1;

-- name: insertToken :one
INSERT INTO tokens (account_id, purpose, email, hash, code_hash, created_at, expires_at)
VALUES (@account_id, @purpose, @email, @hash, @code_hash, @at, @expires_at) RETURNING *;

-- name: supersedeTokens :exec
UPDATE tokens SET superseded_at = @at::timestamptz
WHERE account_id = @account_id AND purpose = @purpose AND used_at IS NULL AND superseded_at IS NULL;

-- name: useToken :one
-- useToken spends a token; whoever comes second gets no row.
UPDATE tokens SET used_at = @at::timestamptz
WHERE hash = @hash AND purpose = @purpose AND used_at IS NULL AND superseded_at IS NULL AND expires_at > @at::timestamptz
RETURNING *;

-- name: tryTokenCode :one
-- tryTokenCode counts a try at the newest code; after five it is worth nothing.
UPDATE tokens t SET tries = t.tries + 1
WHERE t.id = (SELECT n.id FROM tokens n WHERE n.account_id = @account_id AND n.purpose = @purpose ORDER BY n.created_at DESC, n.id DESC LIMIT 1)
  AND t.tries < 5 AND t.used_at IS NULL AND t.superseded_at IS NULL AND t.expires_at > @now
RETURNING *;

-- name: deleteOldTokens :exec
DELETE FROM tokens WHERE expires_at < @before;
