package views

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"cabinet/db"

	"github.com/a-h/templ"
)

// parcelPath is the page of a parcel, or of an act on it.
func parcelPath(id db.ParcelID, act string) templ.SafeURL {
	return numberedPath("/parcels/", int64(id), act)
}

// deskParcelPath is the page of a parcel at the desk, or of an act on it.
func deskParcelPath(id db.ParcelID, act string) templ.SafeURL {
	return numberedPath("/staff/assembly/", int64(id), act)
}

// shippingPath is an act on a parcel that leaves.
func shippingPath(id db.ParcelID, act string) templ.SafeURL {
	return numberedPath("/staff/shipping/", int64(id), act)
}

// ParcelTitle is what the page of a parcel is called.
func ParcelTitle(ctx context.Context, id db.ParcelID) string {
	return tf(ctx, "parcels.one", "number", id.Number())
}

func methodName(ctx context.Context, method db.Method) string {
	return method.Named(db.Locale(Locale(ctx)))
}

func parcelTone(card db.ParcelCard) Tone {
	switch {
	case len(card.Holds) > 0:
		return Warn
	case card.Parcel.Status == db.ParcelNew || card.Parcel.Status == db.ParcelAssembling:
		return Info
	case card.Parcel.Status == db.ParcelCancelled:
		return Neutral
	case card.Parcel.Status == db.ParcelReturned:
		return Bad
	}
	return Good
}

// stepOf is the step of the line on which a parcel stands: one that was handed over has been shipped.
func stepOf(status db.ParcelStatus) db.ParcelStatus {
	if status == db.ParcelDelivered {
		return db.ParcelShipped
	}
	return status
}

func parcelStepNote(ctx context.Context, sheet db.ParcelSheet) string {
	return Day(ctx, sheet.Parcel.StatusSince)
}

// parcelHint is what a row says beside the status.
func parcelHint(ctx context.Context, card db.ParcelCard) string {
	parcel := card.Parcel
	switch {
	case len(card.Holds) > 0:
		var said []string
		for _, kind := range card.Holds {
			said = append(said, t(ctx, "holds."+kind))
		}
		return strings.Join(said, ", ")
	case parcel.Status == db.ParcelNew && card.Awaited > 0:
		return tn(ctx, "parcels.awaiting", card.Awaited)
	case parcel.Status == db.ParcelNew:
		return t(ctx, "parcels.hint.submit")
	case card.Queued():
		return tf(ctx, near(card, "parcels.hint.place", "parcels.hint.place_far"), "place", placeNumber(card))
	case parcel.Status == db.ParcelAssembling:
		return t(ctx, "parcels.hint.packing")
	case parcel.Delayed():
		return tf(ctx, "parcels.hint.delayed", "day", Date(ctx, *parcel.PromisedOn))
	case parcel.Status == db.ParcelReady && parcel.PromisedOn != nil:
		return tf(ctx, "parcels.hint.leaves", "day", Date(ctx, *parcel.PromisedOn))
	}
	return ""
}

// parcelNext says what happens now with a parcel, and who does it.
func parcelNext(ctx context.Context, card db.ParcelCard) (Who, string) {
	parcel := card.Parcel
	switch parcel.Status {
	case db.ParcelNew:
		if card.Awaited > 0 {
			return Us, t(ctx, "parcels.next.awaited")
		}
		return You, t(ctx, "parcels.next.submit")
	case db.ParcelAssembling:
		return assemblyNext(ctx, card)
	case db.ParcelReady:
		return Us, readyNext(ctx, card)
	case db.ParcelShipped:
		return Nobody, shippedNext(ctx, card)
	case db.ParcelDelivered:
		return Nobody, t(ctx, "parcels.next.delivered")
	case db.ParcelReturned:
		return Us, t(ctx, "parcels.next.returned")
	}
	if parcel.CancelReason != "" {
		return Nobody, tf(ctx, "parcels.next.cancelled_for", "reason", t(ctx, parcel.CancelReason))
	}
	return Nobody, t(ctx, "parcels.next.dissolved")
}

func assemblyNext(ctx context.Context, card db.ParcelCard) (Who, string) {
	switch {
	case card.Held(db.HoldAddress):
		return You, t(ctx, "parcels.next.address")
	case card.Held(db.HoldFunds):
		return You, t(ctx, "parcels.next.funds")
	case card.Held(db.HoldItems):
		return Us, t(ctx, "parcels.next.items")
	case card.Held(db.HoldCustoms):
		return You, t(ctx, "parcels.next.customs")
	case card.Held(db.HoldDamaged):
		return Us, t(ctx, "parcels.next.damaged")
	case len(card.Holds) > 0:
		return Us, t(ctx, "parcels.next.held")
	case !card.Queued():
		return Us, t(ctx, "parcels.next.packing")
	}
	return Us, tf(ctx, near(card, "parcels.next.queue", "parcels.next.queue_far"), "place", placeNumber(card), "days", tn(ctx, "parcels.business_days", card.Days))
}

func readyNext(ctx context.Context, card db.ParcelCard) string {
	promised := card.Parcel.PromisedOn
	switch {
	case promised == nil:
		return t(ctx, "parcels.next.no_departure")
	case card.Late():
		return tf(ctx, "parcels.next.late", "day", LongDate(ctx, *promised))
	case card.Parcel.Delayed():
		return tf(ctx, "parcels.next.delayed", "day", LongDate(ctx, *promised))
	case card.Method.DispatchPolicy == db.BySchedule:
		return tf(ctx, "parcels.next.trip", "day", LongDate(ctx, *promised))
	}
	return tf(ctx, "parcels.next.ready", "day", LongDate(ctx, *promised))
}

func shippedNext(ctx context.Context, card db.ParcelCard) string {
	transit := card.Method.Transit(db.Locale(Locale(ctx)))
	switch {
	case card.Method.TrackingMode == db.CarrierLink:
		return tf(ctx, "parcels.next.shipped", "transit", transit)
	case card.Method.Contact != "":
		return tf(ctx, "parcels.next.van", "transit", transit, "contact", card.Method.Contact)
	}
	return tf(ctx, "parcels.next.travels", "transit", transit)
}

// trackingNote says why there is no number to click on: it comes later, or never; then there is a trip and a contact.
func trackingNote(ctx context.Context, card db.ParcelCard) string {
	if card.Parcel.Status != db.ParcelReady && card.Parcel.Status != db.ParcelShipped {
		return ""
	}
	var said []string
	if card.Method.DispatchPolicy == db.BySchedule && card.Parcel.PromisedOn != nil {
		said = append(said, tf(ctx, "parcels.trip", "day", Date(ctx, *card.Parcel.PromisedOn)))
	}
	if card.Method.TrackingMode == db.SentSeparately && len(card.Tracking) == 0 {
		said = append(said, t(ctx, "parcels.sent_separately"))
	}
	if card.Method.TrackingMode != db.CarrierLink && card.Method.Contact != "" {
		said = append(said, card.Method.Contact)
	}
	return strings.Join(said, " · ")
}

// billableText is the weight that is paid for, and where it comes from.
func billableText(ctx context.Context, parcel db.Parcel) string {
	text := tf(ctx, "parcels.billable", "weight", Weight(ctx, *parcel.BillableGrams))
	if parcel.VolumetricGrams != nil && *parcel.VolumetricGrams > 0 {
		text = tf(ctx, "parcels.volumetric", "weight", Weight(ctx, *parcel.VolumetricGrams)) + ", " + text
	}
	return text
}

func holdTone(hold db.Hold) Tone {
	if hold.Kind.Customers() {
		return Warn
	}
	return Info
}

// holdText says since when, who can put it right, and what exactly is missing.
func holdText(ctx context.Context, hold db.Hold, sheet db.ParcelSheet) string {
	text := tf(ctx, "holds.since", "moment", Moment(ctx, hold.Since)) + " " + t(ctx, "holds.who."+string(hold.Kind))
	switch {
	case hold.Kind == db.HoldAddress && hold.Note != "":
		text += " " + tf(ctx, "parcels.missing", "fields", lacking(ctx, hold.Fields()))
	case hold.Kind == db.HoldFunds && sheet.Due() != nil:
		text += " " + tf(ctx, "holds.funds_sum", "amount", Money(ctx, sheet.Due().Due(), db.EUR), "balance", Money(ctx, sheet.Balance, db.EUR))
	}
	return text
}

// lacking names the fields of an address that a parcel needs, and whatever else is in its way.
func lacking(ctx context.Context, fields []string) string {
	var names []string
	for _, field := range fields {
		if !strings.Contains(field, ".") {
			field = "fields." + field
		}
		names = append(names, within(t(ctx, field)))
	}
	return strings.Join(names, ", ")
}

// missingSum is how much has to come for the delivery to be covered.
func missingSum(sheet db.ParcelSheet, due db.Invoice) db.Money {
	return max(due.Due()-sheet.Balance, 1_00)
}

// Plainly is an amount as a form reads it: 26.49.
func Plainly(amount db.Money) string {
	return strconv.FormatInt(int64(amount/100), 10) + "." + twoDigits(int64(amount%100))
}

func deliveryFacts(ctx context.Context, sheet db.ParcelSheet) []Fact {
	parcel := sheet.Parcel
	facts := []Fact{
		{Label: "parcels.created", Value: Moment(ctx, parcel.CreatedAt)},
		{Label: "parcels.method", Value: methodName(ctx, sheet.Method)},
		{Label: "parcels.transit", Value: sheet.Method.Transit(db.Locale(Locale(ctx)))},
	}
	if parcel.ShippedAt != nil {
		shipped := Fact{Label: "parcels.shipped_on", Value: Moment(ctx, *parcel.ShippedAt)}
		facts = slices.Insert(facts, 1, shipped)
	}
	if len(sheet.Tracking) > 0 || trackingNote(ctx, sheet.ParcelCard) != "" {
		facts = append(facts, Fact{Label: "parcels.tracking", Body: parcelTracking(sheet.ParcelCard)})
	}
	if sheet.Address.ID != 0 {
		facts = append(facts, Fact{Label: "parcels.address", Value: addressText(ctx, sheet.Address)})
	} else {
		facts = append(facts, Fact{Label: "parcels.address", Value: "parcels.address_none"})
	}
	if parcel.ActualGrams != nil {
		facts = append(facts, Fact{Label: "parcels.weight", Body: parcelWeight(parcel)})
	}
	if size, known := parcel.Size(); known {
		facts = append(facts, Fact{Label: "parcels.size", Value: Size(ctx, size.Length, size.Width, size.Height)})
	}
	if due := sheet.Due(); due != nil {
		facts = append(facts, Fact{Label: "parcels.price_due", Value: Money(ctx, due.Due(), db.EUR)})
	}
	if charged := sheet.Charged(); charged > 0 {
		facts = append(facts, Fact{Label: "parcels.price", Value: Money(ctx, charged, db.EUR)})
	}
	return facts
}

// parcelEvents is the timeline of a parcel as its customer reads it: without the names of the staff.
func parcelEvents(ctx context.Context, sheet db.ParcelSheet) []Event {
	var events []Event
	for _, move := range sheet.Moves {
		event := Event{At: move.At, Text: parcelMoveText(ctx, move), By: t(ctx, "parcels.by.us")}
		switch {
		case move.By == nil:
			event.By = t(ctx, "parcels.by.system")
		case *move.By == sheet.Parcel.AccountID:
			event.By = t(ctx, "parcels.by.you")
		}
		event.Tone = parcelMoveTone(move)
		events = append(events, event)
	}
	return events
}

// deskEvents is the same for the staff, with names.
func deskEvents(ctx context.Context, sheet db.DeskSheet) []Event {
	events := parcelEvents(ctx, sheet.ParcelSheet)
	for i, move := range sheet.Moves {
		if move.ByName != "" {
			events[i].By = move.ByName
		}
	}
	return events
}

func parcelMoveText(ctx context.Context, move db.MovesOfParcelRow) string {
	switch {
	case move.InvoiceKind == string(db.CreditNote):
		return t(ctx, "invoices.given_back")
	case move.Subject == "invoice":
		return t(ctx, "parcels.event.invoice."+move.ToStatus)
	case move.Subject == "hold" && move.ToStatus == "cleared":
		return tf(ctx, "parcels.event.unheld", "hold", t(ctx, "holds."+move.FromStatus))
	case move.Subject == "hold":
		return t(ctx, "holds."+move.ToStatus)
	case move.FromStatus == "":
		return t(ctx, "parcels.event.created."+move.ToStatus)
	case move.FromStatus == move.ToStatus && move.Reason == "":
		return t(ctx, "parcels.event.edited")
	case delayed(ctx, move.Reason) != "":
		return delayed(ctx, move.Reason)
	case move.FromStatus == move.ToStatus && IsMessage(move.Reason):
		return t(ctx, move.Reason)
	case move.FromStatus == move.ToStatus:
		return tf(ctx, "parcels.event.declined", "reason", move.Reason)
	case move.Reason != "":
		return t(ctx, "parcels.status."+move.ToStatus) + ": " + t(ctx, move.Reason)
	}
	return t(ctx, "parcels.status."+move.ToStatus)
}

// delayed is the line of a history that promises another day; nothing of any other reason.
func delayed(ctx context.Context, reason string) string {
	typed, found := strings.CutPrefix(reason, db.ReasonDelayed+" ")
	day, ok := db.ParseDay(typed)
	if !found || !ok {
		return ""
	}
	return tf(ctx, db.ReasonDelayed, "day", LongDate(ctx, day))
}

func parcelMoveTone(move db.MovesOfParcelRow) Tone {
	switch {
	case move.Subject == "hold" && move.ToStatus != "cleared" || strings.HasPrefix(move.Reason, db.ReasonDelayed+" "):
		return Warn
	case move.Subject == "parcel" && (move.ToStatus == string(db.ParcelReady) || move.ToStatus == string(db.ParcelShipped)):
		return Good
	case move.Subject == "parcel" && move.FromStatus != move.ToStatus:
		return Info
	}
	return Neutral
}

func expectNote(ctx context.Context, expected db.Expectation) string {
	note := tn(ctx, "parcels.expect_days", expected.Days)
	if expected.Unknown > 0 {
		note += " " + tn(ctx, "parcels.expect_unknown", expected.Unknown)
	}
	return note
}

func placeOptions(ctx context.Context, addresses []db.Address) []Option {
	var options []Option
	for _, address := range addresses {
		lines := envelope(ctx, address)
		label := either(address.Label, lines[0])
		options = append(options, Option{Value: strconv.FormatInt(int64(address.ID), 10), Label: label, Hint: strings.Join(lines, ", ")})
	}
	return options
}

func wayOptions(ctx context.Context, methods []db.Method) []Option {
	var options []Option
	for _, method := range methods {
		options = append(options, Option{
			Value: string(method.Code), Label: methodName(ctx, method),
			Hint: method.Transit(db.Locale(Locale(ctx))) + "; " + tf(ctx, "parcels.up_to", "weight", Weight(ctx, method.MaxGrams)),
		})
	}
	return options
}

// near chooses what is said of a place in the queue that was counted, and of one that is further than anybody counted.
func near(card db.ParcelCard, counted, further string) string {
	if card.Place > db.PlacedTo {
		return further
	}
	return counted
}

func placeNumber(card db.ParcelCard) int32 { return min(card.Place, db.PlacedTo) }
