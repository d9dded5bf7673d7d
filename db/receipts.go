package db

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

const (
	maxReceiptGrams  = 200_000
	maxReceiptLength = 5_000 // millimetres
)

// ReceiptForm is what the warehouse enters for a box that came: what was in it, its weight and size.
type ReceiptForm struct {
	Items    []ItemID `form:"item"`
	Tracking string   `form:"tracking"` // as scanned
	Weight   string   `form:"weight"`   // kilograms
	Length   string   `form:"length"`   // centimetres
	Width    string   `form:"width"`
	Height   string   `form:"height"`
	Note     string   `form:"note"`
	Key      string   `form:"key"`
	Photos   []Upload `form:"-"`
}

// Arrival is an order as the warehouse sees it when a box comes.
type Arrival struct {
	Order    Order
	Customer string
	Items    []ArrivingItem
}

// ArrivingItem is an item with where it was bought and when it came.
type ArrivingItem struct {
	ArrivalsOfRow
	Hit bool // it belongs to what was scanned
}

// Awaits reports whether an item may be received now.
func (a Arrival) Awaits(item ArrivingItem) bool {
	return a.Order.Status != OrderNew && item.Item.Status == ItemPurchased
}

// Expected are the items that may be received now.
func (a Arrival) Expected() (expected []ArrivingItem) {
	for _, item := range a.Items {
		if a.Awaits(item) {
			expected = append(expected, item)
		}
	}
	return expected
}

// Active counts the items that the order still asks for.
func (a Arrival) Active() (n int) {
	for _, item := range a.Items {
		if item.Item.Status.Active() {
			n++
		}
	}
	return n
}

// Here counts those of them that have come.
func (a Arrival) Here() (n int) {
	for _, item := range a.Items {
		if item.Item.Status.Active() && item.Item.Status.rank() != OrderProcessing {
			n++
		}
	}
	return n
}

// Objection says why nothing of the order can be received now; empty when something can.
func (a Arrival) Objection() string {
	waits := func(status ItemStatus) bool {
		return slices.ContainsFunc(a.Items, func(item ArrivingItem) bool { return item.Item.Status == status })
	}
	switch {
	case len(a.Expected()) > 0:
		return ""
	case a.Order.Status == OrderNew:
		return "receiving.unpaid"
	case a.Order.Status == OrderCancelled:
		return "receiving.cancelled"
	case waits(ItemUnderReview):
		return "receiving.not_bought"
	}
	return "receiving.all_here"
}

// Scan is what a scanned or typed number means.
type Scan struct {
	Typed   string
	Exact   []Arrival
	Nearest []Arrival // guesses, when nothing fits exactly
	Problem string    // what is wrong with the number, when that can be said
}

// FindArrivals reads a tracking number, a shop's order number or our own. When nothing fits it offers what
// comes near: a part of a number, an order without its check digit, a customer's number.
func (db *DB) FindArrivals(ctx context.Context, typed string) (Scan, error) {
	scan := Scan{Typed: strings.TrimSpace(typed)}
	numbers := readings(scan.Typed)
	if len(numbers) == 0 {
		return scan, nil
	}
	behind, err := db.OrdersBehind(ctx, numbers)
	if err != nil {
		return scan, err
	}
	ids, hits := behindIDs(behind)
	if id, ok := parseOrderNumber(scan.Typed); ok && len(ids) == 0 {
		ids = append(ids, int64(id))
	}
	if scan.Exact, err = db.arrivals(ctx, ids, hits); err != nil || len(scan.Exact) > 0 {
		return scan, err
	}
	return scan, db.findNearest(ctx, &scan, numbers)
}

// behindIDs keeps only the orders that still await something, if any does: shops use their numbers again.
func behindIDs(behind []OrdersBehindRow) (ids, hits []int64) {
	for _, row := range behind {
		if row.Awaited || !behind[0].Awaited {
			ids = append(ids, int64(row.OrderID))
			hits = append(hits, row.Purchases...)
		}
	}
	return ids, hits
}

// ourNumber is the shape of an order's number, whether or not its check digit is right.
var ourNumber = regexp.MustCompile(`^\D*\d+-\d\D*$`)

func (db *DB) findNearest(ctx context.Context, scan *Scan, numbers []string) error {
	var orders []int64
	var customer AccountID
	if digits := numbers[0]; strings.Trim(digits, "0123456789") == "" && len(digits) < 12 {
		n, _ := strconv.ParseInt(digits, 10, 64)
		orders, customer = []int64{n, n / 10}, AccountID(n)
		if ourNumber.MatchString(scan.Typed) {
			scan.Problem = "receiving.check_digit"
		}
	}
	var ids []int64
	for _, number := range numbers {
		found, err := db.OrdersNearly(ctx, orders, customer, number)
		if err != nil {
			return err
		}
		for _, id := range found {
			if !slices.Contains(ids, int64(id)) {
				ids = append(ids, int64(id))
			}
		}
	}
	var err error
	scan.Nearest, err = db.arrivals(ctx, ids, nil)
	return err
}

// arrivals reads orders with their items, in the order of the ids. Without hits every expected item counts as hit.
func (db *DB) arrivals(ctx context.Context, ids, hits []int64) ([]Arrival, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	rows, err := db.ArrivalsOf(ctx, ids)
	if err != nil {
		return nil, err
	}
	var arrivals []Arrival
	for _, row := range rows {
		if len(arrivals) == 0 || arrivals[len(arrivals)-1].Order.ID != row.Order.ID {
			arrivals = append(arrivals, Arrival{Order: row.Order, Customer: row.Customer})
		}
		last := &arrivals[len(arrivals)-1]
		hit := len(hits) == 0 || row.Item.PurchaseID != nil && slices.Contains(hits, int64(*row.Item.PurchaseID))
		last.Items = append(last.Items, ArrivingItem{row, hit})
	}
	return arrivals, nil
}

// ArrivalByID is one order as the warehouse sees it.
func (db *DB) ArrivalByID(ctx context.Context, id OrderID) (Arrival, error) {
	arrivals, err := db.arrivals(ctx, []int64{int64(id)}, nil)
	if err == nil && len(arrivals) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return Arrival{}, err
	}
	return arrivals[0], nil
}

// parseOrderNumber reads our number also as it stands in the subject of a mail: [№12345-6].
func parseOrderNumber(typed string) (OrderID, bool) {
	id, ok := ParseNumber(strings.Trim(typed, "[]()"))
	return OrderID(id), ok
}

// asScanned keeps of a number what a scanner reads: letters and digits, without case.
func asScanned(typed string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToUpper(r)
		}
		return -1
	}, typed)
}

// A scanner is a keyboard: where the layout is Russian, its Latin letters come out as Cyrillic ones, by their
// keys. A person writes letters that look alike instead.
var (
	byKey  = cyrillic("ЙЦУКЕНГШЩЗФЫВАПРОЛДЯЧСМИТЬ", "QWERTYUIOPASDFGHJKLZXCVBNM")
	byLook = cyrillic("АВЕКМНОРСТУХ", "ABEKMHOPCTYX")
)

func cyrillic(from, to string) *strings.Replacer {
	var pairs []string
	for i, r := range []rune(from) {
		pairs = append(pairs, string(r), to[i:i+1])
	}
	return strings.NewReplacer(pairs...)
}

// readings are all that a scanned number can mean, the likeliest first.
func readings(typed string) (numbers []string) {
	code := asScanned(strings.TrimPrefix(typed, "]C1")) // the scanner says which kind of barcode it read
	for _, number := range []string{code, byKey.Replace(code), byLook.Replace(code)} {
		if number != "" && !slices.Contains(numbers, number) {
			numbers = append(numbers, number)
		}
	}
	return numbers
}

func (f *ReceiptForm) read() (receipt insertReceiptParams, problems Problems) {
	problems = Problems{}
	f.Note = tidyLine(f.Note)
	if len(f.Items) == 0 {
		problems["item"] = "receiving.pick_items"
	}
	if f.Key == "" || len(f.Key) > 100 {
		problems[""] = "forms.expired"
	}
	if utf8.RuneCountInString(f.Note) > 500 {
		problems["note"] = "fields.too_long"
	}
	receipt.Note, receipt.TrackingNumber, receipt.Key = f.Note, clip(asScanned(f.Tracking), 100), f.Key
	if f.Weight = strings.TrimSpace(f.Weight); f.Weight != "" {
		grams, ok := parseUnits(f.Weight, 3)
		if receipt.Grams = new(Grams(grams)); !ok || grams == 0 || grams > maxReceiptGrams {
			problems["weight"] = "receiving.weight_wrong"
		}
	}
	receipt.LengthMm = readLength(&f.Length, "length", problems)
	receipt.WidthMm = readLength(&f.Width, "width", problems)
	receipt.HeightMm = readLength(&f.Height, "height", problems)
	if len(problems) > 0 && len(f.Photos) > 0 {
		problems["photos"] = "photos.choose_again" // a browser does not keep them in a form that comes back
	}
	return receipt, problems
}

func readLength(typed *string, name string, problems Problems) *Millimetres {
	if *typed = strings.TrimSpace(*typed); *typed == "" {
		return nil
	}
	length, ok := parseUnits(*typed, 1)
	if !ok || length == 0 || length > maxReceiptLength {
		problems[name] = "receiving.length_wrong"
	}
	return new(Millimetres(length))
}

// Receive books what came in a box of a shop. A part of an order may come on one day and the rest on another.
func (db *DB) Receive(ctx context.Context, by Visitor, of OrderID, form ReceiptForm) (receipt Receipt, err error) {
	entered, problems := form.read()
	if err := problems.err(); err != nil {
		return Receipt{}, err
	}
	pictures, err := readPictures(ctx, form.Photos)
	if err != nil {
		return Receipt{}, err
	}
	err = db.change(ctx, func(c *change) error {
		order, err := c.lockOrder(ctx, of)
		if err != nil {
			return err
		}
		receipt, err = c.ReceiptByKey(ctx, form.Key)
		if !errors.Is(err, ErrNotFound) {
			return err // sent twice: it is booked already
		}
		items, err := c.pickItems(ctx, order, form.Items, ItemAtWarehouse)
		if err != nil {
			return err
		}
		entered.OrderID, entered.By, entered.At = order.ID, by.ID, c.now
		if receipt, err = c.insertReceipt(ctx, entered); err != nil {
			return err
		}
		if err := c.putReceipt(ctx, by.ID, order, items, receipt); err != nil {
			return err
		}
		return c.addPhotos(ctx, by.ID, order, receipt, pictures)
	})
	return receipt, err
}

// putReceipt moves the items into the warehouse and tells the customer, together with what comes soon after.
func (c *change) putReceipt(ctx context.Context, by AccountID, order Order, items []Item, receipt Receipt) error {
	for _, item := range items {
		item.ReceiptID = &receipt.ID
		if err := c.moveItem(ctx, item, ItemAtWarehouse, &by, ""); err != nil {
			return err
		}
	}
	if err := c.settleArrivals(ctx, order, &by, ""); err != nil {
		return err
	}
	var grams Grams
	if receipt.Grams != nil {
		grams = *receipt.Grams
	}
	c.announceStaff("receipts")
	return c.mailItemsLater(ctx, order, MailArrived, items, nil, grams)
}

// UndoReceipt takes a receipt back while the customer has not been told and nobody has packed its items. A parcel
// that waits in the queue with them goes on waiting, until they come again.
func (db *DB) UndoReceipt(ctx context.Context, by Visitor, id ReceiptID) (receipt Receipt, err error) {
	err = db.change(ctx, func(c *change) error {
		if receipt, err = c.ReceiptByID(ctx, id); err != nil {
			return err
		}
		parcels, err := c.lockParcelsHolding(ctx, id)
		if err != nil {
			return err
		}
		order, err := c.lockOrder(ctx, receipt.OrderID)
		if err != nil {
			return err
		}
		if receipt, err = c.ReceiptByID(ctx, id); err != nil || receipt.UndoneAt != nil {
			return err // taken back twice: it is taken back
		}
		items, err := c.ItemsOfReceipt(ctx, &id)
		if err != nil {
			return err
		}
		if err := c.mayLeaveWarehouse(ctx, id, items, parcels); err != nil {
			return err
		}
		if receipt, err = c.undoReceipt(ctx, &c.now, &by.ID, id); err != nil {
			return err
		}
		return c.takeReceiptBack(ctx, by.ID, order, items, receipt, parcels)
	})
	return receipt, err
}

// lockParcelsHolding locks the parcels that hold what was received, which come before their orders.
func (c *change) lockParcelsHolding(ctx context.Context, id ReceiptID) ([]Parcel, error) {
	parcels, err := c.ParcelsHolding(ctx, &id)
	for i := range parcels {
		if err == nil {
			parcels[i], err = c.lockWholeParcel(ctx, parcels[i].ID)
		}
	}
	return parcels, err
}

// mayLeaveWarehouse refuses when something was done with the items: when a packer has them in hand, or a parcel
// was formed with them this very moment.
func (c *change) mayLeaveWarehouse(ctx context.Context, id ReceiptID, items []Item, locked []Parcel) error {
	for _, item := range items {
		if !item.Status.May(ItemPurchased) {
			return Refusal("items.is." + string(item.Status))
		}
	}
	parcels, err := c.ParcelsHolding(ctx, &id)
	if err != nil {
		return err
	}
	for _, parcel := range parcels {
		waits := parcel.Status == ParcelNew || parcel.Status == ParcelAssembling && parcel.PackerID == nil && parcel.PackedAt == nil
		if !waits || !slices.ContainsFunc(locked, func(p Parcel) bool { return p.ID == parcel.ID }) {
			return Refusal("receiving.in_parcel")
		}
	}
	return nil
}

func (c *change) takeReceiptBack(ctx context.Context, by AccountID, order Order, items []Item, receipt Receipt, parcels []Parcel) error {
	var grams Grams
	if receipt.Grams != nil {
		grams = *receipt.Grams
	}
	inTime, err := c.unmail(ctx, order.AccountID, MailArrived, order.ID.Topic(), items, grams)
	if err != nil {
		return err
	}
	if !inTime {
		return Refusal("receiving.told")
	}
	for _, item := range items {
		item.ReceiptID = nil
		if err := c.moveItem(ctx, item, ItemPurchased, &by, "receiving.undone"); err != nil {
			return err
		}
	}
	if err := c.forgetPhotos(ctx, receipt.ID); err != nil { // they may show somebody else's things
		return err
	}
	c.announceStaff("receipts")
	if _, err = c.settleOrder(ctx, order, &by, "receiving.undone"); err != nil {
		return err
	}
	for _, parcel := range parcels {
		if parcel.Status == ParcelAssembling {
			if _, err := c.settleParcel(ctx, &by, parcel); err != nil {
				return err
			}
		}
	}
	return nil
}

// startOfDay is when the calendar day of an instant began at the warehouse.
func (db *DB) startOfDay() time.Time {
	year, month, day := db.Now().In(db.Zone).Date()
	return time.Date(year, month, day, 0, 0, 0, 0, db.Zone)
}

// TodaysReceipt is what was received today, with its photos.
type TodaysReceipt struct {
	ReceiptsSinceRow
	Photos []Photo
}

// Box is the same as its owner sees it.
func (r TodaysReceipt) Box() Box { return Box{BoxesOfRow{r.Receipt, r.Items, r.Titles}, r.Photos} }

// ReceiptsToday lists what was received since midnight, the newest first.
func (db *DB) ReceiptsToday(ctx context.Context) (today []TodaysReceipt, err error) {
	rows, err := db.ReceiptsSince(ctx, db.startOfDay(), 20)
	if err != nil {
		return nil, err
	}
	var ids []ReceiptID
	for _, row := range rows {
		ids = append(ids, row.Receipt.ID)
	}
	photos, err := db.photosByReceipt(ctx, ids)
	for _, row := range rows {
		today = append(today, TodaysReceipt{row, photos[row.Receipt.ID]})
	}
	return today, err
}
