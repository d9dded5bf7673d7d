package handlers_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"cabinet/db"
	"cabinet/db/dbtest"
	"cabinet/handlers"
	"cabinet/handlers/webtest"
)

// TestDoors tries the ways in: they say the same to those we know and to those we do not, open once, count
// exactly, stay shut behind those who left, and let no secret out. That they take the same work is counted
// in db, where the passwords are stretched.
func TestDoors(t *testing.T) {
	t.Parallel()
	site := open(t)
	vera := site.Account(dbtest.Vera)
	register(site.Guest(), "lena@example.test") // a cabinet whose address nobody proved
	site.Clock.Pass(time.Hour)
	post := func(browser *webtest.Browser, path string, fields ...string) *webtest.Response {
		form := url.Values{}
		for i := 0; i < len(fields); i += 2 {
			form.Set(fields[i], fields[i+1])
		}
		return browser.Do("POST", path, form.Encode(), nil)
	}

	t.Run("A01 A03 A18 B09 the known, the unproved and the unknown get the same answers", func(t *testing.T) {
		walk := func(email string) (answers []string) {
			guest := site.Guest().With(t)
			say := func(r *webtest.Response) { answers = append(answers, alike(r, email)) }
			say(post(guest, "/sign-in", "identifier", email, "password", "не тот пароль"))
			say(post(guest, "/recovery", "identifier", email))
			say(guest.Do("GET", "/recovery?identifier="+url.QueryEscape(email), "", nil))
			say(post(guest, "/registration/email", "email", email))
			say(post(guest, "/registration", "email", email, "password", "коротко", "consent", "on"))
			say(post(guest, "/registration", "email", email, "password", "kanareyka-odin-1", "consent", "on"))
			for _, page := range []string{"/", "/registration/address", "/settings", "/settings/email", "/settings/profile", "/settings/data", "/verification", "/verification/banner", "/orders", "/tickets"} {
				say(guest.Do("GET", page, "", nil))
			}
			site.Clock.Pass(2 * time.Minute)
			say(post(guest, "/verification/mails"))
			say(post(guest, "/verification/mails"))
			say(post(guest, "/verification", "code", "000000"))
			return answers
		}
		unknown := walk("unknown@example.test")
		for _, email := range []string{dbtest.Vera.Email, "lena@example.test"} {
			for i, got := range walk(email) {
				if got != unknown[i] {
					t.Errorf("answer %d to %s:\n%s\nis not that to nobody:\n%s", i, email, got, unknown[i])
				}
			}
		}
	})

	t.Run("A18 B04 B10 a link opens once, however many come at once", func(t *testing.T) {
		site.Clock.Pass(time.Hour)
		post(site.Guest().With(t), "/recovery", "identifier", dbtest.Vera.Email)
		site.Work()
		recovery := site.link(db.MailRecovery)
		boris := site.As(dbtest.Boris).With(t)
		post(boris, "/settings/email", "email", "boris@new.example.test", "password", dbtest.Password).Wants(303)
		undo, confirm := "/email/undo?token="+site.secretOf(t, "/email/undo"), "/email/confirmation?token="+site.secretOf(t, "/email/confirmation")
		newcomer := register(site.Guest().With(t), "ira@example.test")
		proof := "/verification?token=" + site.secretOf(t, "/verification")
		for _, link := range []string{proof, confirm, undo, recovery} {
			path, token, _ := strings.Cut(link, "?token=")
			answers := atOnce(50, func(i int) *webtest.Response {
				return post(site.Guest().With(t), path, "token", token, "password", fmt.Sprintf("kanareyka-v-okne-%02d", i))
			})
			opened := 0
			for _, got := range answers {
				if got.Status >= 500 {
					t.Errorf("%s: %d", path, got.Status)
				}
				if len(got.Cookies()) > 0 || got.Status == 303 {
					opened++
				}
			}
			var used int
			if err := site.Pool.QueryRow(t.Context(), "SELECT count(*) FROM tokens WHERE used_at IS NOT NULL AND hash = sha256($1::bytea)", token).Scan(&used); err != nil || used != 1 {
				t.Errorf("%s was used %d times, %v", path, used, err)
			}
			if path == "/recovery/link" && opened != 1 {
				t.Errorf("%d of fifty came in by one link", opened)
			}
		}
		newcomer.Visit("/").Wants(200)
		var mails int
		if err := site.Pool.QueryRow(t.Context(), "SELECT count(*) FROM mails WHERE kind = 'mail-05' AND account_id = $1", vera.ID).Scan(&mails); err != nil || mails != 1 {
			t.Errorf("she was told %d times that her password is another, %v", mails, err)
		}
	})

	t.Run("A16 guesses are counted exactly, in whatever process they come", func(t *testing.T) {
		hops := func(c *handlers.Config) { c.Hops = 1 }
		doors := []*webtest.Browser{openIn(t, site.World, hops).Guest().With(t), openIn(t, site.World, hops).Guest().With(t)}
		statuses := map[int]int{}
		for _, got := range atOnce(300, func(i int) *webtest.Response {
			form := url.Values{"identifier": {dbtest.Petr.Email}, "password": {"не тот пароль"}}
			return doors[i%2].Do("POST", "/sign-in", form.Encode(), http.Header{"X-Forwarded-For": {fmt.Sprintf("10.1.%d.%d", i/250, i%250)}})
		}) {
			statuses[got.Status]++
		}
		if statuses[422] != 5 || statuses[429] != 295 {
			t.Errorf("%v", statuses)
		}
	})

	t.Run("A16 an old cookie opens nothing after signing out, a new password or a new role", func(t *testing.T) {
		dead := func(cookie, after string) {
			t.Helper()
			for _, page := range []string{"/settings", "/orders", "/live", "/staff"} {
				if got := site.Guest().With(t).Holds("sid", cookie).Do("GET", page, "", nil); got.Status != 303 || !strings.HasPrefix(got.Header("Location"), "/sign-in") {
					t.Errorf("after %s %s says %d %s", after, page, got.Status, got.Header("Location"))
				}
			}
		}
		sveta := site.As(dbtest.Sveta).With(t)
		other, first := site.cookie(dbtest.Sveta), sveta.Cookie("sid")
		post(sveta, "/settings/password", "current", dbtest.Password, "password", "zelenaya-lodka-77").Wants(303)
		dead(first, "a new password")
		dead(other, "a new password")
		second := sveta.Cookie("sid")
		sveta.Do("GET", "/settings", "", nil).Wants(200)
		post(sveta, "/sign-out").Wants(303)
		dead(second, "signing out")
		nina := site.cookie(dbtest.Nina)
		if _, err := site.AddStaff(t.Context(), dbtest.Nina.Email, dbtest.Nina.Name, dbtest.Password, []db.Role{db.Editor}); err != nil {
			t.Fatal(err)
		}
		site.Guest().With(t).Holds("sid", nina).Do("GET", "/staff", "", nil).Wants(200) // nothing new
		if _, err := site.AddStaff(t.Context(), dbtest.Nina.Email, dbtest.Nina.Name, dbtest.Password, []db.Role{db.Admin}); err != nil {
			t.Fatal(err)
		}
		dead(nina, "a new role")
	})
}

// TestSecrets walks through all doors and looks for what was typed and mailed there: in the log, in the rows of
// the database, in the log of mails, and on the pages that say that something went wrong.
func TestSecrets(t *testing.T) {
	t.Parallel()
	world := dbtest.Open(t)
	settings := dbtest.Settings(world.Clock)
	settings.KeepSecrets = false // as in production
	strict, err := db.Open(world.Pool, settings)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(strict.Close)
	world = &dbtest.World{DB: strict, Pool: world.Pool, URL: world.URL, Clock: world.Clock}
	said := &written{}
	log := slog.New(slog.NewTextHandler(said, &slog.HandlerOptions{Level: slog.LevelDebug}))
	posted := &postman{}
	site := openIn(t, world, func(c *handlers.Config) { c.Log = log })
	site.sender, site.log = posted, log

	secrets := map[string]string{} // by what they are
	cookie := func(browser *webtest.Browser, when string) { secrets["the cookie "+when] = browser.Cookie("sid") }
	mailed := func(path string) (token string) {
		site.Work()
		for _, mail := range posted.mails {
			if _, rest, found := strings.Cut(mail.Text, path+"?token="); found {
				token = strings.Fields(rest)[0]
			}
		}
		if token == "" {
			t.Fatalf("no mail leads to %s", path)
		}
		secrets["the link "+path] = token
		return token
	}
	secrets["the first password"], secrets["a wrong password"] = "kanareyka-odin-1", "kanareyka-mimo-2"
	secrets["the second password"], secrets["the third password"] = "lastochka-dva-3", "sinitsa-tri-4"
	guest := site.Guest()
	guest.Visit("/registration").Fill("email", "lena@example.test").Fill("password", secrets["the first password"]).Check("Я согласен").Press("Зарегистрироваться")
	cookie(guest, "after registering")
	proof := mailed("/verification")
	guest.Visit("/verification?token=" + proof).Press("Подтвердить адрес")
	send := func(path string, form url.Values) *webtest.Response {
		return guest.Do("POST", path, form.Encode(), nil)
	}
	send("/sign-in", url.Values{"identifier": {"lena@example.test"}, "password": {secrets["a wrong password"]}})
	send("/settings/password", url.Values{"current": {secrets["the first password"]}, "password": {secrets["the second password"]}}).Wants(303)
	cookie(guest, "after a new password")
	send("/settings/email", url.Values{"email": {"lena@new.example.test"}, "password": {secrets["the second password"]}}).Wants(303)
	confirm, undo := mailed("/email/confirmation"), mailed("/email/undo")
	send("/recovery", url.Values{"identifier": {"lena@example.test"}})
	recovery := mailed("/recovery/link")
	send("/recovery/link", url.Values{"token": {recovery}, "password": {secrets["the third password"]}}).Wants(303)
	cookie(guest, "after recovering")
	visitor, err := site.Recognise(t.Context(), guest.Cookie("sid"))
	if err != nil {
		t.Fatal(err)
	}
	guest.Visit("/second-factor")
	key, err := site.OfferSecondFactor(visitor, "Кабинет")
	if err != nil {
		t.Fatal(err)
	}
	secrets["the key of the one-time codes"] = key.Secret
	send("/second-factor", url.Values{"code": {oneTimeCode(t, site, visitor)}}).Wants(303)
	cookie(guest, "after the code")
	send("/email/undo", url.Values{"token": {undo}})
	send("/email/confirmation", url.Values{"token": {confirm}})
	site.Work()

	var pages strings.Builder
	anna := site.As(dbtest.Anna).With(t)
	for _, page := range append(staffPages(), "/staff/mails?open=1", "/staff/jobs?group=completed") {
		pages.WriteString(anna.Do("GET", page, "", nil).Body)
	}
	var kept strings.Builder
	for table, lines := range rows(t, site.World) {
		kept.WriteString(table + " " + strings.Join(lines, "\n"))
	}
	for _, table := range []string{"tokens", "accounts", "limits"} { // and when the database fails in the middle
		if _, err := site.Pool.Exec(t.Context(), "ALTER TABLE "+table+" RENAME TO away"); err != nil {
			t.Fatal(err)
		}
		stranger := site.Guest().With(t)
		for _, r := range []*webtest.Response{
			stranger.Do("GET", "/verification?token="+proof, "", nil),
			stranger.Do("GET", "/recovery/link?token="+recovery, "", nil),
			stranger.Do("POST", "/recovery/link", url.Values{"token": {recovery}, "password": {secrets["the third password"]}}.Encode(), nil),
			stranger.Do("POST", "/sign-in", url.Values{"identifier": {"lena@example.test"}, "password": {secrets["the third password"]}}.Encode(), nil),
			stranger.Do("POST", "/registration", url.Values{"email": {"x@example.test"}, "password": {secrets["the third password"]}, "consent": {"on"}}.Encode(), nil),
			guest.Do("POST", "/settings/password", url.Values{"current": {secrets["the third password"]}, "password": {secrets["the first password"]}}.Encode(), nil),
		} {
			pages.WriteString(r.Body)
		}
		if _, err := site.Pool.Exec(t.Context(), "ALTER TABLE away RENAME TO "+table); err != nil {
			t.Fatal(err)
		}
	}
	if said.Len() == 0 || len(secrets) < 12 {
		t.Errorf("%d bytes of log and %d secrets, so this says little", said.Len(), len(secrets))
	}
	for where, text := range map[string]string{"the log": said.String(), "the database": kept.String(), "a page": pages.String()} {
		for what, secret := range secrets {
			hidden := where == "a page" && strings.HasPrefix(what, "the link") // the form of a link bears it itself, for its owner
			if secret == "" || !hidden && strings.Contains(text, secret) {
				t.Errorf("%s (%q) stands in %s", what, secret, where)
			}
		}
	}
}

// secretOf is what the newest link to a path has in it.
func (s *site) secretOf(t *testing.T, path string) (secret string) {
	t.Helper()
	err := s.Pool.QueryRow(t.Context(), `SELECT split_part(secret, ' ', 1) FROM mails WHERE letter->>'path' = $1 AND secret <> '' ORDER BY id DESC LIMIT 1`, path).Scan(&secret)
	if err != nil {
		t.Fatal(err)
	}
	return secret
}

// staffPages are those of the desk that need no number.
func staffPages() (found []string) {
	for _, route := range handlers.Routes() {
		if route.Method == "GET" && strings.HasPrefix(route.Path, "/staff") && !strings.Contains(route.Path, ":") {
			found = append(found, route.Path)
		}
	}
	for id := range 12 {
		found = append(found, fmt.Sprintf("/staff/mails/%d/body", id+1))
	}
	return found
}

// atOnce does something so many times at once.
func atOnce(times int, do func(i int) *webtest.Response) []*webtest.Response {
	answers := make([]*webtest.Response, times)
	var group sync.WaitGroup
	for i := range times {
		group.Go(func() { answers[i] = do(i) })
	}
	group.Wait()
	return answers
}

// alike is an answer without what is new every time, and without the address that was typed.
func alike(r *webtest.Response, email string) string {
	headers := maps.Clone(r.Headers())
	for _, name := range []string{"X-Request-Id", "Date", "Content-Length"} {
		delete(headers, name)
	}
	var cookies []string
	for _, cookie := range r.Cookies() {
		if cookie.Name == "sid" {
			cookie.Value, cookie.Expires = "x", time.Time{}
		}
		cookies = append(cookies, cookie.String())
	}
	headers["Set-Cookie"] = cookies
	body := strings.NewReplacer(url.QueryEscape(email), "…", email, "…").Replace(r.Body)
	return fmt.Sprintf("%d %v\n%s", r.Status, headers, chance.ReplaceAllString(body, "…"))
}

// chance are the keys of forms, and the numbers of accounts.
var chance = regexp.MustCompile(`since=\d+|value="[A-Z2-7]{20,40}"|\b1\d{3}(-\d)?\b`)

// written is a log that several write at once.
type written struct {
	sync.Mutex
	bytes.Buffer
}

func (w *written) Write(line []byte) (int, error) {
	w.Lock()
	defer w.Unlock()
	return w.Buffer.Write(line)
}
