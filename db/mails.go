package db

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/riverqueue/river"
)

type MailID int64

// Topic names the mail in the staff's mail log.
func (id MailID) Topic() string { return topic("mail", id) }

// MailKind is a row of the mail catalogue.
type MailKind string

const (
	MailVerify            MailKind = "mail-01" // «Спасибо за регистрацию!»
	MailAlreadyRegistered MailKind = "mail-03"
	MailRecovery          MailKind = "mail-04"
	MailPasswordChanged   MailKind = "mail-05"
	MailEmailChange       MailKind = "mail-06" // to the old address
	MailOrderReceived     MailKind = "mail-07" // with a copy of the order
	MailInvoice           MailKind = "mail-08"
	MailOrderAccepted     MailKind = "mail-09"
	MailPaymentMissing    MailKind = "mail-10"
	MailDeliveryCharged   MailKind = "mail-11"
	MailAddressIncomplete MailKind = "mail-12"
	MailArrived           MailKind = "mail-13"
	MailReady             MailKind = "mail-14"
	MailShipped           MailKind = "mail-15"
	MailTrackingAdded     MailKind = "mail-16"
	MailPurchased         MailKind = "mail-17"
	MailParcelCancelled   MailKind = "mail-18"
	MailTopUp             MailKind = "mail-21"
	MailContest           MailKind = "mail-25" // the results of a contest
	MailConsultation      MailKind = "mail-24" // something happened in a consultation
	MailSubscriptionEnds  MailKind = "mail-22"
	MailIssue             MailKind = "mail-23" // another one is out
	MailDream             MailKind = "mail-26" // a dream was answered
	MailAnswer            MailKind = "mail-28" // of the administration, in a ticket
	MailGuessing          MailKind = "mail-29" // somebody is guessing the password
	MailRefund            MailKind = "mail-30"
	MailLate              MailKind = "mail-31" // with our apologies
	MailConfirmMailings   MailKind = "mail-32" // asked for by an address that nobody has proved yet
	MailNewsletter        MailKind = "mail-33" // a campaign; in the log only those that its writer tried
	MailConsultationDue   MailKind = "mail-34" // to a specialist: somebody waits
)

// MailKinds lists all of them.
var MailKinds = []MailKind{
	MailVerify, MailAlreadyRegistered, MailRecovery, MailPasswordChanged, MailEmailChange, MailOrderReceived,
	MailInvoice, MailOrderAccepted, MailPaymentMissing, MailDeliveryCharged, MailAddressIncomplete, MailArrived,
	MailReady, MailShipped, MailTrackingAdded, MailPurchased, MailParcelCancelled, MailTopUp, MailSubscriptionEnds, MailIssue, MailConsultation, MailContest, MailDream, MailAnswer,
	MailGuessing, MailRefund, MailLate, MailConfirmMailings, MailNewsletter, MailConsultationDue,
}

// MailStatus is how far a mail has come.
type MailStatus string

const (
	MailGathering MailStatus = "gathering" // still taking lines
	MailQueued    MailStatus = "queued"
	MailSent      MailStatus = "sent"
	MailFailed    MailStatus = "failed" // refused by the other side
	MailCancelled MailStatus = "cancelled"
)

// Letter is what a mail has to say, as it was when the change happened. A kind uses what it needs.
type Letter struct {
	Kind     MailKind           `json:"kind"`
	To       string             `json:"to,omitempty"`      // instead of the account's own address
	Name     string             `json:"name,omitempty"`    // of the person it greets
	Number   string             `json:"number,omitempty"`  // of the order or parcel, for the subject
	Orders   []string           `json:"orders,omitempty"`  // numbers of all orders it concerns
	Path     string             `json:"path,omitempty"`    // where its button leads; a link's secret is added to it
	Lines    []LetterLine       `json:"lines,omitempty"`   // items, or lines of an invoice
	Comment  string             `json:"comment,omitempty"` // the customer's own
	Reason   string             `json:"reason,omitempty"`  // said by staff
	Act      string             `json:"act,omitempty"`     // of staff, that the reason is for: changed, cancelled
	ShipTo   []string           `json:"ship_to,omitempty"` // an address, line by line
	Missing  []string           `json:"missing,omitempty"` // names of address fields
	Amount   Money              `json:"amount,omitempty"`
	Short    Money              `json:"short,omitempty"`   // what is still to be paid
	Points   int64              `json:"points,omitempty"`  // instead of an amount; the balance is then that of points, in roubles
	Balance  Money              `json:"balance,omitempty"` // after it
	Invoice  InvoiceID          `json:"invoice,omitempty"`
	DueOn    *Day               `json:"due_on,omitempty"`
	Method   MethodCode         `json:"method,omitempty"`
	Carrier  string             `json:"carrier,omitempty"`
	Tracking []string           `json:"tracking,omitempty"`
	Links    []string           `json:"links,omitempty"` // one for each tracking number, or empty
	Day      *Day               `json:"day,omitempty"`   // promised, or of departure
	Grams    Grams              `json:"grams,omitempty"`
	Code     bool               `json:"code,omitempty"` // the secret has six digits behind the link's part
	Email    string             `json:"email,omitempty"`
	Place    int32              `json:"place,omitempty"`    // won in a contest
	Subject  string             `json:"subject,omitempty"`  // of a ticket, of a contest, of a newsletter
	Markdown string             `json:"markdown,omitempty"` // of a newsletter
	HTML     string             `json:"html,omitempty"`     // the same, drawn
	Mailing  string             `json:"mailing,omitempty"`  // its topic
	At       *time.Time         `json:"at,omitempty"`       // until when an answer is promised
	Issue    int32              `json:"issue,omitempty"`    // the number of an issue of the magazine
	Left     int32              `json:"left,omitempty"`     // issues of a subscription that are still to come
	Format   SubscriptionFormat `json:"format,omitempty"`
	secret   string
	topic    string
}

// LetterLine is one item in a mail.
type LetterLine struct {
	Item     ItemID   `json:"item,omitempty"`
	Title    string   `json:"title"`
	URL      string   `json:"url,omitempty"`
	Options  string   `json:"options,omitempty"`
	Quantity int32    `json:"quantity,omitempty"`
	Amount   Money    `json:"amount,omitempty"`
	Currency Currency `json:"currency,omitempty"` // empty: EUR
	Kind     string   `json:"kind,omitempty"`     // of an invoice line: item, commission, shop_delivery, delivery
	Day      *Day     `json:"day,omitempty"`      // when it is expected at the warehouse
}

// SendMail asks a worker to send one mail of the outbox.
type SendMail struct {
	MailID MailID `json:"mail_id"`
}

func (SendMail) Kind() string { return "send_mail" }

func (SendMail) InsertOpts() river.InsertOpts { return river.InsertOpts{Queue: "mail"} }

// mail puts a letter into the outbox, to leave when the change is committed. One that its reader does not want is not
// written.
func (c *change) mail(ctx context.Context, to Account, letter Letter) error {
	if unwanted, err := c.unwanted(ctx, to.ID, letter.Kind); err != nil || unwanted {
		return err
	}
	address, content, err := letter.seal(to)
	if err != nil {
		return err
	}
	id, err := c.insertMail(ctx, insertMailParams{
		AccountID: to.ID, Kind: letter.Kind, Topic: letter.topic, Address: address, Locale: to.Locale, Letter: content,
		Secret: letter.secret, MessageID: newMessageID(), Status: MailQueued, At: c.now,
	})
	if err != nil {
		return err
	}
	c.enqueue(SendMail{id})
	c.announceStaff("mails")
	return nil
}

// lineGrace is how long a line of a gathered mail can still be taken back, at least.
const lineGrace = 10 * time.Minute

// mailLater gathers the lines of letters about the same thing into one, sent some time after the first
// and not too soon after the last.
func (c *change) mailLater(ctx context.Context, to Account, letter Letter) error {
	address, content, err := letter.seal(to)
	if err != nil {
		return err
	}
	mail, err := c.gatherMail(ctx, gatherMailParams{
		AccountID: to.ID, Kind: letter.Kind, Topic: letter.topic, Address: address, Locale: to.Locale,
		Letter: content, MessageID: newMessageID(), At: c.now,
		LeavesAt: new(c.now.Add(c.MailGrouping)), NotBefore: c.now.Add(min(lineGrace, c.MailGrouping)),
	})
	if err != nil || !mail.Started {
		return err
	}
	c.enqueueAt(SendMail{mail.ID}, c.now.Add(c.MailGrouping))
	c.announceStaff("mails")
	return nil
}

// unmail takes items out of a gathered mail, and reports whether it was in time.
func (c *change) unmail(ctx context.Context, of AccountID, kind MailKind, about string, items []Item, grams Grams) (bool, error) {
	ids := make([]int64, len(items))
	for i, item := range items {
		ids[i] = int64(item.ID)
	}
	taken, err := c.ungatherMail(ctx, ungatherMailParams{AccountID: of, Kind: kind, Topic: about, Items: ids, Grams: int32(grams)})
	c.announceStaff("mails")
	return taken > 0, err
}

func (l *Letter) seal(to Account) (address string, content []byte, err error) {
	if l.Name == "" {
		l.Name = to.Name
	}
	address = to.Email
	if l.To != "" {
		address = l.To
	}
	content, err = json.Marshal(l)
	return address, content, err
}

// newMessageID is the part before the @; the sender's domain follows it. It stays the same however
// often the mail is tried.
func newMessageID() string {
	secret, _ := newSecret()
	return strings.ToLower(secret[:26])
}
