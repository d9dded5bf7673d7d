package db_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"cabinet/db"
	"cabinet/db/dbtest"
)

func spent(t *testing.T, err error, want db.Spent) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestProveEmail(t *testing.T) {
	t.Parallel()
	ctx := t.Context()

	t.Run("B04 a link proves the address once, however often the button is pressed", func(t *testing.T) {
		w := dbtest.Open(t)
		opened(t, w, entry("lena@example.test"))
		link, _ := secret(t, w, db.MailVerify)
		var good atomic.Int64
		var group sync.WaitGroup
		for range 8 {
			group.Go(func() {
				if account, err := w.ProveEmail(ctx, link); err == nil && account.Verified() && account.Status == db.AccountActive {
					good.Add(1)
				} else if !errors.Is(err, db.SpentUsed) {
					t.Error(err)
				}
			})
		}
		group.Wait()
		if good.Load() != 1 {
			t.Errorf("%d times", good.Load())
		}
	})
	t.Run("B04 looking at a link changes nothing", func(t *testing.T) {
		w := dbtest.Open(t)
		opened(t, w, entry("lena@example.test"))
		link, _ := secret(t, w, db.MailVerify)
		for range 3 {
			if account, err := w.OpenToken(ctx, link, db.VerifyEmail); err != nil || account.Verified() {
				t.Errorf("got %+v, %v", account, err)
			}
		}
		proved(t, w)
	})
	t.Run("B04 a link is good for a week, and for nothing else", func(t *testing.T) {
		w := dbtest.Open(t)
		opened(t, w, entry("lena@example.test"))
		link, _ := secret(t, w, db.MailVerify)
		for _, purpose := range []db.TokenPurpose{db.Recover, db.ChangeEmail, db.UndoEmail} {
			_, err := w.OpenToken(ctx, link, purpose)
			spent(t, err, db.SpentUnknown)
		}
		_, err := w.ProveEmail(ctx, "кто-то угадывает")
		spent(t, err, db.SpentUnknown)
		w.Clock.Pass(7 * 24 * time.Hour)
		_, err = w.ProveEmail(ctx, link)
		spent(t, err, db.SpentExpired)
	})
	t.Run("B09 only the newest link and the newest code are good", func(t *testing.T) {
		w := dbtest.Open(t)
		lena := signedIn(t, w, opened(t, w, entry("lena@example.test")))
		link, code := secret(t, w, db.MailVerify)
		w.Clock.Pass(time.Minute)
		if err := w.AskForProof(ctx, lena.Account); err != nil {
			t.Fatal(err)
		}
		_, err := w.ProveEmail(ctx, link)
		spent(t, err, db.SpentReplaced)
		_, newer := secret(t, w, db.MailVerify)
		if code != newer {
			_, err = w.ProveEmailByCode(ctx, lena, code)
			wrong(t, err, "code", "tokens.code_wrong")
		}
		if account, err := w.ProveEmailByCode(ctx, lena, " "+newer+" "); err != nil || !account.Verified() {
			t.Errorf("got %+v, %v", account, err)
		}
	})
	t.Run("B04 a code is worth five tries", func(t *testing.T) {
		w := dbtest.Open(t)
		lena := signedIn(t, w, opened(t, w, entry("lena@example.test")))
		_, code := secret(t, w, db.MailVerify)
		for range 5 {
			_, err := w.ProveEmailByCode(ctx, lena, "x"+code)
			wrong(t, err, "code", "tokens.code_wrong")
		}
		_, err := w.ProveEmailByCode(ctx, lena, code)
		wrong(t, err, "code", "tokens.code_spent")
	})
	t.Run("B04 a code is good only in its own cabinet", func(t *testing.T) {
		w := dbtest.Open(t)
		opened(t, w, entry("lena@example.test"))
		_, code := secret(t, w, db.MailVerify)
		boris := signedIn(t, w, opened(t, w, entry("boris@example.test")))
		_, his := secret(t, w, db.MailVerify)
		if code != his {
			_, err := w.ProveEmailByCode(ctx, boris, code)
			wrong(t, err, "code", "tokens.code_wrong")
		}
	})
	t.Run("B09 one mail a minute and five a day, and the page can count down", func(t *testing.T) {
		w := dbtest.Open(t)
		lena := opened(t, w, entry("lena@example.test"))
		for range 5 {
			if wait, err := w.ResendWait(ctx, lena.Email); err != nil || wait != time.Minute {
				t.Errorf("wait %s, %v", wait, err)
			}
			waits(t, w.AskForProof(ctx, lena), time.Minute)
			w.Clock.Pass(20 * time.Second)
			waits(t, w.AskForProof(ctx, lena), 40*time.Second)
			w.Clock.Pass(40 * time.Second)
			if err := w.AskForProof(ctx, lena); err != nil {
				t.Fatal(err)
			}
		}
		w.Clock.Pass(time.Minute)
		waits(t, w.AskForProof(ctx, lena), 24*time.Hour-5*time.Minute)
		if wait, err := w.ResendWait(ctx, "LENA@example.test"); err != nil || wait != 24*time.Hour-5*time.Minute {
			t.Errorf("wait %s, %v", wait, err)
		}
		w.Clock.Pass(24*time.Hour - 5*time.Minute)
		if wait, err := w.ResendWait(ctx, lena.Email); err != nil || wait != 0 {
			t.Errorf("wait %s, %v", wait, err)
		}
		if err := w.AskForProof(ctx, lena); err != nil {
			t.Error(err)
		}
		if got := outbox(t, w); len(got) != 7 {
			t.Errorf("mailed %v", got)
		}
	})
	t.Run("A01 asking again tells the owner of the address, not the stranger", func(t *testing.T) {
		w := dbtest.Open(t)
		w.Person(t, dbtest.Vera)
		stranger := opened(t, w, entry(dbtest.Vera.Email))
		w.Clock.Pass(time.Minute)
		if err := w.AskForProof(ctx, stranger); err != nil {
			t.Fatal(err)
		}
		if got := outbox(t, w); !slices.Equal(got, []string{"mail-03 " + dbtest.Vera.Email, "mail-03 " + dbtest.Vera.Email}) {
			t.Errorf("mailed %v", got)
		}
	})
	t.Run("B04 whoever is proved needs no more mails", func(t *testing.T) {
		w := dbtest.Open(t)
		vera := w.Person(t, dbtest.Vera)
		refused(t, w.AskForProof(ctx, vera.Account), "accounts.already_verified")
		if account, err := w.ProveEmailByCode(ctx, vera, "000000"); err != nil || account.ID != vera.ID {
			t.Errorf("got %+v, %v", account, err)
		}
	})
	t.Run("links are forgotten a month after they ended", func(t *testing.T) {
		w := dbtest.Open(t)
		opened(t, w, entry("lena@example.test"))
		for _, want := range []int{1, 0} {
			if err := w.SweepTokens(ctx); err != nil {
				t.Fatal(err)
			}
			if got := count(t, w, "SELECT count(*) FROM tokens"); got != want {
				t.Errorf("%d links, want %d", got, want)
			}
			w.Clock.Pass(38 * 24 * time.Hour)
		}
	})
}

func TestSuggestEmail(t *testing.T) {
	t.Parallel()
	for typed, meant := range map[string]string{
		"vera@gmial.com": "vera@gmail.com", "Vera@GMAIL.CON": "vera@gmail.com", "vera@gmai.com": "vera@gmail.com", "vera@gmaill.com": "vera@gmail.com",
		"vera@gmail.ru": "vera@gmail.com", "vera@yandx.ru": "vera@yandex.ru", "vera@mial.ru": "vera@mail.ru", "vera@maiil.ru": "vera@mail.ru", "vera@outlok.com": "vera@outlook.com",
		"vera@hotmial.com": "vera@hotmail.com", "vera@iclod.com": "vera@icloud.com",
		"vera@gmail.com": "", "vera@mail.com": "", "vera@ya.ru": "", "vera@example.com": "", "vera@yandex.com": "", "vera": "", "@gmial.com": "", "": "",
	} {
		t.Run(fmt.Sprintf("B05 %s", typed), func(t *testing.T) {
			if got := db.SuggestEmail(typed); got != meant {
				t.Errorf("got %q, want %q", got, meant)
			}
		})
	}
}
