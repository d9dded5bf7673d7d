-- name: BonusOf :many
-- BonusOf says how many of a customer's points were given and may still be spent, by the day on which they expire.
SELECT expires_on, sum(remaining)::bigint AS points FROM bonus_points
WHERE account_id = @account_id AND remaining > 0 GROUP BY expires_on ORDER BY expires_on NULLS LAST;

-- name: BonusOfTransfer :one
-- BonusOfTransfer finds the lot that a line of a customer's own history gave.
SELECT * FROM bonus_points WHERE transfer_id = @transfer_id AND account_id = @account_id;

-- name: BonusByKey :one
-- BonusByKey finds what a form sent before.
SELECT b.* FROM bonus_points b JOIN transfers t ON t.id = b.transfer_id WHERE t.key = @key;

-- name: Grants :many
-- Grants lists who was given points, the newest first, below an id.
SELECT sqlc.embed(b), a.name AS customer, t.reason, t.at, coalesce(g.name, '')::text AS giver
FROM bonus_points b
JOIN accounts a ON a.id = b.account_id
JOIN transfers t ON t.id = b.transfer_id
LEFT JOIN accounts g ON g.id = t.by
WHERE b.id < @below ORDER BY b.id DESC LIMIT @lim::int;

-- name: ExpiredBonusOwners :many
-- ExpiredBonusOwners lists the customers above a number whose points have expired and are still there.
SELECT DISTINCT account_id FROM bonus_points
WHERE remaining > 0 AND expires_on <= @today::date AND account_id > @above ORDER BY account_id LIMIT @lim::int;

-- name: ExpiredBonusOf :many
-- ExpiredBonusOf lists what has expired and is still there, each lot with its line of the customer's history.
SELECT b.id, b.remaining, e.number::bigint AS number, t.reason
FROM bonus_points b
JOIN transfers t ON t.id = b.transfer_id
JOIN entries e ON e.transfer_id = t.id AND e.number IS NOT NULL
WHERE b.account_id = @account_id AND b.remaining > 0 AND b.expires_on <= @today::date ORDER BY b.expires_on, b.id;

-- name: addBonus :one
INSERT INTO bonus_points (account_id, transfer_id, points, remaining, expires_on)
VALUES (@account_id, @transfer_id, @points, @points, @expires_on) RETURNING *;

-- name: useBonus :exec
-- useBonus takes up to so many points out of a customer's lots, those first that expire first.
WITH lots AS (
    SELECT o.id, o.remaining, sum(o.remaining) OVER (ORDER BY o.expires_on NULLS LAST, o.id) - o.remaining AS before
    FROM bonus_points o WHERE o.account_id = @account_id AND o.remaining > 0
), used AS (
    UPDATE bonus_points b SET remaining = greatest(0, l.before + l.remaining - @points::bigint)
    FROM lots l WHERE b.id = l.id AND l.before < @points::bigint RETURNING b.id, l.remaining - b.remaining AS part
)
INSERT INTO bonus_uses (transfer_id, bonus_id, points) SELECT @transfer_id, u.id, u.part FROM used u;

-- name: restoreBonus :exec
-- restoreBonus gives back up to so many points of what a charge took out of lots, first to those that expire first, and none
-- to those that have expired since.
UPDATE bonus_points b SET remaining = b.remaining + p.part
FROM (SELECT u.bonus_id, least(u.points, sqlc.arg(points)::bigint - sum(u.points) OVER (ORDER BY o.expires_on NULLS LAST, o.id) + u.points)::bigint AS part
      FROM bonus_uses u JOIN bonus_points o ON o.id = u.bonus_id WHERE u.transfer_id = @transfer_id) p
WHERE b.id = p.bonus_id AND p.part > 0 AND (b.expires_on IS NULL OR b.expires_on > @today::date);

-- name: emptyBonus :exec
UPDATE bonus_points SET remaining = 0 WHERE id = @id;
