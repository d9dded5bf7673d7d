package views

import (
	"context"
	"net/url"
	"strconv"
	"strings"

	"cabinet/db"

	"github.com/a-h/templ"
)

// orderPath is the page of an order, or of an act on it.
func orderPath(id db.OrderID, act string) templ.SafeURL {
	return numberedPath("/orders/", int64(id), act)
}

// deskOrderPath is an order at the desk, or an act on it.
func deskOrderPath(id db.OrderID, act string) templ.SafeURL {
	return numberedPath("/staff/orders/", int64(id), act)
}

func numberedPath(base string, id int64, act string) templ.SafeURL {
	path := strconv.AppendInt(append(make([]byte, 0, 64), base...), id, 10)
	if act != "" && !strings.HasPrefix(act, "?") {
		path = append(path, '/')
	}
	return templ.SafeURL(append(path, act...))
}

// OrderTitle is what the page of an order is called.
func OrderTitle(ctx context.Context, id db.OrderID) string {
	return tf(ctx, "orders.one", "number", id.Number())
}

func orderTone(status db.OrderStatus) Tone {
	switch status {
	case db.OrderNew:
		return Warn
	case db.OrderProcessing, db.OrderAtWarehouse:
		return Info
	case db.OrderReady, db.OrderShipped:
		return Good
	}
	return Neutral
}

func itemTone(status db.ItemStatus) Tone {
	switch status {
	case db.ItemPurchased, db.ItemAtWarehouse:
		return Info
	case db.ItemReady, db.ItemShipped, db.ItemDelivered:
		return Good
	case db.ItemUnavailable:
		return Bad
	}
	return Neutral
}

// amountsText is a sum of several currencies; as long as nobody has confirmed it, it is about so much.
func amountsText(ctx context.Context, amounts []db.Amount, confirmed bool) string {
	var texts []string
	for _, amount := range amounts {
		texts = append(texts, Money(ctx, amount.Money, amount.Currency))
	}
	text := strings.Join(texts, " + ")
	if text != "" && !confirmed {
		return "≈" + nbsp + text
	}
	return text
}

// orderHint is what a row says beside the status.
func orderHint(ctx context.Context, order db.Order) string {
	switch {
	case order.Status == db.OrderNew && order.ChangedAt != nil:
		return t(ctx, "orders.hint.changed")
	case order.Status == db.OrderNew && order.PricedAt == nil:
		return t(ctx, "orders.hint.new")
	case order.Status == db.OrderNew && order.PaymentState == db.PartiallyPaid:
		return t(ctx, "orders.hint.partial")
	case order.Status == db.OrderNew:
		return t(ctx, "orders.hint.unpaid")
	case order.Status == db.OrderProcessing && order.ActiveCount > 0:
		return tf(ctx, "orders.arrived", "arrived", order.ArrivedCount, "of", order.ActiveCount)
	}
	return ""
}

// mailtoUs is a letter to us with the number of an order or parcel in its subject, and what was typed in vain.
func mailtoUs(number, text string) templ.SafeURL {
	link := "mailto:" + Site.Help + "?subject=" + url.PathEscape("[№"+number+"]")
	if text != "" {
		link += "&body=" + url.PathEscape(text)
	}
	return templ.SafeURL(link)
}

// shortLink is a link as people recognise it: its host, and the end of its path.
func shortLink(link string) string {
	parsed, err := url.Parse(link)
	if err != nil {
		return link
	}
	text := strings.TrimPrefix(parsed.Host, "www.") + strings.TrimSuffix(parsed.EscapedPath(), "/")
	if runes := []rune(text); len(runes) > 48 {
		return string(runes[:47]) + "…"
	}
	return text
}

// wishes is what the customer said about an item beside its name.
func wishes(item db.Item) string {
	var said []string
	for _, text := range []string{item.Options, item.Article} {
		if text != "" {
			said = append(said, text)
		}
	}
	return strings.Join(said, " · ")
}

// itemPrice is the price of a piece as far as it is known, and its sum.
func itemPrice(ctx context.Context, item db.Item) (each, sum string) {
	price, currency, about := item.Price, item.Currency, "≈"+nbsp
	if item.UnitPrice != nil {
		price, currency, about = *item.UnitPrice, db.EUR, ""
	}
	return Money(ctx, price, currency), about + Money(ctx, price*db.Money(item.Quantity), currency)
}

// orderNext says what happens now with an order, and who does it.
func orderNext(ctx context.Context, sheet db.OrderSheet) (Who, string) {
	switch sheet.Status {
	case db.OrderNew:
		return newOrderNext(ctx, sheet)
	case db.OrderProcessing:
		if sheet.Bought() < sheet.Active() {
			return Us, tf(ctx, "orders.next.buying", "bought", sheet.Bought(), "of", sheet.Active())
		}
		return Us, tf(ctx, "orders.next.coming", "arrived", sheet.Arrived(), "of", sheet.Active())
	case db.OrderAtWarehouse:
		for _, row := range sheet.Parcels {
			switch {
			case row.Parcel.Status == db.ParcelNew:
				return You, tf(ctx, "orders.next.own_parcel", "number", row.Parcel.ID.Number())
			case len(row.Holds) > 0:
				return You, tf(ctx, "orders.next.held", "number", row.Parcel.ID.Number())
			}
		}
		return Us, t(ctx, "orders.next.assembling")
	case db.OrderReady:
		for _, row := range sheet.Parcels {
			if row.Parcel.Delayed() {
				return Us, tf(ctx, "orders.next.delayed", "day", LongDate(ctx, *row.Parcel.PromisedOn))
			}
			if row.Parcel.PromisedOn != nil {
				return Us, tf(ctx, "orders.next.ready_on", "day", LongDate(ctx, *row.Parcel.PromisedOn))
			}
		}
		return Us, t(ctx, "orders.next.ready")
	case db.OrderShipped:
		return Nobody, t(ctx, "orders.next.shipped")
	}
	return Nobody, t(ctx, "orders.next.cancelled")
}

func newOrderNext(ctx context.Context, sheet db.OrderSheet) (Who, string) {
	switch {
	case sheet.ChangedAt != nil:
		return Us, t(ctx, "orders.next.changed")
	case sheet.Invoice == nil || !sheet.Invoice.Status.Open():
		return Us, t(ctx, "orders.next.new")
	case sheet.Invoice.Paid > 0:
		return You, tf(ctx, "orders.next.short", "amount", Money(ctx, sheet.Invoice.Due(), db.EUR))
	}
	return You, tf(ctx, "orders.next.pay", "day", LongDate(ctx, sheet.Invoice.DueOn))
}

// orderEvents is the timeline of an order. What happened to several items at once is one event.
func orderEvents(ctx context.Context, owner db.AccountID, moves []db.MovesOfOrderRow, edits db.Edits, names bool) []Event {
	var events []Event
	var previous db.MovesOfOrderRow
	for _, move := range moves {
		together := move.Subject == "item" && previous.Subject == "item" && move.At.Equal(previous.At) && move.ToStatus == previous.ToStatus
		if previous = move; together {
			events[len(events)-1].Text += ", " + move.Title
			continue
		}
		event := Event{At: move.At, Text: moveText(ctx, move), By: moveBy(ctx, owner, move, names), Tone: moveTone(move)}
		if move.Reason != "" {
			event.Text += " — " + t(ctx, move.Reason)
		}
		if differences := edits[move.ID]; len(differences) > 0 {
			event.Body = Differences(differences)
		}
		events = append(events, event)
	}
	return events
}

func moveText(ctx context.Context, move db.MovesOfOrderRow) string {
	switch {
	case move.Subject == "item":
		return t(ctx, "items.status."+move.ToStatus) + ": " + move.Title
	case move.InvoiceKind == string(db.CreditNote):
		return t(ctx, "invoices.given_back")
	case move.Subject == "invoice":
		return t(ctx, "orders.event.invoice."+move.ToStatus)
	case move.FromStatus == "":
		return t(ctx, "orders.event.created")
	case move.FromStatus == move.ToStatus:
		return t(ctx, "orders.event.changed")
	}
	return t(ctx, "orders.status."+move.ToStatus)
}

func moveTone(move db.MovesOfOrderRow) Tone {
	switch {
	case move.Subject == "item":
		return itemTone(db.ItemStatus(move.ToStatus))
	case move.Subject == "order" && move.FromStatus != move.ToStatus:
		return orderTone(db.OrderStatus(move.ToStatus))
	}
	return Neutral
}

// moveBy says who did it. A customer is not told the names of the staff.
func moveBy(ctx context.Context, owner db.AccountID, move db.MovesOfOrderRow, names bool) string {
	switch {
	case move.By == nil:
		return t(ctx, "orders.by.system")
	case names:
		return move.ByName
	case *move.By == owner:
		return t(ctx, "orders.by.you")
	}
	return t(ctx, "orders.by.us")
}

// contentsText is what an order is known by: how many things, and the first of them.
func contentsText(order db.Order) string {
	if order.ItemCount == 0 {
		return "0"
	}
	return strconv.Itoa(int(order.ItemCount)) + nbsp + "· " + order.FirstTitle
}

// addressText is an address in one line.
func addressText(ctx context.Context, address db.Address) string {
	text := strings.Join(envelope(ctx, address), ", ")
	if address.Label != "" {
		return address.Label + ": " + text
	}
	return text
}

// orderCounter is how many items have come so far: «2 из 5 на складе».
func orderCounter(ctx context.Context, sheet db.OrderSheet) string {
	if sheet.Status != db.OrderProcessing && sheet.Status != db.OrderAtWarehouse {
		return ""
	}
	return tf(ctx, "orders.arrived", "arrived", sheet.Arrived(), "of", sheet.Active())
}

func orderTotals(ctx context.Context, sheet db.OrderSheet) []Fact {
	facts := []Fact{{Label: "orders.goods", Value: Money(ctx, sheet.Goods(), db.EUR)}}
	if sheet.Commission != nil && *sheet.Commission > 0 {
		facts = append(facts, Fact{Label: "orders.commission", Value: Money(ctx, *sheet.Commission, db.EUR)})
	}
	if sheet.ShopDelivery != nil && *sheet.ShopDelivery > 0 {
		facts = append(facts, Fact{Label: "orders.shop_delivery", Value: Money(ctx, *sheet.ShopDelivery, db.EUR)})
	}
	return append(facts, Fact{Label: "orders.total", Value: amountsText(ctx, sheet.Amounts(), true)})
}

func shipToFacts(ctx context.Context, to db.ShipTo) []Fact {
	method, address := "orders.method_none", "orders.address_none"
	if to.Method != nil {
		method = to.Method.Named(db.Locale(Locale(ctx)))
	}
	if to.Address.ID != 0 {
		address = addressText(ctx, to.Address)
	}
	return []Fact{{Label: "orders.method", Value: method}, {Label: "orders.address", Value: address}}
}

func deskOrderFactList(ctx context.Context, order DeskOrder) []Fact {
	to := shipToFacts(ctx, order.ShipTo)
	facts := []Fact{
		{Label: "desk.orders.customer", Value: order.Customer.Label() + ", " + order.Customer.Email + ", № " + strconv.FormatInt(int64(order.AccountID), 10)},
		{Label: "orders.ship_to", Value: to[0].label(ctx) + "; " + to[1].label(ctx)},
	}
	if len(order.ShipTo.Missing) > 0 {
		facts = append(facts, Fact{Label: "orders.address_incomplete", Value: lacking(ctx, order.ShipTo.Missing)})
	}
	if order.Invoice != nil {
		facts = append(facts, Fact{Label: "desk.orders.invoice", Value: tf(ctx, "desk.orders.invoice_state", "number", order.Invoice.ID.Number(),
			"amount", Money(ctx, order.Invoice.Total, db.EUR), "paid", Money(ctx, order.Invoice.Paid, db.EUR))})
	}
	if order.StaffNote != "" {
		facts = append(facts, Fact{Label: "desk.orders.staff_note", Value: order.StaffNote})
	}
	if order.AcceptedReason != "" {
		facts = append(facts, Fact{Label: "desk.orders.accept_reason", Value: order.AcceptedReason})
	}
	return facts
}

func (f Fact) label(ctx context.Context) string { return t(ctx, f.Value) }

// PricingForm is an order's prices as they are known: as confirmed before, or as the customer saw them in euros.
func PricingForm(ctx context.Context, order db.DeskOrder) db.PricingForm {
	form := db.PricingForm{Version: order.Version, Prices: map[db.ItemID]string{}, StaffNote: order.StaffNote}
	for _, item := range order.Items {
		switch {
		case item.UnitPrice != nil:
			form.Prices[item.ID] = Decimal(ctx, *item.UnitPrice, 2)
		case item.Currency == db.EUR:
			form.Prices[item.ID] = Decimal(ctx, item.Price, 2)
		}
	}
	if order.Commission != nil {
		form.Commission = Decimal(ctx, *order.Commission, 2)
	}
	if order.ShopDelivery != nil {
		form.ShopDelivery = Decimal(ctx, *order.ShopDelivery, 2)
	}
	return form
}
