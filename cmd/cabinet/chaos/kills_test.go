package chaos

import (
	"bytes"
	"math/rand/v2"
	"net/mail"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"cabinet/db"
	"cabinet/db/dbtest"
)

// TestKills ends web and worker without a word, again and again, while Vera orders and pays, the staff buys
// and receives, and the worker sends mails and forms parcels.
func TestKills(t *testing.T) {
	t.Parallel()
	s := open(t)
	vera, anna := s.as(dbtest.Vera), s.as(dbtest.Anna)
	s.Address(t, vera.Visitor)
	s.post.Thinks(40 * time.Millisecond)
	web, worker := s.web(), s.start("worker")

	var tired atomic.Bool
	var people sync.WaitGroup
	orders := make([][]db.OrderID, 2)
	for i := range orders {
		people.Go(func() {
			for !tired.Load() {
				var order db.OrderID
				if err := s.journey(vera, anna, &order); err != nil {
					t.Error(err)
					return
				}
				orders[i] = append(orders[i], order)
			}
		})
	}
	for i := range times(20) {
		if i%2 == 0 {
			s.eventually("the worker works", func() bool { return s.count(`SELECT count(*) FROM river_job WHERE state = 'running'`) > 0 })
			time.Sleep(rand.N(80 * time.Millisecond))
			worker.kill()
			worker = s.start("worker")
		} else {
			time.Sleep(rand.N(200 * time.Millisecond))
			web.kill()
			web = s.web()
		}
	}
	tired.Store(true)
	people.Wait()
	s.finish()

	t.Run("nothing is lost and nothing was done twice", func(t *testing.T) { s.onceEach(t, vera.Visitor, slices.Concat(orders...)) })
	t.Run("each mail came, and once more at most for each time its worker was killed", func(t *testing.T) { s.mailedOnce(t) })
	t.Run("the books agree", func(t *testing.T) { s.clean() })
}

// finish waits until no work is left. The short form hurries what River does by itself: after two minutes it
// frees the jobs of a worker that died, and it tries again what failed.
func (s *site) finish() {
	s.t.Helper()
	s.eventually("all work is done", func() bool {
		if long == 0 {
			s.do(`UPDATE river_job SET state = 'available', scheduled_at = now()
				WHERE state IN ('retryable', 'scheduled') OR state = 'running' AND attempted_at < now() - interval '2 seconds'`)
		}
		return s.count(`SELECT count(*) FROM river_job WHERE state IN ('available', 'running', 'retryable', 'scheduled')`) == 0
	})
}

// onceEach looks for the traces of each order: one of each kind.
func (s *site) onceEach(t *testing.T, vera db.Visitor, orders []db.OrderID) {
	t.Helper()
	placed := s.count(`SELECT count(*) FROM orders WHERE account_id = $1`, vera.ID)
	if t.Logf("%d orders", placed); len(orders) == 0 || placed != len(orders) {
		t.Errorf("%d orders were answered, and there are %d", len(orders), placed)
	}
	for _, order := range orders {
		for what, sql := range map[string]string{
			"invoice":  `SELECT count(*) FROM invoices WHERE order_id = $1 AND status = 'paid'`,
			"payment":  `SELECT count(DISTINCT transfer_id) FROM transfer_lines l JOIN invoice_lines i ON i.id = l.invoice_line_id JOIN invoices v ON v.id = i.invoice_id WHERE v.order_id = $1`,
			"transfer": `SELECT count(*) FROM payments p JOIN invoices v ON v.reference = p.reference WHERE v.order_id = $1 AND p.status = 'matched'`,
			"purchase": `SELECT count(*) FROM purchases WHERE order_id = $1`,
			"receipt":  `SELECT count(*) FROM receipts WHERE order_id = $1`,
			"parcel":   `SELECT count(DISTINCT p.parcel_id) FROM parcel_items p JOIN items i ON i.id = p.item_id WHERE i.order_id = $1`,
		} {
			if n := s.count(sql, order); n != 1 {
				t.Errorf("order %d has left %d × %s", order, n, what)
			}
		}
	}
}

// mailedOnce compares what the mail server was given with the outbox.
func (s *site) mailedOnce(t *testing.T) {
	t.Helper()
	copies := map[string][]string{}
	for _, given := range s.post.Mails() {
		letter, err := mail.ReadMessage(bytes.NewReader(given.Data))
		if err != nil {
			t.Fatal(err)
		}
		id := letter.Header.Get("Message-Id")
		copies[id] = append(copies[id], given.To+" "+letter.Header.Get("Subject"))
	}
	rows, err := s.Pool.Query(t.Context(), `SELECT '<' || message_id || '@localhost>', status, (SELECT max(attempt) FROM river_job WHERE kind = 'send_mail' AND (args->>'mail_id')::bigint = mails.id) FROM mails`)
	if err != nil {
		t.Fatal(err)
	}
	sent, again := 0, 0
	for rows.Next() {
		var id, status string
		var tries int
		if err := rows.Scan(&id, &status, &tries); err != nil {
			t.Fatal(err)
		}
		got := copies[id]
		if status != "sent" || len(got) == 0 || len(got) > tries || len(slices.Compact(got)) != 1 {
			t.Errorf("mail %s is %s after %d tries, and came as %q", id, status, tries, got)
		}
		sent, again = sent+1, again+len(got)-1
		delete(copies, id)
	}
	if err := rows.Err(); err != nil || sent == 0 || len(copies) > 0 {
		t.Errorf("%d mails are in the outbox; %d came that are not: %v", sent, len(copies), err)
	}
	t.Logf("%d mails, %d of them once more", sent, again)
}
