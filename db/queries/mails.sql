-- name: MailByID :one
SELECT * FROM mails WHERE id = @id;

-- name: Mails :many
-- Mails lists what was written, newest first, below an id.
SELECT * FROM mails WHERE id < @below ORDER BY id DESC LIMIT @lim::int;

-- name: MailLog :many
-- MailLog lists what was written without the bodies, newest first, below an id.
SELECT m.id, m.account_id, a.name, m.kind, m.topic, m.address, m.locale, m.subject, m.status, m.attempts, m.error, m.created_at, m.sent_at
FROM mails m JOIN accounts a ON a.id = m.account_id
WHERE m.id < @below ORDER BY m.id DESC LIMIT @lim::int;

-- name: MailLogOf :many
-- MailLogOf lists what was written to the accounts of an address.
SELECT m.id, m.account_id, a.name, m.kind, m.topic, m.address, m.locale, m.subject, m.status, m.attempts, m.error, m.created_at, m.sent_at
FROM mails m JOIN accounts a ON a.id = m.account_id
WHERE lower(a.email) = lower(@email) AND m.id < @below ORDER BY m.id DESC LIMIT @lim::int;

-- name: UnsentMailLog :many
-- UnsentMailLog lists what has not left, in some of the statuses that this can have.
SELECT m.id, m.account_id, a.name, m.kind, m.topic, m.address, m.locale, m.subject, m.status, m.attempts, m.error, m.created_at, m.sent_at
FROM mails m JOIN accounts a ON a.id = m.account_id
WHERE m.status IN ('gathering', 'queued', 'failed') AND m.status = ANY (@statuses::text[]) AND m.id < @below ORDER BY m.id DESC LIMIT @lim::int;

-- name: MailFigures :one
-- MailFigures counts what waits, what was refused and what left since a time, each up to a thousand, and says when the
-- first that waits could have left.
SELECT (SELECT count(*) FROM (SELECT FROM mails WHERE status = 'gathering' LIMIT 1000) m) AS gathering,
    (SELECT count(*) FROM (SELECT FROM mails WHERE status = 'queued' LIMIT 1000) m) AS queued,
    (SELECT count(*) FROM (SELECT FROM mails WHERE status = 'failed' LIMIT 1000) m) AS failed,
    (SELECT count(*) FROM (SELECT FROM mails WHERE status = 'sent' AND sent_at > @since::timestamptz LIMIT 1000) m) AS sent,
    coalesce((SELECT greatest(m.created_at, m.leaves_at) FROM mails m WHERE m.status = 'queued' ORDER BY m.id LIMIT 1), @at)::timestamptz AS oldest;

-- name: FailedMails :many
-- FailedMails are those that were refused, the oldest first, by what they say: what one button would send again.
SELECT kind, count(*) AS mails, min(created_at)::timestamptz AS oldest
FROM (SELECT kind, created_at FROM mails WHERE status = 'failed' ORDER BY id LIMIT @lim::int) m
GROUP BY kind ORDER BY count(*) DESC, kind;

-- name: lockMail :one
SELECT * FROM mails WHERE id = @id FOR UPDATE;

-- name: insertMail :one
INSERT INTO mails (account_id, kind, topic, address, locale, letter, secret, message_id, status, created_at)
VALUES (@account_id, @kind, @topic, @address, @locale, @letter, @secret, @message_id, @status, @at)
RETURNING id;

-- name: gatherMail :one
-- gatherMail starts a mail that is sent later, or adds its lines and its weight to the one that is waiting already.
INSERT INTO mails AS m (account_id, kind, topic, address, locale, letter, message_id, status, created_at, leaves_at)
VALUES (@account_id, @kind, @topic, @address, @locale, @letter, @message_id, 'gathering', @at, @leaves_at)
ON CONFLICT (account_id, kind, topic) WHERE status = 'gathering'
DO UPDATE SET leaves_at = greatest(m.leaves_at, @not_before::timestamptz),
    letter = m.letter || jsonb_build_object(
        'lines', coalesce(m.letter->'lines', '[]') || coalesce(excluded.letter->'lines', '[]'),
        'grams', coalesce((m.letter->>'grams')::int, 0) + coalesce((excluded.letter->>'grams')::int, 0))
RETURNING id, (xmax = 0)::boolean AS started;

-- name: ungatherMail :execrows
-- ungatherMail takes items out of a mail that is still waiting; one that has nothing left to say is never sent.
UPDATE mails m SET status = CASE WHEN kept.lines = '[]' THEN 'cancelled' ELSE m.status END,
    letter = m.letter || jsonb_build_object('lines', kept.lines,
        'grams', greatest(0, coalesce((m.letter->>'grams')::int, 0) - @grams::int))
FROM mails w CROSS JOIN LATERAL (
    SELECT coalesce(jsonb_agg(line) FILTER (WHERE coalesce((line->>'item')::bigint, 0) <> ALL (@items::bigint[])), '[]') AS lines,
        count(*) FILTER (WHERE (line->>'item')::bigint = ANY (@items::bigint[])) AS taken
    FROM jsonb_array_elements(w.letter->'lines') line
) kept
WHERE w.id = m.id AND m.account_id = @account_id AND m.kind = @kind AND m.topic = @topic AND m.status = 'gathering' AND kept.taken > 0;

-- name: closeGatheredMail :one
UPDATE mails SET status = 'queued' WHERE id = @id AND status IN ('gathering', 'queued', 'failed') RETURNING *;

-- name: writeMail :exec
UPDATE mails SET subject = @subject, text_body = @text_body, html_body = @html_body WHERE id = @id;

-- name: markMailSent :exec
UPDATE mails SET status = 'sent', sent_at = @at::timestamptz, attempts = attempts + 1, error = '',
    secret = CASE WHEN @keep_secret::boolean THEN secret ELSE '' END
WHERE id = @id;

-- name: markMailFailed :exec
UPDATE mails SET status = @status, attempts = attempts + 1, error = @error WHERE id = @id;

-- name: retryMail :exec
UPDATE mails SET status = 'queued' WHERE id = @id;

-- name: retryFailedMails :many
UPDATE mails SET status = 'queued'
WHERE id IN (SELECT f.id FROM mails f WHERE f.status = 'failed' ORDER BY f.id LIMIT @lim::int FOR UPDATE)
RETURNING id;
