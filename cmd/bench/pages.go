package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"cabinet/db"

	"github.com/jackc/pgx/v5"
	"github.com/valyala/fasthttp"
)

// article is one for members, as long as a longer one of a magazine, unless it is there already.
var article = []string{
	`INSERT INTO articles (id, slug, key, changed_at) OVERRIDING SYSTEM VALUE VALUES (1, 'bench', 'bench', now()) ON CONFLICT DO NOTHING`,
	`INSERT INTO article_versions (article_id, number, title, teaser, body, access, html, words, pictures, by, at, shown_at)
	 SELECT 1, 1, 'О чём молчат дома', 'Прогулка по переулкам', '', 'members', p, p, '{}', 1001, now(), now()
	 FROM (SELECT string_agg('<p>' || n || ' ' || repeat('Осенью старые дома видят долгие сны. ', 10) || '</p>', E'\n') AS p FROM generate_series(1, 30) n) made
	 ON CONFLICT DO NOTHING`,
	`UPDATE articles SET status = 'published', shown = 1, published_at = now() WHERE id = 1 AND shown IS NULL`,
}

// consultation is one of 200 messages as workers have drawn them, unless it is there already.
var consultation = []string{
	fmt.Sprintf(`INSERT INTO specialists (account_id, name, about, answer_hours, zone, opens, closes)
	 VALUES (%d, 'Ирина, психолог', 'Сны и решения', 16, 'Europe/Moscow', '{540,540,540,540,540,540,540}', '{1080,1080,1080,1080,1080,1080,1080}') ON CONFLICT DO NOTHING`, packer),
	fmt.Sprintf(`INSERT INTO consultations (id, account_id, specialist_id, paid_to, subject, status, used, key, created_at, submitted_at, last_at)
	 OVERRIDING SYSTEM VALUE VALUES (1, %d, %d, %d, 'Переезд', 'answered', 1, 'bench', now(), now(), now()) ON CONFLICT DO NOTHING`, firstBusy, packer, packer),
	fmt.Sprintf(`INSERT INTO consultation_messages (consultation_id, by, staff, status, body, html, key, at)
	 SELECT 1, CASE WHEN n %% 2 = 0 THEN %d ELSE %d END, n %% 2 = 0, CASE WHEN n %% 2 = 0 THEN 'answered' ELSE 'in_progress' END, p, '<p>' || p || '</p>', 'bench-' || n, now()
	 FROM (SELECT n, repeat('Мы говорим о том, что важно, и не торопимся. ', 10) AS p FROM generate_series(1, 200) n) made ON CONFLICT DO NOTHING`, packer, firstBusy),
}

// prepare makes the sessions valid for this run.
func (b *bench) prepare() error {
	for _, address := range []string{b.big, b.small} {
		err := b.inDatabase(address, func(conn *pgx.Conn) error {
			for _, statement := range append(slices.Concat(article, consultation), "UPDATE sessions SET seen_at = now(), expires_at = now() + interval '30 days', second_factor_at = now()") {
				if _, err := conn.Exec(b.ctx, statement); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) inDatabase(address string, do func(*pgx.Conn) error) error {
	conn, err := pgx.Connect(b.ctx, address)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(b.ctx))
	return do(conn)
}

// who sees a page: the packer, or in turn the busy customers.
func who(path string) (secrets []string) {
	if strings.HasPrefix(path, "/staff/") {
		return []string{secretOf(packer)}
	}
	if strings.HasPrefix(path, "/consultations/") { // it is one customer's
		return []string{secretOf(firstBusy)}
	}
	for i := range busies {
		secrets = append(secrets, secretOf(firstBusy+i))
	}
	return secrets
}

// visits is one turn of a page.
type visits struct {
	loaded
	server, database float64 // microseconds of CPU for each request
}

func rate(v visits) float64     { return v.rate() }
func p50(v visits) float64      { return v.P50 }
func p99(v visits) float64      { return v.P99 }
func server(v visits) float64   { return v.server }
func database(v visits) float64 { return v.database }

// visit lets another process ask a server for a page, and sees what that costs the server and the database.
func (b *bench) visit(of *child, path string, secrets []string, connections int) (v visits, err error) {
	serverBefore, databaseBefore := cpu(of.Process.Pid), cpuOfChildren(b.postmaster)
	err = b.ourselves(&v.loaded, "load", "-address", of.address, "-path", path, "-sessions", strings.Join(secrets, ","),
		"-connections", strconv.Itoa(connections), "-for", b.lasts.String())
	if err == nil && v.Failed > 0 {
		err = fmt.Errorf("%s: %d of %d answers were wrong", path, v.Failed, v.Requests)
	}
	each := func(before, after time.Duration) float64 {
		return float64((after - before).Microseconds()) / float64(v.Requests)
	}
	v.server, v.database = each(serverBefore, cpu(of.Process.Pid)), each(databaseBefore, cpuOfChildren(b.postmaster))
	return v, err
}

// measurePage holds a page against the floor.
func (b *bench) measurePage(path string) error {
	return b.besideFloor(path, nil, func(at string, a, o []visits) []figure {
		return []figure{
			compare(path+", requests"+at, "/s", a, o, rate, 0.8, atLeast),
			compare(path+", p50"+at, "ms", a, o, p50, 1.25, told),
			compare(path+", p99"+at, "ms", a, o, p99, 1.25, told),
			compare(path+", server CPU"+at, "µs", a, o, server, 1.25, atMost),
			compare(path+", database CPU"+at, "µs", a, o, database, 1.25, atMost),
		}
	})
}

// measureStretch holds the orders page, whose rows are drawn by hand, against the floor with the same rows as a template.
func (b *bench) measureStretch() error {
	return b.besideFloor("/orders", []string{"TWIN=1"}, func(at string, a, o []visits) []figure {
		return []figure{
			compare("/orders against rows by a template, requests"+at, "/s", a, o, rate, 1.25, atLeast),
			compare("/orders against rows by a template, server CPU"+at, "µs", a, o, server, 0, told),
		}
	})
}

// besideFloor shows a page of the floor and the product's by turns, with few and with many connections.
func (b *bench) besideFloor(path string, settings []string, figures func(at string, floor, ours []visits) []figure) error {
	ours, err := b.product(b.big)
	if err != nil {
		return err
	}
	defer ours.stop()
	floor, err := b.floor(b.big, settings...)
	if err != nil {
		return err
	}
	defer floor.stop()
	if err := sameBytes(floor, ours, path, who(path)[0]); err != nil {
		return err
	}
	for _, connections := range []int{2, 32} {
		one := func(of *child) func() (visits, error) {
			return func() (visits, error) { return b.visit(of, path, who(path), connections) }
		}
		a, o, err := turns(b.turns, one(floor), one(ours))
		if err != nil {
			return err
		}
		if err := b.add(figures(fmt.Sprintf(", %d connections", connections), a, o)...); err != nil {
			return err
		}
	}
	return nil
}

// floor starts the bare server.
func (b *bench) floor(address string, settings ...string) (*child, error) {
	return serve(b.ctx, b.self, []string{"floor"}, append(settings, asChild+"=1", "DATABASE_URL="+address))
}

// sameBytes makes sure that both draw the same page.
func sameBytes(floor, ours *child, path, secret string) error {
	var bodies [][]byte
	for _, of := range []*child{floor, ours} {
		body, err := once(of, path, secret, "")
		if err != nil {
			return err
		}
		bodies = append(bodies, ofTheMoment.ReplaceAll(body, nil))
	}
	if bytes.Equal(bodies[0], bodies[1]) {
		return nil
	}
	at := 0
	for at < min(len(bodies[0]), len(bodies[1])) && bodies[0][at] == bodies[1][at] {
		at++
	}
	around := func(body []byte) string { return string(body[max(0, at-60):min(len(body), at+60)]) }
	return fmt.Errorf("%s: the floor draws %d bytes and the product %d; at %d:\n%s\n%s", path, len(bodies[0]), len(bodies[1]), at, around(bodies[0]), around(bodies[1]))
}

// ofTheMoment is what is another on each drawing of a page: the key of a form, and since when it listens.
var ofTheMoment = regexp.MustCompile(`name="key" value="[A-Z0-9]+"|/live\?since=[0-9]+`)

// once asks for one page; the body comes as it was sent.
func once(of *child, path, secret, encoding string) ([]byte, error) {
	request, response := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	request.SetRequestURI("http://" + of.address + path)
	request.Header.SetCookie("__Host-sid", secret)
	if encoding != "" {
		request.Header.Set("Accept-Encoding", encoding)
	}
	if err := fasthttp.DoTimeout(request, response, 10*time.Second); err != nil {
		return nil, err
	}
	if response.StatusCode() != http.StatusOK {
		return nil, errors.New(path + ": " + strconv.Itoa(response.StatusCode()))
	}
	return bytes.Clone(response.Body()), nil
}

// measureFlatness holds a million orders against ten thousand, and a page far down a list against the first.
func (b *bench) measureFlatness() error {
	large, err := b.product(b.big)
	if err != nil {
		return err
	}
	defer large.stop()
	little, err := b.product(b.small)
	if err != nil {
		return err
	}
	defer little.stop()
	sending, err := b.sending()
	if err != nil {
		return err
	}
	for _, path := range []string{"/orders", "/parcels", "/balance", "/staff/assembly"} {
		visitors := who(path)
		if path == "/parcels" {
			visitors = sending
		}
		one := func(of *child) func() (visits, error) {
			return func() (visits, error) { return b.visit(of, path, visitors, 8) }
		}
		a, o, err := turns(b.turns, one(little), one(large))
		if err != nil {
			return err
		}
		if err := b.add(compare(path+", requests at 1,000,000 orders against 10,000", "/s", a, o, rate, 0.95, atLeast)); err != nil {
			return err
		}
	}
	return b.measureDepth(large)
}

// sending are the busy customers with more parcels than stand on a page, in the small database too, where some have none.
func (b *bench) sending() (secrets []string, err error) {
	err = b.inDatabase(b.small, func(conn *pgx.Conn) error {
		rows, err := conn.Query(b.ctx, "SELECT account_id FROM parcels WHERE account_id >= $1 AND account_id < $1 + $2 GROUP BY 1 HAVING count(*) > $3 ORDER BY 1", firstBusy, busies, db.ParcelsPage)
		if err != nil {
			return err
		}
		found, err := pgx.CollectRows(rows, pgx.RowTo[int])
		for _, who := range found {
			secrets = append(secrets, secretOf(who))
		}
		return err
	})
	if err == nil && len(secrets) == 0 {
		err = errors.New("nobody has parcels in the small database")
	}
	return secrets, err
}

// depths are page 10,000 of the heavy customer's lists, as far as they go.
var depths = map[string]string{
	"/orders":  `SELECT 'below=' || (extract(epoch FROM created_at) * 1000000)::bigint || '-' || id FROM orders WHERE account_id = 1001 ORDER BY created_at DESC, id DESC OFFSET 200000 LIMIT 1`,
	"/parcels": `SELECT 'below=' || id FROM parcels WHERE account_id = 1001 ORDER BY id DESC OFFSET 60000 LIMIT 1`,
	"/balance": `SELECT 'below=' || last_number - 500000 FROM wallets WHERE account_id = 1001 AND name = 'shopping'`,
}

func (b *bench) measureDepth(of *child) error {
	for _, path := range []string{"/orders", "/parcels", "/balance"} {
		var place string
		err := b.inDatabase(b.big, func(conn *pgx.Conn) error { return conn.QueryRow(b.ctx, depths[path]).Scan(&place) })
		if err != nil {
			return err
		}
		one := func(path string) func() (visits, error) {
			return func() (visits, error) { return b.visit(of, path, []string{secretOf(heavy)}, 8) }
		}
		a, o, err := turns(b.turns, one(path), one(path+"?"+place))
		if err != nil {
			return err
		}
		if err := b.add(compare(path+" of 500,000 orders, far down against page 1", "/s", a, o, rate, 0.95, atLeast)); err != nil {
			return err
		}
	}
	return nil
}
