package db_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"cabinet/db"
	"cabinet/db/dbtest"
)

// letters are the mails of a kind that were written to somebody, the oldest first.
func letters(t *testing.T, w *dbtest.World, to db.Visitor, kind db.MailKind) []db.Letter {
	t.Helper()
	rows, err := w.Pool.Query(t.Context(), "SELECT letter FROM mails WHERE account_id = $1 AND kind = $2 ORDER BY id", to.ID, kind)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var found []db.Letter
	for rows.Next() {
		var content []byte
		var letter db.Letter
		if err := rows.Scan(&content); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(content, &letter); err != nil {
			t.Fatal(err)
		}
		found = append(found, letter)
	}
	return found
}

func items(t *testing.T, w *dbtest.World, order db.Order) []db.Item {
	t.Helper()
	found, err := w.ItemsOf(t.Context(), order.ID)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func again(t *testing.T, w *dbtest.World, order db.Order) db.Order {
	t.Helper()
	order, err := w.OrderByID(t.Context(), order.ID)
	if err != nil {
		t.Fatal(err)
	}
	return order
}

func edit(t *testing.T, w *dbtest.World, order db.Order) db.OrderForm {
	t.Helper()
	return order.Form(items(t, w, order))
}

func TestPlaceOrder(t *testing.T) {
	t.Parallel()
	w := dbtest.Open(t)
	vera := w.Person(t, dbtest.Vera)
	address := w.Address(t, vera)

	t.Run("E10 the customer gets a copy with everything", func(t *testing.T) {
		form := dbtest.OrderForm(dbtest.Boots, dbtest.Mug)
		form.Comment, form.AddressID, form.Method = "Без коробки,\r\nпожалуйста", address.ID, "ems"
		order, err := w.PlaceOrder(t.Context(), vera, form)
		if err != nil {
			t.Fatal(err)
		}
		if order.Status != db.OrderNew || order.PaymentState != db.Unpaid || order.Comment != "Без коробки,\nпожалуйста" {
			t.Errorf("%+v", order)
		}
		copies := letters(t, w, vera, db.MailOrderReceived)
		if len(copies) != 1 {
			t.Fatalf("%d copies", len(copies))
		}
		got := copies[0]
		if got.Number != order.ID.Number() || got.Comment != order.Comment || got.Method != "ems" || len(got.ShipTo) == 0 || len(got.Lines) != 2 {
			t.Errorf("%+v", got)
		}
		line := got.Lines[1]
		if line.URL != dbtest.Mug.URL || line.Quantity != 2 || line.Amount != 5580 || line.Currency != db.EUR || line.Options != "galaxus.de · зелёная" {
			t.Errorf("%+v", line)
		}
	})
	t.Run("E04 the number has a check digit", func(t *testing.T) {
		order := w.PlacedOrder(t, vera, dbtest.Book)
		if id, ok := db.ParseOrderNumber("№ " + order.ID.Number()); !ok || id != order.ID {
			t.Errorf("%s is read as %d", order.ID.Number(), id)
		}
	})
	t.Run("a form sent twice at once makes one order and one copy", func(t *testing.T) {
		form := dbtest.OrderForm(dbtest.Boots)
		before := len(letters(t, w, vera, db.MailOrderReceived))
		made := make([]db.Order, 5)
		var all sync.WaitGroup
		for i := range made {
			all.Go(func() { made[i], _ = w.PlaceOrder(t.Context(), vera, form) })
		}
		all.Wait()
		for _, order := range made {
			if order.ID == 0 || order.ID != made[0].ID {
				t.Errorf("orders %d and %d", order.ID, made[0].ID)
			}
		}
		if n := len(items(t, w, made[0])); n != 1 {
			t.Errorf("%d items", n)
		}
		if now := len(letters(t, w, vera, db.MailOrderReceived)); now != before+1 {
			t.Errorf("%d copies", now-before)
		}
	})
	t.Run("somebody else's key is not theirs", func(t *testing.T) {
		boris := w.Person(t, dbtest.Boris)
		form := dbtest.OrderForm(dbtest.Boots)
		first, err := w.PlaceOrder(t.Context(), vera, form)
		if err != nil {
			t.Fatal(err)
		}
		second, err := w.PlaceOrder(t.Context(), boris, form)
		if err != nil || second.ID == first.ID || second.AccountID != boris.ID {
			t.Errorf("%d %d %v", first.ID, second.ID, err)
		}
	})
	t.Run("an order goes only to an address of one's own, by a method that goes there", func(t *testing.T) {
		boris := w.Person(t, dbtest.Boris)
		form := dbtest.OrderForm(dbtest.Boots)
		form.AddressID = address.ID
		_, err := w.PlaceOrder(t.Context(), boris, form)
		wrong(t, err, "address_id", "orders.address_unknown")
		form.AddressID, form.Method = 0, "dhl_paket" // stays in Europe
		_, err = w.PlaceOrder(t.Context(), vera, form)
		wrong(t, err, "method", "orders.method_not_there")
	})
}

// wrong expects a problem with one field.
func wrong(t *testing.T, err error, field, key string) {
	t.Helper()
	problems, ok := err.(db.Problems)
	if !ok || problems[field] != key {
		t.Errorf("got %v, want %s at %s", err, key, field)
	}
}

func TestOrderForm(t *testing.T) {
	t.Parallel()
	w := dbtest.Open(t)
	vera := w.Person(t, dbtest.Vera)
	for name, c := range map[string]struct {
		spoil      func(*db.ItemForm)
		field, key string
	}{
		"no title":         {func(f *db.ItemForm) { f.Title = " \u200b " }, "title", "orders.title_required"},
		"no piece":         {func(f *db.ItemForm) { f.Quantity = "0" }, "quantity", "orders.quantity_wrong"},
		"too many":         {func(f *db.ItemForm) { f.Quantity = "1000" }, "quantity", "orders.quantity_wrong"},
		"not a number":     {func(f *db.ItemForm) { f.Quantity = "две" }, "quantity", "orders.quantity_wrong"},
		"a price in words": {func(f *db.ItemForm) { f.Price = "дорого" }, "price", "orders.price_wrong"},
		"a negative price": {func(f *db.ItemForm) { f.Price = "-5" }, "price", "orders.price_wrong"},
		"no price":         {func(f *db.ItemForm) { f.Price = "" }, "price", "orders.price_wrong"},
		"an odd currency":  {func(f *db.ItemForm) { f.Currency = "XAU" }, "currency", "orders.currency_unknown"},
		"a script":         {func(f *db.ItemForm) { f.URL = "javascript:alert(1)//example.com" }, "url", "orders.url_wrong"},
		"a data link":      {func(f *db.ItemForm) { f.URL = "data:text/html,<script>" }, "url", "orders.url_wrong"},
		"a hidden user":    {func(f *db.ItemForm) { f.URL = "https://zalando.de@evil.example/" }, "url", "orders.url_wrong"},
		"a file":           {func(f *db.ItemForm) { f.URL = "file:///etc/passwd" }, "url", "orders.url_wrong"},
		"nowhere":          {func(f *db.ItemForm) { f.URL = "" }, "shop", "orders.shop_required"},
		"a long title":     {func(f *db.ItemForm) { f.Title = strings.Repeat("щ", 201) }, "title", "fields.too_long"},
		"a long link":      {func(f *db.ItemForm) { f.URL = "https://example.com/" + strings.Repeat("a", 2000) }, "url", "fields.too_long"},
	} {
		t.Run(name, func(t *testing.T) {
			thing := dbtest.Boots
			c.spoil(&thing)
			_, err := w.PlaceOrder(t.Context(), vera, dbtest.OrderForm(dbtest.Mug, thing))
			wrong(t, err, db.ItemField(1, c.field), c.key)
		})
	}
	t.Run("an order of nothing", func(t *testing.T) {
		_, err := w.PlaceOrder(t.Context(), vera, dbtest.OrderForm(db.ItemForm{Quantity: "1", Currency: db.EUR}))
		wrong(t, err, "items", "orders.no_items")
	})
	t.Run("more items than anybody packs", func(t *testing.T) {
		_, err := w.PlaceOrder(t.Context(), vera, dbtest.OrderForm(make101(dbtest.Mug)...))
		wrong(t, err, "items", "orders.too_many_items")
	})
	t.Run("hostile text is only text", func(t *testing.T) {
		thing := dbtest.Boots
		thing.Title = "<script>alert(1)</script>\x00\xff'; DROP TABLE orders; --\u202e"
		order := w.PlacedOrder(t, vera, thing)
		if got := items(t, w, order)[0].Title; got != "<script>alert(1)</script> '; DROP TABLE orders; --" {
			t.Errorf("%q", got)
		}
	})
	t.Run("E25 several links pasted at once become several items of their shops", func(t *testing.T) {
		rows := db.LinkedItems("https://www.zalando.de/a?b=c\nhttp://Shop.Example.com/x,\n\n javascript:alert(1) amazon.de/dp/B01")
		var shops []string
		for _, row := range rows {
			shops = append(shops, row.Shop)
		}
		if got := strings.Join(shops, " "); got != "zalando.de shop.example.com amazon.de" || rows[0].URL != "https://www.zalando.de/a?b=c" {
			t.Errorf("%s %+v", got, rows)
		}
	})
}

func make101(thing db.ItemForm) []db.ItemForm {
	things := make([]db.ItemForm, 101)
	for i := range things {
		things[i] = thing
	}
	return things
}

func TestOrders(t *testing.T) {
	t.Parallel()
	w := dbtest.Open(t)
	vera, boris := w.Person(t, dbtest.Vera), w.Person(t, dbtest.Boris)
	list := func(t *testing.T, filter db.OrdersFilter) []db.Order {
		t.Helper()
		page := &db.OrderList{Of: vera.ID, Filter: filter}
		if err := w.Read(t.Context(), page); err != nil {
			t.Fatal(err)
		}
		return page.Rows
	}
	dollars := dbtest.Mug
	dollars.Currency = "USD"
	first := w.PlacedOrder(t, vera, dbtest.Boots, dollars)
	w.Clock.Pass(time.Hour)
	second := w.PricedOrder(t, vera, dbtest.Mug)
	w.PlacedOrder(t, boris, dbtest.Boots)

	t.Run("E02 the newest first, with how many items and what they cost", func(t *testing.T) {
		rows := list(t, db.OrdersFilter{})
		if len(rows) != 2 || rows[0].ID != second.ID || rows[1].ItemCount != 2 {
			t.Fatalf("%+v", rows)
		}
		if got := fmt.Sprint(rows[0].Amounts(), rows[1].Amounts()); got != "[{7080 EUR}] [{18995 EUR} {5580 USD}]" {
			t.Error(got)
		}
	})
	t.Run("E02 found by number, shop and item, and never somebody else's", func(t *testing.T) {
		for words, want := range map[string]db.OrderID{
			first.ID.Number(): first.ID, "№" + first.ID.Number(): first.ID, fmt.Sprint(int64(second.ID)): second.ID,
			"BERGZEIT": first.ID, "civetta": first.ID, "ботинки": first.ID,
		} {
			if rows := list(t, db.OrdersFilter{Words: words}); len(rows) != 1 || rows[0].ID != want {
				t.Errorf("%s: %d rows", words, len(rows))
			}
		}
		for _, words := range []string{"%", "_", `\`, "99999-9", "'"} {
			if rows := list(t, db.OrdersFilter{Words: words}); len(rows) != 0 {
				t.Errorf("%s: %d rows", words, len(rows))
			}
		}
	})
	t.Run("E02 narrowed to a status, with counts", func(t *testing.T) {
		if rows := list(t, db.OrdersFilter{Status: db.OrderShipped}); len(rows) != 0 {
			t.Errorf("%d shipped", len(rows))
		}
		counts, err := w.OrderCountsOf(t.Context(), vera.ID)
		if err != nil || len(counts) != 1 || counts[0].Status != db.OrderNew || counts[0].Orders != 2 {
			t.Errorf("%+v %v", counts, err)
		}
	})
	t.Run("E02 a page begins where the one before it ended", func(t *testing.T) {
		for range db.OrdersPage {
			w.PlacedOrder(t, vera, dbtest.Book) // all of one instant
		}
		page := &db.OrderList{Of: vera.ID}
		if err := w.Read(t.Context(), page); err != nil || len(page.Rows) != db.OrdersPage || !page.More {
			t.Fatalf("%d %v %v", len(page.Rows), page.More, err)
		}
		last := page.Rows[len(page.Rows)-1]
		rest := list(t, db.OrdersFilter{Below: db.Place[db.OrderID]{At: last.CreatedAt, ID: last.ID}})
		if len(rest) != 2 || rest[1].ID != first.ID {
			t.Errorf("%+v", rest)
		}
	})
}

func TestSaveOrder(t *testing.T) {
	t.Parallel()
	w := dbtest.Open(t)
	vera, boris := w.Person(t, dbtest.Vera), w.Person(t, dbtest.Boris)

	t.Run("E12 items are added, changed and taken away", func(t *testing.T) {
		order := w.PlacedOrder(t, vera, dbtest.Boots, dbtest.Mug)
		form := edit(t, w, order)
		form.Items[0].Quantity, form.Items[1] = "3", dbtest.Book
		saved, err := w.SaveOrder(t.Context(), vera, order.ID, form)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, item := range items(t, w, saved) {
			got = append(got, fmt.Sprint(item.Title, " ", item.Quantity, " ", item.Status))
		}
		want := "Ботинки Meindl Civetta 3 under_review|Книга «Der Struwwelpeter» 1 under_review|Термокружка Stanley 0,47 л 2 cancelled"
		if strings.Join(sorted(got), "|") != want {
			t.Errorf("%v", got)
		}
		if saved.Version != 2 || saved.ChangedAt != nil {
			t.Errorf("%+v", saved)
		}
	})
	t.Run("E14 a change after the invoice supersedes it, and the order waits for a new one with the difference", func(t *testing.T) {
		order := w.PricedOrder(t, vera, dbtest.Boots, dbtest.Mug)
		old, err := w.GoodsInvoiceOf(t.Context(), &order.ID)
		if err != nil {
			t.Fatal(err)
		}
		form := edit(t, w, order)
		form.Items[1].Quantity, form.Note = "1", "Одной кружки хватит"
		order, err = w.SaveOrder(t.Context(), vera, order.ID, form)
		if err != nil {
			t.Fatal(err)
		}
		if !order.In(db.ChangedOrders) || order.In(db.NewOrders) || order.In(db.UnpaidOrders) {
			t.Errorf("%+v", order)
		}
		if old, err = w.InvoiceByID(t.Context(), old.ID); err != nil || old.Status != db.InvoiceSuperseded {
			t.Errorf("%+v %v", old, err)
		}
		desk, err := w.DeskOrder(t.Context(), order.ID)
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(desk.Differences[0].Kind, desk.Differences[0].Fields); got != "item_changed[{quantity 2 1}]" || len(desk.Differences) != 1 {
			t.Errorf("%+v", desk.Differences)
		}
		if len(desk.Notes) != 1 || desk.Notes[0].Note != "Одной кружки хватит" {
			t.Errorf("%+v", desk.Notes)
		}
		if known := desk.Items[1].UnitPrice; known == nil || *known != 2790 {
			t.Errorf("the price is forgotten")
		}
	})
	t.Run("another thing needs another price", func(t *testing.T) {
		order := w.PricedOrder(t, vera, dbtest.Boots)
		form := edit(t, w, order)
		form.Items[0].Options = "размер 40"
		order, err := w.SaveOrder(t.Context(), vera, order.ID, form)
		if err != nil || items(t, w, order)[0].UnitPrice != nil {
			t.Errorf("%v", err)
		}
	})
	t.Run("nothing changed is nothing done", func(t *testing.T) {
		order := w.PricedOrder(t, vera, dbtest.Boots)
		saved, err := w.SaveOrder(t.Context(), vera, order.ID, edit(t, w, order))
		if err != nil || saved.Version != order.Version || saved.ChangedAt != nil {
			t.Errorf("%+v %v", saved, err)
		}
	})
	t.Run("E11 two tabs: the second is told, and nothing changes", func(t *testing.T) {
		order := w.PlacedOrder(t, vera, dbtest.Boots)
		first, second := edit(t, w, order), edit(t, w, order)
		first.Items[0].Quantity, second.Items[0].Quantity = "2", "3"
		if _, err := w.SaveOrder(t.Context(), vera, order.ID, first); err != nil {
			t.Fatal(err)
		}
		_, err := w.SaveOrder(t.Context(), vera, order.ID, second)
		refused(t, err, db.OrderStale)
		if got := items(t, w, order)[0].Quantity; got != 2 {
			t.Errorf("%d pieces", got)
		}
	})
	t.Run("E11 only its owner", func(t *testing.T) {
		order := w.PlacedOrder(t, vera, dbtest.Boots)
		if _, err := w.SaveOrder(t.Context(), boris, order.ID, edit(t, w, order)); err != db.ErrNotFound {
			t.Errorf("%v", err)
		}
		if _, err := w.CancelOrder(t.Context(), boris, order.ID); err != db.ErrNotFound {
			t.Errorf("%v", err)
		}
		other := w.PlacedOrder(t, boris, dbtest.Boots)
		form := edit(t, w, order)
		form.Items[0].ID = items(t, w, other)[0].ID
		_, err := w.SaveOrder(t.Context(), vera, order.ID, form)
		refused(t, err, db.OrderStale)
	})
	t.Run("E11 not once it is being bought", func(t *testing.T) {
		order := w.AcceptedOrder(t, vera, dbtest.Boots)
		_, err := w.SaveOrder(t.Context(), vera, order.ID, edit(t, w, order))
		refused(t, err, db.OrderClosed)
		_, err = w.CancelOrder(t.Context(), vera, order.ID)
		refused(t, err, db.OrderClosed)
	})
	t.Run("E11 a payment on its way makes the customer confirm", func(t *testing.T) {
		order := w.PricedOrder(t, vera, dbtest.Boots)
		invoice, err := w.GoodsInvoiceOf(t.Context(), &order.ID)
		if err != nil {
			t.Fatal(err)
		}
		w.Transfer(t, invoice, 100)
		order = again(t, w, order)
		form := edit(t, w, order)
		form.Items[0].Quantity = "2"
		_, err = w.SaveOrder(t.Context(), vera, order.ID, form)
		wrong(t, err, "sure", "orders.payment_on_its_way")
		form.Sure = true
		if order, err = w.SaveOrder(t.Context(), vera, order.ID, form); err != nil || order.PaymentState != db.Unpaid {
			t.Errorf("%+v %v", order, err)
		}
	})
}

func sorted(words []string) []string {
	for i := range words {
		for j := i; j > 0 && words[j] < words[j-1]; j-- {
			words[j], words[j-1] = words[j-1], words[j]
		}
	}
	return words
}

func TestSaveOrderAtDesk(t *testing.T) {
	t.Parallel()
	w := dbtest.Open(t)
	vera, gleb := w.Person(t, dbtest.Vera), w.Person(t, dbtest.Gleb)

	t.Run("E11 a buyer changes a new order, and the customer gets the reason and the new copy", func(t *testing.T) {
		order := w.PricedOrder(t, vera, dbtest.Boots, dbtest.Mug)
		form := edit(t, w, order)
		form.Items, form.Note = form.Items[:1], "Кружек больше нет"
		form.Items[0].Quantity = "2"
		before := len(letters(t, w, vera, db.MailOrderReceived))
		order, err := w.SaveOrderAtDesk(t.Context(), gleb, order.ID, form)
		if err != nil {
			t.Fatal(err)
		}
		copies := letters(t, w, vera, db.MailOrderReceived)[before:]
		if len(copies) != 1 || copies[0].Act != "changed" || copies[0].Reason != "Кружек больше нет" || len(copies[0].Lines) != 1 || copies[0].Lines[0].Quantity != 2 {
			t.Errorf("%+v", copies)
		}
		if !order.In(db.ChangedOrders) {
			t.Errorf("%+v", order)
		}
		sheet, err := w.OrderSheet(t.Context(), vera, order.ID)
		if err != nil {
			t.Fatal(err)
		}
		told := false
		for _, move := range sheet.Moves {
			if edits := sheet.Edits[move.ID]; len(edits) > 0 {
				told = move.Reason == "Кружек больше нет" && *move.By == gleb.ID && len(edits) == 2
			}
		}
		if !told {
			t.Errorf("the history does not say what and why: %+v %+v", sheet.Moves, sheet.Edits)
		}
		if desk, err := w.DeskOrder(t.Context(), order.ID); err != nil || len(desk.Notes) != 0 {
			t.Errorf("the reason stands there as if the customer had written it: %+v %v", desk.Notes, err)
		}
	})
	t.Run("E11 the reason is a must, and nothing is changed without it", func(t *testing.T) {
		order := w.PlacedOrder(t, vera, dbtest.Boots)
		form := edit(t, w, order)
		form.Items[0].Quantity, form.Items[0].Price = "5", "много"
		_, err := w.SaveOrderAtDesk(t.Context(), gleb, order.ID, form)
		problems, ok := errors.AsType[db.Problems](err)
		if !ok || problems["note"] == "" || problems[db.ItemField(0, "price")] == "" || items(t, w, order)[0].Quantity != 1 {
			t.Error(err)
		}
	})
	t.Run("E11 a form that changes nothing tells nobody", func(t *testing.T) {
		order := w.PlacedOrder(t, vera, dbtest.Boots)
		form, before := edit(t, w, order), len(letters(t, w, vera, db.MailOrderReceived))
		form.Note = "Просто так"
		saved, err := w.SaveOrderAtDesk(t.Context(), gleb, order.ID, form)
		if err != nil || saved.Version != order.Version || len(letters(t, w, vera, db.MailOrderReceived)) != before {
			t.Errorf("%+v %v", saved, err)
		}
	})
	t.Run("E11 only a new order, in the version that was on the screen", func(t *testing.T) {
		order := w.PlacedOrder(t, vera, dbtest.Boots)
		form := edit(t, w, order)
		form.Note = "Цена другая"
		form.Version--
		if _, err := w.SaveOrderAtDesk(t.Context(), gleb, order.ID, form); !errors.Is(err, db.OrderStale) {
			t.Error(err)
		}
		accepted := w.AcceptedOrder(t, vera, dbtest.Boots)
		form = edit(t, w, accepted)
		form.Note = "Цена другая"
		if _, err := w.SaveOrderAtDesk(t.Context(), gleb, accepted.ID, form); !errors.Is(err, db.Refusal("orders.not_new")) {
			t.Error(err)
		}
	})
	t.Run("E11 the staff cancel with a reason; what came of the money goes back", func(t *testing.T) {
		order := w.PricedOrder(t, vera, dbtest.Boots)
		w.Transfer(t, w.GoodsInvoice(t, order), 50_00)
		order = again(t, w, order)
		if _, err := w.CancelOrderAtDesk(t.Context(), gleb, order.ID, db.CancellationForm{Version: order.Version, Reason: " "}); err == nil {
			t.Error("cancelled without a word")
		}
		order, err := w.CancelOrderAtDesk(t.Context(), gleb, order.ID, db.CancellationForm{Version: order.Version, Reason: "Магазин закрылся"})
		if err != nil || order.Status != db.OrderCancelled {
			t.Fatalf("%+v %v", order, err)
		}
		if money := balance(t, w, vera); money != 50_00 {
			t.Errorf("the balance is %d", money)
		}
		copies := letters(t, w, vera, db.MailOrderReceived)
		if last := copies[len(copies)-1]; last.Act != "cancelled" || last.Reason != "Магазин закрылся" || len(last.Lines) != 1 {
			t.Errorf("%+v", last)
		}
		moves, err := w.MovesOfOrder(t.Context(), &order.ID)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(moves, func(m db.MovesOfOrderRow) bool {
			return m.ToStatus == "cancelled" && m.Subject == "order" && m.Reason == "Магазин закрылся"
		}) {
			t.Errorf("%+v", moves)
		}
		if findings, err := w.Audit(t.Context()); err != nil || len(findings) > 0 {
			t.Error(findings, err)
		}
	})
}

func TestComment(t *testing.T) {
	t.Parallel()
	w := dbtest.Open(t)
	vera := w.Person(t, dbtest.Vera)

	t.Run("E07 the comment is editable only while the order is new, and its versions are kept", func(t *testing.T) {
		order := w.PlacedOrder(t, vera, dbtest.Boots)
		order, err := w.ChangeComment(t.Context(), vera, order.ID, db.CommentForm{Version: order.Version, Comment: "Без чека"})
		if err != nil {
			t.Fatal(err)
		}
		if order, err = w.ChangeComment(t.Context(), vera, order.ID, db.CommentForm{Version: order.Version, Comment: "С чеком"}); err != nil {
			t.Fatal(err)
		}
		versions, err := w.OrderVersions(t.Context(), order.ID)
		if err != nil || len(versions) != 3 {
			t.Fatalf("%d %v", len(versions), err)
		}
		if before, err := versions[1].Read(); err != nil || before.Comment != "Без чека" {
			t.Errorf("%+v %v", before, err)
		}
		accepted := w.AcceptedOrder(t, vera, dbtest.Boots)
		_, err = w.ChangeComment(t.Context(), vera, accepted.ID, db.CommentForm{Version: accepted.Version, Comment: "Поздно"})
		refused(t, err, db.OrderClosed)
	})
	t.Run("E06 a comment is unread until somebody at the desk has read it", func(t *testing.T) {
		form := dbtest.OrderForm(dbtest.Boots)
		form.Comment = "Позвоните"
		order, err := w.PlaceOrder(t.Context(), vera, form)
		if err != nil || !order.In(db.UnreadOrders) {
			t.Fatalf("%+v %v", order, err)
		}
		gleb := w.Person(t, dbtest.Gleb)
		if order, err = w.ReadComment(t.Context(), gleb, order.ID, order.Version); err != nil || order.Unread() {
			t.Errorf("%+v %v", order, err)
		}
		order, err = w.ChangeComment(t.Context(), vera, order.ID, db.CommentForm{Version: order.Version, Comment: "Не звоните"})
		if err != nil || !order.Unread() {
			t.Errorf("a new comment counts as read: %v", err)
		}
		if _, err = w.ReadComment(t.Context(), gleb, order.ID, order.Version-1); err != db.OrderStale {
			t.Errorf("read what was not shown: %v", err)
		}
	})
	t.Run("a comment alone leaves the invoice in force", func(t *testing.T) {
		order := w.PricedOrder(t, vera, dbtest.Boots)
		order, err := w.ChangeComment(t.Context(), vera, order.ID, db.CommentForm{Version: order.Version, Comment: "Спасибо"})
		if err != nil || order.ChangedAt != nil {
			t.Fatal(err)
		}
		if invoice, err := w.GoodsInvoiceOf(t.Context(), &order.ID); err != nil || !invoice.Status.Open() {
			t.Errorf("%+v %v", invoice, err)
		}
	})
}

func TestShipTo(t *testing.T) {
	t.Parallel()
	w := dbtest.Open(t)
	vera := w.Person(t, dbtest.Vera)
	address := w.Address(t, vera)

	t.Run("an order may go elsewhere until it is packed", func(t *testing.T) {
		order := w.AcceptedOrder(t, vera, dbtest.Boots)
		order, err := w.ChangeShipTo(t.Context(), vera, order.ID, db.ShipToForm{Version: order.Version, AddressID: address.ID, Method: "ems"})
		if err != nil || order.AddressID == nil || *order.AddressID != address.ID || order.Status != db.OrderProcessing {
			t.Fatalf("%+v %v", order, err)
		}
		_, err = w.ChangeShipTo(t.Context(), vera, order.ID, db.ShipToForm{Version: order.Version - 1})
		refused(t, err, db.OrderStale)
		w.Pool.Exec(t.Context(), "UPDATE orders SET status = 'ready_to_ship' WHERE id = $1", order.ID)
		_, err = w.ChangeShipTo(t.Context(), vera, order.ID, db.ShipToForm{Version: order.Version})
		refused(t, err, db.OrderClosed)
	})
	t.Run("C22 it is known beforehand what the parcel will miss", func(t *testing.T) {
		boris := w.Person(t, dbtest.Boris)
		form := dbtest.AddressForm()
		form.House, form.Flat = "", ""
		if _, err := w.AddAddress(t.Context(), boris, form); err != nil {
			t.Fatal(err)
		}
		order := w.AcceptedOrder(t, boris, dbtest.Boots)
		sheet, err := w.OrderSheet(t.Context(), boris, order.ID)
		if err != nil || strings.Join(sheet.ShipTo.Missing, " ") != "house flat" {
			t.Errorf("%v %v", sheet.ShipTo.Missing, err)
		}
		begun := letters(t, w, boris, db.MailOrderAccepted)
		if len(begun) != 1 || strings.Join(begun[0].Missing, " ") != "house flat" {
			t.Errorf("%+v", begun)
		}
	})
}

func TestCancelOrder(t *testing.T) {
	t.Parallel()
	w := dbtest.Open(t)
	vera := w.Person(t, dbtest.Vera)

	t.Run("E11 a new order is given up with its items and its invoice", func(t *testing.T) {
		order := w.PricedOrder(t, vera, dbtest.Boots, dbtest.Mug)
		invoice, err := w.GoodsInvoiceOf(t.Context(), &order.ID)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 { // the second click finds it done
			if order, err = w.CancelOrder(t.Context(), vera, order.ID); err != nil || order.Status != db.OrderCancelled {
				t.Fatalf("%+v %v", order, err)
			}
		}
		for _, item := range items(t, w, order) {
			if item.Status != db.ItemCancelled {
				t.Errorf("%s is %s", item.Title, item.Status)
			}
		}
		if invoice, err = w.InvoiceByID(t.Context(), invoice.ID); err != nil || invoice.Status.Open() {
			t.Errorf("%+v %v", invoice, err)
		}
		moves, err := w.MovesOfOrder(t.Context(), &order.ID)
		if err != nil || moves[0].ToStatus != "cancelled" {
			t.Errorf("%+v %v", moves, err)
		}
	})
	t.Run("what was paid in part is on the balance again", func(t *testing.T) {
		order := w.PricedOrder(t, vera, dbtest.Boots)
		invoice, err := w.GoodsInvoiceOf(t.Context(), &order.ID)
		if err != nil {
			t.Fatal(err)
		}
		w.Transfer(t, invoice, 5000)
		if order, err = w.CancelOrder(t.Context(), vera, order.ID); err != nil || order.Status != db.OrderCancelled {
			t.Fatalf("%+v %v", order, err)
		}
		if got := w.Person(t, dbtest.Vera).Purse.Available; got != 5000 {
			t.Errorf("the balance is %d", got)
		}
	})
}

func TestPriceOrder(t *testing.T) {
	t.Parallel()
	w := dbtest.Open(t)
	vera, gleb, olga := w.Person(t, dbtest.Vera), w.Person(t, dbtest.Gleb), w.Person(t, dbtest.Olga)

	t.Run("D06 confirmed prices become an invoice, and the order leaves the queue", func(t *testing.T) {
		order := w.PlacedOrder(t, vera, dbtest.Boots, dbtest.Mug)
		if !order.In(db.NewOrders) {
			t.Errorf("%+v", order)
		}
		form := w.Prices(t, order)
		form.Prices[items(t, w, order)[0].ID] = "180"
		if got := form.Total(items(t, w, order)); got != 18000+5580+1500 {
			t.Errorf("the form adds up to %d", got)
		}
		order, err := w.PriceOrder(t.Context(), gleb, order.ID, form)
		if err != nil || !order.In(db.UnpaidOrders) || order.In(db.NewOrders) {
			t.Fatalf("%+v %v", order, err)
		}
		invoice, err := w.GoodsInvoiceOf(t.Context(), &order.ID)
		if err != nil || invoice.Total != 18000+5580+1500 {
			t.Errorf("%+v %v", invoice, err)
		}
	})
	t.Run("a second buyer is refused, and there is one invoice", func(t *testing.T) {
		order := w.PlacedOrder(t, vera, dbtest.Boots)
		form := w.Prices(t, order)
		if _, err := w.PriceOrder(t.Context(), gleb, order.ID, form); err != nil {
			t.Fatal(err)
		}
		_, err := w.PriceOrder(t.Context(), gleb, order.ID, form)
		refused(t, err, db.OrderStale)
		all, err := w.InvoicesOfOrder(t.Context(), &order.ID)
		if err != nil || len(all) != 1 {
			t.Errorf("%d invoices, %v", len(all), err)
		}
	})
	t.Run("every price must be there", func(t *testing.T) {
		order := w.PlacedOrder(t, vera, dbtest.Boots)
		form := w.Prices(t, order)
		id := items(t, w, order)[0].ID
		form.Prices[id], form.Commission = "", "мало"
		_, err := w.PriceOrder(t.Context(), gleb, order.ID, form)
		wrong(t, err, db.PriceField(id), "orders.price_wrong")
		wrong(t, err, "commission", "orders.price_wrong")
	})
	t.Run("an invoice over nothing is not issued", func(t *testing.T) {
		gift := dbtest.Book
		gift.Price = "0"
		order := w.PlacedOrder(t, vera, gift)
		form := w.Prices(t, order)
		form.Commission, form.ShopDelivery = "0", "0"
		_, err := w.PriceOrder(t.Context(), gleb, order.ID, form)
		wrong(t, err, "commission", "orders.nothing_to_pay")
	})
	t.Run("a customer who saves while the buyer prices: one of them is told", func(t *testing.T) {
		for range 5 {
			order := w.PlacedOrder(t, vera, dbtest.Boots)
			prices, wanted := w.Prices(t, order), edit(t, w, order)
			wanted.Items[0].Quantity = "2"
			var priced, saved error
			var both sync.WaitGroup
			both.Go(func() { _, priced = w.PriceOrder(t.Context(), gleb, order.ID, prices) })
			both.Go(func() { _, saved = w.SaveOrder(t.Context(), vera, order.ID, wanted) })
			both.Wait()
			if (priced == nil) == (saved == nil) || priced != nil && priced != db.OrderStale || saved != nil && saved != db.OrderStale {
				t.Errorf("priced: %v, saved: %v", priced, saved)
			}
		}
	})
	t.Run("a cancelled order is not priced", func(t *testing.T) {
		order := w.PlacedOrder(t, vera, dbtest.Boots)
		form := w.Prices(t, order)
		if _, err := w.CancelOrder(t.Context(), vera, order.ID); err != nil {
			t.Fatal(err)
		}
		_, err := w.PriceOrder(t.Context(), gleb, order.ID, form)
		refused(t, err, "orders.cancelled_meanwhile")
	})
	t.Run("E15 a paid order is being bought; E16 the customer is told once", func(t *testing.T) {
		before := len(letters(t, w, vera, db.MailOrderAccepted))
		order := w.PaidOrder(t, vera, dbtest.Boots)
		if order.Status != db.OrderProcessing || order.PaymentState != db.Paid {
			t.Errorf("%+v", order)
		}
		if n := len(letters(t, w, vera, db.MailOrderAccepted)) - before; n != 1 {
			t.Errorf("%d mails", n)
		}
	})
	t.Run("E15 staff let a priced order through with a reason", func(t *testing.T) {
		before := len(letters(t, w, vera, db.MailOrderAccepted))
		order := w.PlacedOrder(t, vera, dbtest.Boots)
		_, err := w.AcceptOrder(t.Context(), olga, order.ID, db.AcceptanceForm{Version: order.Version, Reason: "в кредит"})
		refused(t, err, "orders.not_priced")
		if order, err = w.PriceOrder(t.Context(), gleb, order.ID, w.Prices(t, order)); err != nil {
			t.Fatal(err)
		}
		_, err = w.AcceptOrder(t.Context(), olga, order.ID, db.AcceptanceForm{Version: order.Version, Reason: " "})
		wrong(t, err, "reason", "orders.reason_required")
		order, err = w.AcceptOrder(t.Context(), olga, order.ID, db.AcceptanceForm{Version: order.Version, Reason: "в кредит"})
		if err != nil || order.Status != db.OrderProcessing || order.PaymentState != db.Unpaid {
			t.Fatalf("%+v %v", order, err)
		}
		invoice, err := w.GoodsInvoiceOf(t.Context(), &order.ID)
		if err != nil {
			t.Fatal(err)
		}
		w.Transfer(t, invoice, invoice.Total)
		if n := len(letters(t, w, vera, db.MailOrderAccepted)) - before; n != 1 {
			t.Errorf("%d mails", n)
		}
	})
}

func TestOrderQueues(t *testing.T) {
	t.Parallel()
	w := dbtest.Open(t)
	vera := w.Person(t, dbtest.Vera)
	fresh := w.PlacedOrder(t, vera, dbtest.Boots, dbtest.Mug)
	w.Clock.Pass(time.Minute)
	later := w.PlacedOrder(t, vera, dbtest.Book)
	unpaid := w.PricedOrder(t, vera, dbtest.Book)
	changed := w.PricedOrder(t, vera, dbtest.Book)
	form := edit(t, w, changed)
	form.Items[0].Quantity, form.Comment = "2", "Две"
	if _, err := w.SaveOrder(t.Context(), vera, changed.ID, form); err != nil {
		t.Fatal(err)
	}
	for queue, want := range map[db.OrderQueueName][]db.OrderID{
		db.NewOrders: {fresh.ID, later.ID}, db.ChangedOrders: {changed.ID}, db.UnpaidOrders: {unpaid.ID}, db.UnreadOrders: {changed.ID},
	} {
		rows, more, err := w.OrdersWaiting(t.Context(), queue, db.Place[db.OrderID]{})
		var got []db.OrderID
		for _, row := range rows {
			got = append(got, row.Order.ID)
		}
		if err != nil || more || fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: %v %v", queue, got, err)
		}
	}
	rows, _, err := w.OrdersWaiting(t.Context(), db.NewOrders, fresh.Place(db.NewOrders))
	if err != nil || len(rows) != 1 || rows[0].Order.ID != later.ID || rows[0].Name != vera.Name || rows[0].Order.ItemCount != 1 {
		t.Errorf("%+v %v", rows, err)
	}
	if row, err := w.OrderWaiting(t.Context(), fresh.ID); err != nil || row.Order.Shops != "bergzeit.de, galaxus.de" {
		t.Errorf("%+v %v", row, err)
	}
	counts := &db.DeskTotals{}
	err = w.Read(t.Context(), counts)
	if err != nil || counts.Fresh != 2 || counts.Changed != 1 || counts.Unpaid != 1 || counts.Unread != 1 {
		t.Errorf("%+v %v", counts, err)
	}
}
