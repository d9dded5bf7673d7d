package handlers_test

import (
	"context"
	"testing"

	"cabinet/db/dbtest"
	"cabinet/handlers/webtest"
)

func TestLive(t *testing.T) {
	site := open(t)
	t.Run("the counters of the desk follow by themselves", func(t *testing.T) {
		desk := site.Window(t, dbtest.Anna).Visit("/staff").Sees("Письма")
		_, err := site.Pool.Exec(context.Background(), `INSERT INTO mails (account_id, kind, address, locale, letter, message_id, status, created_at)
			VALUES ($1, 'mail-05', 'x@example.test', 'ru', '{}', 'x', 'failed', now())`, site.Account(dbtest.Anna).ID)
		if err != nil {
			t.Fatal(err)
		}
		desk.Within("#tab-staff-mails").SeesNot("1")
		if _, err := site.Pool.Exec(context.Background(), "SELECT pg_notify('live', E'staff desk\n')"); err != nil {
			t.Fatal(err)
		}
		desk.Within("#tab-staff-mails").Sees("1")
	})
}

// Window is Chromium in which one of our people is signed in.
func (s *site) Window(t testing.TB, p dbtest.Person) *webtest.Window {
	t.Helper()
	return webtest.Chromium(t, s.URL).Holds("sid", s.cookie(p))
}
