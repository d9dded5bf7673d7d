package handlers_test

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"cabinet/db"
	"cabinet/db/dbtest"
	"cabinet/handlers"
	"cabinet/handlers/webtest"

	"github.com/jackc/pgx/v5"
)

// What the sweeps share. They are made from the table of routes and from the forms in the pages, so a
// new page is swept without anybody thinking of it.

// act is one way to send a form that stood on a page: as it stood there, by one of its buttons.
type act struct {
	by     dbtest.Person
	page   string
	action string
	body   url.Values
	press  webtest.Press // the button, when it says something
	fields []webtest.Field
}

func (a act) String() string { return a.by.Name + " at " + a.page + ": POST " + a.action }

// furnished is a world with one of everything, in which nobody is connected, and how its addresses are made.
func furnished(t *testing.T) (*dbtest.World, func(path string) string) {
	t.Helper()
	world := dbtest.Open(t)
	thing := things(t, &site{World: world, t: t, people: map[string]db.Visitor{}})
	for _, l := range lookers {
		if l.who != nil {
			world.Person(t, *l.who)
		}
	}
	return world, thing
}

// nobody is somebody who is not signed in.
var nobody dbtest.Person

// window is a browser of somebody's that says nothing of the form of a page: parts are visited as if they were whole.
func (s *site) window(who dbtest.Person) *webtest.Browser {
	s.t.Helper()
	if who.Email == "" {
		return s.Guest().With(quiet{s.t})
	}
	return s.As(who).With(quiet{s.t})
}

// pages are the addresses of everything that can be looked at.
func pages(thing func(path string) string) (found []string) {
	for _, route := range handlers.Routes() {
		if route.Method == "GET" && route.Path != "/live" {
			found = append(found, thing(route.Path))
		}
	}
	return found
}

// acts are all changes that the pages offer these people, each once. What ends the session or closes the
// door behind it comes last.
func (s *site) acts(thing func(path string) string, people ...dbtest.Person) (found []act) {
	s.t.Helper()
	seen := map[string]bool{}
	for _, who := range people {
		browser := s.window(who)
		for _, page := range append(pages(thing), s.links(thing, who)...) {
			if strings.HasPrefix(page, "/dev/") {
				continue
			}
			for _, form := range browser.Visit(page).Forms() {
				for _, a := range sendings(who, page, form) {
					key := who.Email + routeOf(a.action) + strings.Join(slices.Sorted(maps.Keys(a.body)), ",") + a.press.Value
					if form.Method == "POST" && !seen[key] {
						seen[key] = true
						found = append(found, a)
					}
				}
			}
		}
	}
	slices.SortStableFunc(found, func(a, b act) int { return weight(a.action) - weight(b.action) })
	return found
}

var ends = regexp.MustCompile(`/(sign-out|sign-in|registration|closure|password|email|second-factor|removal|cancellation|archive|dissolution|reversal|rejection|disqualification|shipment|results|release|reopening|recall|withdrawal)$`)

func weight(action string) int {
	path, _, _ := strings.Cut(action, "?")
	return map[bool]int{true: 1}[ends.MatchString(path)]
}

// routeOf is the row of the table that takes a form.
func routeOf(action string) string {
	path, _, _ := strings.Cut(action, "?")
	for _, row := range posts() {
		if row.MatchString(path) {
			return row.String()
		}
	}
	return path
}

var posts = sync.OnceValue(func() (rows []*regexp.Regexp) {
	for _, route := range handlers.Routes() {
		if route.Method == "POST" {
			rows = append(rows, regexp.MustCompile("^"+parameter.ReplaceAllString(route.Path, "[^/]+")+"$"))
		}
	}
	return rows
})

// sendings are the ways to send one form.
func sendings(who dbtest.Person, page string, form webtest.Form) (found []act) {
	if len(form.Presses) < len(form.Buttons) || len(form.Buttons) == 0 {
		found = append(found, act{who, page, form.Action, form.Entries, webtest.Press{}, form.Fields})
	}
	for _, press := range form.Presses {
		body, action := url.Values{}, form.Action
		for name, values := range form.Entries {
			body[name] = slices.Clone(values)
		}
		body.Add(press.Name, press.Value)
		if press.Action != "" {
			action = press.Action
		}
		found = append(found, act{who, page, action, body, press, form.Fields})
	}
	return found
}

// sendAll sends each form as it stands on its page by now, if it still does, and says how it was answered.
func (s *site) sendAll(acts []act, body func(act) (query, form url.Values), header http.Header, look func(act, *webtest.Response)) (statuses []int) {
	browsers := map[string]*webtest.Browser{}
	for i, a := range acts {
		if browsers[a.by.Email] == nil {
			browsers[a.by.Email] = s.window(a.by)
		}
		browser := browsers[a.by.Email]
		now, there := a.now(browser)
		if !there {
			statuses = append(statuses, 0)
			continue
		}
		query, form := body(now)
		if form.Has("key") { // of the form that was drawn: the same for all
			form.Set("key", fmt.Sprintf("SWEEP%sA", strings.NewReplacer("0", "G", "1", "H", "8", "I", "9", "J").Replace(fmt.Sprintf("%020d", i))))
		}
		address, _ := url.Parse(now.action)
		for name, values := range address.Query() {
			query[name] = values
		}
		address.RawQuery = query.Encode()
		got := browser.Do("POST", address.String(), form.Encode(), header)
		if statuses = append(statuses, got.Status); look != nil {
			look(now, got)
		}
		if strings.HasSuffix(a.action, "/sign-out") || a.by.Email == "" {
			delete(browsers, a.by.Email)
		}
	}
	return statuses
}

// rows are the contents of all tables, a line for each row, without the columns named.
func rows(t *testing.T, world *dbtest.World, but ...string) map[string][]string {
	t.Helper()
	ctx := context.Background()
	tables, err := world.Pool.Query(ctx, `SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`)
	if err != nil {
		t.Fatal(err)
	}
	names, err := pgx.CollectRows(tables, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	found := map[string][]string{}
	for _, name := range names {
		var left []string
		for _, column := range but {
			if table, column, _ := strings.Cut(column, "."); table == name || table == "*" {
				left = append(left, column)
			}
		}
		lines, err := world.Pool.Query(ctx, fmt.Sprintf(`SELECT (to_jsonb(t) - coalesce($1::text[], ARRAY[]::text[]))::text FROM %q t ORDER BY 1`, name), left)
		if err != nil {
			t.Fatal(err)
		}
		if found[name], err = pgx.CollectRows(lines, pgx.RowTo[string]); err != nil {
			t.Fatal(err)
		}
	}
	return found
}

// differ says where two worlds are not the same.
func differ(before, after map[string][]string) (found []string) {
	for _, table := range slices.Sorted(maps.Keys(after)) {
		for _, row := range only(after[table], before[table]) {
			found = append(found, "+ "+table+" "+row)
		}
		for _, row := range only(before[table], after[table]) {
			found = append(found, "- "+table+" "+row)
		}
	}
	return found
}

func only(rows, others []string) (found []string) {
	there := map[string]int{}
	for _, row := range others {
		there[row]++
	}
	for _, row := range rows {
		if there[row]--; there[row] < 0 {
			found = append(found, row)
		}
	}
	return found
}

// links are where the pages of a person lead.
func (s *site) links(thing func(path string) string, who dbtest.Person) (found []string) {
	s.t.Helper()
	browser := s.window(who)
	seen := map[string]bool{}
	for _, page := range pages(thing) {
		for _, link := range browser.Visit(page).Links() {
			if !seen[link] && !strings.HasPrefix(link, "/assets/") {
				seen[link] = true
				found = append(found, link)
			}
		}
	}
	return found
}

type quiet struct{ testing.TB }

func (quiet) Errorf(string, ...any) {}

// has reports whether the form itself has a field.
func (a act) has(name string) bool {
	return slices.ContainsFunc(a.fields, func(f webtest.Field) bool { return f.Name == name })
}

// now is the same form as its page shows it by now.
func (a act) now(browser *webtest.Browser) (act, bool) {
	for _, form := range browser.Visit(a.page).Forms() {
		for _, other := range sendings(a.by, a.page, form) {
			if form.Method == "POST" && other.action == a.action && other.press == a.press {
				return other, true
			}
		}
	}
	return a, false
}

// filled is a form as somebody sends it who fills in everything and means well.
func filled(a act) url.Values {
	body := url.Values{}
	for name, values := range a.body {
		body[name] = slices.Clone(values)
	}
	for _, f := range a.fields {
		switch {
		case body.Get(f.Name) != "" || f.Kind == "file":
		case f.Kind == "checkbox":
			body[f.Name] = f.Values
		case f.Kind == "radio":
			body.Set(f.Name, f.Values[0])
		case f.Kind == "select": // as it stands
		default:
			body.Set(f.Name, sensible[f.Name[strings.LastIndex(f.Name, ".")+1:]])
		}
	}
	return body
}

// sensible is what people type into fields of these names.
var sensible = map[string]string{
	"amount": "10", "answer": "Это про перемены", "article": "A-1", "body": "Снилась река", "city": "Москва", "closing": "Спасибо.", "code": "000000", "comment": "Как можно скорее", "commission": "5",
	"company": "Лес", "current": dbtest.Password, "email": "new@example.test", "expected": "2026-03-09", "flat": "7", "house": "12",
	"identifier": "vera@example.test", "label": "Дача", "latin_name": "ORLOVA VERA", "name": "Вера", "note": "Упакуйте", "number": "10001",
	"numbers": "RA123456785RU", "opening": "Здравствуйте!", "options": "синий", "password": "zelenaya-lodka-77", "patronymic": "Ивановна",
	"payer": "VERA ORLOVA", "phone": "+7 903 123-45-67", "postal_code": "119002", "price": "12,50", "quantity": "1", "reason": "Так надо",
	"reference": "10001", "region": "Москва", "shop": "bergzeit.de", "shop_order": "BZ-1", "staff_note": "Проверено", "street": "ул. Арбат",
	"subject": "Вопрос", "surname": "Орлова", "text": "Когда приедет?", "title": "Книга", "tracking": "JJD000390007", "url": "https://www.bergzeit.de/p/x/",
	"teaser": "Прогулка по переулкам", "points": "120", "slug": "progulka", "at": "2026-03-20T10:00", "passage": dbtest.Passage, "tags": "река, лодка",
	"starts_at": "2026-03-01T10:00", "ends_at": "2026-03-20T10:00", "rules": "Пишите просто", "criteria": "Сюжет", "each": "1", "goods": "Кружка", "score": "8",
	"shown_as": "Зимняя сова",
	"weight":   "1,2", "length": "30", "width": "20", "height": "10",
	"name_ru": "Акции", "name_en": "Offers", "about_ru": "Скидки", "about_en": "Less to pay", "rest_hours": "24",
	"month": "2026-03", "issues": "6", "about": "Лес и река",
}
