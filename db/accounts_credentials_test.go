package db_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"cabinet/db"
	"cabinet/db/dbtest"
)

func TestChangeEmail(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	to := func(email string) db.EmailForm { return db.EmailForm{Email: email, Password: dbtest.Password} }

	t.Run("B10 an unproved address is replaced at once, and the password still fits", func(t *testing.T) {
		w := dbtest.Open(t)
		lena := signedIn(t, w, opened(t, w, entry("lena@exmaple.test")))
		old, _ := secret(t, w, db.MailVerify)
		account, err := w.ChangeEmail(ctx, lena, to("lena@example.test"))
		if err != nil || account.Email != "lena@example.test" || account.Verified() {
			t.Errorf("got %+v, %v", account, err)
		}
		_, err = w.ProveEmail(ctx, old)
		spent(t, err, db.SpentReplaced)
		if owner := proved(t, w); owner.ID != lena.ID || owner.Email != "lena@example.test" {
			t.Errorf("got %+v", owner)
		}
		if _, err := w.SignIn(ctx, db.SignIn{Identifier: "lena@example.test", Password: dbtest.Password}, "10.0.0.1"); err != nil {
			t.Error(err)
		}
	})
	t.Run("B10 a proved address stays until the new one is proved, and its owner is told", func(t *testing.T) {
		w := dbtest.Open(t)
		vera := w.Person(t, dbtest.Vera)
		if account, err := w.ChangeEmail(ctx, vera, to("new@example.test")); err != nil || account.Email != vera.Email {
			t.Errorf("got %+v, %v", account, err)
		}
		if got := outbox(t, w); !slices.Equal(got, []string{"mail-06 vera@example.test", "mail-01 new@example.test"}) {
			t.Errorf("mailed %v", got)
		}
		link, _ := secret(t, w, db.MailVerify)
		if account, err := w.ConfirmEmail(ctx, link); err != nil || account.Email != "new@example.test" || !account.Verified() {
			t.Errorf("got %+v, %v", account, err)
		}
		_, err := w.ConfirmEmail(ctx, link)
		spent(t, err, db.SpentUsed)
	})
	t.Run("B10 «Это не я» puts the old address back and signs everybody out", func(t *testing.T) {
		w := dbtest.Open(t)
		vera := w.Person(t, dbtest.Vera)
		if _, err := w.ChangeEmail(ctx, vera, to("thief@example.test")); err != nil {
			t.Fatal(err)
		}
		undo, _ := secret(t, w, db.MailEmailChange)
		link, _ := secret(t, w, db.MailVerify)
		if _, err := w.ConfirmEmail(ctx, link); err != nil {
			t.Fatal(err)
		}
		// A thief who changes it once more does not take the link from the first owner.
		thief := signedIn(t, w, db.Account{ID: vera.ID})
		w.Clock.Pass(time.Hour)
		if _, err := w.ChangeEmail(ctx, thief, to("thief2@example.test")); err != nil {
			t.Fatal(err)
		}
		second, _ := secret(t, w, db.MailVerify)
		account, err := w.UndoEmail(ctx, undo)
		if err != nil || account.Email != vera.Email || !account.Verified() {
			t.Errorf("got %+v, %v", account, err)
		}
		if n := count(t, w, "SELECT count(*) FROM sessions WHERE account_id = $1", vera.ID); n != 0 {
			t.Errorf("%d sessions", n)
		}
		_, err = w.ConfirmEmail(ctx, second)
		spent(t, err, db.SpentReplaced)
		_, err = w.UndoEmail(ctx, undo)
		spent(t, err, db.SpentUsed)
	})
	t.Run("B10 a taken address gets the same answer, and its owner is told", func(t *testing.T) {
		w := dbtest.Open(t)
		vera := w.Person(t, dbtest.Vera)
		w.Person(t, dbtest.Boris)
		lena := signedIn(t, w, opened(t, w, entry("lena@example.test")))
		for _, by := range []db.Visitor{vera, lena} {
			if _, err := w.ChangeEmail(ctx, by, to(dbtest.Boris.Email)); err != nil {
				t.Error(err)
			}
			w.Clock.Pass(time.Minute)
		}
		if got := outbox(t, w)[1:]; !slices.Equal(got, []string{"mail-06 vera@example.test", "mail-03 boris@example.test", "mail-03 boris@example.test"}) {
			t.Errorf("mailed %v", got)
		}
	})
	t.Run("B10 what is wrong is said, and nothing changes", func(t *testing.T) {
		w := dbtest.Open(t)
		vera := w.Person(t, dbtest.Vera)
		for _, bad := range []struct {
			form       db.EmailForm
			field, key string
		}{
			{to("не адрес"), "email", "accounts.email_wrong"},
			{to("VERA@example.test"), "email", "accounts.email_same"},
			{db.EmailForm{Email: "new@example.test", Password: "мимо"}, "password", "accounts.wrong_current"},
			{db.EmailForm{Email: "new@example.test"}, "password", "accounts.wrong_current"},
		} {
			_, err := w.ChangeEmail(ctx, vera, bad.form)
			wrong(t, err, bad.field, bad.key)
		}
		if got := outbox(t, w); len(got) != 0 {
			t.Errorf("mailed %v", got)
		}
	})
	t.Run("B09 an address is not flooded by changing to it", func(t *testing.T) {
		w := dbtest.Open(t)
		vera := w.Person(t, dbtest.Vera)
		if _, err := w.ChangeEmail(ctx, vera, to("new@example.test")); err != nil {
			t.Fatal(err)
		}
		_, err := w.ChangeEmail(ctx, vera, to("new@example.test"))
		waits(t, err, time.Minute)
	})
	t.Run("A16 guessing the password inside is as slow as at the door, and does not shut the door", func(t *testing.T) {
		w := dbtest.Open(t)
		vera := w.Person(t, dbtest.Vera)
		for range 5 {
			_, err := w.ChangeEmail(ctx, vera, db.EmailForm{Email: "new@example.test", Password: "мимо"})
			wrong(t, err, "password", "accounts.wrong_current")
		}
		_, err := w.ChangeEmail(ctx, vera, to("new@example.test"))
		waits(t, err, 15*time.Second)
		if _, err := w.SignIn(ctx, db.SignIn{Identifier: vera.Email, Password: dbtest.Password}, "10.0.0.1"); err != nil {
			t.Error(err)
		}
	})
}

// asked has a link for a new password mailed and returns it.
func asked(t *testing.T, w *dbtest.World, identifier string) string {
	t.Helper()
	if err := w.AskForRecovery(t.Context(), identifier, "10.0.0.1"); err != nil {
		t.Fatal(err)
	}
	if err := w.MailRecoveryLinks(t.Context(), identifier); err != nil { // as the worker does
		t.Fatal(err)
	}
	link, _ := secret(t, w, db.MailRecovery)
	return link
}

func TestRecovery(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	const own = "совсем-другой-17"

	t.Run("A18 a link sets a new password, ends all sessions and tells the owner", func(t *testing.T) {
		w := dbtest.Open(t)
		vera := w.Person(t, dbtest.Vera)
		link := asked(t, w, vera.Email)
		if _, generated, err := w.RecoverPassword(ctx, link, db.NewPassword{Password: own}); err != nil || generated != "" {
			t.Errorf("generated %q, %v", generated, err)
		}
		if n := count(t, w, "SELECT count(*) FROM sessions WHERE account_id = $1", vera.ID); n != 0 {
			t.Errorf("%d sessions", n)
		}
		if got := outbox(t, w); !slices.Equal(got, []string{"mail-04 vera@example.test", "mail-05 vera@example.test"}) {
			t.Errorf("mailed %v", got)
		}
		if _, err := w.SignIn(ctx, db.SignIn{Identifier: vera.Email, Password: own}, "10.0.0.1"); err != nil {
			t.Error(err)
		}
		_, err := w.SignIn(ctx, db.SignIn{Identifier: vera.Email, Password: dbtest.Password}, "10.0.0.1")
		wrong(t, err, "password", "accounts.wrong_password")
		_, _, err = w.RecoverPassword(ctx, link, db.NewPassword{Password: own})
		spent(t, err, db.SpentUsed)
	})
	t.Run("A18 a generated password is long, legible and works", func(t *testing.T) {
		w := dbtest.Open(t)
		vera := w.Person(t, dbtest.Vera)
		_, generated, err := w.RecoverPassword(ctx, asked(t, w, vera.Email), db.NewPassword{Generate: "yes"})
		if err != nil || len(generated) != 19 || strings.ContainsAny(generated, "01lio") {
			t.Errorf("got %q, %v", generated, err)
		}
		if _, err := w.SignIn(ctx, db.SignIn{Identifier: vera.Email, Password: generated}, "10.0.0.1"); err != nil {
			t.Error(err)
		}
	})
	t.Run("A18 a link is good for an hour, and only the newest", func(t *testing.T) {
		w := dbtest.Open(t)
		vera := w.Person(t, dbtest.Vera)
		first, second := asked(t, w, vera.Email), asked(t, w, vera.Email)
		_, _, err := w.RecoverPassword(ctx, first, db.NewPassword{Password: own})
		spent(t, err, db.SpentReplaced)
		w.Clock.Pass(time.Hour)
		_, _, err = w.RecoverPassword(ctx, second, db.NewPassword{Password: own})
		spent(t, err, db.SpentExpired)
	})
	t.Run("A18 a bad password does not use the link up", func(t *testing.T) {
		w := dbtest.Open(t)
		vera := w.Person(t, dbtest.Vera)
		link := asked(t, w, vera.Email)
		_, _, err := w.RecoverPassword(ctx, link, db.NewPassword{Password: "коротко"})
		wrong(t, err, "password", "accounts.password_short")
		if _, _, err := w.RecoverPassword(ctx, link, db.NewPassword{Password: own}); err != nil {
			t.Error(err)
		}
	})
	t.Run("A18 nobody is mailed for an unknown name, and nothing is said", func(t *testing.T) {
		w := dbtest.Open(t)
		for _, identifier := range []string{"nobody@example.test", "nobody", "\x00\xff"} {
			if err := w.AskForRecovery(ctx, "x"+identifier, "10.0.0.1"); err != nil {
				t.Error(err)
			}
		}
		if err := w.MailRecoveryLinks(ctx, "nobody"); err != nil {
			t.Error(err)
		}
		if got := outbox(t, w); len(got) != 0 {
			t.Errorf("mailed %v", got)
		}
		wrong(t, w.AskForRecovery(ctx, "  ", "10.0.0.1"), "identifier", "accounts.identifier_required")
	})
	t.Run("A18 a letterbox is not flooded, and the limit does not tell who is known", func(t *testing.T) {
		w := dbtest.Open(t)
		vera := w.Person(t, dbtest.Vera)
		for range 12 {
			if err := w.MailRecoveryLinks(ctx, vera.Email); err != nil {
				t.Fatal(err)
			}
		}
		if got := outbox(t, w); len(got) != 10 {
			t.Errorf("%d mails", len(got))
		}
		for range 10 {
			if err := w.AskForRecovery(ctx, "nobody", "10.0.0.9"); err != nil {
				t.Fatal(err)
			}
		}
		waits(t, w.AskForRecovery(ctx, "nobody", "10.0.0.9"), 6*time.Minute)
		waits(t, w.AskForRecovery(ctx, vera.Email, "10.0.0.9"), 6*time.Minute)
	})
	t.Run("A18 following the link proves the address, unless it has an owner", func(t *testing.T) {
		w := dbtest.Open(t)
		lena := opened(t, w, entry("lena@example.test"))
		account, _, err := w.RecoverPassword(ctx, asked(t, w, lena.Email), db.NewPassword{Password: own})
		if err != nil || !account.Verified() {
			t.Errorf("got %+v, %v", account, err)
		}
	})
	t.Run("A18 a link that went to a former address is worth nothing", func(t *testing.T) {
		w := dbtest.Open(t)
		vera := w.Person(t, dbtest.Vera)
		link := asked(t, w, vera.Email)
		if _, err := w.ChangeEmail(ctx, vera, db.EmailForm{Email: "new@example.test", Password: dbtest.Password}); err != nil {
			t.Fatal(err)
		}
		confirm, _ := secret(t, w, db.MailVerify)
		if _, err := w.ConfirmEmail(ctx, confirm); err != nil {
			t.Fatal(err)
		}
		_, _, err := w.RecoverPassword(ctx, link, db.NewPassword{Password: own})
		spent(t, err, db.SpentReplaced)
	})
}

func TestChangePassword(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	const own = "совсем-другой-17"

	t.Run("A16 the other sessions end, and this one goes on under a new secret", func(t *testing.T) {
		w := dbtest.Open(t)
		vera := w.Person(t, dbtest.Vera)
		old, err := w.OpenSession(ctx, vera.ID, "test", "10.0.0.1")
		if err != nil {
			t.Fatal(err)
		}
		here := recognised(t, w, old)
		renewed, err := w.ChangePassword(ctx, here, db.NewPassword{Current: dbtest.Password, Password: own})
		if err != nil {
			t.Fatal(err)
		}
		if got := recognised(t, w, renewed); got.Session.ID != here.Session.ID {
			t.Errorf("another session: %d", got.Session.ID)
		}
		if _, err := w.Recognise(ctx, old); !errors.Is(err, db.ErrNotFound) {
			t.Errorf("the old cookie: %v", err)
		}
		if n := count(t, w, "SELECT count(*) FROM sessions WHERE account_id = $1", vera.ID); n != 1 {
			t.Errorf("%d sessions", n)
		}
		if got := outbox(t, w); !slices.Equal(got, []string{"mail-05 vera@example.test"}) {
			t.Errorf("mailed %v", got)
		}
	})
	t.Run("A16 what is wrong is said, and nothing changes", func(t *testing.T) {
		w := dbtest.Open(t)
		vera := w.Person(t, dbtest.Vera)
		_, err := w.ChangePassword(ctx, vera, db.NewPassword{Current: "мимо", Password: own})
		wrong(t, err, "current", "accounts.wrong_current")
		_, err = w.ChangePassword(ctx, vera, db.NewPassword{Current: dbtest.Password, Password: "vera@example"})
		wrong(t, err, "password", "accounts.password_like_name")
		if _, err := w.SignIn(ctx, db.SignIn{Identifier: vera.Email, Password: dbtest.Password}, "10.0.0.1"); err != nil {
			t.Error(err)
		}
	})
	t.Run("A18 a link that was asked for before is worth nothing after", func(t *testing.T) {
		w := dbtest.Open(t)
		vera := w.Person(t, dbtest.Vera)
		link := asked(t, w, vera.Email)
		if _, err := w.ChangePassword(ctx, vera, db.NewPassword{Current: dbtest.Password, Password: own}); err != nil {
			t.Fatal(err)
		}
		_, _, err := w.RecoverPassword(ctx, link, db.NewPassword{Password: "третий-пароль-8"})
		spent(t, err, db.SpentReplaced)
	})
}
