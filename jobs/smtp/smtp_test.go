package smtp_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"slices"
	"strings"
	"testing"
	"time"

	"cabinet/jobs/smtp"
	"cabinet/jobs/smtp/smtptest"
)

const from = "Кабинет <post@cabinet.example>"

var march = time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC)

func to(address string) smtp.Message {
	return smtp.Message{
		ID: "abc-1", To: address, ReplyTo: "help+12345-6@cabinet.example", Subject: "[№12345-6] Счёт на 280,82 €", Date: march,
		Text: "Здравствуйте!\n\n.точка в начале\n" + strings.Repeat("длинная строка ", 200) + "\n", HTML: "<p>Здравствуйте!</p>",
		Attachments: []smtp.Attachment{{Name: "Счёт 501-2.pdf", Type: "application/pdf", Body: []byte("%PDF-1.7\x00\xff")}},
	}
}

func sender(t *testing.T, server smtp.Server) *smtp.Sender {
	t.Helper()
	if server.Host == "" {
		server.Host = "127.0.0.1"
	}
	server.Timeout = 2 * time.Second
	s, err := smtp.New(server, from)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestSend reads a mail back as a mail program would.
func TestSend(t *testing.T) {
	server := smtptest.Start(t)
	if err := sender(t, smtp.Server{Port: server.Port, Roots: server.Roots}).Send(t.Context(), to("vera@example.test")); err != nil {
		t.Fatal(err)
	}
	got := server.Mails()
	if len(got) != 1 || got[0].From != "post@cabinet.example" || got[0].To != "vera@example.test" || !got[0].TLS {
		t.Fatalf("%+v", got)
	}
	letter, err := mail.ReadMessage(bytes.NewReader(got[0].Data))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"Message-Id": "<abc-1@cabinet.example>", "From": "Кабинет <post@cabinet.example>", "To": "<vera@example.test>", "Reply-To": "<help+12345-6@cabinet.example>",
		"Subject": "[№12345-6] Счёт на 280,82 €", "Auto-Submitted": "auto-generated", "Date": "Mon, 02 Mar 2026 09:30:00 +0000", "Mime-Version": "1.0",
		"List-Unsubscribe": "", "Bcc": "", "User-Agent": "", "X-Mailer": "",
	} {
		if said, err := new(mime.WordDecoder).DecodeHeader(letter.Header.Get(name)); said != want || err != nil {
			t.Errorf("%s: %q, not %q (%v)", name, said, want, err)
		}
	}
	parts := map[string]string{}
	collect(t, letter.Header.Get("Content-Type"), "", letter.Body, parts)
	for kind, want := range map[string]string{"text/plain": to("").Text, "text/html": to("").HTML, "application/pdf Счёт 501-2.pdf": "%PDF-1.7\x00\xff"} {
		if strings.ReplaceAll(parts[kind], "\r\n", "\n") != want {
			t.Errorf("%s: %q", kind, parts[kind])
		}
	}
	for line := range bytes.Lines(got[0].Data) {
		if len(line) > 1000 {
			t.Errorf("a line of %d bytes", len(line))
		}
	}
}

// TestPictures sends a mail that shows a picture it brings.
func TestPictures(t *testing.T) {
	server := smtptest.Start(t)
	message := to("vera@example.test")
	message.HTML = `<p>Здравствуйте! <img src="cid:photo-7@cabinet" alt="Фото"></p>`
	message.Attachments = []smtp.Attachment{{ID: "photo-7@cabinet", Name: "photo-1.jpg", Type: "image/jpeg", Body: []byte("\xff\xd8\xff")}}
	if err := sender(t, smtp.Server{Port: server.Port, Roots: server.Roots}).Send(t.Context(), message); err != nil {
		t.Fatal(err)
	}
	letter, err := mail.ReadMessage(bytes.NewReader(server.Mails()[0].Data))
	if err != nil {
		t.Fatal(err)
	}
	kind, values, err := mime.ParseMediaType(letter.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/related" {
		t.Fatal(kind, err)
	}
	reader := multipart.NewReader(letter.Body, values["boundary"])
	var heads []string
	for part, err := reader.NextRawPart(); !errors.Is(err, io.EOF); part, err = reader.NextRawPart() {
		if err != nil {
			t.Fatal(err)
		}
		kind, _, _ := mime.ParseMediaType(part.Header.Get("Content-Type"))
		place, _, _ := mime.ParseMediaType(part.Header.Get("Content-Disposition"))
		heads = append(heads, strings.TrimSpace(kind+" "+place+" "+part.Header.Get("Content-Id")))
	}
	if want := []string{"multipart/alternative", "image/jpeg inline <photo-7@cabinet>"}; !slices.Equal(heads, want) {
		t.Errorf("%q, not %q", heads, want)
	}
	parts := map[string]string{}
	letter, _ = mail.ReadMessage(bytes.NewReader(server.Mails()[0].Data))
	collect(t, letter.Header.Get("Content-Type"), "", letter.Body, parts)
	if parts["image/jpeg photo-1.jpg"] != "\xff\xd8\xff" || parts["text/html"] != message.HTML || !strings.HasPrefix(parts["text/plain"], "Здравствуйте!") {
		t.Errorf("%q", parts)
	}
}

// collect takes a mail apart into its parts, by type and name.
func collect(t *testing.T, contentType, encoding string, body io.Reader, parts map[string]string) {
	t.Helper()
	kind, values, err := mime.ParseMediaType(contentType)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(kind, "multipart/") {
		if encoding == "quoted-printable" {
			body = quotedprintable.NewReader(body)
		}
		text, err := io.ReadAll(body)
		if err != nil {
			t.Fatal(err)
		}
		if name, _ := new(mime.WordDecoder).DecodeHeader(values["name"]); name != "" {
			kind += " " + name
		}
		parts[kind] = string(text)
		return
	}
	reader := multipart.NewReader(body, values["boundary"])
	for {
		part, err := reader.NextRawPart()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		var inner io.Reader = part
		if part.Header.Get("Content-Transfer-Encoding") == "base64" {
			inner = base64.NewDecoder(base64.StdEncoding, part)
		}
		collect(t, part.Header.Get("Content-Type"), part.Header.Get("Content-Transfer-Encoding"), inner, parts)
	}
}

func TestTLS(t *testing.T) {
	t.Run("from the first byte, with a password", func(t *testing.T) {
		server := smtptest.Start(t, smtptest.WithTLS, smtptest.WithPassword("тайна"))
		if err := sender(t, smtp.Server{Host: "localhost", Port: server.Port, TLS: true, Roots: server.Roots, User: "cabinet", Password: "тайна"}).Send(t.Context(), to("vera@example.test")); err != nil {
			t.Fatal(err)
		}
		if got := server.Mails(); len(got) != 1 || got[0].User != "cabinet" || !got[0].TLS {
			t.Errorf("%+v", got)
		}
	})
	t.Run("by STARTTLS, with a password", func(t *testing.T) {
		server := smtptest.Start(t, smtptest.WithPassword("тайна"))
		if err := sender(t, smtp.Server{Host: "localhost", Port: server.Port, Roots: server.Roots, User: "cabinet", Password: "тайна"}).Send(t.Context(), to("vera@example.test")); err != nil {
			t.Fatal(err)
		}
		if got := server.Mails(); len(got) != 1 || got[0].User != "cabinet" || !got[0].TLS {
			t.Errorf("%+v", got)
		}
	})
	t.Run("a password never goes over an open line", func(t *testing.T) {
		server := smtptest.Start(t, smtptest.WithoutTLS, smtptest.WithPassword("тайна"))
		delayed(t, sender(t, smtp.Server{Port: server.Port, User: "cabinet", Password: "тайна"}).Send(t.Context(), to("vera@example.test")))
	})
	t.Run("a certificate that nobody vouches for is not believed", func(t *testing.T) {
		server := smtptest.Start(t)
		delayed(t, sender(t, smtp.Server{Port: server.Port}).Send(t.Context(), to("vera@example.test")))
		if got := server.Mails(); len(got) != 0 {
			t.Errorf("%+v", got)
		}
	})
	t.Run("this very machine may do without", func(t *testing.T) {
		server := smtptest.Start(t, smtptest.WithoutTLS)
		if err := sender(t, smtp.Server{Port: server.Port}).Send(t.Context(), to("vera@example.test")); err != nil || len(server.Mails()) != 1 {
			t.Error(err)
		}
	})
}

func TestAnswers(t *testing.T) {
	server := smtptest.Start(t)
	s := sender(t, smtp.Server{Port: server.Port, Roots: server.Roots})
	for _, answer := range []struct {
		name          string
		address, data error
		refused, gone bool
	}{
		{"a grey list", smtptest.No(451, 4, 7, 1, "come back later"), nil, false, false},
		{"a full disk", nil, smtptest.No(452, 4, 3, 1, "no room"), false, false},
		{"nobody lives there", smtptest.No(550, 5, 1, 1, "no such user"), nil, true, true},
		{"nobody lives there any more", smtptest.No(551, 5, 1, 6, "moved"), nil, true, true},
		{"a name that can not be", smtptest.No(553, 5, 1, 3, "bad name"), nil, true, true},
		{"nobody lives there, said late", nil, smtptest.No(550, 5, 1, 1, "no such user"), true, true},
		{"nobody may write from our address", smtptest.No(550, 5, 1, 8, "sender's domain not found"), nil, true, false},
		{"enough for today", smtptest.No(550, 5, 4, 5, "daily limit exceeded"), nil, true, false},
		{"a policy against us", smtptest.No(550, 5, 7, 1, "you are on a list"), nil, true, false},
		{"a text that looks like spam", nil, smtptest.No(554, 5, 7, 1, "spam"), true, false},
		{"a mail too large", nil, smtptest.No(552, 5, 3, 4, "too large"), true, false},
	} {
		t.Run(answer.name, func(t *testing.T) {
			server.SaysOfAddress(answer.address)
			if answer.address == nil {
				server.Says(answer.data)
			}
			err := s.Send(t.Context(), to("vera@example.test"))
			refusal, refused := errors.AsType[*smtp.Refusal](err)
			if err == nil || refused != answer.refused || refused && refusal.Address != answer.gone {
				t.Errorf("%v: refused %v", err, refused)
			}
		})
	}
	if got := server.Mails(); len(got) != 0 {
		t.Errorf("%d mails were taken", len(got))
	}
	if err := s.Send(t.Context(), to("vera@example.test")); err != nil || len(server.Mails()) != 1 {
		t.Errorf("after all that a mail does not get through: %v", err)
	}
}

func TestWrongPassword(t *testing.T) {
	server := smtptest.Start(t, smtptest.WithPassword("тайна"))
	delayed(t, sender(t, smtp.Server{Port: server.Port, Roots: server.Roots, User: "cabinet", Password: "другая"}).Send(t.Context(), to("vera@example.test")))
	delayed(t, sender(t, smtp.Server{Port: server.Port, Roots: server.Roots}).Send(t.Context(), to("vera@example.test")))
}

func TestNetwork(t *testing.T) {
	t.Run("nobody listens", func(t *testing.T) {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		port := listener.Addr().(*net.TCPAddr).Port
		listener.Close()
		delayed(t, sender(t, smtp.Server{Port: port}).Send(t.Context(), to("vera@example.test")))
	})
	t.Run("somebody listens and says nothing", func(t *testing.T) {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer listener.Close()
		started := time.Now()
		delayed(t, sender(t, smtp.Server{Port: listener.Addr().(*net.TCPAddr).Port}).Send(t.Context(), to("vera@example.test")))
		if waited := time.Since(started); waited > 10*time.Second {
			t.Errorf("waited %s", waited)
		}
	})
	t.Run("the line breaks before the server can say yes", func(t *testing.T) {
		server := smtptest.Start(t)
		server.HangsUp()
		delayed(t, sender(t, smtp.Server{Port: server.Port, Roots: server.Roots}).Send(t.Context(), to("vera@example.test")))
	})
	t.Run("the line breaks after the server said yes", func(t *testing.T) {
		port, taken := rude(t)
		if err := sender(t, smtp.Server{Port: port}).Send(t.Context(), to("vera@example.test")); err != nil {
			t.Errorf("it would be sent again: %v", err)
		}
		if !<-taken {
			t.Error("it was not sent at all")
		}
	})
}

// rude is a server that takes one mail, says yes and closes the door.
func rude(t *testing.T) (port int, taken chan bool) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	taken = make(chan bool, 1)
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		io.WriteString(conn, "220 rude\r\n")
		var heard []byte
		for buffer := make([]byte, 4096); ; {
			n, err := conn.Read(buffer)
			if err != nil {
				taken <- false
				return
			}
			heard = append(heard, buffer[:n]...)
			switch {
			case bytes.HasSuffix(heard, []byte("\r\n.\r\n")):
				io.WriteString(conn, "250 yes\r\n")
				taken <- true
				return
			case bytes.HasSuffix(heard, []byte("DATA\r\n")):
				io.WriteString(conn, "354 go on\r\n")
			case !bytes.Contains(heard, []byte("DATA\r\n")):
				io.WriteString(conn, "250 well\r\n")
			}
		}
	}()
	return listener.Addr().(*net.TCPAddr).Port, taken
}

// TestInjection tries to break out of a header.
func TestInjection(t *testing.T) {
	server := smtptest.Start(t)
	s := sender(t, smtp.Server{Port: server.Port, Roots: server.Roots})
	message := to("vera@example.test")
	message.Subject = "[№1] привет\r\nBcc: all@example.test\r\n\r\n<b>тело</b>"
	message.Attachments[0].Name = "a.pdf\"\r\nX-Evil: yes\r\n\r\n"
	if err := s.Send(t.Context(), message); err != nil {
		t.Fatal(err)
	}
	letter, err := mail.ReadMessage(bytes.NewReader(server.Mails()[0].Data))
	if err != nil {
		t.Fatal(err)
	}
	subject, _ := new(mime.WordDecoder).DecodeHeader(letter.Header.Get("Subject"))
	if subject != "[№1] привет Bcc: all@example.test <b>тело</b>" || letter.Header.Get("Bcc") != "" {
		t.Errorf("%q %v", subject, letter.Header)
	}
	if bytes.Contains(server.Mails()[0].Data, []byte("\nX-Evil:")) {
		t.Error("the name of a file became a header")
	}
	for _, address := range []string{"vera@example.test\r\nRCPT TO:<all@example.test>", "vera@example.test, all@example.test", "", "нет"} {
		message.To = address
		refusal, refused := errors.AsType[*smtp.Refusal](s.Send(context.Background(), message))
		if !refused || !refusal.Address {
			t.Errorf("%q was not refused", address)
		}
	}
	if got := len(server.Mails()); got != 1 {
		t.Errorf("%d mails", got)
	}
}

// delayed wants an error that is worth another try.
func delayed(t *testing.T, err error) {
	t.Helper()
	if _, refused := errors.AsType[*smtp.Refusal](err); err == nil || refused {
		t.Errorf("not to be tried again: %v", err)
	}
}
