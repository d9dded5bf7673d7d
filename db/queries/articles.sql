-- name: ArticlesShown :many
-- ArticlesShown is a page of the articles that are out, the newest first, below a moment and an id, as an account sees
-- them. Account 0 is a guest.
SELECT a.id, a.slug, a.published_at, v.title, v.teaser, v.access, v.points, v.cover,
    coalesce(f.width, 0)::int AS width, coalesce(f.height, 0)::int AS height, (g.account_id IS NOT NULL)::boolean AS bought
FROM articles a
JOIN article_versions v ON v.article_id = a.id AND v.number = a.shown
LEFT JOIN files f ON f.id = v.cover
LEFT JOIN grants g ON g.article_id = a.id AND g.account_id = @account_id
WHERE a.status = 'published' AND (a.published_at, a.id) < (@published_at::timestamptz, @below::bigint)
ORDER BY a.published_at DESC, a.id DESC LIMIT @lim::int;

-- name: ArticlesFound :many
-- ArticlesFound are those of ArticlesShown that have certain words, in any of their forms.
SELECT a.id, a.slug, a.published_at, v.title, v.teaser, v.access, v.points, v.cover,
    coalesce(f.width, 0)::int AS width, coalesce(f.height, 0)::int AS height, (g.account_id IS NOT NULL)::boolean AS bought
FROM articles a
JOIN article_versions v ON v.article_id = a.id AND v.number = a.shown
LEFT JOIN files f ON f.id = v.cover
LEFT JOIN grants g ON g.article_id = a.id AND g.account_id = @account_id
WHERE a.status = 'published' AND a.id IN (SELECT s.article_id FROM article_stems s WHERE s.stems @@ stems_asked(@asked::text))
  AND (a.published_at, a.id) < (@published_at::timestamptz, @below::bigint)
ORDER BY a.published_at DESC, a.id DESC LIMIT @lim::int;

-- name: ArticleFor :one
-- ArticleFor is an article as an account sees it, account 0 being a guest: one that is out, or that was and is the account's.
-- What the account may not read does not leave the database.
SELECT a.id, a.slug, a.status, a.published_at, v.number, v.shown_at, v.title, v.teaser, v.access, v.points, v.cover,
    coalesce(f.width, 0)::int AS width, coalesce(f.height, 0)::int AS height,
    (g.account_id IS NOT NULL)::boolean AS bought, (b.account_id IS NOT NULL)::boolean AS bookmarked,
    may_read(v.access, @account_id, g.account_id IS NOT NULL)::boolean AS readable,
    (CASE WHEN may_read(v.access, @account_id, g.account_id IS NOT NULL) THEN v.html ELSE '' END)::text AS html
FROM articles a
JOIN article_versions v ON v.article_id = a.id AND v.number = a.shown
LEFT JOIN files f ON f.id = v.cover
LEFT JOIN grants g ON g.article_id = a.id AND g.account_id = @account_id
LEFT JOIN bookmarks b ON b.article_id = a.id AND b.account_id = @account_id
WHERE a.slug = @slug AND (a.status = 'published' OR a.status = 'archived' AND g.account_id IS NOT NULL);

-- name: WordsFor :one
-- WordsFor are the words of an article that an account may read: as it is, and as it was in a version that readers saw.
SELECT a.id, v.number, v.words,
    coalesce((SELECT s.words FROM article_versions s WHERE s.article_id = a.id AND s.number = @seen AND s.shown_at IS NOT NULL), '')::text AS seen_words
FROM articles a
JOIN article_versions v ON v.article_id = a.id AND v.number = a.shown
LEFT JOIN grants g ON g.article_id = a.id AND g.account_id = @account_id
WHERE a.slug = @slug AND (a.status = 'published' OR a.status = 'archived' AND g.account_id IS NOT NULL)
  AND may_read(v.access, @account_id, g.account_id IS NOT NULL);

-- name: PictureFor :one
-- PictureFor is a picture that an account sees in an article it may read, or beside a teaser.
SELECT f.* FROM files f
JOIN articles a ON a.id = f.subject_id
JOIN article_versions v ON v.article_id = a.id AND v.number = a.shown
LEFT JOIN grants g ON g.article_id = a.id AND g.account_id = @account_id
WHERE f.id = @id AND f.subject = 'article' AND (a.status = 'published' OR a.status = 'archived' AND g.account_id IS NOT NULL)
  AND (v.cover = f.id OR f.id = ANY (v.pictures) AND may_read(v.access, @account_id, g.account_id IS NOT NULL));

-- name: PictureByID :one
-- PictureByID is for the desk.
SELECT * FROM files WHERE id = @id AND subject = 'article';

-- name: PicturesOfArticle :many
-- PicturesOfArticle are those that its editors may show, in the order in which they were added.
SELECT * FROM files WHERE subject = 'article' AND subject_id = @article_id ORDER BY id;

-- name: ArticleByID :one
-- ArticleByID is for the desk.
SELECT * FROM articles WHERE id = @id;

-- name: ArticleByKey :one
-- ArticleByKey finds the article that a form has made already.
SELECT * FROM articles WHERE key = @key;

-- name: ArticlesAtDesk :many
-- ArticlesAtDesk is a page of the articles in a status, the last changed first, below a moment and an id.
SELECT sqlc.embed(a), v.title, v.access, v.points
FROM articles a JOIN article_versions v ON v.article_id = a.id AND v.number = a.latest
WHERE a.status = @status::text AND (a.changed_at, a.id) < (@changed_at::timestamptz, @below::bigint)
ORDER BY a.changed_at DESC, a.id DESC LIMIT @lim::int;

-- name: ArticleVersion :one
-- ArticleVersion is for the desk.
SELECT * FROM article_versions WHERE article_id = @article_id AND number = @number;

-- name: ArticleVersions :many
-- ArticleVersions are the latest of an article, with who saved them.
SELECT v.number, v.title, v.at, v.shown_at, a.name AS by_name
FROM article_versions v JOIN accounts a ON a.id = v.by
WHERE v.article_id = @article_id ORDER BY v.number DESC LIMIT 50;

-- name: MovesOfArticle :many
-- MovesOfArticle are the latest moves of an article.
SELECT m.*, coalesce(a.name, '')::text AS by_name
FROM article_moves m LEFT JOIN accounts a ON a.id = m.by
WHERE m.article_id = @article_id ORDER BY m.id DESC LIMIT 50;

-- name: ArticlesDue :many
-- ArticlesDue are those whose hour has come.
SELECT id FROM articles WHERE status = 'scheduled' AND publish_at <= @now::timestamptz ORDER BY publish_at LIMIT 100;

-- name: PictureIsUsed :one
-- PictureIsUsed reports whether any version of an article shows a picture.
SELECT EXISTS (SELECT FROM article_versions WHERE article_id = @article_id AND (cover = @picture::bigint OR @picture = ANY (pictures)))::boolean;

-- name: lockArticle :one
SELECT * FROM articles WHERE id = @id FOR UPDATE;

-- name: insertArticle :one
-- insertArticle makes nothing when the form was sent before.
INSERT INTO articles (slug, key, changed_at) VALUES (@slug, @key, @at) ON CONFLICT (key) DO NOTHING RETURNING *;

-- name: insertArticleVersion :one
INSERT INTO article_versions (article_id, number, title, teaser, body, access, points, cover, html, words, pictures, by, at)
VALUES (@article_id, @number, @title, @teaser, @body, @access, @points, sqlc.narg(cover), @html, @words, @pictures, @by, @at)
RETURNING *;

-- name: editArticle :one
UPDATE articles SET slug = @slug, latest = @latest, changed_at = @at, version = version + 1 WHERE id = @id RETURNING *;

-- name: moveArticle :one
UPDATE articles SET status = @status, publish_at = @publish_at, changed_at = @at, version = version + 1 WHERE id = @id RETURNING *;

-- name: publishArticle :one
UPDATE articles SET status = 'published', publish_at = NULL, shown = latest, published_at = coalesce(published_at, @at::timestamptz),
    changed_at = @at::timestamptz, version = version + 1
WHERE id = @id RETURNING *;

-- name: setStems :exec
INSERT INTO article_stems (article_id, stems) VALUES (@article_id, stems(@said::text))
ON CONFLICT (article_id) DO UPDATE SET stems = excluded.stems;

-- name: showVersion :exec
UPDATE article_versions SET shown_at = coalesce(shown_at, @at::timestamptz) WHERE article_id = @article_id AND number = @number;

-- name: insertArticleMove :exec
INSERT INTO article_moves (article_id, from_status, to_status, number, by, reason, at)
VALUES (@article_id, @from_status, @to_status, @number, sqlc.narg(by), @reason, @at);
