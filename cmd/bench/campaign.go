package main

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"cabinet/db"
	"cabinet/views"

	"github.com/jackc/pgx/v5"
)

// readers are as many subscribers of a topic, made once.
const readers = `
WITH people AS (
    INSERT INTO accounts (email, email_verified_at, status, created_at, key)
    SELECT 'campaign-' || n || '@bench.example', now(), 'active', now(), 'campaign-' || n FROM generate_series(1, $2::int) n
    ON CONFLICT DO NOTHING RETURNING id
)
INSERT INTO mailing_consents (account_id, topic_id, status, source, wording, at) SELECT id, $1, 'subscribed', 'cabinet', 1, now() FROM people`

// measureCampaign sends one newsletter to all of them, from the press of the button to the last mail.
func (b *bench) measureCampaign() error {
	sink, err := openSink()
	if err != nil {
		return err
	}
	defer sink.Close()
	pool, err := b.connect(b.small, 2)
	if err != nil {
		return err
	}
	defer pool.Close()
	d, err := rules(pool)
	if err != nil {
		return err
	}
	defer d.Close()
	by := db.Visitor{Account: db.Account{ID: packer}}
	draft, err := b.campaign(d, by)
	if err != nil {
		return err
	}
	worker, err := b.worker(b.small, "SMTP_URL=smtp://"+sink.Addr().String(), "CAMPAIGN_RATE=10000000")
	if err != nil {
		return err
	}
	defer worker.stop()
	begun := time.Now()
	campaign, err := d.RunCampaign(b.ctx, by, draft.ID, draft.Version)
	if err != nil {
		return err
	}
	for campaign.Status == db.CampaignRunning {
		time.Sleep(50 * time.Millisecond)
		if campaign, err = d.CampaignByID(b.ctx, campaign.ID); err != nil {
			return err
		}
	}
	took := time.Since(begun).Seconds()
	if int(campaign.Sent) < b.readers || sink.mails.Load() < int64(campaign.Sent) {
		return fmt.Errorf("of %d mails %d were sent and %d came", b.readers, campaign.Sent, sink.mails.Load())
	}
	return b.add(
		alone(fmt.Sprintf("a campaign of %d, mails", campaign.Sent), "/s", float64(campaign.Sent)/took, 10, atLeast),
		alone(fmt.Sprintf("a campaign of %d, the worker's memory at its peak", campaign.Sent), "MiB", peak(worker.Process.Pid)/(1<<20), 128, atMost),
		alone(fmt.Sprintf("a campaign of %d, the worker's CPU for each mail", campaign.Sent), "µs", cpu(worker.Process.Pid).Seconds()*1e6/float64(campaign.Sent), 0, told))
}

// campaign is a draft to all readers, who are made the first time.
func (b *bench) campaign(d *db.DB, by db.Visitor) (draft db.Campaign, err error) {
	topic, err := d.AddMailingTopic(b.ctx, by, db.MailingTopicForm{Key: "bench-mailing-topic", NameRu: "Новости", NameEn: "News", AboutRu: "О нас", AboutEn: "Of us", RestHours: "0"})
	if err != nil {
		return draft, err
	}
	err = b.inDatabase(b.small, func(conn *pgx.Conn) error {
		if _, err := conn.Exec(b.ctx, readers, topic.ID, b.readers); err != nil {
			return err
		}
		_, err := conn.Exec(b.ctx, "ANALYZE accounts, mailing_consents")
		return err
	})
	if err != nil {
		return draft, err
	}
	return d.WriteCampaign(b.ctx, by, db.CampaignForm{
		Key: "bench-campaign-" + strconv.FormatInt(time.Now().UnixNano(), 36), Mailing: topic.ID, Subject: "Зимний номер вышел", Body: strings.Repeat("О **снах** и [снеге](/articles). ", 40),
	}, views.EditorsMarkdown)
}

// peak is the most memory that a process has held, in bytes.
func peak(pid int) float64 {
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	_, after, _ := strings.Cut(string(status), "VmHWM:")
	words := strings.Fields(after)
	if len(words) == 0 {
		return 0
	}
	kilobytes, _ := strconv.ParseFloat(words[0], 64)
	return kilobytes * 1024
}

// sink is a mail server that says yes to everything and keeps nothing.
type sink struct {
	net.Listener
	mails atomic.Int64
}

func openSink() (*sink, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &sink{Listener: listener}
	go func() {
		for {
			conn, err := listener.Accept()
			if errors.Is(err, net.ErrClosed) {
				return
			}
			if err == nil {
				go s.talk(conn)
			}
		}
	}()
	return s, nil
}

func (s *sink) talk(conn net.Conn) {
	defer conn.Close()
	fmt.Fprint(conn, "220 sink\r\n")
	lines, inMail := bufio.NewScanner(conn), false
	for lines.Scan() {
		line := lines.Text()
		switch {
		case inMail && line == ".":
			inMail = false
			s.mails.Add(1)
			fmt.Fprint(conn, "250 kept\r\n")
		case inMail:
		case strings.HasPrefix(line, "EHLO"):
			fmt.Fprint(conn, "250-sink\r\n250 8BITMIME\r\n")
		case line == "DATA":
			inMail = true
			fmt.Fprint(conn, "354 go on\r\n")
		case line == "QUIT":
			fmt.Fprint(conn, "221 bye\r\n")
			return
		default:
			fmt.Fprint(conn, "250 yes\r\n")
		}
	}
}
