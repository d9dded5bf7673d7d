package db_test

import (
	"errors"
	"testing"
	"time"

	"cabinet/db"
	"cabinet/db/dbtest"

	"github.com/pquerna/otp/totp"
)

func TestSessions(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	w := dbtest.Open(t)
	vera, boris := w.Person(t, dbtest.Vera), w.Person(t, dbtest.Boris)

	t.Run("A16 a session is seen, listed and closed one by one", func(t *testing.T) {
		phone := signedIn(t, w, vera.Account)
		w.Clock.Pass(time.Hour)
		if list, err := w.SessionsOf(ctx, vera.ID, w.Clock.Now()); err != nil || len(list) != 2 {
			t.Errorf("got %v, %v", list, err)
		}
		if err := w.CloseSession(ctx, boris, phone.Session.ID); err != nil {
			t.Fatal(err)
		}
		if n := count(t, w, "SELECT count(*) FROM sessions WHERE id = $1", phone.Session.ID); n != 1 {
			t.Error("a stranger closed it")
		}
		if err := w.CloseSession(ctx, vera, phone.Session.ID); err != nil {
			t.Fatal(err)
		}
		if n := count(t, w, "SELECT count(*) FROM sessions WHERE account_id = $1", vera.ID); n != 1 {
			t.Errorf("%d sessions", n)
		}
	})
	t.Run("A16 «Выйти везде» leaves this one", func(t *testing.T) {
		for range 3 {
			signedIn(t, w, vera.Account)
		}
		if err := w.CloseOtherSessions(ctx, vera); err != nil {
			t.Fatal(err)
		}
		if list, err := w.SessionsOf(ctx, vera.ID, w.Clock.Now()); err != nil || len(list) != 1 || list[0].ID != vera.Session.ID {
			t.Errorf("got %v, %v", list, err)
		}
	})
	t.Run("A16 a session ends after thirty days, and one of a blocked account at once", func(t *testing.T) {
		secret, err := w.OpenSession(ctx, boris.ID, "Mozilla/5.0 \xff\x00 нечто", "10.0.0.1")
		if err != nil {
			t.Fatal(err)
		}
		w.Clock.Pass(30*24*time.Hour - time.Minute)
		recognised(t, w, secret)
		if _, err := w.Pool.Exec(ctx, "UPDATE accounts SET status = 'blocked' WHERE id = $1", boris.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Recognise(ctx, secret); !errors.Is(err, db.ErrNotFound) {
			t.Errorf("blocked: %v", err)
		}
		if _, err := w.Pool.Exec(ctx, "UPDATE accounts SET status = 'active' WHERE id = $1", boris.ID); err != nil {
			t.Fatal(err)
		}
		w.Clock.Pass(2 * time.Minute)
		if _, err := w.Recognise(ctx, secret); !errors.Is(err, db.ErrNotFound) {
			t.Errorf("ended: %v", err)
		}
	})
}

// codeAt is what an app shows at the world's time.
func codeAt(t *testing.T, w *dbtest.World, key db.SecondFactorKey) string {
	t.Helper()
	code, err := totp.GenerateCode(key.Secret, w.Clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	return code
}

func offered(t *testing.T, w *dbtest.World, to db.Visitor) db.SecondFactorKey {
	t.Helper()
	key, err := w.OfferSecondFactor(to, "Кабинет")
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestSecondFactor(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	w := dbtest.Open(t)
	petr := w.Person(t, dbtest.Petr)

	t.Run("A16 the key is the same however often it is asked for, and another one in another session", func(t *testing.T) {
		first := offered(t, w, petr)
		if again := offered(t, w, petr); again != first {
			t.Error("it changed")
		}
		if offered(t, w, petr) == offered(t, w, signedIn(t, w, petr.Account)) {
			t.Error("it is the same elsewhere")
		}
		if !petr.NeedsSecondFactor(true) || petr.NeedsSecondFactor(false) {
			t.Error("staff need one where it is required, and only there")
		}
	})
	key := offered(t, w, petr)
	t.Run("A16 a wrong code changes nothing", func(t *testing.T) {
		_, err := w.PassSecondFactor(ctx, petr, "000000x")
		wrong(t, err, "code", "accounts.code_wrong")
		if account, err := w.AccountByID(ctx, petr.ID); err != nil || account.HasSecondFactor() {
			t.Errorf("got %+v, %v", account, err)
		}
	})
	t.Run("A16 the first code switches it on and renews the cookie", func(t *testing.T) {
		code := codeAt(t, w, key)
		secret, err := w.PassSecondFactor(ctx, petr, code[:3]+" "+code[3:])
		if err != nil {
			t.Fatal(err)
		}
		here := recognised(t, w, secret)
		if here.Session.ID != petr.Session.ID || !here.HasSecondFactor() || here.NeedsSecondFactor(true) {
			t.Errorf("got %+v", here)
		}
		petr = here
	})
	t.Run("A16 every other session needs a code now, each code once", func(t *testing.T) {
		elsewhere := signedIn(t, w, petr.Account)
		if !elsewhere.NeedsSecondFactor(false) {
			t.Error("it does not")
		}
		_, err := w.PassSecondFactor(ctx, elsewhere, codeAt(t, w, key))
		wrong(t, err, "code", "accounts.code_wrong")
		w.Clock.Pass(30 * time.Second)
		secret, err := w.PassSecondFactor(ctx, elsewhere, codeAt(t, w, key))
		if err != nil {
			t.Fatal(err)
		}
		if recognised(t, w, secret).NeedsSecondFactor(true) {
			t.Error("not let in")
		}
	})
	t.Run("A16 codes can not be guessed", func(t *testing.T) {
		elsewhere := signedIn(t, w, petr.Account)
		for range 5 {
			_, err := w.PassSecondFactor(ctx, elsewhere, "мимо")
			wrong(t, err, "code", "accounts.code_wrong")
		}
		w.Clock.Pass(time.Second)
		_, err := w.PassSecondFactor(ctx, elsewhere, codeAt(t, w, key))
		waits(t, err, 14*time.Second)
		w.Clock.Pass(time.Minute)
		if _, err := w.PassSecondFactor(ctx, elsewhere, codeAt(t, w, key)); err != nil {
			t.Error(err)
		}
	})
	t.Run("A16 the key is kept sealed", func(t *testing.T) {
		account, err := w.AccountByID(ctx, petr.ID)
		if err != nil || account.TotpSecret == "" || account.TotpSecret == key.Secret {
			t.Errorf("kept as %q, %v", account.TotpSecret, err)
		}
	})
	t.Run("A16 switching it off needs the password, and the next key is another one", func(t *testing.T) {
		wrong(t, w.RemoveSecondFactor(ctx, petr, "мимо"), "password", "accounts.wrong_current")
		if err := w.RemoveSecondFactor(ctx, petr, dbtest.Password); err != nil {
			t.Fatal(err)
		}
		after := signedIn(t, w, petr.Account)
		if after.HasSecondFactor() {
			t.Error("it is on")
		}
		petr.TotpLastStep, petr.TotpConfirmedAt = after.TotpLastStep, nil
		if offered(t, w, petr).Secret == key.Secret {
			t.Error("the old key is offered again")
		}
	})
}
