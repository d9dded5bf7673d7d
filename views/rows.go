package views

import (
	"strconv"

	"cabinet/db"

	"github.com/a-h/templ"
)

// OrderRow is one order in the list.
func OrderRow(order db.Order) templ.Component { return drawn(func(p *pen) { p.orderRow(&order) }) }

// OrderRows are the orders of a page.
func OrderRows(orders []db.Order) templ.Component {
	return drawn(func(p *pen) {
		for i := range orders {
			p.orderRow(&orders[i])
		}
	})
}

func (p *pen) orderRow(order *db.Order) {
	topic, number, path := order.ID.Topic(), order.ID.Number(), string(orderPath(order.ID, ""))
	p.liveRow(topic, path).leadCell(path, number)
	p.cell("orders.date").day(order.CreatedAt).html(cellEnd)
	p.textCell("orders.items", contentsText(*order))
	p.sumCell("orders.sum", amountsText(p.ctx, order.Amounts(), order.PricedAt != nil))
	p.cell("").comment(order.Comment).commentFoot(order, number).html(commentEnd).html(cellEnd)
	p.statusCell("orders.state").html(`<span>`).status(orderTone(order.Status), "orders.status.", string(order.Status))
	p.hint(orderHint(p.ctx, *order)).html(`</span>`).html(cellEnd)
	p.html(rowEnd)
}

// orderCommentFoot is what can be done with a comment: change it, or write to us when it is too late for that.
func orderCommentFoot(order db.Order) templ.Component {
	return drawn(func(p *pen) { p.commentFoot(&order, order.ID.Number()) })
}

func (p *pen) commentFoot(order *db.Order, number string) *pen {
	if order.Status.Editable() {
		return p.dialogButton(string(orderPath(order.ID, "comment")), "orders.edit_comment", Plain)
	}
	return p.linkButton(string(askAboutOrder(order.ID)), "orders.write", Plain).html(` `).orMail(number)
}

// orMail offers a letter to us, about an order or a parcel, beside the message in the cabinet.
func orMail(number string) templ.Component { return drawn(func(p *pen) { p.orMail(number) }) }

func (p *pen) orMail(number string) *pen {
	p.html(`<small>`).say("layout.or").html(` <a href="`).text(string(mailtoUs(number, ""))).html(`">`)
	return p.text(tf(p.ctx, "orders.write_hint", "email", Site.Help, "number", number)).html(`</a></small>`)
}

// ParcelRow is one parcel in the list.
func ParcelRow(card db.ParcelCard) templ.Component { return drawn(func(p *pen) { p.parcelRow(&card) }) }

// ParcelRows are the parcels of a page.
func ParcelRows(cards []db.ParcelCard) templ.Component {
	return drawn(func(p *pen) {
		for i := range cards {
			p.parcelRow(&cards[i])
		}
	})
}

func (p *pen) parcelRow(card *db.ParcelCard) {
	parcel := &card.Parcel
	topic, path := parcel.ID.Topic(), string(parcelPath(parcel.ID, ""))
	p.liveRow(topic, path).leadCell(path, parcel.ID.Number())
	p.cell("parcels.created").day(parcel.CreatedAt).html(cellEnd)
	p.cell("parcels.shipped_on")
	if parcel.ShippedAt != nil {
		p.day(*parcel.ShippedAt)
	} else {
		p.html(nothing)
	}
	p.html(cellEnd)
	p.html(`<div class="cell sum">`).head("parcels.weight").parcelWeight(parcel).html(cellEnd)
	p.cell("parcels.delivery").html(`<span>`).text(methodName(p.ctx, card.Method)).parcelTracking(card).html(`</span>`).html(cellEnd)
	p.statusCell("parcels.state").html(`<span>`).status(parcelTone(*card), "parcels.status.", string(parcel.Status))
	p.hint(parcelHint(p.ctx, *card)).html(`</span>`).html(cellEnd)
	p.html(rowEnd)
}

const nothing = `<span class="muted">—</span>`

// parcelWeight is nothing until the parcel is weighed, then what it weighs and what is paid for.
func parcelWeight(parcel db.Parcel) templ.Component {
	return drawn(func(p *pen) { p.parcelWeight(&parcel) })
}

func (p *pen) parcelWeight(parcel *db.Parcel) *pen {
	if parcel.ActualGrams == nil {
		return p.html(nothing)
	}
	p.html(`<span>`).text(Weight(p.ctx, *parcel.ActualGrams)).html(` `)
	if *parcel.BillableGrams != *parcel.ActualGrams {
		p.html(`<small>`).text(billableText(p.ctx, *parcel)).html(`</small>`)
	}
	return p.html(`</span>`)
}

// parcelTracking are the numbers of a parcel, each with the carrier's page, a button that copies it and «Где посылка».
// Our own van has none of these, but a trip and somebody to call.
func parcelTracking(card db.ParcelCard) templ.Component {
	return drawn(func(p *pen) { p.parcelTracking(&card) })
}

func (p *pen) parcelTracking(card *db.ParcelCard) *pen {
	for i := range card.Tracking {
		p.tracked(&card.Tracking[i])
	}
	if note := trackingNote(p.ctx, *card); note != "" {
		p.html(`<small>`).text(note).html(`</small>`)
	}
	return p
}

func (p *pen) tracked(row *db.TrackingOfRow) {
	number := row.TrackingNumber.Number
	p.html(`<span class="tracking">`)
	if link := row.Link(); link != "" {
		p.html(`<a href="`).url(link).html(`" target="_blank" rel="noopener">`).text(number).html(`</a>`)
	} else {
		p.html(`<b>`).text(number).html(`</b>`)
	}
	p.copy(number)
	if row.Carrier.TrackingUrl != "" {
		p.html(`<a class="tracker" href="`).url(row.TrackerLink()).html(`" target="_blank" rel="noopener">`).text(row.Tracker.Name).html(`</a>`)
	}
	p.html(`</span> `)
}

// entryRows are lines of a wallet.
func entryRows(of *ledger, lines []db.EntriesOfRow) templ.Component {
	return drawn(func(p *pen) {
		for i := range lines {
			p.entryRow(of, &lines[i])
		}
	})
}

func (p *pen) entryRow(of *ledger, line *db.EntriesOfRow) {
	p.row("entry-" + strconv.FormatInt(line.Number, 10))
	p.leadCell(string(of.entry(line.Number)), Number(p.ctx, line.Number))
	p.cell("balance.date").when(line.At).html(cellEnd)
	p.textCell("balance.what", of.text(p.ctx, *line))
	p.html(`<div class="cell sum status"><span class="sr">`).say(of.sum).html(`</span> `)
	p.html(`<b>`).text(of.change(p.ctx, line.Amount)).html(`</b>`).html(cellEnd)
	p.sumCell(of.after, of.amount(p.ctx, *line.BalanceAfter))
	p.html(rowEnd)
}

// queuedRows are the parcels that wait for a packer.
func queuedRows(rows []db.DeskRow) templ.Component {
	return drawn(func(p *pen) {
		for i := range rows {
			p.queuedRow(&rows[i])
		}
	})
}

func (p *pen) queuedRow(row *db.DeskRow) {
	p.row(row.Parcel.ID.Topic())
	p.leadCell(string(deskParcelPath(row.Parcel.ID, "")), row.Parcel.ID.Number())
	p.cell("assembly.customer").html(`<span>`).text(row.Customer).html(` `)
	if row.Parcel.Expedited {
		p.badge(Warn, "assembly.expedited")
	}
	p.html(`</span>`).html(cellEnd)
	p.textCell("parcels.method", methodName(p.ctx, row.Method))
	p.sumCell("assembly.items", strconv.FormatInt(row.Items, 10))
	p.cell("assembly.queued").when(*row.Parcel.QueuedAt).html(cellEnd)
	p.html(rowEnd)
}

// takenRows are the parcels on the tables; who works here may take one off.
func takenRows(rows []db.DeskRow, works bool) templ.Component {
	return drawn(func(p *pen) {
		for i := range rows {
			p.takenRow(&rows[i], works)
		}
	})
}

func (p *pen) takenRow(row *db.DeskRow, works bool) {
	p.row("taken-" + row.Parcel.ID.Topic())
	p.leadCell(string(deskParcelPath(row.Parcel.ID, "")), row.Parcel.ID.Number())
	p.textCell("assembly.customer", row.Customer)
	p.textCell("parcels.method", methodName(p.ctx, row.Method))
	p.textCell("assembly.packer", row.Packer)
	p.html(`<div class="cell acts">`)
	if works {
		p.put(Act(deskParcelPath(row.Parcel.ID, "release"), "assembly.release", Quiet, Into("#table")))
	}
	p.html(cellEnd).html(rowEnd)
}
