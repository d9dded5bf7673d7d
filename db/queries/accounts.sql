-- name: AccountByID :one
SELECT * FROM accounts WHERE id = @id;

-- name: ProvedAccount :one
-- ProvedAccount finds the account that an e-mail address belongs to.
SELECT * FROM accounts WHERE lower(email) = lower(@email) AND email_verified_at IS NOT NULL;

-- name: RegisteredWith :one
-- RegisteredWith finds the account that a registration form has opened already.
SELECT * FROM accounts WHERE key = @key::text;

-- name: SignInCandidates :many
-- SignInCandidates finds whom an identifier may mean: the owner of a login, else the one who
-- proved the address, else the three newest who did not.
SELECT * FROM accounts
WHERE (lower(login) = lower(@identifier) AND login <> '' OR lower(email) = lower(@identifier)) AND status NOT IN ('deleted', 'pre_registered')
ORDER BY (lower(login) = lower(@identifier)) DESC, (email_verified_at IS NULL), id DESC LIMIT 3;

-- name: RolesOf :many
SELECT role FROM account_roles WHERE account_id = @account_id ORDER BY role;

-- name: StaffAccounts :many
-- StaffAccounts lists everybody with a role.
SELECT sqlc.embed(a), array_agg(r.role ORDER BY r.role)::text[] AS roles
FROM accounts a JOIN account_roles r ON r.account_id = a.id GROUP BY a.id ORDER BY a.id;

-- name: lockAccount :one
SELECT * FROM accounts WHERE id = @id FOR UPDATE;

-- name: insertAccount :one
INSERT INTO accounts (email, login, name, password_hash, locale, key, created_at)
VALUES (@email, @login, @name, @password_hash, @locale, sqlc.narg(key), @at) RETURNING *;

-- name: lockRegistration :exec
-- lockRegistration makes two sendings of one form wait for each other.
SELECT pg_advisory_xact_lock(hashtextextended('registration ' || @key::text, 0));

-- name: verifyAccount :one
UPDATE accounts SET email_verified_at = @at::timestamptz, email_bounced_at = NULL,
    status = CASE status WHEN 'unverified' THEN 'active' ELSE status END
WHERE id = @id RETURNING *;

-- name: setAccountEmail :one
UPDATE accounts SET email = @email, email_verified_at = sqlc.narg(verified_at), email_bounced_at = NULL, email_changed_at = @at::timestamptz WHERE id = @id RETURNING *;

-- name: setAccountPassword :exec
UPDATE accounts SET password_hash = @password_hash, password_changed_at = @at::timestamptz WHERE id = @id;

-- name: rehashAccount :exec
-- rehashAccount keeps the same password under another salt.
UPDATE accounts SET password_hash = @password_hash WHERE id = @id;

-- name: setAccountName :exec
UPDATE accounts SET name = @name, name_changed_at = @at::timestamptz WHERE id = @id AND name <> @name;

-- name: setAccountLocale :exec
UPDATE accounts SET locale = @locale WHERE id = @id;

-- name: setAccountStatus :exec
UPDATE accounts SET status = @status WHERE id = @id;

-- name: flagBouncedAccount :execrows
-- flagBouncedAccount leaves an account alone that has another address by now.
UPDATE accounts SET email_bounced_at = @at::timestamptz WHERE id = @id AND lower(email) = lower(@email);

-- name: unflagBouncedAccount :execrows
UPDATE accounts SET email_bounced_at = NULL WHERE id = @id AND lower(email) = lower(@email) AND email_bounced_at IS NOT NULL;

-- name: grantAccountRole :execrows
INSERT INTO account_roles (account_id, role, granted_at) VALUES (@account_id, @role, @at) ON CONFLICT DO NOTHING;

-- name: confirmAccountSecondFactor :exec
UPDATE accounts SET totp_secret = @totp_secret, totp_confirmed_at = coalesce(totp_confirmed_at, @at::timestamptz), totp_last_step = @step
WHERE id = @id;

-- name: removeAccountSecondFactor :exec
-- removeAccountSecondFactor keeps the last step, so that no code of the old secret is good again.
UPDATE accounts SET totp_secret = '', totp_confirmed_at = NULL WHERE id = @id;

-- name: removeUnprovedAccounts :many
-- removeUnprovedAccounts finds cabinets that were never proved and never used. What they would have subscribed to goes with them.
SELECT a.id FROM accounts a
WHERE a.email_verified_at IS NULL AND a.status = 'unverified' AND a.created_at < @before
  AND NOT EXISTS (SELECT FROM orders o WHERE o.account_id = a.id)
  AND NOT EXISTS (SELECT FROM invoices i WHERE i.account_id = a.id)
  AND NOT EXISTS (SELECT FROM payments p WHERE p.account_id = a.id)
  AND NOT EXISTS (SELECT FROM entries e JOIN wallets w ON w.id = e.wallet_id WHERE w.account_id = a.id AND e.number IS NOT NULL)
  AND NOT EXISTS (SELECT FROM tickets t WHERE t.account_id = a.id)
  AND NOT EXISTS (SELECT FROM bookmarks b WHERE b.account_id = a.id)
  AND NOT EXISTS (SELECT FROM quotes q WHERE q.account_id = a.id)
  AND NOT EXISTS (SELECT FROM dreams d WHERE d.account_id = a.id)
  AND NOT EXISTS (SELECT FROM news_reads n WHERE n.account_id = a.id)
  AND NOT EXISTS (SELECT FROM contest_entries e WHERE e.account_id = a.id)
  AND NOT EXISTS (SELECT FROM campaign_mails m WHERE m.account_id = a.id)
  AND NOT EXISTS (SELECT FROM consultations c WHERE c.account_id = a.id)
  AND NOT EXISTS (SELECT FROM consultation_credits c WHERE c.account_id = a.id)
  AND NOT EXISTS (SELECT FROM consultation_purchases c WHERE c.account_id = a.id)
  AND NOT EXISTS (SELECT FROM consultation_messages c WHERE c.by = a.id)
  AND NOT EXISTS (SELECT FROM consultation_readings c WHERE c.by = a.id)
  AND NOT EXISTS (SELECT FROM specialists s WHERE s.account_id = a.id)
  AND NOT EXISTS (SELECT FROM subscriptions s WHERE s.account_id = a.id)
  AND NOT EXISTS (SELECT FROM subscriptions s WHERE s.payer_id = a.id)
  AND NOT EXISTS (SELECT FROM redemptions r WHERE r.account_id = a.id)
  AND NOT EXISTS (SELECT FROM invitations i WHERE i.account_id = a.id)
  AND NOT EXISTS (SELECT FROM referrals r WHERE r.inviter = a.id)
  AND NOT EXISTS (SELECT FROM turnovers t WHERE t.account_id = a.id)
  AND NOT EXISTS (SELECT FROM account_roles r WHERE r.account_id = a.id)
  AND NOT EXISTS (SELECT FROM files f WHERE f.account_id = a.id)
ORDER BY a.id LIMIT 200;

-- name: deleteAccount :exec
WITH mail AS (DELETE FROM mails WHERE account_id = @id),
     unwanted AS (DELETE FROM unwanted_mails WHERE account_id = @id),
     move AS (DELETE FROM moves WHERE account_id = @id),
     token AS (DELETE FROM tokens WHERE account_id = @id),
     visit AS (DELETE FROM sessions WHERE account_id = @id),
     place AS (DELETE FROM addresses WHERE account_id = @id),
     purse AS (DELETE FROM wallets WHERE account_id = @id)
DELETE FROM accounts WHERE accounts.id = @id;
