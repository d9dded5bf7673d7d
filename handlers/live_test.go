package handlers_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

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

// TestLiveMissed asks what a page hears that opens its stream long after it was drawn.
func TestLiveMissed(t *testing.T) {
	site := open(t)
	vera := site.Account(dbtest.Vera)
	time.Sleep(time.Second)
	drawn := time.Now()
	order := site.PlacedOrder(t, vera, dbtest.Boots)
	late := site.stream(t, drawn)
	defer late.Close()
	hears(t, late, "event: "+order.ID.Topic()+"\n")

	time.Sleep(time.Second)
	after := site.stream(t, time.Now())
	defer after.Close()
	next := site.PlacedOrder(t, vera, dbtest.Mug)
	if said := hears(t, after, "event: "+next.ID.Topic()+"\n"); strings.Contains(said, order.ID.Topic()) || strings.Contains(said, "refresh") {
		t.Errorf("a page is told what it shows already: %q", said)
	}
	forgotten := site.stream(t, drawn.Add(-time.Hour))
	defer forgotten.Close()
	hears(t, forgotten, "event: refresh\n")
}

// stream is Vera's page that was drawn at a moment and listens from now on.
func (s *site) stream(t testing.TB, drawn time.Time) io.ReadCloser {
	t.Helper()
	request, err := http.NewRequest("GET", fmt.Sprintf("%s/live?since=%d", s.URL, drawn.UnixMilli()), nil)
	if err != nil {
		t.Fatal(err)
	}
	request.AddCookie(&http.Cookie{Name: "sid", Value: s.cookie(dbtest.Vera)})
	answer, err := http.DefaultTransport.RoundTrip(request)
	if err != nil || answer.StatusCode != 200 {
		t.Fatal(answer, err)
	}
	return answer.Body
}

// hears reads the stream until it says the line.
func hears(t testing.TB, stream io.Reader, line string) string {
	t.Helper()
	said, part := "", make([]byte, 4096)
	end := time.Now().Add(5 * time.Second)
	for !strings.Contains(said, line) {
		n, err := stream.Read(part)
		if said += string(part[:n]); err != nil || time.Now().After(end) {
			t.Fatalf("the stream does not say %q, it says %q (%v)", line, said, err)
		}
	}
	return said
}
