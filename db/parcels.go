package db

import (
	"github.com/riverqueue/river"
)

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

// Number is what people call a parcel: 5001-3.
func (id ParcelID) Number() string { return Numbered(id) }
