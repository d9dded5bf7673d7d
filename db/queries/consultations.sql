-- name: ConsultationsOf :many
-- ConsultationsOf is a page of a customer's own requests, the one where something was said last first, below a moment and an id.
SELECT c.id, c.subject, c.status, c.due_at, c.last_at, s.name AS specialist,
    (CASE WHEN c.subject = '' THEN (SELECT left(m.body, 200) FROM consultation_messages m WHERE m.consultation_id = c.id ORDER BY m.id LIMIT 1) ELSE '' END)::text AS opening
FROM consultations c JOIN specialists s ON s.account_id = c.specialist_id
WHERE c.account_id = @account_id AND (c.last_at, c.id) < (@last_at::timestamptz, @below::bigint)
ORDER BY c.last_at DESC, c.id DESC LIMIT @lim::int;

-- name: ConsultationOf :one
-- ConsultationOf finds a customer's own request, with how many paid ones are left beside it.
SELECT sqlc.embed(c), s.name AS specialist,
    coalesce((SELECT k.bought - k.used - k.reserved FROM consultation_credits k WHERE k.account_id = c.account_id AND k.specialist_id = c.paid_to), 0)::int AS credits
FROM consultations c JOIN specialists s ON s.account_id = c.specialist_id
WHERE c.id = @id AND c.account_id = @account_id;

-- name: ConsultationThread :many
-- ConsultationThread is a page of a customer's own thread, the newest first, below an id.
SELECT m.id, m.staff, (m.by IS NOT NULL)::boolean AS said, m.status, m.body, m.html, m.at, coalesce(s.name, '')::text AS specialist, coalesce(p.name, '')::text AS passed_to,
    coalesce((SELECT jsonb_agg(jsonb_build_object('id', f.id, 'type', f.content_type, 'width', f.width, 'height', f.height, 'redaction', f.redaction) ORDER BY f.id)
              FROM consultation_files g JOIN files f ON f.id = g.file_id WHERE g.message_id = m.id), '[]')::jsonb AS files
FROM consultation_messages m JOIN consultations c ON c.id = m.consultation_id
LEFT JOIN specialists s ON s.account_id = m.by AND m.staff LEFT JOIN specialists p ON p.account_id = m.passed_to
WHERE m.consultation_id = @consultation_id AND c.account_id = @account_id AND m.id < @below::bigint ORDER BY m.id DESC LIMIT @lim::int;

-- name: DraftMessageOf :one
-- DraftMessageOf is what a customer's own draft says.
SELECT m.id, m.body FROM consultation_messages m JOIN consultations c ON c.id = m.consultation_id
WHERE m.consultation_id = @consultation_id AND c.account_id = @account_id AND m.status = 'draft';

-- name: CreditsOf :one
-- CreditsOf is what a customer has bought of a specialist.
SELECT * FROM consultation_credits WHERE account_id = @account_id AND specialist_id = @specialist_id;

-- name: ConsultationReadingsOf :many
-- ConsultationReadingsOf says who of us has read a customer's own request, the newest first: specialists by the name that
-- they show, others without any.
SELECT max(r.at)::timestamptz AS at, coalesce(s.name, '')::text AS reader
FROM consultation_readings r JOIN consultations c ON c.id = r.consultation_id LEFT JOIN specialists s ON s.account_id = r.by
WHERE r.consultation_id = @consultation_id AND c.account_id = @account_id GROUP BY 2 ORDER BY 1 DESC LIMIT 20;

-- name: ConsultationReadings :many
-- ConsultationReadings says who of us has read a request, for the desk.
SELECT r.at, a.name AS reader FROM consultation_readings r JOIN accounts a ON a.id = r.by
WHERE r.consultation_id = @consultation_id ORDER BY r.id DESC LIMIT 20;

-- name: ConsultationsDue :many
-- ConsultationsDue is a page of the requests that wait for an answer, the one first that is due first, behind a moment and an
-- id: a specialist's own, or everybody's for 0. Neither whose they are nor what another's is about is asked.
SELECT c.id, c.alias, c.status, c.due_at, c.last_at, c.specialist_id, s.name AS specialist,
    (CASE WHEN c.specialist_id = @by THEN c.subject ELSE '' END)::text AS subject
FROM consultations c JOIN specialists s ON s.account_id = c.specialist_id
WHERE c.due_at IS NOT NULL AND (c.due_at, c.id) > (@after::timestamptz, @above::bigint) AND (@own::bigint = 0 OR c.specialist_id = @own)
ORDER BY c.due_at, c.id LIMIT @lim::int;

-- name: ConsultationsPast :many
-- ConsultationsPast is a page of the requests of a status that do not wait for us, the latest first, as ConsultationsDue.
SELECT c.id, c.alias, c.status, c.due_at, c.last_at, c.specialist_id, s.name AS specialist,
    (CASE WHEN c.specialist_id = @by THEN c.subject ELSE '' END)::text AS subject
FROM consultations c JOIN specialists s ON s.account_id = c.specialist_id
WHERE c.status = @status::text AND c.status <> 'draft' AND (c.last_at, c.id) < (@before::timestamptz, @below::bigint)
  AND (@own::bigint = 0 OR c.specialist_id = @own)
ORDER BY c.last_at DESC, c.id DESC LIMIT @lim::int;

-- name: ConsultationAtDesk :one
-- ConsultationAtDesk is one request as it is answered. There is nothing in it of whose it is.
SELECT c.id, c.alias, c.subject, c.status, c.reserved, c.used, c.due_at, c.minutes_left, c.rating, c.rating_text, c.version, c.specialist_id,
    c.submitted_at::timestamptz AS submitted_at, s.name AS specialist
FROM consultations c JOIN specialists s ON s.account_id = c.specialist_id WHERE c.id = @id AND c.status <> 'draft';

-- name: DeskThread :many
-- DeskThread is a page of the thread of a request that was sent, the newest first, below an id.
SELECT m.id, m.staff, (m.by IS NOT NULL)::boolean AS said, m.status, m.body, m.html, m.at, coalesce(s.name, '')::text AS specialist, coalesce(p.name, '')::text AS passed_to,
    coalesce((SELECT jsonb_agg(jsonb_build_object('id', f.id, 'type', f.content_type, 'width', f.width, 'height', f.height, 'withheld', f.redaction) ORDER BY f.id)
              FROM consultation_files g JOIN files f ON f.id = g.file_id WHERE g.message_id = m.id), '[]')::jsonb AS files
FROM consultation_messages m JOIN consultations c ON c.id = m.consultation_id
LEFT JOIN specialists s ON s.account_id = m.by AND m.staff LEFT JOIN specialists p ON p.account_id = m.passed_to
WHERE m.consultation_id = @consultation_id AND c.status <> 'draft' AND m.id < @below::bigint ORDER BY m.id DESC LIMIT @lim::int;

-- name: ConsultationFileOf :one
-- ConsultationFileOf is a file of one of a customer's own requests.
SELECT f.* FROM files f WHERE f.id = @id AND f.subject IN ('consultation', 'canned')
  AND EXISTS (SELECT FROM consultation_files g JOIN consultation_messages m ON m.id = g.message_id JOIN consultations c ON c.id = m.consultation_id
              WHERE g.file_id = f.id AND c.account_id = @account_id);

-- name: ConsultationFileAtDesk :one
-- ConsultationFileAtDesk is a file of a request that was sent to a specialist, or that somebody else has lately opened.
SELECT f.* FROM files f WHERE f.id = @id AND f.subject IN ('consultation', 'canned') AND f.redaction = 'none'
  AND EXISTS (SELECT FROM consultation_files g JOIN consultation_messages m ON m.id = g.message_id JOIN consultations c ON c.id = m.consultation_id
              WHERE g.file_id = f.id AND c.status <> 'draft'
                AND (c.specialist_id = @by OR EXISTS (SELECT FROM consultation_readings r WHERE r.consultation_id = c.id AND r.by = @by AND r.at > @since)));

-- name: ConsultationMessageToDraw :one
-- ConsultationMessageToDraw is what a worker draws: words alone.
SELECT id, body FROM consultation_messages WHERE id = @id;

-- name: ConsultationMessageByKey :one
-- ConsultationMessageByKey finds what a form has said already.
SELECT id, consultation_id FROM consultation_messages WHERE key = @key;

-- name: ConsultationsOfFile :many
-- ConsultationsOfFile are the requests that a file goes with.
SELECT DISTINCT c.id, c.account_id FROM consultation_files g JOIN consultation_messages m ON m.id = g.message_id JOIN consultations c ON c.id = m.consultation_id
WHERE g.file_id = @file_id;

-- name: FilesOfMessage :many
SELECT f.* FROM consultation_files g JOIN files f ON f.id = g.file_id WHERE g.message_id = @message_id ORDER BY f.id;

-- name: ConsultationsMissed :many
-- ConsultationsMissed are the paid requests whose promise has run out.
SELECT id FROM consultations WHERE due_at <= @now::timestamptz AND reserved ORDER BY due_at, id LIMIT 500;

-- name: ConsultationsToRemind :many
-- ConsultationsToRemind are those whose specialist is to be reminded.
SELECT id FROM consultations WHERE remind_at <= @now::timestamptz ORDER BY remind_at, id LIMIT 500;

-- name: ConsultationsIdle :many
-- ConsultationsIdle are those in which the client has said nothing since a moment.
SELECT id FROM consultations WHERE status IN ('awaiting_client', 'answered') AND last_at <= @before::timestamptz ORDER BY last_at, id LIMIT 500;

-- name: PurchaseOfConsultations :one
-- PurchaseOfConsultations finds what a form has bought already.
SELECT * FROM consultation_purchases WHERE key = @key;

-- name: lockConsultation :one
SELECT * FROM consultations WHERE id = @id FOR UPDATE;

-- name: lockConsultationByKey :one
SELECT * FROM consultations WHERE key = @key FOR UPDATE;

-- name: lockEmptyDraft :one
-- lockEmptyDraft is a draft that its author began and wrote nothing in.
SELECT c.* FROM consultations c WHERE c.account_id = @account_id AND c.specialist_id = @specialist_id AND c.status = 'draft' AND c.subject = ''
  AND EXISTS (SELECT FROM consultation_messages m WHERE m.consultation_id = c.id AND m.body = ''
              AND NOT EXISTS (SELECT FROM consultation_files g WHERE g.message_id = m.id))
ORDER BY c.id DESC LIMIT 1 FOR UPDATE;

-- name: lockCredits :one
SELECT * FROM consultation_credits WHERE account_id = @account_id AND specialist_id = @specialist_id FOR UPDATE;

-- name: insertConsultation :one
-- insertConsultation makes nothing when the form was sent before.
INSERT INTO consultations (account_id, specialist_id, paid_to, key, created_at, last_at)
VALUES (@account_id, @specialist_id, @specialist_id, @key, @at::timestamptz, @at::timestamptz) ON CONFLICT (key) DO NOTHING RETURNING *;

-- name: updateConsultation :one
UPDATE consultations SET alias = @alias, subject = @subject, typing = @typing, last_at = @at, version = version + 1 WHERE id = @id RETURNING *;

-- name: moveConsultation :one
UPDATE consultations SET specialist_id = @specialist_id, status = @status, reserved = @reserved, used = @used, follow_ups = @follow_ups,
    due_at = @due_at, remind_at = @remind_at, minutes_left = @minutes_left, submitted_at = @submitted_at, last_at = @last_at,
    typing = '', version = version + 1
WHERE id = @id RETURNING *;

-- name: rateConsultation :one
UPDATE consultations SET rating = @rating, rating_text = @rating_text WHERE id = @id RETURNING *;

-- name: remindedOf :exec
UPDATE consultations SET remind_at = NULL WHERE id = @id;

-- name: deleteConsultation :exec
DELETE FROM consultations WHERE id = @id;

-- name: insertConsultationMessage :one
INSERT INTO consultation_messages (consultation_id, by, staff, status, body, passed_to, key, at)
VALUES (@consultation_id, @by, @staff, @status, @body, @passed_to, @key, @at) RETURNING *;

-- name: updateDraftMessage :one
UPDATE consultation_messages SET body = @body, at = @at WHERE consultation_id = @consultation_id AND status = 'draft' RETURNING *;

-- name: sendDraftMessage :one
UPDATE consultation_messages SET status = 'submitted', at = @at WHERE consultation_id = @consultation_id AND status = 'draft' RETURNING *;

-- name: showConsultationMessage :one
-- showConsultationMessage keeps what was drawn, if it was drawn from what stands there.
UPDATE consultation_messages SET html = @html WHERE id = @id AND body = @body RETURNING consultation_id;

-- name: addConsultationFile :exec
INSERT INTO consultation_files (message_id, file_id) VALUES (@message_id, @file_id) ON CONFLICT DO NOTHING;

-- name: removeConsultationFile :execrows
DELETE FROM consultation_files WHERE message_id = @message_id AND file_id = @file_id;

-- name: addReading :exec
-- addReading writes down who has read a request, once in a while.
INSERT INTO consultation_readings (consultation_id, by, at)
SELECT @consultation_id, @by, @at::timestamptz
WHERE NOT EXISTS (SELECT FROM consultation_readings r WHERE r.consultation_id = @consultation_id AND r.by = @by AND r.at > @since);

-- name: openCredits :exec
INSERT INTO consultation_credits (account_id, specialist_id) VALUES (@account_id, @specialist_id) ON CONFLICT DO NOTHING;

-- name: addCredits :exec
UPDATE consultation_credits SET bought = bought + @bought, used = used + @used, reserved = reserved + @reserved
WHERE account_id = @account_id AND specialist_id = @specialist_id;

-- name: insertConsultationPurchase :exec
INSERT INTO consultation_purchases (account_id, specialist_id, requests, points, transfer_id, key, at)
VALUES (@account_id, @specialist_id, @requests, @points, @transfer_id, @key, @at);

-- name: fileIsSent :one
-- fileIsSent reports whether a file goes with any message.
SELECT EXISTS (SELECT FROM consultation_files WHERE file_id = @file_id);
