-- name: NewsHeard :many
-- NewsHeard is a page of what an account hears of, the newest first, below a moment and an id. Account 0 is a guest.
-- The text of all but one is left out; Current leaves out offers that have ended.
SELECT n.id, n.kind, n.title, n.published_at, n.ends_on, (n.audience = 'everybody')::boolean AS for_all, n.members_first,
    (r.account_id IS NOT NULL)::boolean AS read, (CASE WHEN n.id = @opened::bigint THEN n.html ELSE '' END)::text AS html
FROM news n
LEFT JOIN news_reads r ON r.news_id = n.id AND r.account_id = @account_id
WHERE n.published_at <= @now::timestamptz AND may_hear(n.audience, n.published_at, n.members_first, @account_id, @now::timestamptz)
  AND (NOT @current::boolean OR n.ends_on IS NULL OR n.ends_on >= @today::date)
  AND (n.published_at, n.id) < (@published_at::timestamptz, @below::bigint)
ORDER BY n.published_at DESC, n.id DESC LIMIT @lim::int;

-- name: NewsFor :one
-- NewsFor is one of those, with its text.
SELECT n.id, n.kind, n.title, n.published_at, n.ends_on, (n.audience = 'everybody')::boolean AS for_all, n.members_first,
    (r.account_id IS NOT NULL)::boolean AS read, n.html
FROM news n
LEFT JOIN news_reads r ON r.news_id = n.id AND r.account_id = @account_id
WHERE n.id = @id AND n.published_at <= @now::timestamptz AND may_hear(n.audience, n.published_at, n.members_first, @account_id, @now::timestamptz);

-- name: NewsByID :one
-- NewsByID is for the desk.
SELECT sqlc.embed(n), a.name AS changed_by_name FROM news n JOIN accounts a ON a.id = n.changed_by WHERE n.id = @id;

-- name: NewsByKey :one
-- NewsByKey finds what a form has made already.
SELECT * FROM news WHERE key = @key;

-- name: NewsAtDesk :many
-- NewsAtDesk is a page of all there are, the last changed first, below a moment and an id.
SELECT id, kind, audience, title, ends_on, published_at, changed_at FROM news
WHERE (changed_at, id) < (@changed_at::timestamptz, @below::bigint)
ORDER BY changed_at DESC, id DESC LIMIT @lim::int;

-- name: lockNews :one
SELECT * FROM news WHERE id = @id FOR UPDATE;

-- name: insertNews :one
-- insertNews makes nothing when the form was sent before.
INSERT INTO news (kind, audience, title, body, html, members_first, ends_on, key, changed_by, changed_at)
VALUES (@kind, @audience, @title, @body, @html, @members_first, sqlc.narg(ends_on), @key, @changed_by, @changed_at)
ON CONFLICT (key) DO NOTHING RETURNING *;

-- name: editNews :one
UPDATE news SET kind = @kind, audience = @audience, title = @title, body = @body, html = @html, members_first = @members_first,
    ends_on = sqlc.narg(ends_on), changed_by = @changed_by, changed_at = @changed_at, version = version + 1
WHERE id = @id RETURNING *;

-- name: publishNews :one
UPDATE news SET published_at = sqlc.narg(published_at), changed_by = @changed_by, changed_at = @changed_at, version = version + 1
WHERE id = @id RETURNING *;

-- name: readNews :exec
INSERT INTO news_reads (account_id, news_id, at) VALUES (@account_id, @news_id, @at) ON CONFLICT DO NOTHING;
