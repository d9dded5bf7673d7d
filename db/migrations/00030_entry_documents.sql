-- +goose Up
-- What a line of a customer's balance was and what it was for stands in the line, as it was when it was written: a page of
-- the history then costs its own rows and no other. The sides of the house say nothing.
ALTER TABLE entries
    ADD COLUMN kind       text,                                  -- of the transfer
    ADD COLUMN reason     text,
    ADD COLUMN invoice_id bigint,                                -- that was paid or given back, or that the money came for
    ADD COLUMN order_id   bigint,                                -- of an invoice that was paid or given back
    ADD COLUMN parcel_id  bigint;
ALTER TABLE entries DISABLE TRIGGER append_only;
UPDATE entries e SET kind = t.kind, reason = t.reason, invoice_id = coalesce(d.id, p.invoice_id), order_id = d.order_id, parcel_id = d.parcel_id
FROM transfers t
LEFT JOIN payments p ON p.transfer_id = t.id
LEFT JOIN LATERAL (
    SELECT i.id, i.order_id, i.parcel_id
    FROM transfer_lines l JOIN invoice_lines il ON il.id = l.invoice_line_id JOIN invoices i ON i.id = il.invoice_id
    WHERE l.transfer_id = t.id ORDER BY l.position LIMIT 1
) d ON true
WHERE t.id = e.transfer_id AND e.number IS NOT NULL;
ALTER TABLE entries ENABLE TRIGGER append_only;
