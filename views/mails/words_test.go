package mails

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"testing"

	"cabinet/db"
	"cabinet/views"
)

var place = regexp.MustCompile(`\{[^{}]*\}`)

// TestWordings holds our own words to the rules that hold the operator's.
func TestWordings(t *testing.T) {
	for _, rule := range db.MailTextRules {
		for _, locale := range []db.Locale{db.Russian, db.English} {
			ours := Ours(context.Background(), rule, locale)
			if _, err := db.DraftMailText(rule.Name, locale, ours.Form()); err != nil {
				t.Errorf("%s %s: our own words are refused: %v", rule.Name, locale, err)
			}
			read := place.FindAllString(ours.Opening+ours.Closing, -1)
			slices.Sort(read)
			if want := slices.Sorted(slices.Values(rule.Must)); "{"+strings.Join(want, "} {")+"}" != strings.Join(slices.Compact(read), " ") && len(want)+len(read) > 0 {
				t.Errorf("%s %s: our words name %v, and %v must stay", rule.Name, locale, read, want)
			}
		}
	}
	if len(wordings) != len(db.MailTextRules) {
		t.Errorf("%d wordings, %d rules", len(wordings), len(db.MailTextRules))
	}
}

// newsletter is written by editors, all of it.
const newsletter = db.MailTextName(db.MailNewsletter)

// TestEveryMailHasAText finds each mail's text by the mail itself, as the worker does.
func TestEveryMailHasAText(t *testing.T) {
	for name := range examples {
		if text := example(name, db.Russian).TextName(); wordings[text].subject == "" && text != newsletter {
			t.Errorf("%s: nobody may write %s anew", name, text)
		}
	}
	for _, rule := range db.MailTextRules {
		if Example(db.MailText{Name: rule.Name, Locale: db.Russian}).Kind == "" {
			t.Errorf("there is no example of %s", rule.Name)
		}
	}
}

// TestOperatorsWords writes every mail in words of the operator's that name all they may.
func TestOperatorsWords(t *testing.T) {
	for name := range examples {
		out := example(name, db.Russian)
		if out.TextName() == newsletter {
			continue
		}
		rule, err := db.MailTextRuleOf(out.TextName())
		if err != nil {
			t.Fatal(err)
		}
		usual, err := Write(context.Background(), out, base)
		if err != nil {
			t.Fatal(err)
		}
		said := "{" + strings.Join(rule.Values(), "} | {") + "}"
		out.Text = db.MailText{Subject: "Тема", Opening: "Начало <b>жирно</b> " + said + "\n\nВторой абзац", Closing: "Конец. " + said}
		mail, err := Write(context.Background(), out, base)
		if err != nil {
			t.Fatal(err)
		}
		want := "Тема"
		if number := out.Letter.Number; number != "" {
			want = "[№" + number + "] Тема"
		}
		if mail.Subject != want {
			t.Errorf("B03 E04 %s: the subject is %q, not %q", name, mail.Subject, want)
		}
		if left := place.FindString(strings.NewReplacer(db.SecretMark, "", db.CodeMark, "").Replace(mail.Text)); left != "" {
			t.Errorf("B03 %s: nobody puts a value in the place of %s", name, left)
		}
		for _, words := range []string{"\nНачало <b>жирно</b> ", "\n\nВторой абзац\n", "\nКонец. "} {
			if !strings.Contains(mail.Text, words) {
				t.Errorf("B03 %s does not say %q:\n%s", name, words, mail.Text)
			}
		}
		if strings.Contains(mail.HTML, "<b>жирно") || !strings.Contains(mail.HTML, "&lt;b&gt;жирно") {
			t.Errorf("B03 %s: what was typed is markup in the HTML", name)
		}
		// What stands between the words is the same, line by line.
		for line := range strings.Lines(usual.Text) {
			if line = strings.TrimSpace(line); strings.HasPrefix(line, base) || strings.HasPrefix(line, "*") || strings.Contains(line, "IBAN") || strings.Contains(line, "{{") {
				if !strings.Contains(mail.Text, line) {
					t.Errorf("B03 %s lost %q", name, line)
				}
			}
		}
		same(t, name, mail)
	}
}

// TestValuesAreNoPlaces: what a customer is called is not looked into for values.
func TestValuesAreNoPlaces(t *testing.T) {
	out := example("mail-01", db.Russian)
	out.Letter.Email = "{link}@example.test"
	mail, err := Write(context.Background(), out, base)
	if err != nil || !strings.Contains(mail.Text, "{link}@example.test") {
		t.Errorf("%v %s", err, mail.Text)
	}
}

// TestEveryMailHasAName is for the lists of the operator, and of a customer who can do without some.
func TestEveryMailHasAName(t *testing.T) {
	names := map[string]bool{}
	for _, kind := range db.MailKinds {
		names[string(kind)] = true
	}
	for _, rule := range db.MailTextRules {
		names[string(rule.Name)] = true
	}
	for name := range names {
		for _, locale := range views.Locales {
			if key := "mails.kinds." + name; views.T(views.WithLocale(context.Background(), locale), key) == key {
				t.Errorf("nothing says in %s what %s is", locale, name)
			}
		}
	}
}
