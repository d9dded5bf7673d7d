-- name: UnwantedMailsOf :many
-- UnwantedMailsOf are the kinds of mails that an account does not want.
SELECT kind FROM unwanted_mails WHERE account_id = @account_id ORDER BY kind;

-- name: MailIsUnwanted :one
SELECT EXISTS (SELECT FROM unwanted_mails WHERE account_id = @account_id AND kind = @kind);

-- name: refuseMail :exec
INSERT INTO unwanted_mails (account_id, kind, at) VALUES (@account_id, @kind, @at) ON CONFLICT DO NOTHING;

-- name: wantMail :exec
DELETE FROM unwanted_mails WHERE account_id = @account_id AND kind = @kind;
