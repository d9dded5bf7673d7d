package db

import (
	"cmp"
	"context"
	"math"
	"slices"
	"time"
)

// ParcelsPage is how many rows a list of parcels shows at a time.
const ParcelsPage = 30

// PlacedTo is as far as the place in the queue is counted; ParcelsOf knows it too.
const PlacedTo = 1000

// ParcelCard is a parcel as its customer's list shows it.
type ParcelCard struct {
	CustomerParcelRow
	Tracking []TrackingOfRow
	Days     int // business days that assembly takes
	Today    Day
}

// Late reports whether the parcel should have left by now.
func (c ParcelCard) Late() bool { return c.Parcel.Late(c.Today) }

// Held reports whether this keeps the parcel from leaving.
func (c ParcelCard) Held(kind HoldKind) bool { return slices.Contains(c.Holds, string(kind)) }

// Queued reports whether the parcel waits for a packer, in the place that Place says.
func (c ParcelCard) Queued() bool {
	return c.Parcel.Status == ParcelAssembling && c.Parcel.PackerID == nil && c.Parcel.PackedAt == nil
}

// ParcelList is a page of a customer's parcels, newest first, below an id; More says that others follow.
type ParcelList struct {
	Of    AccountID
	Below ParcelID // 0: from the newest on
	Most  int32    // how many; 0 is a whole page
	Cards []ParcelCard
	More  bool
}

func (l *ParcelList) questions(db *DB) []question {
	below, most := l.Below, cmp.Or(l.Most, ParcelsPage)
	if below <= 0 {
		below = math.MaxInt64
	}
	return []question{
		func(ctx context.Context, q *Queries) error {
			rows, err := q.ParcelsOf(ctx, int64(l.Of), below, most+1)
			rows, l.More = cut(rows, int(most))
			for _, row := range rows {
				l.Cards = append(l.Cards, db.card(CustomerParcelRow(row)))
			}
			return err
		},
		func(ctx context.Context, q *Queries) error {
			trackers, err := q.Trackers(ctx)
			for i := range l.Cards {
				l.Cards[i].Follow(trackers)
			}
			return err
		},
	}
}

func (db *DB) card(row CustomerParcelRow) ParcelCard {
	return ParcelCard{CustomerParcelRow: row, Days: max(leastAssembly, int(row.Days)), Today: db.Today()}
}

// Follow says where the numbers that are kept with the parcel can be followed.
func (c *ParcelCard) Follow(trackers []TrackersRow) {
	for i, number := range c.Parcel.Tracking {
		for _, of := range trackers {
			if string(of.Carrier.Code) == c.Parcel.TrackedBy[i] {
				c.Tracking = append(c.Tracking, TrackingOfRow{
					TrackingNumber: TrackingNumber{ParcelID: c.Parcel.ID, CarrierCode: of.Carrier.Code, Number: number},
					Carrier:        of.Carrier, Tracker: of.Tracker,
				})
			}
		}
	}
}

// ParcelCardOf is one row of Parcels.
func (db *DB) ParcelCardOf(ctx context.Context, id ParcelID, of AccountID) (ParcelCard, error) {
	row, err := db.CustomerParcel(ctx, id, of)
	if err != nil {
		return ParcelCard{}, err
	}
	card := db.card(row)
	card.Tracking, err = db.TrackingOf(ctx, []int64{int64(id)})
	return card, err
}

// ParcelSheet is everything that a customer sees about one parcel.
type ParcelSheet struct {
	ParcelCard
	Items    []Item
	Boxes    []Box // in which they came, with photos
	OpenHold []Hold
	Address  Address  // frozen once the parcel is ready; none yet when its ID is 0
	Missing  []string // what the address lacks for the method
	Wanted   *Address // asked for, and to be decided by the staff
	Invoices []Invoice
	Moves    []MovesOfParcelRow
	Tickets  []Ticket // about it, the newest first
	Balance  Money
	Early    bool // it may be sent to processing before everything has come
}

// Here are the items of the parcel that have come.
func (s ParcelSheet) Here() (here []Item) {
	for _, item := range s.Items {
		if item.Status == ItemAtWarehouse || item.Status == ItemReady {
			here = append(here, item)
		}
	}
	return here
}

// Awaiting are the items of the parcel that are still to come.
func (s ParcelSheet) Awaiting() (awaited []Item) {
	for _, item := range s.Items {
		if item.Status == ItemUnderReview || item.Status == ItemPurchased {
			awaited = append(awaited, item)
		}
	}
	return awaited
}

// MaySubmit reports whether nothing stands in the way of sending the parcel to processing.
func (s ParcelSheet) MaySubmit() bool {
	return s.Parcel.Status == ParcelNew && len(s.Here())+len(s.Awaiting()) > 0 && (len(s.Awaiting()) == 0 || s.Early)
}

// Due is the invoice for the delivery that still waits for money, or nil.
func (s ParcelSheet) Due() *Invoice {
	for _, invoice := range s.Invoices {
		if invoice.Status.Open() {
			return &invoice
		}
	}
	return nil
}

// Charged is what the delivery has cost so far.
func (s ParcelSheet) Charged() (sum Money) {
	for _, invoice := range s.Invoices {
		switch {
		case invoice.Kind == CreditNote:
			sum -= invoice.Total
		case invoice.Status == InvoicePaid:
			sum += invoice.Total
		}
	}
	return sum
}

// ParcelSheetOf reads all about a customer's own parcel.
func (db *DB) ParcelSheetOf(ctx context.Context, id ParcelID, by Visitor) (sheet ParcelSheet, err error) {
	if sheet.ParcelCard, err = db.ParcelCardOf(ctx, id, by.ID); err != nil {
		return sheet, err
	}
	sheet.Balance, sheet.Early = by.Purse.Available, db.EarlyParcels
	if sheet.Tickets, err = db.TicketsOfParcel(ctx, &id); err != nil {
		return sheet, err
	}
	return sheet, db.fillSheet(ctx, &sheet)
}

func (db *DB) fillSheet(ctx context.Context, sheet *ParcelSheet) (err error) {
	parcel := sheet.Parcel
	if sheet.Items, err = db.ItemsOfParcel(ctx, parcel.ID); err != nil {
		return err
	}
	if sheet.Boxes, err = db.Boxes(ctx, idsOf(sheet.Items)); err != nil {
		return err
	}
	if sheet.OpenHold, err = db.HoldsOf(ctx, parcel.ID); err != nil {
		return err
	}
	if sheet.Invoices, err = db.InvoicesOfParcel(ctx, &parcel.ID); err != nil {
		return err
	}
	if sheet.Moves, err = db.MovesOfParcel(ctx, &parcel.ID); err != nil {
		return err
	}
	if parcel.WantedAddressID != nil {
		wanted, err := db.AddressByID(ctx, *parcel.WantedAddressID)
		if err != nil {
			return err
		}
		sheet.Wanted = &wanted
	}
	if sheet.Address, sheet.Missing, err = db.MissingData(ctx, parcel, db.Today()); err != nil {
		return err
	}
	if frozen := parcel.Recipient(); frozen.ID != 0 {
		sheet.Address, sheet.Missing = frozen, nil
	}
	return nil
}

// DeskSheet is everything that the warehouse sees about one parcel.
type DeskSheet struct {
	ParcelSheet
	Customer string
	Packer   string
	Carrier  Carrier
}

// DeskSheetOf reads all about a parcel that the warehouse may see.
func (db *DB) DeskSheetOf(ctx context.Context, id ParcelID) (sheet DeskSheet, err error) {
	row, err := db.DeskParcel(ctx, id)
	if err != nil {
		return sheet, err
	}
	sheet = DeskSheet{Customer: row.Customer, Packer: row.Packer, Carrier: row.Carrier}
	if sheet.ParcelCard, err = db.ParcelCardOf(ctx, id, row.Parcel.AccountID); err != nil {
		return sheet, err
	}
	return sheet, db.fillSheet(ctx, &sheet.ParcelSheet)
}

// TableOf is what a packer has on the table; an empty table is ErrNotFound.
func (db *DB) TableOf(ctx context.Context, packer Visitor) (DeskSheet, error) {
	parcel, err := db.TakenBy(ctx, &packer.ID)
	if err != nil {
		return DeskSheet{}, err
	}
	return db.DeskSheetOf(ctx, parcel.ID)
}

// DeskPlace is where a page of the warehouse's lists begins.
type DeskPlace struct {
	At     time.Time
	ID     ParcelID
	Late   bool       // past the expedited ones
	Method MethodCode // of the list of what is ready
}

// DeskRow is a parcel in a list of the warehouse, with its holds.
type DeskRow struct {
	DeskParcelRow
	Holds []Hold
}

// AssemblyList is a page of what packers may take, and what lies on their tables. Its parcels are no more than what a row
// of it shows.
type AssemblyList struct {
	From  DeskPlace
	Rows  []DeskRow
	More  bool
	Taken []DeskRow
}

func (l *AssemblyList) questions(*DB) []question {
	return []question{func(ctx context.Context, q *Queries) error {
		rows, err := q.AssemblyQueue(ctx, AssemblyQueueParams{
			Late: l.From.Late, After: l.From.At, Above: int64(l.From.ID), Lim: ParcelsPage + 1,
		})
		for _, row := range rows {
			parcel := DeskRow{DeskParcelRow: DeskParcelRow{
				Parcel: Parcel{ID: row.ID, Expedited: row.Expedited, QueuedAt: row.QueuedAt, PackerID: row.PackerID, MethodCode: row.Method.Code},
				Method: row.Method, Customer: row.Customer, Packer: row.Packer, Items: row.Items,
			}}
			if row.Taken {
				l.Taken = append(l.Taken, parcel)
			} else {
				l.Rows = append(l.Rows, parcel)
			}
		}
		l.Rows, l.More = cut(l.Rows, ParcelsPage)
		return err
	}}
}

// BlockedFrom is a page of what can not be worked on, with the reasons.
func (db *DB) BlockedFrom(ctx context.Context, from DeskPlace) ([]DeskRow, bool, error) {
	found, err := db.BlockedParcels(ctx, from.At, int64(from.ID), ParcelsPage+1)
	rows, more, err := asDeskRows(found, err, func(row BlockedParcelsRow) DeskParcelRow { return DeskParcelRow(row) })
	if err != nil {
		return nil, false, err
	}
	var ids []int64
	for _, row := range rows {
		ids = append(ids, int64(row.Parcel.ID))
	}
	holds, err := db.HoldsOfParcels(ctx, ids)
	for i := range rows {
		for _, hold := range holds {
			if hold.ParcelID == rows[i].Parcel.ID {
				rows[i].Holds = append(rows[i].Holds, hold)
			}
		}
	}
	return rows, more, err
}

// AskingFrom is a page of parcels whose customers ask for another address.
func (db *DB) AskingFrom(ctx context.Context, from DeskPlace) ([]DeskRow, bool, error) {
	rows, err := db.AskingParcels(ctx, from.ID, ParcelsPage+1)
	return asDeskRows(rows, err, func(row AskingParcelsRow) DeskParcelRow { return DeskParcelRow(row) })
}

// WantedBy are the addresses that customers ask for.
func (db *DB) WantedBy(ctx context.Context, rows []DeskRow) (map[ParcelID]Address, error) {
	var ids []AddressID
	for _, row := range rows {
		ids = append(ids, *row.Parcel.WantedAddressID)
	}
	addresses, err := db.AddressesByID(ctx, numbers(ids))
	wanted := map[ParcelID]Address{}
	for _, row := range rows {
		for _, address := range addresses {
			if address.ID == *row.Parcel.WantedAddressID {
				wanted[row.Parcel.ID] = address
			}
		}
	}
	return wanted, err
}

// ReadyFrom is a page of what has to leave day by day; of one method only, when it is named.
func (db *DB) ReadyFrom(ctx context.Context, only MethodCode, from DeskPlace) ([]DeskRow, bool, error) {
	rows, err := db.ReadyParcels(ctx, ReadyParcelsParams{
		Chosen: string(only), MethodCode: string(cmp.Or(from.Method, only)), ReadyAt: from.At, ID: int64(from.ID), Lim: ParcelsPage + 1,
	})
	return asDeskRows(rows, err, func(row ReadyParcelsRow) DeskParcelRow { return DeskParcelRow(row) })
}

// Trip is what goes with one departure of a method with a schedule.
type Trip struct {
	Method Method
	Day    *Day // none while there is no departure
	Rows   []DeskRow
}

// Trips are all departures that parcels wait for; of one method only, when it is named.
func (db *DB) Trips(ctx context.Context, only MethodCode) (trips []Trip, err error) {
	rows, err := db.ScheduledParcels(ctx, string(only))
	for _, row := range rows {
		trip := Trip{Method: row.Method, Day: row.Parcel.PromisedOn}
		if last := len(trips) - 1; last < 0 || !trips[last].same(trip) {
			trips = append(trips, trip)
		}
		last := &trips[len(trips)-1]
		last.Rows = append(last.Rows, DeskRow{DeskParcelRow: DeskParcelRow(row)})
	}
	return trips, err
}

func (t Trip) same(other Trip) bool {
	return t.Method.Code == other.Method.Code && (t.Day == nil) == (other.Day == nil) && (t.Day == nil || *t.Day == *other.Day)
}

// RowsOf are parcels of the warehouse's lists by id.
func (db *DB) RowsOf(ctx context.Context, ids []ParcelID) (list []DeskRow, err error) {
	rows, err := db.ParcelRows(ctx, numbers(ids))
	for _, row := range rows {
		list = append(list, DeskRow{DeskParcelRow: DeskParcelRow(row)})
	}
	return list, err
}

// UntrackedFrom is a page of shipped parcels whose number is still to come.
func (db *DB) UntrackedFrom(ctx context.Context, from DeskPlace) ([]DeskRow, bool, error) {
	rows, err := db.UntrackedParcels(ctx, from.ID, ParcelsPage+1)
	return asDeskRows(rows, err, func(row UntrackedParcelsRow) DeskParcelRow { return DeskParcelRow(row) })
}

// asDeskRows cuts a page off what was found, which is one more than a page when another follows.
func asDeskRows[R any](found []R, err error, plain func(R) DeskParcelRow) (rows []DeskRow, more bool, _ error) {
	if more = len(found) > ParcelsPage; more {
		found = found[:ParcelsPage]
	}
	for _, row := range found {
		rows = append(rows, DeskRow{DeskParcelRow: plain(row)})
	}
	return rows, more, err
}

// DeskRowOf is one parcel of the warehouse's lists.
func (db *DB) DeskRowOf(ctx context.Context, id ParcelID) (row DeskRow, err error) {
	if row.DeskParcelRow, err = db.DeskParcel(ctx, id); err != nil {
		return row, err
	}
	row.Holds, err = db.HoldsOf(ctx, id)
	return row, err
}

// Proposal is a parcel that could be formed of what lies at the warehouse.
type Proposal struct {
	ProposalsRow
	Address Address // none when its ID is 0
	Method  Method  // none when nobody goes there
	Items   []Item
}

// ProposalsFrom is a page of what could be formed, after a proposal.
func (db *DB) ProposalsFrom(ctx context.Context, after ProposalForm) (list []Proposal, more bool, err error) {
	rows, err := db.Proposals(ctx, ProposalsParams{
		AccountID: int64(after.AccountID), AddressID: int64(after.AddressID), MethodCode: string(after.MethodCode), Lim: ParcelsPage + 1,
	})
	if more = len(rows) > ParcelsPage; more {
		rows = rows[:ParcelsPage]
	}
	for _, row := range rows {
		list = append(list, Proposal{ProposalsRow: row})
	}
	if err != nil || len(list) == 0 {
		return list, more, err
	}
	return list, more, db.fillProposals(ctx, list)
}

func (db *DB) fillProposals(ctx context.Context, list []Proposal) error {
	var itemIDs, addressIDs []int64
	for _, row := range list {
		itemIDs, addressIDs = append(itemIDs, row.ItemIds...), append(addressIDs, row.AddressID)
	}
	items, err := db.ItemsByID(ctx, itemIDs)
	if err != nil {
		return err
	}
	addresses, err := db.AddressesByID(ctx, addressIDs)
	if err != nil {
		return err
	}
	methods, err := db.Methods(ctx)
	if err != nil {
		return err
	}
	for i := range list {
		proposal := &list[i]
		for _, item := range items {
			if slices.Contains(proposal.ItemIds, int64(item.ID)) {
				proposal.Items = append(proposal.Items, item)
			}
		}
		for _, method := range methods {
			if string(method.Code) == proposal.MethodCode {
				proposal.Method = method
			}
		}
		for _, address := range addresses {
			if int64(address.ID) == proposal.AddressID {
				proposal.Address = address
			}
		}
	}
	return nil
}
