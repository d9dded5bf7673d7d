package db

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

type MailingTopicID int64

// Topic names what can be subscribed to on the live channel and, as an id, in the page.
func (id MailingTopicID) Topic() string { return topic("mailing", id) }

// MailingStatus says whether somebody is written to about a topic.
type MailingStatus string

const (
	MailingPending      MailingStatus = "pending"      // asked for, the address still to be proved
	MailingSubscribed   MailingStatus = "subscribed"   // agreed to
	MailingUnsubscribed MailingStatus = "unsubscribed" // taken back, or never asked for
	MailingSuppressed   MailingStatus = "suppressed"   // wanted, but the address takes no mail
)

var mailingMoves = map[MailingStatus][]MailingStatus{
	MailingUnsubscribed: {MailingPending, MailingSubscribed},
	MailingPending:      {MailingPending, MailingSubscribed, MailingUnsubscribed},
	MailingSubscribed:   {MailingUnsubscribed},
	MailingSuppressed:   {MailingUnsubscribed},
}

// May reports whether a choice may become another.
func (s MailingStatus) May(next MailingStatus) bool { return slices.Contains(mailingMoves[s], next) }

// MailingSource is where a consent was given or taken back.
type MailingSource string

const (
	InCabinet   MailingSource = "cabinet"   // by the switch of one's own page
	ByLetter    MailingSource = "letter"    // by the link that proves an address
	ByLink      MailingSource = "link"      // on the page that a mailing leads to
	ByOneClick  MailingSource = "one_click" // by the button of a mail program
	ByComplaint MailingSource = "complaint" // marked as spam
)

// ConsentWording is the version of the words that people agree to now: the messages mailings.wording.1, .2 …
const ConsentWording = 1

// MailingChoice is a topic with what an account has chosen.
type MailingChoice struct{ MailingChoicesOfRow }

// State is the choice as it works: who has chosen nothing gets nothing.
func (c MailingChoice) State() MailingStatus {
	status := MailingStatus(c.Status)
	switch {
	case status == "":
		return MailingUnsubscribed
	case c.Suppressed && status != MailingUnsubscribed:
		return MailingSuppressed
	}
	return status
}

// On reports whether the switch of the topic is on.
func (c MailingChoice) On() bool { return c.State() != MailingUnsubscribed }

// Name is what a reader calls the topic.
func (t MailingTopic) Name(locale Locale) string { return inLocale(locale, t.NameRu, t.NameEn) }

// About is what comes when it is chosen.
func (t MailingTopic) About(locale Locale) string { return inLocale(locale, t.AboutRu, t.AboutEn) }

func inLocale(locale Locale, ru, en string) string {
	if locale == English {
		return en
	}
	return ru
}

// MailingChoices are all public topics, as an account has chosen, and how it came to that.
type MailingChoices struct {
	Of      AccountID
	Choices []MailingChoice
	Moves   []MailingMovesOfRow
}

// shownMoves is how many consents stand on the page.
const shownMoves = 30

func (m *MailingChoices) questions(*DB) []question {
	return []question{
		func(ctx context.Context, q *Queries) (err error) {
			rows, err := q.MailingChoicesOf(ctx, m.Of)
			m.Choices = nil
			for _, row := range rows {
				m.Choices = append(m.Choices, MailingChoice{row})
			}
			return err
		},
		func(ctx context.Context, q *Queries) (err error) {
			m.Moves, err = q.MailingMovesOf(ctx, m.Of, shownMoves)
			return err
		},
	}
}

// Of is the choice on one topic.
func (m *MailingChoices) On(topic MailingTopicID) (MailingChoice, error) {
	at := slices.IndexFunc(m.Choices, func(c MailingChoice) bool { return c.MailingTopic.ID == topic })
	if at < 0 {
		return MailingChoice{}, ErrNotFound
	}
	return m.Choices[at], nil
}

// SetMailing subscribes the visitor to a topic, or ends that. An address that nobody has proved yet gets a letter first.
func (db *DB) SetMailing(ctx context.Context, by Visitor, topic MailingTopicID, on bool) error {
	return db.chooseMailing(ctx, by.ID, topic, on, InCabinet)
}

// SetMailingByLink does the same for whom a mailing was sent to, without signing in. Who holds the mail may take back a press
// on its own topic; to hear of anything else one signs in.
func (db *DB) SetMailingByLink(ctx context.Context, token string, topic MailingTopicID, on bool) error {
	of, about, err := db.readMailingToken(token)
	if err != nil {
		return err
	}
	if on && topic != about {
		return Refusal("mailings.sign_in")
	}
	return db.chooseMailing(ctx, of, topic, on, ByLink)
}

func (db *DB) chooseMailing(ctx context.Context, of AccountID, topic MailingTopicID, on bool, source MailingSource) error {
	asked := false
	err := db.change(ctx, func(c *change) error {
		account, err := c.lockAccount(ctx, of)
		if err != nil {
			return err
		}
		choices := &MailingChoices{Of: of}
		if err := choices.questions(nil)[0](ctx, c.Queries); err != nil {
			return err
		}
		choice, err := choices.On(topic)
		if err != nil {
			return err
		}
		next := MailingUnsubscribed
		if on {
			if next = MailingSubscribed; !account.Verified() {
				next, asked = MailingPending, true
			}
		}
		if choice.State() == next && !asked || on && choice.State() == MailingSuppressed {
			return nil
		}
		if on && choice.Suppressed {
			return Refusal("mailings.suppressed")
		}
		if !choice.State().May(next) {
			return Refusal("mailings.may_not")
		}
		return c.chosen(ctx, of, topic, next, source)
	})
	if err != nil || !asked {
		return err
	}
	return db.askToConfirm(ctx, of)
}

func (c *change) chosen(ctx context.Context, of AccountID, topic MailingTopicID, status MailingStatus, source MailingSource) error {
	_, err := c.setMailing(ctx, setMailingParams{AccountID: of, TopicID: topic, Status: status, Source: source, Wording: ConsentWording, At: c.now})
	c.announce(of, "mailings")
	return err
}

// askToConfirm mails the link that proves an address and confirms all that its account has asked for, a minute apart at
// least: one letter serves several switches.
func (db *DB) askToConfirm(ctx context.Context, of AccountID) error {
	account, err := db.AccountByID(ctx, of)
	if err != nil {
		return err
	}
	if err := db.takeResend(ctx, account.Email); err != nil {
		return silence(err)
	}
	return db.change(ctx, func(c *change) error {
		secret, err := c.issueToken(ctx, account, ConfirmMailings, account.Email)
		if err != nil {
			return err
		}
		return c.mailProof(ctx, account, Letter{Kind: MailConfirmMailings, Path: "/mailings/confirmation", Email: account.Email, secret: secret})
	})
}

// AskToConfirmMailings mails that link again, at its reader's wish.
func (db *DB) AskToConfirmMailings(ctx context.Context, by Visitor) error {
	wait, err := db.ResendWait(ctx, by.Email)
	switch {
	case err != nil:
		return err
	case by.Verified():
		return Refusal("accounts.already_verified")
	case wait > 0:
		return Wait{wait}
	}
	return db.askToConfirm(ctx, by.ID)
}

// ConfirmMailings proves the address whose link was followed, and puts in force what its account has asked for.
func (db *DB) ConfirmMailings(ctx context.Context, secret string) (account Account, err error) {
	err = db.change(ctx, func(c *change) error {
		token, err := c.spendToken(ctx, secret, ConfirmMailings)
		if err != nil {
			return err
		}
		if account, err = c.prove(ctx, token); err != nil {
			return err
		}
		_, err = c.setPendingMailings(ctx, c.now, account.ID)
		c.announce(account.ID, "mailings")
		return err
	})
	return account, err
}

// MailingLink is what a link of a mailing opens: the choices of whom it was sent to.
type MailingLink struct {
	Account Account
	MailingChoices
	Topic MailingTopicID // of the mailing
}

// OpenMailingLink reads what the link of a mailing is for. It changes nothing: scanners of mail follow links.
func (db *DB) OpenMailingLink(ctx context.Context, token string) (link MailingLink, err error) {
	of, topic, err := db.readMailingToken(token)
	if err != nil {
		return link, err
	}
	link.Topic, link.Of = topic, of
	if link.Account, err = db.AccountByID(ctx, of); err != nil {
		return link, err
	}
	return link, db.Read(ctx, &link.MailingChoices)
}

// Unsubscribe ends the mailing that a link came with. Doing it twice is no mistake.
func (db *DB) Unsubscribe(ctx context.Context, token string, source MailingSource) error {
	of, topic, err := db.readMailingToken(token)
	if err != nil {
		return err
	}
	return db.change(ctx, func(c *change) error {
		if _, err := c.lockAccount(ctx, of); err != nil {
			return err
		}
		return c.chosen(ctx, of, topic, MailingUnsubscribed, source)
	})
}

// UnsubscribeFromAll ends all mailings to whom a link was sent.
func (db *DB) UnsubscribeFromAll(ctx context.Context, token string) error {
	of, _, err := db.readMailingToken(token)
	if err != nil {
		return err
	}
	return db.change(ctx, func(c *change) error {
		if _, err := c.lockAccount(ctx, of); err != nil {
			return err
		}
		return c.mailingsEnded(ctx, of, ByLink)
	})
}

func (c *change) mailingsEnded(ctx context.Context, of AccountID, source MailingSource) error {
	_, err := c.endMailings(ctx, source, c.now, of)
	c.announce(of, "mailings")
	return err
}

// MailingTopicForm is what an editor says about a topic.
type MailingTopicForm struct {
	Key       string `form:"key"`
	Version   int32  `form:"version"`
	NameRu    string `form:"name_ru"`
	NameEn    string `form:"name_en"`
	AboutRu   string `form:"about_ru"`
	AboutEn   string `form:"about_en"`
	Public    string `form:"public"`
	RestHours string `form:"rest_hours"`
}

// Form is the topic as it is edited.
func (t MailingTopic) Form() MailingTopicForm {
	form := MailingTopicForm{Version: t.Version, NameRu: t.NameRu, NameEn: t.NameEn, AboutRu: t.AboutRu, AboutEn: t.AboutEn, RestHours: strconv.Itoa(int(t.RestHours))}
	if t.Public {
		form.Public = "on"
	}
	return form
}

const (
	mailingNameLimit  = 80
	mailingAboutLimit = 300
	mostRest          = 30 * 24 // hours
)

// MailingTopicStale means that somebody else has changed the topic since the form was drawn.
const MailingTopicStale Refusal = "mailings.topic_stale"

func (f MailingTopicForm) read() (topic MailingTopic, err error) {
	problems := Problems{}
	line := func(field, typed string, most int) string {
		typed = tidyLine(typed)
		switch {
		case typed == "":
			problems[field] = "fields.required"
		case utf8.RuneCountInString(typed) > most:
			problems[field] = "fields.too_long"
		}
		return typed
	}
	topic = MailingTopic{
		NameRu: line("name_ru", f.NameRu, mailingNameLimit), NameEn: line("name_en", f.NameEn, mailingNameLimit),
		AboutRu: line("about_ru", f.AboutRu, mailingAboutLimit), AboutEn: line("about_en", f.AboutEn, mailingAboutLimit), Public: f.Public != "",
	}
	hours, wrong := strconv.ParseInt(strings.TrimSpace(f.RestHours), 10, 32)
	if topic.RestHours = int32(hours); wrong != nil || hours < 0 || hours > mostRest {
		problems["rest_hours"] = "mailings.rest_wrong"
	}
	return topic, problems.err()
}

// AddMailingTopic makes a topic. The same form sent twice finds the one it made.
func (db *DB) AddMailingTopic(ctx context.Context, by Visitor, form MailingTopicForm) (topic MailingTopic, err error) {
	wanted, err := form.read()
	if err != nil {
		return topic, err
	}
	key, err := formKey(by, form.Key)
	if err != nil {
		return topic, err
	}
	err = db.change(ctx, func(c *change) error {
		topic, err = c.insertMailingTopic(ctx, insertMailingTopicParams{
			NameRu: wanted.NameRu, NameEn: wanted.NameEn, AboutRu: wanted.AboutRu, AboutEn: wanted.AboutEn, Public: wanted.Public, RestHours: wanted.RestHours, Key: key,
		})
		if errors.Is(err, ErrNotFound) { // the form was sent before
			topic, err = c.MailingTopicByKey(ctx, key)
		}
		return err
	})
	return topic, err
}

// EditMailingTopic says something else about a topic.
func (db *DB) EditMailingTopic(ctx context.Context, id MailingTopicID, form MailingTopicForm) (topic MailingTopic, err error) {
	wanted, wrong := form.read()
	err = db.change(ctx, func(c *change) error {
		if topic, err = c.lockMailingTopic(ctx, id); err != nil {
			return err
		}
		was, now := topic.Form(), wanted.Form()
		was.Version = now.Version
		switch {
		case wrong != nil:
			return wrong
		case was == now: // as the second press on the button does
			return nil
		case topic.Version != form.Version:
			return MailingTopicStale
		}
		topic, err = c.editMailingTopic(ctx, editMailingTopicParams{
			NameRu: wanted.NameRu, NameEn: wanted.NameEn, AboutRu: wanted.AboutRu, AboutEn: wanted.AboutEn, Public: wanted.Public, RestHours: wanted.RestHours, ID: id,
		})
		return err
	})
	return topic, err
}

// rest is how long an address is left alone after a campaign on this topic.
func (t MailingTopic) rest() time.Duration { return time.Duration(t.RestHours) * time.Hour }
