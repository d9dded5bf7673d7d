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

-- name: TransfersOfPayment :many
-- TransfersOfPayment are all that a match of a payment moved, by the key of the first, the newest first.
SELECT * FROM transfers
WHERE key IN (@key::text, @key::text || ':rub', @key::text || ':eur', @key::text || ':rest', @key::text || ':rest:rub') ORDER BY id DESC;

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

-- name: settle :exec
-- settle posts a transfer between a customer's balance and a wallet of the house: to the customer, or from there.
-- Without one of the two wallets it fails, since a transfer has two.
INSERT INTO postings (account_id, house, to_customer, kind, amount, key, by, reason, at, item_ids, invoice_line_ids, amounts, descriptions)
VALUES (@account_id::bigint, @house::text, @to_customer::boolean, @kind::text, @amount::bigint, @key::text, sqlc.narg(by)::bigint, @reason::text, @at::timestamptz,
    @item_ids::bigint[], @invoice_line_ids::bigint[], @amounts::bigint[], @descriptions::text[]);

-- name: postTransfer :one
-- postTransfer posts a transfer between any two wallets.
INSERT INTO postings (from_wallet, to_wallet, kind, amount, key, by, reverses, reason, at, invoice_id, item_ids, invoice_line_ids, amounts, descriptions)
VALUES (@from_wallet::bigint, @to_wallet::bigint, @kind::text, @amount::bigint, @key::text, sqlc.narg(by)::bigint, sqlc.narg(reverses)::bigint, @reason::text,
    @at::timestamptz, sqlc.narg(paid_for)::bigint, @item_ids::bigint[], @invoice_line_ids::bigint[], @amounts::bigint[], @descriptions::text[])
RETURNING id::bigint;
