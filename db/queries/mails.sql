-- name: MailByID :one
SELECT * FROM mails WHERE id = @id;

-- name: Mails :many
-- Mails lists what was written, newest first, below an id.
SELECT * FROM mails WHERE id < @below ORDER BY id DESC LIMIT @lim::int;

-- name: lockMail :one
SELECT * FROM mails WHERE id = @id FOR UPDATE;

-- name: insertMail :one
INSERT INTO mails (account_id, kind, topic, address, locale, letter, secret, message_id, status, created_at)
VALUES (@account_id, @kind, @topic, @address, @locale, @letter, @secret, @message_id, @status, @at)
RETURNING id;

-- name: gatherMail :one
-- gatherMail starts a mail that is sent later, or adds its lines to the one that is waiting already.
INSERT INTO mails AS m (account_id, kind, topic, address, locale, letter, message_id, status, created_at)
VALUES (@account_id, @kind, @topic, @address, @locale, @letter, @message_id, 'gathering', @at)
ON CONFLICT (account_id, kind, topic) WHERE status = 'gathering'
DO UPDATE SET letter = jsonb_set(m.letter, '{lines}', coalesce(m.letter->'lines', '[]') || coalesce(excluded.letter->'lines', '[]'))
RETURNING id, (xmax = 0)::boolean AS started;

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
