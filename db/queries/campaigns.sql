-- name: CampaignByID :one
SELECT * FROM campaigns WHERE id = @id;

-- name: CampaignByKey :one
SELECT * FROM campaigns WHERE key = @key;

-- name: CampaignsAtDesk :many
-- CampaignsAtDesk lists the campaigns in a status, the last changed first.
SELECT sqlc.embed(c), t.name_ru, t.name_en FROM campaigns c JOIN mailing_topics t ON t.id = c.topic_id
WHERE c.status = @status AND (c.changed_at, c.id) < (@changed_at::timestamptz, @below::bigint)
ORDER BY c.changed_at DESC, c.id DESC LIMIT @lim::int;

-- name: MovesOfCampaign :many
SELECT m.from_status, m.to_status, m.at, coalesce(a.name, '')::text AS by_name FROM campaign_moves m LEFT JOIN accounts a ON a.id = m.by
WHERE m.campaign_id = @campaign_id ORDER BY m.id DESC LIMIT 50;

-- name: FailedCampaignMails :many
-- FailedCampaignMails are the first that were refused, with the reason.
SELECT account_id, address, error FROM campaign_mails WHERE campaign_id = @campaign_id AND state = 'failed' ORDER BY account_id LIMIT 20;

-- name: Newsletters :many
-- Newsletters lists what was sent, or is being sent, on public topics, the newest first.
SELECT c.id, c.subject, c.html, c.started_at, t.name_ru, t.name_en FROM campaigns c JOIN mailing_topics t ON t.id = c.topic_id
WHERE c.status IN ('running', 'finished') AND t.public AND (c.started_at, c.id) < (@started_at::timestamptz, @below::bigint)
ORDER BY c.started_at DESC, c.id DESC LIMIT @lim::int;

-- name: Newsletter :one
-- Newsletter is one of them.
SELECT c.id, c.subject, c.html, c.started_at, t.name_ru, t.name_en FROM campaigns c JOIN mailing_topics t ON t.id = c.topic_id
WHERE c.id = @id AND c.status IN ('running', 'finished') AND t.public;

-- name: SubscribersOf :one
-- SubscribersOf counts who would get a campaign on a topic.
SELECT count(*) FROM mailing_consents WHERE topic_id = @topic_id AND status = 'subscribed';

-- name: CampaignMailsTaken :one
-- CampaignMailsTaken counts what was sent lately, up to a number.
SELECT count(*) AS mails, coalesce(min(m.taken_at), @since::timestamptz)::timestamptz AS oldest
FROM (SELECT taken_at FROM campaign_mails WHERE taken_at > @since::timestamptz AND state IN ('queued', 'sent', 'failed') ORDER BY taken_at DESC LIMIT @lim::int) m;

-- name: WaitingCampaignMails :one
-- WaitingCampaignMails says when the next of those that were told to come later may be tried.
SELECT coalesce(min(coalesce(not_before, taken_at)), @at::timestamptz)::timestamptz AS at, count(*) AS mails FROM campaign_mails WHERE campaign_id = @campaign_id AND state = 'queued';

-- name: lockCampaign :one
SELECT * FROM campaigns WHERE id = @id FOR UPDATE;

-- name: insertCampaign :one
-- insertCampaign makes nothing when the form was sent before.
INSERT INTO campaigns (topic_id, subject, body, html, key, by, changed_at)
VALUES (@topic_id, @subject, @body, @html, @key, @by, @at) ON CONFLICT (key) DO NOTHING RETURNING *;

-- name: editCampaign :one
UPDATE campaigns SET topic_id = @topic_id, subject = @subject, body = @body, html = @html, changed_at = @at, version = version + 1
WHERE id = @id RETURNING *;

-- name: moveCampaign :one
-- moveCampaign also takes it from the job that was sending it.
UPDATE campaigns SET status = @status, starts_at = sqlc.narg(starts_at), run = run + 1, changed_at = @at::timestamptz, version = version + 1,
    finished_at = CASE WHEN @status = 'finished' THEN @at::timestamptz END
WHERE id = @id RETURNING *;

-- name: beginCampaign :exec
UPDATE campaigns SET started_at = @at::timestamptz, total = @total WHERE id = @id;

-- name: passCampaignOn :execrows
-- passCampaignOn leaves the rest to the job of the next number.
UPDATE campaigns SET run = run + 1 WHERE id = @id AND run = @run AND status = 'running';

-- name: countCampaign :exec
UPDATE campaigns SET sent = sent + @sent, failed = failed + @failed, passed_over = passed_over + @passed_over, last_id = @last_id WHERE id = @id;

-- name: recountCampaign :exec
-- recountCampaign puts right what a worker that was killed has not added.
UPDATE campaigns c SET sent = n.sent, failed = n.failed, passed_over = n.passed_over
FROM (SELECT count(*) FILTER (WHERE state = 'sent') AS sent, count(*) FILTER (WHERE state = 'failed') AS failed,
        count(*) FILTER (WHERE state IN ('rested', 'suppressed', 'left')) AS passed_over
    FROM campaign_mails WHERE campaign_id = @id) n
WHERE c.id = @id;

-- name: dropCampaignMails :execrows
-- dropCampaignMails leaves out whom a mail still waits for and who has left meanwhile, has another address, or takes no mail any more.
UPDATE campaign_mails m SET state = CASE WHEN wanted.subscribed THEN 'suppressed' ELSE 'left' END
FROM (SELECT w.account_id, EXISTS (SELECT FROM mailing_consents c JOIN accounts a ON a.id = c.account_id
            WHERE c.account_id = w.account_id AND c.topic_id = @topic_id AND c.status = 'subscribed'
              AND a.status = 'active' AND a.email_verified_at IS NOT NULL AND lower(a.email) = w.address) AS subscribed,
        EXISTS (SELECT FROM suppressions s WHERE s.address = w.address AND s.lifted_at IS NULL) AS suppressed
    FROM campaign_mails w WHERE w.campaign_id = @campaign_id AND w.state = 'queued') wanted
WHERE m.campaign_id = @campaign_id AND m.account_id = wanted.account_id AND (NOT wanted.subscribed OR wanted.suppressed);

-- name: retakeCampaignMails :many
-- retakeCampaignMails takes what a worker has left behind, or was told to bring later.
WITH taken AS (
    UPDATE campaign_mails m SET taken_at = @at::timestamptz
    WHERE m.campaign_id = @campaign_id AND m.state = 'queued' AND m.account_id IN (
        SELECT w.account_id FROM campaign_mails w
        WHERE w.campaign_id = @campaign_id AND w.state = 'queued' AND coalesce(w.not_before, @at::timestamptz) <= @at::timestamptz ORDER BY w.account_id LIMIT @lim::int)
    RETURNING m.account_id, m.address, m.attempts
)
SELECT t.account_id, t.address, a.locale, t.attempts FROM taken t JOIN accounts a ON a.id = t.account_id ORDER BY t.account_id;

-- name: takeCampaignMails :many
-- takeCampaignMails writes down the next subscribers, and for each why not when there is a reason. Whom it wrote down before
-- is not fresh.
WITH next AS (
    SELECT c.account_id, lower(a.email) AS address, a.locale,
        CASE WHEN EXISTS (SELECT FROM suppressions s WHERE s.address = lower(a.email) AND s.lifted_at IS NULL) THEN 'suppressed'
            WHEN EXISTS (SELECT FROM campaign_mails m JOIN campaigns o ON o.id = m.campaign_id
                WHERE m.account_id = c.account_id AND m.state = 'sent' AND m.taken_at > @rested::timestamptz AND o.topic_id = @topic_id AND o.id <> @campaign_id) THEN 'rested'
            WHEN a.email_verified_at IS NULL OR a.status <> 'active' THEN 'left'
            ELSE 'queued' END AS state
    FROM mailing_consents c JOIN accounts a ON a.id = c.account_id
    WHERE c.topic_id = @topic_id AND c.status = 'subscribed' AND c.account_id > @last_id
    ORDER BY c.account_id LIMIT @lim::int
), written AS (
    INSERT INTO campaign_mails (campaign_id, account_id, address, state, taken_at)
    SELECT @campaign_id, account_id, address, state, @at FROM next ON CONFLICT DO NOTHING RETURNING account_id
)
SELECT n.account_id, n.address, n.locale, n.state, (w.account_id IS NOT NULL)::boolean AS fresh
FROM next n LEFT JOIN written w ON w.account_id = n.account_id ORDER BY n.account_id;

-- name: markCampaignMail :one
-- markCampaignMail says what became of a mail, and whether the campaign still goes on.
WITH mail AS (
    UPDATE campaign_mails m SET state = @state, attempts = m.attempts + 1, error = @error, not_before = sqlc.narg(not_before)
    WHERE m.campaign_id = @campaign_id AND m.account_id = @account_id AND m.state = 'queued'
)
SELECT (c.status = 'running')::boolean AS running FROM campaigns c WHERE c.id = @campaign_id;

-- name: insertCampaignMove :exec
INSERT INTO campaign_moves (campaign_id, from_status, to_status, by, at) VALUES (@campaign_id, @from_status, @to_status, sqlc.narg(by), @at);
