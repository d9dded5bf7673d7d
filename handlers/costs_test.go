package handlers_test

import (
	"fmt"
	"net"
	"strings"
	"testing"

	"cabinet/db"
	"cabinet/db/dbtest"

	"github.com/valyala/fasthttp"
)

// The lists of a shop that has grown: what they cost is counted, not timed, so it is the same on every machine.
const (
	mostTrips      = 1
	mostStatements = 3
	mostAllocated  = 2600
	mostBuffers    = 70
	customerBadges = 10
	staffBadges    = 60
	searchBuffers  = 60
	grown          = 500_000
)

// TestCosts opens the busiest lists, at their beginning and half a million rows down.
func TestCosts(t *testing.T) {
	site := open(t)
	sid, people := map[string]string{}, map[string]db.AccountID{}
	for _, who := range []dbtest.Person{dbtest.Vera, dbtest.Anna, dbtest.Boris} {
		people[who.Email] = site.Account(who).ID
		sid[who.Email] = site.cookie(who)
	}
	grow(t, site, people[dbtest.Vera.Email], people[dbtest.Anna.Email], people[dbtest.Boris.Email])
	ask := func(who dbtest.Person, path string) *fasthttp.RequestCtx {
		ctx := &fasthttp.RequestCtx{}
		ctx.Init(&fasthttp.Request{}, &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)}, nil)
		ctx.Request.SetRequestURI(site.URL + path)
		ctx.Request.Header.SetCookie("sid", sid[who.Email])
		site.app.Handler()(ctx)
		if ctx.Response.StatusCode() != 200 {
			t.Fatalf("%s: %d %s", path, ctx.Response.StatusCode(), ctx.Response.Body())
		}
		return ctx
	}
	// opened is what a page costs that was opened before: its statements are prepared, its session is known.
	opened := func(t *testing.T, who dbtest.Person, path string) (buffers int) {
		t.Helper()
		for range 2 {
			ask(who, path)
		}
		trips, statements := site.Traffic.During(func() { ask(who, path) })
		if trips > mostTrips || len(statements) > mostStatements {
			t.Errorf("%s goes to the database %d times with %d statements", path, trips, len(statements))
		}
		for _, statement := range statements {
			pages := site.Buffers(t, statement)
			if strings.Contains(statement.SQL, "name: DeskCounts ") {
				if pages > staffBadges {
					t.Errorf("%s: the counters look at %d buffers", path, pages)
				}
				continue
			}
			buffers += pages
		}
		return buffers
	}
	for _, list := range []struct {
		name        string
		who         dbtest.Person
		first, deep string
	}{
		{"orders", dbtest.Vera, "/orders", fmt.Sprintf("/orders?below=%d-%d", dbtest.Now.AddDate(-1, 0, 0).UnixMicro(), 1<<40)},
		{"parcels", dbtest.Vera, "/parcels", "/parcels?below=7300"},
		{"parcels in the queue", dbtest.Boris, "/parcels", "/parcels?below=517000"},
		{"balance", dbtest.Vera, "/balance", "/balance?below=60"},
		{"assembly queue", dbtest.Anna, "/staff/assembly", fmt.Sprintf("/staff/assembly?after=%d&at=%d&late=true", 1<<40, dbtest.Now.AddDate(0, 0, -1).UnixMicro())},
	} {
		t.Run("P12 the list of "+list.name+" is one round trip and costs the same at any depth", func(t *testing.T) {
			first, deep := opened(t, list.who, list.first), opened(t, list.who, list.deep)
			if first > mostBuffers || deep > mostBuffers || deep > first+5 {
				t.Errorf("the first page looks at %d buffers, one far down at %d", first, deep)
			}
			if n := testing.AllocsPerRun(20, func() { ask(list.who, list.first) }); n > float64(mostAllocated) {
				t.Errorf("%.0f allocations", n)
			}
			if body := ask(list.who, list.deep).Response.Body(); !strings.Contains(string(body), `class="row"`) {
				t.Errorf("nothing stands that far down: %.300s", body)
			}
		})
	}
	t.Run("P12 the counters above a customer's list cost the same however long it is", func(t *testing.T) {
		_, statements := site.Traffic.During(func() { ask(dbtest.Vera, "/orders") })
		for _, statement := range statements {
			if strings.Contains(statement.SQL, "name: OrderCountsOf ") {
				if pages := site.Buffers(t, statement); pages > customerBadges {
					t.Errorf("%d buffers", pages)
				}
				return
			}
		}
		t.Error("nobody counts")
	})
	t.Run("E02 a word is found among half a million orders", func(t *testing.T) {
		_, statements := site.Traffic.During(func() {
			if body := ask(dbtest.Vera, "/orders?q=Struwwelpeter").Response.Body(); !strings.Contains(string(body), "Struwwelpeter") {
				t.Errorf("not found: %.300s", body)
			}
		})
		for _, statement := range statements {
			if pages := site.Buffers(t, statement); strings.Contains(statement.SQL, "name: OrdersFound ") && pages > searchBuffers {
				t.Errorf("%d buffers", pages)
			}
		}
	})
}

// grow writes half a million orders, parcels and lines of the balance for one customer, and hundreds of rows for each
// queue of the desk. It goes past the rules: what lists cost depends on rows, not on how they came to be.
func grow(t *testing.T, site *site, of, staff, queued db.AccountID) {
	t.Helper()
	conn, err := site.Pool.Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Release()
	for _, statement := range []string{
		"SET session_replication_role = replica",
		`INSERT INTO orders (account_id, status, status_since, payment_state, priced_at, item_count, active_count, first_title, goods, key, created_at)
		 SELECT @of, CASE WHEN n < 40 THEN 'processing' ELSE 'shipped' END, @now, 'paid', @now, 3, 3, 'Ботинки Meindl Civetta ' || n, 56985, 'grown-' || n, @now - n * interval '2 minutes' FROM generate_series(1, @grown) n`,
		`INSERT INTO items (order_id, account_id, position, shop, title, quantity, price, currency, unit_price, status, status_since)
		 SELECT o.id, @of, p, 'bergzeit.de', CASE WHEN o.key = 'grown-77' THEN 'Der Struwwelpeter' ELSE 'Ботинки Meindl Civetta ' || o.id END, 1, 18995, 'EUR', 18995, 'shipped', @now
		 FROM orders o, generate_series(1, 3) p WHERE o.account_id = @of AND (o.id < 12000 OR o.created_at < @now - interval '1 year' AND o.created_at > @now - interval '1 year 2 hours')`,
		"UPDATE orders SET first_title = 'Der Struwwelpeter' WHERE key = 'grown-77'",
		`INSERT INTO parcels (account_id, status, status_since, own, method_code, queued_at, packer_id, packer, taken_at, open_holds, wanted_address_id, packed_at, ready_at, promised_on, ship_to, shipped_at, key, created_at)
		 SELECT @staff, CASE WHEN n % 5 < 3 THEN 'assembling' WHEN n % 5 = 3 THEN 'ready_to_ship' ELSE 'shipped' END, @now, false, 'ems', @now,
		        CASE WHEN n % 5 = 0 AND n < 50 THEN @staff + 1 END, CASE WHEN n % 5 = 0 AND n < 50 THEN 'Пётр Штольц' ELSE '' END, @now, CASE n % 5 WHEN 1 THEN 1 ELSE 0 END, CASE n % 5 WHEN 2 THEN 1 END,
		        CASE WHEN n % 5 > 0 THEN @now END, @now, @now::date - 3, '{}', @now, 'desk-' || n, @now FROM generate_series(1, 2000) n`,
		`INSERT INTO parcels (account_id, status, status_since, own, method_code, ship_to, queued_at, packed_at, actual_grams, volumetric_grams, billable_grams, ready_at, promised_on, shipped_at, numbers, tracking, tracked_by, item_count, key, created_at)
		 SELECT @of, 'shipped', @now, false, 'ems', '{}', @now, @now, 2000, 1800, 2000, @now, @now, @now, 1, ARRAY['RA' || n || 'DE'], '{russian_post}', 3, 'grown-' || n, @now FROM generate_series(1, @grown) n`,
		`INSERT INTO accounts (email, password_hash, name, locale, created_at)
		 SELECT 'crowd-' || n || '@example.test', '', 'Марина Соколова ' || n, 'ru', @now FROM generate_series(1, 20000) n`,
		`INSERT INTO parcels (account_id, customer, item_count, status, status_since, own, method_code, queued_at, key, created_at)
		 SELECT CASE WHEN a.n % 200 = 0 THEN @queued ELSE a.id END, a.name, 3, 'assembling', @now, false, 'ems', @now - q.n * interval '1 minute', 'queue-' || q.n, @now
		 FROM (SELECT *, row_number() OVER (ORDER BY id) AS n FROM accounts WHERE email LIKE 'crowd-%') a
		 JOIN (SELECT n, row_number() OVER (ORDER BY md5(n::text)) AS place FROM generate_series(1, 20000) n) q ON q.n = a.n ORDER BY q.place`,
		`INSERT INTO parcel_items (parcel_id, item_id, added_at) SELECT p.id, p.id * 10 + n, @now FROM parcels p, generate_series(1, 3) n WHERE p.key LIKE 'queue-%'`,
		`INSERT INTO tracking_numbers (parcel_id, carrier_code, number, by, at)
		 SELECT id, tracked_by[1], tracking[1], @staff, @now FROM parcels WHERE key LIKE 'grown-%' AND (id < 7400 OR id > @grown)`,
		`INSERT INTO transfers (kind, from_wallet, to_wallet, amount, key, at)
		 SELECT 'top_up', h.id, w.id, 100, 'grown-' || n, @now FROM generate_series(1, @grown) n,
		        wallets h, wallets w WHERE h.account_id IS NULL AND h.name = 'bank' AND h.currency = 'EUR' AND w.account_id = @of AND w.name = 'shopping' ORDER BY n`,
		`INSERT INTO entries (transfer_id, wallet_id, amount, balance_after, number, at, kind, reason)
		 SELECT t.id, t.to_wallet, 100, n * 100, n, @now, t.kind, '' FROM (SELECT *, row_number() OVER (ORDER BY id) AS n FROM transfers WHERE key LIKE 'grown-%') t`,
		`INSERT INTO orders (account_id, status, status_since, to_buy, comment, priced_at, changed_at, key, created_at)
		 SELECT @of, CASE WHEN n % 4 = 3 THEN 'processing' ELSE 'new' END, @now, CASE WHEN n % 4 = 3 THEN 1 ELSE 0 END, 'Без коробки',
		        CASE WHEN n % 4 IN (0, 3) THEN @now END, CASE WHEN n % 4 = 1 THEN @now END, 'desk-' || n, @now - interval '3 years' FROM generate_series(1, 2000) n`,
		`INSERT INTO items (order_id, account_id, position, shop, title, quantity, price, currency, status, status_since)
		 SELECT id, @of, 1, 'x', 'y', 1, 1, 'EUR', CASE id % 2 WHEN 0 THEN 'purchased' ELSE 'at_warehouse' END, @now FROM orders WHERE key LIKE 'desk-%'`,
		`INSERT INTO payments (status, amount, currency, received_on, key, by, at) SELECT 'unmatched', 1, 'EUR', @now, 'desk-' || n, @staff, @now FROM generate_series(1, 500) n`,
		`INSERT INTO tickets (account_id, subject, waiting_since, key, created_at, last_at, order_id)
		 SELECT @of, 'Вопрос', @now, 'desk-' || n, @now, @now, CASE n % 2 WHEN 0 THEN 1 END FROM generate_series(1, 500) n`,
		`INSERT INTO mails (account_id, kind, address, locale, letter, message_id, status, created_at)
		 SELECT @of, 'mail-07', 'a@example.test', 'ru', '{}', 'desk-' || n, 'failed', @now FROM generate_series(1, 500) n`,
		"SET session_replication_role = origin",
	} {
		values := strings.NewReplacer("@of", fmt.Sprint(of), "@queued", fmt.Sprint(queued), "@staff", fmt.Sprint(staff), "@grown", fmt.Sprint(grown), "@now", "timestamptz '"+dbtest.Now.Format("2006-01-02 15:04:05Z07:00")+"'")
		if _, err := conn.Exec(t.Context(), values.Replace(statement)); err != nil {
			t.Fatalf("%v in %s", err, statement)
		}
	}
	if _, err := conn.Exec(t.Context(), "VACUUM ANALYZE"); err != nil {
		t.Fatal(err)
	}
}
