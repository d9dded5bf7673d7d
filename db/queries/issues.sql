-- name: LatestIssue :one
-- LatestIssue is the newest one that is out.
SELECT * FROM issues WHERE published_at IS NOT NULL ORDER BY number DESC LIMIT 1;

-- name: IssueByID :one
-- IssueByID is for the desk, drafts included.
SELECT * FROM issues WHERE id = @id;

-- name: IssueByKey :one
SELECT * FROM issues WHERE key = @key;

-- name: IssuesAtDesk :many
-- IssuesAtDesk lists all issues, the newest number first, below a number.
SELECT * FROM issues WHERE number < @below ORDER BY number DESC LIMIT @lim::int;

-- name: IssuesOf :many
-- IssuesOf lists the issues that went to a reader, the newest first, below a number. With a copy they may be downloaded, once
-- it has its file.
SELECT i.id, i.number, i.title, i.about, i.month, i.cover, i.pages, i.posted_at, bool_or(g.printed)::boolean AS printed,
    (c.issue_id IS NOT NULL)::boolean AS digital, coalesce(c.file_id, 0)::bigint AS copy
FROM subscription_issues g
JOIN issues i ON i.id = g.issue_id
LEFT JOIN issue_copies c ON c.account_id = g.account_id AND c.issue_id = g.issue_id
WHERE g.account_id = @account_id AND NOT g.skipped AND i.number < @below::int
GROUP BY i.id, c.issue_id, c.file_id ORDER BY i.number DESC LIMIT @lim::int;

-- name: IssueOf :one
-- IssueOf is one issue that went to a reader.
SELECT i.id, i.number, i.title, i.about, i.month, i.cover, i.pages, i.posted_at, bool_or(g.printed)::boolean AS printed,
    (c.issue_id IS NOT NULL)::boolean AS digital, coalesce(c.file_id, 0)::bigint AS copy
FROM subscription_issues g
JOIN issues i ON i.id = g.issue_id
LEFT JOIN issue_copies c ON c.account_id = g.account_id AND c.issue_id = g.issue_id
WHERE g.account_id = @account_id AND NOT g.skipped AND g.issue_id = @issue_id
GROUP BY i.id, c.issue_id, c.file_id;

-- name: CopyOf :one
-- CopyOf is the file of a reader's own copy.
SELECT f.* FROM issue_copies c JOIN files f ON f.id = c.file_id WHERE c.account_id = @account_id AND c.issue_id = @issue_id;

-- name: CopyToStamp :one
-- CopyToStamp is what a worker has to make a copy of, and for whom.
SELECT a.locale, i.pdf, c.file_id FROM issue_copies c
JOIN issues i ON i.id = c.issue_id
JOIN accounts a ON a.id = c.account_id
WHERE c.account_id = @account_id AND c.issue_id = @issue_id;

-- name: lockCopy :one
SELECT * FROM issue_copies WHERE account_id = @account_id AND issue_id = @issue_id FOR UPDATE;

-- name: insertIssueCopy :execrows
INSERT INTO issue_copies (account_id, issue_id) VALUES (@account_id, @issue_id) ON CONFLICT DO NOTHING;

-- name: keepIssueCopy :exec
UPDATE issue_copies SET file_id = @file_id::bigint WHERE account_id = @account_id AND issue_id = @issue_id;

-- name: CoverFile :one
-- CoverFile is the cover of an issue that is out; the desk also sees those of drafts.
SELECT f.* FROM issues i JOIN files f ON f.id = i.cover WHERE i.cover = @cover AND (i.published_at IS NOT NULL OR @desk::boolean);

-- name: IssueReaders :one
-- IssueReaders counts up to a thousand of those whom an issue went to, and of those who get it printed.
SELECT (SELECT count(*) FROM (SELECT FROM subscription_issues g WHERE g.issue_id = @issue_id AND NOT g.skipped AND g.printed LIMIT 1000) p) AS printed,
       (SELECT count(*) FROM (SELECT FROM issue_copies c WHERE c.issue_id = @issue_id LIMIT 1000) d) AS digital;

-- name: PrintList :many
-- PrintList is where the printed copies of an issue go, by subscription, above one.
SELECT s.id, s.account_id, a.name, sqlc.embed(ad)
FROM subscription_issues g
JOIN subscriptions s ON s.id = g.subscription_id
JOIN accounts a ON a.id = g.account_id
JOIN addresses ad ON ad.id = s.address_id
WHERE g.issue_id = @issue_id AND g.printed AND NOT g.skipped AND g.subscription_id > @above
ORDER BY g.subscription_id LIMIT @lim::int;

-- name: lockIssue :one
SELECT * FROM issues WHERE id = @id FOR UPDATE;

-- name: insertIssue :one
-- insertIssue makes nothing when the form was sent before.
INSERT INTO issues (number, title, about, month, key, created_at) VALUES (@number, @title, @about, @month, @key, @at)
ON CONFLICT (key) DO NOTHING RETURNING *;

-- name: editIssue :one
UPDATE issues SET number = @number, title = @title, about = @about, month = @month, version = version + 1 WHERE id = @id RETURNING *;

-- name: setIssueCover :exec
UPDATE issues SET cover = sqlc.narg(cover)::bigint WHERE id = @id;

-- name: setIssuePDF :exec
UPDATE issues SET pdf = sqlc.narg(pdf)::bigint, pages = @pages WHERE id = @id;

-- name: publishIssue :one
UPDATE issues SET published_at = @at::timestamptz, version = version + 1 WHERE id = @id RETURNING *;

-- name: postIssue :one
UPDATE issues SET posted_at = @at::timestamptz, posted_by = @by::bigint WHERE id = @id RETURNING *;
