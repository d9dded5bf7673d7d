-- name: MovesOfOrder :many
-- MovesOfOrder is the timeline of an order: its own moves and its items'.
SELECT m.*, coalesce(a.name, '')::text AS by_name, coalesce(i.title, '')::text AS title, coalesce(v.kind, '')::text AS invoice_kind
FROM moves m LEFT JOIN accounts a ON a.id = m.by LEFT JOIN items i ON m.subject = 'item' AND i.id = m.subject_id
LEFT JOIN invoices v ON m.subject = 'invoice' AND v.id = m.subject_id
WHERE m.order_id = @order_id ORDER BY m.id DESC LIMIT 200;

-- name: MovesOfParcel :many
-- MovesOfParcel is the timeline of a parcel.
SELECT m.*, coalesce(a.name, '')::text AS by_name, coalesce(v.kind, '')::text AS invoice_kind
FROM moves m LEFT JOIN accounts a ON a.id = m.by
LEFT JOIN invoices v ON m.subject = 'invoice' AND v.id = m.subject_id
WHERE m.parcel_id = @parcel_id AND m.subject <> 'item' ORDER BY m.id DESC LIMIT 200;

-- name: MovesOf :many
-- MovesOf is what lately happened to a customer's orders and parcels.
SELECT m.*, coalesce(i.title, '')::text AS title, coalesce(v.kind, '')::text AS invoice_kind
FROM moves m LEFT JOIN items i ON m.subject = 'item' AND i.id = m.subject_id
LEFT JOIN invoices v ON m.subject = 'invoice' AND v.id = m.subject_id
WHERE m.account_id = @account_id AND m.id < @below ORDER BY m.id DESC LIMIT @lim::int;

-- name: insertMove :exec
INSERT INTO moves (account_id, subject, subject_id, order_id, parcel_id, from_status, to_status, by, reason, at)
VALUES (@account_id, @subject, @subject_id, @order_id, @parcel_id, @from_status, @to_status, @by, @reason, @at);
