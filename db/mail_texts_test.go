package db_test

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"cabinet/db"
	"cabinet/db/dbtest"
)

var thanks = db.MailTextForm{Subject: "Добро пожаловать!", Opening: "Подтвердите адрес {email}.\nЭто быстро.", Closing: "Вход: {link}"}

func TestMailText(t *testing.T) {
	w := dbtest.Open(t)
	anna := w.Person(t, dbtest.Anna)
	saved, err := w.SaveMailText(t.Context(), anna, "mail-01", db.Russian, thanks)

	t.Run("B03 the operator's words are kept, a line a paragraph, with who wrote them", func(t *testing.T) {
		if err != nil || saved.Version != 1 || saved.By != anna.ID || saved.Opening != "Подтвердите адрес {email}.\n\nЭто быстро." {
			t.Errorf("%+v %v", saved, err)
		}
	})
	t.Run("B03 the same words again are no change", func(t *testing.T) {
		again, err := w.SaveMailText(t.Context(), anna, "mail-01", db.Russian, thanks)
		if err != nil || again.Version != 1 {
			t.Errorf("%+v %v", again, err)
		}
	})
	t.Run("B03 of two admins the second is told", func(t *testing.T) {
		other := thanks
		other.Subject = "Здравствуйте!"
		_, err := w.SaveMailText(t.Context(), anna, "mail-01", db.Russian, other)
		wantRefusal(t, err, db.MailTextStale)
		_, err = w.ResetMailText(t.Context(), anna, "mail-01", db.Russian, 0)
		wantRefusal(t, err, db.MailTextStale)
	})
	t.Run("B03 the original comes back, and the history keeps everything", func(t *testing.T) {
		reset, err := w.ResetMailText(t.Context(), anna, "mail-01", db.Russian, 1)
		if err != nil || reset.Own() || reset.Version != 2 {
			t.Errorf("%+v %v", reset, err)
		}
		if again, err := w.ResetMailText(t.Context(), anna, "mail-01", db.Russian, 2); err != nil || again.Version != 2 {
			t.Errorf("reset twice: %+v %v", again, err)
		}
		history, err := w.MailTextHistory(t.Context(), "mail-01", db.Russian)
		if err != nil || len(history) != 2 || history[1].MailText.Subject != thanks.Subject || history[0].ByName != dbtest.Anna.Name {
			t.Errorf("%+v %v", history, err)
		}
	})
	t.Run("B03 the history can not be rewritten", func(t *testing.T) {
		refusedBy(t, w, "append-only", "UPDATE mail_texts SET subject = 'x'")
		refusedBy(t, w, "append-only", "DELETE FROM mail_texts")
	})
	t.Run("B03 what nobody sends has no text", func(t *testing.T) {
		_, err := w.SaveMailText(t.Context(), anna, "mail-99", db.Russian, thanks)
		_, alsoNot := w.ResetMailText(t.Context(), anna, "mail-99", db.Russian, 0)
		if !errors.Is(err, db.ErrNotFound) || !errors.Is(alsoNot, db.ErrNotFound) {
			t.Errorf("%v %v", err, alsoNot)
		}
	})
}

func TestMailTextProblems(t *testing.T) {
	w := dbtest.Open(t)
	anna := w.Person(t, dbtest.Anna)
	long := strings.Repeat("щ", 2001)
	for what, wrong := range map[string]struct {
		change     func(*db.MailTextForm)
		field, key string
	}{
		"no subject":              {func(f *db.MailTextForm) { f.Subject = " \u200b" }, "subject", "mail_texts.subject_required"},
		"no opening":              {func(f *db.MailTextForm) { f.Opening = "\n\n" }, "opening", "mail_texts.opening_required"},
		"a value of another mail": {func(f *db.MailTextForm) { f.Subject = "Заказ {number}" }, "subject", "mail_texts.value_unknown"},
		"a mistyped value":        {func(f *db.MailTextForm) { f.Closing += " {emial}" }, "closing", "mail_texts.value_unknown"},
		"an open brace":           {func(f *db.MailTextForm) { f.Opening += " {email" }, "opening", "mail_texts.value_unknown"},
		"the mark of a secret":    {func(f *db.MailTextForm) { f.Opening += db.SecretMark }, "opening", "mail_texts.value_unknown"},
		"the mark of a code":      {func(f *db.MailTextForm) { f.Closing += db.CodeMark }, "closing", "mail_texts.value_unknown"},
		"a value in two braces":   {func(f *db.MailTextForm) { f.Closing += "{{link}}" }, "closing", "mail_texts.value_unknown"},
		"the link is lost":        {func(f *db.MailTextForm) { f.Closing = "Пока!" }, "opening", "mail_texts.value_lost"},
		"a long subject":          {func(f *db.MailTextForm) { f.Subject = long[:242] }, "subject", "fields.too_long"},
		"a long opening":          {func(f *db.MailTextForm) { f.Opening = long }, "opening", "fields.too_long"},
		"a long closing":          {func(f *db.MailTextForm) { f.Closing = long }, "closing", "fields.too_long"},
	} {
		t.Run("B03 "+what, func(t *testing.T) {
			form := thanks
			wrong.change(&form)
			_, err := w.SaveMailText(t.Context(), anna, "mail-01", db.Russian, form)
			wantProblem(t, err, wrong.field, wrong.key)
		})
	}
	t.Run("B03 a subject is one line, whatever is sent", func(t *testing.T) {
		form := thanks
		form.Subject = "Добро\r\nBcc: all@example.test\x00\t!"
		saved, err := w.SaveMailText(t.Context(), anna, "mail-01", db.Russian, form)
		if err != nil || saved.Subject != "Добро Bcc: all@example.test !" {
			t.Errorf("%q %v", saved.Subject, err)
		}
	})
}

// TestMailTextRace has two admins save at the same instant.
func TestMailTextRace(t *testing.T) {
	w := dbtest.Open(t)
	anna := w.Person(t, dbtest.Anna)
	var wait sync.WaitGroup
	errs := make([]error, 4)
	for i := range errs {
		wait.Go(func() {
			form := thanks
			form.Subject += strings.Repeat("!", i)
			_, errs[i] = w.SaveMailText(t.Context(), anna, "mail-01", db.Russian, form)
		})
	}
	wait.Wait()
	kept := 0
	for _, err := range errs {
		if err == nil {
			kept++
		} else {
			wantRefusal(t, err, db.MailTextStale)
		}
	}
	if history, err := w.MailTextHistory(t.Context(), "mail-01", db.Russian); kept != 1 || len(history) != 1 || err != nil {
		t.Errorf("%d were kept, the history has %d: %v", kept, len(history), err)
	}
}

// TestMailTextInForce is about which words go to a worker with a mail.
func TestMailTextInForce(t *testing.T) {
	w := dbtest.Open(t)
	anna, vera := w.Person(t, dbtest.Anna), w.Person(t, dbtest.Vera)
	form := db.MailTextForm{Subject: "Ваш заказ у нас", Opening: "Заказ № {number} пришёл к нам."}
	for _, name := range []db.MailTextName{"mail-07", "mail-08-delivery"} {
		if name == "mail-08-delivery" {
			form.Opening += " Счёт № {invoice}."
		}
		if _, err := w.SaveMailText(t.Context(), anna, name, db.Russian, form); err != nil {
			t.Fatal(err)
		}
	}
	w.PricedOrder(t, vera, dbtest.Boots)
	mails, err := w.Mails(t.Context(), 1<<62, 2)
	if err != nil || len(mails) != 2 {
		t.Fatal(mails, err)
	}
	invoice, err := w.MailToSend(t.Context(), mails[0].ID)
	if err != nil || invoice.TextName() != "mail-08" || invoice.Text.Own() {
		t.Errorf("B03 the invoice of goods has the words of one of delivery: %s %+v %v", invoice.TextName(), invoice.Text, err)
	}
	copied, err := w.MailToSend(t.Context(), mails[1].ID)
	if err != nil || copied.Text.Subject != form.Subject {
		t.Errorf("B03 the copy of the order has %+v %v", copied.Text, err)
	}
}
