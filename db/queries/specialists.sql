-- name: SpecialistsFor :many
-- SpecialistsFor are those who take requests, with their prices and what a customer has bought of them; and those who do
-- not any more, while something is left. Account 0 is a guest.
SELECT sqlc.embed(s),
    ARRAY(SELECT p.requests FROM specialist_packs p WHERE p.specialist_id = s.account_id ORDER BY p.requests)::int[] AS packs,
    ARRAY(SELECT p.price FROM specialist_packs p WHERE p.specialist_id = s.account_id ORDER BY p.requests)::bigint[] AS prices,
    coalesce(c.bought, 0)::int AS bought, coalesce(c.used, 0)::int AS used, coalesce(c.reserved, 0)::int AS reserved
FROM specialists s
LEFT JOIN consultation_credits c ON c.specialist_id = s.account_id AND c.account_id = @account_id
WHERE c.bought > 0
   OR s.accepting AND EXISTS (SELECT FROM account_roles r JOIN accounts a ON a.id = r.account_id
                              WHERE r.account_id = s.account_id AND r.role = 'consultant' AND a.status = 'active')
ORDER BY s.name, s.account_id LIMIT 100;

-- name: SpecialistFor :one
-- SpecialistFor is one of them, as SpecialistsFor.
SELECT sqlc.embed(s),
    ARRAY(SELECT p.requests FROM specialist_packs p WHERE p.specialist_id = s.account_id ORDER BY p.requests)::int[] AS packs,
    ARRAY(SELECT p.price FROM specialist_packs p WHERE p.specialist_id = s.account_id ORDER BY p.requests)::bigint[] AS prices,
    coalesce(c.bought, 0)::int AS bought, coalesce(c.used, 0)::int AS used, coalesce(c.reserved, 0)::int AS reserved
FROM specialists s
LEFT JOIN consultation_credits c ON c.specialist_id = s.account_id AND c.account_id = @account_id
WHERE s.account_id = @specialist_id
  AND (c.bought > 0
   OR s.accepting AND EXISTS (SELECT FROM account_roles r JOIN accounts a ON a.id = r.account_id
                              WHERE r.account_id = s.account_id AND r.role = 'consultant' AND a.status = 'active'));

-- name: SpecialistWorks :one
-- SpecialistWorks reports whether a specialist takes requests, and may.
SELECT EXISTS (SELECT FROM specialists s JOIN account_roles r ON r.account_id = s.account_id AND r.role = 'consultant'
    JOIN accounts a ON a.id = s.account_id AND a.status = 'active' WHERE s.account_id = @account_id AND s.accepting)::boolean;

-- name: SpecialistByID :one
SELECT * FROM specialists WHERE account_id = @account_id;

-- name: PacksOf :many
-- PacksOf are the prices of a specialist, the smallest pack first.
SELECT * FROM specialist_packs WHERE specialist_id = @specialist_id ORDER BY requests;

-- name: Consultants :many
-- Consultants are all who may answer consultations, with or without a profile.
SELECT a.id, a.name, a.email, coalesce(s.name, '')::text AS shown, coalesce(s.accepting, false)::boolean AS accepting
FROM account_roles r JOIN accounts a ON a.id = r.account_id LEFT JOIN specialists s ON s.account_id = a.id
WHERE r.role = 'consultant' ORDER BY a.name, a.id LIMIT 200;

-- name: Colleagues :many
-- Colleagues are the other specialists to whom a request may be handed over.
SELECT s.account_id, s.name FROM specialists s
JOIN account_roles r ON r.account_id = s.account_id AND r.role = 'consultant'
JOIN accounts a ON a.id = s.account_id AND a.status = 'active'
WHERE s.account_id <> @account_id ORDER BY s.name, s.account_id LIMIT 200;

-- name: CannedOf :many
-- CannedOf are a specialist's own canned answers, each with its beginning.
SELECT c.id, c.title, left(c.body, 200)::text AS body, (SELECT count(*) FROM canned_files f WHERE f.canned_id = c.id) AS files
FROM canned_answers c WHERE c.specialist_id = @specialist_id ORDER BY c.title, c.id LIMIT 200;

-- name: CannedAnswerOf :one
SELECT * FROM canned_answers WHERE id = @id AND specialist_id = @specialist_id;

-- name: CannedFiles :many
-- CannedFiles are what goes with a canned answer.
SELECT f.* FROM canned_files c JOIN files f ON f.id = c.file_id WHERE c.canned_id = @canned_id ORDER BY f.id;

-- name: CannedFileOf :one
-- CannedFileOf is a file of a specialist's own canned answers.
SELECT f.* FROM files f WHERE f.id = @id
  AND EXISTS (SELECT FROM canned_files c JOIN canned_answers a ON a.id = c.canned_id WHERE c.file_id = f.id AND a.specialist_id = @specialist_id);

-- name: lockSpecialist :one
SELECT * FROM specialists WHERE account_id = @account_id FOR UPDATE;

-- name: insertSpecialist :one
-- insertSpecialist makes nothing when there is a profile already.
INSERT INTO specialists (account_id, name, about, answer_hours, zone, opens, closes, accepting)
VALUES (@account_id, @name, @about, @answer_hours, @zone, @opens, @closes, @accepting) ON CONFLICT DO NOTHING RETURNING *;

-- name: updateSpecialist :one
UPDATE specialists SET name = @name, about = @about, answer_hours = @answer_hours, zone = @zone, opens = @opens, closes = @closes,
    accepting = @accepting, version = version + 1
WHERE account_id = @account_id RETURNING *;

-- name: setPacks :exec
-- setPacks puts these prices in the place of a specialist's old ones.
WITH gone AS (DELETE FROM specialist_packs o WHERE o.specialist_id = @specialist_id AND o.requests <> ALL (@requests::int[]))
INSERT INTO specialist_packs (specialist_id, requests, price) SELECT @specialist_id, unnest(@requests::int[]), unnest(@prices::bigint[])
ON CONFLICT (specialist_id, requests) DO UPDATE SET price = excluded.price;

-- name: lockCannedAnswer :one
SELECT * FROM canned_answers WHERE id = @id AND specialist_id = @specialist_id FOR UPDATE;

-- name: insertCannedAnswer :one
-- insertCannedAnswer makes nothing when the form was sent before.
INSERT INTO canned_answers (specialist_id, title, body, key) VALUES (@specialist_id, @title, @body, @key) ON CONFLICT (key) DO NOTHING RETURNING *;

-- name: lockCannedAnswerByKey :one
SELECT * FROM canned_answers WHERE key = @key FOR UPDATE;

-- name: updateCannedAnswer :one
UPDATE canned_answers SET title = @title, body = @body, version = version + 1 WHERE id = @id RETURNING *;

-- name: deleteCannedAnswer :exec
DELETE FROM canned_answers WHERE id = @id;

-- name: addCannedFile :exec
INSERT INTO canned_files (canned_id, file_id) VALUES (@canned_id, @file_id);

-- name: removeCannedFile :execrows
DELETE FROM canned_files WHERE canned_id = @canned_id AND file_id = @file_id;
