package views

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"net/url"
	"strconv"
	"strings"

	"cabinet/db"

	"github.com/a-h/templ"
)

func subscriptionPath(id db.SubscriptionID, act string) templ.SafeURL {
	return numberedPath("/subscription/", int64(id), act)
}

func deskSubscriptionPath(id db.SubscriptionID, act string) templ.SafeURL {
	return numberedPath("/staff/subscriptions/", int64(id), act)
}

func deskIssuePath(id db.IssueID, act string) templ.SafeURL {
	return numberedPath("/staff/issues/", int64(id), act)
}

func issuePDFPath(id db.IssueID) templ.SafeURL { return templ.SafeURL(id.Path() + "/pdf") }

// MagazinePage is «Управление подпиской» as it is drawn: More is where older issues are, Problem why an act was not done.
type MagazinePage struct {
	*db.Magazine
	More    string
	Problem string
}

// SubscriptionDraft is the form of an order, as it was filled in.
type SubscriptionDraft struct {
	*db.SubscriptionOffer
	Form     db.SubscriptionForm
	Purse    db.Purse
	Problems db.Problems
}

// ClaimDraft is the form by which a gift is taken, and the gift once its code is known.
type ClaimDraft struct {
	Form     db.ClaimForm
	Gift     *db.Subscription
	Book     []db.Address
	Problems db.Problems
}

// soldName is what is subscribed to: «PDF-версия, 12 номеров».
func soldName(ctx context.Context, format db.SubscriptionFormat, issues int32) string {
	return t(ctx, "subscriptions.format."+string(format)) + ", " + tn(ctx, "subscriptions.issues", issues)
}

// markText is an issue by its number and month; one that nobody knows yet has a dash.
func markText(ctx context.Context, mark db.IssueMark) string {
	if mark.Number == 0 {
		return "—"
	}
	return issueMark(ctx, mark.Number, mark.Month)
}

// IssueTitle is what an issue is called: «№ 48. Зимние сны».
func IssueTitle(ctx context.Context, number int32, title string) string {
	return tf(ctx, "issues.named", "number", number, "title", title)
}

func issueMark(ctx context.Context, number int32, month db.Day) string {
	return tf(ctx, "issues.mark", "number", number, "month", Month(ctx, month))
}

// subscriptionState is the status in words, and what follows from it.
func subscriptionState(s db.Subscription, waits bool) (Tone, string) {
	switch {
	case s.Unclaimed():
		return Info, "subscriptions.unclaimed"
	case waits && s.Status == db.SubscriptionActive:
		return Info, "subscriptions.waits"
	case s.EndsSoon():
		return Warn, "subscriptions.ends_soon"
	}
	return map[db.SubscriptionStatus]Tone{
		db.SubscriptionPending: Warn, db.SubscriptionActive: Good, db.SubscriptionPaused: Info,
	}[s.Status], "subscriptions.status." + string(s.Status)
}

// subscriptionFacts are what a reader wants to know of a subscription.
func subscriptionFacts(ctx context.Context, card db.SubscriptionCard, book []db.Address) []Fact {
	s := card.Subscription
	facts := []Fact{{Label: "subscriptions.format", Value: "subscriptions.format." + string(s.Format)}}
	if card.Waits {
		facts = append(facts, Fact{Label: "subscriptions.first", Value: tf(ctx, "subscriptions.after", "number", s.Follows.Number())})
	} else {
		facts = append(facts, Fact{Label: "subscriptions.period", Value: periodText(ctx, card)},
			Fact{Label: "subscriptions.first", Value: markText(ctx, card.First())}, Fact{Label: "subscriptions.last", Value: markText(ctx, card.Last())})
	}
	facts = append(facts, Fact{Label: "subscriptions.left", Value: tf(ctx, "progress.of", "done", s.Remaining, "of", s.Issues)})
	if s.Status == db.SubscriptionPaused {
		facts = append(facts, Fact{Label: "subscriptions.skips", Value: tn(ctx, "subscriptions.issues", s.PauseLeft)})
	}
	if s.AddressID != nil {
		for _, address := range book {
			if address.ID == *s.AddressID {
				facts = append(facts, Fact{Label: "subscriptions.address", Value: addressOption(ctx, address).Hint})
			}
		}
	}
	if s.Gift {
		facts = append(facts, Fact{Label: "subscriptions.paid", Value: "subscriptions.is_gift"})
	} else {
		facts = append(facts, Fact{Label: "subscriptions.paid", Value: paidText(ctx, s)},
			Fact{Label: "subscriptions.renewal", Value: map[bool]string{true: "subscriptions.renews", false: "subscriptions.renews_not"}[s.Renews]})
	}
	return facts
}

// periodText is from when until when: «март 2026 – февраль 2027».
func periodText(ctx context.Context, card db.SubscriptionCard) string {
	first, last := card.First(), card.Last()
	if first.Number == 0 || last.Number == 0 {
		return "—"
	}
	return Month(ctx, first.Month) + " – " + Month(ctx, last.Month)
}

// paidText is what a subscription costs, in what it is paid with.
func paidText(ctx context.Context, s db.Subscription) string {
	return priceOf(ctx, s, s.Price)
}

func priceOf(ctx context.Context, s db.Subscription, sum int64) string {
	if s.TransferID != nil {
		return tn(ctx, "articles.points", sum)
	}
	return Money(ctx, db.Money(sum), db.EUR)
}

// cancelQuestion says before a subscription is cancelled what comes back.
func cancelQuestion(ctx context.Context, s db.Subscription) string {
	if s.Refund() == 0 {
		return t(ctx, "subscriptions.cancel_sure")
	}
	return tf(ctx, "subscriptions.cancel_refund", "sum", priceOf(ctx, s, s.Refund()), "count", tn(ctx, "subscriptions.issues", s.Remaining))
}

func pauseOptions(ctx context.Context, most int32) (options []Option) {
	for n := range most {
		options = append(options, Option{Value: strconv.Itoa(int(n + 1)), Label: tn(ctx, "subscriptions.issues", n+1)})
	}
	return options
}

// addressOption is an address to choose; what it lacks for the post is said beside it.
func addressOption(ctx context.Context, address db.Address) Option {
	option := Option{Value: strconv.FormatInt(int64(address.ID), 10), Label: either(address.Label, address.Surname+" "+address.Name), Hint: postalLine(ctx, address)}
	if missing := db.Missing(address, nil); len(missing) > 0 {
		option.Off = tf(ctx, "subscriptions.lacks", "fields", missingFields(ctx, missing))
	}
	return option
}

// postalLine is a whole address in one line, as it stands on an envelope.
func postalLine(ctx context.Context, a db.Address) string {
	var parts []string
	for _, part := range []string{strings.TrimSpace(a.Surname + " " + a.Name), a.PostalCode, Country(ctx, a.Country), a.Region, a.City, strings.TrimSpace(a.Street + " " + a.House), a.Flat} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, ", ")
}

func missingFields(ctx context.Context, fields []string) string {
	named := make([]string, len(fields))
	for i, field := range fields {
		named[i] = strings.ToLower(t(ctx, "fields."+field))
	}
	return strings.Join(named, ", ")
}

func postalOptions(ctx context.Context, book []db.Address) (options []Option) {
	for _, address := range book {
		options = append(options, addressOption(ctx, address))
	}
	return options
}

func addressValue(id db.AddressID) string {
	if id == 0 {
		return ""
	}
	return strconv.FormatInt(int64(id), 10)
}

// anyComplete reports whether the post can bring a magazine to one of the addresses.
func anyComplete(book []db.Address) bool {
	for _, address := range book {
		if len(db.Missing(address, nil)) == 0 {
			return true
		}
	}
	return false
}

func (d SubscriptionDraft) tariffs(ctx context.Context) (options []Option) {
	for _, tariff := range d.Tariffs {
		options = append(options, Option{
			Value: tariff.Code(), Label: soldName(ctx, tariff.Format, tariff.Issues),
			Hint: tf(ctx, "subscriptions.price", "sum", Money(ctx, tariff.Price, db.EUR), "points", tn(ctx, "articles.points", tariff.Points)),
		})
	}
	return options
}

// starts are where a subscription may begin.
func (d SubscriptionDraft) starts(ctx context.Context) (options []Option) {
	if d.Form.Gift != "yes" && len(d.Running) > 0 {
		options = append(options, Option{Value: "after", Label: "subscriptions.start_after", Hint: "subscriptions.start_after_hint"})
	}
	next := Option{Value: "next", Label: "subscriptions.start_next"}
	if d.Latest == nil {
		return append(options, next)
	}
	following := db.SubscriptionCard{Latest: d.Latest}
	following.Subscription.Status, following.Subscription.Current = db.SubscriptionPending, false
	next.Hint = markText(ctx, following.First())
	return append(options, next, Option{Value: "current", Label: "subscriptions.start_current", Hint: issueMark(ctx, d.Latest.Number, d.Latest.Month)})
}

// ways are how it may be paid here.
func (d SubscriptionDraft) ways(ctx context.Context) (options []Option) {
	offers := ViewerOf(ctx).Offers
	if offers(db.WalletModule) {
		options = append(options, Option{Value: string(db.PayByPoints), Label: "subscriptions.way.points", Hint: tf(ctx, "subscriptions.have", "sum", tn(ctx, "articles.points", d.Purse.Points))})
	}
	if offers(db.BalanceModule) {
		options = append(options,
			Option{Value: string(db.PayByBalance), Label: "subscriptions.way.balance", Hint: tf(ctx, "subscriptions.have", "sum", Money(ctx, d.Purse.Available, db.EUR))},
			Option{Value: string(db.PayByInvoice), Label: "subscriptions.way.invoice", Hint: "subscriptions.way.invoice_hint"})
	}
	return options
}

// GiftCode is a gift with its code, which is shown once, and the address of this site.
type GiftCode struct {
	db.Subscription
	Code string
	Base string
}

// link is the address under which the gift is claimed.
func (g GiftCode) link() string { return g.Base + "/subscription/claim?code=" + g.Code }

// mail opens the giver's own mail program with the link in it.
func (g GiftCode) mail(ctx context.Context) templ.SafeURL {
	query := url.Values{"subject": {tf(ctx, "subscriptions.gift_mail_subject", "site", Site.Name)}, "body": {tf(ctx, "subscriptions.gift_mail_body", "link", g.link(), "code", g.Code)}}
	return templ.SafeURL("mailto:?" + strings.ReplaceAll(query.Encode(), "+", "%20")) // mail programs take a plus for a plus
}

// GiftPDF is a gift on paper: what it is, the code, and where it is claimed.
func GiftPDF(ctx context.Context, gift GiftCode) ([]byte, error) {
	p, err := newPaper(ctx, t(ctx, "subscriptions.gift_title"))
	if err != nil {
		return nil, err
	}
	p.Ln(4)
	p.font("", 13)
	p.MultiCell(textWidth, 8, spaced(tf(ctx, "subscriptions.gift_text", "what", soldName(ctx, gift.Format, gift.Issues))), "", "L", false)
	p.Ln(4)
	p.fact("subscriptions.code", gift.Code, textWidth)
	p.fact("subscriptions.claim_at", gift.Base+"/subscription/claim", textWidth)
	p.Ln(4)
	if err := p.code(gift.link(), margin, p.GetY(), 60); err != nil {
		return nil, err
	}
	return p.bytes()
}

// PrintListCSV is where the printed copies of an issue go, for the post: UTF-8 with its mark, and semicolons.
func PrintListCSV(ctx context.Context, hand func(func(db.Posting) error) error) ([]byte, error) {
	var file bytes.Buffer
	file.WriteString("\ufeff")
	rows := csv.NewWriter(&file)
	rows.Comma, rows.UseCRLF = ';', true
	head := []string{t(ctx, "subscriptions.number")}
	fields := []string{"surname", "name", "patronymic", "company", "country", "postal_code", "region", "city", "street", "house", "flat", "phone"}
	for _, field := range fields {
		head = append(head, t(ctx, "fields."+field))
	}
	if err := rows.Write(append(head, t(ctx, "desk.issues.lacks"))); err != nil {
		return nil, err
	}
	err := hand(func(posting db.Posting) error {
		cells := []string{posting.ID.Number()}
		for _, field := range fields {
			text := posting.Address.Field(field)
			if field == "country" {
				text = Country(ctx, text)
			}
			cells = append(cells, harmless(text))
		}
		return rows.Write(append(cells, harmless(missingFields(ctx, posting.Missing))))
	})
	rows.Flush()
	return file.Bytes(), errors.Join(err, rows.Error())
}

// DeskSubscriptionList is the desk's list of subscriptions, and where the next page of it is.
type DeskSubscriptionList struct {
	*db.DeskSubscriptions
	More string
}

func subscriptionChips(now db.SubscriptionStatus, words string) (chips []Chip) {
	for _, status := range db.SubscriptionStatuses {
		chips = append(chips, Chip{Path: "/staff/subscriptions?status=" + string(status), Label: "subscriptions.status." + string(status), Now: words == "" && status == now})
	}
	return chips
}

// subscriptionEvents are what happened to a subscription, the newest first.
func subscriptionEvents(ctx context.Context, desk db.DeskSubscription) (events []Event) {
	for _, move := range desk.Moves {
		event := Event{At: move.At, Text: "subscriptions.status." + string(move.ToStatus), By: either(move.Actor, t(ctx, "desk.subscriptions.by_itself"))}
		if move.Reason != "" {
			event.By += ": " + move.Reason
		}
		events = append(events, event)
	}
	return append(events, Event{At: desk.Subscription.CreatedAt, Text: "desk.subscriptions.ordered", By: desk.Payer})
}

// SampleIssue is an issue of a few pages, for a demo.
func SampleIssue(ctx context.Context, number int, title, about string) ([]byte, error) {
	p, err := newPaper(ctx, IssueTitle(ctx, int32(number), title))
	if err != nil {
		return nil, err
	}
	for page := range 4 {
		if page > 0 {
			p.AddPage()
		}
		p.Ln(6)
		p.font("", 12)
		p.MultiCell(textWidth, 7, strings.Repeat(about+" ", 4), "", "L", false)
	}
	return p.bytes()
}
