-- name: GrantOf :one
-- GrantOf is what a customer has bought of an article.
SELECT * FROM grants WHERE account_id = @account_id AND article_id = @article_id;

-- name: GrantsOf :many
-- GrantsOf is a page of the articles that a customer has bought, the last first, below a moment and an id.
SELECT g.article_id, g.points, g.at, a.slug, a.status, v.title, v.teaser
FROM grants g
JOIN articles a ON a.id = g.article_id
JOIN article_versions v ON v.article_id = a.id AND v.number = a.shown
WHERE g.account_id = @account_id AND (g.at, g.article_id) < (@at::timestamptz, @below::bigint)
ORDER BY g.at DESC, g.article_id DESC LIMIT @lim::int;

-- name: insertGrant :exec
INSERT INTO grants (account_id, article_id, transfer_id, points, at) VALUES (@account_id, @article_id, @transfer_id, @points, @at);

-- name: GrantsOfArticle :many
-- GrantsOfArticle are some of those that were bought until a moment.
SELECT account_id FROM grants WHERE article_id = @article_id AND at <= @until::timestamptz ORDER BY account_id LIMIT 500;

-- name: deleteGrant :one
-- deleteGrant is for what is paid back.
DELETE FROM grants WHERE account_id = @account_id AND article_id = @article_id RETURNING *;
