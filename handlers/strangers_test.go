package handlers_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"cabinet/db/dbtest"
	"cabinet/handlers"
	"cabinet/handlers/webtest"
)

// TestStrangers sweeps the table of routes and the forms of all pages: what is another's is not there,
// what another site sends is refused, looking changes nothing, and a form does what stands in it and no more.
func TestStrangers(t *testing.T) {
	t.Parallel()
	world, thing := furnished(t)
	offered := openIn(t, world.Twin(t)).acts(thing, nobody, dbtest.Vera, dbtest.Anna, dbtest.Irina)

	t.Run("A09 another's things are answered as if they were not there, byte for byte", func(t *testing.T) {
		site := openIn(t, world.Twin(t))
		boris, petr, mine := site.cookie(dbtest.Boris), site.cookie(dbtest.Petr), site.links(thing, dbtest.Vera)
		before := rows(t, site.World)
		same := func(cookie, method, there, body string, absent func(string) string) {
			t.Helper()
			ask := func(address, body string) string { // in a new window, where nothing is left of the one before
				got := site.Guest().With(t).Holds("sid", cookie).Do(method, address, body, nil)
				// Closing a session twice is no mistake, so neither is closing one that never was. A sheet is for htmx
				// alone and leads everybody else to the page, which is not there.
				if got.Status != 404 && got.Status != 303 {
					t.Errorf("%s %s says %d to a stranger", method, address, got.Status)
				}
				return answer(got)
			}
			if got, want := ask(there, body), ask(absent(there), absent(body)); digits.ReplaceAllStringFunc(got, nines) != digits.ReplaceAllStringFunc(want, nines) {
				t.Errorf("%s %s %s:\n%s\nis not what is said of %s:\n%s", method, there, body, got, absent(there), want)
			}
		}
		for _, route := range handlers.Routes() {
			if !strings.Contains(route.Path, ":id") || route.Rule.String() == "dev" || route.Rule.String() == "public" {
				continue
			}
			here := thing(route.Path)
			absent := func(s string) string { return strings.Replace(s, here, digits.ReplaceAllStringFunc(here, nines), 1) }
			same(boris, route.Method, here, "", absent)
			for _, a := range offered {
				if path, _, _ := strings.Cut(a.action, "?"); path == here {
					same(boris, route.Method, a.action, filled(a).Encode(), absent)
					if a.by.Email == dbtest.Vera.Email { // Petr works here, and it is not his either
						same(petr, route.Method, a.action, filled(a).Encode(), absent)
					}
				}
			}
		}
		for _, link := range mine { // ?parcel=5001, ?copy=1
			path, query, _ := strings.Cut(link, "?")
			if said, _ := url.QueryUnescape(query); digits.MatchString(said) && !strings.HasPrefix(query, "day=") { // and not the digits of a letter's code, nor a day, which is everybody's
				ask := func(address string) string {
					return answer(site.Guest().With(t).Holds("sid", boris).Do("GET", address, "", nil))
				}
				there, absent := ask(link), ask(path+"?"+digits.ReplaceAllStringFunc(query, nines))
				if digits.ReplaceAllStringFunc(there, nines) != digits.ReplaceAllStringFunc(absent, nines) {
					t.Errorf("%s says to a stranger\n%s\nand of nothing\n%s", link, there, absent)
				}
			}
		}
		if left := differ(before, rows(t, site.World)); len(left) > 0 {
			t.Errorf("a stranger changed\n%s", strings.Join(left, "\n"))
		}
	})

	t.Run("every change is refused from another site", func(t *testing.T) {
		site := openIn(t, world.Twin(t))
		vera, anna := site.As(dbtest.Vera), site.As(dbtest.Anna)
		own := strings.TrimPrefix(site.URL, "http://")
		before := rows(t, site.World)
		elsewhere := map[string]http.Header{
			"another site":       {"Sec-Fetch-Site": {"cross-site"}, "Origin": {"https://evil.example"}},
			"a neighbour":        {"Sec-Fetch-Site": {"same-site"}, "Origin": {"http://evil." + own}},
			"fetch alone":        {"Sec-Fetch-Site": {"cross-site"}, "Origin": {""}},
			"an old browser":     {"Sec-Fetch-Site": {""}, "Origin": {"https://evil.example"}},
			"a sandbox":          {"Sec-Fetch-Site": {""}, "Origin": {"null"}},
			"another port":       {"Sec-Fetch-Site": {""}, "Origin": {"http://127.0.0.1:1"}},
			"a longer name":      {"Sec-Fetch-Site": {""}, "Origin": {site.URL + ".evil.example"}},
			"ours as a user":     {"Sec-Fetch-Site": {""}, "Origin": {site.URL + "@evil.example"}},
			"nobody says":        {"Sec-Fetch-Site": {""}, "Origin": {""}},
			"an unknown word":    {"Sec-Fetch-Site": {"friendly"}, "Origin": {"https://evil.example"}},
			"a fragment of ours": {"Sec-Fetch-Site": {"cross-site"}, "Origin": {"https://evil.example"}, "HX-Request": {"true"}},
		}
		for _, route := range handlers.Routes() {
			if route.Method == "GET" {
				continue
			}
			for name, header := range elsewhere {
				if got := anna.Do(route.Method, thing(route.Path), "", header); got.Status != 403 {
					t.Errorf("%s %s from %s: %d", route.Method, route.Path, name, got.Status)
				}
			}
			for _, header := range []http.Header{{"X-Http-Method-Override": {"POST"}}, {"X-Method-Override": {"POST"}}, {"X-Http-Method": {"POST"}}} {
				anna.Do("GET", thing(route.Path)+"?_method=POST", "", header)
			}
		}
		for _, a := range offered {
			browser := vera // a guest's forms are refused to whoever is signed in; nobody's cookie is worth nothing
			if a.by.Email == dbtest.Anna.Email {
				browser = anna
			}
			for name, header := range elsewhere {
				if got := browser.Do("POST", a.action, filled(a).Encode(), header); got.Status != 403 {
					t.Errorf("%s from %s: %d", a, name, got.Status)
				}
			}
		}
		if left := differ(before, rows(t, site.World)); len(left) > 0 {
			t.Errorf("another site changed\n%s", strings.Join(left, "\n"))
		}
	})

	t.Run("looking at a page changes nothing, whoever looks", func(t *testing.T) {
		site := openIn(t, world.Twin(t))
		browsers := []*webtest.Browser{site.Guest()}
		for _, l := range lookers[1:] {
			browsers = append(browsers, site.As(*l.who))
		}
		site.Clock.Pass(2 * time.Minute)
		// Those who look are seen; and a question asked of the name system counts, so that nobody asks too many.
		but := []string{"sessions.seen_at", "limits.key", "limits.tokens", "limits.at", "limits.full_at"}
		before := rows(t, site.World, but...)
		for _, browser := range browsers {
			for _, page := range append(pages(thing), "/verification?token=x", "/recovery/link?token=x", "/email/undo?token=x") {
				browser.Do("GET", page, "", nil)
				browser.Do("HEAD", page, "", nil)
			}
		}
		left := slices.DeleteFunc(differ(before, rows(t, site.World, but...)), func(line string) bool {
			return strings.HasPrefix(line, "+ limits") || strings.HasPrefix(line, "+ consultation_readings") // who has read what is written down
		})
		if len(left) > 0 {
			t.Errorf("looking changed\n%s", strings.Join(left, "\n"))
		}
	})

	t.Run("thirty fields that no form has, names sent twice and names in the address change nothing", func(t *testing.T) {
		plain, twisted := openIn(t, world.Twin(t)), openIn(t, world.Twin(t))
		want := plain.sendAll(offered, func(a act) (query, form url.Values) { return url.Values{}, filled(a) }, nil, nil)
		got := twisted.sendAll(offered, func(a act) (query, form url.Values) {
			query, form = url.Values{}, url.Values{}
			for name, values := range filled(a) {
				query.Set(name, "1")
				form[name] = values
				if !several[name] { // the last counts
					form[name] = append([]string{"1"}, values...)
				}
			}
			for name, value := range hostile {
				if !form.Has(name) && !a.has(name) {
					form.Set(name, value)
				}
			}
			return query, form
		}, nil, nil)
		done := 0
		for i, a := range offered {
			if got[i] != want[i] {
				t.Errorf("%s: %d, and %d with more in it than in the form", a, want[i], got[i])
			}
			if want[i] > 0 && want[i] < 400 {
				done++
			}
		}
		t.Logf("%d of %d forms were taken", done, len(offered))
		if done < len(offered)/2 {
			t.Errorf("only %d of %d forms were taken, so this says little", done, len(offered))
		}
		byChance := []string{"tokens.hash", "tokens.code_hash", "subscriptions.code_hash", "invitations.code", "mails.message_id", "mails.secret", "sessions.token_hash",
			"river_job.created_at", "river_job.scheduled_at", "river_queue.paused_at", "river_queue.updated_at",
			"river_job.finalized_at", "river_job.metadata", "river_job.unique_key"} // the key of a job that is periodic says when
		if left := differ(rows(t, plain.World, byChance...), rows(t, twisted.World, byChance...)); len(left) > 0 {
			t.Errorf("it changed\n%s", strings.Join(left, "\n"))
		}
	})
}

// several are the fields of which a form may have more than one.
var several = map[string]bool{"item": true, "items": true, "photo": true, "picked": true, "parcels": true, "numbers": true, "fixed": true, "bears": true}

// hostile are fields with which somebody might try to be more than they are.
var hostile = map[string]string{
	"id": "1", "ID": "1", "account_id": "1001", "accountId": "1001", "AccountID": "1001", "owner": "1001", "by": "1001", "user_id": "1001",
	"role": "admin", "roles": "admin", "Roles": "admin", "roles[]": "admin", "is_admin": "true", "staff": "true", "status": "delivered",
	"Status": "delivered", "state": "delivered", "verified": "true", "email_verified_at": "2020-01-01", "balance": "100000", "Balance": "100000",
	"total": "1", "paid": "100000", "amount": "100000", "discount": "100", "commission": "0", "created_at": "2020-01-01", "wallet_id": "1",
	"password_hash": "x", "secret": "x", "session_id": "1", "_method": "DELETE", "admin": "1", "tax": "0", "order_id": "10001", "invoice_id": "1",
}

var digits = regexp.MustCompile(`\b\d+\b`)

// nines is a number as long, of something that is not there.
func nines(n string) string { return strings.Repeat("9", len(n)) }

// answer is everything that a browser gets, but for what is new with every request.
func answer(r *webtest.Response) string {
	headers := maps.Clone(r.Headers())
	delete(headers, "X-Request-Id")
	delete(headers, "Date")
	return fmt.Sprintf("%d %v\n%s", r.Status, headers, r.Body)
}
