package handlers

import (
	"encoding/xml"
	"strconv"
	"strings"
	"time"

	"cabinet/db"
	"cabinet/views"

	"github.com/gofiber/fiber/v2"
)

// feed is the archive of newsletters as RSS 2.0.
type feed struct {
	XMLName xml.Name  `xml:"rss"`
	Version string    `xml:"version,attr"`
	Atom    string    `xml:"xmlns:atom,attr"`
	Title   string    `xml:"channel>title"`
	Link    string    `xml:"channel>link"`
	Self    feedSelf  `xml:"channel>atom:link"`
	About   string    `xml:"channel>description"`
	Locale  string    `xml:"channel>language"`
	Items   []feedOne `xml:"channel>item"`
}

type feedSelf struct {
	Href string `xml:"href,attr"`
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr"`
}

type feedOne struct {
	Title    string `xml:"title"`
	Link     string `xml:"link"`
	GUID     string `xml:"guid"`
	At       string `xml:"pubDate"`
	Category string `xml:"category"`
	Text     string `xml:"description"`
}

// showFeed is the first page of the archive for programs that follow it.
func (h *Handlers) showFeed(c *fiber.Ctx) error {
	list := newsletterList(c, 0)
	if err := h.db.Read(c.UserContext(), list); err != nil {
		return err
	}
	base, ctx := h.BaseURL.String(), c.UserContext()
	out := feed{
		Version: "2.0", Atom: "http://www.w3.org/2005/Atom", Title: views.Site.Name + " · " + views.T(ctx, "newsletters.title"), Link: base + "/newsletters",
		Self: feedSelf{base + "/newsletters.rss", "self", "application/rss+xml"}, About: views.T(ctx, "newsletters.about"), Locale: views.Locale(ctx),
	}
	whole := strings.NewReplacer(`href="/`, `href="`+base+`/`, `src="/`, `src="`+base+`/`)
	for _, row := range list.Rows {
		link := base + "/newsletters/" + strconv.FormatInt(int64(row.ID), 10)
		out.Items = append(out.Items, feedOne{row.Subject, link, link, row.StartedAt.UTC().Format(time.RFC1123Z), row.Name(db.LocaleOf(views.Locale(ctx))), whole.Replace(row.Html)})
	}
	body, err := xml.MarshalIndent(out, "", "\t")
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "application/rss+xml; charset=utf-8")
	return c.SendString(xml.Header + string(body))
}
