package handlers

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"cabinet/db"
	"cabinet/views"

	"github.com/gofiber/fiber/v2"
	"github.com/gorilla/sessions"
)

// store keeps sessions in Postgres behind the interface of gorilla/sessions. The cookie holds a random
// secret; the table holds its hash.
type store struct {
	db     *db.DB
	secure bool
}

// name carries the __Host- prefix where the site has TLS, so that no other host can set it.
func (s *store) name() string {
	if s.secure {
		return "__Host-sid"
	}
	return "sid"
}

// Get is New: fasthttp gives us no place to cache by request.
func (s *store) Get(r *http.Request, name string) (*sessions.Session, error) { return s.New(r, name) }

// New recognises the visitor behind the cookie. Nobody is an empty session; an error means that the
// database could not say.
func (s *store) New(r *http.Request, name string) (*sessions.Session, error) {
	session := sessions.NewSession(s, name)
	session.IsNew = true
	session.Options = &sessions.Options{Path: "/", MaxAge: int((30 * 24 * time.Hour).Seconds()), HttpOnly: true, Secure: s.secure, SameSite: http.SameSiteLaxMode}
	cookie, err := r.Cookie(name)
	if err != nil || len(cookie.Value) > 200 {
		return session, nil
	}
	pageOf, _ := r.Context().Value(pageWanted{}).(func(db.AccountID) db.Page)
	visitor, page, err := s.db.RecogniseAt(r.Context(), cookie.Value, pageOf)
	if errors.Is(err, db.ErrNotFound) {
		return session, nil
	}
	if err != nil {
		return session, err
	}
	session.ID, session.IsNew = cookie.Value, false
	session.Values["visitor"], session.Values["page"] = visitor, page
	return session, nil
}

// pageWanted is under what a request carries the page that is read together with its session.
type pageWanted struct{}

// Save sends the cookie of an open session, or takes it back when MaxAge is negative.
func (s *store) Save(_ *http.Request, w http.ResponseWriter, session *sessions.Session) error {
	http.SetCookie(w, sessions.NewCookie(session.Name(), session.ID, session.Options))
	return nil
}

// gorilla/sessions speaks net/http and Fiber does not, so these two lend it a request with the cookies
// and a response that only keeps headers.

func (h *Handlers) session(c *fiber.Ctx) (*sessions.Session, error) {
	r := (&http.Request{Header: http.Header{"Cookie": {c.Get("Cookie")}}}).WithContext(c.UserContext())
	return h.sessions.Get(r, h.cookieName())
}

func (h *Handlers) saveSession(c *fiber.Ctx, session *sessions.Session) error {
	w := headerOnly{}
	if err := h.sessions.Save(&http.Request{}, w, session); err != nil {
		return err
	}
	for _, cookie := range w.Header()["Set-Cookie"] {
		c.Response().Header.Add("Set-Cookie", cookie)
	}
	return nil
}

func (h *Handlers) cookieName() string { return (&store{secure: h.secure()}).name() }

type headerOnly http.Header

func (w headerOnly) Header() http.Header         { return http.Header(w) }
func (w headerOnly) Write(b []byte) (int, error) { return len(b), nil }
func (w headerOnly) WriteHeader(int)             {}

// signIn opens a session for an account and gives the browser its cookie. Whatever session it had
// before ends.
func (h *Handlers) signIn(c *fiber.Ctx, account db.Account) error {
	if before := me(c); before.SignedIn() {
		if err := h.db.CloseSession(c.UserContext(), before, before.Session.ID); err != nil {
			return err
		}
	}
	secret, err := h.db.OpenSession(c.UserContext(), account.ID, c.Get("User-Agent"), h.clientIP(c))
	if err != nil {
		return err
	}
	return h.giveCookie(c, secret)
}

func (h *Handlers) giveCookie(c *fiber.Ctx, secret string) error {
	session, err := (&store{db: h.db, secure: h.secure()}).New((&http.Request{Header: http.Header{}}).WithContext(c.UserContext()), h.cookieName())
	if err != nil {
		return err
	}
	session.ID = secret
	return h.saveSession(c, session)
}

// renew gives the visitor's browser a new cookie for the same session.
func (h *Handlers) renew(c *fiber.Ctx) error {
	secret, err := h.db.RenewSession(c.UserContext(), me(c))
	if err != nil {
		return err
	}
	return h.giveCookie(c, secret)
}

// become shows the visitor's account in this answer as an act has left it.
func (h *Handlers) become(c *fiber.Ctx, account db.Account) error {
	visitor := me(c)
	visitor.Account = account
	c.Locals("me", visitor)
	viewer, err := h.viewer(c, visitor)
	c.SetUserContext(views.WithViewer(c.UserContext(), viewer))
	return err
}

// signOut ends the visitor's session and takes the cookie back.
func (h *Handlers) signOut(c *fiber.Ctx) error {
	if visitor := me(c); visitor.SignedIn() {
		if err := h.db.CloseSession(c.UserContext(), visitor, visitor.Session.ID); err != nil {
			return err
		}
	}
	session, err := h.session(c)
	if err != nil {
		return err
	}
	session.Options.MaxAge, session.ID = -1, ""
	if err := h.saveSession(c, session); err != nil {
		return err
	}
	return moved(c, "/")
}

// recognise finds out who is asking, which language they read and what every page shows about them.
func (h *Handlers) recognise(rule Rule) fiber.Handler {
	return func(c *fiber.Ctx) error {
		if pageOf := earlyPage(c, rule); pageOf != nil {
			c.SetUserContext(context.WithValue(c.UserContext(), pageWanted{}, pageOf))
		}
		session, err := h.session(c)
		if err != nil {
			c.SetUserContext(views.WithViewer(c.UserContext(), views.Viewer{Locale: h.guestLocale(c), Zone: h.Zone}))
			return err
		}
		visitor, _ := session.Values["visitor"].(db.Visitor)
		c.Locals("me", visitor)
		if read, early := session.Values["page"].(*readEarly); early {
			c.Locals(pageRead, read.page)
			c.Locals(totalsRead, read.totals)
		}
		viewer, err := h.viewer(c, visitor)
		c.SetUserContext(views.WithViewer(c.UserContext(), viewer))
		if err != nil {
			return err
		}
		return c.Next()
	}
}

// Where a request keeps what was read together with its session.
const (
	pageRead   = "page"
	totalsRead = "totals"
)

// readEarly is what was read before it was known who is asking: the page itself, and the counters of the desk.
type readEarly struct {
	db.Pages
	page   db.Page
	totals *db.DeskTotals
}

// earlyPage says what to read for the account of a session, or nothing.
func earlyPage(c *fiber.Ctx, rule Rule) func(db.AccountID) db.Page {
	counts := rule.who == "staff" && showsTotals(c)
	if rule.early == nil && !counts {
		return nil
	}
	return func(of db.AccountID) db.Page {
		read := &readEarly{}
		if counts {
			read.totals = &db.DeskTotals{By: of}
			read.Pages = append(read.Pages, read.totals)
		}
		if rule.early != nil {
			read.page = rule.early(c, of)
			read.Pages = append(read.Pages, read.page)
		}
		return read
	}
}

func (h *Handlers) viewer(c *fiber.Ctx, visitor db.Visitor) (viewer views.Viewer, err error) {
	viewer = views.Viewer{Path: c.Path(), Locale: h.guestLocale(c), Zone: h.Zone, Asked: c.Context().Time()}
	if !visitor.SignedIn() || visitor.NeedsSecondFactor(h.SecondFactor) {
		return viewer, nil
	}
	viewer.SignedIn, viewer.Name, viewer.Email = true, visitor.Name, visitor.Email
	viewer.Verified, viewer.EmailBounced = visitor.Verified(), visitor.EmailBouncedAt != nil
	viewer.Locale, viewer.Modules = string(visitor.Locale), visitor.Modules
	for _, role := range visitor.Roles {
		viewer.Staff = append(viewer.Staff, string(role))
	}
	ctx := views.WithLocale(c.UserContext(), viewer.Locale)
	viewer.Balance = views.Money(ctx, visitor.Purse.Available, db.EUR)
	if !viewer.Verified {
		viewer.MailWait, err = h.db.ResendWait(ctx, visitor.Email)
	}
	return viewer, err
}

const localeCookie = "locale"

// guestLocale is what a guest chose, else what their browser asks for, else Russian.
func (h *Handlers) guestLocale(c *fiber.Ctx) string {
	if chosen := c.Cookies(localeCookie); chosen == "ru" || chosen == "en" {
		return chosen
	}
	if c.AcceptsLanguages("ru", "en") == "en" {
		return "en"
	}
	return "ru"
}

// chooseLanguage reads the form and not the address, where a link from elsewhere could choose as well.
func (h *Handlers) chooseLanguage(c *fiber.Ctx) error {
	var form struct {
		Locale string `form:"locale"`
		Back   string `form:"back"`
	}
	if err := parse(c, &form); err != nil {
		return err
	}
	locale := db.LocaleOf(form.Locale)
	if visitor := me(c); visitor.SignedIn() {
		if err := h.db.SetLocale(c.UserContext(), visitor, locale); err != nil {
			return err
		}
	}
	c.Cookie(&fiber.Cookie{Name: localeCookie, Value: string(locale), Path: "/", HTTPOnly: true, SameSite: "Lax", MaxAge: 365 * 24 * 3600, Secure: h.secure()})
	return c.Redirect(local(form.Back), fiber.StatusSeeOther)
}

// askToSignIn leads a guest to the sign-in page, and from there back to what was asked for.
func askToSignIn(c *fiber.Ctx) error {
	if c.Method() != fiber.MethodGet || swaps(c) {
		return redirect(c, "/sign-in")
	}
	return redirect(c, "/sign-in?back="+url.QueryEscape(local(c.OriginalURL())))
}

// me is the visitor; the zero one is nobody.
func me(c *fiber.Ctx) db.Visitor {
	visitor, _ := c.Locals("me").(db.Visitor)
	return visitor
}

// clientIP is where a request came from, by the proxies that we were told to believe.
func (h *Handlers) clientIP(c *fiber.Ctx) string {
	direct := c.Context().RemoteIP().String()
	var hops []string
	for _, hop := range strings.Split(c.Get("X-Forwarded-For"), ",") {
		if hop = strings.TrimSpace(hop); hop != "" {
			hops = append(hops, hop)
		}
	}
	return believed(direct, hops, h.Hops, h.Proxies)
}
