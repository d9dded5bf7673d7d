-- name: MailingTopics :many
-- MailingTopics lists all topics, as the desk sees them.
SELECT * FROM mailing_topics ORDER BY id;

-- name: MailingTopicByID :one
SELECT * FROM mailing_topics WHERE id = @id;

-- name: MailingTopicByKey :one
SELECT * FROM mailing_topics WHERE key = @key;

-- name: MailingChoicesOf :many
-- MailingChoicesOf lists the public topics with what an account has chosen.
SELECT sqlc.embed(t), coalesce(c.status, '')::text AS status, coalesce(c.source, '')::text AS source, coalesce(c.wording, 0)::int AS wording, c.at,
    EXISTS (SELECT FROM suppressions s JOIN accounts a ON lower(a.email) = s.address WHERE a.id = @account_id AND s.lifted_at IS NULL) AS suppressed
FROM mailing_topics t LEFT JOIN mailing_consents c ON c.topic_id = t.id AND c.account_id = @account_id AND c.channel = 'email'
WHERE t.public ORDER BY t.id;

-- name: MailingMovesOf :many
-- MailingMovesOf lists what an account has agreed to and taken back, the newest first.
SELECT sqlc.embed(m), t.name_ru, t.name_en FROM mailing_moves m JOIN mailing_topics t ON t.id = m.topic_id
WHERE m.account_id = @account_id ORDER BY m.id DESC LIMIT @lim::int;

-- name: lockMailingTopic :one
SELECT * FROM mailing_topics WHERE id = @id FOR UPDATE;

-- name: insertMailingTopic :one
-- insertMailingTopic makes nothing when the form was sent before.
INSERT INTO mailing_topics (name_ru, name_en, about_ru, about_en, public, rest_hours, key)
VALUES (@name_ru, @name_en, @about_ru, @about_en, @public, @rest_hours, @key) ON CONFLICT (key) DO NOTHING RETURNING *;

-- name: editMailingTopic :one
UPDATE mailing_topics SET name_ru = @name_ru, name_en = @name_en, about_ru = @about_ru, about_en = @about_en, public = @public,
    rest_hours = @rest_hours, version = version + 1
WHERE id = @id RETURNING *;

-- name: setMailing :execrows
-- setMailing writes down a choice, and that it was made. What is so already stays as it was.
WITH chosen AS (
    INSERT INTO mailing_consents AS c (account_id, topic_id, status, source, wording, at)
    VALUES (@account_id, @topic_id, @status, @source, @wording, @at)
    ON CONFLICT (account_id, topic_id, channel) DO UPDATE SET status = excluded.status, source = excluded.source, wording = excluded.wording, at = excluded.at
    WHERE c.status <> excluded.status
    RETURNING c.account_id, c.topic_id, c.channel, c.status, c.source, c.wording, c.at
)
INSERT INTO mailing_moves (account_id, topic_id, channel, status, source, wording, at) SELECT * FROM chosen;

-- name: setPendingMailings :execrows
-- setPendingMailings confirms everything that an account has asked for.
WITH chosen AS (
    UPDATE mailing_consents c SET status = 'subscribed', source = 'letter', at = @at
    WHERE c.account_id = @account_id AND c.status = 'pending' RETURNING c.account_id, c.topic_id, c.channel, c.status, c.source, c.wording, c.at
)
INSERT INTO mailing_moves (account_id, topic_id, channel, status, source, wording, at) SELECT * FROM chosen;

-- name: endMailings :execrows
-- endMailings takes back everything that an account has chosen.
WITH ended AS (
    UPDATE mailing_consents c SET status = 'unsubscribed', source = @source, at = @at
    WHERE c.account_id = @account_id AND c.status <> 'unsubscribed' RETURNING c.account_id, c.topic_id, c.channel, c.status, c.source, c.wording, c.at
)
INSERT INTO mailing_moves (account_id, topic_id, channel, status, source, wording, at) SELECT * FROM ended;
