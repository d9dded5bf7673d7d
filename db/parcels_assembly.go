package db

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"
)

// settleParcel brings a parcel that is being assembled as far as its items, its recipient data and the money let it go:
// it opens and clears holds, charges the delivery once the parcel is weighed, and makes it ready when nothing is in
// the way. The parcel and its orders are locked. Done twice, it changes nothing the second time.
func (c *change) settleParcel(ctx context.Context, by *AccountID, parcel Parcel) (Parcel, error) {
	parcel, _, err := c.settleItems(ctx, parcel)
	if err != nil {
		return parcel, err
	}
	parcel, address, err := c.settleAddress(ctx, parcel)
	if err != nil || parcel.PackedAt == nil {
		return parcel, err
	}
	parcel, err = c.settleDelivery(ctx, by, parcel, address)
	if err != nil || parcel.OpenHolds > 0 {
		return parcel, err
	}
	return c.makeReady(ctx, by, parcel, address)
}

// settleItems holds a parcel while some of its items are not at the warehouse.
func (c *change) settleItems(ctx context.Context, parcel Parcel) (Parcel, []Item, error) {
	_, awaited, err := c.dropEndedItems(ctx, parcel)
	if err != nil {
		return parcel, nil, err
	}
	if len(awaited) == 0 {
		parcel, _, err = c.unhold(ctx, parcel, HoldItems)
		return parcel, nil, err
	}
	parcel, _, err = c.hold(ctx, parcel, HoldItems, "")
	return parcel, awaited, err
}

// settleDelivery asks for the delivery of a weighed parcel and charges it when the balance covers it; else the parcel is
// held until money comes. Where nobody goes there is no price, and the parcel does not leave.
func (c *change) settleDelivery(ctx context.Context, by *AccountID, parcel Parcel, to Address) (Parcel, error) {
	price, err := c.deliveryPrice(ctx, parcel, to)
	if errors.Is(err, ErrNotFound) {
		if parcel.OpenHolds == 0 {
			parcel, _, err = c.hold(ctx, parcel, HoldAddress, "parcels.method_not_there")
			return parcel, err
		}
		return parcel, nil
	}
	if err != nil {
		return parcel, err
	}
	invoice, charged, err := c.billDelivery(ctx, by, parcel, price)
	if err != nil {
		return parcel, err
	}
	if invoice.Status.Open() {
		parcel, _, err = c.hold(ctx, parcel, HoldFunds, "")
		return parcel, err
	}
	parcel, wasHeld, err := c.unhold(ctx, parcel, HoldFunds)
	if err != nil || !charged && !wasHeld {
		return parcel, err // paid earlier, and said then
	}
	return parcel, c.mailCharged(ctx, parcel, invoice)
}

// deliveryPrice is that of the day of weighing: a newer list does not change what was asked for. A way that has a price
// only since then costs what it costs today.
func (c *change) deliveryPrice(ctx context.Context, parcel Parcel, to Address) (Money, error) {
	asked := TariffForParams{MethodCode: parcel.MethodCode, Country: to.Country, Grams: *parcel.BillableGrams, Day: DayOf(*parcel.PackedAt, c.Zone)}
	tariff, err := c.TariffFor(ctx, asked)
	if errors.Is(err, ErrNotFound) {
		asked.Day = c.today()
		tariff, err = c.TariffFor(ctx, asked)
	}
	return tariff.Price, err
}

// mailCharged is mail-11, with the sum.
func (c *change) mailCharged(ctx context.Context, parcel Parcel, invoice Invoice) error {
	letter, err := c.letter(ctx, parcel, MailDeliveryCharged)
	if err != nil {
		return err
	}
	balance, err := c.available(ctx, parcel.AccountID)
	if err != nil {
		return err
	}
	letter.Amount, letter.Balance, letter.Invoice = invoice.Total, balance, invoice.ID
	if parcel.BillableGrams != nil {
		letter.Grams = *parcel.BillableGrams
	}
	return c.mailOwner(ctx, parcel.AccountID, letter)
}

// makeReady freezes where the parcel goes, promises a day, and takes its items and orders along.
func (c *change) makeReady(ctx context.Context, by *AccountID, parcel Parcel, address Address) (Parcel, error) {
	snapshot, err := c.frozen(ctx, parcel, address)
	if err != nil {
		return parcel, err
	}
	promised, err := c.promise(ctx, parcel)
	if err != nil {
		return parcel, err
	}
	before := parcel.PromisedOn
	parcel, err = c.readyParcel(ctx, readyParcelParams{At: c.now, ShipTo: snapshot, PromisedOn: promised, ID: parcel.ID})
	if err != nil {
		return parcel, err
	}
	if err := c.parcelMoved(ctx, parcel, ParcelAssembling, by, ""); err != nil {
		return parcel, err
	}
	if err := c.moveItems(ctx, parcel, ItemReady, by); err != nil {
		return parcel, err
	}
	if before != nil && promised != nil && *before == *promised {
		return parcel, nil // it was ready before, and nothing changes for the customer
	}
	letter, err := c.letter(ctx, parcel, MailReady)
	if err != nil {
		return parcel, err
	}
	letter.Day, letter.ShipTo = promised, address.Lines()
	return parcel, c.mailOwner(ctx, parcel.AccountID, letter)
}

// frozen is the address as it will stay with the parcel, with the version of the rules that it was held against.
func (c *change) frozen(ctx context.Context, parcel Parcel, address Address) ([]byte, error) {
	method, err := c.MethodByCode(ctx, parcel.MethodCode)
	if err != nil {
		return nil, err
	}
	return json.Marshal(struct {
		Address
		RulesVersion int32
	}{address, method.FieldsVersion})
}

// promise is the day on which a parcel leaves that is ready now: the next business day, or the next departure of a
// method with a schedule; none when there is no departure yet.
func (c *change) promise(ctx context.Context, parcel Parcel) (*Day, error) {
	method, err := c.MethodByCode(ctx, parcel.MethodCode)
	if err != nil {
		return nil, err
	}
	if method.DispatchPolicy == BySchedule {
		departures, err := c.DeparturesFrom(ctx, method.Code, c.today())
		if err != nil {
			return nil, err
		}
		day, found := NextDeparture(departures, c.now, c.CutoffHour, c.Zone)
		if !found {
			return nil, nil
		}
		return &day, nil
	}
	holidays, err := c.HolidaysBetween(ctx, WarehouseCalendar, c.today(), c.today().Plus(60))
	if err != nil {
		return nil, err
	}
	day := PromiseDay(c.now, c.CutoffHour, c.Zone, holidays)
	return &day, nil
}

// moveItems takes all items of a parcel along and settles their orders, which are locked.
func (c *change) moveItems(ctx context.Context, parcel Parcel, next ItemStatus, by *AccountID) error {
	items, err := c.ItemsOfParcel(ctx, parcel.ID)
	if err != nil {
		return err
	}
	for _, item := range items {
		if err := c.moveItem(ctx, item, next, by, parcel.ID.Number()); err != nil {
			return err
		}
	}
	for _, id := range ordersIn(items) {
		order, err := c.OrderByID(ctx, id)
		if err != nil {
			return err
		}
		if _, err := c.settleOrder(ctx, order, by, ""); err != nil {
			return err
		}
	}
	return nil
}

// ordersIn are the orders of items, each once, by id.
func ordersIn(items []Item) (ids []OrderID) {
	for _, item := range items {
		ids = append(ids, item.OrderID)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// letter is what every mail about a parcel says: its number, its orders, what is in it and how it goes.
func (c *change) letter(ctx context.Context, parcel Parcel, kind MailKind) (Letter, error) {
	items, err := c.ItemsOfParcel(ctx, parcel.ID)
	letter := Letter{Kind: kind, Number: parcel.ID.Number(), Path: parcel.ID.Path(), Method: parcel.MethodCode, topic: parcel.ID.Topic()}
	for _, item := range items {
		letter.Lines = append(letter.Lines, LetterLine{Title: item.Title, Options: item.Options, Quantity: item.Quantity})
	}
	for _, id := range ordersIn(items) {
		letter.Orders = append(letter.Orders, id.Number())
	}
	return letter, err
}

// TakeNextParcel gives a packer the next parcel of the queue, for this packer alone. Whoever has one on the table
// keeps that. An empty queue is ErrNotFound.
func (db *DB) TakeNextParcel(ctx context.Context, by Visitor) (parcel Parcel, err error) {
	err = db.change(ctx, func(c *change) error {
		if _, err := c.lockParcelPacker(ctx, by.ID); err != nil {
			return err
		}
		if parcel, err = c.TakenBy(ctx, &by.ID); !errors.Is(err, ErrNotFound) {
			return err
		}
		if parcel, err = c.takeNextParcel(ctx, &by.ID, c.now); err != nil {
			return err
		}
		return c.parcelMoved(ctx, parcel, ParcelAssembling, &by.ID, "parcels.reason.taken")
	})
	return parcel, err
}

// ReleaseParcel puts a parcel that nobody finished packing back where it was in the queue.
func (db *DB) ReleaseParcel(ctx context.Context, by Visitor, id ParcelID) (parcel Parcel, err error) {
	err = db.change(ctx, func(c *change) error {
		if parcel, err = c.lockParcel(ctx, id); err != nil {
			return err
		}
		if parcel.Status != ParcelAssembling || parcel.PackedAt != nil {
			return Refusal("parcels.wrong_status")
		}
		if parcel.PackerID == nil {
			return nil // let go already
		}
		if parcel, err = c.releaseParcel(ctx, id); err != nil {
			return err
		}
		return c.parcelMoved(ctx, parcel, ParcelAssembling, &by.ID, "parcels.reason.released")
	})
	return parcel, err
}

// PackForm is what a packer enters: weight in kilograms, size in centimetres, as typed, and what was ticked off.
type PackForm struct {
	Weight  string   `form:"weight"`
	Length  string   `form:"length"`
	Width   string   `form:"width"`
	Height  string   `form:"height"`
	Picked  []ItemID `form:"picked"`
	Version int32    `form:"version"` // of the parcel that was on the screen
}

// measured is a PackForm read.
type measured struct {
	grams Grams
	size  Size
}

func (f PackForm) read(items []Item, method Method) (m measured, err error) {
	problems := Problems{}
	grams, ok := parseUnits(f.Weight, 3)
	if !ok || grams == 0 {
		problems["weight"] = "parcels.weight_wrong"
	}
	m.grams = Grams(grams)
	side := func(field, typed string) Millimetres {
		mm, ok := parseUnits(typed, 1)
		if !ok || mm == 0 {
			problems[field] = "parcels.size_wrong"
		}
		return Millimetres(mm)
	}
	m.size = Size{side("length", f.Length), side("width", f.Width), side("height", f.Height)}
	for _, item := range items {
		if !slices.Contains(f.Picked, item.ID) {
			problems["picked"] = "parcels.not_all_picked"
		}
	}
	if len(problems) == 0 {
		switch excess := method.TooMuch(m.grams, m.size); excess {
		case "":
		case "methods.too_heavy":
			problems["weight"] = excess
		default:
			problems["length"] = excess
		}
	}
	return m, problems.err()
}

// parseUnits reads a decimal number with up to so many places, as a whole number of the smallest unit:
// «1,25» kilograms are 1250 grams.
func parseUnits(s string, places int) (int, bool) {
	s = strings.NewReplacer(" ", "", "\u00a0", "", ",", ".").Replace(strings.TrimSpace(s))
	whole, part, _ := strings.Cut(s, ".")
	if whole == "" || len(whole) > 4 || len(part) > places {
		return 0, false
	}
	n := 0
	for _, digit := range whole + (part + "000")[:places] {
		if digit < '0' || digit > '9' {
			return 0, false
		}
		n = n*10 + int(digit-'0')
	}
	return n, true
}

// PackParcel records weight and size of a packed parcel, charges its delivery and makes it ready, or holds it until the
// money is there. A parcel that is held can be weighed again. The same form sent twice does it once.
func (db *DB) PackParcel(ctx context.Context, by Visitor, id ParcelID, form PackForm) (parcel Parcel, err error) {
	err = db.change(ctx, func(c *change) error {
		if parcel, err = c.lockWholeParcel(ctx, id); err != nil {
			return err
		}
		method, err := c.MethodByCode(ctx, parcel.MethodCode)
		if err != nil {
			return err
		}
		items, err := c.ItemsOfParcel(ctx, id)
		if err != nil {
			return err
		}
		packed, err := form.read(items, method)
		if err != nil {
			return err
		}
		if parcel.weighs(packed) && parcel.Version != form.Version {
			return nil // sent twice
		}
		if err := parcel.mayPack(by, form); err != nil {
			return err
		}
		if err := c.checkWeight(ctx, parcel, method, packed); err != nil {
			return err
		}
		parcel, err = c.packAndSettle(ctx, by, parcel, method, packed)
		return err
	})
	return parcel, err
}

func (p Parcel) weighs(m measured) bool {
	size, known := p.Size()
	return known && p.PackedAt != nil && *p.ActualGrams == m.grams && size == m.size
}

// mayPack lets through the packer who has the parcel on the table, and anybody who weighs a held one again.
func (p Parcel) mayPack(by Visitor, form PackForm) error {
	switch {
	case p.Status != ParcelAssembling:
		return Refusal("parcels.wrong_status")
	case p.PackedAt == nil && p.PackerID == nil:
		return Refusal("parcels.not_taken")
	case p.PackedAt == nil && *p.PackerID != by.ID:
		return Refusal("parcels.taken_by_other")
	case p.Version != form.Version:
		return Refusal("parcels.changed_elsewhere")
	}
	return nil
}

// checkWeight says clearly when a method takes no parcel of this weight to the parcel's country.
func (c *change) checkWeight(ctx context.Context, parcel Parcel, method Method, m measured) error {
	if parcel.AddressID == nil {
		return nil
	}
	address, err := c.AddressByID(ctx, *parcel.AddressID)
	if err != nil {
		return err
	}
	_, err = c.TariffFor(ctx, TariffForParams{
		MethodCode: method.Code, Country: address.Country, Grams: BillableGrams(method, m.grams, m.size), Day: c.today(),
	})
	if errors.Is(err, ErrNotFound) {
		return Problems{"weight": "parcels.no_tariff"}
	}
	return err
}

func (c *change) packAndSettle(ctx context.Context, by Visitor, parcel Parcel, method Method, m measured) (Parcel, error) {
	parcel, err := c.weighParcel(ctx, weighParcelParams{
		ActualGrams: int32(m.grams), VolumetricGrams: int32(VolumetricGrams(method, m.size)),
		BillableGrams: int32(BillableGrams(method, m.grams, m.size)),
		LengthMm:      int32(m.size.Length), WidthMm: int32(m.size.Width), HeightMm: int32(m.size.Height),
		PackerID: &by.ID, At: c.now, ID: parcel.ID,
	})
	if err != nil {
		return parcel, err
	}
	if err := c.parcelMoved(ctx, parcel, ParcelAssembling, &by.ID, "parcels.reason.weighed"); err != nil {
		return parcel, err
	}
	return c.settleParcel(ctx, &by.ID, parcel)
}

// ReopenParcel takes a ready parcel back to the table of whoever found something wrong with it. What was paid for its
// delivery is counted when it is weighed again.
func (db *DB) ReopenParcel(ctx context.Context, by Visitor, id ParcelID, reason string) (parcel Parcel, err error) {
	if reason = tidyLine(reason); reason == "" {
		return parcel, Problems{"reason": "parcels.reason_required"}
	}
	err = db.change(ctx, func(c *change) error {
		if _, err := c.lockParcelPacker(ctx, by.ID); err != nil {
			return err
		}
		_, err := c.TakenBy(ctx, &by.ID)
		if err == nil {
			return Refusal("parcels.hands_full")
		}
		if !errors.Is(err, ErrNotFound) {
			return err
		}
		if parcel, err = c.lockWholeParcel(ctx, id); err != nil {
			return err
		}
		parcel, err = c.reopen(ctx, by, parcel, reason)
		return err
	})
	return parcel, err
}

func (c *change) reopen(ctx context.Context, by Visitor, parcel Parcel, reason string) (Parcel, error) {
	if parcel.Status != ParcelReady {
		return parcel, Refusal("parcels.wrong_status")
	}
	parcel, err := c.reopenParcel(ctx, c.now, &by.ID, parcel.ID)
	if err != nil {
		return parcel, err
	}
	if err := c.parcelMoved(ctx, parcel, ParcelReady, &by.ID, reason); err != nil {
		return parcel, err
	}
	return parcel, c.moveItems(ctx, parcel, ItemAtWarehouse, &by.ID)
}

// CancelParcel cancels a parcel that is being assembled, with a reason that the customer reads. Its items are free
// again, and what was paid for its delivery goes back to the balance.
func (db *DB) CancelParcel(ctx context.Context, by Visitor, id ParcelID, reason string) (parcel Parcel, err error) {
	if reason = tidyLine(reason); reason == "" {
		return parcel, Problems{"reason": "parcels.reason_required"}
	}
	err = db.change(ctx, func(c *change) error {
		if parcel, err = c.lockWholeParcel(ctx, id); err != nil || parcel.Status == ParcelCancelled {
			return err
		}
		if parcel.Status != ParcelAssembling {
			return Refusal("parcels.wrong_status")
		}
		if parcel.PackedAt == nil && parcel.PackerID != nil && *parcel.PackerID != by.ID {
			return Refusal("parcels.taken_by_other")
		}
		parcel, err = c.cancelForReason(ctx, &by.ID, parcel, reason)
		return err
	})
	return parcel, err
}

// cancelForReason cancels a parcel of the warehouse and tells its customer why, in mail-18.
func (c *change) cancelForReason(ctx context.Context, by *AccountID, parcel Parcel, reason string) (Parcel, error) {
	letter, err := c.letter(ctx, parcel, MailParcelCancelled)
	if err != nil {
		return parcel, err
	}
	if err := c.returnDelivery(ctx, by, parcel, reason); err != nil {
		return parcel, err
	}
	if parcel, err = c.endParcel(ctx, by, parcel, reason); err != nil {
		return parcel, err
	}
	letter.Reason = reason
	return parcel, c.mailOwner(ctx, parcel.AccountID, letter)
}

// DecideRedirection accepts or declines the address that a customer asked for. A declined one needs a reason.
func (db *DB) DecideRedirection(ctx context.Context, by Visitor, id ParcelID, accept bool, reason string) (parcel Parcel, err error) {
	if reason = tidyLine(reason); !accept && reason == "" {
		return parcel, Problems{"reason": "parcels.reason_required"}
	}
	err = db.change(ctx, func(c *change) error {
		if parcel, err = c.lockWholeParcel(ctx, id); err != nil || parcel.WantedAddressID == nil {
			return err // decided already
		}
		if !accept {
			if parcel, err = c.askParcelAddress(ctx, nil, id); err != nil {
				return err
			}
			return c.parcelMoved(ctx, parcel, parcel.Status, &by.ID, reason)
		}
		parcel, err = c.redirect(ctx, by, parcel, *parcel.WantedAddressID)
		return err
	})
	return parcel, err
}

// redirect sends a parcel elsewhere. A ready one is settled anew: another country may have another price.
func (c *change) redirect(ctx context.Context, by Visitor, parcel Parcel, to AddressID) (Parcel, error) {
	packed := parcel.PackedAt
	if parcel.Status == ParcelReady {
		var err error
		if parcel, err = c.reopen(ctx, by, parcel, "parcels.reason.redirected"); err != nil {
			return parcel, err
		}
		if parcel, err = c.repackParcel(ctx, packed, parcel.ID); err != nil {
			return parcel, err
		}
	}
	parcel, err := c.directParcel(ctx, &to, parcel.MethodCode, parcel.ID)
	if err != nil {
		return parcel, err
	}
	if err := c.parcelMoved(ctx, parcel, parcel.Status, &by.ID, "parcels.reason.address_changed"); err != nil {
		return parcel, err
	}
	return c.settleParcel(ctx, &by.ID, parcel)
}

// RecheckParcelsOf looks again at an account's parcels in assembly: what only waited for money or for an address moves
// on by itself and keeps its place. It may run as often as it likes.
func (db *DB) RecheckParcelsOf(ctx context.Context, id AccountID) error {
	parcels, err := db.WaitingParcelsOf(ctx, id)
	if err != nil {
		return err
	}
	for _, id := range parcels {
		err := db.change(ctx, func(c *change) error {
			parcel, err := c.lockWholeParcel(ctx, id)
			if err != nil || parcel.Status != ParcelAssembling {
				return err
			}
			_, err = c.settleParcel(ctx, nil, parcel)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// RecheckParcelsBy looks again at what has not left by a method whose rules have changed: what is being assembled is held
// or moves on, and what waits for a departure follows the schedule. It may run as often as it likes.
func (db *DB) RecheckParcelsBy(ctx context.Context, code MethodCode) error {
	after := ParcelID(0)
	for {
		ids, err := db.WaitingParcelsBy(ctx, code, after)
		if err != nil || len(ids) == 0 {
			return err
		}
		for _, id := range ids {
			if err := db.change(ctx, func(c *change) error { return c.recheckParcel(ctx, id) }); err != nil {
				return err
			}
			after = id
		}
	}
}

func (c *change) recheckParcel(ctx context.Context, id ParcelID) error {
	parcel, err := c.lockWholeParcel(ctx, id)
	if err != nil {
		return err
	}
	switch parcel.Status {
	case ParcelAssembling:
		_, err = c.settleParcel(ctx, nil, parcel)
	case ParcelReady:
		err = c.promiseAnew(ctx, parcel)
	}
	return err
}

// promiseAnew moves a ready parcel to the departure that it can catch now, and says so. One that has missed its own is
// left to the desk, which shows it in red.
func (c *change) promiseAnew(ctx context.Context, parcel Parcel) error {
	method, err := c.MethodByCode(ctx, parcel.MethodCode)
	if err != nil || method.DispatchPolicy != BySchedule || parcel.Late(c.today()) {
		return err
	}
	departures, err := c.DeparturesFrom(ctx, method.Code, c.today())
	if err != nil {
		return err
	}
	next, found := NextDeparture(departures, *parcel.ReadyAt, c.CutoffHour, c.Zone)
	if was := parcel.PromisedOn; was == nil && !found || was != nil && found && *was == next {
		return nil
	}
	var promised *Day
	if found {
		promised = &next
	}
	if parcel, err = c.promiseParcel(ctx, promised, parcel.ID); err != nil {
		return err
	}
	c.announceParcel(parcel)
	letter, err := c.letter(ctx, parcel, MailReady)
	if err != nil {
		return err
	}
	letter.Day, letter.ShipTo = promised, parcel.Recipient().Lines()
	return c.mailOwner(ctx, parcel.AccountID, letter)
}

// SweepParcels asks to look for parcels in the queue whose items are not at the warehouse.
type SweepParcels struct{}

// Kind names the job.
func (SweepParcels) Kind() string { return "sweep_parcels" }

// sweptAfter is how long a parcel may wait in the queue for items that are not there. Its customer sees the
// hold meanwhile.
const sweptAfter = 24 * time.Hour

// SweepParcels holds parcels whose items are not at the warehouse, and cancels those that have been held for a day, so
// that they do not stand in the way of others. It may run as often as it likes.
func (db *DB) SweepParcels(ctx context.Context) error {
	after := ParcelID(0)
	for {
		ids, err := db.AssemblingParcels(ctx, after)
		if err != nil || len(ids) == 0 {
			return err
		}
		for _, id := range ids {
			if err := db.change(ctx, func(c *change) error { return c.sweepParcel(ctx, id) }); err != nil {
				return err
			}
			after = id
		}
	}
}

func (c *change) sweepParcel(ctx context.Context, id ParcelID) error {
	parcel, err := c.lockWholeParcel(ctx, id)
	if err != nil || parcel.Status != ParcelAssembling {
		return err
	}
	parcel, awaited, err := c.settleItems(ctx, parcel)
	if err != nil {
		return err
	}
	items, err := c.ItemsOfParcel(ctx, id)
	if err != nil {
		return err
	}
	if len(items) == 0 {
		_, err = c.cancelForReason(ctx, nil, parcel, "parcels.reason.empty")
		return err
	}
	if len(awaited) == 0 {
		return nil
	}
	holds, err := c.HoldsOf(ctx, id)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(holds, func(h Hold) bool { return h.Kind == HoldItems })
	if c.now.Sub(holds[at].Since) < sweptAfter {
		return nil
	}
	_, err = c.cancelForReason(ctx, nil, parcel, "parcels.reason.items_not_arrived")
	return err
}
