-- name: LastAudit :one
-- LastAudit is what the newest audit said.
SELECT * FROM audit_results ORDER BY id DESC LIMIT 1;

-- name: AuditWallets :many
-- AuditWallets finds customers' wallets whose balance or number is not what their entries say.
SELECT w.id, w.account_id, w.balance, coalesce(sum(e.amount), 0)::bigint AS entries, w.last_number, count(e.transfer_id) AS lines
FROM wallets w LEFT JOIN entries e ON e.wallet_id = w.id
WHERE w.account_id IS NOT NULL
GROUP BY w.id
HAVING w.balance <> coalesce(sum(e.amount), 0) OR w.last_number <> count(e.transfer_id) OR w.last_number <> coalesce(max(e.number), 0);

-- name: AuditRunningBalances :many
-- AuditRunningBalances finds entries that do not continue the one before.
SELECT wallet_id, number::bigint AS number FROM (
    SELECT wallet_id, number, balance_after, amount,
        coalesce(lag(balance_after) OVER w, 0) AS before, row_number() OVER w AS place
    FROM entries WHERE number IS NOT NULL
    WINDOW w AS (PARTITION BY wallet_id ORDER BY number)
) e WHERE balance_after <> before + amount OR number <> place LIMIT 100;

-- name: AuditEntries :many
-- AuditEntries finds lines of balances that say another thing than what they were for. What money came for is no longer
-- known elsewhere once its payment was taken back.
SELECT e.wallet_id, e.number::bigint AS number
FROM entries e JOIN transfers t ON t.id = e.transfer_id LEFT JOIN payments p ON p.transfer_id = t.id
LEFT JOIN LATERAL (
    SELECT i.id, i.order_id, i.parcel_id
    FROM transfer_lines l JOIN invoice_lines il ON il.id = l.invoice_line_id JOIN invoices i ON i.id = il.invoice_id
    WHERE l.transfer_id = t.id ORDER BY l.position LIMIT 1
) d ON true
WHERE e.number IS NOT NULL
  AND ((e.kind, e.reason, e.order_id, e.parcel_id) IS DISTINCT FROM (t.kind, t.reason, d.order_id, d.parcel_id)
    OR (d.id IS NOT NULL OR p.id IS NOT NULL) AND e.invoice_id IS DISTINCT FROM coalesce(d.id, p.invoice_id))
LIMIT 100;

-- name: AuditTransfers :many
-- AuditTransfers finds transfers whose sides or lines do not add up.
SELECT t.id FROM transfers t
LEFT JOIN LATERAL (SELECT sum(e.amount) AS total, count(*) AS sides, count(DISTINCT w.currency) AS currencies
                   FROM entries e JOIN wallets w ON w.id = e.wallet_id WHERE e.transfer_id = t.id) e ON true
LEFT JOIN LATERAL (SELECT sum(l.amount) AS total FROM transfer_lines l WHERE l.transfer_id = t.id) l ON true
WHERE e.total IS DISTINCT FROM 0 OR e.sides <> 2 OR e.currencies <> 1 OR coalesce(l.total, t.amount) <> t.amount
LIMIT 100;

-- name: AuditReversals :many
-- AuditReversals finds reversals that are not the mirror of what they take back.
SELECT r.id FROM transfers r JOIN transfers t ON t.id = r.reverses
WHERE (r.amount, r.from_wallet, r.to_wallet) IS DISTINCT FROM (t.amount, t.to_wallet, t.from_wallet) OR r.kind <> 'reversal' LIMIT 100;

-- name: AuditInvoiceTotals :many
-- AuditInvoiceTotals finds invoices whose lines are not their total, or whose status is not what is paid of it.
SELECT i.id, i.status, i.total, i.paid, coalesce(l.total, 0)::bigint AS lines
FROM invoices i
LEFT JOIN (SELECT invoice_id, sum(amount) AS total FROM invoice_lines GROUP BY invoice_id) l ON l.invoice_id = i.id
WHERE i.total <> coalesce(l.total, 0) OR NOT CASE i.status
    WHEN 'paid' THEN i.paid = i.total
    WHEN 'partially_paid' THEN i.paid > 0 AND i.paid < i.total
    ELSE i.paid = 0 END
LIMIT 100;

-- name: AuditInvoicePayments :many
-- AuditInvoicePayments finds invoices whose paid sum is not what was charged for them less what came back; of a
-- credit note what was given, and of a pro-forma what came in.
SELECT i.id, i.kind, i.paid, coalesce(p.amount, 0)::bigint AS moved
FROM invoices i
LEFT JOIN LATERAL (
    SELECT CASE i.kind
        WHEN 'top_up' THEN (SELECT CASE
                WHEN i.points IS NULL THEN least(coalesce(sum(t.amount), 0), i.total)
                WHEN sum(t.amount) >= i.points * 100 THEN i.total
                WHEN sum(t.amount) > 0 THEN greatest(1, trunc(i.total * sum(t.amount) / (i.points * 100)))
                ELSE 0 END
            FROM payments m JOIN transfers t ON t.id = m.transfer_id WHERE m.invoice_id = i.id AND m.status = 'matched')
        ELSE (SELECT sum(CASE WHEN (t.kind = 'refund') = (i.kind = 'credit_note') THEN l.amount ELSE -l.amount END)
              FROM invoice_lines il JOIN transfer_lines l ON l.invoice_line_id = il.id JOIN transfers t ON t.id = l.transfer_id
              WHERE il.invoice_id = i.id) END AS amount
) p ON true
WHERE i.paid <> coalesce(p.amount, 0) LIMIT 100;

-- name: AuditStrangeLines :many
-- AuditStrangeLines finds money of one customer that paid for something of another, or for an item that the
-- line of its invoice does not name.
SELECT DISTINCT t.id
FROM transfer_lines l
JOIN transfers t ON t.id = l.transfer_id
JOIN invoice_lines il ON il.id = l.invoice_line_id
JOIN invoices i ON i.id = il.invoice_id
JOIN wallets w ON w.id IN (t.from_wallet, t.to_wallet) AND w.account_id IS NOT NULL
WHERE w.account_id <> i.account_id OR l.item_id IS DISTINCT FROM il.item_id LIMIT 100;

-- name: AuditPayments :many
-- AuditPayments finds matched payments that are not on their owner's balance, or of which not all left the bank.
SELECT p.id FROM payments p
JOIN transfers t ON t.id = p.transfer_id
JOIN wallets w ON w.id = t.to_wallet
WHERE p.status = 'matched'
  AND (t.kind <> 'top_up' OR w.account_id IS DISTINCT FROM p.account_id
    OR EXISTS (SELECT FROM transfers r WHERE r.reverses = t.id)
    OR p.amount IS DISTINCT FROM (
        SELECT sum(x.amount) FROM transfers x JOIN wallets b ON b.id = x.from_wallet
        WHERE x.key IN (t.key, t.key || ':rub', t.key || ':eur', t.key || ':rest', t.key || ':rest:rub')
          AND b.account_id IS NULL AND b.name = 'bank' AND b.currency = p.currency))
LIMIT 100;

-- name: AuditTopUps :many
-- AuditTopUps finds top-ups that belong to no payment and were not taken back.
SELECT t.id FROM transfers t
WHERE t.kind = 'top_up' AND t.key LIKE 'payment:%' AND NOT EXISTS (
      SELECT FROM transfers m JOIN payments p ON p.transfer_id = m.id WHERE m.key = regexp_replace(t.key, ':rest$', ''))
  AND NOT EXISTS (SELECT FROM transfers r WHERE r.reverses = t.id) LIMIT 100;

-- name: AuditOrders :many
-- AuditOrders lists orders above an id with everything that their status and payment state follow from.
SELECT o.id, o.status, o.payment_state, o.to_buy, (o.accepted_by IS NOT NULL)::bool AS accepted,
    coalesce((SELECT array_agg(i.status ORDER BY i.id) FROM items i WHERE i.order_id = o.id), '{}')::text[] AS items,
    coalesce((SELECT v.status FROM invoices v WHERE v.order_id = o.id AND v.kind = 'goods' AND v.status IN ('issued', 'partially_paid', 'paid')), '')::text AS invoice,
    coalesce((SELECT sum(CASE t.kind WHEN 'charge' THEN l.amount ELSE -l.amount END)
              FROM invoices v JOIN invoice_lines il ON il.invoice_id = v.id
              JOIN transfer_lines l ON l.invoice_line_id = il.id JOIN transfers t ON t.id = l.transfer_id
              WHERE v.order_id = o.id), 0)::bigint AS charged,
    EXISTS (SELECT FROM invoices v WHERE v.order_id = o.id AND v.kind = 'credit_note')::bool AS credited
FROM orders o WHERE o.id > @above ORDER BY o.id LIMIT @lim::int;

-- name: AuditHolds :many
-- AuditHolds finds parcels that count their open holds wrongly.
SELECT p.id, p.open_holds, count(h.id) AS holds
FROM parcels p LEFT JOIN holds h ON h.parcel_id = p.id AND h.cleared_at IS NULL
GROUP BY p.id HAVING p.open_holds <> count(h.id) LIMIT 100;

-- name: AuditItemsInParcels :many
-- AuditItemsInParcels finds items that are not where their parcel is.
SELECT i.id, i.status, p.id AS parcel_id, p.status AS parcel
FROM parcel_items pi JOIN parcels p ON p.id = pi.parcel_id JOIN items i ON i.id = pi.item_id
WHERE pi.freed_at IS NULL AND NOT CASE p.status
    WHEN 'new' THEN i.status IN ('under_review', 'purchased', 'at_warehouse')
    WHEN 'assembling' THEN i.status IN ('under_review', 'purchased', 'at_warehouse')
    WHEN 'ready_to_ship' THEN i.status = 'ready_to_ship'
    WHEN 'shipped' THEN i.status IN ('shipped', 'delivered')
    WHEN 'delivered' THEN i.status = 'delivered'
    WHEN 'cancelled' THEN false
    ELSE true END
LIMIT 100;

-- name: AuditLooseItems :many
-- AuditLooseItems finds items that claim to be packed or sent and lie in no parcel, or in another customer's.
SELECT i.id, i.status FROM items i
WHERE i.status IN ('ready_to_ship', 'shipped', 'delivered')
  AND NOT EXISTS (SELECT FROM parcel_items pi JOIN parcels p ON p.id = pi.parcel_id
                  WHERE pi.item_id = i.id AND pi.freed_at IS NULL AND p.account_id = i.account_id)
LIMIT 100;

-- name: AuditInParcel :many
-- AuditInParcel finds items that are wrong about lying in a parcel.
SELECT i.id, i.in_parcel FROM items i
WHERE i.in_parcel <> EXISTS (SELECT FROM parcel_items pi WHERE pi.item_id = i.id AND pi.freed_at IS NULL) LIMIT 100;

-- name: AuditSummaries :many
-- AuditSummaries finds orders whose lists would show another thing than their items are.
SELECT o.id FROM orders o
WHERE (o.item_count, o.active_count, o.arrived_count, o.goods) <> (
    SELECT count(*)::int, (count(*) FILTER (WHERE i.status NOT IN ('unavailable', 'cancelled', 'returned')))::int,
           (count(*) FILTER (WHERE i.status IN ('at_warehouse', 'ready_to_ship', 'shipped', 'delivered')))::int,
           coalesce(sum(i.unit_price * i.quantity) FILTER (WHERE i.status NOT IN ('unavailable', 'cancelled', 'returned')), 0)::bigint
    FROM items i WHERE i.order_id = o.id AND (i.status <> 'cancelled' OR o.status = 'cancelled')
) LIMIT 100;

-- name: AuditBonus :many
-- AuditBonus finds customers with more given points than points, or with more left of a gift than was given.
SELECT b.account_id, sum(b.remaining)::bigint AS remaining, (w.balance / 100)::bigint AS points
FROM bonus_points b JOIN wallets w ON w.account_id = b.account_id AND w.name = 'points'
GROUP BY b.account_id, w.balance
HAVING sum(b.remaining) * 100 > w.balance OR bool_or(b.remaining NOT BETWEEN 0 AND b.points) LIMIT 100;

-- name: AuditCredits :many
-- AuditCredits finds customers whose requests to a specialist are not those that were paid for, used and reserved.
SELECT c.account_id, c.specialist_id, c.bought, c.used, c.reserved, p.paid, u.used AS answered, u.reserved AS waiting
FROM consultation_credits c
CROSS JOIN LATERAL (SELECT coalesce(sum(o.requests), 0)::bigint AS paid, coalesce(bool_and(t.amount = o.points * 100 AND t.kind = 'charge'), true)::boolean AS right_sums
    FROM consultation_purchases o JOIN transfers t ON t.id = o.transfer_id WHERE o.account_id = c.account_id AND o.specialist_id = c.specialist_id) p
CROSS JOIN LATERAL (SELECT coalesce(sum(k.used), 0)::bigint AS used, count(*) FILTER (WHERE k.reserved) AS reserved
    FROM consultations k WHERE k.account_id = c.account_id AND k.paid_to = c.specialist_id) u
WHERE c.bought <> p.paid OR NOT p.right_sums OR c.used <> u.used OR c.reserved <> u.reserved LIMIT 100;

-- name: AuditPromotions :many
-- AuditPromotions finds codes that were used another number of times than they say.
SELECT p.id, p.used, count(r.account_id) AS redeemed FROM promotions p LEFT JOIN redemptions r ON r.promotion_id = p.id
GROUP BY p.id HAVING p.used <> count(r.account_id) LIMIT 100;

-- name: AuditTurnovers :many
-- AuditTurnovers finds months that brought another number of points than their line of the ledger.
SELECT u.account_id, u.month, u.points FROM turnovers u JOIN transfers t ON t.id = u.transfer_id WHERE t.amount <> u.points * 100 LIMIT 100;

-- name: AuditParcelSummaries :many
-- AuditParcelSummaries finds parcels whose lists would show other items, holds, numbers or names than they have.
SELECT p.id, w.wrong FROM parcels p JOIN accounts a ON a.id = p.account_id CROSS JOIN LATERAL (SELECT concat_ws(', ',
    CASE WHEN p.item_count <> (SELECT count(*) FROM parcel_items pi WHERE pi.parcel_id = p.id AND pi.freed_at IS NULL) THEN 'items' END,
    CASE WHEN p.held_for <> ARRAY(SELECT h.kind FROM holds h WHERE h.parcel_id = p.id AND h.cleared_at IS NULL ORDER BY h.id) THEN 'holds' END,
    CASE WHEN p.tracking <> ARRAY(SELECT n.number FROM tracking_numbers n WHERE n.parcel_id = p.id ORDER BY n.id)
           OR p.tracked_by <> ARRAY(SELECT n.carrier_code FROM tracking_numbers n WHERE n.parcel_id = p.id ORDER BY n.id)
           OR p.numbers <> cardinality(p.tracking) THEN 'numbers' END,
    CASE WHEN p.customer <> a.name AND p.status IN ('new', 'assembling', 'ready_to_ship') THEN 'name' END,
    CASE WHEN p.status = 'assembling' AND p.packed_at IS NULL AND p.packer_id IS NOT NULL
          AND p.packer <> (SELECT b.name FROM accounts b WHERE b.id = p.packer_id) THEN 'packer' END)::text AS wrong) w
WHERE w.wrong <> '' LIMIT 100;

-- name: keepAudit :one
INSERT INTO audit_results (at, milliseconds, differences, findings) VALUES (@at, @milliseconds, @differences, @findings) RETURNING *;

-- name: forgetAudits :exec
DELETE FROM audit_results WHERE at < @before;
