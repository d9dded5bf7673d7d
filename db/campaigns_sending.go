package db

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
)

// SendCampaign asks a worker to send a campaign on. Of all jobs of a campaign only the one with its run works; each leaves
// the rest to a successor with the next number, and pausing takes the number from whoever has it.
type SendCampaign struct {
	CampaignID CampaignID `json:"campaign_id"`
	Run        int32      `json:"run"`
}

func (SendCampaign) Kind() string { return "send_campaign" }

func (SendCampaign) InsertOpts() river.InsertOpts { return river.InsertOpts{Queue: "campaigns"} }

const (
	handfulSize     = 100
	campaignPatient = 6 // tries, after a no for now
)

// CampaignMailing is one mail of a campaign that is about to leave.
type CampaignMailing struct {
	AccountID AccountID
	Address   string
	Locale    Locale
	Attempts  int32
}

// Handful is what a worker sends next. Without mails it waits until Next, or is over.
type Handful struct {
	Campaign Campaign
	Mailing  MailingTopic
	Mails    []CampaignMailing
	Next     time.Time
	Over     bool
}

// Tally is what became of a handful.
type Tally struct{ Sent, Failed int32 }

// campaignHand is the lock of whoever sends campaigns.
const campaignHand = 7214041

// SendAlone lets do send campaigns while nobody else does, in whatever process: so no two workers ever have the same
// handful, and the number of mails a minute is one for all of them. Whoever is killed lets go by it.
func (db *DB) SendAlone(ctx context.Context, do func() error) (alone bool, err error) {
	pool, ok := db.conn.(*pgxpool.Pool)
	if !ok {
		return true, do()
	}
	conn, err := pool.Acquire(ctx)
	if err != nil {
		return false, err
	}
	defer conn.Release()
	if err := conn.QueryRow(ctx, "SELECT pg_try_advisory_lock($1)", campaignHand).Scan(&alone); err != nil || !alone {
		return false, err
	}
	defer func() {
		if _, err := conn.Exec(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", campaignHand); err != nil {
			conn.Conn().Close(context.WithoutCancel(ctx)) // which lets go as well
		}
	}()
	return true, do()
}

// TakeCampaignMails hands a worker the next mails of a campaign, after what it has done with those before. What a worker
// that was killed has left behind comes first.
func (db *DB) TakeCampaignMails(ctx context.Context, job SendCampaign, done Tally) (handful Handful, err error) {
	err = db.change(ctx, func(c *change) error {
		handful = Handful{}
		if handful.Campaign, err = c.lockCampaign(ctx, job.CampaignID); err != nil {
			return err
		}
		campaign := handful.Campaign
		if campaign.Status != CampaignRunning || campaign.Run != job.Run {
			handful.Over = true
			return c.counted(ctx, campaign, done, 0, campaign.LastID)
		}
		on, err := c.EnabledModules(ctx)
		if err != nil {
			return err
		}
		if !slices.Contains(on, MailingsModule) {
			handful.Over = true
			if campaign, err = c.putCampaign(ctx, campaign, CampaignPaused, nil, nil); err != nil {
				return err
			}
			return c.counted(ctx, campaign, done, 0, campaign.LastID)
		}
		if handful.Mailing, err = c.MailingTopicByID(ctx, campaign.TopicID); err != nil {
			return err
		}
		may, next, err := c.mayMail(ctx)
		if err != nil {
			return err
		}
		if may == 0 {
			handful.Next = next
			return c.counted(ctx, campaign, done, 0, campaign.LastID)
		}
		return c.fill(ctx, &handful, may, done)
	})
	return handful, err
}

// mayMail is how many mails may leave now, and when the next may if none.
func (c *change) mayMail(ctx context.Context) (may int32, next time.Time, err error) {
	if c.CampaignRate <= 0 {
		return handfulSize, next, nil
	}
	taken, err := c.CampaignMailsTaken(ctx, c.now.Add(-time.Minute), int32(c.CampaignRate))
	return int32(min(handfulSize, max(0, c.CampaignRate-int(taken.Mails)))), taken.Oldest.Add(time.Minute), err
}

func (c *change) fill(ctx context.Context, handful *Handful, may int32, done Tally) error {
	campaign := handful.Campaign
	if _, err := c.dropCampaignMails(ctx, campaign.ID, campaign.TopicID); err != nil {
		return err
	}
	left, err := c.retakeCampaignMails(ctx, c.now, campaign.ID, may)
	if err != nil {
		return err
	}
	for _, mail := range left {
		handful.Mails = append(handful.Mails, CampaignMailing(mail))
	}
	rows, err := c.takeCampaignMails(ctx, takeCampaignMailsParams{
		CampaignID: campaign.ID, TopicID: campaign.TopicID, LastID: campaign.LastID, Rested: c.now.Add(-handful.Mailing.rest()), Lim: may - int32(len(left)), At: c.now,
	})
	if err != nil {
		return err
	}
	passedOver, last := int32(0), campaign.LastID
	for _, row := range rows {
		last = row.AccountID
		switch {
		case !row.Fresh:
		case CampaignMailState(row.State) == CampaignMailQueued:
			handful.Mails = append(handful.Mails, CampaignMailing{AccountID: row.AccountID, Address: row.Address, Locale: Locale(row.Locale)})
		default:
			passedOver++
		}
	}
	if err := c.counted(ctx, campaign, done, passedOver, last); err != nil {
		return err
	}
	if len(left) > 0 { // somebody may have been killed before counting
		if err := c.recountCampaign(ctx, campaign.ID); err != nil {
			return err
		}
	}
	if len(handful.Mails) > 0 || len(rows) > 0 {
		return nil
	}
	return c.closing(ctx, handful)
}

// closing finishes a campaign when nobody is left, or says when somebody may be tried again.
func (c *change) closing(ctx context.Context, handful *Handful) error {
	waiting, err := c.WaitingCampaignMails(ctx, c.now, handful.Campaign.ID)
	if err != nil {
		return err
	}
	if waiting.Mails > 0 {
		handful.Next = waiting.At
		return nil
	}
	if err := c.recountCampaign(ctx, handful.Campaign.ID); err != nil {
		return err
	}
	handful.Over = true
	handful.Campaign, err = c.putCampaign(ctx, handful.Campaign, CampaignFinished, nil, nil)
	return err
}

func (c *change) counted(ctx context.Context, campaign Campaign, done Tally, passedOver int32, last AccountID) error {
	c.announceStaff(campaign.ID.Topic())
	return c.countCampaign(ctx, countCampaignParams{Sent: done.Sent, Failed: done.Failed, PassedOver: passedOver, LastID: last, ID: campaign.ID})
}

// PassCampaignOn leaves the rest of a campaign to another job, not before a time. One that has lost its number already
// leaves nothing.
func (db *DB) PassCampaignOn(ctx context.Context, job SendCampaign, done Tally, next time.Time) error {
	return db.change(ctx, func(c *change) error {
		campaign, err := c.lockCampaign(ctx, job.CampaignID)
		if err != nil {
			return err
		}
		if err := c.counted(ctx, campaign, done, 0, campaign.LastID); err != nil {
			return err
		}
		passed, err := c.passCampaignOn(ctx, job.CampaignID, job.Run)
		if err != nil || passed == 0 {
			return err
		}
		if successor := (SendCampaign{job.CampaignID, job.Run + 1}); next.After(c.now) {
			c.enqueueAt(successor, next)
		} else {
			c.enqueue(successor)
		}
		return nil
	})
}

// NewsletterTo is the mail of a campaign to one of its readers, to be written and sent. Its Message-ID is the same at each try.
func (db *DB) NewsletterTo(handful Handful, to CampaignMailing) Outgoing {
	letter := db.newsletter(handful.Campaign, handful.Mailing, to.AccountID, to.Locale)
	return Outgoing{
		Mail: Mail{AccountID: to.AccountID, Kind: MailNewsletter, Address: to.Address, Locale: to.Locale, MessageID: db.campaignMessageID(handful.Campaign.ID, to.AccountID)}, Letter: letter,
	}
}

// CampaignMailSent notes that a mail has left, and reports whether the next one may.
func (db *DB) CampaignMailSent(ctx context.Context, campaign CampaignID, to CampaignMailing) (goOn bool, err error) {
	return db.markCampaignMail(ctx, markCampaignMailParams{CampaignID: campaign, AccountID: to.AccountID, State: CampaignMailSent})
}

// CampaignMailDelayed notes a no for now. After some of them it is one for good, and counts as a soft bounce.
func (db *DB) CampaignMailDelayed(ctx context.Context, campaign CampaignID, to CampaignMailing, reason string) (failed, goOn bool, err error) {
	if failed = to.Attempts+1 >= campaignPatient; failed {
		goOn, err = db.campaignMailFailed(ctx, campaign, to, reason, SoftBounce)
		return failed, goOn, err
	}
	later := db.Now().Add(MailPatience(int(to.Attempts) + 1))
	goOn, err = db.markCampaignMail(ctx, markCampaignMailParams{
		CampaignID: campaign, AccountID: to.AccountID, State: CampaignMailQueued, Error: readableReason(reason), NotBefore: &later,
	})
	return failed, goOn, err
}

// CampaignMailRefused notes a no for good. One for the address keeps it from all mailings.
func (db *DB) CampaignMailRefused(ctx context.Context, campaign CampaignID, to CampaignMailing, reason string, address bool) (goOn bool, err error) {
	kind := BounceKind("")
	if address {
		kind = HardBounce
	}
	return db.campaignMailFailed(ctx, campaign, to, reason, kind)
}

func (db *DB) campaignMailFailed(ctx context.Context, campaign CampaignID, to CampaignMailing, reason string, kind BounceKind) (goOn bool, err error) {
	goOn, err = db.markCampaignMail(ctx, markCampaignMailParams{CampaignID: campaign, AccountID: to.AccountID, State: CampaignMailFailed, Error: readableReason(reason)})
	if err != nil || kind == "" {
		return goOn, err
	}
	_, err = db.NoteBounces(ctx, []Bounce{{Key: "smtp:" + db.campaignMessageID(campaign, to.AccountID), Address: to.Address, Kind: kind, Source: FromSMTP, Detail: reason}})
	return goOn, err
}

func readableReason(reason string) string { return clip(strings.ToValidUTF8(reason, "?"), 500) }
