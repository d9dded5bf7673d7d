package db

import (
	"context"
	"errors"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/riverqueue/river"
)

type CampaignID int64

// Topic names the campaign on the live channel and, as an id, in the page.
func (id CampaignID) Topic() string { return topic("campaign", id) }

// CampaignStatus is how far a campaign has come.
type CampaignStatus string

const (
	CampaignDraft     CampaignStatus = "draft"
	CampaignScheduled CampaignStatus = "scheduled"
	CampaignRunning   CampaignStatus = "running"
	CampaignPaused    CampaignStatus = "paused"
	CampaignFinished  CampaignStatus = "finished"
	CampaignCancelled CampaignStatus = "cancelled"
)

// CampaignStatuses are all there are, in the order in which a campaign walks through them.
var CampaignStatuses = []CampaignStatus{CampaignDraft, CampaignScheduled, CampaignRunning, CampaignPaused, CampaignFinished, CampaignCancelled}

var campaignMoves = map[CampaignStatus][]CampaignStatus{
	CampaignDraft:     {CampaignScheduled, CampaignRunning, CampaignCancelled},
	CampaignScheduled: {CampaignDraft, CampaignRunning, CampaignCancelled},
	CampaignRunning:   {CampaignPaused, CampaignFinished, CampaignCancelled},
	CampaignPaused:    {CampaignRunning, CampaignCancelled},
}

// May reports whether a campaign may move to the next status.
func (s CampaignStatus) May(next CampaignStatus) bool { return slices.Contains(campaignMoves[s], next) }

// CampaignMailState is what became of one person's mail.
type CampaignMailState string

const (
	CampaignMailQueued     CampaignMailState = "queued"
	CampaignMailSent       CampaignMailState = "sent"
	CampaignMailFailed     CampaignMailState = "failed"     // refused
	CampaignMailRested     CampaignMailState = "rested"     // written to lately
	CampaignMailSuppressed CampaignMailState = "suppressed" // the address takes no mail
	CampaignMailLeft       CampaignMailState = "left"       // unsubscribed meanwhile
)

// CampaignStale means that somebody else has changed the campaign since the page was drawn.
const CampaignStale Refusal = "campaigns.stale"

// How many characters fit into a campaign.
const (
	CampaignSubjectLimit = 120
	CampaignBodyLimit    = 20_000
)

// CampaignForm is what an editor writes.
type CampaignForm struct {
	Key     string         `form:"key"`
	Version int32          `form:"version"`
	Mailing MailingTopicID `form:"mailing"`
	Subject string         `form:"subject"`
	Body    string         `form:"body"` // Markdown
	Act     string         `form:"act"`  // show: only look at it
}

// Form is the campaign as it is edited.
func (c Campaign) Form() CampaignForm {
	return CampaignForm{Version: c.Version, Mailing: c.TopicID, Subject: c.Subject, Body: c.Body}
}

func (f CampaignForm) read(ctx context.Context, q *Queries) (CampaignForm, error) {
	problems := Problems{}
	f.Subject, f.Body = tidyLine(f.Subject), tidyMarkdown(f.Body)
	for field, limited := range map[string]struct {
		text string
		most int
	}{"subject": {f.Subject, CampaignSubjectLimit}, "body": {f.Body, CampaignBodyLimit}} {
		switch {
		case limited.text == "":
			problems[field] = "fields.required"
		case utf8.RuneCountInString(limited.text) > limited.most:
			problems[field] = "fields.too_long"
		}
	}
	if _, err := q.MailingTopicByID(ctx, f.Mailing); errors.Is(err, ErrNotFound) {
		problems["mailing"] = "campaigns.mailing_required"
	} else if err != nil {
		return f, err
	}
	return f, problems.err()
}

// WriteCampaign begins a draft. The same form sent twice finds the campaign it made.
func (db *DB) WriteCampaign(ctx context.Context, by Visitor, form CampaignForm, render Rendering) (campaign Campaign, err error) {
	if form, err = form.read(ctx, db.Queries); err != nil {
		return campaign, err
	}
	key, err := formKey(by, form.Key)
	if err != nil {
		return campaign, err
	}
	err = db.change(ctx, func(c *change) error {
		campaign, err = c.insertCampaign(ctx, insertCampaignParams{
			TopicID: form.Mailing, Subject: form.Subject, Body: form.Body, Html: render(form.Body), Key: key, By: by.ID, At: c.now,
		})
		if errors.Is(err, ErrNotFound) { // the form was sent before
			campaign, err = c.CampaignByKey(ctx, key)
		}
		c.announceStaff("campaigns")
		return err
	})
	return campaign, err
}

// EditCampaign saves a draft. What is on its way already is not changed: some would have read something else.
func (db *DB) EditCampaign(ctx context.Context, id CampaignID, form CampaignForm, render Rendering) (campaign Campaign, err error) {
	err = db.change(ctx, func(c *change) error {
		if campaign, err = c.lockCampaign(ctx, id); err != nil {
			return err
		}
		read, err := form.read(ctx, c.Queries)
		switch {
		case err != nil:
			return err
		case read.Mailing == campaign.TopicID && read.Subject == campaign.Subject && read.Body == campaign.Body: // as the second press does
			return nil
		case campaign.Version != form.Version:
			return CampaignStale
		case campaign.Status != CampaignDraft:
			return Refusal("campaigns.may_not")
		}
		c.announceStaff(id.Topic(), "campaigns")
		campaign, err = c.editCampaign(ctx, editCampaignParams{TopicID: read.Mailing, Subject: read.Subject, Body: read.Body, Html: render(read.Body), At: c.now, ID: id})
		return err
	})
	return campaign, err
}

// TryCampaign mails a campaign to whoever writes it, as its readers would get it.
func (db *DB) TryCampaign(ctx context.Context, by Visitor, id CampaignID) error {
	return db.change(ctx, func(c *change) error {
		campaign, err := c.lockCampaign(ctx, id)
		if err != nil {
			return err
		}
		topic, err := c.MailingTopicByID(ctx, campaign.TopicID)
		if err != nil {
			return err
		}
		return c.mail(ctx, by.Account, db.newsletter(campaign, topic, by.ID, by.Locale))
	})
}

// newsletter is what a campaign says to one of its readers.
func (db *DB) newsletter(campaign Campaign, topic MailingTopic, to AccountID, locale Locale) Letter {
	return Letter{Kind: MailNewsletter, Path: db.UnsubscribePath(to, topic.ID), Subject: campaign.Subject, Markdown: campaign.Body, HTML: campaign.Html, Mailing: topic.Name(locale)}
}

// moveCampaignTo moves a campaign as somebody at the desk saw it. One that is there already stays as it is, as after a
// second press.
func (db *DB) moveCampaignTo(ctx context.Context, by Visitor, next CampaignStatus, id CampaignID, version int32, startsAt func(*change) (*time.Time, error)) (campaign Campaign, err error) {
	err = db.change(ctx, func(c *change) error {
		if campaign, err = c.lockCampaign(ctx, id); err != nil {
			return err
		}
		switch {
		case campaign.Version == version && !campaign.Status.May(next):
			return Refusal("campaigns.may_not")
		case campaign.Version != version && campaign.Status == next:
			return nil
		case campaign.Version != version:
			return CampaignStale
		}
		var at *time.Time
		if startsAt != nil {
			if at, err = startsAt(c); err != nil {
				return err
			}
		}
		campaign, err = c.putCampaign(ctx, campaign, next, at, &by.ID)
		return err
	})
	return campaign, err
}

// putCampaign writes a move, and what it sets off.
func (c *change) putCampaign(ctx context.Context, campaign Campaign, next CampaignStatus, startsAt *time.Time, by *AccountID) (Campaign, error) {
	if next == CampaignRunning && campaign.StartedAt == nil {
		total, err := c.SubscribersOf(ctx, campaign.TopicID)
		if err != nil {
			return campaign, err
		}
		if err := c.beginCampaign(ctx, c.now, int32(total), campaign.ID); err != nil {
			return campaign, err
		}
	}
	from := campaign.Status
	campaign, err := c.moveCampaign(ctx, moveCampaignParams{Status: next, StartsAt: startsAt, At: c.now, ID: campaign.ID})
	if err != nil {
		return campaign, err
	}
	switch {
	case next == CampaignRunning:
		c.enqueue(SendCampaign{campaign.ID, campaign.Run})
	case startsAt != nil:
		c.enqueueAt(StartCampaign{campaign.ID}, *startsAt)
	}
	c.announceStaff(campaign.ID.Topic(), "campaigns")
	return campaign, c.insertCampaignMove(ctx, insertCampaignMoveParams{CampaignID: campaign.ID, FromStatus: from, ToStatus: next, By: by, At: c.now})
}

// ScheduleCampaign lets a campaign start by itself.
func (db *DB) ScheduleCampaign(ctx context.Context, by Visitor, id CampaignID, form ScheduleForm) (Campaign, error) {
	return db.moveCampaignTo(ctx, by, CampaignScheduled, id, form.Version, form.moment)
}

// PostponeCampaign takes a scheduled campaign back among the drafts.
func (db *DB) PostponeCampaign(ctx context.Context, by Visitor, id CampaignID, version int32) (Campaign, error) {
	return db.moveCampaignTo(ctx, by, CampaignDraft, id, version, nil)
}

// RunCampaign starts a campaign, or lets one go on that was paused.
func (db *DB) RunCampaign(ctx context.Context, by Visitor, id CampaignID, version int32) (Campaign, error) {
	return db.moveCampaignTo(ctx, by, CampaignRunning, id, version, nil)
}

// PauseCampaign stops a campaign before the next mail.
func (db *DB) PauseCampaign(ctx context.Context, by Visitor, id CampaignID, version int32) (Campaign, error) {
	return db.moveCampaignTo(ctx, by, CampaignPaused, id, version, nil)
}

// CancelCampaign ends a campaign for good. Who has got it has got it.
func (db *DB) CancelCampaign(ctx context.Context, by Visitor, id CampaignID, version int32) (Campaign, error) {
	return db.moveCampaignTo(ctx, by, CampaignCancelled, id, version, nil)
}

// StartCampaign starts a campaign whose time has come.
type StartCampaign struct {
	CampaignID CampaignID `json:"campaign_id"`
}

func (StartCampaign) Kind() string { return "start_campaign" }

func (StartCampaign) InsertOpts() river.InsertOpts { return river.InsertOpts{Queue: "campaigns"} }

// StartCampaign leaves alone what was started, put off or called off meanwhile.
func (db *DB) StartCampaign(ctx context.Context, id CampaignID) error {
	return db.change(ctx, func(c *change) error {
		campaign, err := c.lockCampaign(ctx, id)
		if err != nil || campaign.Status != CampaignScheduled {
			return err
		}
		if campaign.StartsAt.After(c.now) { // our clock is behind that of the database, which has sent us
			c.enqueueAt(StartCampaign{id}, *campaign.StartsAt)
			return nil
		}
		_, err = c.putCampaign(ctx, campaign, CampaignRunning, nil, nil)
		return err
	})
}

// Done is how many of a campaign's mails are no longer to be sent, one way or another.
func (c Campaign) Done() int { return int(c.Sent + c.Failed + c.PassedOver) }

// Of is how many there are; some may have subscribed after it began.
func (c Campaign) Of() int { return max(int(c.Total), c.Done()) }

// CampaignList is a page of the campaigns in a status, the last changed first.
type CampaignList struct {
	Status CampaignStatus
	Below  Place[CampaignID]
	Rows   []CampaignsAtDeskRow
	More   bool
}

func (l *CampaignList) questions(db *DB) []question {
	return []question{func(ctx context.Context, q *Queries) (err error) {
		below := l.Below.or(db.Now())
		l.Rows, err = q.CampaignsAtDesk(ctx, CampaignsAtDeskParams{Status: l.Status, ChangedAt: below.At, Below: int64(below.ID), Lim: DeskPage + 1})
		l.Rows, l.More = cut(l.Rows, DeskPage)
		return err
	}}
}

// DeskCampaign is everything about a campaign that its editors see.
type DeskCampaign struct {
	Campaign
	Mailing MailingTopic
	Topics  []MailingTopic // to choose from
	Readers int64          // who gets it, as far as is known
	Moves   []MovesOfCampaignRow
	Refused []FailedCampaignMailsRow
}

// DeskCampaign reads a campaign for its editors.
func (db *DB) DeskCampaign(ctx context.Context, id CampaignID) (desk DeskCampaign, err error) {
	if desk.Campaign, err = db.CampaignByID(ctx, id); err != nil {
		return desk, err
	}
	err = db.together(ctx,
		func(ctx context.Context, q *Queries) (err error) {
			desk.Topics, err = q.MailingTopics(ctx)
			return err
		},
		func(ctx context.Context, q *Queries) (err error) {
			desk.Moves, err = q.MovesOfCampaign(ctx, id)
			return err
		},
		func(ctx context.Context, q *Queries) (err error) {
			desk.Refused, err = q.FailedCampaignMails(ctx, id)
			return err
		})
	if err != nil {
		return desk, err
	}
	if desk.Readers = int64(desk.Total); desk.StartedAt == nil { // the page of one that runs asks every second
		if desk.Readers, err = db.SubscribersOf(ctx, desk.TopicID); err != nil {
			return desk, err
		}
	}
	for _, topic := range desk.Topics {
		if topic.ID == desk.TopicID {
			desk.Mailing = topic
		}
	}
	return desk, err
}

// NewslettersPage is how many campaigns stand on one page of the archive.
const NewslettersPage = 20

// NewsletterList is a page of the open archive, the newest first.
type NewsletterList struct {
	Below Place[CampaignID]
	Rows  []NewslettersRow
	More  bool
}

func (l *NewsletterList) questions(db *DB) []question {
	return []question{func(ctx context.Context, q *Queries) (err error) {
		below := l.Below.or(db.Now())
		l.Rows, err = q.Newsletters(ctx, below.At, int64(below.ID), NewslettersPage+1)
		l.Rows, l.More = cut(l.Rows, NewslettersPage)
		return err
	}}
}

// Name is what a reader calls the newsletter's topic.
func (r NewslettersRow) Name(locale Locale) string { return inLocale(locale, r.NameRu, r.NameEn) }

// Name is what a reader calls the newsletter's topic.
func (r NewsletterRow) Name(locale Locale) string { return inLocale(locale, r.NameRu, r.NameEn) }
