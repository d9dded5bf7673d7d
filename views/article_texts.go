package views

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"cabinet/db"

	"github.com/a-h/templ"
)

// articlePath is the page of an article, or of an act on it.
func articlePath(slug, act string) templ.SafeURL {
	path := db.ArticlePath(slug)
	if act != "" {
		path += "/" + act
	}
	return templ.SafeURL(path)
}

// deskArticlePath is an article at the desk, or an act on it.
func deskArticlePath(id db.ArticleID, act string) templ.SafeURL {
	return numberedPath("/staff/articles/", int64(id), act)
}

// libraryQuotePath is a customer's quote, or an act on it.
func libraryQuotePath(id db.QuoteID, act string) templ.SafeURL {
	return numberedPath("/library/quotes/", int64(id), act)
}

// PicturePath is where a picture of an article is.
func PicturePath(id db.FileID, variant db.Variant) string {
	return fmt.Sprintf("/pictures/%d/%s", id, variant)
}

// passagePath leads to the article where it says a passage; a browser that does not know how opens its beginning.
func passagePath(quote db.Quote, slug string) templ.SafeURL {
	if quote.ChangedAt != nil {
		return articlePath(slug, "")
	}
	words := strings.Fields(quote.Passage)
	target := fragmentText(words)
	if len(words) > 8 {
		target = fragmentText(words[:4]) + "," + fragmentText(words[len(words)-4:])
	}
	return articlePath(slug, "") + templ.SafeURL("#:~:text="+target)
}

// fragmentText are words as they stand in an address that leads to them, where a dash means something.
func fragmentText(words []string) string {
	return strings.ReplaceAll(strings.ReplaceAll(url.QueryEscape(strings.Join(words, " ")), "+", "%20"), "-", "%2D")
}

func articleTone(status db.ArticleStatus) Tone {
	switch status {
	case db.ArticleScheduled:
		return Info
	case db.ArticlePublished:
		return Good
	}
	return Neutral
}

// accessText says who reads an article, or what it costs.
func accessText(ctx context.Context, access db.ArticleAccess, points int64) string {
	if access == db.ForPoints {
		return tn(ctx, "articles.points", points)
	}
	return t(ctx, "articles.access."+string(access))
}

func accessTone(access db.ArticleAccess, bought bool) Tone {
	switch {
	case bought:
		return Good
	case access == db.ForPoints:
		return Warn
	}
	return Neutral
}

// libraryParts are the parts of a customer's library.
func libraryParts(at string) []Chip {
	chips := []Chip{{Path: "/library", Label: "library.bought"}, {Path: "/library/bookmarks", Label: "library.bookmarks"}, {Path: "/library/quotes", Label: "library.quotes"}}
	for i := range chips {
		chips[i].Now = chips[i].Path == at
	}
	return chips
}

// quotesPath is a customer's list of quotes, narrowed.
func quotesPath(filter db.QuotesFilter, act string) string {
	query := url.Values{}
	if filter.Words != "" {
		query.Set("q", filter.Words)
	}
	if filter.Tag != "" {
		query.Set("tag", filter.Tag)
	}
	if len(query) == 0 {
		return "/library/quotes" + act
	}
	return "/library/quotes" + act + "?" + query.Encode()
}

// QuotesBelow is the address of a list of quotes, from one in it on.
func QuotesBelow(filter db.QuotesFilter, id db.QuoteID) string {
	path := quotesPath(filter, "")
	return path + map[bool]string{true: "&", false: "?"}[strings.Contains(path, "?")] + "below=" + strconv.FormatInt(int64(id), 10)
}

// tagChips narrow the quotes to a tag; the one that is chosen leads back to all.
func tagChips(ctx context.Context, list *db.QuoteList) (chips []Chip) {
	for _, tag := range list.Tags {
		chip := Chip{Label: "#" + tag.Tag, Count: Number(ctx, tag.Quotes), Now: tag.Tag == list.Filter.Tag}
		narrowed := db.QuotesFilter{Words: list.Filter.Words, Tag: tag.Tag}
		if chip.Now {
			narrowed.Tag = ""
		}
		chip.Path = quotesPath(narrowed, "")
		chips = append(chips, chip)
	}
	return chips
}

// QuotesMarkdown is a customer's quotes as a file of Markdown.
func QuotesMarkdown(ctx context.Context, rows []db.QuotesOfRow, base string) []byte {
	var file strings.Builder
	fmt.Fprintf(&file, "# %s\n", t(ctx, "library.quotes"))
	for _, row := range rows {
		file.WriteString("\n")
		for line := range strings.Lines(row.Quote.Passage) {
			file.WriteString("> " + plainMarkdown(line))
		}
		fmt.Fprintf(&file, "\n>\n> — [%s](%s%s), %s\n", plainMarkdown(row.Title), base, db.ArticlePath(row.Slug), LongDay(ctx, row.Quote.CreatedAt))
		if row.Quote.ChangedAt != nil {
			fmt.Fprintf(&file, "\n*%s*\n", tf(ctx, "quotes.changed", "day", LongDay(ctx, *row.Quote.ChangedAt)))
		}
		if row.Quote.Note != "" {
			fmt.Fprintf(&file, "\n%s\n", plainMarkdown(row.Quote.Note))
		}
		if len(row.Quote.Tags) > 0 {
			fmt.Fprintf(&file, "\n%s\n", plainMarkdown("#"+strings.Join(row.Quote.Tags, " #")))
		}
	}
	return []byte(file.String())
}

// plainMarkdown is a text in Markdown that is only text.
func plainMarkdown(text string) string { return markdownMarks.Replace(text) }

var markdownMarks = func() *strings.Replacer {
	var pairs []string
	for _, mark := range "\\`*_{}[]<>#|~" {
		pairs = append(pairs, string(mark), `\`+string(mark))
	}
	return strings.NewReplacer(pairs...)
}()

// articleEvents is what happened to an article: what was saved and what was published, the newest first.
func articleEvents(ctx context.Context, desk db.DeskArticle) (events []Event) {
	moves, versions := desk.Moves, desk.Versions
	for len(moves)+len(versions) > 0 {
		if len(versions) == 0 || len(moves) > 0 && !moves[0].At.Before(versions[0].At) {
			move := moves[0]
			event := Event{At: move.At, By: either(move.ByName, t(ctx, "orders.by.system")), Tone: articleTone(move.ToStatus), Text: "articles.moved." + string(move.ToStatus)}
			if move.ToStatus == db.ArticlePublished {
				event.Text = tf(ctx, "articles.moved_out", "number", move.Number)
			}
			if move.Reason != "" {
				event.Body = spoken(move.Reason)
			}
			events, moves = append(events, event), moves[1:]
			continue
		}
		version := versions[0]
		events = append(events, Event{At: version.At, By: version.ByName, Body: linkTo(deskVersionPath(desk.ID, version.Number), tf(ctx, "articles.version", "number", version.Number))})
		versions = versions[1:]
	}
	return events
}

func deskVersionPath(id db.ArticleID, number int32) templ.SafeURL {
	return deskArticlePath(id, "versions/"+strconv.Itoa(int(number)))
}

// coverOptions are the pictures that can stand with the teaser.
func coverOptions(ctx context.Context, pictures []db.File) []Option {
	options := []Option{{Value: "0", Label: "articles.no_cover"}}
	for i, picture := range pictures {
		options = append(options, Option{Value: strconv.FormatInt(int64(picture.ID), 10), Label: tf(ctx, "articles.picture", "number", i+1)})
	}
	return options
}

func accessOptions() (options []Option) {
	for _, access := range db.ArticleAccesses {
		options = append(options, Option{Value: string(access), Label: "articles.access." + string(access)})
	}
	return options
}

// differenceFacts are the short fields in which a version is not what it was.
func differenceFacts(ctx context.Context, sheet db.VersionSheet) (facts []Fact) {
	for _, field := range sheet.Differences {
		before, after := field.Before, field.After
		if field.Field == "access" {
			before, after = t(ctx, "articles.access."+before), t(ctx, "articles.access."+after)
		}
		facts = append(facts, Fact{Label: "articles.field." + field.Field, Value: either(before, "—") + " → " + either(after, "—")})
	}
	if sheet.NewCover {
		facts = append(facts, Fact{Label: "articles.field.cover", Value: "articles.new_cover"})
	}
	return facts
}
