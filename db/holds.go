package db

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"
)

// Customers reports whether it is the customer who can take the hold away.
func (k HoldKind) Customers() bool { return k == HoldAddress || k == HoldFunds || k == HoldCustoms }

// Fields are the names of the address fields that the hold waits for, and the keys of other objections.
func (h Hold) Fields() []string {
	if h.Kind != HoldAddress || h.Note == "" {
		return nil
	}
	return strings.Split(h.Note, ",")
}

// hold keeps a parcel back for a reason. It reports whether that is news.
func (c *change) hold(ctx context.Context, parcel Parcel, kind HoldKind, note string) (Parcel, bool, error) {
	held, err := c.insertHold(ctx, insertHoldParams{ParcelID: parcel.ID, Kind: kind, Note: note, Since: c.now})
	if errors.Is(err, ErrNotFound) {
		return parcel, false, c.noteHold(ctx, note, parcel.ID, kind)
	}
	if err != nil {
		return parcel, false, err
	}
	return held, true, c.holdMoved(ctx, held, "", string(kind), note)
}

// unhold takes a reason away. It reports whether it was there.
func (c *change) unhold(ctx context.Context, parcel Parcel, kind HoldKind) (Parcel, bool, error) {
	free, err := c.clearHold(ctx, c.now, parcel.ID, kind)
	if errors.Is(err, ErrNotFound) {
		return parcel, false, nil
	}
	if err != nil {
		return parcel, false, err
	}
	return free, true, c.holdMoved(ctx, free, string(kind), "cleared", "")
}

// clearAllHolds takes away whatever keeps a parcel that leaves the queue.
func (c *change) clearAllHolds(ctx context.Context, parcel Parcel) (Parcel, error) {
	if parcel.OpenHolds == 0 {
		return parcel, nil
	}
	return c.clearHolds(ctx, parcel.ID, c.now)
}

// settleAddress holds a parcel whose recipient data is not enough for its method, and lets it go when it is. The
// customer is written to once, and reminded later.
func (c *change) settleAddress(ctx context.Context, parcel Parcel) (Parcel, Address, error) {
	address, missing, err := c.MissingData(ctx, parcel, c.today())
	if err != nil {
		return parcel, address, err
	}
	if len(missing) == 0 {
		parcel, _, err = c.unhold(ctx, parcel, HoldAddress)
		return parcel, address, err
	}
	parcel, news, err := c.hold(ctx, parcel, HoldAddress, strings.Join(missing, ","))
	if err != nil || !news {
		return parcel, address, err
	}
	return parcel, address, c.mailMissingData(ctx, parcel, missing)
}

// MissingData says what the recipient data of a parcel lacks on a day: names of fields, and keys of other objections.
func (q *Queries) MissingData(ctx context.Context, parcel Parcel, today Day) (address Address, missing []string, err error) {
	if parcel.AddressID != nil {
		if address, err = q.AddressByID(ctx, *parcel.AddressID); err != nil {
			return address, nil, err
		}
	}
	method, err := q.MethodByCode(ctx, parcel.MethodCode)
	if err != nil {
		return address, nil, err
	}
	fields, err := q.MethodFieldsFor(ctx, method.Code, address.Country, today)
	if err != nil {
		return address, nil, err
	}
	missing = Missing(address, fields)
	if objection := method.Objection(address); objection != "" {
		missing = append(missing, objection)
	}
	if address.Country == "" {
		return address, missing, nil
	}
	_, err = q.TariffFor(ctx, TariffForParams{MethodCode: method.Code, Country: address.Country, Grams: 1, Day: today})
	if errors.Is(err, ErrNotFound) {
		return address, append(missing, "parcels.method_not_there"), nil
	}
	return address, missing, err
}

// mailMissingData is mail-12: which fields, and a link to the form that asks for them.
func (c *change) mailMissingData(ctx context.Context, parcel Parcel, missing []string) error {
	letter, err := c.letter(ctx, parcel, MailAddressIncomplete)
	if err != nil {
		return err
	}
	letter.Missing, letter.Path = missing, parcel.AddressPath()
	return c.mailOwner(ctx, parcel.AccountID, letter)
}

// AddressPath is where the recipient data of a parcel can be completed.
func (p Parcel) AddressPath() string {
	if p.AddressID == nil {
		return "/addresses/new?parcel=" + strconv.FormatInt(int64(p.ID), 10)
	}
	return "/addresses/" + strconv.FormatInt(int64(*p.AddressID), 10) + "?parcel=" + strconv.FormatInt(int64(p.ID), 10)
}

// RemindHolds asks to remind those whose parcels still wait for an address.
type RemindHolds struct{}

// Kind names the job.
func (RemindHolds) Kind() string { return "remind_holds" }

// Customers are reminded of missing recipient data after two days and after seven.
const (
	firstReminder  = 2 * 24 * time.Hour
	secondReminder = 7 * 24 * time.Hour
)

// RemindHolds writes again to customers whose parcels wait for recipient data. Run twice, it writes once.
func (db *DB) RemindHolds(ctx context.Context) error {
	holds, err := db.HoldsToRemind(ctx, db.Now().Add(-firstReminder), db.Now().Add(-secondReminder))
	if err != nil {
		return err
	}
	for _, hold := range holds {
		if err := db.change(ctx, func(c *change) error { return c.remindOf(ctx, hold.ParcelID, hold.ID) }); err != nil {
			return err
		}
	}
	return nil
}

func (c *change) remindOf(ctx context.Context, parcelID ParcelID, id HoldID) error {
	parcel, err := c.lockWholeParcel(ctx, parcelID)
	if err != nil {
		return err
	}
	hold, err := c.lockHold(ctx, id)
	if err != nil || hold.ClearedAt != nil || c.now.Sub(hold.Since) < reminderAfter(hold.Reminders) {
		return err
	}
	if err := c.countHoldReminder(ctx, id); err != nil {
		return err
	}
	return c.mailMissingData(ctx, parcel, hold.Fields())
}

// reminderAfter is how long a hold lasts before the customer is written to once more.
func reminderAfter(reminded int32) time.Duration {
	switch reminded {
	case 0:
		return firstReminder
	case 1:
		return secondReminder
	}
	return 1<<63 - 1 // twice is enough
}
