package jobs

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"time"

	"cabinet/db"
	"cabinet/jobs/smtp"
	"cabinet/views/mails"

	"github.com/riverqueue/river"
)

func addCampaigns(workers *river.Workers, d *db.DB, config Config) {
	river.AddWorker(workers, &sendCampaign{db: d, Config: config})
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, job *river.Job[db.StartCampaign]) error {
		return d.StartCampaign(ctx, job.Args.CampaignID)
	}))
}

const (
	shiftLasts   = 20 * time.Second // then another job goes on, perhaps another worker's
	campaignHand = 4                // mails on their way at once
	otherHand    = 2 * time.Second  // until it is asked again whether somebody else still sends
	serverAway   = 30 * time.Second // until the mail server is tried again
)

// sendCampaign sends a campaign on, handful by handful. What happens to each mail is written down before the next one
// leaves by the same line, so a worker that is killed leaves the next one no more doubt than with any other mail:
// whatever was on a line leaves again, under the same Message-ID.
type sendCampaign struct {
	river.WorkerDefaults[db.SendCampaign]
	db *db.DB
	Config
}

func (w *sendCampaign) Work(ctx context.Context, job *river.Job[db.SendCampaign]) error {
	alone, err := w.db.SendAlone(ctx, func() error { return w.shift(ctx, job.Args) })
	if err != nil || alone {
		return err
	}
	return w.db.PassCampaignOn(ctx, job.Args, db.Tally{}, w.db.Now().Add(otherHand))
}

// shift ends early when it is told to, when no more may leave now, or when the mail server is away. Whatever it was, the
// rest is left to another job.
func (w *sendCampaign) shift(ctx context.Context, job db.SendCampaign) error {
	over := time.Now().Add(shiftLasts)
	lines := w.lines()
	defer lines.close()
	var done db.Tally
	for {
		handful, err := w.db.TakeCampaignMails(ctx, job, done)
		if err != nil || handful.Over {
			return err
		}
		if !handful.Next.IsZero() {
			return w.db.PassCampaignOn(ctx, job, db.Tally{}, handful.Next)
		}
		sent := w.send(ctx, handful, lines)
		if sent.err != nil {
			return sent.err
		}
		done = sent.Tally
		switch next := w.db.Now(); {
		case sent.away:
			return w.passOn(ctx, job, done, next.Add(serverAway))
		case ctx.Err() != nil || time.Now().After(over):
			return w.passOn(ctx, job, done, next)
		}
	}
}

// passOn has its time even when the worker was told to stop.
func (w *sendCampaign) passOn(ctx context.Context, job db.SendCampaign, done db.Tally, next time.Time) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	return w.db.PassCampaignOn(ctx, job, done, next)
}

// lines are open connections to the mail server. Without one, mails count as sent.
type lines []*smtp.Line

func (w *sendCampaign) lines() lines {
	all := make(lines, campaignHand)
	if sender, ok := w.Sender.(*smtp.Sender); ok {
		for i := range all {
			all[i] = sender.Line()
		}
	}
	return all
}

func (l lines) close() {
	for _, line := range l {
		if line != nil {
			line.Close()
		}
	}
}

// outcome is what became of a handful.
type outcome struct {
	db.Tally
	away bool  // the mail server
	err  error // of ours
}

// send lets a handful leave by all lines at once. The first that finds the server away, the campaign paused or the time
// over stops the others.
func (w *sendCampaign) send(ctx context.Context, handful db.Handful, by lines) (all outcome) {
	going, stop := context.WithCancel(ctx)
	defer stop()
	mails := make(chan db.CampaignMailing)
	var wait sync.WaitGroup
	var mu sync.Mutex
	for _, line := range by {
		wait.Go(func() {
			for mail := range mails {
				if going.Err() != nil {
					continue
				}
				one, goOn := w.sendOne(ctx, handful, mail, line)
				mu.Lock()
				all.Sent, all.Failed = all.Sent+one.Sent, all.Failed+one.Failed
				all.away, all.err = all.away || one.away, errors.Join(all.err, one.err)
				mu.Unlock()
				if !goOn {
					stop()
				}
			}
		})
	}
	for _, mail := range handful.Mails {
		mails <- mail
	}
	close(mails)
	wait.Wait()
	return all
}

// sendOne notes what became of a mail whatever has become of the job's time by then.
func (w *sendCampaign) sendOne(ctx context.Context, handful db.Handful, to db.CampaignMailing, by *smtp.Line) (one outcome, goOn bool) {
	out := w.db.NewsletterTo(handful, to)
	written, err := mails.Write(ctx, out, w.BaseURL)
	if err != nil {
		return outcome{err: err}, false
	}
	sent := w.hand(ctx, smtp.Message{
		ID: out.MessageID, To: out.Address, ReplyTo: w.replyTo(""), Date: w.db.Now(), Subject: written.Subject, Text: written.Text, HTML: written.HTML,
		List: mailingList(handful.Mailing.ID), Unsubscribe: w.BaseURL + out.Letter.Path,
	}, by)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	campaign := handful.Campaign.ID
	refusal, refused := errors.AsType[*smtp.Refusal](sent)
	_, away := errors.AsType[smtp.Unanswered](sent)
	switch {
	case sent == nil:
		one.Sent = 1
		goOn, one.err = w.db.CampaignMailSent(ctx, campaign, to)
	case away:
		one.away = true
	case refused && refusal.Address: // any other no is about us, and may be otherwise later
		one.Failed = 1
		goOn, one.err = w.db.CampaignMailRefused(ctx, campaign, to, refusal.Reason, true)
	default:
		var failed bool
		if failed, goOn, one.err = w.db.CampaignMailDelayed(ctx, campaign, to, sent.Error()); failed {
			one.Failed = 1
		}
	}
	return one, goOn && one.err == nil
}

func (w *sendCampaign) hand(ctx context.Context, message smtp.Message, by *smtp.Line) error {
	switch {
	case by != nil:
		return by.Send(ctx, message)
	case w.Sender != nil:
		return w.Sender.Send(ctx, message)
	}
	return nil
}

func mailingList(id db.MailingTopicID) string { return "mailing-" + strconv.FormatInt(int64(id), 10) }
