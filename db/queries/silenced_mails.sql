-- name: SilencedMails :many
-- SilencedMails are the kinds of mails that somebody does not want.
SELECT kind FROM silenced_mails WHERE account_id = @account_id ORDER BY kind;

-- name: MailSilenced :one
-- MailSilenced reports whether somebody does not want mails of a kind.
SELECT EXISTS (SELECT FROM silenced_mails WHERE account_id = @account_id AND kind = @kind)::boolean;

-- name: silenceMail :exec
INSERT INTO silenced_mails (account_id, kind) VALUES (@account_id, @kind) ON CONFLICT DO NOTHING;

-- name: unsilenceMail :exec
DELETE FROM silenced_mails WHERE account_id = @account_id AND kind = @kind;
