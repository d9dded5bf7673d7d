// Package bounces reads what mail servers write back: that a mail did not arrive (RFC 3464), or was not wanted (RFC 5965).
package bounces

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"strings"
	"time"

	"cabinet/db"
	"cabinet/jobs/smtp"
)

const (
	mostMail  = 4 << 20 // bytes of one mail that are read
	mostParts = 20      // of one mail that are looked at
)

// Read finds the reports in a letterbox (mbox), or in one mail. Others is how many mails were something else.
func Read(r io.Reader) (reports []db.Bounce, others int, err error) {
	err = split(r, func(raw []byte) {
		if len(bytes.TrimSpace(raw)) == 0 {
			return
		}
		found := read(raw)
		if len(found) == 0 {
			others++
		}
		reports = append(reports, found...)
	})
	return reports, others, err
}

// split parts a letterbox where a line begins with "From ", as mbox has it. A mail alone has no such line.
func split(r io.Reader, each func([]byte)) error {
	lines := bufio.NewReaderSize(r, 64<<10)
	var mail bytes.Buffer
	empty, begins := true, true // the line before, and this one: a long line comes in pieces
	for {
		line, long, err := lines.ReadLine()
		if errors.Is(err, io.EOF) {
			each(mail.Bytes())
			return nil
		}
		if err != nil {
			return err
		}
		switch {
		case begins && empty && bytes.HasPrefix(line, []byte("From ")):
			each(mail.Bytes())
			mail.Reset()
		case mail.Len() < mostMail:
			if begins && bytes.HasPrefix(line, []byte(">From ")) {
				line = line[1:]
			}
			mail.Write(line)
			if !long {
				mail.WriteByte('\n')
			}
		}
		empty, begins = begins && len(bytes.TrimSpace(line)) == 0, !long
	}
}

// read is what one mail reports, or nothing.
func read(raw []byte) (reports []db.Bounce) {
	message, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return nil
	}
	kind, values, err := mime.ParseMediaType(message.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/report" {
		return nil
	}
	sum := sha256.Sum256(bytes.TrimSpace(raw)) // the same in a letterbox and alone
	at, _ := message.Header.Date()             // none is now
	report := report{key: "mailbox:" + hex.EncodeToString(sum[:12]), at: at}
	parts := multipart.NewReader(message.Body, values["boundary"])
	for range mostParts {
		part, err := parts.NextRawPart()
		if err != nil {
			break
		}
		report.read(part)
	}
	return report.bounces()
}

// report is what has been found in a mail so far.
type report struct {
	key        string
	at         time.Time
	failures   []failure
	abuse      bool
	complained string // who did, as the report says
	written    string // whom the mail was for that came back
	messageID  string // and which it was
}

type failure struct {
	address, detail string
	kind            db.BounceKind
}

func (r *report) read(part *multipart.Part) {
	kind, _, _ := mime.ParseMediaType(part.Header.Get("Content-Type"))
	body := decoded(part)
	switch kind {
	case "message/delivery-status", "message/global-delivery-status":
		for _, fields := range blocks(body) {
			r.recipient(fields)
		}
	case "message/feedback-report":
		for _, fields := range blocks(body) {
			r.abuse = r.abuse || strings.EqualFold(fields.Get("Feedback-Type"), "abuse")
			if to := addressIn(fields.Get("Original-Rcpt-To")); to != "" {
				r.complained = to
			}
		}
	case "message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/global":
		if headers := blocks(body); len(headers) > 0 {
			r.written, r.messageID = addressIn(headers[0].Get("To")), strings.TrimSpace(headers[0].Get("Message-ID"))
		}
	}
}

// recipient is one block of a delivery status. What is only late is no failure.
func (r *report) recipient(fields textproto.MIMEHeader) {
	if !strings.EqualFold(strings.TrimSpace(fields.Get("Action")), "failed") {
		return
	}
	address := addressIn(fields.Get("Original-Recipient"))
	if address == "" {
		address = addressIn(fields.Get("Final-Recipient"))
	}
	if address == "" {
		return
	}
	status, _, _ := strings.Cut(strings.TrimSpace(fields.Get("Status")), " ")
	detail := strings.TrimSpace(status + " " + fields.Get("Diagnostic-Code"))
	r.failures = append(r.failures, failure{address, detail, kindOf(status)})
}

// kindOf tells an address that is not there from one that could not be reached, is full, or
// whose server did not like us or the text: that may be otherwise tomorrow.
func kindOf(status string) db.BounceKind {
	if smtp.NoSuchAddress(status) {
		return db.HardBounce
	}
	return db.SoftBounce
}

func (r *report) bounces() (all []db.Bounce) {
	for _, f := range r.failures {
		all = append(all, db.Bounce{Key: r.key + ":" + f.address, Address: f.address, Kind: f.kind, Source: db.FromMailbox, Detail: f.detail, At: r.at, MessageID: r.messageID})
	}
	who := r.complained
	if who == "" {
		who = r.written
	}
	if r.abuse && who != "" {
		all = append(all, db.Bounce{Key: r.key + ":" + who, Address: who, Kind: db.Complaint, Source: db.FromMailbox, At: r.at, MessageID: r.messageID})
	}
	return all
}

// addressIn reads "rfc822; vera@example.com", "<vera@example.com>" and "Vera <vera@example.com>".
func addressIn(field string) string {
	if _, after, typed := strings.Cut(field, ";"); typed {
		field = after
	}
	parsed, err := mail.ParseAddress(strings.TrimSpace(field))
	if err != nil {
		return ""
	}
	return parsed.Address
}

// blocks are groups of fields with empty lines between them.
func blocks(body []byte) (all []textproto.MIMEHeader) {
	reader := textproto.NewReader(bufio.NewReader(bytes.NewReader(append(body, "\r\n\r\n"...))))
	for range 1000 {
		fields, err := reader.ReadMIMEHeader()
		if len(fields) > 0 {
			all = append(all, fields)
		}
		if err != nil {
			break
		}
	}
	return all
}

func decoded(part *multipart.Part) []byte {
	var body io.Reader = part
	switch strings.ToLower(part.Header.Get("Content-Transfer-Encoding")) {
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, part)
	case "quoted-printable":
		body = quotedprintable.NewReader(part)
	}
	text, _ := io.ReadAll(io.LimitReader(body, mostMail)) // what is broken is read as far as it goes
	return text
}
