// Package smtp hands mails to a mail server.
package smtp

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/wneessen/go-mail"
	client "github.com/wneessen/go-mail/smtp"
)

// Server is where mails go out.
type Server struct {
	Host     string
	Port     int
	TLS      bool // from the first byte; otherwise by STARTTLS
	User     string
	Password string
	Roots    *x509.CertPool // nil: those of the system
	Timeout  time.Duration  // of each half of the talk; 0: twenty seconds
}

// Message is one mail for one person.
type Message struct {
	ID          string // the same at each try; the sender's domain is added
	To          string
	ReplyTo     string
	Subject     string
	Text        string
	HTML        string
	Date        time.Time
	Attachments []Attachment

	List        string // what a mailing is called among mailings: its List-Id is that name and the sender's domain
	Unsubscribe string // where a mailing is ended by one click, without signing in (RFC 8058)
}

// Attachment is a file that goes with a mail, or a picture that its HTML shows as cid:ID.
type Attachment struct {
	ID   string // of such a picture
	Name string
	Type string // as in application/pdf
	Body []byte
}

// Refusal is a no that will be a no again. Without it, trying later may help.
type Refusal struct {
	Reason  string
	Address bool // nobody gets mail there
}

func (r *Refusal) Error() string { return r.Reason }

// Sender sends mails from one address through one server.
type Sender struct {
	client *mail.Client
	from   string
	domain string
}

// New is a sender. From is an address with a name, as in Cabinet <post@example.com>.
func New(server Server, from string) (*Sender, error) {
	var probe mail.Msg
	if err := probe.From(from); err != nil {
		return nil, err
	}
	_, domain, _ := strings.Cut(probe.GetFrom()[0].Address, "@")
	if server.Timeout == 0 {
		server.Timeout = 20 * time.Second
	}
	options := []mail.Option{
		mail.WithPort(server.Port), mail.WithTimeout(server.Timeout), mail.WithTLSPolicy(server.policy()),
		mail.WithTLSConfig(&tls.Config{ServerName: server.Host, RootCAs: server.Roots, MinVersion: tls.VersionTLS12}),
	}
	if server.TLS {
		options = append(options, mail.WithSSL())
	}
	if server.User != "" {
		options = append(options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(server.User), mail.WithPassword(server.Password))
	}
	client, err := mail.NewClient(server.Host, options...)
	return &Sender{client, from, domain}, err
}

// policy insists on TLS, except towards a server on this very machine that asks for no password.
func (s Server) policy() mail.TLSPolicy {
	if s.User == "" && (s.Host == "localhost" || net.ParseIP(s.Host).IsLoopback()) {
		return mail.TLSOpportunistic
	}
	return mail.TLSMandatory
}

// Send hands one mail over. Once the server has taken it, nothing that goes wrong after that counts:
// the mail would be sent twice.
func (s *Sender) Send(ctx context.Context, message Message) error {
	letter, err := s.compose(message)
	if err != nil {
		return &Refusal{Reason: err.Error(), Address: true}
	}
	conn, err := s.client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return err
	}
	defer s.client.CloseWithSMTPClient(conn)
	return s.hand(conn, letter)
}

func (s *Sender) hand(conn *client.Client, letter *mail.Msg) error {
	err := s.client.SendWithSMTPClient(conn, letter)
	if letter.IsDelivered() {
		return nil
	}
	return understood(err)
}

// Line is an open connection for many mails, one after another. It is opened by the first, and anew after one that
// was not answered, and now and then anyway: many servers hang up after a while.
type Line struct {
	sender *Sender
	conn   *client.Client
	used   int
}

// lineMails is how many mails go over a connection.
const lineMails = 50

// Line is a new one.
func (s *Sender) Line() *Line { return &Line{sender: s} }

// Send hands one mail over, as a Sender does. A mail that the server has not answered, or that never got there, comes back
// as an Unanswered.
func (l *Line) Send(ctx context.Context, message Message) error {
	letter, err := l.sender.compose(message)
	if err != nil {
		return &Refusal{Reason: err.Error(), Address: true}
	}
	if l.used == lineMails {
		l.Close()
	}
	if l.used++; l.conn == nil {
		if l.conn, err = l.sender.client.DialToSMTPClientWithContext(ctx); err != nil {
			l.conn = nil
			return Unanswered{err}
		}
	}
	err = l.sender.hand(l.conn, letter)
	var answer *mail.SendError
	if err != nil && (!errors.As(err, &answer) || answer.ErrorCode() < 400) && !refused(err) {
		l.Close()
		return Unanswered{err}
	}
	return err
}

// Close ends the connection.
func (l *Line) Close() {
	if l.conn != nil {
		l.sender.client.CloseWithSMTPClient(l.conn)
		l.conn, l.used = nil, 0
	}
}

// Unanswered says that it is not the mail that is in the way: nobody answers, or not any more.
type Unanswered struct{ error }

func refused(err error) bool {
	_, refused := errors.AsType[*Refusal](err)
	return refused
}

func (s *Sender) compose(message Message) (*mail.Msg, error) {
	letter := mail.NewMsg(mail.WithNoDefaultUserAgent())
	if err := letter.From(s.from); err != nil {
		return nil, err
	}
	if err := letter.To(message.To); err != nil {
		return nil, err
	}
	if message.ReplyTo != "" {
		if err := letter.ReplyTo(message.ReplyTo); err != nil {
			return nil, err
		}
	}
	letter.Subject(strings.Join(strings.Fields(message.Subject), " "))
	letter.SetMessageIDWithValue(message.ID + "@" + s.domain)
	letter.SetDateWithValue(message.Date)
	letter.SetGenHeader("Auto-Submitted", "auto-generated")
	if message.Unsubscribe != "" {
		letter.SetGenHeader(mail.HeaderListUnsubscribe, "<"+message.Unsubscribe+">")
		letter.SetGenHeader(mail.HeaderListUnsubscribePost, "List-Unsubscribe=One-Click")
		letter.SetGenHeader("List-Id", "<"+message.List+"."+s.domain+">")
	}
	letter.SetBodyString(mail.TypeTextPlain, message.Text)
	letter.AddAlternativeString(mail.TypeTextHTML, message.HTML)
	for _, file := range message.Attachments {
		if err := file.put(letter); err != nil {
			return nil, err
		}
	}
	return letter, nil
}

func (a Attachment) put(into *mail.Msg) error {
	if a.ID != "" {
		return into.EmbedReader(a.Name, bytes.NewReader(a.Body), mail.WithFileContentType(mail.ContentType(a.Type)), mail.WithFileContentID("<"+a.ID+">"))
	}
	return into.AttachReader(a.Name, bytes.NewReader(a.Body), mail.WithFileContentType(mail.ContentType(a.Type)))
}

// understood tells a no for good from a no for now. What the server says about us, as about our
// password, is for the operator to put right, so the mail waits.
func understood(err error) error {
	var answer *mail.SendError
	if !errors.As(err, &answer) || answer.ErrorCode() < 500 || slices.Contains([]int{530, 534, 535, 538}, answer.ErrorCode()) {
		return err
	}
	return &Refusal{Reason: err.Error(), Address: aboutAddress(answer)}
}

// NoSuchAddress reports whether a status of RFC 3463 says that nobody gets mail at an address: there is no such mailbox, host or
// form of an address, it has moved (5.1.6), takes none (5.1.10 of RFC 7505) or is switched off (5.2.1). 5.1.7 and 5.1.8 are about
// our own address, all others about a limit, a policy, the text or today.
func NoSuchAddress(status string) bool {
	return slices.Contains([]string{"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"}, status)
}

// aboutAddress reports whether the server said that nobody gets mail at the address.
func aboutAddress(answer *mail.SendError) bool {
	status := answer.EnhancedStatusCode()
	if answer.Reason == mail.ErrSMTPMailFrom || status != "" {
		return answer.Reason != mail.ErrSMTPMailFrom && NoSuchAddress(status)
	}
	return answer.Reason == mail.ErrSMTPRcptTo && slices.Contains([]int{550, 551, 553}, answer.ErrorCode())
}
