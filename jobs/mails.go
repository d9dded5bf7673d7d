package jobs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"cabinet/db"
	"cabinet/jobs/smtp"
	"cabinet/views"
	"cabinet/views/mails"

	"github.com/riverqueue/river"
)

// Sender is where mails leave the program.
type Sender interface {
	Send(context.Context, smtp.Message) error
}

// sendMail sends one mail of the outbox. A worker that is killed on the way leaves it to the next one,
// who sends the same mail under the same Message-ID.
type sendMail struct {
	river.WorkerDefaults[db.SendMail]
	db *db.DB
	Config
}

func (w *sendMail) Work(ctx context.Context, job *river.Job[db.SendMail]) error {
	out, err := w.db.MailToSend(ctx, job.Args.MailID)
	if errors.Is(err, db.ErrNotFound) { // the account is gone, and its mails with it
		return nil
	}
	if err != nil || out.Status != db.MailQueued {
		return err
	}
	if !out.Written() {
		if err := w.write(ctx, &out); err != nil {
			return err
		}
	}
	return w.note(ctx, job, out.Mail, w.send(ctx, out))
}

// NextRetry follows the clock of the rules.
func (w *sendMail) NextRetry(job *river.Job[db.SendMail]) time.Time {
	return w.db.Now().Add(db.MailPatience(job.Attempt))
}

func (w *sendMail) write(ctx context.Context, out *db.Outgoing) error {
	written, err := mails.Write(ctx, *out, w.BaseURL)
	if err != nil {
		return err
	}
	out.Subject, out.TextBody, out.HtmlBody = written.Subject, written.Text, written.HTML
	return w.db.WriteMail(ctx, out.ID, written.Subject, written.Text, written.HTML)
}

// send does nothing where there is no mail server: the mail can be read at /dev/mail.
func (w *sendMail) send(ctx context.Context, out db.Outgoing) error {
	if w.Sender == nil {
		return nil
	}
	files, err := w.attachments(ctx, out)
	if err != nil {
		return err
	}
	message := smtp.Message{
		ID: out.MessageID, To: out.Address, ReplyTo: w.replyTo(out.Letter.Number), Date: w.db.Now(), Attachments: files,
		Subject: out.Subject, Text: out.Revealed(out.TextBody), HTML: out.Revealed(out.HtmlBody),
	}
	if out.Kind == db.MailNewsletter { // somebody tries what a campaign will look like
		message.List, message.Unsubscribe = "mailing-trial", w.BaseURL+out.Letter.Path
	}
	return w.Sender.Send(ctx, message)
}

// attachments are what a mail brings beside its words: an invoice on paper, or the photos that it shows.
func (w *sendMail) attachments(ctx context.Context, out db.Outgoing) ([]smtp.Attachment, error) {
	switch {
	case out.Kind == db.MailInvoice && out.Letter.Invoice != 0:
		return w.paper(ctx, out)
	case out.Kind == db.MailArrived:
		return w.photos(ctx, out)
	}
	return nil, nil
}

// paper is the invoice in the language of its reader.
func (w *sendMail) paper(ctx context.Context, out db.Outgoing) ([]smtp.Attachment, error) {
	sheet, err := w.db.InvoiceSheetByID(ctx, out.Letter.Invoice)
	if err != nil {
		return nil, err
	}
	paper, err := views.InvoicePDF(views.WithLocale(ctx, string(out.Locale)), sheet)
	return []smtp.Attachment{{Name: "invoice-" + sheet.ID.Number() + ".pdf", Type: "application/pdf", Body: paper}}, err
}

// photos are those that the HTML shows, however many there are by now: a mail that is tried again is the same.
func (w *sendMail) photos(ctx context.Context, out db.Outgoing) (files []smtp.Attachment, err error) {
	pictures, err := w.db.PicturesIn(ctx, out.Mail)
	for i, picture := range pictures {
		files = append(files, smtp.Attachment{ID: picture.ContentID, Name: fmt.Sprintf("photo-%d.jpg", i+1), Type: picture.Type, Body: picture.Body})
	}
	return files, err
}

// replyTo is an address that brings an answer to its object, where the support's mailbox takes any.
func (c Config) replyTo(number string) string {
	name, domain, _ := strings.Cut(views.Site.Help, "@")
	if !c.ReplyByNumber || number == "" {
		return views.Site.Help
	}
	return name + "+" + number + "@" + domain
}

// note keeps what became of the mail, whatever has become of the job's time by then: a mail that left
// must not leave again.
func (w *sendMail) note(ctx context.Context, job *river.Job[db.SendMail], mail db.Mail, sent error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	refusal, refused := errors.AsType[*smtp.Refusal](sent)
	switch {
	case sent == nil:
		return w.db.MailSent(ctx, mail)
	case refused && refusal.Address:
		return cmp.Or(w.db.MailBounced(ctx, mail, refusal.Reason), river.JobCancel(sent))
	case refused:
		return cmp.Or(w.db.MailRefused(ctx, mail, refusal.Reason), river.JobCancel(sent))
	case job.Attempt >= job.MaxAttempts:
		return cmp.Or(w.db.MailRefused(ctx, mail, sent.Error()), sent)
	default:
		return cmp.Or(w.db.MailDelayed(ctx, mail, sent.Error()), sent)
	}
}
