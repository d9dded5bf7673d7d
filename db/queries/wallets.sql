-- name: WalletsOf :many
-- WalletsOf lists a customer's own wallets.
SELECT * FROM wallets WHERE account_id = @account_id ORDER BY id;

-- name: WalletOf :one
-- WalletOf finds one of a customer's own wallets.
SELECT * FROM wallets WHERE account_id = @account_id AND name = @name AND currency = @currency;

-- name: HouseWallet :one
-- HouseWallet finds a wallet of the house.
SELECT * FROM wallets WHERE account_id IS NULL AND name = @name AND currency = @currency;

-- name: TransferByID :one
SELECT * FROM transfers WHERE id = @id;

-- name: TransferByKey :one
SELECT * FROM transfers WHERE key = @key;

-- name: EntriesOf :many
-- EntriesOf lists the history of a customer's balance, newest first, below a number, each with the document
-- behind it, and with what the payer wrote when that is asked for. An empty filter lets everything through. The wallet is
-- asked for first, as one value: joined, the database would sort the whole history before it cuts a page off. CASE as in
-- OrdersOf.
SELECT e.number::bigint AS number, e.amount, e.balance_after, e.at, e.kind, coalesce(e.reason, '')::text AS reason,
    coalesce(e.invoice_id, 0)::bigint AS invoice_id, coalesce(e.order_id, 0)::bigint AS order_id, coalesce(e.parcel_id, 0)::bigint AS parcel_id,
    (CASE WHEN @written::boolean THEN coalesce((SELECT p.reference FROM payments p WHERE p.transfer_id = e.transfer_id), '') ELSE '' END)::text AS reference
FROM entries e
WHERE e.wallet_id = (SELECT w.id FROM wallets w WHERE w.account_id = @account_id AND w.name = @name AND w.currency = @currency)
  AND e.number < @below::bigint
  AND CASE WHEN @kind::text = '' THEN true ELSE e.kind = @kind::text END
  AND CASE WHEN e.at >= @since AND e.at < @until THEN true ELSE false END
  AND CASE WHEN @order_id::bigint = 0 THEN true ELSE e.order_id = @order_id::bigint END
ORDER BY e.number DESC LIMIT @lim::int;

-- name: EntryOf :one
-- EntryOf finds one line of a customer's balance by the customer's own number, with the numbers that it takes
-- back or is taken back by.
SELECT e.number::bigint AS number, e.amount, e.balance_after, e.at, t.id AS transfer_id, t.kind, t.reason, t.by,
    coalesce((SELECT o.number FROM entries o WHERE o.transfer_id = t.reverses AND o.wallet_id = e.wallet_id), 0)::bigint AS reverses,
    coalesce((SELECT o.number FROM transfers r JOIN entries o ON o.transfer_id = r.id WHERE r.reverses = t.id AND o.wallet_id = e.wallet_id), 0)::bigint AS reversed_by
FROM entries e
JOIN wallets w ON w.id = e.wallet_id
JOIN transfers t ON t.id = e.transfer_id
WHERE w.account_id = @account_id AND w.name = @name AND w.currency = @currency AND e.number = @number::bigint;

-- name: TransferLinesOf :many
-- TransferLinesOf says what a transfer was for: the item and its order, and the line of the invoice.
SELECT l.position, l.amount, l.description, l.item_id, coalesce(il.kind, '')::text AS kind, coalesce(il.quantity, 1)::int AS quantity,
    coalesce(i.id, 0)::bigint AS invoice_id, coalesce(i.kind, '')::text AS invoice_kind,
    coalesce(it.order_id, i.order_id, 0)::bigint AS order_id, coalesce(i.parcel_id, 0)::bigint AS parcel_id
FROM transfer_lines l
LEFT JOIN items it ON it.id = l.item_id
LEFT JOIN invoice_lines il ON il.id = l.invoice_line_id
LEFT JOIN invoices i ON i.id = il.invoice_id
WHERE l.transfer_id = @transfer_id ORDER BY l.position;

-- name: openWallets :exec
INSERT INTO wallets (account_id, name, currency)
VALUES (@account_id, 'shopping', 'EUR'), (@account_id, 'reserved', 'EUR'), (@account_id, 'points', 'RUB')
ON CONFLICT DO NOTHING;

-- name: lockWallet :one
SELECT * FROM wallets WHERE account_id = @account_id AND name = @name AND currency = @currency FOR UPDATE;

-- name: lockSides :one
-- lockSides locks a customer's balance and finds the wallet of the house on the other side of it.
SELECT w.id AS own, h.id AS house FROM wallets w, wallets h
WHERE w.account_id = @account_id AND w.name = 'shopping' AND w.currency = 'EUR'
  AND h.account_id IS NULL AND h.name = @house AND h.currency = 'EUR'
FOR UPDATE OF w;

-- name: postTransfer :one
-- postTransfer writes a transfer, both its sides, what it was for and the customer's new balance at once.
-- A key seen before changes nothing and returns no row. The customer's side says what it was and for which document.
WITH locked AS MATERIALIZED (
    SELECT id FROM wallets WHERE id IN (@from_wallet::bigint, @to_wallet::bigint) AND account_id IS NOT NULL ORDER BY id FOR UPDATE
), moved AS (
    INSERT INTO transfers (kind, from_wallet, to_wallet, amount, key, by, reverses, reason, at)
    SELECT @kind, @from_wallet, @to_wallet, @amount, @key, sqlc.narg(by), sqlc.narg(reverses), @reason, @at
    WHERE (SELECT count(*) FROM locked) >= 0
    ON CONFLICT (key) DO NOTHING
    RETURNING *
), changed AS (
    UPDATE wallets w
    SET balance = w.balance + CASE w.id WHEN m.to_wallet THEN m.amount ELSE -m.amount END, last_number = w.last_number + 1
    FROM moved m
    WHERE w.id IN (m.from_wallet, m.to_wallet) AND w.account_id IS NOT NULL
    RETURNING w.id, w.balance, w.last_number
), document AS (
    SELECT i.id, i.order_id, i.parcel_id FROM invoice_lines il JOIN invoices i ON i.id = il.invoice_id
    WHERE il.id = (SELECT l.id FROM unnest(@invoice_line_ids::bigint[]) AS l (id) WHERE l.id <> 0 LIMIT 1)
), written AS (
    INSERT INTO entries (transfer_id, wallet_id, amount, balance_after, number, at, kind, reason, invoice_id, order_id, parcel_id)
    SELECT m.id, side.wallet, side.amount, c.balance, c.last_number, m.at, said.kind, said.reason, said.invoice_id, said.order_id, said.parcel_id
    FROM moved m
    CROSS JOIN LATERAL (VALUES (m.from_wallet, -m.amount), (m.to_wallet, m.amount)) AS side (wallet, amount)
    LEFT JOIN changed c ON c.id = side.wallet
    LEFT JOIN (SELECT n.kind, n.reason, coalesce(d.id, sqlc.narg(paid_for)::bigint) AS invoice_id, d.order_id, d.parcel_id
               FROM moved n LEFT JOIN document d ON true) said ON c.id IS NOT NULL
    RETURNING id
), explained AS (
    INSERT INTO transfer_lines (transfer_id, position, item_id, invoice_line_id, amount, description)
    SELECT m.id, l.n, nullif(l.item_id, 0), nullif(l.invoice_line_id, 0), l.amount, l.description
    FROM moved m
    CROSS JOIN LATERAL (SELECT generate_subscripts(@amounts::bigint[], 1) AS n, unnest(@item_ids::bigint[]) AS item_id,
                               unnest(@invoice_line_ids::bigint[]) AS invoice_line_id, unnest(@amounts::bigint[]) AS amount,
                               unnest(@descriptions::text[]) AS description) l
    RETURNING transfer_id
)
SELECT m.id::bigint FROM moved m;
