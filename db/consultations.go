package db

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/riverqueue/river"
)

type (
	ConsultationID        int64
	ConsultationMessageID int64
)

// Topic names the consultation on the live channel and, as an id, in the page.
func (id ConsultationID) Topic() string { return topic("consultation", id) }

// Path is the page of the consultation for its customer.
func (id ConsultationID) Path() string {
	return "/consultations/" + strconv.FormatInt(int64(id), 10)
}

// DeskPath is its page at the desk.
func (id ConsultationID) DeskPath() string { return "/staff" + id.Path() }

// Number is what a consultation is called where its subject is nobody's business.
func (id ConsultationID) Number() string { return "C" + Numbered(id) }

// ConsultationStatus says who has the next word in a consultation.
type ConsultationStatus string

const (
	ConsultationDraft     ConsultationStatus = "draft" // nobody but its author reads it
	ConsultationSubmitted ConsultationStatus = "submitted"
	ConsultationTaken     ConsultationStatus = "in_progress"
	ConsultationAwaiting  ConsultationStatus = "awaiting_client" // the clock of the promise stands still
	ConsultationAnswered  ConsultationStatus = "answered"
	ConsultationClosed    ConsultationStatus = "closed"
	ConsultationDeclined  ConsultationStatus = "declined"
	ConsultationExpired   ConsultationStatus = "expired" // nobody answered in time
)

var consultationWays = map[ConsultationStatus][]ConsultationStatus{
	ConsultationDraft:     {ConsultationSubmitted},
	ConsultationSubmitted: {ConsultationTaken, ConsultationAwaiting, ConsultationAnswered, ConsultationDeclined, ConsultationExpired, ConsultationClosed},
	ConsultationTaken:     {ConsultationAwaiting, ConsultationAnswered, ConsultationDeclined, ConsultationExpired},
	ConsultationAwaiting:  {ConsultationTaken, ConsultationDeclined, ConsultationClosed},
	ConsultationAnswered:  {ConsultationTaken, ConsultationClosed},
}

// May reports whether a consultation may move to the next status.
func (s ConsultationStatus) May(next ConsultationStatus) bool {
	return slices.Contains(consultationWays[s], next)
}

// Over reports whether nobody will say anything any more.
func (s ConsultationStatus) Over() bool {
	return s != ConsultationDraft && len(consultationWays[s]) == 0
}

const (
	// FollowUps is how many more questions belong to one paid request.
	FollowUps = 3
	// ConsultationsRest is how long a consultation stays open in which its customer says nothing.
	ConsultationsRest = 14 * 24 * time.Hour
	aliasLimit        = 40
	ratingLimit       = 1000
)

const (
	// ConsultationStale means that something was said or done in a consultation since the form was drawn.
	ConsultationStale Refusal = "consultations.stale"
	// ConsultationSent means that the specialist reads it by now, so its text stands.
	ConsultationSent Refusal = "consultations.sent_already"
	// NoCredits means that no paid request is left.
	NoCredits Refusal = "consultations.no_credits"
	// NotAccepting means that a specialist takes no requests now.
	NotAccepting Refusal = "consultations.not_accepting"
	// ConsultationPriceChanged means that requests cost something else than their buyer saw.
	ConsultationPriceChanged Refusal = "consultations.price_changed"
	// FollowUpsUsed means that another question is another request.
	FollowUpsUsed Refusal = "consultations.follow_ups_used"
)

// CreditsForm buys requests to a specialist, for as many points as their buyer saw.
type CreditsForm struct {
	Key          string         `form:"key"`
	Specialist   AccountID      `form:"specialist"`
	Requests     int32          `form:"requests"`
	Points       int64          `form:"points"`
	Consultation ConsultationID `form:"consultation"` // that they are for; 0: none yet
}

// BuyConsultations pays for a pack with points. The same form sent twice buys once.
func (db *DB) BuyConsultations(ctx context.Context, by Visitor, form CreditsForm) error {
	key, err := formKey(by, form.Key)
	if err != nil {
		return err
	}
	return db.change(ctx, func(c *change) error {
		if _, err := c.lockPoints(ctx, by.ID); err != nil { // a second press waits here for the first
			return err
		}
		if _, err := c.PurchaseOfConsultations(ctx, key); !errors.Is(err, ErrNotFound) {
			return err
		}
		row, err := c.SpecialistFor(ctx, by.ID, form.Specialist)
		if err != nil {
			return err
		}
		specialist := SpecialistsForRow(row)
		works, err := c.SpecialistWorks(ctx, form.Specialist)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(specialist.Offers(), func(pack Pack) bool { return pack.Requests == form.Requests })
		switch {
		case !works:
			return NotAccepting
		case at < 0 || specialist.Offers()[at].Points() != form.Points:
			return ConsultationPriceChanged
		}
		name := specialist.Specialist.Name
		paid, err := c.spendPoints(ctx, &by.ID, by.ID, Sales, form.Points, "consultations:"+key, name, []TransferLine{{Amount: roubles(form.Points), Description: name}})
		if err != nil {
			return err
		}
		if err := c.openCredits(ctx, by.ID, form.Specialist); err != nil {
			return err
		}
		c.announce(by.ID, "consultations")
		if err := c.addCredits(ctx, addCreditsParams{AccountID: by.ID, SpecialistID: form.Specialist, Bought: form.Requests}); err != nil {
			return err
		}
		return c.insertConsultationPurchase(ctx, insertConsultationPurchaseParams{
			AccountID: by.ID, SpecialistID: form.Specialist, Requests: form.Requests, Points: form.Points, TransferID: paid, Key: key, At: c.now,
		})
	})
}

// BeginConsultation is a new draft for a specialist, or one that its author began and wrote nothing in.
func (db *DB) BeginConsultation(ctx context.Context, by Visitor, to AccountID, form string) (draft Consultation, err error) {
	key, err := formKey(by, form)
	if err != nil {
		return draft, err
	}
	err = db.change(ctx, func(c *change) error {
		if _, err := c.SpecialistFor(ctx, by.ID, to); err != nil {
			return err
		}
		for _, find := range []func() (Consultation, error){
			func() (Consultation, error) { return c.lockConsultationByKey(ctx, key) },
			func() (Consultation, error) { return c.lockEmptyDraft(ctx, by.ID, to) },
		} {
			if draft, err = find(); !errors.Is(err, ErrNotFound) {
				return err
			}
		}
		draft, err = c.insertConsultation(ctx, insertConsultationParams{AccountID: by.ID, SpecialistID: to, Key: key, At: c.now})
		if errors.Is(err, ErrNotFound) { // the form was sent at the same time
			draft, err = c.lockConsultationByKey(ctx, key)
			return err
		}
		if err != nil {
			return err
		}
		c.announce(by.ID, "consultations")
		_, err = c.insertConsultationMessage(ctx, insertConsultationMessageParams{ConsultationID: draft.ID, By: &by.ID, Status: ConsultationDraft, At: c.now})
		return err
	})
	return draft, err
}

// ConsultationForm is a draft as it is typed.
type ConsultationForm struct {
	Key     string `form:"key"` // of the form itself
	Version int32  `form:"version"`
	Alias   string `form:"alias"` // by which the specialist knows the customer
	Subject string `form:"subject"`
	Body    string `form:"body"`
}

// tidied also says what can not be kept; a draft may lack anything.
func (f ConsultationForm) tidied() (ConsultationForm, Problems) {
	f.Alias, f.Subject, f.Body = tidyLine(f.Alias), tidyLine(f.Subject), tidyMarkdown(f.Body)
	problems := Problems{}
	if utf8.RuneCountInString(f.Alias) > aliasLimit {
		problems["alias"] = "fields.too_long"
	}
	if utf8.RuneCountInString(f.Subject) > SubjectLimit {
		problems["subject"] = "fields.too_long"
	}
	if utf8.RuneCountInString(f.Body) > DreamLimit {
		problems["body"] = "dreams.too_long"
	}
	return f, problems
}

// SaveConsultation keeps a draft as its author left it, with more files.
func (db *DB) SaveConsultation(ctx context.Context, by Visitor, id ConsultationID, form ConsultationForm, uploads []Upload) (draft Consultation, err error) {
	files, wrong := readAttachments(ctx, uploads)
	err = db.change(ctx, func(c *change) error {
		if draft, err = c.ownConsultation(ctx, by, id); err != nil {
			return err
		}
		draft, err = c.saveDraft(ctx, by, draft, form, files, wrong)
		return err
	})
	return draft, err
}

// saveDraft keeps the text and the files of a draft that is locked, or nothing of both.
func (c *change) saveDraft(ctx context.Context, by Visitor, draft Consultation, form ConsultationForm, files []attachment, wrong error) (Consultation, error) {
	draft, err := c.rewriteConsultation(ctx, by, draft, form, false)
	if err != nil || wrong != nil {
		return draft, cmp.Or(err, wrong)
	}
	if len(files) == 0 {
		return draft, nil
	}
	message, err := c.DraftMessageOf(ctx, draft.ID, by.ID)
	if err != nil {
		return draft, err
	}
	return draft, c.attach(ctx, by.ID, by.ID, message.ID, files)
}

// AutosaveConsultation keeps a draft while it is being typed. The form that types may do so again without asking which
// version that made, until it is saved.
func (db *DB) AutosaveConsultation(ctx context.Context, by Visitor, id ConsultationID, form ConsultationForm) (draft Consultation, err error) {
	err = db.change(ctx, func(c *change) error {
		if draft, err = c.ownConsultation(ctx, by, id); err != nil {
			return err
		}
		draft, err = c.rewriteConsultation(ctx, by, draft, form, true)
		return err
	})
	return draft, err
}

// rewriteConsultation keeps what was typed, unless somebody has typed something else in another window. A window that has
// saved is done: what it sent before and what comes late is not taken for newer.
func (c *change) rewriteConsultation(ctx context.Context, by Visitor, draft Consultation, typed ConsultationForm, typing bool) (Consultation, error) {
	if draft.Status != ConsultationDraft {
		return draft, ConsultationSent
	}
	form, problems := typed.tidied()
	key, missing := formKey(by, form.Key)
	said, err := c.DraftMessageOf(ctx, draft.ID, by.ID)
	for _, no := range []error{problems.err(), missing, err} {
		if no != nil {
			return draft, no
		}
	}
	saves := ""
	if typing {
		saves = key
	}
	same := draft.Alias == form.Alias && draft.Subject == form.Subject && said.Body == form.Body
	switch {
	case same && draft.Typing == saves:
		return draft, nil
	case draft.Version != form.Version && draft.Typing != key:
		return draft, ConsultationStale
	}
	if _, err := c.updateDraftMessage(ctx, form.Body, c.now, draft.ID); err != nil {
		return draft, err
	}
	if !typing { // the list follows once the typing is over, so that it does not dance meanwhile
		c.announce(by.ID, "consultations")
	}
	return c.updateConsultation(ctx, updateConsultationParams{ID: draft.ID, Alias: form.Alias, Subject: form.Subject, Typing: saves, At: c.now})
}

// DeleteConsultation leaves nothing of a draft. What was sent stays for ever.
func (db *DB) DeleteConsultation(ctx context.Context, by Visitor, id ConsultationID) error {
	return db.change(ctx, func(c *change) error {
		draft, err := c.lockDraft(ctx, by, id)
		if err != nil {
			return err
		}
		files, err := c.FilesOfMessage(ctx, draft.ID)
		if err != nil {
			return err
		}
		for _, file := range files {
			if _, err := c.removeConsultationFile(ctx, draft.ID, file.ID); err != nil {
				return err
			}
			if err := c.forgetFile(ctx, file.ID); err != nil {
				return err
			}
		}
		c.announce(by.ID, "consultations", id.Topic())
		return c.deleteConsultation(ctx, id)
	})
}

// SubmitConsultation sends a draft as it is typed to its specialist, for one of the paid requests. What was sent stays as
// it is.
func (db *DB) SubmitConsultation(ctx context.Context, by Visitor, id ConsultationID, form ConsultationForm, uploads []Upload) (consultation Consultation, err error) {
	files, wrong := readAttachments(ctx, uploads)
	err = db.change(ctx, func(c *change) error {
		if consultation, err = c.ownConsultation(ctx, by, id); err != nil || !consultation.Status.May(ConsultationSubmitted) {
			return err
		}
		if consultation, err = c.saveDraft(ctx, by, consultation, form, files, wrong); err != nil {
			return err
		}
		tidied, problems := form.tidied()
		if tidied.Subject == "" {
			problems["subject"] = "tickets.subject_required"
		}
		if tidied.Body == "" {
			problems["body"] = "consultations.body_required"
		}
		if err := problems.err(); err != nil {
			return err
		}
		specialist, err := c.SpecialistByID(ctx, consultation.SpecialistID)
		if err != nil {
			return err
		}
		if works, err := c.SpecialistWorks(ctx, specialist.AccountID); err != nil {
			return err
		} else if !works {
			return NotAccepting
		}
		next := consultation
		next.Status, next.SubmittedAt, next.LastAt = ConsultationSubmitted, &c.now, c.now
		c.promiseAnswer(&next, specialist, int(specialist.AnswerHours)*60)
		if err := c.reserve(ctx, &next); err != nil {
			return err
		}
		if consultation, err = c.moveOn(ctx, next); err != nil {
			return err
		}
		message, err := c.sendDraftMessage(ctx, c.now, id)
		if err != nil {
			return err
		}
		c.enqueue(DrawConsultation{message.ID})
		return c.mailSpecialist(ctx, consultation, "new")
	})
	return consultation, err
}

// reserve keeps one of the paid requests for the answer.
func (c *change) reserve(ctx context.Context, to *Consultation) error {
	credits, err := c.lockCredits(ctx, to.AccountID, to.PaidTo)
	if errors.Is(err, ErrNotFound) || err == nil && credits.Bought <= credits.Used+credits.Reserved {
		return NoCredits
	}
	if err != nil {
		return err
	}
	to.Reserved, to.FollowUps = true, 0
	return c.addCredits(ctx, addCreditsParams{AccountID: to.AccountID, SpecialistID: to.PaidTo, Reserved: 1})
}

// release gives back a paid request that was not answered, if one was kept.
func (c *change) release(ctx context.Context, to *Consultation) error {
	if !to.Reserved {
		return nil
	}
	to.Reserved = false
	return c.addCredits(ctx, addCreditsParams{AccountID: to.AccountID, SpecialistID: to.PaidTo, Reserved: -1})
}

// capture uses the paid request that was kept for the answer; an answer to a follow-up uses none.
func (c *change) capture(ctx context.Context, to *Consultation) error {
	if !to.Reserved {
		return nil
	}
	to.Reserved, to.Used = false, to.Used+1
	return c.addCredits(ctx, addCreditsParams{AccountID: to.AccountID, SpecialistID: to.PaidTo, Reserved: -1, Used: 1})
}

// moveOn keeps what became of a consultation, and wakes the pages that show it.
func (c *change) moveOn(ctx context.Context, to Consultation) (Consultation, error) {
	moved, err := c.moveConsultation(ctx, moveConsultationParams{
		ID: to.ID, SpecialistID: to.SpecialistID, Status: to.Status, Reserved: to.Reserved, Used: to.Used, FollowUps: to.FollowUps,
		DueAt: to.DueAt, RemindAt: to.RemindAt, MinutesLeft: to.MinutesLeft, SubmittedAt: to.SubmittedAt, LastAt: to.LastAt,
	})
	c.announce(to.AccountID, to.ID.Topic(), "consultations", "home")
	c.announceStaff(to.ID.Topic(), "desk", "consultations")
	return moved, err
}

// consultationLine is what was said in a consultation, or done with it.
type consultationLine struct {
	by       *AccountID // nil: the system
	staff    bool
	body     string // empty: it is a move alone
	passedTo *AccountID
	key      *string
	files    []attachment
	canned   []FileID // that go with it as they are
}

// addLine moves a consultation and writes into its thread by what.
func (c *change) addLine(ctx context.Context, to Consultation, line consultationLine) (Consultation, error) {
	to.LastAt = c.now
	moved, err := c.moveOn(ctx, to)
	if err != nil {
		return to, err
	}
	message, err := c.insertConsultationMessage(ctx, insertConsultationMessageParams{
		ConsultationID: to.ID, By: line.by, Staff: line.staff, Status: to.Status, Body: line.body, PassedTo: line.passedTo, Key: line.key, At: c.now,
	})
	if err != nil {
		return to, err
	}
	for _, file := range line.canned {
		if err := c.addConsultationFile(ctx, message.ID, file); err != nil {
			return to, err
		}
	}
	if line.body != "" {
		c.enqueue(DrawConsultation{message.ID})
	}
	if len(line.files) == 0 {
		return moved, nil
	}
	return moved, c.attach(ctx, *line.by, to.AccountID, message.ID, line.files)
}

// ConsultationReply is what a customer adds to a consultation.
type ConsultationReply struct {
	Key  string `form:"key"`
	Body string `form:"body"`
	Act  string `form:"act"` // pay: for another of the paid requests
}

// ReplyToConsultation answers what the specialist asked, or asks more about the answer.
func (db *DB) ReplyToConsultation(ctx context.Context, by Visitor, id ConsultationID, form ConsultationReply, uploads []Upload) (consultation Consultation, err error) {
	row, err := db.ConsultationOf(ctx, id, by.ID)
	if err != nil {
		return consultation, err
	}
	consultation = row.Consultation
	if err := readMarkdown("body", form.Body, "tickets.text_required").err(); err != nil {
		return consultation, err
	}
	key, err := formKey(by, form.Key)
	if err != nil {
		return consultation, err
	}
	files, err := readAttachments(ctx, uploads)
	if err != nil {
		return consultation, err
	}
	err = db.change(ctx, func(c *change) error {
		if consultation, err = c.ownConsultation(ctx, by, id); err != nil {
			return err
		}
		if said, err := c.consultationSaid(ctx, key); err != nil || said {
			return err
		}
		next, err := c.follow(ctx, consultation, form.Act == "pay")
		if err != nil {
			return err
		}
		consultation, err = c.addLine(ctx, next, consultationLine{by: &by.ID, body: tidyMarkdown(form.Body), key: &key, files: files})
		return err
	})
	return consultation, err
}

// follow is a consultation in which its customer has said something: the clock goes on, or starts anew.
func (c *change) follow(ctx context.Context, consultation Consultation, pays bool) (Consultation, error) {
	specialist, err := c.SpecialistByID(ctx, consultation.SpecialistID)
	if err != nil {
		return consultation, err
	}
	next := consultation
	switch consultation.Status {
	case ConsultationAwaiting:
		c.promiseAnswer(&next, specialist, int(*consultation.MinutesLeft))
	case ConsultationAnswered:
		c.promiseAnswer(&next, specialist, int(specialist.AnswerHours)*60)
		switch {
		case pays:
			err = c.reserve(ctx, &next)
		case consultation.FollowUps >= FollowUps:
			err = FollowUpsUsed
		default:
			next.FollowUps++
		}
	case ConsultationDraft:
		return consultation, ErrNotFound
	default:
		return consultation, Refusal("consultations.not_your_turn")
	}
	next.Status = ConsultationTaken
	return next, err
}

// consultationSaid reports whether a form was sent already. The consultation is locked, so nobody sends it meanwhile.
func (c *change) consultationSaid(ctx context.Context, key string) (bool, error) {
	_, err := c.ConsultationMessageByKey(ctx, &key)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// CloseConsultation is the customer's word that nothing is left to say. What was not answered yet costs nothing.
func (db *DB) CloseConsultation(ctx context.Context, by Visitor, id ConsultationID) (consultation Consultation, err error) {
	err = db.change(ctx, func(c *change) error {
		consultation, err = c.ownConsultation(ctx, by, id)
		if err != nil || consultation.Status == ConsultationClosed {
			return err
		}
		if !consultation.Status.May(ConsultationClosed) {
			return Refusal("consultations.not_closed_now")
		}
		consultation, err = c.end(ctx, consultation, ConsultationClosed, consultationLine{by: &by.ID})
		return err
	})
	return consultation, err
}

// end is the last that happens in a consultation. A paid request that was kept comes back.
func (c *change) end(ctx context.Context, consultation Consultation, status ConsultationStatus, line consultationLine) (Consultation, error) {
	next := consultation
	next.Status, next.DueAt, next.RemindAt, next.MinutesLeft = status, nil, nil, nil
	if err := c.release(ctx, &next); err != nil {
		return consultation, err
	}
	return c.addLine(ctx, next, line)
}

// RatingForm is what a customer thinks of the answer.
type RatingForm struct {
	Rating int32  `form:"rating"`
	Text   string `form:"text"`
}

// RateConsultation keeps what a customer thinks of the answer; said again, it is the newer word that counts.
func (db *DB) RateConsultation(ctx context.Context, by Visitor, id ConsultationID, form RatingForm) (consultation Consultation, err error) {
	err = db.change(ctx, func(c *change) error {
		if consultation, err = c.ownConsultation(ctx, by, id); err != nil {
			return err
		}
		problems, text := Problems{}, tidyLines(form.Text)
		if form.Rating < 1 || form.Rating > 5 {
			problems["rating"] = "consultations.rating_required"
		}
		if utf8.RuneCountInString(text) > ratingLimit {
			problems["text"] = "fields.too_long"
		}
		switch {
		case consultation.Used == 0:
			return Refusal("consultations.not_answered")
		case len(problems) > 0:
			return problems
		}
		c.announce(by.ID, id.Topic())
		c.announceStaff(id.Topic())
		consultation, err = c.rateConsultation(ctx, &form.Rating, text, id)
		return err
	})
	return consultation, err
}

func (c *change) ownConsultation(ctx context.Context, by Visitor, id ConsultationID) (Consultation, error) {
	consultation, err := c.lockConsultation(ctx, id)
	if err == nil && consultation.AccountID != by.ID {
		return Consultation{}, ErrNotFound
	}
	return consultation, err
}

// DrawConsultation asks a worker to make HTML of a message.
type DrawConsultation struct {
	MessageID ConsultationMessageID `json:"message_id"`
}

func (DrawConsultation) Kind() string { return "draw_consultation" }

func (DrawConsultation) InsertOpts() river.InsertOpts { return river.InsertOpts{Queue: "render"} }

// DrawConsultation keeps the HTML that draw makes of a message. When it is gone there is nothing to do.
func (db *DB) DrawConsultation(ctx context.Context, id ConsultationMessageID, draw func(markdown string) string) error {
	words, err := db.ConsultationMessageToDraw(ctx, id)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	html := draw(words.Body)
	return db.change(ctx, func(c *change) error {
		of, err := c.showConsultationMessage(ctx, &html, id, words.Body)
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		consultation, err := c.lockConsultation(ctx, of)
		c.announce(consultation.AccountID, of.Topic())
		c.announceStaff(of.Topic())
		return err
	})
}
