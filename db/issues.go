package db

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/riverqueue/river"
)

type IssueID int64

// Topic names the issue on the live channel and, as an id, in the page.
func (id IssueID) Topic() string { return topic("issue", id) }

// Path is the page of the issue for who gets it.
func (id IssueID) Path() string { return "/subscription/issues/" + strconv.FormatInt(int64(id), 10) }

// CoverPath is where the cover of an issue is.
func CoverPath(id FileID, variant Variant) string { return fmt.Sprintf("/covers/%d/%s", id, variant) }

// IssueForm is what an editor says about an issue.
type IssueForm struct {
	Number  string `form:"number"`
	Title   string `form:"title"`
	About   string `form:"about"`
	Month   string `form:"month"` // 2026-03
	Version int32  `form:"version"`
	Key     string `form:"key"`
}

// Form is the issue as a form shows it.
func (i Issue) Form() IssueForm {
	return IssueForm{Number: strconv.Itoa(int(i.Number)), Title: i.Title, About: i.About, Month: i.Month.String()[:len("2026-03")], Version: i.Version}
}

const (
	issueTitleLimit = 120
	issueAboutLimit = 2000
	maxPDFBytes     = 40 << 20
)

// What can not be done to an issue.
const (
	IssueStale     Refusal = "issues.stale"
	IssuePublished Refusal = "issues.is_out"
)

func (f IssueForm) read() (issue Issue, err error) {
	problems := Problems{}
	number, err := strconv.ParseInt(strings.TrimSpace(f.Number), 10, 32)
	if err != nil || number < 1 || number > 100_000 {
		problems["number"] = "issues.number_wrong"
	}
	month, ok := ParseDay(strings.TrimSpace(f.Month) + "-01")
	if !ok || month.Year < 1900 || month.Year > 2200 {
		problems["month"] = "issues.month_wrong"
	}
	issue = Issue{Number: int32(number), Title: tidyLine(f.Title), About: tidyLines(f.About), Month: month}
	if issue.Title == "" {
		problems["title"] = "fields.required"
	}
	if utf8.RuneCountInString(issue.Title) > issueTitleLimit {
		problems["title"] = "fields.too_long"
	}
	if utf8.RuneCountInString(issue.About) > issueAboutLimit {
		problems["about"] = "fields.too_long"
	}
	return issue, problems.err()
}

// WriteIssue begins an issue. The same form sent twice finds the one it made.
func (db *DB) WriteIssue(ctx context.Context, by Visitor, form IssueForm) (issue Issue, err error) {
	typed, err := form.read()
	if err != nil {
		return issue, err
	}
	key, err := formKey(by, form.Key)
	if err != nil {
		return issue, err
	}
	err = db.change(ctx, func(c *change) error {
		if issue, err = c.IssueByKey(ctx, key); !errors.Is(err, ErrNotFound) {
			return err
		}
		issue, err = c.insertIssue(ctx, insertIssueParams{Number: typed.Number, Title: typed.Title, About: typed.About, Month: typed.Month, Key: key, At: c.now})
		if errors.Is(err, ErrNotFound) { // the form was sent at the same time
			issue, err = c.IssueByKey(ctx, key)
		}
		c.announceStaff("issues")
		return err
	})
	return issue, err
}

// EditIssue changes what is said about an issue that is not out yet.
func (db *DB) EditIssue(ctx context.Context, id IssueID, form IssueForm) (issue Issue, err error) {
	typed, wrong := form.read()
	err = db.change(ctx, func(c *change) error {
		if issue, err = c.draftIssue(ctx, id); err != nil {
			return err
		}
		switch {
		case wrong != nil:
			return wrong
		case issue.Number == typed.Number && issue.Title == typed.Title && issue.About == typed.About && issue.Month == typed.Month:
			return nil
		case issue.Version != form.Version:
			return IssueStale
		}
		c.announceStaff("issues", id.Topic())
		issue, err = c.editIssue(ctx, editIssueParams{Number: typed.Number, Title: typed.Title, About: typed.About, Month: typed.Month, ID: id})
		return err
	})
	return issue, err
}

// draftIssue locks an issue that may still be changed.
func (c *change) draftIssue(ctx context.Context, id IssueID) (Issue, error) {
	issue, err := c.lockIssue(ctx, id)
	if err == nil && issue.PublishedAt != nil {
		err = IssuePublished
	}
	return issue, err
}

// SetIssueCover gives an issue another cover, made ours like every picture.
func (db *DB) SetIssueCover(ctx context.Context, by Visitor, id IssueID, uploads []Upload) error {
	if len(uploads) == 0 {
		return Problems{"cover": "avatars.choose"}
	}
	picture, err := readPicture(ctx, uploads[0], inTwoSizes)
	if problems, wrong := errors.AsType[Problems](err); wrong {
		return Problems{"cover": problems["photos"]}
	}
	if err != nil {
		return err
	}
	return db.change(ctx, func(c *change) error {
		issue, err := c.draftIssue(ctx, id)
		if err != nil {
			return err
		}
		if same, err := c.holdsAlready(ctx, issue.Cover, picture.large); err != nil || same {
			return err
		}
		file, err := c.keepPicture(ctx, insertFileParams{AccountID: by.ID, Subject: "issue", SubjectID: int64(id), By: by.ID}, picture)
		if err != nil {
			return err
		}
		c.announceStaff("issues", id.Topic())
		if err := c.setIssueCover(ctx, (*int64)(&file), id); err != nil || issue.Cover == nil {
			return err
		}
		return c.forgetFile(ctx, *issue.Cover)
	})
}

// holdsAlready reports whether a file is the very same.
func (c *change) holdsAlready(ctx context.Context, id *FileID, content []byte) (bool, error) {
	if id == nil {
		return false, nil
	}
	file, err := c.FileByID(ctx, *id)
	sum := sha256.Sum256(content)
	return bytes.Equal(file.Sha256, sum[:]), err
}

// SetIssuePDF gives an issue its PDF. Pages counts those of a file, or fails when it can not be read.
func (db *DB) SetIssuePDF(ctx context.Context, by Visitor, id IssueID, uploads []Upload, pages func([]byte) (int, error)) error {
	if len(uploads) == 0 {
		return Problems{"pdf": "issues.choose_pdf"}
	}
	content, err := readUpload(uploads[0], maxPDFBytes)
	if err != nil {
		return err
	}
	if len(content) > maxPDFBytes {
		return Problems{"pdf": "issues.pdf_too_large"}
	}
	count, err := pages(content)
	if err != nil {
		return Problems{"pdf": "issues.pdf_wrong"}
	}
	return db.change(ctx, func(c *change) error {
		issue, err := c.draftIssue(ctx, id)
		if err != nil {
			return err
		}
		if same, err := c.holdsAlready(ctx, issue.Pdf, content); err != nil || same {
			return err
		}
		file, err := c.keepDocument(ctx, insertFileParams{AccountID: by.ID, Subject: "issue", SubjectID: int64(id), By: by.ID}, "application/pdf", content)
		if err != nil {
			return err
		}
		c.announceStaff("issues", id.Topic())
		if err := c.setIssuePDF(ctx, (*int64)(&file), int32(count), id); err != nil || issue.Pdf == nil {
			return err
		}
		return c.forgetFile(ctx, *issue.Pdf)
	})
}

// readUpload reads a file up to one byte more than it may have.
func readUpload(upload Upload, most int64) ([]byte, error) {
	file, err := upload.Open()
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, most+1))
}

// PublishIssue lets an issue out. Workers bring it to each reader.
func (db *DB) PublishIssue(ctx context.Context, id IssueID) (issue Issue, err error) {
	err = db.change(ctx, func(c *change) error {
		if issue, err = c.lockIssue(ctx, id); err != nil || issue.PublishedAt != nil {
			return err
		}
		latest, err := c.LatestIssue(ctx)
		switch {
		case err != nil && !errors.Is(err, ErrNotFound):
			return err
		case issue.Pdf == nil:
			return Refusal("issues.no_pdf")
		case err == nil && latest.Number > issue.Number:
			return Refusal("issues.out_of_order")
		}
		c.enqueue(DeliverIssue{id})
		c.announceStaff("issues", id.Topic())
		issue, err = c.publishIssue(ctx, c.now, id)
		return err
	})
	return issue, err
}

// DeliverIssue brings an issue that is out to all who subscribe.
type DeliverIssue struct {
	Issue IssueID `json:"issue"`
}

func (DeliverIssue) Kind() string { return "deliver_issue" }

// readersAtOnce are served in one transaction.
const readersAtOnce = 100

// DeliverIssue may run twice, or begin anew in the middle: an issue goes to a subscription once.
func (db *DB) DeliverIssue(ctx context.Context, id IssueID) error {
	issue, err := db.IssueByID(ctx, id)
	if err != nil || issue.PublishedAt == nil {
		return err
	}
	for above, some := SubscriptionID(0), readersAtOnce; some == readersAtOnce; {
		err := db.change(ctx, func(c *change) error {
			subscribers, err := c.lockSubscribers(ctx, lockSubscribersParams{Above: above, PublishedAt: *issue.PublishedAt, IssueID: id, Lim: readersAtOnce})
			if err != nil {
				return err
			}
			some = len(subscribers)
			for _, s := range subscribers {
				if _, err := c.giveIssue(ctx, s, issue, true); err != nil {
					return fmt.Errorf("subscription %d: %w", s.ID, err)
				}
				above = s.ID
			}
			c.announceStaff(id.Topic())
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// mailIssue is mail-23, with a link to the reader's own copy.
func (c *change) mailIssue(ctx context.Context, to AccountID, issue Issue) error {
	return c.mailOwner(ctx, to, Letter{
		Kind: MailIssue, Path: issue.ID.Path(), Subject: issue.Title, Issue: issue.Number, Day: &issue.Month, topic: issue.ID.Topic(),
	})
}

// wantCopy has a reader's own copy made, soon when somebody waits for it.
func (c *change) wantCopy(ctx context.Context, of AccountID, id IssueID, soon bool) error {
	fresh, err := c.insertIssueCopy(ctx, of, id)
	if err != nil || fresh == 0 {
		return err
	}
	job := river.InsertManyParams{Args: StampIssue{of, id}}
	if !soon { // a whole edition does not get in the way of what people wait for
		job.InsertOpts = &river.InsertOpts{Priority: 4}
	}
	c.jobs = append(c.jobs, job)
	return nil
}

// StampIssue makes a reader's own copy of an issue.
type StampIssue struct {
	Account AccountID `json:"account"`
	Issue   IssueID   `json:"issue"`
}

func (StampIssue) Kind() string { return "stamp_issue" }

func (StampIssue) InsertOpts() river.InsertOpts { return river.InsertOpts{Queue: "render"} }

// Stamping prints a reader's number on each page of a PDF, in the reader's language.
type Stamping func(ctx context.Context, file []byte, reader AccountID, in Locale) ([]byte, error)

// StampIssue keeps the copy that stamp makes. It may run twice: there is one copy for each reader.
func (db *DB) StampIssue(ctx context.Context, job StampIssue, stamp Stamping) error {
	wanted, err := db.CopyToStamp(ctx, job.Account, job.Issue)
	if errors.Is(err, ErrNotFound) || err == nil && (wanted.FileID != nil || wanted.Pdf == nil) {
		return nil
	}
	if err != nil {
		return err
	}
	original, err := db.content(ctx, ContentKey{*wanted.Pdf, Large})
	if err != nil {
		return err
	}
	stamped, err := stamp(ctx, original, job.Account, wanted.Locale)
	if err != nil {
		return err
	}
	return db.change(ctx, func(c *change) error {
		copy, err := c.lockCopy(ctx, job.Account, job.Issue)
		if err != nil || copy.FileID != nil {
			return err
		}
		file, err := c.keepDocument(ctx, insertFileParams{AccountID: job.Account, Subject: "issue_copy", SubjectID: int64(job.Issue), By: job.Account}, "application/pdf", stamped)
		if err != nil {
			return err
		}
		c.announce(job.Account, "subscription", job.Issue.Topic())
		return c.keepIssueCopy(ctx, int64(file), job.Account, job.Issue)
	})
}

// OwnCopy is a reader's copy of an issue with its bytes, for this reader alone. One that is still being made is not there.
func (db *DB) OwnCopy(ctx context.Context, by Visitor, id IssueID) (file File, content []byte, err error) {
	if file, err = db.CopyOf(ctx, by.ID, id); err != nil {
		return file, nil, err
	}
	content, err = db.content(ctx, ContentKey{file.ID, Large})
	return file, content, err
}

// Cover is the picture of an issue's cover: of one that is out for everybody, of a draft for the desk.
func (db *DB) Cover(ctx context.Context, by Visitor, id FileID, variant Variant) (file File, picture []byte, err error) {
	if file, err = db.CoverFile(ctx, &id, by.Has(Editor)); err != nil {
		return file, nil, err
	}
	picture, err = db.content(ctx, ContentKey{id, variant})
	return file, picture, err
}

// DeskIssues is a page of all issues, the newest number first.
type DeskIssues struct {
	Below int32
	Rows  []Issue
	More  bool
}

func (l *DeskIssues) questions(*DB) []question {
	if l.Below <= 0 {
		l.Below = math.MaxInt32
	}
	return []question{func(ctx context.Context, q *Queries) (err error) {
		l.Rows, err = q.IssuesAtDesk(ctx, l.Below, DeskPage+1)
		l.Rows, l.More = cut(l.Rows, DeskPage)
		return err
	}}
}

// DeskIssue is an issue with whom it went to.
type DeskIssue struct {
	Issue
	Readers  IssueReadersRow
	PostedBy string // who gave the list of printed copies to the post
}

// DeskIssue reads it.
func (db *DB) DeskIssue(ctx context.Context, id IssueID) (desk DeskIssue, err error) {
	if desk.Issue, err = db.IssueByID(ctx, id); err != nil {
		return desk, err
	}
	if by := desk.Issue.PostedBy; by != nil {
		poster, err := db.AccountByID(ctx, *by)
		if err != nil {
			return desk, err
		}
		desk.PostedBy = poster.Name
	}
	desk.Readers, err = db.IssueReaders(ctx, id)
	return desk, err
}

// Posting is where one printed copy goes, and what its address lacks.
type Posting struct {
	PrintListRow
	Missing []string
}

// postingsAtOnce keep the memory of a question small.
const postingsAtOnce = 1000

// Postings hands over where the printed copies of an issue go, one by one.
func (db *DB) Postings(ctx context.Context, id IssueID, take func(Posting) error) error {
	if issue, err := db.IssueByID(ctx, id); err != nil || issue.PublishedAt == nil {
		return errors.Join(err, map[bool]error{true: ErrNotFound}[err == nil])
	}
	for above := SubscriptionID(0); ; {
		rows, err := db.PrintList(ctx, id, above, postingsAtOnce)
		if err != nil {
			return err
		}
		for _, row := range rows {
			if err := take(Posting{row, Missing(row.Address, nil)}); err != nil {
				return err
			}
			above = row.ID
		}
		if len(rows) < postingsAtOnce {
			return nil
		}
	}
}

// PostIssue notes that the list of printed copies is with the post, and who gave it there.
func (db *DB) PostIssue(ctx context.Context, by Visitor, id IssueID) error {
	return db.change(ctx, func(c *change) error {
		issue, err := c.lockIssue(ctx, id)
		switch {
		case err != nil || issue.PostedAt != nil:
			return err
		case issue.PublishedAt == nil:
			return Refusal("issues.not_out")
		}
		c.announceStaff("issues", id.Topic())
		_, err = c.postIssue(ctx, c.now, int64(by.ID), id)
		return err
	})
}
