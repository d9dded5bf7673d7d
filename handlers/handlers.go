// Package handlers turns a request into one call of db and its answer into a view.
package handlers

import (
	"cmp"
	"log/slog"
	"net/netip"
	"net/url"
	"time"

	"cabinet/db"

	"github.com/gofiber/fiber/v2"
	"github.com/gorilla/sessions"
)

// Config is what the program decides about the web side.
type Config struct {
	BaseURL      *url.URL // all absolute addresses and the cookie's security follow from it
	Development  bool     // shows /dev pages
	SecondFactor bool     // staff must enter a one-time code
	Hops         int      // how many proxies in front add to X-Forwarded-For
	Proxies      []netip.Prefix
	Zone         *time.Location
	Log          *slog.Logger
	Patience     time.Duration // how long a request may take to come, and an answer to go; 15 seconds when nothing is said
	BounceSecret string        // who brings it may tell which mails came back; empty: nobody may
	MetricsToken string        // who brings it may read /metrics; empty: nobody may

	Sender        string // the address that mails come from
	DKIMSelectors []string
	Resolver      Resolver
}

// Handlers are the doors of the cabinet.
type Handlers struct {
	Config
	db       *db.DB
	sessions sessions.Store
	live     *Live
	meters   *meters
	routes   []Route
}

const (
	patience        = 15 * time.Second
	requestDeadline = 15 * time.Second
	bodyLimit       = 1 << 20
)

// New is the web application. Live is told by whoever listens to the database.
func New(d *db.DB, live *Live, config Config) *fiber.App {
	h := &Handlers{Config: config, db: d, live: live, meters: newMeters()}
	h.sessions = &store{db: d, secure: config.secure()}
	h.routes = h.table()
	app := fiber.New(fiber.Config{
		AppName:               "Cabinet",
		Immutable:             true,
		CaseSensitive:         true,
		StrictRouting:         true,
		UnescapePath:          false,
		DisableStartupMessage: true,
		ErrorHandler:          h.fail,
		ReadTimeout:           cmp.Or(config.Patience, patience),
		WriteTimeout:          cmp.Or(config.Patience, patience),
		IdleTimeout:           75 * time.Second,
		ReadBufferSize:        16 << 10, // shops leave cookies of their own on all their names
		BodyLimit:             bodyLimit,
		ServerHeader:          "",
	})
	app.Server().HeaderReceived = h.allowance
	app.Server().KeepHijackedConns = true // a stream ends its connection itself: see listen
	app.Use(h.count, h.headers, h.oneLength, h.deadline, h.static, h.crossSite)
	for _, route := range h.routes {
		app.Add(route.Method, route.Path, meets(route.Path), h.recognise(route.Rule), h.offered(route.Rule), h.guard(route.Rule), route.handle)
		if route.Method == fiber.MethodGet && route.Path != "/live" {
			app.Add(fiber.MethodHead, route.Path, meets(route.Path), h.recognise(route.Rule), h.offered(route.Rule), h.guard(route.Rule), route.handle)
		}
	}
	app.Use(h.recognise(public), func(*fiber.Ctx) error { return fiber.ErrNotFound })
	return app
}

func (c Config) secure() bool { return c.BaseURL.Scheme == "https" }
