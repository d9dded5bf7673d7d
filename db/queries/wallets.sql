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
-- EntriesOf lists the history of a customer's balance, newest first, below a number.
SELECT e.number, e.amount, e.balance_after, e.at, t.id AS transfer_id, t.kind, t.reason
FROM entries e
JOIN wallets w ON w.id = e.wallet_id
JOIN transfers t ON t.id = e.transfer_id
WHERE w.account_id = @account_id AND w.name = @name AND w.currency = @currency AND e.number < @below::bigint
ORDER BY e.number DESC LIMIT @lim::int;

-- name: EntryOf :one
-- EntryOf finds one line of a customer's balance by the customer's own number.
SELECT e.number, e.amount, e.balance_after, e.at, t.id AS transfer_id, t.kind, t.reason, t.by, t.reverses,
    coalesce((SELECT r.id FROM transfers r WHERE r.reverses = t.id), 0)::bigint AS reversed_by
FROM entries e
JOIN wallets w ON w.id = e.wallet_id
JOIN transfers t ON t.id = e.transfer_id
WHERE w.account_id = @account_id AND w.name = @name AND w.currency = @currency AND e.number = @number::bigint;

-- name: TransferLinesOf :many
-- TransferLinesOf says what a transfer was for, with the item and its order where it has one.
SELECT l.position, l.amount, l.description, l.item_id, i.title, i.order_id
FROM transfer_lines l LEFT JOIN items i ON i.id = l.item_id
WHERE l.transfer_id = @transfer_id ORDER BY l.position;

-- name: openWallets :exec
INSERT INTO wallets (account_id, name, currency)
VALUES (@account_id, 'shopping', 'EUR'), (@account_id, 'reserved', 'EUR')
ON CONFLICT DO NOTHING;

-- name: lockWallet :one
SELECT * FROM wallets WHERE account_id = @account_id AND name = @name AND currency = @currency FOR UPDATE;

-- name: postTransfer :one
-- postTransfer writes a transfer, both its sides and the customer's new balance at once.
-- A key seen before changes nothing and returns no row.
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
), written AS (
    INSERT INTO entries (transfer_id, wallet_id, amount, balance_after, number, at)
    SELECT m.id, side.wallet, side.amount, c.balance, c.last_number, m.at
    FROM moved m
    CROSS JOIN LATERAL (VALUES (m.from_wallet, -m.amount), (m.to_wallet, m.amount)) AS side (wallet, amount)
    LEFT JOIN changed c ON c.id = side.wallet
    RETURNING id
)
SELECT m.id::bigint FROM moved m;

-- name: insertTransferLines :exec
INSERT INTO transfer_lines (transfer_id, position, item_id, invoice_line_id, amount, description)
SELECT @transfer_id, l.n, nullif(l.item_id, 0), nullif(l.invoice_line_id, 0), l.amount, l.description
FROM (SELECT generate_subscripts(@amounts::bigint[], 1) AS n, unnest(@item_ids::bigint[]) AS item_id,
             unnest(@invoice_line_ids::bigint[]) AS invoice_line_id, unnest(@amounts::bigint[]) AS amount,
             unnest(@descriptions::text[]) AS description) l;

-- name: AuditWallets :many
-- AuditWallets finds customers' wallets whose balance or number is not what their entries say.
SELECT w.id, w.account_id, w.balance, coalesce(sum(e.amount), 0)::bigint AS entries, w.last_number, count(e.id) AS lines
FROM wallets w LEFT JOIN entries e ON e.wallet_id = w.id
WHERE w.account_id IS NOT NULL
GROUP BY w.id
HAVING w.balance <> coalesce(sum(e.amount), 0) OR w.last_number <> count(e.id) OR w.last_number <> coalesce(max(e.number), 0);

-- name: AuditRunningBalances :many
-- AuditRunningBalances finds entries that do not continue the one before.
SELECT wallet_id, number::bigint AS number FROM (
    SELECT wallet_id, number, balance_after, amount,
        coalesce(lag(balance_after) OVER w, 0) AS before, row_number() OVER w AS place
    FROM entries WHERE number IS NOT NULL
    WINDOW w AS (PARTITION BY wallet_id ORDER BY number)
) e WHERE balance_after <> before + amount OR number <> place LIMIT 100;

-- name: AuditTransfers :many
-- AuditTransfers finds transfers whose sides or lines do not add up.
SELECT t.id FROM transfers t
LEFT JOIN LATERAL (SELECT sum(e.amount) AS total, count(*) AS sides, count(DISTINCT w.currency) AS currencies
                   FROM entries e JOIN wallets w ON w.id = e.wallet_id WHERE e.transfer_id = t.id) e ON true
LEFT JOIN LATERAL (SELECT sum(l.amount) AS total FROM transfer_lines l WHERE l.transfer_id = t.id) l ON true
WHERE e.total IS DISTINCT FROM 0 OR e.sides <> 2 OR e.currencies <> 1 OR coalesce(l.total, t.amount) <> t.amount
LIMIT 100;
