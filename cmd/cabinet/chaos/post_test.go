package chaos

import (
	"bytes"
	"net/http"
	"net/mail"
	"strings"
	"testing"

	"cabinet/db"
	"cabinet/db/dbtest"
	"cabinet/jobs/smtp/smtptest"
)

// TestPost spoils the mail server while people order. They are never kept waiting for it, and each of their
// mails leaves once, and later.
func TestPost(t *testing.T) {
	t.Parallel()
	s := open(t)
	line := s.proxy(s.post.Port)
	vera := s.as(dbtest.Vera)
	s.web("SMTP_URL=smtp://" + line.Listen)
	s.start("worker", "SMTP_URL=smtp://"+line.Listen)

	t.Run("down for an hour", func(t *testing.T) {
		line.Stop()
		id := s.mailed(t, vera)
		s.eventually("it was tried for an hour", func() bool {
			s.later()
			return s.count(`SELECT attempts FROM mails WHERE id = $1`, id) >= tries(60*60)
		})
		if s.copies(t, id) != 0 || s.mailStatus(id) != db.MailQueued {
			t.Errorf("it is %s and came %d times", s.mailStatus(id), s.copies(t, id))
		}
		if err := line.Start(); err != nil {
			t.Fatal(err)
		}
		s.leaves(t, id, 1)
	})
	t.Run("451, come back later", func(t *testing.T) {
		s.post.SaysOfAddress(smtptest.No(451, 4, 7, 1, "grey list"))
		s.leaves(t, s.mailed(t, vera), 1)
	})
	t.Run("it hangs", func(t *testing.T) {
		delays(t, line, 600_000)
		id := s.mailed(t, vera)
		s.eventually("the worker waits", func() bool {
			return s.count(`SELECT count(*) FROM river_job WHERE kind = 'send_mail' AND state = 'running'`) > 0
		})
		if got := vera.get("/orders"); got.status != http.StatusOK {
			t.Errorf("the site waits too: %s", got)
		}
		mends(t, line)
		s.leaves(t, id, 1)
	})
	t.Run("it takes a mail and hangs up before it says so", func(t *testing.T) {
		s.post.HangsUp()
		s.leaves(t, s.mailed(t, vera), 2)
	})
	t.Run("550, nobody lives there: it is tried no more, and Vera reads why nothing comes", func(t *testing.T) {
		s.post.SaysOfAddress(smtptest.No(550, 5, 1, 1, "no such user"))
		id := s.mailed(t, vera)
		s.eventually("it has failed", func() bool { return s.mailStatus(id) == db.MailFailed })
		s.later()
		if got := vera.get("/orders"); !strings.Contains(got.body, "Письма не доходят") {
			t.Errorf("her page does not say so: %s", got)
		}
		s.finish()
		if s.copies(t, id) != 0 || s.mailStatus(id) != db.MailFailed {
			t.Errorf("it is %s and came %d times", s.mailStatus(id), s.copies(t, id))
		}
	})
}

// mailed is the mail of an order that was placed just now, over the web.
func (s *site) mailed(t *testing.T, who *person) (id db.MailID) {
	t.Helper()
	if got := who.post("/orders", orderForm()); got.status != http.StatusSeeOther {
		t.Fatalf("an order: %s", got)
	}
	return db.MailID(s.count(`SELECT max(id) FROM mails WHERE account_id = $1`, who.ID))
}

// later moves what River would try again after a while to now.
func (s *site) later() {
	s.t.Helper()
	s.do(`UPDATE river_job SET state = 'available', scheduled_at = now() WHERE state IN ('retryable', 'scheduled')`)
}

// leaves waits until a mail has left, and counts how often it came.
func (s *site) leaves(t *testing.T, id db.MailID, times int) {
	t.Helper()
	s.eventually("the mail has left", func() bool {
		s.later()
		return s.mailStatus(id) == db.MailSent
	})
	s.finish()
	if n := s.copies(t, id); n != times {
		t.Errorf("it came %d times", n)
	}
}

func (s *site) mailStatus(id db.MailID) (status db.MailStatus) {
	s.t.Helper()
	if err := s.Pool.QueryRow(s.t.Context(), `SELECT status FROM mails WHERE id = $1`, id).Scan(&status); err != nil {
		s.t.Fatal(err)
	}
	return status
}

// copies counts how often a mail came, by its Message-ID.
func (s *site) copies(t *testing.T, id db.MailID) (n int) {
	t.Helper()
	var name string
	if err := s.Pool.QueryRow(t.Context(), `SELECT '<' || message_id || '@localhost>' FROM mails WHERE id = $1`, id).Scan(&name); err != nil {
		t.Fatal(err)
	}
	for _, given := range s.post.Mails() {
		letter, err := mail.ReadMessage(bytes.NewReader(given.Data))
		if err != nil {
			t.Fatal(err)
		}
		if letter.Header.Get("Message-Id") == name {
			n++
		}
	}
	return n
}

// tries is how often a mail is tried within so many seconds.
func tries(seconds int) (n int) {
	for passed := 0; passed < seconds; n++ {
		passed += int(db.MailPatience(n + 1).Seconds())
	}
	return n
}
