package db_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"cabinet/db"
	"cabinet/db/dbtest"
)

// entry is what somebody with this address enters.
func entry(email string) db.Registration {
	return db.Registration{Email: email, Password: dbtest.Password, Consent: "on"}
}

func opened(t *testing.T, w *dbtest.World, entered db.Registration) db.Account {
	t.Helper()
	account, err := w.Register(t.Context(), entered, db.Russian, "10.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	return account
}

// signedIn is an account in a browser.
func signedIn(t *testing.T, w *dbtest.World, account db.Account) db.Visitor {
	t.Helper()
	secret, err := w.OpenSession(t.Context(), account.ID, "test", "10.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	return recognised(t, w, secret)
}

func recognised(t *testing.T, w *dbtest.World, secret string) db.Visitor {
	t.Helper()
	visitor, err := w.Recognise(t.Context(), secret)
	if err != nil {
		t.Fatal(err)
	}
	return visitor
}

// outbox are the kinds and addresses of all mails, the oldest first.
func outbox(t *testing.T, w *dbtest.World) (all []string) {
	t.Helper()
	mails, err := w.Mails(t.Context(), 1<<62, 500)
	if err != nil {
		t.Fatal(err)
	}
	for _, mail := range slices.Backward(mails) {
		all = append(all, string(mail.Kind)+" "+mail.Address)
	}
	return all
}

// secret is what the newest mail of a kind lets its reader do: the link's part, and the six digits.
func secret(t *testing.T, w *dbtest.World, kind db.MailKind) (link, code string) {
	t.Helper()
	mails, err := w.Mails(t.Context(), 1<<62, 500)
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(mails, func(m db.Mail) bool { return m.Kind == kind })
	if at < 0 {
		t.Fatalf("no %s among %v", kind, outbox(t, w))
	}
	link, code, _ = strings.Cut(mails[at].Secret, " ")
	return link, code
}

func proved(t *testing.T, w *dbtest.World) db.Account {
	t.Helper()
	link, _ := secret(t, w, db.MailVerify)
	account, err := w.ProveEmail(t.Context(), link)
	if err != nil {
		t.Fatal(err)
	}
	return account
}

// waits wants to be told to wait so long.
func waits(t *testing.T, err error, want time.Duration) {
	t.Helper()
	if wait, ok := errors.AsType[db.Wait](err); !ok || wait.For.Round(time.Second) != want {
		t.Errorf("got %v, want to wait %s", err, want)
	}
}

func TestRegister(t *testing.T) {
	t.Parallel()
	ctx := t.Context()

	t.Run("A01 B02 a cabinet is open at once, and the mail is on its way with it", func(t *testing.T) {
		w := dbtest.Open(t)
		lena := opened(t, w, entry("lena@example.test"))
		if lena.Status != db.AccountUnverified || lena.Verified() || lena.Label() != "lena@example.test" {
			t.Errorf("got %+v", lena)
		}
		if got := outbox(t, w); !slices.Equal(got, []string{"mail-01 lena@example.test"}) {
			t.Errorf("mailed %v", got)
		}
		if n := count(t, w, "SELECT count(*) FROM river_job WHERE kind = 'send_mail' AND state IN ('available', 'scheduled')"); n != 1 {
			t.Errorf("%d jobs", n)
		}
	})
	t.Run("A01 whoever registers somebody's address learns nothing, and its owner is told", func(t *testing.T) {
		w := dbtest.Open(t)
		vera := w.Person(t, dbtest.Vera)
		stranger := opened(t, w, entry("VERA@example.test"))
		if stranger.ID == vera.ID || stranger.Verified() {
			t.Errorf("got %+v", stranger)
		}
		if got := outbox(t, w); !slices.Equal(got, []string{"mail-03 vera@example.test"}) {
			t.Errorf("mailed %v", got)
		}
	})
	t.Run("A01 of several cabinets the first proof wins", func(t *testing.T) {
		w := dbtest.Open(t)
		opened(t, w, entry("lena@example.test"))
		link, _ := secret(t, w, db.MailVerify)
		opened(t, w, entry("lena@example.test"))
		second := proved(t, w)
		if _, err := w.ProveEmail(ctx, link); !errors.Is(err, db.Refusal("accounts.email_taken")) {
			t.Errorf("the first cabinet: %v", err)
		}
		if got, err := w.ProvedAccount(ctx, "lena@example.test"); err != nil || got.ID != second.ID {
			t.Errorf("the owner is %d, %v", got.ID, err)
		}
	})
	t.Run("A13 a login is anybody's once, whatever its capitals", func(t *testing.T) {
		w := dbtest.Open(t)
		first, second := entry("lena@example.test"), entry("olya@example.test")
		first.Login, second.Login = "Лена.87", "лЕНА.87"
		opened(t, w, first)
		_, err := w.Register(ctx, second, db.Russian, "10.0.0.1")
		wrong(t, err, "login", "accounts.login_taken")
		if account, err := w.SignIn(ctx, db.SignIn{Identifier: "ЛЕНА.87", Password: dbtest.Password}, "10.0.0.1"); err != nil || account.Login != "Лена.87" {
			t.Errorf("got %+v, %v", account, err)
		}
	})
	t.Run("A11 what is wrong is said field by field, and nothing is opened", func(t *testing.T) {
		w := dbtest.Open(t)
		for name, bad := range map[string]struct {
			spoil func(*db.Registration)
			field string
			key   string
		}{
			"no address":                        {func(f *db.Registration) { f.Email = "" }, "email", "accounts.email_wrong"},
			"no domain":                         {func(f *db.Registration) { f.Email = "lena@localhost" }, "email", "accounts.email_wrong"},
			"two addresses":                     {func(f *db.Registration) { f.Email = "a@b.example, c@d.example" }, "email", "accounts.email_wrong"},
			"a name before it":                  {func(f *db.Registration) { f.Email = "Lena <lena@example.test>" }, "email", "accounts.email_wrong"},
			"a line end in it":                  {func(f *db.Registration) { f.Email = "lena@example.test\r\nBcc: x@example.test" }, "email", "accounts.email_wrong"},
			"no text":                           {func(f *db.Registration) { f.Email = "lena\x00@example.test" }, "email", "accounts.email_wrong"},
			"A13 a login that is an address":    {func(f *db.Registration) { f.Login = "vera@example.test" }, "login", "accounts.login_wrong"},
			"A13 a short login":                 {func(f *db.Registration) { f.Login = "ле" }, "login", "accounts.login_wrong"},
			"A13 a long login":                  {func(f *db.Registration) { f.Login = strings.Repeat("л", 33) }, "login", "accounts.login_wrong"},
			"A13 a login with a tag":            {func(f *db.Registration) { f.Login = "<b>lena" }, "login", "accounts.login_wrong"},
			"A15 a short password":              {func(f *db.Registration) { f.Password = "h7-Qx9b" }, "password", "accounts.password_short"},
			"A15 a password with the address":   {func(f *db.Registration) { f.Password = "Lena.Petrova-1" }, "password", "accounts.password_like_name"},
			"A15 a password everybody has":      {func(f *db.Registration) { f.Password = "password1" }, "password", "accounts.password_common"},
			"A15 a Russian one that they have":  {func(f *db.Registration) { f.Password = "пароль123" }, "password", "accounts.password_common"},
			"A11 no consent":                    {func(f *db.Registration) { f.Consent = "" }, "consent", "accounts.consent_required"},
			"a password of a thousand and more": {func(f *db.Registration) { f.Password = strings.Repeat("ж5Q", 400) }, "password", "accounts.password_long"},
		} {
			entered := entry("lena.petrova@example.test")
			bad.spoil(&entered)
			_, err := w.Register(ctx, entered, db.Russian, "10.0.0.1")
			if problems, ok := errors.AsType[db.Problems](err); !ok || len(problems) != 1 || problems[bad.field] != bad.key {
				t.Errorf("%s: got %#v", name, err)
			}
		}
		if n := count(t, w, "SELECT count(*) FROM accounts"); n != 0 {
			t.Errorf("%d accounts", n)
		}
	})
	t.Run("A15 any characters will do", func(t *testing.T) {
		w := dbtest.Open(t)
		for i, password := range []string{"съешь ещё этих мягких", "🐄🐄 летит 17", strings.Repeat("x9-Ю", 16), " с пробелами по краям "} {
			entered := entry(fmt.Sprintf("lena%d@example.test", i))
			entered.Password = password
			opened(t, w, entered)
			if _, err := w.SignIn(ctx, db.SignIn{Identifier: entered.Email, Password: password}, "10.0.0.1"); err != nil {
				t.Errorf("%q: %v", password, err)
			}
		}
	})
	t.Run("A01 a form that is sent ten times opens one cabinet", func(t *testing.T) {
		w := dbtest.Open(t)
		entered := entry("lena@example.test")
		entered.Login, entered.Key = "lena87", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
		var ids [10]db.AccountID
		var group sync.WaitGroup
		for i := range ids {
			group.Go(func() {
				account, err := w.Register(ctx, entered, db.Russian, "10.0.0.1")
				if err != nil {
					t.Error(err)
				}
				ids[i] = account.ID
			})
		}
		group.Wait()
		if got := slices.Compact(ids[:]); len(got) != 1 || len(outbox(t, w)) != 1 {
			t.Errorf("opened %v, mailed %v", got, outbox(t, w))
		}
		entered.Email, entered.Login = "olya@example.test", ""
		if other := opened(t, w, entered); other.ID == ids[0] {
			t.Error("another address got the same cabinet")
		}
	})
	t.Run("A16 nobody's letterbox is flooded", func(t *testing.T) {
		w := dbtest.Open(t)
		for i := range 12 {
			if _, err := w.Register(ctx, entry("lena@example.test"), db.Russian, fmt.Sprintf("10.0.1.%d", i)); err != nil {
				t.Fatal(err)
			}
		}
		if got := outbox(t, w); len(got) != 10 {
			t.Errorf("%d mails", len(got))
		}
	})
	t.Run("A16 one place does not open cabinets by the hundred", func(t *testing.T) {
		w := dbtest.Open(t)
		for i := range 20 {
			opened(t, w, entry(fmt.Sprintf("p%d@example.test", i)))
		}
		_, err := w.Register(ctx, entry("p21@example.test"), db.Russian, "10.0.0.1")
		waits(t, err, 3*time.Minute)
		w.Clock.Pass(3 * time.Minute)
		opened(t, w, entry("p21@example.test"))
	})
	t.Run("A01 an unproved cabinet without orders goes after thirty days", func(t *testing.T) {
		w := dbtest.Open(t)
		vera := w.Person(t, dbtest.Vera)
		lena := signedIn(t, w, opened(t, w, entry("lena@example.test")))
		added(t, w, lena, home())
		w.Clock.Pass(29 * 24 * time.Hour)
		olya := opened(t, w, entry("olya@example.test"))
		for day := range 2 {
			if err := w.SweepUnproved(ctx); err != nil {
				t.Fatal(err)
			}
			if got, want := count(t, w, "SELECT count(*) FROM accounts"), 3-day; got != want {
				t.Errorf("%d accounts on day %d, want %d", got, 29+day, want)
			}
			w.Clock.Pass(25 * time.Hour)
		}
		for _, id := range []db.AccountID{vera.ID, olya.ID} {
			if _, err := w.AccountByID(ctx, id); err != nil {
				t.Error(err)
			}
		}
	})
	t.Run("A01 one with an order stays", func(t *testing.T) {
		w := dbtest.Open(t)
		lena := signedIn(t, w, opened(t, w, entry("lena@example.test")))
		w.PlacedOrder(t, lena, dbtest.Boots)
		w.Clock.Pass(60 * 24 * time.Hour)
		if err := w.SweepUnproved(ctx); err != nil {
			t.Fatal(err)
		}
		if _, err := w.AccountByID(ctx, lena.ID); err != nil {
			t.Error(err)
		}
	})
}

func TestSignIn(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	enter := func(w *dbtest.World, identifier, password string) (db.Account, error) {
		return w.SignIn(ctx, db.SignIn{Identifier: identifier, Password: password}, "10.0.0.1")
	}

	t.Run("A14 by address or by login, whatever the capitals", func(t *testing.T) {
		w := dbtest.Open(t)
		entered := entry("lena@example.test")
		entered.Login = "Lena87"
		lena := opened(t, w, entered)
		for _, identifier := range []string{"lena@example.test", " LENA@Example.test ", "Lena87", "LENA87"} {
			if account, err := enter(w, identifier, dbtest.Password); err != nil || account.ID != lena.ID {
				t.Errorf("%q: %+v, %v", identifier, account, err)
			}
		}
	})
	t.Run("A01 the password decides among unproved cabinets, and the proof ends that", func(t *testing.T) {
		w := dbtest.Open(t)
		first, second := entry("lena@example.test"), entry("Lena@example.test")
		second.Password = "другой-пароль-31"
		one := opened(t, w, first)
		two := opened(t, w, second)
		for password, want := range map[string]db.AccountID{first.Password: one.ID, second.Password: two.ID} {
			if account, err := enter(w, "lena@example.test", password); err != nil || account.ID != want {
				t.Errorf("got %d, %v, want %d", account.ID, err, want)
			}
		}
		if owner := proved(t, w); owner.ID != two.ID {
			t.Fatalf("proved %d", owner.ID)
		}
		_, err := enter(w, "lena@example.test", first.Password)
		wrong(t, err, "password", "accounts.wrong_password")
		if account, err := enter(w, "lena@example.test", second.Password); err != nil || account.ID != two.ID {
			t.Errorf("got %d, %v", account.ID, err)
		}
	})
	t.Run("A03 a wrong login and a wrong password read the same", func(t *testing.T) {
		w := dbtest.Open(t)
		w.Person(t, dbtest.Vera)
		for _, identifier := range []string{dbtest.Vera.Email, "nobody@example.test", "nobody", "\x00\xff'; DROP TABLE accounts; --", strings.Repeat("ы", 9000)} {
			_, err := enter(w, identifier, "не тот пароль")
			wrong(t, err, "password", "accounts.wrong_password")
		}
		_, err := enter(w, "", dbtest.Password)
		wrong(t, err, "identifier", "accounts.identifier_required")
		_, err = enter(w, dbtest.Vera.Email, "")
		wrong(t, err, "password", "accounts.password_required")
	})
	t.Run("A03 a blocked account says so only to its owner", func(t *testing.T) {
		w := dbtest.Open(t)
		vera := w.Person(t, dbtest.Vera)
		if _, err := w.Pool.Exec(ctx, "UPDATE accounts SET status = 'blocked' WHERE id = $1", vera.ID); err != nil {
			t.Fatal(err)
		}
		_, err := enter(w, vera.Email, "не тот пароль")
		wrong(t, err, "password", "accounts.wrong_password")
		_, err = enter(w, vera.Email, dbtest.Password)
		refused(t, err, "accounts.blocked")
	})
	t.Run("A16 each failure past the fifth doubles the delay, known or not, and success forgives", func(t *testing.T) {
		w := dbtest.Open(t)
		w.Person(t, dbtest.Vera)
		for _, identifier := range []string{dbtest.Vera.Email, "nobody@example.test"} {
			for range 5 {
				_, err := enter(w, identifier, "не тот пароль")
				wrong(t, err, "password", "accounts.wrong_password")
			}
			for _, delay := range []time.Duration{15 * time.Second, 30 * time.Second, time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute, 15 * time.Minute, 15 * time.Minute} {
				_, err := enter(w, identifier, dbtest.Password)
				waits(t, err, delay)
				w.Clock.Pass(delay)
				_, err = enter(w, identifier, "не тот пароль")
				wrong(t, err, "password", "accounts.wrong_password")
			}
		}
		w.Clock.Pass(15 * time.Minute)
		if _, err := enter(w, dbtest.Vera.Email, dbtest.Password); err != nil {
			t.Fatal(err)
		}
		_, err := enter(w, dbtest.Vera.Email, "не тот пароль")
		wrong(t, err, "password", "accounts.wrong_password")
	})
	t.Run("A16 the owner is told that somebody is guessing, once", func(t *testing.T) {
		w := dbtest.Open(t)
		w.Person(t, dbtest.Vera)
		for range 14 {
			enter(w, dbtest.Vera.Email, "не тот пароль")
			w.Clock.Pass(15 * time.Minute)
		}
		if got := outbox(t, w); !slices.Equal(got, []string{"mail-29 " + dbtest.Vera.Email}) {
			t.Errorf("mailed %v", got)
		}
	})
	t.Run("A16 three hundred guesses at once count exactly", func(t *testing.T) {
		w := dbtest.Open(t)
		w.Person(t, dbtest.Vera)
		var guessed, waited atomic.Int64
		var group sync.WaitGroup
		for i := range 300 {
			group.Go(func() {
				_, err := w.SignIn(ctx, db.SignIn{Identifier: dbtest.Vera.Email, Password: "не тот пароль"}, fmt.Sprintf("10.1.%d.%d", i/250, i%250))
				if _, ok := errors.AsType[db.Problems](err); ok {
					guessed.Add(1)
				} else if _, ok := errors.AsType[db.Wait](err); ok {
					waited.Add(1)
				} else {
					t.Error(err)
				}
			})
		}
		group.Wait()
		if guessed.Load() != 5 || waited.Load() != 295 {
			t.Errorf("%d guesses, %d had to wait", guessed.Load(), waited.Load())
		}
	})
	t.Run("A16 one place guesses at no more than sixty accounts in a row", func(t *testing.T) {
		w := dbtest.Open(t)
		for i := range 60 {
			_, err := enter(w, fmt.Sprintf("p%d@example.test", i), "x")
			wrong(t, err, "password", "accounts.wrong_password")
		}
		_, err := enter(w, "p61@example.test", "x")
		waits(t, err, 10*time.Second)
		if _, err := w.SignIn(ctx, db.SignIn{Identifier: "p61@example.test", Password: "x"}, "10.0.0.2"); err == nil {
			t.Error("let in")
		} else {
			wrong(t, err, "password", "accounts.wrong_password")
		}
	})
}

// TestEqualWork stands alone, without t.Parallel: it counts what the whole process does.
func TestEqualWork(t *testing.T) {
	ctx := t.Context()
	w := dbtest.Open(t)
	w.Person(t, dbtest.Vera)
	lena := signedIn(t, w, opened(t, w, entry("lena@example.test")))
	stranger := signedIn(t, w, opened(t, w, entry(dbtest.Vera.Email)))
	w.Clock.Pass(time.Hour)
	work := func(do func() error) int64 {
		count, end := db.CountStretching()
		defer end()
		do()
		return count.Load()
	}
	signIn := func(identifier, password string) func() error {
		return func() error {
			_, err := w.SignIn(ctx, db.SignIn{Identifier: identifier, Password: password}, "10.0.0.3")
			return err
		}
	}
	register := func(email string) func() error {
		return func() error { _, err := w.Register(ctx, entry(email), db.Russian, "10.0.0.3"); return err }
	}
	for name, acts := range map[string]struct {
		want int64
		acts []func() error
	}{
		"A03 signing in":      {1, []func() error{signIn(dbtest.Vera.Email, "мимо-мимо"), signIn(dbtest.Vera.Email, dbtest.Password), signIn("lena@example.test", "мимо"), signIn("nobody@example.test", "мимо"), signIn("nobody", "мимо")}},
		"A01 registering":     {1, []func() error{register(dbtest.Vera.Email), register("lena@example.test"), register("new@example.test")}},
		"A18 recovering":      {0, []func() error{func() error { return w.AskForRecovery(ctx, dbtest.Vera.Email, "10.0.0.3") }, func() error { return w.AskForRecovery(ctx, "nobody", "10.0.0.3") }}},
		"B09 asking for mail": {0, []func() error{func() error { return w.AskForProof(ctx, lena.Account) }, func() error { return w.AskForProof(ctx, stranger.Account) }}},
	} {
		t.Run(name, func(t *testing.T) {
			for i, act := range acts.acts {
				if got := work(act); got != acts.want {
					t.Errorf("act %d stretches %d passwords, want %d", i, got, acts.want)
				}
			}
		})
	}
	t.Run("A18 asking for recovery writes the same rows, known or not", func(t *testing.T) {
		rows := func() int {
			return count(t, w, "SELECT (SELECT count(*) FROM mails) + (SELECT count(*) FROM tokens) + (SELECT count(*) FROM river_job)")
		}
		var written []int
		for _, identifier := range []string{dbtest.Vera.Email, "nobody@example.test"} {
			before := rows()
			if err := w.AskForRecovery(ctx, identifier, "10.0.0.3"); err != nil {
				t.Fatal(err)
			}
			written = append(written, rows()-before)
		}
		if written[0] != written[1] || written[0] != 1 {
			t.Errorf("wrote %v", written)
		}
	})
}
