-- name: OrderOf :one
-- OrderOf finds a customer's own order.
SELECT * FROM orders WHERE id = @id AND account_id = @account_id;

-- name: OrderByID :one
-- OrderByID is for the desk and for jobs.
SELECT * FROM orders WHERE id = @id;

-- name: ItemsOf :many
-- ItemsOf lists the items of an order.
SELECT * FROM items WHERE order_id = @order_id ORDER BY position, id;

-- name: lockOrder :one
SELECT * FROM orders WHERE id = @id FOR UPDATE;

-- name: lockItems :many
SELECT * FROM items WHERE order_id = @order_id ORDER BY id FOR UPDATE;

-- name: setOrderStatus :one
UPDATE orders SET status = @status, status_since = @at WHERE id = @id RETURNING *;

-- name: setOrderPayment :exec
UPDATE orders SET payment_state = @payment_state WHERE id = @id;

-- name: setItemStatus :one
UPDATE items SET status = @status, status_since = @at WHERE id = @id RETURNING *;
