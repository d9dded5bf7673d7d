-- name: InvoiceOf :one
-- InvoiceOf finds a customer's own invoice.
SELECT * FROM invoices WHERE id = @id AND account_id = @account_id;

-- name: InvoiceByID :one
SELECT * FROM invoices WHERE id = @id;

-- name: InvoiceByReference :one
-- InvoiceByReference finds what a payment names, whatever became of it since.
SELECT * FROM invoices WHERE reference = @reference;

-- name: InvoiceLinesOf :many
SELECT * FROM invoice_lines WHERE invoice_id = @invoice_id ORDER BY position;

-- name: InvoicesOfOrder :many
-- InvoicesOfOrder lists every version, supplement and credit note of an order, the newest first.
SELECT * FROM invoices WHERE order_id = @order_id ORDER BY id DESC;

-- name: InvoicesOfParcel :many
-- InvoicesOfParcel lists the delivery invoices of a parcel, the newest first.
SELECT * FROM invoices WHERE parcel_id = @parcel_id ORDER BY id DESC;

-- name: GoodsInvoiceOf :one
-- GoodsInvoiceOf finds the version of an order's goods invoice that is in force.
SELECT * FROM invoices WHERE order_id = @order_id AND kind = 'goods' AND status IN ('draft', 'issued', 'partially_paid', 'paid');

-- name: NewestGoodsInvoice :one
-- NewestGoodsInvoice finds the newest version of an order's goods invoice, in force or not.
SELECT * FROM invoices WHERE order_id = @order_id AND kind = 'goods' ORDER BY version DESC LIMIT 1;

-- name: DeliveryInvoiceOf :one
-- DeliveryInvoiceOf finds the delivery invoice of a parcel that is in force.
SELECT * FROM invoices WHERE parcel_id = @parcel_id AND kind = 'delivery' AND status IN ('draft', 'issued', 'partially_paid', 'paid');

-- name: InvoiceReplacedBy :one
-- InvoiceReplacedBy finds the version before this one.
SELECT * FROM invoices WHERE replaced_by = @id::bigint ORDER BY id DESC LIMIT 1;

-- name: OpenInvoicesOf :many
-- OpenInvoicesOf lists what a customer has still to pay, the oldest first.
SELECT * FROM invoices
WHERE account_id = @account_id AND status IN ('issued', 'partially_paid') AND kind <> 'top_up' ORDER BY issued_at, id;

-- name: TopUpsOf :many
-- TopUpsOf lists the top-ups that a customer announced and that may still come.
SELECT * FROM invoices
WHERE account_id = @account_id AND status IN ('issued', 'partially_paid') AND kind = 'top_up' AND due_on >= @today
ORDER BY id DESC LIMIT 5;

-- name: UnpaidOf :many
-- UnpaidOf is OpenInvoicesOf and TopUpsOf in one.
SELECT i.* FROM invoices i
WHERE i.account_id = @account_id AND i.status IN ('issued', 'partially_paid') AND (i.kind <> 'top_up' OR i.id IN (
    SELECT t.id FROM invoices t
    WHERE t.account_id = @account_id AND t.status IN ('issued', 'partially_paid') AND t.kind = 'top_up' AND t.due_on >= @today
    ORDER BY t.id DESC LIMIT 5))
ORDER BY i.issued_at, i.id;

-- name: InvoicesOf :many
-- InvoicesOf lists a customer's invoices, the newest first, below an id.
SELECT * FROM invoices WHERE account_id = @account_id AND id < @below AND kind <> 'top_up' ORDER BY id DESC LIMIT @lim::int;

-- name: OpenInvoicesOver :many
-- OpenInvoicesOver finds open invoices whose rest is exactly an amount, in euros or in roubles of their day, with their payers.
SELECT sqlc.embed(i), a.name AS customer FROM invoices i JOIN accounts a ON a.id = i.account_id
WHERE i.status IN ('issued', 'partially_paid')
  AND CASE @currency::text WHEN 'EUR' THEN i.total - i.paid = @amount::bigint ELSE i.rub_total = @amount::bigint AND i.paid = 0 END
ORDER BY i.id DESC LIMIT 20;

-- name: ChargedOnOrder :many
-- ChargedOnOrder says what an order's customer has paid for each of its things, less what came back.
SELECT il.kind, il.item_id, coalesce(it.title, '')::text AS title,
    sum(CASE t.kind WHEN 'refund' THEN -l.amount ELSE l.amount END)::bigint AS amount
FROM invoices i
JOIN invoice_lines il ON il.invoice_id = i.id
JOIN transfer_lines l ON l.invoice_line_id = il.id
JOIN transfers t ON t.id = l.transfer_id
LEFT JOIN items it ON it.id = il.item_id
WHERE i.order_id = @order_id
GROUP BY il.kind, il.item_id, it.title ORDER BY il.item_id NULLS LAST, il.kind;

-- name: ChargedOnInvoice :many
-- ChargedOnInvoice says how much of each line of an invoice is paid.
SELECT sqlc.embed(il), coalesce(sum(CASE t.kind WHEN 'refund' THEN -l.amount ELSE l.amount END), 0)::bigint AS paid
FROM invoice_lines il
LEFT JOIN transfer_lines l ON l.invoice_line_id = il.id
LEFT JOIN transfers t ON t.id = l.transfer_id
WHERE il.invoice_id = @invoice_id
GROUP BY il.id ORDER BY il.position;

-- name: PaymentsOfInvoice :many
-- PaymentsOfInvoice lists the numbers of the balance under which an invoice was paid or given back.
SELECT DISTINCT e.number::bigint AS number, e.amount, e.at, t.kind
FROM invoice_lines il
JOIN transfer_lines l ON l.invoice_line_id = il.id
JOIN transfers t ON t.id = l.transfer_id
JOIN entries e ON e.transfer_id = t.id AND e.number IS NOT NULL
WHERE il.invoice_id = @invoice_id ORDER BY number;

-- name: lockInvoice :one
SELECT * FROM invoices WHERE id = @id FOR UPDATE;

-- name: lockOpenInvoices :many
SELECT * FROM invoices
WHERE account_id = @account_id AND status IN ('issued', 'partially_paid') AND kind <> 'top_up' ORDER BY id FOR UPDATE;

-- name: lockInvoicedOrders :many
-- lockInvoicedOrders takes the orders of a customer's open invoices before the invoices themselves.
SELECT o.id FROM orders o
WHERE o.account_id = @account_id
  AND EXISTS (SELECT FROM invoices i WHERE i.order_id = o.id AND i.account_id = @account_id AND i.status IN ('issued', 'partially_paid'))
ORDER BY o.id FOR UPDATE;

-- name: lockInvoicedOrder :exec
SELECT id FROM orders WHERE id = @id FOR UPDATE;

-- name: nextInvoice :one
-- nextInvoice takes the number first, because the reference contains it.
SELECT nextval(pg_get_serial_sequence('invoices', 'id'))::bigint AS id;

-- name: insertInvoice :one
INSERT INTO invoices (id, account_id, order_id, parcel_id, kind, version, total, reference, rub_total, points, due_on, issued_at, reason)
OVERRIDING SYSTEM VALUE
VALUES (@id, @account_id, @order_id, @parcel_id, @kind, @version, @total, @reference, @rub_total, @points, @due_on, @at, @reason) RETURNING *;

-- name: insertInvoiceLine :one
INSERT INTO invoice_lines (invoice_id, position, kind, item_id, description, quantity, amount)
VALUES (@invoice_id, @position, @kind, @item_id, @description, @quantity, @amount) RETURNING *;

-- name: setInvoicePaid :one
UPDATE invoices SET paid = @paid, status = @status,
    paid_at = CASE WHEN @status::text = 'paid' THEN coalesce(paid_at, @at::timestamptz) END
WHERE id = @id RETURNING *;

-- name: closeInvoice :one
UPDATE invoices SET paid = 0, status = @status, reason = @reason WHERE id = @id RETURNING *;

-- name: replaceInvoice :exec
UPDATE invoices SET replaced_by = @replaced_by WHERE id = @id;

-- name: TopUpMoney :one
-- TopUpMoney is what other payments put on the balance for a pro-forma invoice; in kopecks when they became points.
SELECT coalesce(sum(t.amount), 0)::bigint AS amount
FROM payments p JOIN transfers t ON t.id = p.transfer_id
WHERE p.invoice_id = @invoice_id AND p.status = 'matched' AND p.id <> @but;
