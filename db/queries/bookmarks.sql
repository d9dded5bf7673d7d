-- name: BookmarksOf :many
-- BookmarksOf is a page of a customer's bookmarks, the last first, below a moment and an id. One of an article that is
-- not out any more can be opened by who has bought it.
SELECT b.article_id, b.at, a.slug, a.status, v.title, v.teaser, v.access, v.points,
    (g.account_id IS NOT NULL)::boolean AS bought
FROM bookmarks b
JOIN articles a ON a.id = b.article_id
JOIN article_versions v ON v.article_id = a.id AND v.number = a.shown
LEFT JOIN grants g ON g.article_id = a.id AND g.account_id = b.account_id
WHERE b.account_id = @account_id AND (b.at, b.article_id) < (@at::timestamptz, @below::bigint)
ORDER BY b.at DESC, b.article_id DESC LIMIT @lim::int;

-- name: insertBookmark :exec
INSERT INTO bookmarks (account_id, article_id, at) VALUES (@account_id, @article_id, @at) ON CONFLICT DO NOTHING;

-- name: deleteBookmark :exec
DELETE FROM bookmarks WHERE account_id = @account_id AND article_id = @article_id;
