-- name: OrderOf :one
-- OrderOf finds a customer's own order.
SELECT * FROM orders WHERE id = @id AND account_id = @account_id;

-- name: OrderByID :one
-- OrderByID is for the desk and for jobs.
SELECT * FROM orders WHERE id = @id;

-- name: OrderByKey :one
-- OrderByKey finds the order that a form has made already.
SELECT * FROM orders WHERE key = @key;

-- name: OrdersOf :many
-- OrdersOf is a page of a customer's orders, the newest first, below a moment and an id; only one when this is its id.
-- The filters are CASE because a prepared plan does not know their values: of OR it believes that hardly a row is left,
-- and so it reads and sorts all orders of a customer instead of following the index to the end of the page.
SELECT o.* FROM orders o
WHERE o.account_id = @account_id AND (o.created_at, o.id) < (@created_at::timestamptz, @below::bigint)
  AND CASE WHEN @this::bigint = 0 THEN true ELSE o.id = @this END
  AND CASE WHEN @status::text = '' THEN true ELSE o.status = @status END
ORDER BY o.created_at DESC, o.id DESC LIMIT @lim::int;

-- name: OrdersFound :many
-- OrdersFound is a page of those of a customer's orders that have a pattern in a title, a shop or an article, beside the
-- orders of these very numbers. What is found is put in order, not the orders searched in theirs.
WITH found AS MATERIALIZED (
    SELECT w.order_id AS id FROM items w
    WHERE w.account_id = @account_id AND (w.title || ' ' || w.shop || ' ' || w.article) ILIKE @pattern::text
    UNION
    SELECT n FROM unnest(@numbers::bigint[]) AS n
)
SELECT o.* FROM orders o
WHERE o.id IN (SELECT f.id FROM found f) AND o.account_id = @account_id AND (o.created_at, o.id) < (@created_at::timestamptz, @below::bigint)
  AND (@status::text = '' OR o.status = @status)
ORDER BY o.created_at DESC, o.id DESC LIMIT @lim::int;

-- name: OrderCountsOf :many
-- OrderCountsOf counts a customer's newest five hundred orders by status, from the index alone.
SELECT n.status, count(*) AS orders
FROM (SELECT o.status FROM orders o WHERE o.account_id = @account_id ORDER BY o.created_at DESC, o.id DESC LIMIT 500) n GROUP BY n.status;

-- name: ItemsOf :many
-- ItemsOf lists the items of an order.
SELECT * FROM items WHERE order_id = @order_id ORDER BY position, id;

-- name: ParcelsOfOrder :many
-- ParcelsOfOrder lists the parcels that hold items of an order, with how many of them, what keeps each and its tracking numbers.
SELECT sqlc.embed(p), count(*)::int AS items,
       p.held_for AS holds, p.tracking
FROM items i JOIN parcel_items pi ON pi.item_id = i.id AND pi.freed_at IS NULL JOIN parcels p ON p.id = pi.parcel_id
WHERE i.order_id = @order_id AND p.account_id = @account_id
GROUP BY p.id ORDER BY p.id;

-- name: PaymentOnItsWay :one
-- PaymentOnItsWay reports whether money for an order has come in part, or is just being matched.
SELECT (EXISTS (SELECT FROM invoices i WHERE i.order_id = @order_id AND i.kind = 'goods' AND i.status = 'partially_paid')
     OR EXISTS (SELECT FROM payments p JOIN invoices i ON i.id = p.invoice_id
                WHERE i.order_id = @order_id AND p.status IN ('unmatched', 'suggested')))::boolean AS coming;

-- name: OrderVersions :many
-- OrderVersions is an order as it was after each of the customer's saves, the newest first.
SELECT * FROM order_versions WHERE order_id = @order_id ORDER BY version DESC LIMIT 50;

-- name: OrderVersionAt :one
-- OrderVersionAt is an order as it was at a version.
SELECT * FROM order_versions WHERE order_id = @order_id AND version <= @version ORDER BY version DESC LIMIT 1;

-- name: OrderQueue :many
-- OrderQueue is a page of one queue of the desk, the longest waiting first, behind a moment and an id; each queue has an
-- index of its own. With «only», it is that one order, whatever queue it is in.
SELECT sqlc.embed(o), q.waiting::timestamptz AS waiting, a.name, a.email
FROM (
    (SELECT id, created_at AS waiting FROM orders
     WHERE @queue::text = 'new' AND status = 'new' AND priced_at IS NULL AND changed_at IS NULL
       AND (created_at, id) > (@after::timestamptz, @above::bigint) ORDER BY created_at, id LIMIT @lim::int)
    UNION ALL
    (SELECT id, changed_at FROM orders
     WHERE @queue = 'changed' AND status = 'new' AND changed_at IS NOT NULL
       AND (changed_at, id) > (@after, @above) ORDER BY changed_at, id LIMIT @lim)
    UNION ALL
    (SELECT id, priced_at FROM orders
     WHERE @queue = 'unpaid' AND status = 'new' AND priced_at IS NOT NULL
       AND (priced_at, id) > (@after, @above) ORDER BY priced_at, id LIMIT @lim)
    UNION ALL
    (SELECT id, created_at FROM orders
     WHERE @queue = 'unread' AND comment <> '' AND comment_seen_at IS NULL AND status <> 'cancelled'
       AND (created_at, id) > (@after, @above) ORDER BY created_at, id LIMIT @lim)
    UNION ALL
    (SELECT id, coalesce(changed_at, priced_at, created_at) FROM orders WHERE @queue = 'only' AND id = @above)
) q
JOIN orders o ON o.id = q.id
JOIN accounts a ON a.id = o.account_id
ORDER BY q.waiting, q.id;

-- name: lockOrder :one
SELECT * FROM orders WHERE id = @id FOR UPDATE;

-- name: lockItems :many
SELECT * FROM items WHERE order_id = @order_id ORDER BY id FOR UPDATE;

-- name: insertOrder :one
-- insertOrder makes nothing when the form was sent before.
INSERT INTO orders (account_id, status_since, comment, address_id, method_code, key, created_at)
VALUES (@account_id, @at::timestamptz, @comment, @address_id, @method_code, @key, @at::timestamptz)
ON CONFLICT (key) DO NOTHING RETURNING *;

-- name: insertItems :exec
INSERT INTO items (order_id, account_id, position, url, shop, title, article, options, quantity, price, currency, note, may_substitute, status_since)
SELECT @order_id, @account_id, unnest(@positions::int[]), unnest(@urls::text[]), unnest(@shops::text[]), unnest(@titles::text[]),
       unnest(@articles::text[]), unnest(@options::text[]), unnest(@quantities::int[]), unnest(@prices::bigint[]),
       unnest(@currencies::text[]), unnest(@notes::text[]), unnest(@may_substitutes::boolean[]), @at::timestamptz;

-- name: editItems :exec
-- editItems forgets the confirmed price of what is another thing now.
UPDATE items i SET position = t.position, url = t.url, shop = t.shop, title = t.title, article = t.article, options = t.options,
    quantity = t.quantity, price = t.price, currency = t.currency, note = t.note, may_substitute = t.may_substitute,
    unit_price = CASE WHEN (i.url, i.shop, i.title, i.article, i.options, i.price, i.currency) = (t.url, t.shop, t.title, t.article, t.options, t.price, t.currency)
                      THEN i.unit_price END
FROM (SELECT unnest(@ids::bigint[]) AS id, unnest(@positions::int[]) AS position, unnest(@urls::text[]) AS url, unnest(@shops::text[]) AS shop,
             unnest(@titles::text[]) AS title, unnest(@articles::text[]) AS article, unnest(@options::text[]) AS options,
             unnest(@quantities::int[]) AS quantity, unnest(@prices::bigint[]) AS price, unnest(@currencies::text[]) AS currency,
             unnest(@notes::text[]) AS note, unnest(@may_substitutes::boolean[]) AS may_substitute) t
WHERE i.id = t.id AND i.order_id = @order_id;

-- name: editOrder :one
UPDATE orders SET comment = @comment, comment_seen_at = CASE WHEN comment = @comment THEN comment_seen_at END,
    address_id = @address_id, method_code = @method_code, priced_at = @priced_at, changed_at = @changed_at, version = version + 1
WHERE id = @id RETURNING *;

-- name: insertOrderVersion :exec
INSERT INTO order_versions (order_id, version, content, note, by, at) VALUES (@order_id, @version, @content, @note, @by, @at);

-- name: priceItems :exec
UPDATE items i SET unit_price = t.price FROM (SELECT unnest(@ids::bigint[]) AS id, unnest(@prices::bigint[]) AS price) t
WHERE i.id = t.id AND i.order_id = @order_id;

-- name: priceOrder :one
UPDATE orders SET commission = @commission, shop_delivery = @shop_delivery, staff_note = @staff_note, priced_at = @at::timestamptz,
    priced_version = version, changed_at = NULL, comment_seen_at = @at::timestamptz, version = version + 1
WHERE id = @id RETURNING *;

-- name: acceptOrder :one
UPDATE orders SET accepted_by = @by, accepted_reason = @reason, version = version + 1 WHERE id = @id RETURNING *;

-- name: markCommentSeen :one
UPDATE orders SET comment_seen_at = coalesce(comment_seen_at, @at::timestamptz) WHERE id = @id RETURNING *;

-- name: noteOrder :one
UPDATE orders SET staff_note = @staff_note WHERE id = @id RETURNING *;

-- name: sumUpOrder :one
-- sumUpOrder keeps with an order its status, how many of its items wait for the buyer, and what lists show of its items.
WITH summed AS (
    SELECT coalesce(sum(g.to_buy), 0)::int AS to_buy, coalesce(sum(g.items), 0)::int AS items, coalesce(sum(g.active), 0)::int AS active,
           coalesce(sum(g.arrived), 0)::int AS arrived, coalesce((min(g.first))[2], '') AS title,
           coalesce(string_agg(g.shops, ', ' ORDER BY g.currency), '') AS shops, coalesce(sum(g.confirmed), 0)::bigint AS goods,
           coalesce(array_agg(g.currency ORDER BY g.currency), '{}') AS currencies, coalesce(array_agg(g.typed ORDER BY g.currency), '{}') AS sums
    FROM (
        SELECT i.currency, count(*) AS items, min(ARRAY[to_char(i.position, '000'), i.title]) AS first, string_agg(DISTINCT i.shop, ', ') AS shops,
               count(*) FILTER (WHERE i.status = 'under_review' AND @status::text = 'processing') AS to_buy,
               count(*) FILTER (WHERE i.status NOT IN ('unavailable', 'cancelled', 'returned')) AS active,
               count(*) FILTER (WHERE i.status IN ('at_warehouse', 'ready_to_ship', 'shipped', 'delivered')) AS arrived,
               coalesce(sum(i.unit_price * i.quantity) FILTER (WHERE i.status NOT IN ('unavailable', 'cancelled', 'returned')), 0) AS confirmed,
               sum(i.price * i.quantity)::bigint AS typed
        FROM items i WHERE i.order_id = @id AND (i.status <> 'cancelled' OR @status = 'cancelled')
        GROUP BY i.currency
    ) g
)
UPDATE orders o SET status = @status, status_since = CASE WHEN o.status = @status THEN o.status_since ELSE @at::timestamptz END,
    to_buy = (SELECT to_buy FROM summed), item_count = (SELECT items FROM summed), active_count = (SELECT active FROM summed),
    arrived_count = (SELECT arrived FROM summed), first_title = (SELECT title FROM summed), shops = (SELECT s.shops FROM summed s),
    goods = (SELECT s.goods FROM summed s), currencies = (SELECT s.currencies FROM summed s), sums = (SELECT s.sums FROM summed s)
WHERE o.id = @id RETURNING o.*;

-- name: setOrderPayment :exec
UPDATE orders SET payment_state = @payment_state WHERE id = @id;

-- name: setItem :exec
-- setItem keeps where an item is: its status, and the purchase and the receipt that it belongs to.
UPDATE items SET status = @status, status_since = @at, purchase_id = sqlc.narg(purchase_id), receipt_id = sqlc.narg(receipt_id) WHERE id = @id;
