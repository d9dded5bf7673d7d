package handlers_test

import (
	"context"
	"encoding/csv"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"unicode"

	"cabinet/db"
	"cabinet/db/dbtest"
	"cabinet/handlers/webtest"
	"cabinet/jobs/smtp"
	"cabinet/views"

	"golang.org/x/net/html"
)

// canary is a text that gets out of every cage that is not shut: out of a text, an attribute, a mail that
// has a secret; and turns its line round.
const canary = `<b id=canary>"'&lt; onx=1 {{secret}} {name} ` + turned + "справа\u200b"

// turned makes what follows run from the right.
const turned = "\u202e"

// header is what would become a header of its own, and a page; with bytes in it that no database keeps.
const header = "x\r\nX-Canary: 1\r\nSet-Cookie: canary=1\r\n\r\n\x00\xff" + canary

// TestText types the canary into every field of every form, lets the workers write their mails, and then
// reads every page as everybody: it is only ever text.
func TestText(t *testing.T) {
	t.Parallel()
	world, thing := furnished(t)
	site := openIn(t, world.Twin(t))
	offered := site.acts(thing, nobody, dbtest.Vera, dbtest.Anna, dbtest.Irina)
	posted := &postman{}
	site.sender = posted

	t.Run("what a form refuses stands in it as text, and never in a header", func(t *testing.T) {
		site := openIn(t, world.Twin(t))
		for _, manner := range []http.Header{{}, {"Hx-Request": {"true"}}} {
			site.sendAll(offered, func(a act) (query, form url.Values) { return url.Values{}, everywhere(a, len(manner) > 0) }, manner, func(a act, r *webtest.Response) {
				onlyText(t, a.String(), r)
			})
		}
	})
	t.Run("what a form takes is text on every page and in every mail", func(t *testing.T) {
		site.typeInto(offered, canary, func(a act, r *webtest.Response) { onlyText(t, a.String(), r) })
		if _, err := site.Pool.Exec(t.Context(), "UPDATE river_queue SET paused_at = NULL"); err != nil {
			t.Fatal(err)
		}
		site.Work()
		shown, inMails := map[string]bool{}, 0
		for _, l := range lookers {
			browser := site.Guest()
			if l.who != nil {
				browser = site.As(*l.who)
			}
			seen := pages(thing)
			if l.name == "owner" || l.name == "admin" {
				seen = append(seen, site.links(thing, *l.who)...)
			}
			for _, page := range seen {
				got := browser.Do("GET", page, "", nil)
				onlyText(t, l.name+" GET "+page, got)
				if strings.Contains(got.Body, turned) {
					t.Errorf("%s GET %s: a text turns its line round", l.name, page)
				}
				if strings.Contains(got.Body, "canary") {
					shown[page] = true
				}
			}
		}
		for _, mail := range posted.mails {
			for name, value := range map[string]string{"Subject": mail.Subject, "To": mail.To, "Reply-To": mail.ReplyTo, "Message-ID": mail.ID} {
				if value == "" || strings.ContainsFunc(value, unicode.IsControl) {
					t.Errorf("the mail to %s: %s is %q", mail.To, name, value)
				}
			}
			for _, file := range mail.Attachments {
				if strings.ContainsFunc(file.Name+file.ID+file.Type, unicode.IsControl) {
					t.Errorf("the mail to %s brings %q", mail.To, file.Name)
				}
			}
			onlyTextIn(t, "the mail «"+mail.Subject+"»", mail.HTML)
			told(t, "the mail «"+mail.Subject+"»", mail.Text)
			if strings.Contains(mail.HTML, "canary") {
				inMails++
			}
		}
		if len(shown) < 30 || inMails < 5 {
			t.Errorf("it is shown on %d pages and in %d of %d mails, so this says little", len(shown), inMails, len(posted.mails))
		}
	})
	t.Run("D07 an export has no formulas", func(t *testing.T) {
		vera, olga := site.Account(dbtest.Vera), site.Account(dbtest.Olga)
		for _, formula := range []string{"=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1+1", " =1+1", "\u200b=1+1", "＝1+1", "＠SUM(A1)", "=HYPERLINK(\"https://bad.example\";\"1\")"} {
			payment := site.Recorded(t, 1_00, formula)
			if _, err := site.MatchPayment(t.Context(), olga, payment.ID, db.MatchForm{Kind: "customer", Number: vera.ID.Number()}); err != nil {
				t.Fatal(err)
			}
		}
		file := csv.NewReader(strings.NewReader(strings.TrimPrefix(site.As(dbtest.Vera).Do("GET", "/balance/csv", "", nil).Wants(200).Body, "\ufeff")))
		file.Comma = ';'
		lines, err := file.ReadAll()
		if err != nil || len(lines) < 11 {
			t.Fatal(len(lines), err)
		}
		for _, line := range lines {
			for _, cell := range []string{line[2], line[5]} {
				if strings.TrimLeft(cell, "=+-@＝＋－＠\t\r ") != cell {
					t.Errorf("a spreadsheet would count %q", cell)
				}
			}
		}
	})
	t.Run("sixty ways out of the site lead nowhere", func(t *testing.T) {
		ways := waysOut(site.URL)
		if len(ways) < 60 {
			t.Errorf("only %d", len(ways))
		}
		vera := site.As(dbtest.Vera)
		form := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
		for _, way := range ways {
			q := url.Values{"back": {way}, "locale": {"ru"}, "identifier": {dbtest.Boris.Email}, "password": {dbtest.Password}}
			answers := []*webtest.Response{
				vera.Do("GET", "/sign-in?"+q.Encode(), "", nil),
				vera.Do("POST", "/language", q.Encode(), form),
				vera.Do("GET", "/addresses/new?"+q.Encode(), "", nil),
				vera.Do("GET", "/second-factor?"+q.Encode(), "", nil),
				vera.Do("POST", "/settings/profile", q.Encode(), form),
				vera.Do("POST", "/parcels/1/submission", "", http.Header{"Referer": {strings.Map(printable, way)}}),
				vera.Do("GET", "/sign-in?"+q.Encode(), "", http.Header{"Hx-Request": {"true"}}),
				site.Guest().With(t).Do("GET", "/sign-in?"+q.Encode(), "", nil),
			}
			for i, got := range answers {
				leads := append(got.Headers()["Location"], got.Headers()["Hx-Redirect"]...)
				if root, err := html.Parse(strings.NewReader(got.Body)); err == nil {
					for n := range root.Descendants() {
						for _, a := range n.Attr {
							if key := strings.TrimPrefix(a.Key, "hx-"); key == "href" || key == "action" || key == "get" || key == "post" || key == "formaction" {
								leads = append(leads, a.Val)
							}
						}
					}
				}
				for _, to := range leads {
					if out(to, site.URL) {
						t.Errorf("%q, %d: leads to %q", way, i, to)
					}
				}
			}
		}
		for _, way := range ways[:12] { // each try at signing in costs a stretching
			q := url.Values{"back": {way}, "identifier": {dbtest.Boris.Email}, "password": {dbtest.Password}}
			if got := site.Guest().With(t).Do("POST", "/sign-in", q.Encode(), form).Wants(303); out(got.Header("Location"), site.URL) {
				t.Errorf("%q leads to %q", way, got.Header("Location"))
			}
		}
	})
	t.Run("a forged host and forged proxies are not believed", func(t *testing.T) {
		forged := http.Header{"Host": {"evil.example"}, "X-Forwarded-Host": {"evil.example"}, "X-Forwarded-Server": {"evil.example"}, "X-Host": {"evil.example"},
			"X-Forwarded-Proto": {"evil"}, "X-Forwarded-Prefix": {"//evil.example"}, "Forwarded": {"host=evil.example;for=6.6.6.6"}, "X-Original-Url": {"/staff"},
			"X-Rewrite-Url": {"/staff"}, "X-Forwarded-For": {"6.6.6.6"}, "X-Real-Ip": {"6.6.6.6"}, "Cf-Connecting-Ip": {"6.6.6.6"}, "True-Client-Ip": {"6.6.6.6"}}
		for _, l := range []dbtest.Person{nobody, dbtest.Vera, dbtest.Anna} {
			browser := site.window(l)
			for _, page := range pages(thing) {
				got := browser.Do("GET", page, "", forged)
				if strings.Contains(got.Body+fmt.Sprint(got.Headers()), "evil") {
					t.Errorf("%s believes the forger", page)
				}
			}
		}
		before := len(posted.mails)
		site.Guest().With(t).Do("POST", "/recovery", "identifier="+dbtest.Boris.Email, forged).Wants(200)
		site.Guest().With(t).Do("POST", "/sign-in", url.Values{"identifier": {dbtest.Boris.Email}, "password": {dbtest.Password}}.Encode(), forged).Wants(303)
		site.Work()
		if len(posted.mails) == before {
			t.Error("no mail came")
		}
		for _, mail := range posted.mails[before:] {
			if !strings.Contains(mail.Text, site.URL) || strings.Contains(mail.Text+mail.HTML, "evil") {
				t.Errorf("the mail leads to %s", mail.Text)
			}
		}
		var ip string
		if err := site.Pool.QueryRow(t.Context(), "SELECT ip FROM sessions ORDER BY id DESC LIMIT 1").Scan(&ip); err != nil || ip != "127.0.0.1" {
			t.Errorf("signed in from %q, %v", ip, err)
		}
	})
	t.Run("a word of three hundred letters keeps every page as wide as a telephone", func(t *testing.T) {
		site, seen := openIn(t, world.Twin(t)), map[string]bool{}
		long := strings.Repeat("достопримечательность", 15)
		site.typeInto(offered, long, nil)
		for _, who := range []dbtest.Person{dbtest.Vera, dbtest.Anna} {
			browser, window := site.As(who).With(t), site.Window(t, who).Size(375)
			for _, page := range append(pages(thing), site.links(thing, who)...) {
				path, _, _ := strings.Cut(page, "?")
				got := browser.Do("GET", page, "", nil)
				if key := digits.ReplaceAllString(path, "1"); !seen[key] && strings.Contains(got.Body, long[:200]) && strings.Contains(got.Body, "</html>") && !strings.HasSuffix(path, "/body") {
					seen[key] = true
					window.Visit(page).NoHorizontalScroll()
				}
			}
		}
		if len(seen) < 20 {
			t.Errorf("it stands on %d pages only, so this says little", len(seen))
		}
	})
}

// waysOut are addresses that lead, or might lead, out of a site.
func waysOut(base string) (ways []string) {
	host := strings.TrimPrefix(base, "http://")
	ways = []string{"https://evil.example", "//evil.example", "///evil.example", "////evil.example", `\\evil.example`, `/\evil.example`, `\/evil.example`, `/\/evil.example`,
		"https:evil.example", "https:/evil.example", "https:///evil.example", "HTTPS://evil.example", "javascript:alert(1)", "JaVaScRiPt:alert(1)",
		"data:text/html,x", "vbscript:x", "blob:x", "file:///etc/passwd", "mailto:x@evil.example", "evil.example", ".evil.example", "@evil.example", ":80", "?//evil.example",
		"#//evil.example", "", "/", "../..//evil.example", "/..//evil.example", "/.//evil.example", "/x/..//evil.example", "/%2e%2e//evil.example", "/%2f/evil.example",
		"/%5cevil.example", "/%09/evil.example", "%2f%2fevil.example", "/;//evil.example", base + "@evil.example", base + ".evil.example", "//" + host + "@evil.example",
		"//evil.example@" + host, "http://user@" + host, base + `\@evil.example`, base + "#@evil.example", "/\u2028/evil.example", "／／evil.example", "/\u00a0/evil.example", "//evil。example"}
	for _, odd := range []string{"\t", "\n", "\r", "\r\n", "\x00", "\x1f", " "} {
		ways = append(ways, odd+"//evil.example", "/"+odd+"/evil.example", "java"+odd+"script:alert(1)")
	}
	return ways
}

// out follows an address as browsers do: they drop what cannot be seen, and take a backslash for a slash.
func out(to, base string) bool {
	to = strings.TrimLeft(strings.NewReplacer("\t", "", "\n", "", "\r", "", `\`, "/").Replace(to), "\x00\x01\x1f ")
	if strings.HasPrefix(to, "data:image/svg+xml") || to == "mailto:"+views.Site.Help {
		return false
	}
	scheme := strings.IndexAny(to, ":/?#")
	return strings.HasPrefix(to, "//") || scheme >= 0 && to[scheme] == ':' && !strings.HasPrefix(to, base+"/")
}

func printable(r rune) rune {
	if r < ' ' {
		return -1
	}
	return r
}

// typeInto types a text into all fields of every form; where that is refused, into one after the other, with
// something sensible in the rest.
func (s *site) typeInto(acts []act, text string, look func(act, *webtest.Response)) {
	s.t.Helper()
	answers := s.sendAll(acts, func(a act) (query, form url.Values) { return url.Values{}, typed(a, text, strict) }, nil, look)
	for i, a := range acts {
		for _, f := range a.fields {
			if answers[i] >= 400 && takesWords[f.Kind] {
				rest := func(name string) bool { return name != f.Name }
				s.sendAll([]act{a}, func(a act) (query, form url.Values) { return url.Values{}, typed(a, text, rest) }, nil, look)
			}
		}
	}
}

// typed is a form with a text in every field that one can type into, but for those that are to be filled in sensibly.
func typed(a act, text string, sensibly func(name string) bool) url.Values {
	form := filled(a)
	for _, f := range a.fields {
		if takesWords[f.Kind] && !sensibly(f.Name) {
			form.Set(f.Name, clipped(text, f.Max))
		}
	}
	return form
}

func clipped(text string, most int) string {
	if letters := []rune(text); most > 0 && len(letters) > most {
		return string(letters[:most])
	}
	return text
}

// everywhere is the header in every field, and in the hidden ones too where a page is not needed any more.
func everywhere(a act, hidden bool) url.Values {
	form := typed(a, header, func(string) bool { return false })
	for name := range form {
		if hidden {
			form[name] = []string{header}
		}
	}
	return form
}

var takesWords = map[string]bool{"text": true, "textarea": true, "search": true, "email": true, "tel": true, "url": true, "password": true, "date": true}

// strict are the fields that take only what looks like what they ask for.
func strict(name string) bool {
	return strings.HasPrefix(name, "price.") || exacting[name[strings.LastIndex(name, ".")+1:]]
}

var exacting = map[string]bool{
	"amount": true, "code": true, "commission": true, "current": true, "email": true, "expected": true, "identifier": true, "inn": true,
	"latin_name": true, "number": true, "numbers": true, "password": true, "phone": true, "postal_code": true, "price": true, "quantity": true,
	"received_on": true, "shop_delivery": true, "until": true, "day": true, "url": true, "slug": true, "points": true, "passage": true,
	"starts_at": true, "ends_at": true, "each": true, "score": true,
	"weight": true, "length": true, "width": true, "height": true,
}

// onlyText wants the canary nowhere but in texts, as it was typed.
func onlyText(t *testing.T, where string, r *webtest.Response) {
	t.Helper()
	for name, values := range r.Headers() {
		if name == "X-Canary" || strings.ContainsAny(strings.Join(values, ""), "\r\n\x00") {
			t.Errorf("%s: the header %s: %q", where, name, values)
		}
	}
	for _, cookie := range r.Cookies() {
		if cookie.Name == "canary" {
			t.Errorf("%s sets a cookie of the canary's", where)
		}
	}
	if r.Status >= 500 {
		t.Errorf("%s: %d", where, r.Status)
	}
	if strings.HasPrefix(r.Header("Content-Type"), "text/html") {
		onlyTextIn(t, where, r.Body)
	}
}

func onlyTextIn(t *testing.T, where, page string) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Errorf("%s: %v", where, err)
		return
	}
	for n := range root.Descendants() {
		if n.Type == html.ElementNode {
			for _, a := range n.Attr {
				if a.Key == "id" && a.Val == "canary" || strings.ContainsAny(a.Key, `"'<&`) || strings.HasPrefix(a.Key, "onx") {
					t.Errorf("%s: the canary is out: <%s %s=%q>", where, n.Data, a.Key, a.Val)
				}
				told(t, where, a.Val)
			}
		}
		if n.Type == html.TextNode && !inMarkdown(n) {
			told(t, where, n.Data)
		}
	}
}

// inMarkdown reports whether a text was Markdown, which has a way of its own to say < and may say it.
func inMarkdown(n *html.Node) bool {
	for around := range n.Ancestors() {
		for _, a := range around.Attr {
			if a.Key == "hx-ignore" || a.Key == "class" && a.Val == "prose" { // the latter in a mail
				return true
			}
		}
	}
	return false
}

// told wants a text to be neither read nor written twice.
func told(t *testing.T, where, text string) {
	t.Helper()
	if strings.Contains(text, "&lt;b") || strings.Contains(text, `"'< onx`) {
		t.Errorf("%s: not as it was typed: %s", where, text)
	}
	if strings.Contains(text, "onx") && !strings.Contains(text, "{{secret}}") && strings.Contains(text, "{name}") {
		t.Errorf("%s: a mark was taken for ours: %s", where, text)
	}
}

// postman keeps the mails that leave.
type postman struct {
	mu    sync.Mutex
	mails []smtp.Message
}

func (p *postman) Send(_ context.Context, mail smtp.Message) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.mails = append(p.mails, mail)
	return nil
}
