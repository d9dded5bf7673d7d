package db

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/riverqueue/river"
)

// Number is what people call a parcel: P5001-3, the last being a check digit.
func (id ParcelID) Number() string { return "P" + Numbered(id) }

// Path is the page of a parcel, for mails.
func (id ParcelID) Path() string { return "/parcels/" + strconv.FormatInt(int64(id), 10) }

// ParseParcelNumber reads a number as a person types it, with a Latin or a Cyrillic letter before it or with none.
func ParseParcelNumber(typed string) (ParcelID, bool) {
	id, ok := ParseNumber(strings.TrimLeft(strings.TrimSpace(typed), "№ PpРр"))
	return ParcelID(id), ok
}

// FormParcels asks a worker to form the parcel of an order whose last item has come.
type FormParcels struct {
	OrderID OrderID `json:"order_id"`
}

// Kind names the job.
func (FormParcels) Kind() string { return "form_parcels" }

// InsertOpts puts it beside the warehouse's other work.
func (FormParcels) InsertOpts() river.InsertOpts { return river.InsertOpts{Queue: "assembly"} }

// RecheckParcels asks a worker to look again at a customer's parcels that wait for money or for an address.
type RecheckParcels struct {
	AccountID AccountID `json:"account_id"`
}

// Kind names the job.
func (RecheckParcels) Kind() string { return "recheck_parcels" }

// InsertOpts puts it beside the warehouse's other work.
func (RecheckParcels) InsertOpts() river.InsertOpts { return river.InsertOpts{Queue: "assembly"} }

// ParcelForm is what a customer chooses for a parcel of their own.
type ParcelForm struct {
	Items      []ItemID   `form:"items"`
	AddressID  AddressID  `form:"address_id"`
	MethodCode MethodCode `form:"method_code"`
	Key        string     `form:"key"`     // of the form: sent twice, made once
	Version    int32      `form:"version"` // of the parcel that was on the screen
}

// Holds reports whether the form has picked an item.
func (f ParcelForm) Holds(id ItemID) bool { return slices.Contains(f.Items, id) }

// CreateParcel puts items of the customer's own into a parcel that waits, as «Новая», for the customer to send it
// to processing. Its items are frozen until then.
func (db *DB) CreateParcel(ctx context.Context, by Visitor, form ParcelForm) (parcel Parcel, err error) {
	key := fmt.Sprintf("form:%d:%s", by.ID, form.Key)
	err = db.change(ctx, func(c *change) error {
		if parcel, err = c.ParcelByKey(ctx, key); !errors.Is(err, ErrNotFound) {
			return err // made before, or not to be known
		}
		if err := c.checkParcelForm(ctx, by, form, nil); err != nil {
			return err
		}
		parcel, err = c.insertParcel(ctx, insertParcelParams{
			AccountID: by.ID, Status: ParcelNew, At: c.now, Own: true, AddressID: &form.AddressID, MethodCode: form.MethodCode, Key: key,
		})
		if errors.Is(err, ErrNotFound) {
			parcel, err = c.ParcelByKey(ctx, key)
			return err
		}
		if err != nil {
			return err
		}
		if err := c.addParcelItems(ctx, parcel.ID, numbers(form.Items), c.now); err != nil {
			return err
		}
		c.announceItems(parcel)
		return c.parcelMoved(ctx, parcel, "", &by.ID, "")
	})
	return parcel, err
}

// EditParcel changes what lies in a «Новая» parcel, where it goes and how.
func (db *DB) EditParcel(ctx context.Context, by Visitor, id ParcelID, form ParcelForm) (parcel Parcel, err error) {
	err = db.change(ctx, func(c *change) error {
		if parcel, err = c.lockNewParcel(ctx, by, id); err != nil {
			return err
		}
		if parcel.Version != form.Version {
			return Refusal("parcels.changed_elsewhere")
		}
		held, err := c.ItemsOfParcel(ctx, id)
		if err != nil {
			return err
		}
		if err := c.checkParcelForm(ctx, by, form, held); err != nil {
			return err
		}
		if err := c.refillParcel(ctx, parcel, held, form); err != nil {
			return err
		}
		if parcel, err = c.directParcel(ctx, &form.AddressID, form.MethodCode, id); err != nil {
			return err
		}
		return c.parcelMoved(ctx, parcel, ParcelNew, &by.ID, "")
	})
	return parcel, err
}

// refillParcel takes out what was unticked and puts in what was ticked.
func (c *change) refillParcel(ctx context.Context, parcel Parcel, held []Item, form ParcelForm) error {
	var out []Item
	in := slices.Clone(form.Items)
	for _, item := range held {
		if !form.Holds(item.ID) {
			out = append(out, item)
		}
		in = slices.DeleteFunc(in, func(id ItemID) bool { return id == item.ID })
	}
	if err := c.freeItems(ctx, parcel, out); err != nil {
		return err
	}
	c.announceItems(parcel)
	return c.addParcelItems(ctx, parcel.ID, numbers(in), c.now)
}

// freeItems takes items out of a parcel; perhaps we can form one of them now.
func (c *change) freeItems(ctx context.Context, parcel Parcel, items []Item) error {
	if len(items) == 0 {
		return nil
	}
	var ids []ItemID
	for _, item := range items {
		ids = append(ids, item.ID)
	}
	c.reformLater(items)
	return c.freeParcelItems(ctx, c.now, parcel.ID, numbers(ids))
}

// reformLater looks whether orders whose items became free can go by themselves.
func (c *change) reformLater(items []Item) {
	orders := map[OrderID]bool{}
	for _, item := range items {
		if !orders[item.OrderID] {
			c.enqueue(FormParcels{item.OrderID})
		}
		orders[item.OrderID] = true
	}
}

// checkParcelForm lets through items that are the customer's, have not left and lie in no other parcel, an address
// of the customer's book and a method that goes there. Held is what lies in the parcel already.
func (c *change) checkParcelForm(ctx context.Context, by Visitor, form ParcelForm, held []Item) error {
	free, err := c.FreeItemsOf(ctx, by.ID)
	if err != nil {
		return err
	}
	problems := Problems{}
	if len(form.Items) == 0 {
		problems["items"] = "parcels.items_required"
	}
	for _, id := range form.Items {
		isFree := slices.ContainsFunc(free, func(row FreeItemsOfRow) bool { return row.Item.ID == id })
		if !isFree && !slices.ContainsFunc(held, func(item Item) bool { return item.ID == id }) {
			problems["items"] = "parcels.items_gone"
		}
	}
	address, err := c.AddressOf(ctx, form.AddressID, by.ID)
	if errors.Is(err, ErrNotFound) || err == nil && address.ArchivedAt != nil {
		problems["address_id"] = "parcels.address_required"
		return problems
	}
	if err != nil {
		return err
	}
	objection, err := c.objection(ctx, form.MethodCode, address)
	if objection != "" {
		problems["method_code"] = objection
	}
	if err != nil {
		return err
	}
	return problems.err()
}

// objection is the message key of why a method on offer can not deliver to an address, or empty.
func (c *change) objection(ctx context.Context, code MethodCode, address Address) (string, error) {
	methods, err := c.MethodsTo(ctx, address.Country)
	if err != nil {
		return "", err
	}
	at := slices.IndexFunc(methods, func(m Method) bool { return m.Code == code })
	if at < 0 {
		return "parcels.method_not_there", nil
	}
	return methods[at].Objection(address), nil
}

// DissolveParcel takes a «Новая» parcel apart: its items are free again.
func (db *DB) DissolveParcel(ctx context.Context, by Visitor, id ParcelID) (parcel Parcel, err error) {
	err = db.change(ctx, func(c *change) error {
		if parcel, err = c.lockNewParcel(ctx, by, id); err != nil {
			return err
		}
		items, err := c.ItemsOfParcel(ctx, id)
		if err != nil {
			return err
		}
		parcel, err = c.endParcel(ctx, &by.ID, parcel, "")
		c.reformLater(items)
		return err
	})
	return parcel, err
}

// endParcel cancels a parcel and frees its items.
func (c *change) endParcel(ctx context.Context, by *AccountID, parcel Parcel, reason string) (Parcel, error) {
	if !parcel.Status.May(ParcelCancelled) {
		return parcel, Refusal("parcels.wrong_status")
	}
	from := parcel.Status
	if _, err := c.clearAllHolds(ctx, parcel); err != nil {
		return parcel, err
	}
	if err := c.emptyParcel(ctx, c.now, parcel.ID); err != nil {
		return parcel, err
	}
	parcel, err := c.cancelParcel(ctx, c.now, reason, parcel.ID)
	if err != nil {
		return parcel, err
	}
	c.announceItems(parcel)
	return parcel, c.parcelMoved(ctx, parcel, from, by, reason)
}

// SubmitParcel sends the customer's parcel to processing: it takes its place at the end of the queue. Sent twice, it is
// queued once.
func (db *DB) SubmitParcel(ctx context.Context, by Visitor, id ParcelID) (parcel Parcel, err error) {
	err = db.change(ctx, func(c *change) error {
		if parcel, err = c.lockOwnParcel(ctx, by, id); err != nil || parcel.Status == ParcelAssembling {
			return err
		}
		if !parcel.Status.May(ParcelAssembling) {
			return Refusal("parcels.not_new")
		}
		here, awaited, err := c.dropEndedItems(ctx, parcel)
		if err != nil {
			return err
		}
		if len(here)+len(awaited) == 0 {
			return Refusal("parcels.empty")
		}
		if len(awaited) > 0 && !c.EarlyParcels {
			return Refusal("parcels.not_all_arrived")
		}
		if parcel, err = c.queueParcel(ctx, c.now, id); err != nil {
			return err
		}
		if err := c.parcelMoved(ctx, parcel, ParcelNew, &by.ID, ""); err != nil {
			return err
		}
		parcel, err = c.settleParcel(ctx, &by.ID, parcel)
		return err
	})
	return parcel, err
}

// dropEndedItems frees what was cancelled or can not be had, and tells apart what has come and what has not.
func (c *change) dropEndedItems(ctx context.Context, parcel Parcel) (here, awaited []Item, err error) {
	items, err := c.ItemsOfParcel(ctx, parcel.ID)
	if err != nil {
		return nil, nil, err
	}
	var ended []Item
	for _, item := range items {
		switch {
		case !item.Status.Active():
			ended = append(ended, item)
		case item.Status == ItemUnderReview || item.Status == ItemPurchased:
			awaited = append(awaited, item)
		default:
			here = append(here, item)
		}
	}
	return here, awaited, c.freeItems(ctx, parcel, ended)
}

// SplitParcel leaves in a «Новая» parcel only what has come; the rest waits in a new one, to the same address. It locks the
// account first, as whoever changes the name does: the new parcel carries it.
func (db *DB) SplitParcel(ctx context.Context, by Visitor, id ParcelID) (parcel, rest Parcel, err error) {
	err = db.change(ctx, func(c *change) error {
		if _, err := c.lockBook(ctx, by.ID); err != nil {
			return err
		}
		if parcel, err = c.lockNewParcel(ctx, by, id); err != nil {
			return err
		}
		here, awaited, err := c.dropEndedItems(ctx, parcel)
		if err != nil {
			return err
		}
		if len(here) == 0 || len(awaited) == 0 {
			return Refusal("parcels.nothing_to_split")
		}
		rest, err = c.insertParcel(ctx, insertParcelParams{
			AccountID: by.ID, Status: ParcelNew, At: c.now, Own: true, AddressID: parcel.AddressID, MethodCode: parcel.MethodCode,
			Key: "split:" + newMessageID(),
		})
		if err != nil {
			return err
		}
		var ids []ItemID
		for _, item := range awaited {
			ids = append(ids, item.ID)
		}
		if err := c.freeParcelItems(ctx, c.now, id, numbers(ids)); err != nil {
			return err
		}
		if err := c.addParcelItems(ctx, rest.ID, numbers(ids), c.now); err != nil {
			return err
		}
		if err := c.parcelMoved(ctx, rest, "", &by.ID, ""); err != nil {
			return err
		}
		c.announceItems(parcel)
		return c.parcelMoved(ctx, parcel, ParcelNew, &by.ID, "parcels.reason.split")
	})
	return parcel, rest, err
}

// RecallParcel takes a parcel back from the queue while nobody has begun to pack it. Its place is lost.
func (db *DB) RecallParcel(ctx context.Context, by Visitor, id ParcelID) (parcel Parcel, err error) {
	err = db.change(ctx, func(c *change) error {
		if parcel, err = c.lockOwnParcel(ctx, by, id); err != nil || parcel.Status == ParcelNew {
			return err
		}
		if !parcel.MayRecall() {
			return Refusal("parcels.taken_already")
		}
		if parcel, err = c.clearAllHolds(ctx, parcel); err != nil {
			return err
		}
		if parcel, err = c.recallParcel(ctx, c.now, id); err != nil {
			return err
		}
		c.announceItems(parcel)
		return c.parcelMoved(ctx, parcel, ParcelAssembling, &by.ID, "")
	})
	return parcel, err
}

// MayRecall reports whether the customer can still take the parcel back.
func (p Parcel) MayRecall() bool {
	return p.Status == ParcelAssembling && p.PackerID == nil && p.PackedAt == nil
}

// MayRedirect reports whether the customer can still change where the parcel goes, or at least ask for it.
func (p Parcel) MayRedirect() bool {
	return p.Status == ParcelNew || p.Status == ParcelAssembling || p.Status == ParcelReady
}

// RedirectParcel sends a parcel to another address of the customer's book: at once while it is «Новая», afterwards as
// a request to the staff, because a label may be printed. Never once it has left.
func (db *DB) RedirectParcel(ctx context.Context, by Visitor, id ParcelID, to AddressID) (parcel Parcel, err error) {
	err = db.change(ctx, func(c *change) error {
		if parcel, err = c.lockOwnParcel(ctx, by, id); err != nil {
			return err
		}
		if !parcel.MayRedirect() {
			return Refusal("parcels.address_final")
		}
		if parcel.AddressID != nil && *parcel.AddressID == to {
			parcel, err = c.askParcelAddress(ctx, nil, id) // as it was
			c.announceParcel(parcel)
			return err
		}
		if err := c.checkRedirection(ctx, by.ID, parcel, to); err != nil {
			return err
		}
		reason := "parcels.reason.address_asked"
		if parcel.Status == ParcelNew {
			reason = "parcels.reason.address_changed"
			parcel, err = c.directParcel(ctx, &to, parcel.MethodCode, id)
		} else {
			parcel, err = c.askParcelAddress(ctx, &to, id)
		}
		if err != nil {
			return err
		}
		return c.parcelMoved(ctx, parcel, parcel.Status, &by.ID, reason)
	})
	return parcel, err
}

func (c *change) checkRedirection(ctx context.Context, of AccountID, parcel Parcel, to AddressID) error {
	address, err := c.AddressOf(ctx, to, of)
	if errors.Is(err, ErrNotFound) || err == nil && address.ArchivedAt != nil {
		return Problems{"address_id": "parcels.address_required"}
	}
	if err != nil {
		return err
	}
	objection, err := c.objection(ctx, parcel.MethodCode, address)
	if objection != "" {
		return Problems{"address_id": objection}
	}
	return err
}

// lockOwnParcel locks a parcel of the customer's, then the orders in it.
func (c *change) lockOwnParcel(ctx context.Context, by Visitor, id ParcelID) (Parcel, error) {
	parcel, err := c.lockWholeParcel(ctx, id)
	if err == nil && parcel.AccountID != by.ID {
		return Parcel{}, ErrNotFound
	}
	return parcel, err
}

func (c *change) lockNewParcel(ctx context.Context, by Visitor, id ParcelID) (Parcel, error) {
	parcel, err := c.lockOwnParcel(ctx, by, id)
	if err == nil && parcel.Status != ParcelNew {
		return parcel, Refusal("parcels.not_new")
	}
	return parcel, err
}

// lockWholeParcel locks a parcel and then its orders by id. Invoices and the wallet come after them.
func (c *change) lockWholeParcel(ctx context.Context, id ParcelID) (Parcel, error) {
	parcel, err := c.lockParcel(ctx, id)
	if err != nil {
		return parcel, err
	}
	_, err = c.lockParcelOrders(ctx, id)
	return parcel, err
}

// rename has what has not left know its customer's new name, and what lies on a table its packer's.
func (c *change) rename(ctx context.Context, of AccountID, name string) error {
	if err := c.nameParcels(ctx, name, of); err != nil {
		return err
	}
	return c.namePacker(ctx, name, &of)
}

// announceItems wakes the pages of orders whose items went into a parcel or out of it.
func (c *change) announceItems(parcel Parcel) { c.announce(parcel.AccountID, "orders") }

// Recipient is the address as it was frozen when the parcel became ready; none before.
func (p Parcel) Recipient() (address Address) {
	json.Unmarshal(p.ShipTo, &address) // an empty one is no address
	return address
}

// Frozen reports whether the items of the parcel are «Заморожен».
func (p Parcel) Frozen() bool { return p.Status == ParcelNew }

// Late reports whether the parcel should have left before this day.
func (p Parcel) Late(today Day) bool {
	return p.Status == ParcelReady && p.PromisedOn != nil && p.PromisedOn.Before(today)
}

// Delayed reports whether the parcel was promised for an earlier day, and the customer knows of another one.
func (p Parcel) Delayed() bool {
	return p.Status == ParcelReady && p.PromisedOn != nil && p.MissedOn != nil
}

// Size is the box around the parcel, once it is measured.
func (p Parcel) Size() (size Size, known bool) {
	if p.LengthMm == nil || p.WidthMm == nil || p.HeightMm == nil {
		return Size{}, false
	}
	return Size{*p.LengthMm, *p.WidthMm, *p.HeightMm}, true
}

// numbers are ids as a query's array takes them.
func numbers[ID ~int64](ids []ID) []int64 {
	plain := make([]int64, len(ids))
	for i, id := range ids {
		plain[i] = int64(id)
	}
	return plain
}
