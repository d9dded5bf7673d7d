-- name: InvoiceOf :one
-- InvoiceOf finds a customer's own invoice.
SELECT * FROM invoices WHERE id = @id AND account_id = @account_id;

-- name: InvoiceByID :one
SELECT * FROM invoices WHERE id = @id;

-- name: InvoiceLinesOf :many
SELECT * FROM invoice_lines WHERE invoice_id = @invoice_id ORDER BY position;
