package db

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/net/html"
)

type ArticleID int64

// Topic names the article on the live channel and, as an id, in the page.
func (id ArticleID) Topic() string { return topic("article", id) }

// ArticlePath is where readers find an article.
func ArticlePath(slug string) string { return "/articles/" + slug }

// ArticleStatus says whether readers see an article.
type ArticleStatus string

const (
	ArticleDraft     ArticleStatus = "draft"
	ArticleScheduled ArticleStatus = "scheduled"
	ArticlePublished ArticleStatus = "published"
	ArticleArchived  ArticleStatus = "archived" // only who has bought it sees it
)

// ArticleStatuses are all there are, in the order in which an article walks through them.
var ArticleStatuses = []ArticleStatus{ArticleDraft, ArticleScheduled, ArticlePublished, ArticleArchived}

var articleMoves = map[ArticleStatus][]ArticleStatus{
	ArticleDraft:     {ArticleScheduled, ArticlePublished, ArticleArchived},
	ArticleScheduled: {ArticleDraft, ArticleScheduled, ArticlePublished},
	ArticlePublished: {ArticlePublished, ArticleArchived},
	ArticleArchived:  {ArticleScheduled, ArticlePublished},
}

// May reports whether an article may move to the next status.
func (s ArticleStatus) May(next ArticleStatus) bool { return slices.Contains(articleMoves[s], next) }

// ArticleAccess says who reads more than the teaser.
type ArticleAccess string

const (
	ForAll     ArticleAccess = "public"
	ForMembers ArticleAccess = "members" // who is signed in
	ForPoints  ArticleAccess = "paid"    // who has bought it
)

// ArticleAccesses are all there are, from the widest on.
var ArticleAccesses = []ArticleAccess{ForAll, ForMembers, ForPoints}

// ArticleStale means that somebody else has changed the article since the form was drawn.
const ArticleStale Refusal = "articles.stale"

// How many characters fit into an article. The body is no longer than what is rendered at once.
const (
	ArticleTitleLimit  = 200
	ArticleTeaserLimit = 600
	ArticleBodyLimit   = 20_000
	articleSlugLimit   = 80
	mostArticlePoints  = 100_000
)

// Rendering makes HTML of Markdown. The model is given it, as it knows nothing of looks.
type Rendering func(markdown string) string

// ArticleForm is what an editor writes.
type ArticleForm struct {
	Key     string        `form:"key"`
	Version int32         `form:"version"`
	Title   string        `form:"title"`
	Slug    string        `form:"slug"` // empty: made of the title
	Teaser  string        `form:"teaser"`
	Body    string        `form:"body"` // Markdown
	Access  ArticleAccess `form:"access"`
	Points  string        `form:"points"` // the price of a paid one
	Cover   FileID        `form:"cover"`  // 0: none
	Act     string        `form:"act"`    // show: only look at it
}

// Form is the version as it is edited further.
func (v ArticleVersion) Form(article Article) ArticleForm {
	form := ArticleForm{Version: article.Version, Title: v.Title, Slug: article.Slug, Teaser: v.Teaser, Body: v.Body, Access: v.Access}
	if v.Points > 0 {
		form.Points = strconv.FormatInt(v.Points, 10)
	}
	if v.Cover != nil {
		form.Cover = *v.Cover
	}
	return form
}

var slugForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// read is the version that the form describes, and its address.
func (f ArticleForm) read(render Rendering) (version ArticleVersion, slug string, problems Problems) {
	version = ArticleVersion{Title: tidyLine(f.Title), Teaser: tidyLines(f.Teaser), Body: tidyMarkdown(f.Body), Access: f.Access, Cover: given(f.Cover)}
	problems = tooLong(map[string]limited{"title": {version.Title, ArticleTitleLimit}, "teaser": {version.Teaser, ArticleTeaserLimit}, "body": {version.Body, ArticleBodyLimit}})
	if version.Title == "" {
		problems["title"] = "articles.title_required"
	}
	if slug = strings.Trim(f.Slug, " /"); slug == "" {
		slug = slugOf(version.Title)
	}
	if !slugForm.MatchString(slug) || len(slug) > articleSlugLimit {
		problems["slug"] = "articles.slug_wrong"
	}
	if !slices.Contains(ArticleAccesses, version.Access) {
		problems["access"] = "articles.access_required"
	}
	if version.Access == ForPoints {
		points, err := strconv.ParseInt(strings.TrimSpace(f.Points), 10, 64)
		if version.Points = points; err != nil || points < 1 || points > mostArticlePoints {
			problems["points"] = "articles.points_wrong"
		}
	}
	if len(problems) == 0 {
		version.Html = render(version.Body)
		version.Words, version.Pictures = seenIn(version.Html)
	}
	return version, slug, problems
}

// says reports whether two versions are the same to a reader.
func (v ArticleVersion) says(other ArticleVersion) bool {
	sameCover := v.Cover == other.Cover || v.Cover != nil && other.Cover != nil && *v.Cover == *other.Cover
	return sameCover && v.Title == other.Title && v.Teaser == other.Teaser && v.Body == other.Body && v.Access == other.Access && v.Points == other.Points
}

// latin is how Russian letters stand in an address.
var latin = strings.NewReplacer("а", "a", "б", "b", "в", "v", "г", "g", "д", "d", "е", "e", "ё", "e", "ж", "zh", "з", "z", "и", "i", "й", "y", "к", "k",
	"л", "l", "м", "m", "н", "n", "о", "o", "п", "p", "р", "r", "с", "s", "т", "t", "у", "u", "ф", "f", "х", "kh", "ц", "ts", "ч", "ch", "ш", "sh",
	"щ", "shch", "ъ", "", "ы", "y", "ь", "", "э", "e", "ю", "yu", "я", "ya")

// slugOf is the address of an article with this title.
func slugOf(title string) string {
	words := strings.FieldsFunc(latin.Replace(strings.ToLower(title)), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
	slug := strings.Join(words, "-")
	if len(slug) > articleSlugLimit {
		slug = strings.Trim(slug[:articleSlugLimit], "-")
	}
	return slug
}

// inline are the elements that stand inside a word or a line; all others part words.
var inline = map[string]bool{"a": true, "em": true, "strong": true, "del": true, "code": true}

var ourPicture = regexp.MustCompile(`^/pictures/([0-9]+)/`)

// seenIn are the words of a text in one line, as somebody who copies them gets them, and the pictures between them.
func seenIn(page string) (words string, pictures []int64) {
	var text strings.Builder
	pictures = []int64{}
	for tokens := html.NewTokenizer(strings.NewReader(page)); ; {
		kind := tokens.Next()
		if kind == html.ErrorToken {
			return squeezed(text.String()), pictures
		}
		token := tokens.Token()
		switch {
		case kind == html.TextToken:
			text.WriteString(token.Data)
		case !inline[token.Data]:
			text.WriteByte(' ')
		}
		for _, attr := range token.Attr {
			if found := ourPicture.FindStringSubmatch(attr.Val); attr.Key == "src" && found != nil {
				id, _ := strconv.ParseInt(found[1], 10, 64)
				pictures = append(pictures, id)
			}
		}
	}
}

// squeezed is a text in one line.
func squeezed(text string) string { return strings.Join(strings.Fields(text), " ") }

// WriteArticle begins a draft. The same form sent twice finds the article it made.
func (db *DB) WriteArticle(ctx context.Context, by Visitor, form ArticleForm, render Rendering) (article Article, err error) {
	version, slug, problems := form.read(render)
	if len(version.Pictures) > 0 || version.Cover != nil { // which has none yet
		problems["body"] = "articles.strange_picture"
	}
	if err := problems.err(); err != nil {
		return Article{}, err
	}
	key, err := formKey(by, form.Key)
	if err != nil {
		return Article{}, err
	}
	err = db.change(ctx, func(c *change) error {
		article, err = c.insertArticle(ctx, slug, key, c.now)
		if errors.Is(err, ErrNotFound) { // the form was sent before
			article, err = c.ArticleByKey(ctx, key)
			return err
		}
		if err != nil {
			return err
		}
		version.Number = article.Latest
		c.announceStaff("articles")
		return c.keepArticleVersion(ctx, by, article, version)
	})
	return article, err
}

// EditArticle saves another version. Readers go on reading the one that is shown, until this one is published.
func (db *DB) EditArticle(ctx context.Context, by Visitor, id ArticleID, form ArticleForm, render Rendering) (article Article, err error) {
	version, slug, problems := form.read(render)
	err = db.change(ctx, func(c *change) error {
		if article, err = c.lockArticle(ctx, id); err != nil {
			return err
		}
		latest, err := c.ArticleVersion(ctx, id, article.Latest)
		switch {
		case err != nil:
			return err
		case slug == article.Slug && version.says(latest): // as the second press on the button does
			return nil
		case form.Version != article.Version:
			return ArticleStale
		case slug != article.Slug && article.Shown != nil:
			problems["slug"] = "articles.slug_known"
		}
		if err := c.checkPictures(ctx, id, version, problems); err != nil {
			return err
		}
		version.Number = article.Latest + 1
		if article, err = c.editArticle(ctx, editArticleParams{Slug: slug, Latest: version.Number, At: c.now, ID: id}); err != nil {
			return err
		}
		c.announceStaff(id.Topic(), "articles")
		return c.keepArticleVersion(ctx, by, article, version)
	})
	return article, err
}

// checkPictures lets an article show its own pictures only: who may see another's is not known here.
func (c *change) checkPictures(ctx context.Context, id ArticleID, version ArticleVersion, problems Problems) error {
	files, err := c.PicturesOfArticle(ctx, int64(id))
	if err != nil {
		return err
	}
	own := func(picture int64) bool {
		return slices.ContainsFunc(files, func(f File) bool { return f.ID == FileID(picture) })
	}
	if slices.ContainsFunc(version.Pictures, func(picture int64) bool { return !own(picture) }) {
		problems["body"] = "articles.strange_picture"
	}
	if version.Cover != nil && !own(int64(*version.Cover)) {
		problems["cover"] = "articles.strange_picture"
	}
	return problems.err()
}

func (c *change) keepArticleVersion(ctx context.Context, by Visitor, article Article, v ArticleVersion) error {
	_, err := c.insertArticleVersion(ctx, insertArticleVersionParams{
		ArticleID: article.ID, Number: v.Number, Title: v.Title, Teaser: v.Teaser, Body: v.Body, Access: v.Access, Points: v.Points, Cover: v.Cover,
		Html: v.Html, Words: v.Words, Pictures: v.Pictures, By: by.ID, At: c.now,
	})
	return err
}

// PublishArticle lets readers see the latest version from now on.
func (db *DB) PublishArticle(ctx context.Context, by Visitor, id ArticleID, version int32) (Article, error) {
	return db.moveArticleTo(ctx, ArticlePublished, id, version, func(c *change, article Article) (Article, error) {
		return c.showArticle(ctx, article, &by.ID)
	})
}

// moveArticleTo moves an article as somebody at the desk saw it. One that is there already stays as it is, as after a
// second press.
func (db *DB) moveArticleTo(ctx context.Context, next ArticleStatus, id ArticleID, version int32, move func(*change, Article) (Article, error)) (article Article, err error) {
	err = db.change(ctx, func(c *change) error {
		if article, err = c.lockArticle(ctx, id); err != nil {
			return err
		}
		switch {
		case article.Version == version && !article.Status.May(next):
			return Refusal("articles.may_not")
		case article.Version != version && article.Status == next && !article.Pending():
			return nil
		case article.Version != version:
			return ArticleStale
		}
		article, err = move(c, article)
		return err
	})
	return article, err
}

// Pending reports whether readers still see an older version than the latest.
func (a Article) Pending() bool { return a.Shown != nil && *a.Shown != a.Latest }

// showArticle puts the latest version before the readers, and finds out what became of the passages they keep.
func (c *change) showArticle(ctx context.Context, article Article, by *AccountID) (Article, error) {
	if article.Status == ArticlePublished && !article.Pending() {
		return article, nil
	}
	version, err := c.readyArticle(ctx, article)
	if err != nil {
		return article, err
	}
	if err := c.showVersion(ctx, c.now, article.ID, version.Number); err != nil {
		return article, err
	}
	from := article.Status
	if article, err = c.publishArticle(ctx, c.now, article.ID); err != nil {
		return article, err
	}
	if err := c.setStems(ctx, article.ID, version.Title+" "+version.Teaser+" "+version.Words); err != nil {
		return article, err
	}
	if err := c.compareQuotesOf(ctx, article.ID, version.Words); err != nil {
		return article, err
	}
	return article, c.articleMoved(ctx, article, from, by, "")
}

// readyArticle is the version that readers will see, when there is something to read in it.
func (c *change) readyArticle(ctx context.Context, article Article) (ArticleVersion, error) {
	version, err := c.ArticleVersion(ctx, article.ID, article.Latest)
	if err == nil && (version.Teaser == "" || version.Words == "" && len(version.Pictures) == 0) {
		err = Refusal("articles.unfinished")
	}
	return version, err
}

func (c *change) articleMoved(ctx context.Context, article Article, from ArticleStatus, by *AccountID, reason string) error {
	c.announceStaff(article.ID.Topic(), "articles")
	return c.insertArticleMove(ctx, insertArticleMoveParams{
		ArticleID: article.ID, FromStatus: from, ToStatus: article.Status, Number: article.Latest, By: by, Reason: reason, At: c.now,
	})
}

// ScheduleForm says when an article comes out, on the clock of the warehouse.
type ScheduleForm struct {
	Version int32  `form:"version"`
	At      string `form:"at"`
}

// ScheduleLayout is how a moment is typed.
const ScheduleLayout = "2006-01-02T15:04"

// moment is when, unless that is past or more than a year ahead.
func (f ScheduleForm) moment(c *change) (*time.Time, error) {
	at, err := time.ParseInLocation(ScheduleLayout, strings.TrimSpace(f.At), c.Zone)
	if err != nil || !at.After(c.now) || at.After(c.now.AddDate(1, 0, 0)) {
		return nil, Problems{"at": "articles.at_wrong"}
	}
	return &at, nil
}

// ScheduleArticle lets an article come out by itself, as it is saved by then.
func (db *DB) ScheduleArticle(ctx context.Context, by Visitor, id ArticleID, form ScheduleForm) (Article, error) {
	return db.moveArticleTo(ctx, ArticleScheduled, id, form.Version, func(c *change, article Article) (Article, error) {
		at, err := form.moment(c)
		if err != nil {
			return article, err
		}
		if _, err := c.readyArticle(ctx, article); err != nil {
			return article, err
		}
		c.enqueueAt(PublishArticles{}, *at)
		return c.putArticle(ctx, article, ArticleScheduled, at, &by.ID, "")
	})
}

func (c *change) putArticle(ctx context.Context, article Article, next ArticleStatus, at *time.Time, by *AccountID, reason string) (Article, error) {
	from := article.Status
	article, err := c.moveArticle(ctx, moveArticleParams{ID: article.ID, Status: next, PublishAt: at, At: c.now})
	if err != nil {
		return article, err
	}
	return article, c.articleMoved(ctx, article, from, by, reason)
}

// PostponeArticle takes a scheduled article back among the drafts.
func (db *DB) PostponeArticle(ctx context.Context, by Visitor, id ArticleID, version int32) (Article, error) {
	return db.moveArticleTo(ctx, ArticleDraft, id, version, func(c *change, article Article) (Article, error) {
		return c.putArticle(ctx, article, ArticleDraft, nil, &by.ID, "")
	})
}

// ArchiveArticle takes an article from the readers. Who has bought it keeps it.
func (db *DB) ArchiveArticle(ctx context.Context, by Visitor, id ArticleID, version int32) (Article, error) {
	return db.moveArticleTo(ctx, ArticleArchived, id, version, func(c *change, article Article) (Article, error) {
		return c.putArticle(ctx, article, ArticleArchived, nil, &by.ID, "")
	})
}

// ArticleWithdrawal says why an article has to go from everybody.
type ArticleWithdrawal struct {
	Version int32  `form:"version"`
	Reason  string `form:"reason"`
}

// WithdrawArticle takes an article from those as well who have bought it, and pays them back: for what the law does not
// let stand.
func (db *DB) WithdrawArticle(ctx context.Context, by Visitor, id ArticleID, form ArticleWithdrawal) (article Article, err error) {
	reason := tidyLine(form.Reason)
	err = db.change(ctx, func(c *change) error {
		if article, err = c.lockArticle(ctx, id); err != nil {
			return err
		}
		switch {
		case article.Version != form.Version:
			return ArticleStale
		case !article.MayBeWithdrawn():
			return Refusal("articles.may_not")
		case reason == "":
			return Problems{"reason": "articles.reason_required"}
		case utf8.RuneCountInString(reason) > NoteLimit:
			return Problems{"reason": "fields.too_long"}
		}
		c.enqueue(RefundArticle{id, c.now})
		article, err = c.putArticle(ctx, article, ArticleArchived, nil, &by.ID, reason)
		return err
	})
	return article, err
}

// MayBeWithdrawn reports whether anybody can have bought the article.
func (a Article) MayBeWithdrawn() bool {
	return a.Shown != nil && (a.Status == ArticlePublished || a.Status == ArticleArchived)
}

// PublishArticles publishes whatever is due.
type PublishArticles struct{}

func (PublishArticles) Kind() string { return "publish_articles" }

// PublishArticles may run as often as it likes.
func (db *DB) PublishArticles(ctx context.Context) error {
	due, err := db.ArticlesDue(ctx, db.Now())
	for _, id := range due {
		if err == nil {
			err = db.publishDue(ctx, id)
		}
	}
	return err
}

func (db *DB) publishDue(ctx context.Context, id ArticleID) error {
	return db.change(ctx, func(c *change) error {
		article, err := c.lockArticle(ctx, id)
		if err != nil || article.Status != ArticleScheduled || article.PublishAt.After(c.now) {
			return err
		}
		_, err = c.showArticle(ctx, article, nil)
		return err
	})
}
