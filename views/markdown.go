package views

import (
	"bytes"
	"regexp"
	"unicode/utf8"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// MostMarkdown is how many characters of Markdown are rendered at once: the time that goldmark takes grows with the
// square of a hostile text.
const MostMarkdown = 20_000

// Markdown is what somebody wrote, as HTML in which nothing but text can be: no pictures, no scripts, no styles, and
// links that lead out say so. What is longer than MostMarkdown is cut.
func Markdown(source string) string { return rendered(source, ofPeople) }

// EditorsMarkdown is Markdown that may show pictures of ours, those under /pictures/.
func EditorsMarkdown(source string) string { return rendered(source, ofEditors) }

var markdown = goldmark.New(
	goldmark.WithExtensions(extension.Table, extension.Strikethrough, extension.Linkify),
	goldmark.WithParserOptions(parser.WithASTTransformers(util.Prioritized(lowered{}, 100))),
	goldmark.WithRendererOptions(html.WithHardWraps()),
)

var (
	ofPeople  = allowed()
	ofEditors = allowed()
)

func init() {
	ofEditors.AllowAttrs("src").Matching(regexp.MustCompile(`^/pictures/[0-9]+/(large|small)$`)).OnElements("img")
	ofEditors.AllowAttrs("alt").OnElements("img")
}

func allowed() *bluemonday.Policy {
	policy := bluemonday.NewPolicy()
	policy.AllowElements("p", "br", "hr", "h2", "h3", "h4", "h5", "h6", "em", "strong", "del", "blockquote", "code", "pre",
		"ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td")
	policy.AllowAttrs("start").Matching(bluemonday.Integer).OnElements("ol")
	policy.AllowAttrs("href").OnElements("a")
	policy.AllowURLSchemes("http", "https", "mailto")
	policy.AllowRelativeURLs(true)
	policy.RequireNoFollowOnFullyQualifiedLinks(true)
	policy.RequireNoReferrerOnFullyQualifiedLinks(true)
	policy.AddTargetBlankToFullyQualifiedLinks(true)
	return policy
}

func rendered(source string, policy *bluemonday.Policy) string {
	var out bytes.Buffer
	if err := markdown.Convert([]byte(clipped(source)), &out); err != nil {
		panic(err) // a buffer takes everything
	}
	return policy.SanitizeReader(&out).String()
}

func clipped(source string) string {
	if utf8.RuneCountInString(source) <= MostMarkdown {
		return source
	}
	return string([]rune(source)[:MostMarkdown])
}

// lowered makes the highest heading of a text the second on its page, whose first is the title.
type lowered struct{}

func (lowered) Transform(document *ast.Document, _ text.Reader, _ parser.Context) {
	ast.Walk(document, func(node ast.Node, entering bool) (ast.WalkStatus, error) {
		if heading, ok := node.(*ast.Heading); ok && entering {
			heading.Level = min(heading.Level+1, 6)
		}
		return ast.WalkContinue, nil
	})
}
