-- name: DreamOf :one
-- DreamOf finds a dream in its author's own journal.
SELECT * FROM dreams WHERE id = @id AND account_id = @account_id;

-- name: DreamToDraw :one
-- DreamToDraw is what a worker draws: words alone.
SELECT id, body, answer FROM dreams WHERE id = @id;

-- name: DreamsOf :many
-- DreamsOf is a page of a journal, the latest night first, below a day and an id; of one day or tag, when they are given.
SELECT d.id, d.dreamed_on, d.mood, d.lucidity, d.status, left(d.body, 400)::text AS opening,
    ARRAY(SELECT t.name FROM dream_taggings g JOIN dream_tags t ON t.id = g.tag_id WHERE g.dream_id = d.id ORDER BY t.name)::text[] AS tags
FROM dreams d
WHERE d.account_id = @account_id AND d.dreamed_on >= @since::date AND (d.dreamed_on, d.id) < (@before::date, @below::bigint)
  AND (@tag::bigint = 0 OR EXISTS (SELECT FROM dream_taggings g WHERE g.dream_id = d.id AND g.tag_id = @tag::bigint))
ORDER BY d.dreamed_on DESC, d.id DESC LIMIT @lim::int;

-- name: DreamsFound :many
-- DreamsFound is DreamsOf with those words in it, in any of their forms. What is found is put in order, not the journal
-- searched in its.
WITH found AS MATERIALIZED (
    SELECT d.id FROM dreams d
    WHERE d.account_id = @account_id
      AND to_tsvector('russian', translate(d.body, 'ёЁ', 'еЕ')) @@ websearch_to_tsquery('russian', translate(@words::text, 'ёЁ', 'еЕ'))
)
SELECT d.id, d.dreamed_on, d.mood, d.lucidity, d.status, left(d.body, 400)::text AS opening,
    ARRAY(SELECT t.name FROM dream_taggings g JOIN dream_tags t ON t.id = g.tag_id WHERE g.dream_id = d.id ORDER BY t.name)::text[] AS tags
FROM dreams d JOIN found f ON f.id = d.id
WHERE d.account_id = @account_id AND d.dreamed_on >= @since::date AND (d.dreamed_on, d.id) < (@before::date, @below::bigint)
  AND (@tag::bigint = 0 OR EXISTS (SELECT FROM dream_taggings g WHERE g.dream_id = d.id AND g.tag_id = @tag::bigint))
ORDER BY d.dreamed_on DESC, d.id DESC LIMIT @lim::int;

-- name: WholeJournal :many
-- WholeJournal is everything that an author wrote down and was told, above an id, to be taken along.
SELECT sqlc.embed(d),
    ARRAY(SELECT t.name FROM dream_taggings g JOIN dream_tags t ON t.id = g.tag_id WHERE g.dream_id = d.id ORDER BY t.name)::text[] AS tags
FROM dreams d WHERE d.account_id = @account_id AND d.id > @above::bigint ORDER BY d.id LIMIT @lim::int;

-- name: DreamsWaitingOf :one
-- DreamsWaitingOf counts an author's dreams that wait for an interpretation.
SELECT count(*) FROM dreams WHERE account_id = @account_id AND status = 'submitted';

-- name: DreamMoves :many
-- DreamMoves is what became of one of a customer's own dreams, the newest first.
SELECT m.from_status, m.to_status, m.by, m.reason, m.at FROM dream_moves m JOIN dreams d ON d.id = m.dream_id
WHERE m.dream_id = @dream_id AND d.account_id = @account_id ORDER BY m.id DESC LIMIT 50;

-- name: DreamDays :many
-- DreamDays are the days of an author's dreams from one day to another, with how many there were.
SELECT dreamed_on, count(*) AS dreams FROM dreams
WHERE account_id = @account_id AND dreamed_on BETWEEN @since AND @until GROUP BY dreamed_on ORDER BY dreamed_on;

-- name: FirstDreamDay :many
-- FirstDreamDay is the day of an author's earliest dream, if there is any.
SELECT dreamed_on FROM dreams WHERE account_id = @account_id ORDER BY dreamed_on, id LIMIT 1;

-- name: DreamWords :many
-- DreamWords are the words, in any of their forms, that come back in an author's dreams from one day to another: in how
-- many dreams, all in all and in each month. Those that say nothing of a dream are left out.
WITH said AS MATERIALIZED (
    SELECT DISTINCT d.id, extract(month FROM d.dreamed_on)::int AS month, lower(m.words[1]) AS word
    FROM dreams d CROSS JOIN LATERAL regexp_matches(d.body, '[[:alpha:]]{3,}', 'g') AS m (words)
    WHERE d.account_id = @account_id AND d.dreamed_on BETWEEN @since AND @until
), stems AS (
    SELECT w.word, (ts_lexize(CASE WHEN w.word ~ '[а-яё]' THEN 'russian_stem' ELSE 'english_stem' END::regdictionary, translate(w.word, 'ё', 'е')))[1] AS stem
    FROM (SELECT DISTINCT word FROM said) w
), told AS MATERIALIZED (
    SELECT s.id, s.month, s.word, st.stem FROM said s JOIN stems st ON st.word = s.word
    WHERE st.stem IS NOT NULL AND st.stem <> ALL (SELECT coalesce((ts_lexize('russian_stem', u.word))[1], '') FROM unnest(@dull::text[]) AS u (word))
), often AS (
    SELECT stem, mode() WITHIN GROUP (ORDER BY word) AS word, count(DISTINCT id) AS dreams
    FROM told GROUP BY stem HAVING count(DISTINCT id) > 1 ORDER BY dreams DESC, word LIMIT @lim::int
)
SELECT o.word::text AS name, o.dreams, t.month::int AS month, count(DISTINCT t.id) AS in_month
FROM often o JOIN told t ON t.stem = o.stem GROUP BY o.word, o.dreams, t.month ORDER BY o.dreams DESC, o.word, t.month;

-- name: DreamTagMonths :many
-- DreamTagMonths are the tags that come back in an author's dreams from one day to another, as DreamWords.
WITH told AS MATERIALIZED (
    SELECT g.tag_id, g.dream_id, extract(month FROM d.dreamed_on)::int AS month
    FROM dreams d JOIN dream_taggings g ON g.dream_id = d.id
    WHERE d.account_id = @account_id AND d.dreamed_on BETWEEN @since AND @until
), often AS (
    SELECT o.tag_id, t.name, count(*) AS dreams FROM told o JOIN dream_tags t ON t.id = o.tag_id
    GROUP BY o.tag_id, t.name ORDER BY dreams DESC, t.name LIMIT @lim::int
)
SELECT o.name, o.dreams, t.month::int AS month, count(*) AS in_month
FROM often o JOIN told t ON t.tag_id = o.tag_id GROUP BY o.name, o.dreams, t.month ORDER BY o.dreams DESC, o.name, t.month;

-- name: PublishedDreams :many
-- PublishedDreams is a page of what everybody may read, the newest first, below a moment and an id.
SELECT id, published_at::timestamptz AS published_at, left(body, 400)::text AS opening FROM dreams
WHERE status = 'published' AND (published_at, id) < (@before::timestamptz, @below::bigint)
ORDER BY published_at DESC, id DESC LIMIT @lim::int;

-- name: PublishedDream :one
-- PublishedDream is one of them. There is nothing in it of whose it is.
SELECT id, published_at::timestamptz AS published_at, body, html, answer, answer_html FROM dreams WHERE id = @id AND status = 'published';

-- name: DreamsAtDesk :many
-- DreamsAtDesk is a page of the dreams of a status that were sent to us, the longest waiting first, behind a moment and an
-- id. Whose they are is not asked.
SELECT id, submitted_at::timestamptz AS submitted_at, dreamed_on, status, consent, left(body, 400)::text AS opening FROM dreams
WHERE status = @status::text AND status <> 'draft' AND (submitted_at, id) > (@after::timestamptz, @above::bigint)
ORDER BY submitted_at, id LIMIT @lim::int;

-- name: DreamAtDesk :one
-- DreamAtDesk is one of them, as it is interpreted.
SELECT id, submitted_at::timestamptz AS submitted_at, dreamed_on, mood, lucidity, status, consent, body, html, answer, answer_html, reason
FROM dreams WHERE id = @id AND status <> 'draft';

-- name: lockDream :one
SELECT * FROM dreams WHERE id = @id FOR UPDATE;

-- name: lockDreamByKey :one
-- lockDreamByKey finds what a form has made already.
SELECT * FROM dreams WHERE key = @key AND account_id = @account_id FOR UPDATE;

-- name: insertDream :one
-- insertDream makes nothing when the form was sent before.
INSERT INTO dreams (account_id, body, dreamed_on, mood, lucidity, key, typing, created_at)
VALUES (@account_id, @body, @dreamed_on, @mood, @lucidity, @key, @typing, @at)
ON CONFLICT (key) DO NOTHING RETURNING *;

-- name: updateDream :one
UPDATE dreams SET body = @body, html = CASE WHEN body = @body THEN html END, dreamed_on = @dreamed_on, mood = @mood, lucidity = @lucidity,
    typing = @typing, version = version + 1
WHERE id = @id RETURNING *;

-- name: showDream :one
-- showDream keeps what was drawn, if it was drawn from what stands there.
UPDATE dreams SET html = @html, answer_html = @answer_html WHERE id = @id AND body = @body AND answer = @answer RETURNING *;

-- name: moveDream :one
UPDATE dreams SET status = @status, consent = @consent, answer = @answer, answer_html = CASE WHEN answer = @answer THEN answer_html END, reason = @reason,
    submitted_at = @submitted_at, answered_at = @answered_at, published_at = @published_at, typing = '', version = version + 1
WHERE id = @id RETURNING *;

-- name: deleteDream :exec
DELETE FROM dreams WHERE id = @id;

-- name: insertDreamMove :exec
INSERT INTO dream_moves (dream_id, from_status, to_status, by, reason, at) VALUES (@dream_id, @from_status, @to_status, @by, @reason, @at);
