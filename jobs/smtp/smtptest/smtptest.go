// Package smtptest is a real mail server for tests: it keeps what it is given, and says no when told to.
package smtptest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"math/big"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// Mail is what the server was given.
type Mail struct {
	From, To string
	Data     []byte
	TLS      bool
	User     string
}

// Server listens on loopback until the test ends.
type Server struct {
	Port  int
	Roots *x509.CertPool // trusts its certificate

	mu       sync.Mutex
	mails    []Mail
	noes     []error
	rcptNoes []error
	hangUp   func(net.Conn)
	pause    time.Duration
	password string
}

// Option changes how a server is.
type Option func(*Server, *smtp.Server) (implicit bool)

// WithTLS has the server speak TLS from the first byte.
func WithTLS(*Server, *smtp.Server) bool { return true }

// WithoutTLS has it not know TLS at all.
func WithoutTLS(_ *Server, s *smtp.Server) bool { s.TLSConfig = nil; return false }

// WithPassword wants everybody to sign in, as anyone with this password.
func WithPassword(password string) Option {
	return func(s *Server, _ *smtp.Server) bool { s.password = password; return false }
}

// Start begins to listen.
func Start(t testing.TB, options ...Option) *Server {
	t.Helper()
	s := &Server{}
	certificate := s.certificate(t)
	server := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return &session{server: s, conn: c}, nil }))
	server.Domain, server.TLSConfig = "localhost", &tls.Config{Certificates: []tls.Certificate{certificate}}
	server.ErrorLog = log.New(io.Discard, "", 0)
	implicit := false
	for _, option := range options {
		implicit = option(s, server) || implicit
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.Port = listener.Addr().(*net.TCPAddr).Port
	if implicit {
		listener = tls.NewListener(listener, server.TLSConfig)
	}
	go server.Serve(listener)
	t.Cleanup(func() { server.Close() })
	return s
}

// Mails are those it was given so far.
func (s *Server) Mails() []Mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Mail(nil), s.mails...)
}

// Says has the server answer the next mails so, once they were handed over whole. Nil is a yes.
func (s *Server) Says(answers ...error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.noes = append(s.noes, answers...)
}

// SaysOfAddress has it answer so as soon as it hears whom the next mails are for.
func (s *Server) SaysOfAddress(answers ...error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rcptNoes = append(s.rcptNoes, answers...)
}

// HangsUp has the server keep the next mail and close the connection instead of saying so.
func (s *Server) HangsUp() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hangUp = func(conn net.Conn) { conn.Close() }
}

// Thinks has the server keep each mail and take its time to say so.
func (s *Server) Thinks(pause time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pause = pause
}

// No is an answer with a code, as in 550 5.1.1.
func No(code int, a, b, c int, words string) error {
	return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{a, b, c}, Message: words}
}

func next(answers *[]error) (answer error) {
	if len(*answers) > 0 {
		answer, *answers = (*answers)[0], (*answers)[1:]
	}
	return answer
}

type session struct {
	server   *Server
	conn     *smtp.Conn
	from, to string
	user     string
}

func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if password != s.server.password {
			return smtp.ErrAuthFailed
		}
		s.user = user
		return nil
	}), nil
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if s.server.password != "" && s.user == "" {
		return No(530, 5, 7, 0, "sign in first")
	}
	s.from = from
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = to
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	return next(&s.server.rcptNoes)
}

func (s *session) Data(r io.Reader) error {
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	pause, answer := s.keep(data)
	time.Sleep(pause)
	return answer
}

func (s *session) keep(data []byte) (pause time.Duration, answer error) {
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	if no := next(&s.server.noes); no != nil {
		return 0, no
	}
	_, encrypted := s.conn.TLSConnectionState()
	s.server.mails = append(s.server.mails, Mail{s.from, s.to, data, encrypted, s.user})
	if hangUp := s.server.hangUp; hangUp != nil {
		s.server.hangUp = nil
		hangUp(s.conn.Conn())
	}
	return s.server.pause, nil
}

func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }

func (s *Server) certificate(t testing.TB) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	s.Roots = x509.NewCertPool()
	s.Roots.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: key}
}
