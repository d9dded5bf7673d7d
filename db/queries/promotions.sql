-- name: PromotionByID :one
-- PromotionByID is for the desk.
SELECT sqlc.embed(p), a.name AS changed_by_name FROM promotions p JOIN accounts a ON a.id = p.changed_by WHERE p.id = @id;

-- name: PromotionByKey :one
-- PromotionByKey finds what a form has made already.
SELECT * FROM promotions WHERE key = @key;

-- name: Promotions :many
-- Promotions is a page of all there are, the newest first, below an id.
SELECT * FROM promotions WHERE id < @below::bigint ORDER BY id DESC LIMIT @lim::int;

-- name: RedemptionOf :one
-- RedemptionOf says how an account has used a code.
SELECT * FROM redemptions WHERE account_id = @account_id AND promotion_id = @promotion_id;

-- name: lockPromotion :one
SELECT * FROM promotions WHERE id = @id FOR UPDATE;

-- name: lockPromotionByCode :one
SELECT * FROM promotions WHERE code = @code FOR UPDATE;

-- name: insertPromotion :one
-- insertPromotion makes nothing when the form was sent before.
INSERT INTO promotions (code, title, gives, amount, keeps_days, starts_on, ends_on, most_uses, key, changed_by, changed_at)
VALUES (@code, @title, @gives, @amount, sqlc.narg(keeps_days), @starts_on, sqlc.narg(ends_on), sqlc.narg(most_uses), @key, @changed_by, @changed_at)
ON CONFLICT (key) DO NOTHING RETURNING *;

-- name: editPromotion :one
UPDATE promotions SET code = @code, title = @title, gives = @gives, amount = @amount, keeps_days = sqlc.narg(keeps_days), starts_on = @starts_on,
    ends_on = sqlc.narg(ends_on), most_uses = sqlc.narg(most_uses), changed_by = @changed_by, changed_at = @changed_at, version = version + 1
WHERE id = @id RETURNING *;

-- name: endPromotion :one
UPDATE promotions SET ended_at = @at::timestamptz, changed_by = @changed_by, changed_at = @at::timestamptz, version = version + 1 WHERE id = @id RETURNING *;

-- name: usePromotion :exec
UPDATE promotions SET used = used + 1 WHERE id = @id;

-- name: redeemPromotion :exec
INSERT INTO redemptions (account_id, promotion_id, transfer_id, key, at) VALUES (@account_id, @promotion_id, @transfer_id, @key, @at);

-- name: RedemptionsOf :many
-- RedemptionsOf lists the codes that a customer used last, the newest first.
SELECT p.id, p.title, p.code, p.gives, r.at, t.amount FROM redemptions r
JOIN promotions p ON p.id = r.promotion_id
JOIN transfers t ON t.id = r.transfer_id
WHERE r.account_id = @account_id ORDER BY r.at DESC, r.promotion_id DESC LIMIT @lim::int;
