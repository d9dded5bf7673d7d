-- name: OrdersBehind :many
-- OrdersBehind finds the orders whose box carries one of these numbers: of the shop's parcel, or of the shop's order.
SELECT p.order_id, array_agg(p.id ORDER BY p.id)::bigint[] AS purchases,
    bool_or(EXISTS (SELECT FROM items i WHERE i.purchase_id = p.id AND i.status = 'purchased'))::boolean AS awaited
FROM purchases p
WHERE p.undone_at IS NULL
    AND (p.tracking_number <> '' AND p.tracking_number = ANY (@numbers::text[])
        OR p.shop_order_scan <> '' AND p.shop_order_scan = ANY (@numbers))
GROUP BY p.order_id ORDER BY awaited DESC, p.order_id LIMIT 20;

-- name: OrdersNearly :many
-- OrdersNearly guesses the orders that still expect something, when no number fits: by an order, by a customer,
-- by a part of a number, in whichever of the two the other is contained.
SELECT i.order_id
FROM items i JOIN purchases p ON p.id = i.purchase_id
WHERE i.status = 'purchased' AND (i.order_id = ANY (@orders::bigint[]) OR i.account_id = @account_id
    OR length(@number::text) >= 4 AND (strpos(p.tracking_number, @number) > 0 OR strpos(p.shop_order_scan, @number) > 0)
    OR length(p.tracking_number) >= 6 AND strpos(@number, p.tracking_number) > 0
    OR length(p.shop_order_scan) >= 6 AND strpos(@number, p.shop_order_scan) > 0)
GROUP BY i.order_id ORDER BY min(p.expected_on), i.order_id LIMIT 10;

-- name: ArrivalsOf :many
-- ArrivalsOf lists all items of some orders as the warehouse sees them: in which purchase, received when.
SELECT sqlc.embed(o), sqlc.embed(i), a.name AS customer, coalesce(p.shop, '')::text AS shop,
    coalesce(p.shop_order, '')::text AS shop_order, coalesce(p.tracking_number, '')::text AS tracking_number, p.expected_on, r.at AS received_at
FROM orders o
JOIN accounts a ON a.id = o.account_id
JOIN items i ON i.order_id = o.id
LEFT JOIN purchases p ON p.id = i.purchase_id
LEFT JOIN receipts r ON r.id = i.receipt_id
WHERE o.id = ANY (@orders::bigint[])
ORDER BY array_position(@orders, o.id), i.position, i.id;

-- name: ReceiptsSince :many
-- ReceiptsSince lists what was received since a time, the newest first. Untold says that the customer's mail
-- about it has not left, so that it can still be taken back.
SELECT sqlc.embed(r), o.account_id, a.name AS customer,
    (SELECT count(*) FROM items i WHERE i.receipt_id = r.id) AS items,
    coalesce((SELECT string_agg(i.title, ', ' ORDER BY i.position, i.id) FROM items i WHERE i.receipt_id = r.id), '')::text AS titles,
    EXISTS (SELECT FROM mails m WHERE m.account_id = o.account_id AND m.kind = 'mail-13' AND m.topic = 'order-' || o.id AND m.status = 'gathering'
        AND EXISTS (SELECT FROM items i WHERE i.receipt_id = r.id
            AND m.letter->'lines' @> jsonb_build_array(jsonb_build_object('item', i.id)))) AS untold
FROM receipts r
JOIN orders o ON o.id = r.order_id
JOIN accounts a ON a.id = o.account_id
WHERE r.at >= @since AND r.undone_at IS NULL
ORDER BY r.id DESC LIMIT @lim::int;

-- name: ReceiptByKey :one
SELECT * FROM receipts WHERE key = @key;

-- name: ReceiptByID :one
SELECT * FROM receipts WHERE id = @id;

-- name: ItemsOfReceipt :many
SELECT * FROM items WHERE receipt_id = @receipt_id ORDER BY position, id;

-- name: ParcelsHolding :many
-- ParcelsHolding lists the parcels that received items lie in.
SELECT p.* FROM parcels p WHERE p.id IN (
    SELECT pi.parcel_id FROM parcel_items pi JOIN items i ON i.id = pi.item_id WHERE i.receipt_id = @receipt_id AND pi.freed_at IS NULL
) ORDER BY p.id;

-- name: insertReceipt :one
INSERT INTO receipts (order_id, tracking_number, grams, length_mm, width_mm, height_mm, note, key, by, at)
VALUES (@order_id, @tracking_number, sqlc.narg(grams), sqlc.narg(length_mm), sqlc.narg(width_mm), sqlc.narg(height_mm), @note, @key, @by, @at)
RETURNING *;

-- name: undoReceipt :one
UPDATE receipts SET undone_at = @at, undone_by = @by WHERE id = @id RETURNING *;
