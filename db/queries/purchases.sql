-- name: ItemsToBuy :many
-- ItemsToBuy lists what is paid and not bought yet, of the orders that have waited longest, after a place
-- in the queue; or of one order only.
SELECT sqlc.embed(o), sqlc.embed(i), a.name AS customer
FROM orders o
JOIN items i ON i.order_id = o.id AND i.status = 'under_review'
JOIN accounts a ON a.id = o.account_id
WHERE o.id IN (
    SELECT q.id FROM orders q
    WHERE q.to_buy > 0 AND (q.status_since, q.id) > (@after::timestamptz, @after_id::bigint)
        AND (@just::bigint = 0 OR q.id = @just)
    ORDER BY q.status_since, q.id LIMIT @lim::int
)
ORDER BY o.status_since, o.id, i.shop, i.position, i.id;

-- name: PurchasesExpected :many
-- PurchasesExpected lists what was bought and has not arrived, the latest day first that should have been,
-- after a place in the list; or one purchase only. Whole says that nothing of it has arrived.
SELECT sqlc.embed(p), sqlc.embed(i), a.name AS customer,
    NOT EXISTS (SELECT FROM items x WHERE x.purchase_id = p.id AND x.status <> 'purchased') AS whole
FROM purchases p
JOIN items i ON i.purchase_id = p.id AND i.status = 'purchased'
JOIN accounts a ON a.id = i.account_id
WHERE p.id IN (
    SELECT q.id FROM purchases q
    WHERE q.id IN (SELECT x.purchase_id FROM items x WHERE x.status = 'purchased')
        AND (coalesce(q.expected_on, '9999-12-31'), q.id) > (@after::date, @after_id::bigint)
        AND (@just::bigint = 0 OR q.id = @just)
    ORDER BY coalesce(q.expected_on, '9999-12-31'), q.id LIMIT @lim::int
)
ORDER BY coalesce(p.expected_on, '9999-12-31'), p.id, i.position, i.id;

-- name: PurchasesLate :one
-- PurchasesLate counts what should have arrived before a day, up to a hundred.
SELECT count(*) FROM (
    SELECT FROM purchases p
    WHERE p.expected_on < @today AND p.id IN (SELECT i.purchase_id FROM items i WHERE i.status = 'purchased')
    LIMIT 100
) late;

-- name: PurchaseByKey :one
SELECT * FROM purchases WHERE key = @key;

-- name: PurchaseByID :one
SELECT * FROM purchases WHERE id = @id;

-- name: ItemsOfPurchase :many
SELECT * FROM items WHERE purchase_id = @purchase_id ORDER BY position, id;

-- name: RefundsOfItem :many
-- RefundsOfItem lists what was given back for an item since a purchase, and not taken back again.
SELECT sqlc.embed(t), l.amount, coalesce(l.invoice_line_id, 0)::bigint AS invoice_line_id
FROM transfer_lines l JOIN transfers t ON t.id = l.transfer_id
WHERE l.item_id = @item_id AND t.kind = 'refund' AND t.at >= @since
    AND NOT EXISTS (SELECT FROM transfers r WHERE r.reverses = t.id)
ORDER BY t.id;

-- name: lockPurchase :one
SELECT * FROM purchases WHERE id = @id FOR UPDATE;

-- name: insertPurchase :one
INSERT INTO purchases (order_id, shop, shop_order, shop_order_scan, price_paid, charged, expected_on, tracking_number, key, by, at)
VALUES (@order_id, @shop, @shop_order, @shop_order_scan, @price_paid, @charged, @expected_on, @tracking_number, @key, @by, @at)
RETURNING *;

-- name: undoPurchase :one
UPDATE purchases SET undone_at = @at, undone_by = @by, undone_reason = @reason WHERE id = @id RETURNING *;
