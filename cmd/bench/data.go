package main

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"cabinet/db"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// size is how much a data set holds. Half of the orders are the heavy customer's, some are those of the ten
// busy customers whose pages are measured, and the rest is spread over half of all others.
type size struct {
	customers, orders int
	busyEvery         int // one order in so many of those that are not the heavy customer's is a busy one's
}

var (
	big   = size{customers: 100_000, orders: 1_000_000, busyEvery: 125}
	small = size{customers: 1_000, orders: 10_000, busyEvery: 2}
)

// Who is who in the data.
const (
	heavy     = 1001 // half of all orders, and the history to match
	firstBusy = 1002
	busies    = 10
	packer    = 900 // of the warehouse; ids below 1001 are nobody's else
	secret    = "bench-"
)

// fill loads a data set into an empty database, unless it is there already.
func fill(ctx context.Context, address string, n size, said io.Writer) error {
	pool, err := pgxpool.New(ctx, address)
	if err != nil {
		return err
	}
	defer pool.Close()
	if err := db.Migrate(ctx, pool); err != nil {
		return err
	}
	conn, err := pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	var there bool
	if err := conn.QueryRow(ctx, "SELECT coalesce(obj_description('accounts'::regclass), '') = 'filled'").Scan(&there); err != nil {
		return err
	}
	if there { // what earlier runs left behind is not of the size of the data
		return load(ctx, conn.Conn(), said, "vacuum", "VACUUM")
	}
	for _, begin := range []string{
		"SET session_replication_role = replica", // no triggers and no foreign keys: the data are right as they are made
		"SET synchronous_commit = off", "SET maintenance_work_mem = '512MB'", "SET work_mem = '256MB'", "SET statement_timeout = 0",
	} {
		if _, err := conn.Exec(ctx, begin); err != nil {
			return err
		}
	}
	indexes, err := dropIndexes(ctx, conn.Conn())
	if err != nil {
		return err
	}
	values := strings.NewReplacer(
		"{customers}", strconv.Itoa(n.customers), "{orders}", strconv.Itoa(n.orders), "{busy_every}", strconv.Itoa(n.busyEvery),
		"{heavy}", strconv.Itoa(heavy), "{first_busy}", strconv.Itoa(firstBusy), "{busies}", strconv.Itoa(busies), "{packer}", strconv.Itoa(packer))
	for step := range strings.SplitSeq(filling, "\n-- ") {
		name, statement, _ := strings.Cut(step, "\n")
		if err := load(ctx, conn.Conn(), said, name, values.Replace(statement)); err != nil {
			return err
		}
	}
	for i, index := range indexes {
		if err := load(ctx, conn.Conn(), said, fmt.Sprintf("index %d of %d", i+1, len(indexes)), index); err != nil {
			return err
		}
	}
	if err := load(ctx, conn.Conn(), said, "vacuum", "VACUUM ANALYZE"); err != nil {
		return err
	}
	_, err = conn.Exec(ctx, "RESET ALL; COMMENT ON TABLE accounts IS 'filled'; CHECKPOINT")
	return err
}

func load(ctx context.Context, conn *pgx.Conn, said io.Writer, name, statement string) error {
	begun := time.Now()
	tag, err := conn.Exec(ctx, statement)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	fmt.Fprintf(said, "  %-40s %10d rows %6.1f s\n", name, tag.RowsAffected(), time.Since(begun).Seconds())
	return nil
}

// dropIndexes takes away what is made quicker once the rows are there, and returns how to make it again.
func dropIndexes(ctx context.Context, conn *pgx.Conn) (again []string, err error) {
	rows, err := conn.Query(ctx, `
		SELECT 'DROP INDEX ' || i.indexrelid::regclass, pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
		WHERE c.relnamespace = 'public'::regnamespace AND c.relname !~ '^(river|goose)' AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid)`)
	if err != nil {
		return nil, err
	}
	var drops []string
	var drop, create string
	if _, err := pgx.ForEachRow(rows, []any{&drop, &create}, func() error {
		drops, again = append(drops, drop), append(again, create)
		return nil
	}); err != nil {
		return nil, err
	}
	_, err = conn.Exec(ctx, strings.Join(drops, ";"))
	return again, err
}

// filling is one statement a step; the line above each names it.
const filling = `accounts
INSERT INTO accounts (id, email, email_verified_at, name, status, created_at) OVERRIDING SYSTEM VALUE
SELECT i, 'customer' || i || '@bench.example', now(),
       (ARRAY['Вера','Борис','Ирина','Олег','Марина','Павел','Анна','Сергей'])[i % 8 + 1] || ' ' || (ARRAY['Орлова','Львов','Седова','Ким','Штерн','Белых'])[i % 6 + 1],
       'active', now() - interval '3 years'
FROM generate_series({heavy}, {heavy} + {customers} - 1) i
UNION ALL SELECT i, 'staff' || i || '@bench.example', now(), 'Пётр Складов', 'active', now() - interval '3 years' FROM generate_series({packer}, {packer} + 9) i

-- roles
INSERT INTO account_roles (account_id, role, granted_at) SELECT i, 'warehouse', now() FROM generate_series({packer}, {packer} + 9) i

-- sessions
INSERT INTO sessions (token_hash, account_id, created_at, seen_at, expires_at, proved_at, second_factor_at)
SELECT sha256(convert_to('bench-' || i, 'UTF8')), i, now(), now(), now() + interval '30 days', now(), now()
FROM generate_series({packer}, {first_busy} + {busies} - 1) i WHERE i < {packer} + 10 OR i >= {heavy}

-- addresses
INSERT INTO addresses (id, account_id, is_default, surname, name, latin_name, phone, country, postal_code, region, city, street, house, flat, inn, created_at, updated_at)
OVERRIDING SYSTEM VALUE
SELECT i - 1000, i, true, 'Орлова', 'Вера', 'Vera Orlova', '+79161234567', 'RU', '101000', 'Москва', 'Москва', 'улица Покровка', (i % 90 + 1)::text, (i % 200 + 1)::text,
       '500100732259', now(), now()
FROM generate_series({heavy}, {heavy} + {customers} - 1) i

-- wallets
INSERT INTO wallets (id, account_id, name, currency) OVERRIDING SYSTEM VALUE
SELECT 11 + (i - {heavy}) * 3 + w, i, (ARRAY['shopping','reserved','points'])[w + 1], (ARRAY['EUR','EUR','RUB'])[w + 1]
FROM generate_series({heavy}, {heavy} + {customers} - 1) i, generate_series(0, 2) w

-- orders: those of the heavy and the busy ones are in motion by their own age, the others by everybody's
INSERT INTO orders (id, account_id, status, status_since, payment_state, comment, comment_seen_at, address_id, method_code, commission, shop_delivery,
                    priced_at, priced_version, key, created_at, to_buy) OVERRIDING SYSTEM VALUE
SELECT 10000 + n, account, status, at, CASE WHEN status IN ('new', 'cancelled') THEN 'unpaid' ELSE 'paid' END,
       CASE WHEN n % 7 = 0 THEN 'Пожалуйста, проверьте размер' ELSE '' END, CASE WHEN n % 7 = 0 THEN at END, account - 1000,
       (ARRAY['dhl_international','ems','cdek_pickup','dhl_paket'])[n % 4 + 1], CASE WHEN status <> 'new' THEN 450 END, CASE WHEN status <> 'new' THEN 490 END,
       CASE WHEN status <> 'new' THEN at END, CASE WHEN status <> 'new' THEN 1 END, 'bench-order-' || n, at,
       CASE WHEN status = 'processing' AND n % 5 = 1 THEN 3 ELSE 0 END
FROM (
    SELECT n, account, now() - ({orders} - n) * interval '3 years' / {orders} AS at,
           CASE WHEN own < 1 THEN 'new' WHEN own < 4 THEN 'processing' WHEN own < 6 THEN 'at_warehouse' WHEN own < 9 THEN 'ready_to_ship'
                WHEN n % 40 = 7 THEN 'cancelled' ELSE 'shipped' END AS status
    FROM (
        SELECT n, CASE WHEN n % 2 = 0 THEN {heavy} WHEN n / 2 % {busy_every} = 0 THEN {first_busy} + n / 2 / {busy_every} % {busies}
                       ELSE {first_busy} + {busies} + n / 2 % ({customers} / 2) END AS account,
               CASE WHEN n % 2 = 0 THEN ({orders} - n) / 2
                    WHEN n / 2 % {busy_every} = 0 THEN ({orders} - n) / (2 * {busy_every} * {busies})
                    ELSE CASE WHEN n > {orders} * 0.998 THEN 0 WHEN n > {orders} * 0.93 THEN 2 WHEN n > {orders} * 0.92 - 200 THEN 5 WHEN n > {orders} * 0.91 THEN 7 ELSE 20 END
               END AS own
        FROM generate_series(1, {orders}) n
    ) o
) o

-- purchases
INSERT INTO purchases (id, order_id, shop, shop_order, shop_order_scan, price_paid, charged, expected_on, tracking_number, key, by, at) OVERRIDING SYSTEM VALUE
SELECT id, id, 'zalando.de', '10' || id, '10' || id, 7470, 7470, current_date + 5, 'JJD' || id, 'bench-purchase-' || id, {packer}, created_at
FROM orders WHERE status = 'processing' AND to_buy = 0

-- items
INSERT INTO items (id, order_id, account_id, position, url, shop, title, options, quantity, price, currency, unit_price, status, status_since, purchase_id, in_parcel)
OVERRIDING SYSTEM VALUE
SELECT (o.id - 10001) * 3 + p, o.id, o.account_id, p, 'https://www.zalando.de/p/' || o.id, 'zalando.de',
       (ARRAY['Куртка зимняя с капюшоном','Ботинки кожаные, на шнуровке','Кофеварка капельная на 10 чашек','Рюкзак городской 25 л','Конструктор «Пожарная станция»'])[(o.id + p) % 5 + 1],
       'чёрный, M', 1 + p % 2, 2490 * p, 'EUR', CASE WHEN o.status <> 'new' THEN 2490 * p END,
       CASE o.status WHEN 'new' THEN 'under_review' WHEN 'processing' THEN CASE WHEN o.to_buy > 0 THEN 'under_review' ELSE 'purchased' END ELSE o.status END,
       o.created_at, CASE WHEN o.status = 'processing' AND o.to_buy = 0 THEN o.id END,
       o.id % 10 IN (0, 1, 7) AND o.status IN ('at_warehouse', 'ready_to_ship', 'shipped')
FROM orders o, generate_series(1, 3) p

-- parcels: of three orders in ten, with what came for the order
INSERT INTO parcels (id, account_id, status, status_since, own, address_id, method_code, ship_to, queued_at, expedited, numbers, packed_at, actual_grams, volumetric_grams,
                     billable_grams, length_mm, width_mm, height_mm, ready_at, promised_on, shipped_at, key, created_at) OVERRIDING SYSTEM VALUE
SELECT o.id, o.account_id, CASE o.status WHEN 'at_warehouse' THEN 'assembling' ELSE o.status END, o.created_at, true, o.address_id, o.method_code,
       CASE WHEN o.status <> 'at_warehouse' THEN to_jsonb(a) END, o.created_at, o.id % 20 = 1, CASE o.status WHEN 'shipped' THEN 1 ELSE 0 END,
       CASE WHEN o.status <> 'at_warehouse' THEN o.created_at END, g, g, g, l, l, l,
       CASE WHEN o.status <> 'at_warehouse' THEN o.created_at END, CASE WHEN o.status <> 'at_warehouse' THEN current_date + 1 END,
       CASE WHEN o.status = 'shipped' THEN o.created_at END, 'bench-parcel-' || o.id, o.created_at
FROM orders o JOIN addresses a ON a.id = o.address_id,
     LATERAL (SELECT CASE WHEN o.status <> 'at_warehouse' THEN 1850 END AS g, CASE WHEN o.status <> 'at_warehouse' THEN 300 END AS l) x
WHERE o.id % 10 IN (0, 1, 7) AND o.status IN ('at_warehouse', 'ready_to_ship', 'shipped')

-- items in parcels
INSERT INTO parcel_items (parcel_id, item_id, added_at)
SELECT p.id, i.id, p.created_at FROM parcels p JOIN items i ON i.order_id = p.id

-- holds: one queued parcel in ten is blocked
WITH blocked AS (UPDATE parcels SET open_holds = 1 WHERE status = 'assembling' AND id / 10 % 10 = 3 RETURNING id, queued_at)
INSERT INTO holds (parcel_id, kind, since) SELECT id, 'insufficient_funds', queued_at FROM blocked

-- tracking numbers
INSERT INTO tracking_numbers (parcel_id, carrier_code, number, by, at)
SELECT p.id, m.carrier_code, 'RA' || p.id || 'DE', {packer}, p.shipped_at FROM parcels p JOIN methods m ON m.code = p.method_code WHERE p.status = 'shipped'

-- what lists show of parcels
UPDATE parcels p SET customer = a.name,
       item_count = (SELECT count(*) FROM parcel_items pi WHERE pi.parcel_id = p.id),
       held_for = ARRAY(SELECT h.kind FROM holds h WHERE h.parcel_id = p.id),
       tracking = ARRAY(SELECT n.number FROM tracking_numbers n WHERE n.parcel_id = p.id),
       tracked_by = ARRAY(SELECT n.carrier_code FROM tracking_numbers n WHERE n.parcel_id = p.id)
FROM accounts a WHERE a.id = p.account_id

-- what was paid for, in the order of each customer
CREATE UNLOGGED TABLE bench_paid AS
SELECT row_number() OVER (ORDER BY id, kind) AS n, row_number() OVER (PARTITION BY account_id ORDER BY id, kind) AS own, *
FROM (SELECT id, account_id, 'goods' AS kind, id AS order_id, NULL::bigint AS parcel_id, 8440 AS amount, created_at AS at FROM orders WHERE status NOT IN ('new', 'cancelled')
      UNION ALL SELECT id, account_id, 'delivery', NULL, id, 2190, ready_at FROM parcels WHERE ready_at IS NOT NULL) p

-- invoices
INSERT INTO invoices (id, account_id, order_id, parcel_id, kind, status, total, paid, reference, due_on, issued_at, paid_at) OVERRIDING SYSTEM VALUE
SELECT 500 + n, account_id, order_id, parcel_id, kind, 'paid', amount, amount, 'RF00BENCH' || n, at, at, at FROM bench_paid

-- invoices still to be paid
INSERT INTO invoices (id, account_id, order_id, kind, total, reference, due_on, issued_at) OVERRIDING SYSTEM VALUE
SELECT 5000000 + id, account_id, id, 'goods', 8440, 'RF01BENCH' || id, current_date + 7, created_at FROM orders WHERE status = 'new'

-- their lines
INSERT INTO invoice_lines (id, invoice_id, position, kind, item_id, amount) OVERRIDING SYSTEM VALUE
SELECT 5000000 + id, 5000000 + id, 1, 'item', (id - 10001) * 3 + 1, 8440 FROM orders WHERE status = 'new'

-- lines of invoices
INSERT INTO invoice_lines (id, invoice_id, position, kind, item_id, amount) OVERRIDING SYSTEM VALUE
SELECT n, 500 + n, 1, CASE kind WHEN 'goods' THEN 'item' ELSE 'delivery' END, CASE kind WHEN 'goods' THEN (id - 10001) * 3 + 1 END, amount FROM bench_paid

-- transfers: money comes in and pays at once
INSERT INTO transfers (id, kind, from_wallet, to_wallet, amount, key, at) OVERRIDING SYSTEM VALUE
SELECT n * 2 - 1 + side, CASE side WHEN 0 THEN 'top_up' ELSE 'charge' END,
       CASE side WHEN 0 THEN 1 ELSE 11 + (account_id - {heavy}) * 3 END, CASE side WHEN 1 THEN CASE kind WHEN 'goods' THEN 2 ELSE 3 END ELSE 11 + (account_id - {heavy}) * 3 END,
       amount + CASE side WHEN 0 THEN 1000 ELSE 0 END, 'bench-' || n || '-' || side, at + side * interval '1 minute'
FROM bench_paid, generate_series(0, 1) side

-- payments
INSERT INTO payments (status, amount, currency, reference, payer, received_on, account_id, invoice_id, transfer_id, matches, matched_at, key, by, at)
SELECT 'matched', amount + 1000, 'EUR', 'RF00BENCH' || n, 'ORLOVA VERA', at, account_id, 500 + n, n * 2 - 1, 1, at, 'bench-payment-' || n, {packer}, at FROM bench_paid

-- entries
INSERT INTO entries (transfer_id, wallet_id, amount, balance_after, number, at, kind, reason, invoice_id, order_id, parcel_id)
SELECT t.id,
       CASE side WHEN 0 THEN 11 + (p.account_id - {heavy}) * 3 ELSE CASE t.id % 2 WHEN 1 THEN t.from_wallet ELSE t.to_wallet END END,
       CASE WHEN (side + t.id) % 2 = 1 THEN t.amount ELSE -t.amount END,
       CASE side WHEN 0 THEN p.own * 1000 + CASE t.id % 2 WHEN 1 THEN p.amount ELSE 0 END END,
       CASE side WHEN 0 THEN p.own * 2 - t.id % 2 END, t.at,
       CASE side WHEN 0 THEN t.kind END, CASE side WHEN 0 THEN '' END, CASE side WHEN 0 THEN 500 + p.n END,
       CASE WHEN side = 0 AND t.kind = 'charge' THEN p.order_id END, CASE WHEN side = 0 AND t.kind = 'charge' THEN p.parcel_id END
FROM bench_paid p JOIN transfers t ON (t.id + 1) / 2 = p.n, generate_series(0, 1) side

-- balances
UPDATE wallets w SET balance = p.own * 1000, last_number = p.own * 2
FROM (SELECT account_id, max(own) AS own FROM bench_paid GROUP BY account_id) p WHERE w.account_id = p.account_id AND w.name = 'shopping'

-- lines of transfers
INSERT INTO transfer_lines (transfer_id, position, item_id, invoice_line_id, amount)
SELECT n * 2, 1, CASE kind WHEN 'goods' THEN (id - 10001) * 3 + 1 END, n, amount FROM bench_paid

-- moves
INSERT INTO moves (account_id, subject, subject_id, order_id, from_status, to_status, by, at)
SELECT account_id, 'order', id, id, 'new', status, {packer}, created_at FROM orders

-- sequences
SELECT setval(pg_get_serial_sequence(a.attrelid::regclass::text, 'id'), 6000000 + {orders})
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND a.attname = 'id' AND a.attidentity = 'a' AND c.relname !~ '^river'

-- and away
DROP TABLE bench_paid`
