package chaos

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"cabinet/db"
	"cabinet/db/dbtest"
)

// person is somebody with a browser who is signed in.
type person struct {
	db.Visitor
	site     *site
	cookie   string
	language string
	browser  *http.Client
}

// as lets one of our people sit down at a browser. Every request opens a connection of its own.
func (s *site) as(p dbtest.Person) *person {
	s.t.Helper()
	visitor := s.Person(s.t, p)
	secret, err := s.OpenSession(s.t.Context(), visitor.ID, "chaos", "127.0.0.1")
	if err != nil {
		s.t.Fatal(err)
	}
	return &person{visitor, s, secret, "ru", &http.Client{
		Timeout:       40 * time.Second,
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// answer is what came back, or that nothing did.
type answer struct {
	status int
	body   string
	to     string // where a redirect leads
	err    error
}

func (a answer) String() string {
	if a.err != nil {
		return a.err.Error()
	}
	return fmt.Sprintf("%d %s %.300s", a.status, a.to, a.body)
}

// ask sends one request, a form if there is one.
func (p *person) ask(method, path string, form url.Values) answer {
	request, err := http.NewRequestWithContext(context.Background(), method, p.site.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		return answer{err: err}
	}
	request.Header = http.Header{"Cookie": {"sid=" + p.cookie}, "Sec-Fetch-Site": {"same-origin"}, "Accept-Language": {p.language}}
	if method == "POST" {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	got, err := p.browser.Do(request)
	if err != nil {
		return answer{err: err}
	}
	defer got.Body.Close()
	body, err := io.ReadAll(got.Body)
	return answer{got.StatusCode, string(body), got.Header.Get("Location"), err}
}

func (p *person) get(path string) answer { return p.ask("GET", path, nil) }

func (p *person) post(path string, form url.Values) answer { return p.ask("POST", path, form) }

// insists sends the same form again for as long as nobody answers, as a person does. Whether an answer got
// lost is not to be seen from here, so a form that was done already may also be told that it is too late.
func (p *person) insists(path string, form url.Values) (answer, error) {
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		switch got := p.post(path, form); {
		case got.err != nil || got.status == http.StatusServiceUnavailable:
		case got.status >= 500 || got.status == http.StatusNotFound || got.status == http.StatusForbidden:
			return got, fmt.Errorf("POST %s: %s", path, got)
		default:
			return got, nil
		}
	}
	return answer{}, fmt.Errorf("POST %s: nobody answers for a minute", path)
}

// journey is one order from the form to the warehouse: Vera orders and pays, Anna does what the staff does.
// Every step is a form that is sent until it is answered.
func (s *site) journey(vera, anna *person, order *db.OrderID) error {
	ctx := context.Background()
	got, err := vera.insists("/orders", orderForm())
	if err != nil {
		return err
	}
	number, err := strconv.ParseInt(strings.TrimPrefix(got.to, "/orders/"), 10, 64)
	if err != nil {
		return fmt.Errorf("placing an order leads nowhere: %s", got)
	}
	*order = db.OrderID(number)
	items, err := s.ItemsOf(ctx, *order)
	if err != nil || len(items) != 1 {
		return fmt.Errorf("order %d has %d items: %w", *order, len(items), err)
	}
	placed, err := s.OrderByID(ctx, *order)
	if err != nil {
		return err
	}
	item, at := strconv.FormatInt(int64(items[0].ID), 10), strconv.FormatInt(number, 10)
	if _, err := anna.insists("/staff/orders/"+at+"/invoice", url.Values{
		"version": {strconv.Itoa(int(placed.Version))}, "price." + item: {"20,00"}, "commission": {"5"}, "shop_delivery": {"0"},
	}); err != nil {
		return err
	}
	invoice, err := s.GoodsInvoiceOf(ctx, order)
	if err != nil {
		return fmt.Errorf("order %d has no invoice: %w", *order, err)
	}
	if _, err := anna.insists("/staff/payments", url.Values{
		"amount": {dbtest.Typed(invoice.Total)}, "currency": {"EUR"}, "reference": {invoice.Reference}, "payer": {"VERA ORLOVA"}, "received_on": {s.Today().String()}, "key": {key()},
	}); err != nil {
		return err
	}
	var payment int64
	if err := s.Pool.QueryRow(ctx, `SELECT id FROM payments WHERE reference = $1`, invoice.Reference).Scan(&payment); err != nil {
		return fmt.Errorf("the payment for order %d: %w", *order, err)
	}
	if _, err := anna.insists(fmt.Sprintf("/staff/payments/%d/match", payment), nil); err != nil {
		return err
	}
	if _, err := anna.insists("/staff/buying/"+at+"/purchases", url.Values{
		"item": {item}, "shop": {"bergzeit.de"}, "shop_order": {"BZ-" + at}, "price": {"20,00"}, "expected": {s.Today().Plus(3).String()}, "tracking": {"JJD" + at}, "key": {key()},
	}); err != nil {
		return err
	}
	_, err = anna.insists("/staff/receiving/"+at+"/receipts", url.Values{"item": {item}, "weight": {"1,2"}, "key": {key()}})
	return err
}

// orderForm is one pair of boots, in a form that was drawn once.
func orderForm() url.Values {
	return url.Values{
		"key": {key()}, "item.0.url": {dbtest.Boots.URL}, "item.0.title": {dbtest.Boots.Title}, "item.0.quantity": {"1"}, "item.0.price": {"20,00"}, "item.0.currency": {"EUR"},
	}
}

func key() string {
	raw := make([]byte, 12)
	rand.Read(raw)
	return hex.EncodeToString(raw)
}

var errBroken = errors.New("the stream broke off")

// hears opens the stream of a person's page and passes on what is announced until it ends.
func (p *person) hears(ctx context.Context, heard chan<- string) error {
	request, err := http.NewRequestWithContext(ctx, "GET", p.site.base+"/live", nil)
	if err != nil {
		return err
	}
	request.Header.Set("Cookie", "sid="+p.cookie)
	got, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(request)
	if err != nil {
		return err
	}
	defer got.Body.Close()
	if got.StatusCode != http.StatusOK {
		return fmt.Errorf("%w: %d", errBroken, got.StatusCode)
	}
	return listen(ctx, got.Body, heard)
}
