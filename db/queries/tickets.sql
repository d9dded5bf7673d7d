-- name: TicketOf :one
-- TicketOf finds a customer's own ticket.
SELECT * FROM tickets WHERE id = @id AND account_id = @account_id;

-- name: TicketByID :one
-- TicketByID is for the desk.
SELECT * FROM tickets WHERE id = @id;

-- name: TicketByKey :one
-- TicketByKey finds the ticket that a form has made already.
SELECT * FROM tickets WHERE key = @key;

-- name: TicketsOf :many
-- TicketsOf is a page of a customer's tickets, the one where something was said last first, below a moment and an id.
SELECT * FROM tickets WHERE account_id = @account_id AND (last_at, id) < (@last_at::timestamptz, @below::bigint)
ORDER BY last_at DESC, id DESC LIMIT @lim::int;

-- name: UnreadTicketsOf :many
-- UnreadTicketsOf are a customer's tickets with an answer that the customer has not seen.
SELECT * FROM tickets WHERE account_id = @account_id AND unread ORDER BY last_at DESC LIMIT 5;

-- name: TicketsOfOrder :many
-- TicketsOfOrder are the latest tickets about an order.
SELECT * FROM tickets WHERE order_id = @order_id ORDER BY id DESC LIMIT 10;

-- name: TicketsOfParcel :many
-- TicketsOfParcel are the latest tickets about a parcel.
SELECT * FROM tickets WHERE parcel_id = @parcel_id ORDER BY id DESC LIMIT 10;

-- name: TicketMessages :many
-- TicketMessages is a page of a thread, the newest first, below an id.
SELECT m.*, coalesce(a.name, '')::text AS by_name
FROM ticket_messages m LEFT JOIN accounts a ON a.id = m.by
WHERE m.ticket_id = @ticket_id AND m.id < @below::bigint ORDER BY m.id DESC LIMIT @lim::int;

-- name: TicketMessageByKey :one
-- TicketMessageByKey finds what a form has said already.
SELECT * FROM ticket_messages WHERE key = @key;

-- name: TicketQueue :many
-- TicketQueue is a page of the desk's tickets in a status, the longest waiting first, behind a moment and an id. Who
-- only buys sees those about orders.
SELECT sqlc.embed(t), a.name, a.email
FROM tickets t JOIN accounts a ON a.id = t.account_id
WHERE t.status = @status::text AND (t.waiting_since, t.id) > (@after::timestamptz, @above::bigint)
  AND (NOT @of_orders::boolean OR t.order_id IS NOT NULL)
ORDER BY t.waiting_since, t.id LIMIT @lim::int;

-- name: TicketAtDesk :one
-- TicketAtDesk is one ticket as a row of the desk.
SELECT sqlc.embed(t), a.name, a.email FROM tickets t JOIN accounts a ON a.id = t.account_id WHERE t.id = @id;

-- name: TicketsSnoozed :many
-- TicketsSnoozed are the tickets whose day has come.
SELECT id FROM tickets WHERE status = 'snoozed' AND snoozed_until <= @today ORDER BY id LIMIT 500;

-- name: lockTicket :one
SELECT * FROM tickets WHERE id = @id FOR UPDATE;

-- name: insertTicket :one
-- insertTicket makes nothing when the form was sent before.
INSERT INTO tickets (account_id, order_id, parcel_id, subject, waiting_since, key, created_at, last_at)
VALUES (@account_id, @order_id, @parcel_id, @subject, @at::timestamptz, @key, @at::timestamptz, @at::timestamptz)
ON CONFLICT (key) DO NOTHING RETURNING *;

-- name: insertTicketMessage :exec
INSERT INTO ticket_messages (ticket_id, by, staff, text, status, until, key, at)
VALUES (@ticket_id, @by, @staff, @text, @status, @until, @key, @at);

-- name: moveTicket :one
UPDATE tickets SET status = @status, waiting_since = @waiting_since, snoozed_until = @snoozed_until, unread = @unread,
    last_at = @last_at, version = version + 1
WHERE id = @id RETURNING *;

-- name: readTicket :one
-- readTicket changes nothing that the desk could have seen, so the version stays.
UPDATE tickets SET unread = false WHERE id = @id RETURNING *;
