package webtest

import (
	"bytes"
	"context"
	"io"
	"mime"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"sync"
	"time"
)

// Manner is how a browser introduces itself with a request.
type Manner int

const (
	Modern    Manner = iota // Sec-Fetch-Site, Origin with a change, Referer
	Ancient                 // Referer alone
	Silent                  // none of them, as behind a proxy that strips
	CrossSite               // as a page of another site would send it, cookies and all
)

// Stranger is the site a CrossSite request comes from.
const Stranger = "https://stranger.example"

// patience is how long any one answer may take.
const patience = 30 * time.Second

type request struct {
	method      string
	url         *url.URL
	body        []byte
	contentType string
	from        *screen // where the link or the form stood
	typed       bool    // the person typed the address
}

// person is what the tabs of one person share.
type person struct {
	base      *url.URL
	jar       *cookiejar.Jar
	transport *http.Transport
	language  string

	mu   sync.Mutex
	told map[string]bool // faults reported already, so that a story says each once
}

func newPerson(base *url.URL) *person {
	jar, err := cookiejar.New(nil)
	if err != nil {
		panic(err) // it has no options that could be wrong
	}
	return &person{base: base, jar: jar, transport: &http.Transport{}, language: "ru", told: map[string]bool{}}
}

func (p *person) ours(to *url.URL) bool { return sameOrigin(p.base, to) }

func sameOrigin(a, b *url.URL) bool { return a.Scheme == b.Scheme && a.Host == b.Host }

func origin(u *url.URL) string { return u.Scheme + "://" + u.Host }

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && ip.IsLoopback()
}

// secured is the address the cookies see: browsers trust the own machine as
// they trust https, so that Secure cookies work on it.
func secured(u *url.URL) *url.URL {
	if !loopback(u.Hostname()) {
		return u
	}
	https := *u
	https.Scheme = "https"
	return &https
}

// load sends a request, follows where it is sent on, and shows what came.
func (b *Browser) load(sent request) *Browser {
	b.t.Helper()
	start := sent
	visited := []*url.URL{}
	for range 20 {
		visited = append(visited, sent.url)
		got := b.fetch(sent, visited)
		to := got.header.Get("Location")
		if to == "" || got.Status < 301 || got.Status > 308 || got.Status == 304 {
			b.show(sent, got)
			return b.whole()
		}
		next, err := sent.url.Parse(to)
		if err != nil {
			b.t.Fatalf("%s sends on to %q: %v", sent.url, to, err)
		}
		if got.Status < 307 && sent.method != "HEAD" {
			sent.method, sent.body, sent.contentType = "GET", nil, ""
		}
		sent.url = next
	}
	b.t.Fatalf("%s is sent on for ever: %v", start.url, visited)
	return b
}

func (b *Browser) show(sent request, got *Response) {
	b.t.Helper()
	shown := &screen{request: sent, url: sent.url, status: got.Status, header: got.header, body: got.Body}
	read := got.Body
	switch kind := mediaType(got.header); {
	case kind == "text/html":
		b.tell(sent.url, got.Body)
	case strings.HasPrefix(kind, "text/"):
		read = "<pre>" + plain.Replace(read)
	default:
		read = ""
	}
	doc, err := parse(read)
	if err != nil {
		b.t.Fatalf("%s cannot be read: %v", sent.url, err)
	}
	shown.document = doc
	b.tab.history = append(b.tab.history, shown)
}

var plain = strings.NewReplacer("&", "&amp;", "<", "&lt;")

func mediaType(header http.Header) string {
	kind, _, _ := mime.ParseMediaType(header.Get("Content-Type"))
	return kind
}

// tell reports the faults of a page, each once.
func (b *Browser) tell(at *url.URL, body string) {
	b.t.Helper()
	p := b.tab.person
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, fault := range Faults(body) {
		if key := at.Path + " " + fault; !p.told[key] {
			p.told[key] = true
			b.t.Errorf("%s: %s", at, fault)
		}
	}
}

func (b *Browser) fetch(sent request, visited []*url.URL) *Response {
	b.t.Helper()
	header := http.Header{}
	header.Set("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")
	if sent.contentType != "" {
		header.Set("Content-Type", sent.contentType)
	}
	b.introduce(header, sent, visited)
	return b.send(sent.method, sent.url, sent.body, header)
}

// introduce adds what the browser says of where a request comes from.
func (b *Browser) introduce(header http.Header, sent request, visited []*url.URL) {
	from, private := b.referrer(sent)
	switch b.manner {
	case CrossSite:
		header.Set("Sec-Fetch-Site", "cross-site")
		header.Set("Referer", Stranger+"/")
		if sent.method != "GET" {
			header.Set("Origin", Stranger)
		}
	case Ancient:
		if from != "" {
			header.Set("Referer", from)
		}
	case Modern:
		header.Set("Sec-Fetch-Site", site(sent, visited))
		header.Set("Sec-Fetch-Mode", "navigate")
		header.Set("Sec-Fetch-Dest", "document")
		header.Set("Sec-Fetch-User", "?1")
		if from != "" {
			header.Set("Referer", from)
		}
		if sent.method != "GET" && sent.from != nil {
			header.Set("Origin", origin(sent.from.url))
			if private {
				header.Set("Origin", "null")
			}
		}
	}
}

// referrer is the address a page lets out under its own policy. A page that
// lets out none also hides its origin, which a check of Origin has to survive.
func (b *Browser) referrer(sent request) (from string, private bool) {
	if sent.from == nil {
		return "", false
	}
	policy := strings.TrimSpace(sent.from.header.Get("Referrer-Policy"))
	if i := strings.LastIndex(policy, ","); i >= 0 {
		policy = strings.TrimSpace(policy[i+1:])
	}
	same := sameOrigin(sent.from.url, sent.url)
	switch {
	case policy == "no-referrer", policy == "same-origin" && !same:
		return "", true
	case policy == "origin", policy == "strict-origin", !same && policy != "unsafe-url":
		return origin(sent.from.url) + "/", false
	}
	bare := *sent.from.url
	bare.User, bare.Fragment = nil, ""
	return bare.String(), false
}

// site compares where a request began with every stop on its way.
func site(sent request, visited []*url.URL) string {
	if sent.from == nil {
		return "none"
	}
	found := "same-origin"
	for _, stop := range visited {
		switch {
		case stop.Hostname() != sent.from.url.Hostname() || stop.Scheme != sent.from.url.Scheme:
			return "cross-site"
		case stop.Host != sent.from.url.Host:
			found = "same-site"
		}
	}
	return found
}

// send is one request and its answer, with the person's cookies.
func (b *Browser) send(method string, to *url.URL, body []byte, header http.Header) *Response {
	b.t.Helper()
	if !loopback(to.Hostname()) && !b.tab.person.ours(to) {
		b.t.Fatalf("the way leads out of the site, to %s", to)
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, to.String(), bytes.NewReader(body))
	if err != nil {
		b.t.Fatalf("%s %s: %v", method, to, err)
	}
	r.Header = header
	p := b.tab.person
	if !carries(header, "Accept-Language") {
		header.Set("Accept-Language", p.language)
	}
	if host := header.Get("Host"); host != "" {
		r.Host = host
	}
	if !carries(header, "Cookie") {
		for _, cookie := range p.jar.Cookies(secured(to)) {
			r.AddCookie(cookie)
		}
	}
	answer, err := p.transport.RoundTrip(r)
	if err != nil {
		b.t.Fatalf("%s %s: %v", method, to, err)
	}
	defer answer.Body.Close()
	var content []byte
	if mediaType(answer.Header) != "text/event-stream" { // which never ends
		if content, err = io.ReadAll(answer.Body); err != nil {
			b.t.Fatalf("%s %s: the answer broke off: %v", method, to, err)
		}
	}
	b.keep(to, answer.Cookies())
	return &Response{t: b.t, at: method + " " + to.RequestURI(), Status: answer.StatusCode, Body: string(content), header: answer.Header}
}

func carries(header http.Header, key string) bool {
	_, there := header[key]
	return there
}

// keep stores cookies and reports the ones a browser would throw away.
func (b *Browser) keep(from *url.URL, cookies []*http.Cookie) {
	b.t.Helper()
	for _, cookie := range cookies {
		host := strings.HasPrefix(cookie.Name, "__Host-")
		switch {
		case (host || strings.HasPrefix(cookie.Name, "__Secure-")) && !cookie.Secure:
			b.t.Errorf("%s: the cookie %s has to be Secure for its name", from, cookie.Name)
			continue
		case host && (cookie.Path != "/" || cookie.Domain != ""):
			b.t.Errorf("%s: the cookie %s has to have the path / and no domain for its name", from, cookie.Name)
			continue
		case cookie.SameSite == http.SameSiteNoneMode && !cookie.Secure:
			b.t.Errorf("%s: the cookie %s is SameSite=None and has to be Secure", from, cookie.Name)
			continue
		}
		b.tab.person.jar.SetCookies(secured(from), []*http.Cookie{cookie})
	}
}

// Cookie is the value of the person's cookie of that name, empty when there is none.
func (b *Browser) Cookie(name string) string {
	for _, cookie := range b.tab.person.jar.Cookies(secured(b.tab.person.base)) {
		if cookie.Name == name {
			return cookie.Value
		}
	}
	return ""
}

// Forget drops all cookies, as closing a private window does.
func (b *Browser) Forget() *Browser {
	b.tab.person.jar, _ = cookiejar.New(nil)
	return b
}

// Response is the bare answer to [Browser.Do].
type Response struct {
	Status int
	Body   string

	t      T
	at     string
	header http.Header
}

// Do sends what no page offers, with the person's cookies and the browser's
// manner, and follows nothing; the tab stays where it is. form is the body as it
// goes out. A header given here stands in place of the browser's own; an empty one
// is left out.
func (b *Browser) Do(method, path, form string, header http.Header) *Response {
	b.t.Helper()
	to, err := b.tab.person.base.Parse(path)
	if err != nil {
		b.t.Fatalf("%s %s: %v", method, path, err)
	}
	sent := request{method: method, url: to, from: &screen{url: b.tab.person.base, header: http.Header{}}}
	all := http.Header{}
	if form != "" || method != "GET" && method != "HEAD" {
		all.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	b.introduce(all, sent, []*url.URL{to})
	for key, values := range header {
		key = http.CanonicalHeaderKey(key)
		if all[key] = values; len(values) == 0 || values[0] == "" {
			delete(all, key)
		}
	}
	return b.send(method, to, []byte(form), all)
}

// Header is the answer's header of that name.
func (r *Response) Header(name string) string { return r.header.Get(name) }

// Headers are all headers of the answer.
func (r *Response) Headers() http.Header { return r.header }

// Cookies are the cookies the answer sets, with their attributes.
func (r *Response) Cookies() []*http.Cookie {
	return (&http.Response{Header: r.header}).Cookies()
}

// Wants wants this status.
func (r *Response) Wants(status int) *Response {
	r.t.Helper()
	if r.Status != status {
		r.t.Fatalf("%s answers %d, wanted %d: %s", r.at, r.Status, status, excerpt(r.Text()))
	}
	return r
}

// Sees wants the words in the answer, be it a page or a part of one.
func (r *Response) Sees(words string) *Response {
	r.t.Helper()
	if !strings.Contains(r.Text(), squeeze(words)) {
		r.t.Fatalf("%s (%d) does not say %q, it says: %s", r.at, r.Status, words, excerpt(r.Text()))
	}
	return r
}

// SeesNot wants the words nowhere in the answer.
func (r *Response) SeesNot(words string) *Response {
	r.t.Helper()
	if strings.Contains(r.Text(), squeeze(words)) {
		r.t.Fatalf("%s (%d) says %q: %s", r.at, r.Status, words, excerpt(r.Text()))
	}
	return r
}

// Text is what a person would read in the answer.
func (r *Response) Text() string {
	r.t.Helper()
	if mediaType(r.header) != "text/html" {
		return squeeze(r.Body)
	}
	doc, err := parse(r.Body)
	if err != nil {
		r.t.Fatalf("%s cannot be read: %v", r.at, err)
	}
	return text(doc.root)
}

// Holds gives the person a cookie, as if an earlier visit had left it.
func (b *Browser) Holds(name, value string) *Browser {
	at := b.tab.person.base
	b.tab.person.jar.SetCookies(secured(at), []*http.Cookie{{Name: name, Value: value, Path: "/", HttpOnly: true}})
	return b
}
