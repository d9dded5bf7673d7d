-- name: QuotesOf :many
-- QuotesOf is a page of a customer's quotes, the last first, below an id, with a tag when one is named.
SELECT sqlc.embed(q), a.slug, v.title,
    (a.status = 'published' OR a.status = 'archived' AND g.account_id IS NOT NULL)::boolean AS there
FROM quotes q
JOIN articles a ON a.id = q.article_id
JOIN article_versions v ON v.article_id = a.id AND v.number = a.shown
LEFT JOIN grants g ON g.article_id = a.id AND g.account_id = q.account_id
WHERE q.account_id = @account_id AND q.id < @below::bigint AND CASE WHEN @tag::text = '' THEN true ELSE @tag::text = ANY (q.tags) END
ORDER BY q.id DESC LIMIT @lim::int;

-- name: QuotesFound :many
-- QuotesFound are those of QuotesOf that have certain words, in any of their forms: in passage, note or tags.
SELECT sqlc.embed(q), a.slug, v.title,
    (a.status = 'published' OR a.status = 'archived' AND g.account_id IS NOT NULL)::boolean AS there
FROM quotes q
JOIN articles a ON a.id = q.article_id
JOIN article_versions v ON v.article_id = a.id AND v.number = a.shown
LEFT JOIN grants g ON g.article_id = a.id AND g.account_id = q.account_id
WHERE q.account_id = @account_id AND stems_of_quote(q.passage, q.note, q.tags) @@ stems_asked(@asked::text) AND q.id < @below::bigint
  AND CASE WHEN @tag::text = '' THEN true ELSE @tag::text = ANY (q.tags) END
ORDER BY q.id DESC LIMIT @lim::int;

-- name: QuotesOfArticle :many
-- QuotesOfArticle are the latest that a customer has taken from an article.
SELECT q.* FROM quotes q JOIN articles a ON a.id = q.article_id
WHERE a.slug = @slug AND q.account_id = @account_id ORDER BY q.id DESC LIMIT 20;

-- name: QuoteTagsOf :many
-- QuoteTagsOf are the tags of a customer's latest quotes, with how many have each.
SELECT t.tag::text AS tag, count(*) AS quotes
FROM (SELECT tags FROM quotes WHERE account_id = @account_id ORDER BY id DESC LIMIT 500) q, unnest(q.tags) AS t (tag)
GROUP BY t.tag ORDER BY count(*) DESC, t.tag LIMIT 30;

-- name: QuoteOf :one
-- QuoteOf finds a customer's own quote.
SELECT * FROM quotes WHERE id = @id AND account_id = @account_id;

-- name: QuoteByKey :one
-- QuoteByKey finds the quote that a form has made already.
SELECT * FROM quotes WHERE key = @key;

-- name: insertQuote :one
-- insertQuote makes nothing when the form was sent before.
INSERT INTO quotes (account_id, article_id, number, passage, squeezed, note, tags, changed_at, key, created_at)
VALUES (@account_id, @article_id, @number, @passage, @squeezed, @note, @tags, sqlc.narg(changed_at), @key, @at)
ON CONFLICT (key) DO NOTHING RETURNING *;

-- name: annotateQuote :one
UPDATE quotes SET note = @note, tags = @tags WHERE id = @id AND account_id = @account_id RETURNING *;

-- name: deleteQuote :exec
DELETE FROM quotes WHERE id = @id AND account_id = @account_id;

-- name: compareQuotes :exec
-- compareQuotes notes on every quote of an article whether the article, as it is now, still says it.
UPDATE quotes SET changed_at = CASE WHEN changed_at IS NULL THEN @at::timestamptz END
WHERE article_id = @article_id AND (changed_at IS NULL) <> (strpos(@words_now::text, squeezed) > 0);
