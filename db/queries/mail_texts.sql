-- name: MailTextNow :one
-- MailTextNow is what the operator last decided about a text. Empty words are ours again.
SELECT * FROM mail_texts WHERE name = @name AND locale = @locale ORDER BY version DESC LIMIT 1;

-- name: MailTextsNow :many
-- MailTextsNow lists what the operator last decided about each text.
SELECT DISTINCT ON (name, locale) * FROM mail_texts ORDER BY name, locale, version DESC;

-- name: MailTextHistory :many
-- MailTextHistory says who changed a text and when, the newest change first.
SELECT sqlc.embed(t), a.name AS by_name FROM mail_texts t JOIN accounts a ON a.id = t.by
WHERE t.name = @name AND t.locale = @locale ORDER BY t.version DESC LIMIT 50;

-- name: insertMailText :one
INSERT INTO mail_texts (name, locale, version, subject, opening, closing, by, at)
VALUES (@name, @locale, @version, @subject, @opening, @closing, @by, @at)
RETURNING *;
