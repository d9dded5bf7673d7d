package views_test

import (
	"context"
	"reflect"
	"strings"
	"testing"
	"time"

	"cabinet/db"
	"cabinet/views"

	"github.com/a-h/templ"
	"golang.org/x/net/html"
)

// hostile would get out of a text or an attribute that is not shut, and run where it is an address.
const hostile = `javascript:alert(1)</span><b onx="1" id='canary'>&lt; {{.secret}}`

// TestRows types into every field of what is drawn by hand: it is only ever text, and leads nowhere.
func TestRows(t *testing.T) {
	plain := rowsWith("word")
	for name, row := range rowsWith(hostile) {
		t.Run(name, func(t *testing.T) {
			ctx := views.WithLocale(t.Context(), "en")
			frame, _ := taken(t, ctx, plain[name])
			got, texts := taken(t, ctx, row)
			if got != frame {
				t.Errorf("a text changes the markup:\n%s\ninstead of\n%s", got, frame)
			}
			if !strings.Contains(texts, hostile) {
				t.Errorf("not as it was typed: %s", texts)
			}
		})
	}
}

// TestTwin holds what is drawn by hand against the same as a template.
func TestTwin(t *testing.T) {
	for _, locale := range []string{"ru", "en"} {
		for _, text := range []string{"", "word", hostile} {
			var orders []db.Order
			for _, status := range append(db.OrderPath[:len(db.OrderPath):len(db.OrderPath)], db.OrderCancelled) {
				order := typed(db.Order{ID: 7, Currencies: []string{"EUR", "USD"}, Sums: []int64{5, 70}, PaymentState: db.PartiallyPaid}, text)
				order.Status, order.ItemCount = status, 3
				orders = append(orders, order)
				order.PricedAt = &order.CreatedAt
				orders = append(orders, order)
			}
			list := views.OrderList{OrderList: &db.OrderList{Rows: orders}, Path: "/orders", Next: "/orders?below=1"}
			ctx := views.WithLocale(t.Context(), locale)
			if hand, twin := rendered(t, ctx, views.Orders(list)), rendered(t, ctx, views.OrdersTwin(list)); hand != twin {
				at := 0
				for at < min(len(hand), len(twin)) && hand[at] == twin[at] {
					at++
				}
				t.Errorf("by hand %.200q, as a template %.200q", hand[max(0, at-80):], twin[max(0, at-80):])
			}
		}
	}
}

func rendered(t *testing.T, ctx context.Context, part templ.Component) string {
	t.Helper()
	var b strings.Builder
	if err := part.Render(ctx, &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// rowsWith are rows in every state, with this text wherever a text can be.
func rowsWith(text string) map[string]templ.Component {
	at, day := time.Date(2026, 3, 1, 22, 5, 0, 0, time.UTC), db.Day{Year: 2026, Month: time.March, Day: 31}
	rows := map[string]templ.Component{"a badge": views.Badge(views.Tone(text), text), "a comment": views.Comment(text), "a copy": views.Copy(text), "a cell": views.SumCell(text, text)}
	rows["a link"], rows["a dialog"] = views.LinkButton(text, text, views.Look(text)), views.DialogButton(text, text, views.Look(text))
	for _, status := range append(db.OrderPath[:len(db.OrderPath):len(db.OrderPath)], db.OrderCancelled) {
		order := typed(db.Order{Currencies: []string{"", ""}, Sums: []int64{5, 70}}, text)
		order.Status, order.ItemCount = status, 3
		rows["an order that is "+string(status)] = views.OrderRow(order)
	}
	for _, status := range append(db.ParcelPath[:len(db.ParcelPath):len(db.ParcelPath)], db.ParcelCancelled) {
		card := typed(db.ParcelCard{Tracking: make([]db.TrackingOfRow, 2)}, text)
		card.Tracking[1].Carrier.TrackingUrl = ""
		card.Parcel.Status, card.Parcel.ShippedAt, card.Parcel.PromisedOn, card.Method.DispatchPolicy = status, &at, &day, db.BySchedule
		card.Parcel.ActualGrams, card.Parcel.BillableGrams, card.Parcel.VolumetricGrams = ptr(db.Grams(1250)), ptr(db.Grams(2250)), ptr(db.Grams(2250))
		card.Holds = []string{text}
		rows["a parcel that is "+string(status)] = views.ParcelRow(card)
	}
	line := typed(db.EntriesOfRow{BalanceAfter: ptr(db.Money(0)), OrderID: 1, ParcelID: 2, InvoiceID: 3}, text)
	rows["a line of the balance"] = views.Balance(views.BalancePage{Statement: &db.Statement{Lines: []db.EntriesOfRow{line}}})
	queued := typed(db.DeskRow{}, text)
	queued.Parcel.QueuedAt, queued.Parcel.Expedited = &at, true
	rows["the queue"] = views.AssemblyQueue(views.DeskList{Rows: []db.DeskRow{queued}, More: text, Works: true}, []db.DeskRow{queued})
	return rows
}

func ptr[T any](thing T) *T { return &thing }

// typed has a text in every field that can hold one.
func typed[T any](thing T, text string) T {
	typeInto(reflect.ValueOf(&thing).Elem(), text)
	return thing
}

func typeInto(field reflect.Value, text string) {
	switch field.Kind() {
	case reflect.String:
		field.SetString(text)
	case reflect.Struct:
		for i := range field.NumField() {
			if field.Type().Field(i).IsExported() {
				typeInto(field.Field(i), text)
			}
		}
	case reflect.Slice:
		for i := range field.Len() {
			typeInto(field.Index(i), text)
		}
	}
}

// taken are the tags of a part with the names of their attributes, and apart from them what they say. An address
// that a browser would run is an error.
func taken(t *testing.T, ctx context.Context, part templ.Component) (tags, texts string) {
	t.Helper()
	var page strings.Builder
	if err := part.Render(ctx, &page); err != nil {
		t.Fatal(err)
	}
	tokens := html.NewTokenizer(strings.NewReader(page.String()))
	for tokens.Next() != html.ErrorToken {
		token := tokens.Token()
		if token.Type == html.TextToken {
			texts += token.Data + "\n"
			continue
		}
		tags += "<" + token.Data
		for _, attr := range token.Attr {
			tags, texts = tags+" "+attr.Key, texts+attr.Val+"\n"
			if attr.Key == "href" && strings.HasPrefix(attr.Val, "javascript:") {
				t.Errorf("a link runs: %q", attr.Val)
			}
		}
		tags += ">\n"
	}
	return tags, texts
}
