package mails

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"cabinet/db"

	"golang.org/x/net/html"
)

const base = "https://cabinet.example"

func written(t *testing.T, name string, locale db.Locale) Written {
	t.Helper()
	mail, err := Write(context.Background(), example(name, locale), base)
	if err != nil {
		t.Fatal(err)
	}
	return mail
}

// TestMails compares every mail in both languages with how it was when somebody last read it.
// UPDATE=1 writes it anew.
func TestMails(t *testing.T) {
	for name := range examples {
		for _, locale := range []db.Locale{db.Russian, db.English} {
			mail := written(t, name, locale)
			file := strings.ReplaceAll(name, " ", "-") + "." + string(locale)
			golden(t, file+".txt", "Subject: "+mail.Subject+"\n\n"+mail.Text)
			golden(t, file+".html", mail.HTML+"\n")
		}
	}
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	path := filepath.Join("testdata", file)
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil || got != string(want) {
		t.Errorf("%s differs: run with UPDATE=1 and read the diff (%v)", path, err)
	}
}

func TestEveryKindIsWritten(t *testing.T) {
	for _, kind := range db.MailKinds {
		if writers[kind] == nil {
			t.Errorf("nobody writes %s", kind)
		}
		if _, shown := examples[string(kind)]; !shown {
			t.Errorf("there is no example of %s", kind)
		}
	}
	if _, err := Write(context.Background(), db.Outgoing{Mail: db.Mail{Kind: "mail-99"}}, base); err == nil {
		t.Error("a mail that nobody has written was written")
	}
}

var unsaid = regexp.MustCompile(`<no value>|\{\{\.|(^|[^/@.\w])(mails|fields)\.[a-z_]+`)

// TestEveryMail holds whatever a mail says.
func TestEveryMail(t *testing.T) {
	for name, out := range examples {
		for _, locale := range []db.Locale{db.Russian, db.English} {
			mail := written(t, name, locale)
			for form, body := range map[string]string{"subject": mail.Subject, "text": mail.Text, "html": mail.HTML} {
				if found := unsaid.FindString(body); found != "" {
					t.Errorf("%s %s: the %s says %q", name, locale, form, found)
				}
			}
			if number := out.Letter.Number; number != "" && !strings.HasPrefix(mail.Subject, "[№"+number+"] ") {
				t.Errorf("%s %s: E04 wants the number in %q", name, locale, mail.Subject)
			}
			text := strings.Join(strings.Fields(read(t, mail.HTML)), " ")
			for _, wanted := range []string{"Кабинет", "help@cabinet.example", "vera@example.test", out.Letter.Number, base} {
				if !strings.Contains(mail.Text, wanted) || !strings.Contains(text, wanted) {
					t.Errorf("%s %s does not say %q", name, locale, wanted)
				}
			}
			secret := slices.Contains([]string{"mail-01", "mail-04", "mail-06", "mail-32"}, name[:7])
			if link := base + out.Letter.Path + "?token=" + db.SecretMark; strings.Contains(mail.Text, link) != secret || strings.Contains(mail.HTML, link) != secret {
				t.Errorf("%s %s: the secret's mark is not where it should be", name, locale)
			}
			if strings.Contains(mail.Text, db.CodeMark) != out.Letter.Code || strings.Contains(mail.HTML, db.CodeMark) != out.Letter.Code {
				t.Errorf("%s %s: the code's mark is not where it should be", name, locale)
			}
			same(t, name, mail)
		}
	}
}

// same wants that who reads the text learns all that stands in the HTML.
func same(t *testing.T, name string, mail Written) {
	t.Helper()
	plain := strings.Join(strings.Fields(mail.Text), " ")
	for _, word := range strings.Fields(read(t, mail.HTML)) {
		if !strings.Contains(plain, strings.TrimRight(word, ":,")) {
			t.Errorf("%s: %q stands in the HTML alone", name, word)
		}
	}
}

// read is what a person reads of a page.
func read(t *testing.T, page string) string {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for n := range root.Descendants() {
		if n.Type == html.TextNode && n.Parent.Data != "title" {
			text.WriteString(n.Data + " ")
		}
	}
	return text.String()
}

func TestSubjects(t *testing.T) {
	t.Run("B03 the subject of the first mail is exactly so", func(t *testing.T) {
		if got := written(t, "mail-01", db.Russian).Subject; got != "Спасибо за регистрацию!" {
			t.Error(got)
		}
	})
	t.Run("E20 the apology has the parcel's number, what was typed and the new day", func(t *testing.T) {
		mail := written(t, "mail-31", db.Russian)
		text := strings.Join(strings.Fields(mail.Text), " ")
		if mail.Subject != "[№P5001-3] Посылка задерживается" || !strings.Contains(text, "Простите нас, пожалуйста. Новая дата отправки: 9 марта 2026") {
			t.Error(mail.Subject, text)
		}
	})
	t.Run("E04 the order's number stands in the subject", func(t *testing.T) {
		if got := written(t, "mail-07", db.Russian).Subject; got != "[№12345-6] Заказ принят" {
			t.Error(got)
		}
	})
}

// TestReason tells words of staff from a message of the rules.
func TestReason(t *testing.T) {
	for reason, want := range map[string]string{"Магазин закрылся": "> Магазин закрылся\n", "mails.total": "> Итого\n"} {
		out := db.Outgoing{Mail: db.Mail{Kind: db.MailRefund, Locale: db.Russian}, Letter: db.Letter{Reason: reason}}
		if mail, err := Write(context.Background(), out, base); err != nil || !strings.Contains(mail.Text, want) {
			t.Errorf("%v %s", err, mail.Text)
		}
	}
}

// TestStrangers is about what people type reaching a mail.
func TestStrangers(t *testing.T) {
	out := db.Outgoing{Mail: db.Mail{Kind: db.MailOrderReceived, Locale: db.Russian, Address: "vera@example.test"}, Letter: db.Letter{
		Name: "Победитель! https://evil.example", Number: "12345-6\r\nBcc: all@example.test", Comment: "первая\r\n-- \r\nвторая <b>жирно</b>",
		Lines: []db.LetterLine{{Title: "<script>alert(1)</script>\r\nX", URL: "javascript:alert(1)", Quantity: 1, Amount: 1}},
	}}
	mail, err := Write(context.Background(), out, base)
	if err != nil {
		t.Fatal(err)
	}
	if strings.ContainsAny(mail.Subject, "\r\n") {
		t.Errorf("the subject has several lines: %q", mail.Subject)
	}
	if strings.Contains(mail.Text+mail.HTML, "evil.example") {
		t.Error("somebody's name carries an advertisement")
	}
	for _, bad := range []string{"<script", "<b>жирно", "javascript:"} {
		if strings.Contains(mail.HTML, bad) {
			t.Errorf("the HTML has %s", bad)
		}
	}
	for _, line := range []string{"\n> первая\n> -- \n> вторая <b>жирно</b>\n", "\n* <script>alert(1)</script> X – "} {
		if !strings.Contains(mail.Text, line) {
			t.Errorf("the text lacks %q:\n%s", line, mail.Text)
		}
	}
}

// TestDarkness keeps colours to the reader's program: a mail that sets only one of text and ground can
// not be read in the dark.
func TestDarkness(t *testing.T) {
	for name := range examples {
		page := written(t, name, db.Russian).HTML
		for _, style := range regexp.MustCompile(`style="([^"]*)"`).FindAllStringSubmatch(page, -1) {
			text, ground := strings.Contains(";"+style[1], ";color:"), strings.Contains(style[1], "background:")
			if text != ground {
				t.Errorf("%s: %s", name, style[1])
			}
		}
		if !strings.Contains(page, `<meta name="color-scheme" content="light dark">`) {
			t.Errorf("%s does not say that it can be dark", name)
		}
	}
}
