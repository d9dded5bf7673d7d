package dbtest

import (
	"bytes"
	"fmt"
	"io"
	"testing"

	"cabinet/db"

	"github.com/go-pdf/fpdf"
)

// PDF is a small one with so many pages; its first page says what it is.
func PDF(title string, pages int) []byte {
	paper := fpdf.New("P", "mm", "A5", "")
	paper.SetFont("Helvetica", "", 20)
	for n := range pages {
		paper.AddPage()
		paper.Cell(0, 20, fmt.Sprintf("%s, page %d", title, n+1))
	}
	var file bytes.Buffer
	paper.Output(&file) // a buffer takes everything
	return file.Bytes()
}

// Sent is a file as a person sends it.
func Sent(content []byte) db.Upload {
	return db.Upload{Size: int64(len(content)), Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil }}
}

// DraftIssue is an issue that Nina has begun, with a cover and a PDF of three pages.
func (w *World) DraftIssue(t testing.TB, number int) db.Issue {
	t.Helper()
	nina := w.Person(t, Nina)
	month := w.Today().Plus(31 * (number % 100))
	form := db.IssueForm{Key: random() + random(), Number: fmt.Sprint(number), Title: fmt.Sprintf("Сны номер %d", number), About: "Лес, река и поезд", Month: month.String()[:7]}
	issue, err := w.WriteIssue(t.Context(), nina, form)
	if err == nil {
		err = w.SetIssueCover(t.Context(), nina, issue.ID, []db.Upload{Sent(Snapshot(600, 800))})
	}
	if err == nil {
		err = w.SetIssuePDF(t.Context(), nina, issue.ID, []db.Upload{Sent(PDF(fmt.Sprint("Issue ", number), 3))}, func([]byte) (int, error) { return 3, nil })
	}
	if err != nil {
		t.Fatal(err)
	}
	return issue
}

// PublishedIssue is one that is out. It has still to be delivered.
func (w *World) PublishedIssue(t testing.TB, number int) db.Issue {
	t.Helper()
	issue, err := w.PublishIssue(t.Context(), w.DraftIssue(t, number).ID)
	if err != nil {
		t.Fatal(err)
	}
	return issue
}

// DeliveredIssue is one that is out, and with its readers.
func (w *World) DeliveredIssue(t testing.TB, number int) db.Issue {
	t.Helper()
	issue := w.PublishedIssue(t, number)
	if err := w.DeliverIssue(t.Context(), issue.ID); err != nil {
		t.Fatal(err)
	}
	return issue
}

// SubscriptionForm orders so many issues from the next one on, paid from the balance.
func (w *World) SubscriptionForm(t testing.TB, format db.SubscriptionFormat, issues int32) db.SubscriptionForm {
	t.Helper()
	tariff, err := w.SubscriptionTariff(t.Context(), format, issues)
	if err != nil {
		t.Fatal(err)
	}
	return db.SubscriptionForm{Tariff: tariff.Code(), Start: "next", Way: db.PayByBalance, Key: random() + random()}
}

// Subscription is a subscription that somebody has paid for. One that comes by post goes to the address of the form, or to a
// new one.
func (w *World) Subscription(t testing.TB, by db.Visitor, format db.SubscriptionFormat, issues int32, how ...func(*db.SubscriptionForm)) db.Subscription {
	t.Helper()
	form := w.SubscriptionForm(t, format, issues)
	for _, change := range how {
		change(&form)
	}
	if format.Printed() && form.Address == 0 && form.Gift == "" {
		form.Address = w.Address(t, by).ID
	}
	if form.Way == db.PayByBalance {
		w.TopUp(t, by, 100_00)
	}
	s, err := w.Subscribe(t.Context(), by, form)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// AsGift makes an order a gift.
func AsGift(form *db.SubscriptionForm) { form.Gift = "yes" }

// WithPoints pays an order with points.
func WithPoints(form *db.SubscriptionForm) { form.Way = db.PayByPoints }

// ByInvoice makes an order one that is paid later.
func ByInvoice(form *db.SubscriptionForm) { form.Way = db.PayByInvoice }
