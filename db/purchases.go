package db

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// undoPurchaseWithin is how long a purchase can be taken back.
const undoPurchaseWithin = 24 * time.Hour

// PurchaseForm is what the buyer enters for the ticked items of one shop.
type PurchaseForm struct {
	Items     []ItemID `form:"item"`
	Shop      string   `form:"shop"`
	ShopOrder string   `form:"shop_order"`
	Price     string   `form:"price"` // of all of them, in euros
	Expected  string   `form:"expected"`
	Tracking  string   `form:"tracking"`
	Bears     string   `form:"bears"` // the house bears what is dearer
	Key       string   `form:"key"`
}

// Shortage is what the buyer says of items that can not be had.
type Shortage struct {
	Items  []ItemID `form:"item"`
	Reason string   `form:"reason"`
}

// ShopName is the shop as the customer named it, else the host of the item's address.
func (i Item) ShopName() string {
	if i.Shop != "" {
		return i.Shop
	}
	at, err := url.Parse(i.Url)
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(at.Hostname(), "www.")
}

// Asked is what the customer is asked to pay for the item: the confirmed price of all pieces.
func (i Item) Asked() Money {
	if i.UnitPrice == nil {
		return 0
	}
	return *i.UnitPrice * Money(i.Quantity)
}

func asked(items []Item) (sum Money) {
	for _, item := range items {
		sum += item.Asked()
	}
	return sum
}

// Dearer is how much more the shop took than the customer was charged; negative when it took less.
func (p Purchase) Dearer() Money { return p.PricePaid - p.Charged }

// Late reports whether it should have arrived before a day.
func (p Purchase) Late(today Day) bool { return p.ExpectedOn != nil && p.ExpectedOn.Before(today) }

// Undoable reports whether the purchase can still be taken back at a time.
func (p Purchase) Undoable(at time.Time) bool {
	return p.UndoneAt == nil && at.Sub(p.At) <= undoPurchaseWithin
}

// PriceTolerance is how far the shop's price may be from what was charged without anybody settling it.
func PriceTolerance(charged Money) Money { return max(1_00, charged/50) }

// bought is a PurchaseForm as it was understood.
type bought struct {
	price    Money
	expected *Day
}

func (f *PurchaseForm) read(today Day) (b bought, problems Problems) {
	problems = Problems{}
	f.Shop, f.ShopOrder, f.Tracking = tidyLine(f.Shop), tidyLine(f.ShopOrder), tidyLine(f.Tracking)
	if len(f.Items) == 0 {
		problems["item"] = "buying.pick_items"
	}
	if f.Shop == "" {
		problems["shop"] = "fields.required"
	}
	for name, text := range map[string]string{"shop": f.Shop, "shop_order": f.ShopOrder, "tracking": f.Tracking} {
		if utf8.RuneCountInString(text) > 100 {
			problems[name] = "fields.too_long"
		}
	}
	if f.Key == "" || len(f.Key) > 100 {
		problems[""] = "forms.expired"
	}
	var ok bool
	if b.price, ok = ParseMoney(f.Price); !ok || b.price == 0 {
		problems["price"] = "buying.price_wrong"
	}
	if f.Expected = strings.TrimSpace(f.Expected); f.Expected == "" {
		return b, problems
	}
	day, ok := ParseDay(f.Expected)
	switch {
	case !ok:
		problems["expected"] = "buying.day_wrong"
	case day.Before(today):
		problems["expected"] = "buying.day_past"
	case today.Plus(366).Before(day):
		problems["expected"] = "buying.day_far"
	}
	b.expected = &day
	return b, problems
}

// Purchase records what was ordered at a shop for items of one order. What the shop took less than the
// customer was charged goes back to the balance; what it took more, the house must agree to bear.
func (db *DB) Purchase(ctx context.Context, by Visitor, of OrderID, form PurchaseForm) (purchase Purchase, err error) {
	entered, problems := form.read(db.Today())
	if err := problems.err(); err != nil {
		return Purchase{}, err
	}
	err = db.change(ctx, func(c *change) error {
		order, err := c.lockOrder(ctx, of)
		if err != nil {
			return err
		}
		purchase, err = c.PurchaseByKey(ctx, form.Key)
		if !errors.Is(err, ErrNotFound) {
			return err // sent twice: it is bought already
		}
		items, err := c.pickItems(ctx, order, form.Items, ItemPurchased)
		if err != nil {
			return err
		}
		charged := asked(items)
		if entered.price-charged > PriceTolerance(charged) && form.Bears == "" {
			return Problems{"bears": "buying.dearer"}
		}
		purchase, err = c.insertPurchase(ctx, insertPurchaseParams{
			OrderID: order.ID, Shop: form.Shop, ShopOrder: form.ShopOrder, ShopOrderScan: asScanned(form.ShopOrder),
			PricePaid: entered.price, Charged: charged, ExpectedOn: entered.expected, TrackingNumber: asScanned(form.Tracking),
			Key: form.Key, By: by.ID, At: c.now,
		})
		if err != nil {
			return err
		}
		return c.putPurchase(ctx, by.ID, order, items, purchase)
	})
	return purchase, err
}

// putPurchase moves the items on, tells the customer, and gives back what was charged too much.
func (c *change) putPurchase(ctx context.Context, by AccountID, order Order, items []Item, purchase Purchase) error {
	for _, item := range items {
		item.PurchaseID = &purchase.ID
		if err := c.moveItem(ctx, item, ItemPurchased, &by, ""); err != nil {
			return err
		}
	}
	order, err := c.settleOrder(ctx, order, &by, "")
	if err != nil {
		return err
	}
	if err := c.mailItemsLater(ctx, order, MailPurchased, items, purchase.ExpectedOn, 0); err != nil {
		return err
	}
	cheaper := -purchase.Dearer()
	if cheaper <= PriceTolerance(purchase.Charged) || order.PaymentState != Paid {
		return nil
	}
	return c.refundCheaper(ctx, by, items, cheaper)
}

// refundCheaper gives the difference back on as few items as can hold it, the dearest first, so that the
// customer reads one line and not one for each item.
func (c *change) refundCheaper(ctx context.Context, by AccountID, items []Item, cheaper Money) error {
	dearestFirst := slices.SortedStableFunc(slices.Values(items), func(a, b Item) int { return cmp.Compare(b.Asked(), a.Asked()) })
	for _, item := range dearestFirst {
		amount := min(cheaper, item.Asked())
		if amount == 0 {
			return nil
		}
		if err := c.refundPart(ctx, by, item, amount, "buying.cheaper"); err != nil {
			return err
		}
		cheaper -= amount
	}
	return nil
}

// pickItems finds the ticked items of a locked order and makes sure that each may take the next step. The
// refusal says what became of the first that may not.
func (c *change) pickItems(ctx context.Context, order Order, ids []ItemID, next ItemStatus) ([]Item, error) {
	if order.Status == OrderNew {
		return nil, Refusal("buying.unpaid")
	}
	items, err := c.lockItems(ctx, order.ID)
	if err != nil {
		return nil, err
	}
	items = slices.DeleteFunc(items, func(item Item) bool { return !slices.Contains(ids, item.ID) })
	slices.Sort(ids)
	if len(items) == 0 || len(items) != len(slices.Compact(ids)) {
		return nil, ErrNotFound
	}
	for _, item := range items {
		if !item.Status.May(next) {
			return nil, Refusal("items.is." + string(item.Status))
		}
	}
	return items, nil
}

// mailItemsLater tells the customer about items of an order, gathered with others of the same order.
func (c *change) mailItemsLater(ctx context.Context, order Order, kind MailKind, items []Item, day *Day, grams Grams) error {
	customer, err := c.AccountByID(ctx, order.AccountID)
	if err != nil {
		return err
	}
	letter := Letter{
		Kind: kind, Number: Numbered(order.ID), Orders: []string{Numbered(order.ID)},
		Path: fmt.Sprintf("/orders/%d", order.ID), Grams: grams, topic: order.ID.Topic(),
	}
	for _, item := range items {
		letter.Lines = append(letter.Lines, LetterLine{
			Item: item.ID, Title: item.Title, URL: item.Url, Options: item.Options, Quantity: item.Quantity, Amount: item.Asked(), Day: day,
		})
	}
	return c.mailLater(ctx, customer, letter)
}

// MarkUnavailable says that a shop does not have items, and gives their money back.
func (db *DB) MarkUnavailable(ctx context.Context, by Visitor, of OrderID, form Shortage) error {
	if err := form.problems().err(); err != nil {
		return err
	}
	return db.change(ctx, func(c *change) error {
		order, err := c.lockOrder(ctx, of)
		if err != nil {
			return err
		}
		items, err := c.pickItems(ctx, order, form.Items, ItemUnavailable)
		if err != nil {
			return err
		}
		return c.dropItems(ctx, by.ID, order, items, ItemUnavailable, form.Reason)
	})
}

// CancelPurchased says that the shop did not deliver items that were bought, and gives their money back.
func (db *DB) CancelPurchased(ctx context.Context, by Visitor, id PurchaseID, form Shortage) error {
	if err := form.problems().err(); err != nil {
		return err
	}
	return db.change(ctx, func(c *change) error {
		order, _, err := c.lockPurchaseAndOrder(ctx, id)
		if err != nil {
			return err
		}
		items, err := c.pickItems(ctx, order, form.Items, ItemCancelled)
		if err != nil {
			return err
		}
		for _, item := range items {
			if item.PurchaseID == nil || *item.PurchaseID != id {
				return ErrNotFound
			}
		}
		if _, err := c.unmail(ctx, order.AccountID, MailPurchased, order.ID.Topic(), items, 0); err != nil {
			return err
		}
		return c.dropItems(ctx, by.ID, order, items, ItemCancelled, form.Reason)
	})
}

func (f *Shortage) problems() Problems {
	problems := Problems{}
	f.Reason = tidyLine(f.Reason)
	if len(f.Items) == 0 {
		problems["item"] = "buying.pick_items"
	}
	if problem := reasonProblem(f.Reason); problem != "" {
		problems["reason"] = problem
	}
	return problems
}

func reasonProblem(reason string) string {
	switch {
	case reason == "":
		return "fields.required"
	case utf8.RuneCountInString(reason) > 500:
		return "fields.too_long"
	}
	return ""
}

// dropItems takes items out of an order for good and gives their money back; the last of them brings
// commission and shop delivery back as well.
func (c *change) dropItems(ctx context.Context, by AccountID, order Order, items []Item, to ItemStatus, reason string) error {
	for _, item := range items {
		if err := c.moveItem(ctx, item, to, &by, reason); err != nil {
			return err
		}
	}
	if err := c.settleArrivals(ctx, order, &by, reason); err != nil {
		return err
	}
	c.enqueue(RecheckParcels{order.AccountID})
	return c.refundItems(ctx, by, order.ID, items, reason)
}

// settleArrivals settles an order, and lets its parcel be formed when nothing is missing any more.
func (c *change) settleArrivals(ctx context.Context, order Order, by *AccountID, reason string) error {
	order, err := c.settleOrder(ctx, order, by, reason)
	if err == nil && order.Status == OrderAtWarehouse {
		c.enqueue(FormParcels{order.ID})
	}
	return err
}

func (c *change) lockPurchaseAndOrder(ctx context.Context, id PurchaseID) (Order, Purchase, error) {
	purchase, err := c.PurchaseByID(ctx, id)
	if err != nil {
		return Order{}, Purchase{}, err
	}
	order, err := c.lockOrder(ctx, purchase.OrderID)
	if err != nil {
		return Order{}, Purchase{}, err
	}
	purchase, err = c.lockPurchase(ctx, id)
	return order, purchase, err
}

// UndoPurchase puts the items of a purchase back under review, as if they had never been bought.
func (db *DB) UndoPurchase(ctx context.Context, by Visitor, id PurchaseID, reason string) (purchase Purchase, err error) {
	reason = tidyLine(reason)
	if problem := reasonProblem(reason); problem != "" {
		return Purchase{}, Problems{"reason": problem}
	}
	err = db.change(ctx, func(c *change) error {
		order, bought, err := c.lockPurchaseAndOrder(ctx, id)
		if purchase = bought; err != nil || purchase.UndoneAt != nil {
			return err // taken back twice: it is taken back
		}
		if !purchase.Undoable(c.now) {
			return Refusal("buying.undo_late")
		}
		items, err := c.ItemsOfPurchase(ctx, &id)
		if err != nil {
			return err
		}
		for _, item := range items {
			if item.Status != ItemPurchased {
				return Refusal("items.is." + string(item.Status))
			}
		}
		purchase, err = c.undoPurchase(ctx, undoPurchaseParams{At: &c.now, By: &by.ID, Reason: reason, ID: id})
		if err != nil {
			return err
		}
		return c.takePurchaseBack(ctx, by.ID, order, items, purchase)
	})
	return purchase, err
}

func (c *change) takePurchaseBack(ctx context.Context, by AccountID, order Order, items []Item, purchase Purchase) error {
	for _, item := range items {
		item.PurchaseID = nil
		if err := c.moveItem(ctx, item, ItemUnderReview, &by, purchase.UndoneReason); err != nil {
			return err
		}
	}
	if _, err := c.settleOrder(ctx, order, &by, purchase.UndoneReason); err != nil {
		return err
	}
	if _, err := c.unmail(ctx, order.AccountID, MailPurchased, order.ID.Topic(), items, 0); err != nil {
		return err
	}
	for _, item := range items {
		if err := c.takeRefundsBack(ctx, by, item, purchase); err != nil {
			return err
		}
	}
	return nil
}

// takeRefundsBack reverses what the purchase gave back for being cheaper.
func (c *change) takeRefundsBack(ctx context.Context, by AccountID, item Item, purchase Purchase) error {
	refunds, err := c.RefundsOfItem(ctx, &item.ID, purchase.At)
	if err != nil {
		return err
	}
	for _, refund := range refunds {
		balance, err := c.available(ctx, item.AccountID)
		if err != nil {
			return err
		}
		if balance < refund.Amount {
			return Refusal("buying.refund_spent")
		}
		_, err = c.post(ctx, posting{
			kind: Reversal, from: refund.Transfer.ToWallet, to: refund.Transfer.FromWallet, amount: refund.Amount,
			key: fmt.Sprintf("reversal:%d", refund.Transfer.ID), by: &by, reverses: &refund.Transfer.ID, reason: purchase.UndoneReason,
			lines: []TransferLine{{ItemID: item.ID, InvoiceLineID: InvoiceLineID(refund.InvoiceLineID), Amount: refund.Amount, Description: item.Title}},
		})
		if err != nil {
			return err
		}
		c.announce(item.AccountID, "balance", "home")
	}
	return nil
}

// ToBuy is an order with what is still to be bought for it, shop by shop.
type ToBuy struct {
	Order    Order
	Customer string
	Shops    []ShopItems
}

// ShopItems are the items of one order in one shop.
type ShopItems struct {
	Shop  string
	Items []Item
}

// Asked is what the customer pays for them.
func (s ShopItems) Asked() Money { return asked(s.Items) }

// BuyingPage is how many orders or purchases the buyer sees at a time.
const BuyingPage = 20

// BuyingQueue is a page of the orders that wait for the buyer, after an order or from the first, and whether
// there is more.
func (db *DB) BuyingQueue(ctx context.Context, after OrderID) (queue []ToBuy, more bool, err error) {
	place := ItemsToBuyParams{AfterID: int64(after), Lim: BuyingPage + 1}
	if after != 0 {
		order, err := db.OrderByID(ctx, after)
		if err != nil {
			return nil, false, err
		}
		place.After = order.StatusSince
	}
	rows, err := db.ItemsToBuy(ctx, place)
	if queue = toBuy(rows); len(queue) > BuyingPage {
		return queue[:BuyingPage], true, err
	}
	return queue, false, err
}

// OrderToBuy is one order of the buyer's queue, or ErrNotFound when nothing of it waits.
func (db *DB) OrderToBuy(ctx context.Context, id OrderID) (ToBuy, error) {
	rows, err := db.ItemsToBuy(ctx, ItemsToBuyParams{Just: int64(id), Lim: 1})
	if err == nil && len(rows) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return ToBuy{}, err
	}
	return toBuy(rows)[0], nil
}

func toBuy(rows []ItemsToBuyRow) (queue []ToBuy) {
	for _, row := range rows {
		if len(queue) == 0 || queue[len(queue)-1].Order.ID != row.Order.ID {
			queue = append(queue, ToBuy{Order: row.Order, Customer: row.Customer})
		}
		queue[len(queue)-1].add(row.Item)
	}
	return queue
}

func (b *ToBuy) add(item Item) {
	shop := item.ShopName()
	at := slices.IndexFunc(b.Shops, func(s ShopItems) bool { return s.Shop == shop })
	if at < 0 {
		b.Shops, at = append(b.Shops, ShopItems{Shop: shop}), len(b.Shops)
	}
	b.Shops[at].Items = append(b.Shops[at].Items, item)
}

// Expected is a purchase with what has not arrived of it.
type Expected struct {
	Purchase
	AccountID AccountID
	Customer  string
	Items     []Item
	Whole     bool // nothing of it has arrived
}

// ExpectedPurchases is a page of what was bought and has not arrived, after a purchase or from the first, and
// whether there is more.
func (db *DB) ExpectedPurchases(ctx context.Context, after PurchaseID) (list []Expected, more bool, err error) {
	place := PurchasesExpectedParams{AfterID: int64(after), Lim: BuyingPage + 1}
	if after != 0 {
		purchase, err := db.PurchaseByID(ctx, after)
		if err != nil {
			return nil, false, err
		}
		if place.After = (Day{9999, 12, 31}); purchase.ExpectedOn != nil {
			place.After = *purchase.ExpectedOn
		}
	}
	rows, err := db.PurchasesExpected(ctx, place)
	if list = expected(rows); len(list) > BuyingPage {
		return list[:BuyingPage], true, err
	}
	return list, false, err
}

// ExpectedPurchase is one purchase that has not arrived, or ErrNotFound.
func (db *DB) ExpectedPurchase(ctx context.Context, id PurchaseID) (Expected, error) {
	rows, err := db.PurchasesExpected(ctx, PurchasesExpectedParams{Just: int64(id), Lim: 1})
	if err == nil && len(rows) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return Expected{}, err
	}
	return expected(rows)[0], nil
}

func expected(rows []PurchasesExpectedRow) (list []Expected) {
	for _, row := range rows {
		if len(list) == 0 || list[len(list)-1].ID != row.Purchase.ID {
			list = append(list, Expected{Purchase: row.Purchase, AccountID: row.Item.AccountID, Customer: row.Customer, Whole: row.Whole})
		}
		last := &list[len(list)-1]
		last.Items = append(last.Items, row.Item)
	}
	return list
}
