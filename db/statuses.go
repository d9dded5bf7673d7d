package db

import (
	"slices"
)

type (
	OrderID       int64
	ItemID        int64
	PurchaseID    int64
	ReceiptID     int64
	InvoiceID     int64
	InvoiceLineID int64
	PaymentID     int64
	ParcelID      int64
	HoldID        int64
)

// Topic names the thing on the live channel and, as an id, in the page.
func (id OrderID) Topic() string    { return topic("order", id) }
func (id ItemID) Topic() string     { return topic("item", id) }
func (id PurchaseID) Topic() string { return topic("purchase", id) }
func (id ReceiptID) Topic() string  { return topic("receipt", id) }
func (id InvoiceID) Topic() string  { return topic("invoice", id) }
func (id PaymentID) Topic() string  { return topic("payment", id) }
func (id ParcelID) Topic() string   { return topic("parcel", id) }

// ItemStatus is where one item of an order is.
type ItemStatus string

const (
	ItemUnderReview ItemStatus = "under_review"
	ItemPurchased   ItemStatus = "purchased"
	ItemAtWarehouse ItemStatus = "at_warehouse"
	ItemReady       ItemStatus = "ready_to_ship"
	ItemShipped     ItemStatus = "shipped"
	ItemDelivered   ItemStatus = "delivered"
	ItemUnavailable ItemStatus = "unavailable"
	ItemCancelled   ItemStatus = "cancelled"
	ItemReturned    ItemStatus = "returned"
)

var itemMoves = map[ItemStatus][]ItemStatus{
	ItemUnderReview: {ItemPurchased, ItemUnavailable, ItemCancelled},
	ItemPurchased:   {ItemUnderReview, ItemAtWarehouse, ItemCancelled},
	ItemAtWarehouse: {ItemPurchased, ItemReady, ItemReturned}, // back to purchased: a receipt taken back
	ItemReady:       {ItemAtWarehouse, ItemShipped},
	ItemShipped:     {ItemDelivered},
}

// ItemPath is the way of an item from review to the recipient, for a step line.
var ItemPath = []ItemStatus{ItemUnderReview, ItemPurchased, ItemAtWarehouse, ItemReady, ItemShipped}

// May reports whether an item may move to the next status. Views ask it before they offer a button;
// rules ask it before they move.
func (s ItemStatus) May(next ItemStatus) bool { return slices.Contains(itemMoves[s], next) }

// Active reports whether the item is still on its way to the customer or with them.
func (s ItemStatus) Active() bool {
	return s != ItemUnavailable && s != ItemCancelled && s != ItemReturned
}

// rank orders active items by how far they have come, as an order counts it.
func (s ItemStatus) rank() OrderStatus {
	switch s {
	case ItemUnderReview, ItemPurchased:
		return OrderProcessing
	case ItemAtWarehouse:
		return OrderAtWarehouse
	case ItemReady:
		return OrderReady
	}
	return OrderShipped
}

// OrderStatus follows from the items of an order and its goods invoice.
type OrderStatus string

const (
	OrderNew         OrderStatus = "new"
	OrderProcessing  OrderStatus = "processing"
	OrderAtWarehouse OrderStatus = "at_warehouse"
	OrderReady       OrderStatus = "ready_to_ship"
	OrderShipped     OrderStatus = "shipped"
	OrderCancelled   OrderStatus = "cancelled"
)

// OrderPath is the way of an order, for a step line.
var OrderPath = []OrderStatus{OrderNew, OrderProcessing, OrderAtWarehouse, OrderReady, OrderShipped}

// Editable reports whether the customer may still change the order.
func (s OrderStatus) Editable() bool { return s == OrderNew }

// ShipToEditable reports whether the customer may still choose where the order goes.
func (s OrderStatus) ShipToEditable() bool {
	return s == OrderNew || s == OrderProcessing || s == OrderAtWarehouse
}

// PaymentState says how much of an order's goods is paid; it is no part of the status.
type PaymentState string

const (
	Unpaid        PaymentState = "unpaid"
	PartiallyPaid PaymentState = "partially_paid"
	Paid          PaymentState = "paid"
	Refunded      PaymentState = "refunded"
)

// statusOf computes an order's status: cancelled without an active item, new until the goods are paid
// or staff let it through, else that of the least advanced item.
func statusOf(items []Item, accepted bool) OrderStatus {
	status := OrderCancelled
	for _, item := range items {
		if item.Status.Active() {
			if status == OrderCancelled || slices.Index(OrderPath, item.Status.rank()) < slices.Index(OrderPath, status) {
				status = item.Status.rank()
			}
		}
	}
	if status != OrderCancelled && !accepted {
		return OrderNew
	}
	return status
}

// InvoiceKind says what an invoice is for.
type InvoiceKind string

const (
	GoodsInvoice    InvoiceKind = "goods"
	DeliveryInvoice InvoiceKind = "delivery"
	TopUpInvoice    InvoiceKind = "top_up"
	Supplement      InvoiceKind = "supplement"
	CreditNote      InvoiceKind = "credit_note"
	ServiceInvoice  InvoiceKind = "service"
)

// InvoiceLineKind says what a line of an invoice is for.
type InvoiceLineKind string

const (
	ItemLine         InvoiceLineKind = "item"
	CommissionLine   InvoiceLineKind = "commission"
	ShopDeliveryLine InvoiceLineKind = "shop_delivery"
	DeliveryLine     InvoiceLineKind = "delivery"
	TopUpLine        InvoiceLineKind = "top_up"
	PointsLine       InvoiceLineKind = "points"
	ServiceLine      InvoiceLineKind = "service"
)

// InvoiceStatus is how far an invoice is paid.
type InvoiceStatus string

const (
	InvoiceDraft      InvoiceStatus = "draft"
	InvoiceIssued     InvoiceStatus = "issued"
	InvoicePartial    InvoiceStatus = "partially_paid"
	InvoicePaid       InvoiceStatus = "paid"
	InvoiceSuperseded InvoiceStatus = "superseded"
	InvoiceVoid       InvoiceStatus = "void"
)

var invoiceMoves = map[InvoiceStatus][]InvoiceStatus{
	InvoiceDraft:   {InvoiceIssued, InvoiceVoid},
	InvoiceIssued:  {InvoicePartial, InvoicePaid, InvoiceSuperseded, InvoiceVoid},
	InvoicePartial: {InvoicePaid, InvoiceSuperseded, InvoiceVoid},
}

// May reports whether an invoice may move to the next status.
func (s InvoiceStatus) May(next InvoiceStatus) bool { return slices.Contains(invoiceMoves[s], next) }

// Open reports whether money is still expected for it.
func (s InvoiceStatus) Open() bool { return s == InvoiceIssued || s == InvoicePartial }

// Due is what is still to be paid.
func (i Invoice) Due() Money { return i.Total - i.Paid }

// PaymentStatus says whether we know whose money came in.
type PaymentStatus string

const (
	PaymentUnmatched PaymentStatus = "unmatched"
	PaymentSuggested PaymentStatus = "suggested"
	PaymentMatched   PaymentStatus = "matched"
	PaymentIgnored   PaymentStatus = "ignored"
	PaymentReturned  PaymentStatus = "returned"
)

// ParcelStatus is where a parcel is.
type ParcelStatus string

const (
	ParcelNew        ParcelStatus = "new"
	ParcelAssembling ParcelStatus = "assembling"
	ParcelReady      ParcelStatus = "ready_to_ship"
	ParcelShipped    ParcelStatus = "shipped"
	ParcelDelivered  ParcelStatus = "delivered"
	ParcelCancelled  ParcelStatus = "cancelled"
	ParcelReturned   ParcelStatus = "returned"
)

var parcelMoves = map[ParcelStatus][]ParcelStatus{
	ParcelNew:        {ParcelAssembling, ParcelCancelled},
	ParcelAssembling: {ParcelNew, ParcelReady, ParcelCancelled},
	ParcelReady:      {ParcelAssembling, ParcelShipped},
	ParcelShipped:    {ParcelDelivered, ParcelReturned},
}

// ParcelPath is the way of a parcel, for a step line.
var ParcelPath = []ParcelStatus{ParcelNew, ParcelAssembling, ParcelReady, ParcelShipped}

// May reports whether a parcel may move to the next status.
func (s ParcelStatus) May(next ParcelStatus) bool { return slices.Contains(parcelMoves[s], next) }

// HoldKind is what keeps a parcel from leaving.
type HoldKind string

const (
	HoldItems   HoldKind = "items_not_arrived"
	HoldAddress HoldKind = "address_incomplete"
	HoldFunds   HoldKind = "insufficient_funds"
	HoldCustoms HoldKind = "customs_data_missing"
	HoldDamaged HoldKind = "damaged"
	HoldStaff   HoldKind = "staff_hold"
)
