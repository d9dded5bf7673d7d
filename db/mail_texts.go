package db

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// MailTextName is whose words a mail uses: those of its kind, or of an occasion of its kind.
type MailTextName string

// MailTextRule says which values the words of a mail may name, as {number}. The mail has no other place for those that
// must stay, or none as good.
type MailTextRule struct {
	Name MailTextName
	Must []string // stay in what is read
	May  []string
}

// MailTextRules lists every text that the operator may write anew. The number in the subject is not theirs to lose: it is
// put before whatever they write.
var MailTextRules = []MailTextRule{
	{Name: "mail-01", Must: []string{"email", "link"}},
	{Name: "mail-01-new-email", Must: []string{"email"}},
	{Name: "mail-03", Must: []string{"email", "link"}},
	{Name: "mail-04"},
	{Name: "mail-05"},
	{Name: "mail-06", Must: []string{"email"}},
	{Name: "mail-07", Must: []string{"number"}},
	{Name: "mail-07-changed", Must: []string{"number"}},
	{Name: "mail-07-cancelled", Must: []string{"number"}},
	{Name: "mail-08", Must: []string{"invoice", "number"}, May: []string{"sum"}},
	{Name: "mail-08-delivery", Must: []string{"invoice", "number"}, May: []string{"sum"}},
	{Name: "mail-08-other", Must: []string{"invoice"}, May: []string{"sum"}},
	{Name: "mail-09", Must: []string{"number"}},
	{Name: "mail-10", Must: []string{"invoice", "sum"}, May: []string{"number"}},
	{Name: "mail-10-part", Must: []string{"invoice", "sum"}, May: []string{"number"}},
	{Name: "mail-11", Must: []string{"sum", "number"}},
	{Name: "mail-12", Must: []string{"number"}},
	{Name: "mail-13", Must: []string{"number"}},
	{Name: "mail-14", Must: []string{"number"}},
	{Name: "mail-15", Must: []string{"number"}},
	{Name: "mail-16", Must: []string{"number"}},
	{Name: "mail-17", Must: []string{"number"}},
	{Name: "mail-18", Must: []string{"number"}},
	{Name: "mail-21", Must: []string{"sum"}},
	{Name: "mail-21-points", Must: []string{"sum"}},
	{Name: "mail-22", Must: []string{"number", "left"}},
	{Name: "mail-22-renews", Must: []string{"number", "left"}},
	{Name: "mail-22-ended", Must: []string{"number"}},
	{Name: "mail-22-renewed", Must: []string{"number"}},
	{Name: "mail-22-lapsed", Must: []string{"number"}},
	{Name: "mail-23", Must: []string{"issue", "title"}},
	{Name: "mail-25", Must: []string{"contest", "place"}},
	{Name: "mail-25-others", Must: []string{"contest"}},
	{Name: "mail-25-cancelled", Must: []string{"contest"}},
	{Name: "mail-24"},
	{Name: "mail-24-asked"},
	{Name: "mail-24-declined"},
	{Name: "mail-24-expired"},
	{Name: "mail-26", May: []string{"day"}},
	{Name: "mail-26-declined", May: []string{"day"}},
	{Name: "mail-28", Must: []string{"subject"}},
	{Name: "mail-29"},
	{Name: "mail-30", Must: []string{"sum"}},
	{Name: "mail-31", Must: []string{"number"}, May: []string{"day"}},
	{Name: "mail-32", Must: []string{"email"}},
	{Name: "mail-34", Must: []string{"due"}},
	{Name: "mail-34-new", Must: []string{"due"}},
}

// everyMailText may name these: what the cabinet is called, and where it is written to.
var everyMailText = []string{"site", "help"}

// MailTextRuleOf is the rule of a text; a name that no mail has is ErrNotFound.
func MailTextRuleOf(name MailTextName) (MailTextRule, error) {
	at := slices.IndexFunc(MailTextRules, func(rule MailTextRule) bool { return rule.Name == name })
	if at < 0 {
		return MailTextRule{}, ErrNotFound
	}
	return MailTextRules[at], nil
}

// Values are all that the text may name.
func (r MailTextRule) Values() []string { return slices.Concat(r.Must, r.May, everyMailText) }

// actedMails have a text for each act that they can tell of.
var actedMails = []MailKind{MailSubscriptionEnds, MailContest, MailDream, MailConsultation, MailConsultationDue}

// TextName is whose words the mail uses.
func (out Outgoing) TextName() MailTextName {
	switch {
	case out.Kind == MailVerify && !out.Letter.Code:
		return "mail-01-new-email"
	case out.Kind == MailOrderReceived && out.Letter.Act != "":
		return MailTextName("mail-07-" + out.Letter.Act)
	case slices.Contains(actedMails, out.Kind) && out.Letter.Act != "":
		return MailTextName(string(out.Kind) + "-" + out.Letter.Act)
	case out.Kind == MailInvoice && out.Invoice.Kind == DeliveryInvoice:
		return "mail-08-delivery"
	case out.Kind == MailInvoice && out.Invoice.Kind != GoodsInvoice:
		return "mail-08-other"
	case out.Kind == MailPaymentMissing && out.Letter.Short < out.Letter.Amount:
		return "mail-10-part"
	case out.Kind == MailTopUp && out.Letter.Points > 0:
		return "mail-21-points"
	}
	return MailTextName(out.Kind)
}

// Own reports whether the operator has written the text; else ours is in force.
func (t MailText) Own() bool { return t.Subject != "" }

// Form is the text as a form shows it.
func (t MailText) Form() MailTextForm {
	return MailTextForm{Subject: t.Subject, Opening: t.Opening, Closing: t.Closing, Version: t.Version}
}

// MailTextForm is what an admin types. Every line of the opening and of the closing is a paragraph.
type MailTextForm struct {
	Subject string `form:"subject"`
	Opening string `form:"opening"`
	Closing string `form:"closing"`
	Version int32  `form:"version"` // of the text that was on the screen; 0 when nobody had changed it
}

// Says reports whether two forms say the same.
func (f MailTextForm) Says(other MailTextForm) bool {
	one, two := f.tidied(), other.tidied()
	return one.Subject == two.Subject && one.Opening == two.Opening && one.Closing == two.Closing
}

// tidied has a subject of one line, whatever was sent, and no other signs that nobody sees.
func (f MailTextForm) tidied() MailTextForm {
	f.Subject, f.Opening, f.Closing = tidyLine(f.Subject), tidyParagraphs(f.Opening), tidyParagraphs(f.Closing)
	return f
}

// tidyParagraphs leaves one empty line between paragraphs.
func tidyParagraphs(typed string) string {
	var paragraphs []string
	for line := range strings.Lines(typed) {
		if line = tidyLine(line); line != "" {
			paragraphs = append(paragraphs, line)
		}
	}
	return strings.Join(paragraphs, "\n\n")
}

const (
	maxMailSubject = 120
	maxMailText    = 2000
)

// mailValue is the place of a value in a text.
var mailValue = regexp.MustCompile(`\{[^{}]*\}`)

func (f MailTextForm) problems(rule MailTextRule) Problems {
	problems := Problems{}
	for field, text := range map[string]string{"subject": f.Subject, "opening": f.Opening, "closing": f.Closing} {
		if problem := rule.problem(text); problem != "" {
			problems[field] = problem
		}
	}
	if utf8.RuneCountInString(f.Subject) > maxMailSubject {
		problems["subject"] = "fields.too_long"
	}
	if f.Subject == "" {
		problems["subject"] = "mail_texts.subject_required"
	}
	if f.Opening == "" {
		problems["opening"] = "mail_texts.opening_required"
	}
	lost := func(value string) bool { return !strings.Contains(f.Opening+f.Closing, "{"+value+"}") }
	if problems["opening"] == "" && slices.ContainsFunc(rule.Must, lost) {
		problems["opening"] = "mail_texts.value_lost"
	}
	return problems
}

// problem is what is wrong with one field. A brace that is no value of this mail is a mistake, or the mark of a secret.
func (r MailTextRule) problem(text string) string {
	if utf8.RuneCountInString(text) > maxMailText {
		return "fields.too_long"
	}
	rest := mailValue.ReplaceAllStringFunc(text, func(place string) string {
		if slices.Contains(r.Values(), strings.Trim(place, "{}")) {
			return ""
		}
		return place
	})
	if strings.ContainsAny(rest, "{}") {
		return "mail_texts.value_unknown"
	}
	return ""
}

// MailTextStale is said to whoever was slower than another admin.
const MailTextStale = Refusal("mail_texts.changed_elsewhere")

// DraftMailText is a text as it would be kept, for somebody who looks at it first.
func DraftMailText(name MailTextName, locale Locale, form MailTextForm) (MailText, error) {
	rule, err := MailTextRuleOf(name)
	if err != nil {
		return MailText{}, err
	}
	form = form.tidied()
	text := MailText{Name: name, Locale: locale, Version: form.Version, Subject: form.Subject, Opening: form.Opening, Closing: form.Closing}
	return text, form.problems(rule).err()
}

// SaveMailText puts the operator's words in the place of ours. Mails that are written from now on use them.
func (db *DB) SaveMailText(ctx context.Context, by Visitor, name MailTextName, locale Locale, form MailTextForm) (MailText, error) {
	text, err := DraftMailText(name, locale, form)
	if err != nil {
		return MailText{}, err
	}
	return db.reword(ctx, by, text)
}

// ResetMailText puts our own words back. Version is that of the text on the screen.
func (db *DB) ResetMailText(ctx context.Context, by Visitor, name MailTextName, locale Locale, version int32) (MailText, error) {
	if _, err := MailTextRuleOf(name); err != nil {
		return MailText{}, err
	}
	return db.reword(ctx, by, MailText{Name: name, Locale: locale, Version: version})
}

// reword keeps a text as the next version, unless it says what is said already.
func (db *DB) reword(ctx context.Context, by Visitor, text MailText) (now MailText, err error) {
	err = db.change(ctx, func(c *change) error {
		if now, err = c.mailText(ctx, text.Name, text.Locale); err != nil || now.Form().Says(text.Form()) {
			return err
		}
		if now.Version != text.Version {
			return MailTextStale
		}
		now, err = c.insertMailText(ctx, insertMailTextParams{
			Name: text.Name, Locale: text.Locale, Version: now.Version + 1,
			Subject: text.Subject, Opening: text.Opening, Closing: text.Closing, By: by.ID, At: c.now,
		})
		return err
	})
	return now, err
}

// mailText is what is in force; a zero one while nobody has changed anything.
func (c *change) mailText(ctx context.Context, name MailTextName, locale Locale) (MailText, error) {
	text, err := c.MailTextNow(ctx, name, locale)
	if errors.Is(err, ErrNotFound) {
		return MailText{}, nil
	}
	return text, err
}
