package jobs

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"image/jpeg"
	"io"
	"log/slog"
	"mime"
	"mime/multipart"
	"net/mail"
	"slices"
	"strings"
	"testing"
	"time"

	"cabinet/db"
	"cabinet/db/dbtest"
	"cabinet/jobs/smtp"
	"cabinet/jobs/smtp/smtptest"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// post is a world with a mail server, in which somebody has just registered.
type post struct {
	*dbtest.World
	t      *testing.T
	server *smtptest.Server
	worker *sendMail
	lena   db.Account
}

func open(t *testing.T) *post {
	t.Helper()
	p := &post{World: dbtest.Open(t), t: t, server: smtptest.Start(t)}
	p.KeepSecrets = false
	sender, err := smtp.New(smtp.Server{Host: "127.0.0.1", Port: p.server.Port, Roots: p.server.Roots, Timeout: 2 * time.Second}, "Кабинет <post@cabinet.example>")
	if err != nil {
		t.Fatal(err)
	}
	p.worker = &sendMail{db: p.DB, Config: Config{Log: slog.New(slog.DiscardHandler), BaseURL: "https://cabinet.example", Sender: sender, ReplyByNumber: true}}
	p.lena, err = p.Register(t.Context(), db.Registration{Email: "lena@example.test", Password: dbtest.Password, Consent: "on"}, db.Russian, "127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (p *post) newest() db.Mail {
	p.t.Helper()
	mails, err := p.Mails(p.t.Context(), 1<<62, 1)
	if err != nil || len(mails) != 1 {
		p.t.Fatal(len(mails), err)
	}
	return mails[0]
}

// work does the job of a mail, as it is done at one of its tries.
func (p *post) work(id db.MailID, attempt int) error {
	return p.worker.Work(p.t.Context(), &river.Job[db.SendMail]{JobRow: &rivertype.JobRow{Attempt: attempt, MaxAttempts: 25}, Args: db.SendMail{MailID: id}})
}

func (p *post) letters() (letters []letter) {
	p.t.Helper()
	for _, got := range p.server.Mails() {
		letters = append(letters, parse(p.t, got))
	}
	return letters
}

// letter is a mail as its reader's program shows it.
type letter struct {
	to, id, subject, replyTo string
	parts                    map[string]string
}

func parse(t *testing.T, got smtptest.Mail) letter {
	t.Helper()
	message, err := mail.ReadMessage(bytes.NewReader(got.Data))
	if err != nil {
		t.Fatal(err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(message.Header.Get("Subject"))
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string]string{}
	unfold(t, message.Header.Get("Content-Type"), message.Body, parts)
	return letter{got.To, message.Header.Get("Message-Id"), subject, message.Header.Get("Reply-To"), parts}
}

func unfold(t *testing.T, contentType string, body io.Reader, parts map[string]string) {
	t.Helper()
	kind, values, err := mime.ParseMediaType(contentType)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(kind, "multipart/") {
		if kind == "application/pdf" || kind == "image/jpeg" {
			body = base64.NewDecoder(base64.StdEncoding, body)
		}
		text, err := io.ReadAll(body)
		if err != nil {
			t.Fatal(err)
		}
		parts[kind] = strings.ReplaceAll(string(text), "\r\n", "\n")
		return
	}
	reader := multipart.NewReader(body, values["boundary"])
	for part, err := reader.NextPart(); !errors.Is(err, io.EOF); part, err = reader.NextPart() {
		if err != nil {
			t.Fatal(err)
		}
		unfold(t, part.Header.Get("Content-Type"), part, parts)
	}
}

func TestFirstMail(t *testing.T) {
	p := open(t)
	queued := p.newest()
	secret, code, _ := strings.Cut(queued.Secret, " ")
	if err := p.work(queued.ID, 1); err != nil {
		t.Fatal(err)
	}
	t.Run("B02 B03 the mail is delivered once, under its subject", func(t *testing.T) {
		got := p.letters()
		if len(got) != 1 || got[0].to != "lena@example.test" || got[0].subject != "Спасибо за регистрацию!" || got[0].id != "<"+queued.MessageID+"@cabinet.example>" {
			t.Fatalf("%+v", got)
		}
		for kind, text := range got[0].parts {
			if !strings.Contains(text, "https://cabinet.example/verification?token="+secret) || !strings.Contains(text, code) {
				t.Errorf("%s has no link or no code:\n%s", kind, text)
			}
		}
		if len(got[0].parts["text/plain"]) == 0 || len(got[0].parts["text/html"]) == 0 {
			t.Errorf("%d parts", len(got[0].parts))
		}
	})
	t.Run("B02 its state stands in the log, and its secret nowhere", func(t *testing.T) {
		sent := p.newest()
		if sent.Status != db.MailSent || sent.Attempts != 1 || sent.Secret != "" {
			t.Errorf("%+v", sent)
		}
		if strings.Contains(sent.TextBody+sent.HtmlBody+string(sent.Letter), secret) || strings.Contains(sent.TextBody+sent.HtmlBody, code) {
			t.Error("the log holds the secret")
		}
	})
	t.Run("the link of the mail proves the address", func(t *testing.T) {
		if account, err := p.ProveEmail(t.Context(), secret); err != nil || !account.Verified() {
			t.Error(err)
		}
	})
	t.Run("done again the job sends nothing", func(t *testing.T) {
		if err := p.work(queued.ID, 2); err != nil || len(p.server.Mails()) != 1 {
			t.Errorf("%d mails, %v", len(p.server.Mails()), err)
		}
	})
}

func TestKilledWorker(t *testing.T) {
	p := open(t)
	id := p.newest().ID
	out, err := p.MailToSend(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.worker.write(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	if err := p.worker.send(t.Context(), out); err != nil { // and is killed before it can say so
		t.Fatal(err)
	}
	for range 2 {
		if err := p.work(id, 2); err != nil {
			t.Fatal(err)
		}
	}
	got := p.letters()
	if len(got) != 2 || got[0].id != got[1].id || got[0].parts["text/plain"] != got[1].parts["text/plain"] || got[0].parts["text/html"] != got[1].parts["text/html"] {
		t.Errorf("%d mails, and a mail program could tell them apart: %+v", len(got), got)
	}
}

func TestMailTriedAgain(t *testing.T) {
	p := open(t)
	mail := p.newest()
	p.server.SaysOfAddress(smtptest.No(451, 4, 7, 1, "grey list"))
	err := p.work(mail.ID, 1)
	if _, cancelled := errors.AsType[*river.JobCancelError](err); err == nil || cancelled {
		t.Fatalf("it is not tried again: %v", err)
	}
	if got := p.newest(); got.Status != db.MailQueued || got.Attempts != 1 || !strings.Contains(got.Error, "grey list") || got.Secret == "" {
		t.Errorf("%+v", got)
	}
	if next := p.worker.NextRetry(&river.Job[db.SendMail]{JobRow: &rivertype.JobRow{Attempt: 2}}); next != dbtest.Now.Add(16*time.Second) {
		t.Errorf("tried again at %s", next)
	}
	p.Clock.Pass(time.Minute)
	if err := p.work(mail.ID, 2); err != nil {
		t.Fatal(err)
	}
	if got := p.newest(); got.Status != db.MailSent || got.Attempts != 2 || got.Error != "" || len(p.server.Mails()) != 1 {
		t.Errorf("%+v", got)
	}
}

func TestMailGivenUp(t *testing.T) {
	p := open(t)
	mail := p.newest()
	p.server.Says(smtptest.No(452, 4, 3, 1, "no room"))
	if err := p.work(mail.ID, 25); err == nil {
		t.Fatal("the last try counts as well done")
	}
	if got := p.newest(); got.Status != db.MailFailed || got.Secret == "" {
		t.Errorf("%s", got.Status)
	}
	if _, err := p.RetryMail(t.Context(), mail.ID); err != nil {
		t.Fatal(err)
	}
	if err := p.work(mail.ID, 1); err != nil || p.newest().Status != db.MailSent || !strings.Contains(p.letters()[0].parts["text/plain"], "?token=") {
		t.Errorf("sent by hand: %v", err)
	}
}

func TestMailRefused(t *testing.T) {
	for _, refusal := range []struct {
		name string
		says func(*smtptest.Server)
		flag bool
	}{
		{"B06 nobody lives at the address", func(s *smtptest.Server) { s.SaysOfAddress(smtptest.No(550, 5, 1, 1, "no such user")) }, true},
		{"the text is taken for spam", func(s *smtptest.Server) { s.Says(smtptest.No(554, 5, 7, 1, "spam")) }, false},
	} {
		t.Run(refusal.name, func(t *testing.T) {
			p := open(t)
			refusal.says(p.server)
			err := p.work(p.newest().ID, 1)
			if _, cancelled := errors.AsType[*river.JobCancelError](err); !cancelled {
				t.Errorf("it is tried again: %v", err)
			}
			lena, err := p.AccountByID(t.Context(), p.lena.ID)
			if err != nil {
				t.Fatal(err)
			}
			if got := p.newest(); got.Status != db.MailFailed || got.Error == "" || (lena.EmailBouncedAt != nil) != refusal.flag {
				t.Errorf("%s, flagged: %v", got.Status, lena.EmailBouncedAt)
			}
		})
	}
}

func TestMailWithoutServer(t *testing.T) {
	p := open(t)
	p.KeepSecrets, p.worker.Sender = true, nil
	if err := p.work(p.newest().ID, 1); err != nil {
		t.Fatal(err)
	}
	got := p.newest()
	secret, _, _ := strings.Cut(got.Secret, " ")
	if got.Status != db.MailSent || secret == "" || !strings.Contains(got.Revealed(got.TextBody), "?token="+secret) {
		t.Errorf("a mail that can not be read: %+v", got)
	}
}

func TestMailOfNobody(t *testing.T) {
	p := open(t)
	if err := p.work(4711, 1); err != nil {
		t.Errorf("the mail is gone with its account, and its job fails: %v", err)
	}
}

func TestInvoiceMail(t *testing.T) {
	t.Run("D06 the mail of an invoice brings it on paper, with where to send the money", func(t *testing.T) {
		p := open(t)
		order := p.PricedOrder(t, p.Person(t, dbtest.Vera), dbtest.Boots, dbtest.Mug)
		invoice, err := p.GoodsInvoiceOf(t.Context(), &order.ID)
		if err != nil {
			t.Fatal(err)
		}
		if err := p.work(p.newest().ID, 1); err != nil {
			t.Fatal(err)
		}
		got := p.letters()[0]
		if !strings.HasPrefix(got.subject, "[№"+order.ID.Number()+"] Счёт на ") || !strings.HasPrefix(got.parts["application/pdf"], "%PDF-") {
			t.Errorf("%s: %d parts", got.subject, len(got.parts))
		}
		details, err := p.PaymentDetails(t.Context())
		if err != nil || len(details) == 0 {
			t.Fatal(err)
		}
		for _, wanted := range []string{invoice.Reference, "https://cabinet.example/invoices/", details[0].Account, details[0].Payee, dbtest.Boots.Title} {
			if !strings.Contains(got.parts["text/plain"], wanted) || !strings.Contains(got.parts["text/html"], wanted) {
				t.Errorf("the mail does not say %q", wanted)
			}
		}
	})
}

func TestPhotosMail(t *testing.T) {
	p := open(t)
	order := p.PaidOrder(t, p.Person(t, dbtest.Vera), dbtest.Boots)
	p.Bought(t, order)
	items, err := p.ItemsOf(t.Context(), order.ID)
	if err != nil {
		t.Fatal(err)
	}
	receipt := p.Arrived(t, items...)
	photo := p.Photo(t, receipt)
	p.Clock.Pass(31 * time.Minute)
	id := p.newest().ID
	t.Run("F03 mail-13 brings its photos in itself, with the weight", func(t *testing.T) {
		p.server.Says(smtptest.No(451, 4, 7, 1, "later"))
		if err := p.work(id, 1); err == nil {
			t.Fatal("the server said no")
		}
		if err := p.AddPhotos(t.Context(), db.Visitor{Account: p.lena}, receipt.ID, []db.Upload{dbtest.Upload(dbtest.Snapshot(100, 100))}); err != nil { // the mail is written without it
			t.Fatal(err)
		}
		if err := p.work(id, 2); err != nil {
			t.Fatal(err)
		}
		got := p.letters()[0]
		picture, err := jpeg.DecodeConfig(strings.NewReader(got.parts["image/jpeg"]))
		if err != nil || picture.Width != 320 || picture.Height != 240 {
			t.Errorf("%+v %v", picture, err)
		}
		if !strings.Contains(got.parts["text/html"], `src="cid:`+photo.ContentID()+`"`) || strings.Count(strings.ToLower(string(p.server.Mails()[0].Data)), "\r\ncontent-id: <"+photo.ContentID()+">") != 1 {
			t.Error("the HTML does not show what comes with it")
		}
		for _, wanted := range []string{"1,20", "Мы сделали 1 фото", "https://cabinet.example/orders/"} {
			if !strings.Contains(got.parts["text/plain"], wanted) || !strings.Contains(got.parts["text/html"], wanted) {
				t.Errorf("the mail does not say %q", wanted)
			}
		}
	})
	t.Run("tried again after the photo is gone it leaves without it", func(t *testing.T) {
		if err := p.RemovePhoto(t.Context(), receipt.ID, photo.FileID); err != nil {
			t.Fatal(err)
		}
		p.reset()
		if err := p.work(id, 3); err != nil || len(p.letters()) != 2 || p.letters()[1].parts["image/jpeg"] != "" {
			t.Error(err)
		}
	})
}

func TestReplyTo(t *testing.T) {
	p := open(t)
	order := p.PricedOrder(t, p.Person(t, dbtest.Vera), dbtest.Boots)
	for _, by := range []bool{true, false} {
		p.worker.ReplyByNumber = by
		want := map[bool]string{true: "<help+" + order.ID.Number() + "@cabinet.example>", false: "<help@cabinet.example>"}[by]
		mails, err := p.Mails(t.Context(), 1<<62, 10)
		if err != nil {
			t.Fatal(err)
		}
		for _, mail := range mails {
			if err := p.work(mail.ID, 1); err != nil {
				t.Fatal(err)
			}
		}
		if !slices.ContainsFunc(p.letters(), func(l letter) bool { return l.replyTo == want }) {
			t.Errorf("E05 no answer would go to %s", want)
		}
		p.reset()
	}
}

// reset puts every mail back as if it had never left.
func (p *post) reset() {
	p.t.Helper()
	if _, err := p.Pool.Exec(p.t.Context(), "UPDATE mails SET status = 'queued', sent_at = NULL"); err != nil {
		p.t.Fatal(err)
	}
}

// TestWorkers runs the real workers: what is tried again, what is cancelled, and what the desk hears of it.
func TestWorkers(t *testing.T) {
	p := open(t)
	p.server.Says(smtptest.No(451, 4, 7, 1, "later"))
	client, err := New(p.DB, p.worker.Config)
	if err != nil {
		t.Fatal(err)
	}
	if err := client.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	defer client.Stop(context.Background())
	p.eventually(func() bool { return p.newest().Status == db.MailSent })
	if got := p.newest(); got.Attempts != 2 || len(p.server.Mails()) != 1 {
		t.Errorf("%d tries, %d mails", got.Attempts, len(p.server.Mails()))
	}
	p.server.SaysOfAddress(smtptest.No(550, 5, 1, 1, "no such user"))
	p.Clock.Pass(time.Hour)
	if err := p.MailRecoveryLinks(t.Context(), "lena@example.test"); err != nil {
		t.Fatal(err)
	}
	p.eventually(func() bool {
		jobs, _, err := p.Jobs(t.Context(), db.JobFilter{States: []db.JobState{db.JobCancelled}}, 10)
		return err == nil && len(jobs) == 1 && strings.Contains(jobs[0].Error, "no such user") && p.newest().Status == db.MailFailed
	})
}

func (p *post) eventually(is func() bool) {
	p.t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !is(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			p.t.Fatal("it does not come to that")
		}
	}
}
