package db

import (
	"context"
	"slices"
)

// Doubt is a rule that asks whether this is meant, said by its message key. Whoever means it sends it again and says so.
type Doubt string

func (d Doubt) Error() string { return string(d) }

// ShipmentForm is what is typed or scanned when a parcel leaves.
type ShipmentForm struct {
	Numbers string `form:"numbers"` // one or several
	Anyway  bool   `form:"anyway"`  // the numbers are right, however they look
}

// ShipParcel hands a ready parcel over to its carrier. Its items and orders follow, and the customer gets one mail that
// names all orders. Done twice, it happens once.
func (db *DB) ShipParcel(ctx context.Context, by Visitor, id ParcelID, form ShipmentForm) (parcel Parcel, err error) {
	err = db.change(ctx, func(c *change) error {
		if parcel, err = c.lockWholeParcel(ctx, id); err != nil {
			return err
		}
		if parcel.Status == ParcelShipped {
			return c.shippedSo(ctx, parcel, form)
		}
		if !parcel.Status.May(ParcelShipped) {
			return Refusal("parcels.not_ready")
		}
		if parcel.WantedAddressID != nil {
			return Refusal("parcels.address_undecided")
		}
		method, err := c.MethodByCode(ctx, parcel.MethodCode)
		if err != nil {
			return err
		}
		list := readNumbers(form.Numbers)
		if len(list) == 0 && method.TrackingMode == CarrierLink {
			return Problems{"numbers": "parcels.number_required"}
		}
		if parcel, _, err = c.number(ctx, by, parcel, list, form.Anyway); err != nil {
			return err
		}
		parcel, err = c.ship(ctx, by, parcel, list)
		return err
	})
	return parcel, err
}

// shippedSo is content when a parcel has left with these numbers: the button was pressed twice.
func (c *change) shippedSo(ctx context.Context, parcel Parcel, form ShipmentForm) error {
	rows, err := c.TrackingOf(ctx, []int64{int64(parcel.ID)})
	if err != nil {
		return err
	}
	for _, number := range readNumbers(form.Numbers) {
		if !slices.ContainsFunc(rows, func(row TrackingOfRow) bool { return row.TrackingNumber.Number == number }) {
			return Refusal("parcels.shipped_already")
		}
	}
	return nil
}

// number writes tracking numbers down, unless they look wrong and nobody said that they are right.
func (c *change) number(ctx context.Context, by Visitor, parcel Parcel, list []string, anyway bool) (Parcel, []string, error) {
	if slices.ContainsFunc(list, func(number string) bool { return len(number) > maxNumber }) {
		return parcel, nil, Problems{"numbers": "parcels.number_too_long"}
	}
	carrier, err := c.CarrierOf(ctx, parcel.MethodCode)
	if err != nil {
		return parcel, nil, err
	}
	doubt, err := c.doubtsAbout(ctx, parcel, carrier, list)
	if err != nil {
		return parcel, nil, err
	}
	if doubt != "" && !anyway {
		return parcel, nil, doubt
	}
	return c.writeNumbers(ctx, by, parcel, carrier, list)
}

func (c *change) ship(ctx context.Context, by Visitor, parcel Parcel, list []string) (Parcel, error) {
	parcel, err := c.shipParcel(ctx, c.now, parcel.ID)
	if err != nil {
		return parcel, err
	}
	if err := c.parcelMoved(ctx, parcel, ParcelReady, &by.ID, ""); err != nil {
		return parcel, err
	}
	if err := c.moveItems(ctx, parcel, ItemShipped, &by.ID); err != nil {
		return parcel, err
	}
	letter, err := c.shipmentLetter(ctx, parcel, MailShipped, list)
	if err != nil {
		return parcel, err
	}
	return parcel, c.mailOwner(ctx, parcel.AccountID, letter)
}

// shipmentLetter says how a parcel goes and where it can be followed.
func (c *change) shipmentLetter(ctx context.Context, parcel Parcel, kind MailKind, list []string) (Letter, error) {
	letter, err := c.letter(ctx, parcel, kind)
	if err != nil {
		return letter, err
	}
	carrier, err := c.CarrierOf(ctx, parcel.MethodCode)
	if err != nil {
		return letter, err
	}
	letter.Carrier, letter.Tracking, letter.ShipTo, letter.Day = carrier.Name, list, parcel.Recipient().Lines(), parcel.PromisedOn
	for _, number := range list {
		letter.Links = append(letter.Links, TrackingLink(carrier, number))
	}
	if parcel.ActualGrams != nil {
		letter.Grams = *parcel.ActualGrams
	}
	return letter, nil
}

// AddTracking gives a shipped parcel a number that came later, and tells the customer in mail-16. The same number twice
// is one number and one mail.
func (db *DB) AddTracking(ctx context.Context, by Visitor, id ParcelID, form ShipmentForm) (parcel Parcel, err error) {
	err = db.change(ctx, func(c *change) error {
		if parcel, err = c.lockParcel(ctx, id); err != nil {
			return err
		}
		if parcel.Status != ParcelShipped {
			return Refusal("parcels.not_shipped")
		}
		list := readNumbers(form.Numbers)
		if len(list) == 0 {
			return Problems{"numbers": "parcels.number_required"}
		}
		var news []string
		if parcel, news, err = c.number(ctx, by, parcel, list, form.Anyway); err != nil || len(news) == 0 {
			return err
		}
		if err := c.parcelMoved(ctx, parcel, parcel.Status, &by.ID, "parcels.reason.tracking_added"); err != nil {
			return err
		}
		letter, err := c.shipmentLetter(ctx, parcel, MailTrackingAdded, news)
		if err != nil {
			return err
		}
		return c.mailOwner(ctx, parcel.AccountID, letter)
	})
	return parcel, err
}

// RemoveTracking takes a mistyped number off a parcel.
func (db *DB) RemoveTracking(ctx context.Context, by Visitor, id ParcelID, number string) (parcel Parcel, err error) {
	err = db.change(ctx, func(c *change) error {
		if parcel, err = c.lockParcel(ctx, id); err != nil {
			return err
		}
		if err := c.dropNumber(ctx, id, number); err != nil {
			return err
		}
		if parcel, err = c.keepNumbers(ctx, id); err != nil {
			return err
		}
		return c.parcelMoved(ctx, parcel, parcel.Status, &by.ID, "parcels.reason.tracking_removed")
	})
	return parcel, err
}

// keepNumbers has the parcel know its numbers.
func (c *change) keepNumbers(ctx context.Context, id ParcelID) (Parcel, error) {
	return c.sumUpNumbers(ctx, id)
}

// Departed is what became of one parcel when a trip was sent off: Err says why it stayed.
type Departed struct {
	ParcelID ParcelID
	Err      error
}

// ShipTrip sends off the chosen parcels of a trip. One that can not go does not keep the others.
func (db *DB) ShipTrip(ctx context.Context, by Visitor, chosen []ParcelID) (list []Departed, err error) {
	for _, id := range chosen {
		_, err := db.ShipParcel(ctx, by, id, ShipmentForm{})
		if err != nil && !saysNo(err) {
			return list, err
		}
		list = append(list, Departed{id, err})
	}
	return list, nil
}
