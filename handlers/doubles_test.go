package handlers_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"sync"
	"testing"

	"cabinet/db"
	"cabinet/db/dbtest"
)

// double is an act that somebody sends fifty times in one breath.
type double struct {
	act string
	by  dbtest.Person
	// ready makes a thing that the act can be done to, and the form as it is drawn for it.
	ready func(t *testing.T, s *site) (path string, form url.Values)
}

var doubles = []double{
	{"an order is placed", dbtest.Vera, func(t *testing.T, s *site) (string, url.Values) {
		return "/orders", url.Values{"key": {formKey()}, "item.0.url": {dbtest.Boots.URL}, "item.0.title": {"Ботинки"}, "item.0.quantity": {"1"}, "item.0.price": {"20"}, "item.0.currency": {"EUR"}}
	}},
	{"an order is changed", dbtest.Vera, func(t *testing.T, s *site) (string, url.Values) {
		order := s.PlacedOrder(t, s.Account(dbtest.Vera), dbtest.Mug)
		items, err := s.ItemsOf(t.Context(), order.ID)
		if err != nil {
			t.Fatal(err)
		}
		return orderURL(order), url.Values{"version": {fmt.Sprint(order.Version)}, "item.0.id": {fmt.Sprint(items[0].ID)}, "item.0.url": {dbtest.Mug.URL}, "item.0.title": {"Кружка"},
			"item.0.quantity": {"3"}, "item.0.price": {"20"}, "item.0.currency": {"EUR"}}
	}},
	{"a comment is changed", dbtest.Vera, func(t *testing.T, s *site) (string, url.Values) {
		order := s.PlacedOrder(t, s.Account(dbtest.Vera), dbtest.Mug)
		return orderURL(order) + "/comment", url.Values{"version": {fmt.Sprint(order.Version)}, "comment": {"Без коробки"}}
	}},
	{"an order is cancelled", dbtest.Vera, func(t *testing.T, s *site) (string, url.Values) {
		return orderURL(s.PlacedOrder(t, s.Account(dbtest.Vera), dbtest.Mug)) + "/cancellation", nil
	}},
	{"an order is priced", dbtest.Gleb, func(t *testing.T, s *site) (string, url.Values) {
		order := s.PlacedOrder(t, s.Account(dbtest.Vera), dbtest.Mug)
		form := url.Values{"version": {fmt.Sprint(order.Version)}, "commission": {"10"}, "shop_delivery": {"5"}}
		for item, price := range s.Prices(t, order).Prices {
			form.Set(fmt.Sprintf("price.%d", item), price)
		}
		return "/staff" + orderURL(order) + "/invoice", form
	}},
	{"an order is let through unpaid", dbtest.Olga, func(t *testing.T, s *site) (string, url.Values) {
		order := s.PricedOrder(t, s.Account(dbtest.Boris), dbtest.Mug)
		return "/staff" + orderURL(order) + "/acceptance", url.Values{"version": {fmt.Sprint(order.Version)}, "reason": {"постоянный клиент"}}
	}},
	{"money is written down", dbtest.Olga, func(t *testing.T, s *site) (string, url.Values) {
		form := s.Payment(50_00, db.EUR, "без номера")
		return "/staff/payments", url.Values{"amount": {form.Amount}, "currency": {"EUR"}, "reference": {form.Reference}, "payer": {form.Payer}, "received_on": {form.ReceivedOn}, "key": {form.Key}}
	}},
	{"money is matched to an invoice", dbtest.Olga, func(t *testing.T, s *site) (string, url.Values) {
		invoice := s.GoodsInvoice(t, s.PricedOrder(t, s.Account(dbtest.Boris), dbtest.Mug))
		return fmt.Sprintf("/staff/payments/%d/match", s.Recorded(t, invoice.Total, invoice.Reference).ID), nil
	}},
	{"a match is taken back", dbtest.Olga, func(t *testing.T, s *site) (string, url.Values) {
		return fmt.Sprintf("/staff/payments/%d/reversal", s.TopUp(t, s.Account(dbtest.Boris), 50_00).ID), url.Values{"reason": {"не тот клиент"}}
	}},
	{"money is called not ours", dbtest.Olga, func(t *testing.T, s *site) (string, url.Values) {
		return fmt.Sprintf("/staff/payments/%d/rejection", s.Recorded(t, 50_00, "без номера").ID), url.Values{"reason": {"не наш"}}
	}},
	{"a top-up is asked for", dbtest.Vera, func(t *testing.T, s *site) (string, url.Values) {
		return "/balance/top-up", url.Values{"amount": {fmt.Sprintf("%d,00", 20+s.traces(t)["invoices"])}} // the same sum would be the same wish
	}},
	{"points are asked for", dbtest.Vera, func(t *testing.T, s *site) (string, url.Values) {
		return "/wallet/top-up", url.Values{"points": {fmt.Sprint(20 + s.traces(t)["invoices"])}}
	}},
	{"points are bought", dbtest.Boris, func(t *testing.T, s *site) (string, url.Values) {
		s.TopUp(t, s.Account(dbtest.Boris), 20_00)
		return "/wallet/purchase", url.Values{"points": {"1000"}, "cost": {"1083"}, "key": {formKey()}}
	}},
	{"points are given", dbtest.Olga, func(t *testing.T, s *site) (string, url.Values) {
		return "/staff/points", url.Values{"customer": {s.Account(dbtest.Boris).ID.Number()}, "points": {"50"}, "reason": {"подарок"}, "key": {formKey()}}
	}},
	{"items are bought", dbtest.Gleb, func(t *testing.T, s *site) (string, url.Values) {
		order := s.PaidOrder(t, s.Account(dbtest.Boris), dbtest.Mug)
		return fmt.Sprintf("/staff/buying/%d/purchases", order.ID), url.Values{"item": {s.only(t, order)}, "shop": {"galaxus.de"}, "shop_order": {"GX-" + order.ID.Number()},
			"price": {"55,80"}, "expected": {s.Today().Plus(3).String()}, "tracking": {"JJD1"}, "key": {formKey()}}
	}},
	{"items are not to be had", dbtest.Gleb, func(t *testing.T, s *site) (string, url.Values) {
		order := s.PaidOrder(t, s.Account(dbtest.Boris), dbtest.Mug)
		return fmt.Sprintf("/staff/buying/%d/shortages", order.ID), url.Values{"item": {s.only(t, order)}, "reason": {"нет в продаже"}}
	}},
	{"a purchase is taken back", dbtest.Gleb, func(t *testing.T, s *site) (string, url.Values) {
		purchase := s.Bought(t, s.PaidOrder(t, s.Account(dbtest.Boris), dbtest.Mug))[0]
		return fmt.Sprintf("/staff/buying/purchases/%d/reversal", purchase.ID), url.Values{"reason": {"ошибка"}}
	}},
	{"a box is received", dbtest.Petr, func(t *testing.T, s *site) (string, url.Values) {
		order := s.PaidOrder(t, s.Account(dbtest.Boris), dbtest.Mug)
		s.Bought(t, order)
		return fmt.Sprintf("/staff/receiving/%d/receipts", order.ID), url.Values{"item": {s.only(t, order)}, "weight": {"1,2"}, "key": {formKey()}}
	}},
	{"a receipt is taken back", dbtest.Petr, func(t *testing.T, s *site) (string, url.Values) {
		order := s.PaidOrder(t, s.Account(dbtest.Boris), dbtest.Mug)
		s.Bought(t, order)
		items, err := s.ItemsOf(t.Context(), order.ID)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprintf("/staff/receiving/receipts/%d/reversal", s.Arrived(t, items...).ID), nil
	}},
	{"a parcel is formed", dbtest.Vera, func(t *testing.T, s *site) (string, url.Values) {
		order, _ := s.StoredOrder(t, s.Account(dbtest.Vera), dbtest.Mug)
		return "/parcels", url.Values{"items": {s.only(t, order)}, "address_id": {s.address(t)}, "method_code": {"ems"}, "key": {formKey()}}
	}},
	{"a parcel is sent to processing", dbtest.Vera, func(t *testing.T, s *site) (string, url.Values) {
		return s.ownParcel(t).ID.Path() + "/submission", nil
	}},
	{"a parcel is dissolved", dbtest.Vera, func(t *testing.T, s *site) (string, url.Values) {
		return s.ownParcel(t).ID.Path() + "/dissolution", nil
	}},
	{"a parcel is packed", dbtest.Petr, func(t *testing.T, s *site) (string, url.Values) {
		s.address(t)
		parcel := s.TakenParcel(t, s.Account(dbtest.Vera), s.Account(dbtest.Petr))
		form := s.PackForm(t, parcel)
		return fmt.Sprintf("/staff/assembly/%d/packing", parcel.ID), url.Values{"weight": {form.Weight}, "length": {form.Length}, "width": {form.Width}, "height": {form.Height},
			"picked": {fmt.Sprint(form.Picked[0])}, "version": {fmt.Sprint(form.Version)}}
	}},
	{"a parcel is shipped", dbtest.Petr, func(t *testing.T, s *site) (string, url.Values) {
		s.TopUp(t, s.Account(dbtest.Vera), 1000_00)
		parcel := s.ReadyParcel(t, s.Account(dbtest.Vera), s.Account(dbtest.Petr))
		return fmt.Sprintf("/staff/shipping/%d/shipment", parcel.ID), url.Values{"numbers": {fmt.Sprintf("%d", 1000+parcel.ID)}, "anyway": {"true"}}
	}},
	{"a dream is written down", dbtest.Vera, func(t *testing.T, s *site) (string, url.Values) {
		return "/dreams", url.Values{"key": {formKey()}, "body": {"Море"}, "day": {"2026-03-01"}}
	}},
	{"a dream is sent to be interpreted", dbtest.Vera, func(t *testing.T, s *site) (string, url.Values) {
		return s.Dreamt(t, s.Account(dbtest.Vera), "Поезд", "").ID.Path() + "/submission", url.Values{"consent": {"on"}}
	}},
	{"a pack of requests is bought", dbtest.Vera, func(t *testing.T, s *site) (string, url.Values) {
		irina := s.Specialist(t, dbtest.Irina, "Ирина, психолог")
		s.Credits(t, s.Account(dbtest.Vera), irina, 1)
		s.Granted(t, s.Account(dbtest.Vera), 1200, "")
		return "/consultations/purchases", url.Values{"key": {formKey()}, "specialist": {fmt.Sprint(irina.ID)}, "requests": {"3"}, "points": {"1200"}}
	}},
	{"a request is begun", dbtest.Vera, func(t *testing.T, s *site) (string, url.Values) {
		irina := s.Specialist(t, dbtest.Irina, "Ирина, психолог")
		s.ConsultationDraft(t, s.Account(dbtest.Vera), irina, "Переезд") // an empty one would be gone on with
		return "/consultations", url.Values{"key": {formKey()}, "specialist": {fmt.Sprint(irina.ID)}}
	}},
	{"a request is sent", dbtest.Vera, func(t *testing.T, s *site) (string, url.Values) {
		vera, irina := s.Account(dbtest.Vera), s.Specialist(t, dbtest.Irina, "Ирина, психолог")
		s.Credits(t, vera, irina, 3)
		draft := s.ConsultationDraft(t, vera, irina, "Переезд")
		return draft.ID.Path(), url.Values{"key": {formKey()}, "version": {fmt.Sprint(draft.Version)}, "subject": {"Переезд"}, "body": {"Стоит ли?"}, "act": {"send"}}
	}},
	{"a request is answered", dbtest.Irina, func(t *testing.T, s *site) (string, url.Values) {
		sent := s.Consulted(t, s.Account(dbtest.Vera), s.Specialist(t, dbtest.Irina, "Ирина, психолог"), "Переезд")
		return sent.ID.DeskPath() + "/answer", url.Values{"key": {formKey()}, "version": {fmt.Sprint(sent.Version)}, "body": {"Да"}}
	}},
	{"a request is declined", dbtest.Irina, func(t *testing.T, s *site) (string, url.Values) {
		sent := s.Consulted(t, s.Account(dbtest.Vera), s.Specialist(t, dbtest.Irina, "Ирина, психолог"), "Переезд")
		must(s.DeskConsultation(t.Context(), s.Account(dbtest.Irina), sent.ID, 0)) // which is written down
		return sent.ID.DeskPath() + "/rejection", url.Values{"version": {fmt.Sprint(sent.Version)}, "reason": {"Не ко мне"}}
	}},
	{"more is asked about an answer", dbtest.Vera, func(t *testing.T, s *site) (string, url.Values) {
		sent := s.Consulted(t, s.Account(dbtest.Vera), s.Specialist(t, dbtest.Irina, "Ирина, психолог"), "Переезд")
		if err := s.AnswerConsultation(t.Context(), s.Account(dbtest.Irina), sent.ID, s.ConsultationAnswer(t, sent.ID, "Да"), nil); err != nil {
			t.Fatal(err)
		}
		return sent.ID.Path() + "/messages", url.Values{"key": {formKey()}, "body": {"А когда?"}}
	}},
	{"a dream is interpreted", dbtest.Irina, func(t *testing.T, s *site) (string, url.Values) {
		return fmt.Sprintf("/staff/dreams/%d/answer", s.SentDream(t, s.Account(dbtest.Boris), "Мост", true).ID), url.Values{"answer": {"Это выбор"}}
	}},
	{"a contest is entered", dbtest.Vera, func(t *testing.T, s *site) (string, url.Values) {
		return s.Contest(t, s.ContestForm()).ID.Path() + "/entries", url.Values{"key": {formKey()}, "title": {"Ночь"}, "body": {"Была ночь"}}
	}},
	{"a contest is finished", dbtest.Nina, func(t *testing.T, s *site) (string, url.Values) {
		contest := s.Contest(t, s.ContestForm())
		entry := s.Entered(t, s.Account(dbtest.Boris), contest, "Утро")
		return fmt.Sprintf("/staff/contests/%d/results", contest.ID), url.Values{"version": {fmt.Sprint(s.Judged(t, contest).Version)}, "place.1": {fmt.Sprint(entry.ID)}, "place.2": {"0"}}
	}},
	{"a subscription is paid from the balance", dbtest.Boris, func(t *testing.T, s *site) (string, url.Values) {
		s.TopUp(t, s.Account(dbtest.Boris), 12_00)
		return "/subscription", orderOf(s.SubscriptionForm(t, db.FormatPDF, 6), "yes")
	}},
	{"a gift is paid with points", dbtest.Vera, func(t *testing.T, s *site) (string, url.Values) {
		s.Granted(t, s.Account(dbtest.Vera), 1200, "")
		form := s.SubscriptionForm(t, db.FormatPDF, 6)
		form.Way = db.PayByPoints
		return "/subscription", orderOf(form, "yes")
	}},
	{"a gift is taken back", dbtest.Vera, func(t *testing.T, s *site) (string, url.Values) {
		return fmt.Sprintf("/subscription/%d/cancellation", s.Subscription(t, s.Account(dbtest.Vera), db.FormatPDF, 6, dbtest.AsGift).ID), nil
	}},
	{"an address is saved", dbtest.Vera, func(t *testing.T, s *site) (string, url.Values) {
		return "/addresses", url.Values{"label": {formKey()[:8]}, "surname": {"Орлова"}, "name": {"Вера"}, "country": {"RU"}, "postal_code": {"119002"}, "city": {"Москва"}, "street": {"Арбат"}, "house": {"1"}}
	}},
}

// TestDoubles sends every act fifty times at once, as a finger does that rests on the button. It leaves what one
// leaves, and everybody reads that it is done, or why it is not done again.
func TestDoubles(t *testing.T) {
	site := open(t)
	for _, double := range doubles {
		t.Run(double.act, func(t *testing.T) {
			browser := site.As(double.by).With(t)
			path, form := double.ready(t, site)
			before := site.traces(t)
			first := browser.Do("POST", path, form.Encode(), nil)
			if first.Status != http.StatusSeeOther {
				t.Fatalf("once: %d %s", first.Status, first.Text())
			}
			once := since(before, site.traces(t))

			path, form = double.ready(t, site)
			before = site.traces(t)
			var all sync.WaitGroup
			var mu sync.Mutex
			answers := map[int]int{}
			for range 50 {
				all.Go(func() {
					got := browser.Do("POST", path, form.Encode(), nil)
					mu.Lock()
					defer mu.Unlock()
					if answers[got.Status]++; got.Status != http.StatusSeeOther && got.Status != http.StatusConflict && got.Status != http.StatusUnprocessableEntity || got.Status != http.StatusSeeOther && got.Text() == "" {
						t.Errorf("one of fifty reads %d: %.200s", got.Status, got.Text())
					}
				})
			}
			all.Wait()
			if fifty := since(before, site.traces(t)); !maps.Equal(fifty, once) || len(once) == 0 {
				t.Errorf("one leaves %v, fifty leave %v", once, fifty)
			}
			if answers[http.StatusSeeOther] == 0 {
				t.Errorf("it was done, and nobody reads so: %v", answers)
			}
			t.Logf("%v leave %v", answers, once)
		})
	}
	if findings, err := site.Audit(t.Context()); err != nil || len(findings) > 0 {
		t.Error(findings, err)
	}
}

// traces counts the rows of every table that people change, and what has a status by it.
func (s *site) traces(t *testing.T) map[string]int {
	t.Helper()
	count := func(sql string) map[string]int {
		rows, err := s.Pool.Query(t.Context(), sql)
		if err != nil {
			t.Fatal(err)
		}
		found := map[string]int{}
		for rows.Next() {
			var what string
			var n int
			if err := rows.Scan(&what, &n); err != nil {
				t.Fatal(err)
			}
			found[what] = n
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		return found
	}
	found := map[string]int{}
	for table := range count(`SELECT relname, 0 FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname !~ '^(river|goose|limits|sessions)'`) {
		maps.Copy(found, count("SELECT '"+table+"', count(*) FROM "+table))
	}
	for table := range count(`SELECT table_name, 0 FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'status' AND table_name !~ '^river'`) {
		maps.Copy(found, count("SELECT '"+table+" '||status, count(*) FROM "+table+" GROUP BY status"))
	}
	return found
}

func since(before, after map[string]int) map[string]int {
	change := map[string]int{}
	for _, counts := range []map[string]int{before, after} {
		for what := range counts {
			if after[what] != before[what] {
				change[what] = after[what] - before[what]
			}
		}
	}
	return change
}

func (s *site) only(t *testing.T, order db.Order) string {
	t.Helper()
	items, err := s.ItemsOf(t.Context(), order.ID)
	if err != nil || len(items) != 1 {
		t.Fatal(len(items), err)
	}
	return fmt.Sprint(items[0].ID)
}

// address is the number of the address that Vera's parcels go to.
func (s *site) address(t *testing.T) string {
	t.Helper()
	address, err := s.DefaultAddressOf(t.Context(), s.Account(dbtest.Vera).ID)
	if err != nil {
		address = s.Address(t, s.Account(dbtest.Vera))
	}
	return fmt.Sprint(address.ID)
}

func (s *site) ownParcel(t *testing.T) db.Parcel {
	t.Helper()
	s.address(t)
	_, items := s.StoredOrder(t, s.Account(dbtest.Vera), dbtest.Mug)
	return s.OwnParcel(t, s.Account(dbtest.Vera), items...)
}

// orderOf is the form of a subscription as it is sent.
func orderOf(form db.SubscriptionForm, gift string) url.Values {
	return url.Values{"tariff": {form.Tariff}, "start": {form.Start}, "gift": {gift}, "way": {string(form.Way)}, "key": {form.Key}}
}

func formKey() string { return dbtest.OrderForm().Key }
