package db

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/riverqueue/river"
)

type SubscriptionID int64

// Topic names the subscription on the live channel and, as an id, in the page.
func (id SubscriptionID) Topic() string { return topic("subscription", id) }

// Number is what people call a subscription.
func (id SubscriptionID) Number() string { return "S" + Numbered(id) }

// SubscriptionFormat is how issues come to their reader.
type SubscriptionFormat string

const (
	FormatPDF   SubscriptionFormat = "pdf"
	FormatPrint SubscriptionFormat = "print"
	FormatBoth  SubscriptionFormat = "both"
)

// SubscriptionFormats lists all of them.
var SubscriptionFormats = []SubscriptionFormat{FormatPDF, FormatPrint, FormatBoth}

// Printed reports whether issues come by post.
func (f SubscriptionFormat) Printed() bool { return f == FormatPrint || f == FormatBoth }

// Digital reports whether issues can be downloaded.
func (f SubscriptionFormat) Digital() bool { return f == FormatPDF || f == FormatBoth }

// overlaps reports whether a reader of both would get the same thing twice.
func (f SubscriptionFormat) overlaps(other SubscriptionFormat) bool {
	return f.Printed() && other.Printed() || f.Digital() && other.Digital()
}

// SubscriptionStatus is how far a subscription has come.
type SubscriptionStatus string

const (
	SubscriptionPending   SubscriptionStatus = "pending_payment"
	SubscriptionActive    SubscriptionStatus = "active"
	SubscriptionPaused    SubscriptionStatus = "paused"
	SubscriptionExpired   SubscriptionStatus = "expired"
	SubscriptionCancelled SubscriptionStatus = "cancelled"
)

// SubscriptionStatuses lists all of them, in the order of the desk.
var SubscriptionStatuses = []SubscriptionStatus{SubscriptionActive, SubscriptionPending, SubscriptionPaused, SubscriptionExpired, SubscriptionCancelled}

var subscriptionWays = map[SubscriptionStatus][]SubscriptionStatus{
	SubscriptionPending: {SubscriptionActive, SubscriptionCancelled},
	SubscriptionActive:  {SubscriptionExpired, SubscriptionPaused, SubscriptionCancelled},
	SubscriptionPaused:  {SubscriptionActive, SubscriptionCancelled},
}

// May reports whether a subscription may move to the next status.
func (s SubscriptionStatus) May(next SubscriptionStatus) bool {
	return slices.Contains(subscriptionWays[s], next)
}

// MostSkipped is how many issues a printed subscription may sit out in all.
const MostSkipped = 3

// endsSoon is from how many issues on a subscription ends soon.
const endsSoon = 2

// EndsSoon reports whether the reader should think of the next one.
func (s Subscription) EndsSoon() bool {
	return s.Status == SubscriptionActive && s.StartedAt != nil && s.Remaining <= endsSoon
}

// Unclaimed reports whether it is a gift, paid for, that is nobody's yet.
func (s Subscription) Unclaimed() bool {
	return s.Gift && s.AccountID == nil && s.Status == SubscriptionActive
}

// MayPause says how many issues more the subscription may sit out; 0 where there is nothing to sit out.
func (s Subscription) MayPause() int32 {
	if !s.Status.May(SubscriptionPaused) || !s.Format.Printed() || s.StartedAt == nil {
		return 0
	}
	return max(0, MostSkipped-s.Skipped)
}

// reads reports whether a subscription is this customer's to read.
func (s Subscription) reads(of AccountID) bool { return s.AccountID != nil && *s.AccountID == of }

// CancelledBy reports whether this customer may cancel it: who pays and reads, or whoever gave what nobody has claimed.
func (s Subscription) CancelledBy(of AccountID) bool {
	return s.Status.May(SubscriptionCancelled) && s.PayerID == of && (s.AccountID == nil || *s.AccountID == of)
}

// Refund is what cancelling gives back: the share of the issues that are still to come. It is in cents, or in points.
func (s Subscription) Refund() int64 {
	if s.Status == SubscriptionPending {
		return 0
	}
	return s.Price * int64(s.Remaining) / int64(s.Issues)
}

// SubscriptionWay is how a subscription is paid.
type SubscriptionWay string

const (
	PayByPoints  SubscriptionWay = "points"
	PayByBalance SubscriptionWay = "balance"
	PayByInvoice SubscriptionWay = "invoice"
)

// SubscriptionForm is what somebody orders. Key is the form's own, so that a second press orders nothing twice.
type SubscriptionForm struct {
	Tariff  string          `form:"tariff"` // as Subscription tariffs name themselves: with the price that was seen
	Start   string          `form:"start"`  // current, next or after
	Gift    string          `form:"gift"`   // yes, or anything else
	Address AddressID       `form:"address"`
	Way     SubscriptionWay `form:"way"`
	Renews  string          `form:"renews"`
	Key     string          `form:"key"`
}

// Code names a tariff in a form, with what it costs, so that nobody pays another price than they saw.
func (t SubscriptionTariff) Code() string {
	return fmt.Sprintf("%s-%d-%d-%d", t.Format, t.Issues, int64(t.Price), t.Points)
}

func parseTariff(code string) (t SubscriptionTariff, ok bool) {
	parts := strings.Split(code, "-")
	if len(parts) != 4 || !slices.Contains(SubscriptionFormats, SubscriptionFormat(parts[0])) {
		return t, false
	}
	issues, err := strconv.ParseInt(parts[1], 10, 32)
	price, wrong := strconv.ParseInt(parts[2], 10, 64)
	points, bad := strconv.ParseInt(parts[3], 10, 64)
	t = SubscriptionTariff{Format: SubscriptionFormat(parts[0]), Issues: int32(issues), Price: Money(price), Points: points}
	return t, errors.Join(err, wrong, bad) == nil
}

// wish is a form that makes sense.
type wish struct {
	payer   AccountID
	reader  *AccountID // nil: a gift
	tariff  SubscriptionTariff
	current bool
	after   bool
	follows *SubscriptionID
	address *AddressID
	way     SubscriptionWay
	renews  bool
	key     string
}

func (f SubscriptionForm) read(by Visitor) (w wish, err error) {
	problems := Problems{}
	tariff, ok := parseTariff(f.Tariff)
	if !ok {
		problems["tariff"] = "subscriptions.choose_tariff"
	}
	w = wish{payer: by.ID, tariff: tariff, current: f.Start == "current", after: f.Start == "after", way: f.Way}
	if f.Start != "current" && f.Start != "next" && f.Start != "after" {
		problems["start"] = "subscriptions.choose_start"
	}
	if !slices.Contains([]SubscriptionWay{PayByPoints, PayByBalance, PayByInvoice}, f.Way) {
		problems["way"] = "subscriptions.choose_way"
	}
	if f.Gift == "yes" {
		if w.after {
			problems["start"] = "subscriptions.gift_after"
		}
		return w, problems.err()
	}
	w.reader, w.renews = &by.ID, f.Renews != ""
	if ok && tariff.Format.Printed() {
		if w.address = &f.Address; f.Address == 0 {
			problems["address"] = "subscriptions.address_needed"
		}
	}
	return w, problems.err()
}

// mostPending may be ordered and not paid at once.
const mostPending = 5

// Subscribe orders a subscription for oneself or as a gift. With points and from the balance it is paid at once; by an
// invoice it begins when the money is there, and never before.
func (db *DB) Subscribe(ctx context.Context, by Visitor, form SubscriptionForm) (s Subscription, err error) {
	wish, err := form.read(by)
	if err != nil {
		return s, err
	}
	if wish.key, err = formKey(by, form.Key); err != nil {
		return s, err
	}
	err = db.change(ctx, func(c *change) error {
		if _, err := c.lockBook(ctx, by.ID); err != nil { // a second press waits here for the first
			return err
		}
		if s, err = c.SubscriptionByKey(ctx, wish.key); !errors.Is(err, ErrNotFound) {
			return err
		}
		if err := c.checkWish(ctx, &wish); err != nil {
			return err
		}
		s, err = c.placeSubscription(ctx, &by.ID, wish)
		return err
	})
	switch {
	case errors.Is(err, TooFewPoints):
		return s, Problems{"way": string(TooFewPoints)}
	case errors.Is(err, Refusal("wallets.too_little")):
		return s, Problems{"way": "wallets.too_little"}
	}
	return s, err
}

// checkWish asks whether an order can be fulfilled: today's price, a complete address, and nothing delivered twice.
func (c *change) checkWish(ctx context.Context, w *wish) error {
	tariff, err := c.SubscriptionTariff(ctx, w.tariff.Format, w.tariff.Issues)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	if tariff != w.tariff {
		return Problems{"tariff": "subscriptions.price_changed"}
	}
	pending, err := c.PendingOf(ctx, w.payer)
	if err != nil {
		return err
	}
	if pending >= mostPending {
		return Problems{"": "subscriptions.too_many_pending"}
	}
	if w.address != nil {
		if err := c.checkPrintAddress(ctx, w.payer, *w.address); err != nil {
			return err
		}
	}
	if w.reader == nil {
		return nil
	}
	running, err := c.runningLike(ctx, *w.reader, w.tariff.Format)
	switch {
	case err != nil:
		return err
	case w.after:
		w.follows = running
	case running != nil:
		return Problems{"start": "subscriptions.overlaps"}
	}
	return nil
}

// runningLike is the subscription of a reader that would bring the same thing and that no other follows yet, if there is one;
// of several that which goes on longest.
func (c *change) runningLike(ctx context.Context, of AccountID, format SubscriptionFormat) (last *SubscriptionID, err error) {
	running, err := c.RunningOf(ctx, &of)
	most := int32(-1)
	for _, s := range running {
		followed := slices.ContainsFunc(running, func(next Subscription) bool { return next.Follows != nil && *next.Follows == s.ID })
		if s.Format.overlaps(format) && !followed && s.Remaining > most {
			last, most = &s.ID, s.Remaining
		}
	}
	return last, err
}

// checkPrintAddress wants an own address to which the post brings a magazine.
func (c *change) checkPrintAddress(ctx context.Context, of AccountID, id AddressID) error {
	address, err := c.AddressOf(ctx, id, of)
	if errors.Is(err, ErrNotFound) || err == nil && address.ArchivedAt != nil {
		return Problems{"address": "subscriptions.address_needed"}
	}
	if err == nil && len(Missing(address, nil)) > 0 {
		err = Problems{"address": "subscriptions.address_incomplete"}
	}
	return err
}

// placeSubscription writes a subscription and has it paid as it was wished. The account is locked.
func (c *change) placeSubscription(ctx context.Context, by *AccountID, w wish) (s Subscription, err error) {
	params := insertSubscriptionParams{
		AccountID: w.reader, PayerID: w.payer, Gift: w.reader == nil, Format: w.tariff.Format, Issues: w.tariff.Issues, Current: w.current,
		Follows: w.follows, AddressID: w.address, Price: int64(w.tariff.Price), Renews: w.renews, Key: w.key, At: c.now,
	}
	sold := "subscriptions.sold." + string(w.tariff.Format)
	if w.way == PayByPoints {
		line := TransferLine{Amount: roubles(w.tariff.Points), Description: sold}
		spent, err := c.spendPoints(ctx, by, w.payer, Sales, w.tariff.Points, "subscription:"+w.key, "", []TransferLine{line})
		if err != nil {
			return s, err
		}
		params.Price, params.TransferID = w.tariff.Points, &spent
		if s, err = c.insertSubscription(ctx, params); err != nil {
			return s, err
		}
		return c.subscriptionPaid(ctx, by, s)
	}
	line := InvoiceLine{Kind: ServiceLine, Description: sold, Quantity: w.tariff.Issues, Amount: w.tariff.Price}
	invoice, err := c.issue(ctx, by, bill{account: w.payer, kind: ServiceInvoice, lines: []InvoiceLine{line}})
	if err != nil {
		return s, err
	}
	params.InvoiceID = &invoice.ID
	if s, err = c.insertSubscription(ctx, params); err != nil {
		return s, err
	}
	c.announceSubscription(s)
	if w.way == PayByInvoice {
		return s, c.mailInvoice(ctx, invoice, "")
	}
	invoice, err = c.payInvoice(ctx, by, invoice)
	if err == nil && invoice.Status != InvoicePaid {
		err = Refusal("wallets.too_little")
	}
	if err != nil {
		return s, err
	}
	return c.SubscriptionByID(ctx, s.ID)
}

// servicePaid lets begin what an invoice was for, now that all of it is paid.
func (c *change) servicePaid(ctx context.Context, by *AccountID, invoice Invoice) error {
	s, err := c.lockSubscriptionOfInvoice(ctx, &invoice.ID)
	if errors.Is(err, ErrNotFound) || err == nil && s.Status != SubscriptionPending {
		return nil
	}
	if err == nil {
		_, err = c.subscriptionPaid(ctx, by, s)
	}
	return err
}

// subscriptionPaid makes a subscription active, and lets it begin unless it is a gift that somebody has still to claim, or the
// same thing comes already: what was bought since it was ordered goes first. The wallet that paid is locked, so of two that are
// paid at once one sees the other.
func (c *change) subscriptionPaid(ctx context.Context, by *AccountID, s Subscription) (Subscription, error) {
	if s.AccountID != nil {
		running, err := c.runningLike(ctx, *s.AccountID, s.Format)
		if err != nil {
			return s, err
		}
		if running != nil {
			if err := c.followSubscription(ctx, running, s.ID); err != nil {
				return s, err
			}
			s.Follows = running
		}
	}
	next := s
	if next.Status = SubscriptionActive; s.AccountID != nil {
		next.StartedAt = &c.now
	}
	s, err := c.subscriptionMoved(ctx, by, s, next, "")
	if err != nil {
		return s, err
	}
	return c.giveCurrent(ctx, s)
}

// giveCurrent begins a subscription with the issue that is out, where its reader wants it so.
func (c *change) giveCurrent(ctx context.Context, s Subscription) (Subscription, error) {
	if s.AccountID == nil || !s.Current || s.Follows != nil {
		return s, nil
	}
	latest, err := c.LatestIssue(ctx)
	if errors.Is(err, ErrNotFound) {
		return s, nil
	}
	if err != nil {
		return s, err
	}
	return c.giveIssue(ctx, s, latest, false)
}

// giveIssue lets an issue go to a reader, once however often it is said: one issue less is left, or a pause has skipped it.
func (c *change) giveIssue(ctx context.Context, s Subscription, issue Issue, tell bool) (Subscription, error) {
	reader, skipped := *s.AccountID, s.Status == SubscriptionPaused
	fresh, err := c.insertSubscriptionIssue(ctx, insertSubscriptionIssueParams{
		SubscriptionID: s.ID, IssueID: issue.ID, AccountID: reader, Printed: s.Format.Printed(), Skipped: skipped, At: c.now,
	})
	if err != nil || fresh == 0 {
		return s, err
	}
	next := s
	if skipped {
		next.Skipped++
		if next.PauseLeft--; next.PauseLeft == 0 {
			next.Status = SubscriptionActive
		}
		return c.subscriptionMoved(ctx, nil, s, next, "")
	}
	if next.Remaining--; next.Remaining == 0 {
		next.Status = SubscriptionExpired
	}
	if s, err = c.subscriptionMoved(ctx, nil, s, next, ""); err != nil {
		return s, err
	}
	if s.Format.Digital() {
		if err := c.wantCopy(ctx, reader, issue.ID, !tell); err != nil {
			return s, err
		}
	}
	if tell {
		if err := c.mailIssue(ctx, reader, issue); err != nil {
			return s, err
		}
	}
	return s, c.thinkOfTheEnd(ctx, s)
}

// thinkOfTheEnd reminds of a subscription that ends soon, and renews one that has ended where its reader wants it so.
func (c *change) thinkOfTheEnd(ctx context.Context, s Subscription) error {
	if s.Remaining != endsSoon && s.Remaining != 0 {
		return nil
	}
	renewed, err := c.Renewed(ctx, &s.ID)
	switch {
	case err != nil || renewed:
		return err
	case !s.Renews:
		return c.mailEnd(ctx, s, map[bool]string{true: "ended"}[s.Remaining == 0])
	case s.Remaining == 0:
		c.enqueue(RenewSubscription{s.ID})
		return nil
	}
	return c.mailEnd(ctx, s, "renews")
}

// mailEnd is mail-22: a subscription ends soon, has ended, or was renewed.
func (c *change) mailEnd(ctx context.Context, s Subscription, act string) error {
	return c.mailOwner(ctx, *s.AccountID, Letter{
		Kind: MailSubscriptionEnds, Number: s.ID.Number(), Path: "/subscription", Act: act, Format: s.Format, Left: s.Remaining, topic: s.ID.Topic(),
	})
}

// subscriptionMoved keeps what became of a subscription, with a line of its history when that is another status.
func (c *change) subscriptionMoved(ctx context.Context, by *AccountID, from, to Subscription, reason string) (Subscription, error) {
	if from.Status != to.Status && !from.Status.May(to.Status) {
		return from, Refusal("subscriptions.wrong_status")
	}
	moved, err := c.moveSubscription(ctx, moveSubscriptionParams{
		ID: from.ID, Status: to.Status, Remaining: to.Remaining, PauseLeft: to.PauseLeft, Skipped: to.Skipped, StartedAt: to.StartedAt,
	})
	if err != nil {
		return from, err
	}
	c.announceSubscription(moved)
	if moved.Status == from.Status {
		return moved, nil
	}
	return moved, c.later.insertSubscriptionMove(ctx, insertSubscriptionMoveParams{
		SubscriptionID: moved.ID, FromStatus: from.Status, ToStatus: moved.Status, By: by, Reason: reason, At: c.now,
	})
}

// announceSubscription wakes the pages of who reads it, of who gave it, and of the desk.
func (c *change) announceSubscription(s Subscription) {
	c.announce(s.PayerID, "subscription")
	if s.AccountID != nil && *s.AccountID != s.PayerID {
		c.announce(*s.AccountID, "subscription")
	}
	c.announceStaff(s.ID.Topic(), "subscriptions")
}

// PauseSubscription lets one's own printed subscription sit out so many issues, so that it ends later.
func (db *DB) PauseSubscription(ctx context.Context, by Visitor, id SubscriptionID, issues int32) error {
	return db.pauseSubscription(ctx, by, id, issues, readBy(by))
}

// PauseSubscriptionFor does so at the desk.
func (db *DB) PauseSubscriptionFor(ctx context.Context, by Visitor, id SubscriptionID, issues int32) error {
	return db.pauseSubscription(ctx, by, id, issues, anybodys)
}

func (db *DB) pauseSubscription(ctx context.Context, by Visitor, id SubscriptionID, issues int32, may func(Subscription) bool) error {
	return db.changeSubscription(ctx, id, may, func(c *change, s Subscription) error {
		switch {
		case s.Status == SubscriptionPaused: // as the second press on the button does
			return nil
		case s.MayPause() == 0:
			return Refusal("subscriptions.no_pause")
		case issues < 1 || issues > s.MayPause():
			return Problems{"issues": "subscriptions.pause_too_long"}
		}
		next := s
		next.Status, next.PauseLeft = SubscriptionPaused, issues
		_, err := c.subscriptionMoved(ctx, &by.ID, s, next, "")
		return err
	})
}

// ResumeSubscription ends a pause of one's own early.
func (db *DB) ResumeSubscription(ctx context.Context, by Visitor, id SubscriptionID) error {
	return db.resumeSubscription(ctx, by, id, readBy(by))
}

// ResumeSubscriptionFor does so at the desk.
func (db *DB) ResumeSubscriptionFor(ctx context.Context, by Visitor, id SubscriptionID) error {
	return db.resumeSubscription(ctx, by, id, anybodys)
}

func (db *DB) resumeSubscription(ctx context.Context, by Visitor, id SubscriptionID, may func(Subscription) bool) error {
	return db.changeSubscription(ctx, id, may, func(c *change, s Subscription) error {
		switch s.Status {
		case SubscriptionActive:
			return nil
		case SubscriptionPaused:
		default:
			return Refusal("subscriptions.wrong_status")
		}
		next := s
		next.Status, next.PauseLeft = SubscriptionActive, 0
		_, err := c.subscriptionMoved(ctx, &by.ID, s, next, "")
		return err
	})
}

// SetRenewal says whether a subscription is renewed by itself when it ends.
func (db *DB) SetRenewal(ctx context.Context, by Visitor, id SubscriptionID, renews bool) error {
	return db.changeSubscription(ctx, id, readBy(by), func(c *change, s Subscription) error {
		if s.Status != SubscriptionActive && s.Status != SubscriptionPaused && s.Status != SubscriptionPending {
			return Refusal("subscriptions.wrong_status")
		}
		c.announceSubscription(s)
		return c.setRenewal(ctx, renews, s.ID)
	})
}

// SendSubscriptionTo changes where printed issues go.
func (db *DB) SendSubscriptionTo(ctx context.Context, by Visitor, id SubscriptionID, address AddressID) error {
	return db.changeSubscription(ctx, id, readBy(by), func(c *change, s Subscription) error {
		if !s.Format.Printed() || s.Status == SubscriptionExpired || s.Status == SubscriptionCancelled {
			return Refusal("subscriptions.wrong_status")
		}
		if err := c.checkPrintAddress(ctx, *s.AccountID, address); err != nil {
			return err
		}
		c.announceSubscription(s)
		return c.sendElsewhere(ctx, int64(address), s.ID)
	})
}

// readBy are the subscriptions that somebody reads, anybodys all that anybody does.
func readBy(by Visitor) func(Subscription) bool {
	return func(s Subscription) bool { return s.reads(by.ID) }
}

func anybodys(s Subscription) bool { return s.AccountID != nil }

// changeSubscription locks a subscription that may be changed, and changes it.
func (db *DB) changeSubscription(ctx context.Context, id SubscriptionID, may func(Subscription) bool, do func(*change, Subscription) error) error {
	return db.change(ctx, func(c *change) error {
		s, err := c.lockSubscription(ctx, id)
		if err == nil && !may(s) {
			err = ErrNotFound
		}
		if err != nil {
			return err
		}
		return do(c, s)
	})
}

// CancelSubscription ends one's own subscription, or a gift that nobody has claimed. What was paid for issues that are still
// to come goes back to where it was paid from.
func (db *DB) CancelSubscription(ctx context.Context, by Visitor, id SubscriptionID) error {
	return db.cancelSubscription(ctx, by, id, "", func(s Subscription) bool { return s.PayerID == by.ID && (s.AccountID == nil || s.reads(by.ID)) })
}

// CancelSubscriptionFor ends any subscription at the desk, for a reason that is kept.
func (db *DB) CancelSubscriptionFor(ctx context.Context, by Visitor, id SubscriptionID, reason string) error {
	reason = tidyLine(reason)
	switch {
	case reason == "":
		return Problems{"reason": "fields.required"}
	case len([]rune(reason)) > longestReference:
		return Problems{"reason": "fields.too_long"}
	}
	return db.cancelSubscription(ctx, by, id, reason, func(Subscription) bool { return true })
}

func (db *DB) cancelSubscription(ctx context.Context, by Visitor, id SubscriptionID, reason string, may func(Subscription) bool) error {
	return db.change(ctx, func(c *change) error {
		s, err := c.SubscriptionByID(ctx, id)
		if err == nil && !may(s) {
			err = ErrNotFound
		}
		if err != nil {
			return err
		}
		invoice, err := c.lockPaymentOf(ctx, s) // as whoever pays it does: invoice, wallets, subscription
		if err != nil {
			return err
		}
		if s, err = c.lockSubscription(ctx, id); err != nil || s.Status == SubscriptionCancelled {
			return err
		}
		if !may(s) { // it was claimed in between
			return ErrNotFound
		}
		next, back := s, s.Refund()
		next.Status, next.PauseLeft = SubscriptionCancelled, 0
		if _, err := c.subscriptionMoved(ctx, &by.ID, s, next, reason); err != nil {
			return err
		}
		switch {
		case s.Status == SubscriptionPending:
			return c.void(ctx, &by.ID, invoice, reason)
		case back == 0:
			return nil
		case s.TransferID != nil:
			return c.refundSomePoints(ctx, &by.ID, s.PayerID, "subscription:"+s.Key, back, reason)
		}
		line := InvoiceLine{Kind: ServiceLine, Description: "subscriptions.sold." + string(s.Format), Quantity: s.Remaining, Amount: Money(back)}
		return c.giveBack(ctx, &by.ID, invoice, bill{account: s.PayerID, reason: reason, lines: []InvoiceLine{line}})
	})
}

// lockPaymentOf locks what a subscription was, or will be, paid from.
func (c *change) lockPaymentOf(ctx context.Context, s Subscription) (invoice Invoice, err error) {
	if s.InvoiceID != nil {
		if invoice, err = c.lockInvoice(ctx, *s.InvoiceID); err != nil {
			return invoice, err
		}
		_, err = c.available(ctx, s.PayerID)
		return invoice, err
	}
	_, err = c.lockPoints(ctx, s.PayerID)
	return invoice, err
}

// RenewSubscription orders the next subscription when one has ended.
type RenewSubscription struct {
	Subscription SubscriptionID `json:"subscription"`
}

func (RenewSubscription) Kind() string { return "renew_subscription" }

// InsertOpts keep one job for each.
func (RenewSubscription) InsertOpts() river.InsertOpts {
	return river.InsertOpts{UniqueOpts: river.UniqueOpts{ByArgs: true}}
}

// RenewSubscription pays the same again at today's price, from where the last was paid first. Where there is too little of
// everything, or nothing like it is sold any more, its reader gets a mail. It may run twice.
func (db *DB) RenewSubscription(ctx context.Context, id SubscriptionID) error {
	ended, err := db.SubscriptionByID(ctx, id)
	if err != nil || !ended.Renews || ended.Status != SubscriptionExpired {
		return err
	}
	ways := []SubscriptionWay{PayByBalance, PayByPoints}
	if ended.TransferID != nil {
		slices.Reverse(ways)
	}
	for _, way := range ways {
		err := db.renewFrom(ctx, ended, way)
		if !errors.Is(err, TooFewPoints) && !errors.Is(err, Refusal("wallets.too_little")) {
			return err
		}
	}
	return db.change(ctx, func(c *change) error { return c.mailEnd(ctx, ended, "lapsed") })
}

func (db *DB) renewFrom(ctx context.Context, ended Subscription, way SubscriptionWay) error {
	return db.change(ctx, func(c *change) error {
		reader := *ended.AccountID
		if _, err := c.lockBook(ctx, reader); err != nil {
			return err
		}
		key := fmt.Sprintf("renewal:%d", ended.ID)
		if _, err := c.SubscriptionByKey(ctx, key); !errors.Is(err, ErrNotFound) {
			return err
		}
		if renewed, err := c.Renewed(ctx, &ended.ID); err != nil || renewed { // by hand, meanwhile
			return err
		}
		tariff, err := c.SubscriptionTariff(ctx, ended.Format, ended.Issues)
		if errors.Is(err, ErrNotFound) {
			return c.mailEnd(ctx, ended, "lapsed")
		}
		if err != nil {
			return err
		}
		s, err := c.placeSubscription(ctx, nil, wish{
			payer: reader, reader: &reader, tariff: tariff, follows: &ended.ID, address: ended.AddressID, way: way, renews: true, key: key,
		})
		if err != nil {
			return err
		}
		return c.mailEnd(ctx, s, "renewed")
	})
}
