package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"cabinet/assets"
	"cabinet/db"
	"cabinet/db/localpg"
	"cabinet/db/s3"
	"cabinet/handlers"
	"cabinet/jobs"
	"cabinet/jobs/smtp"
	"cabinet/views"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// program is what every command but routes stands on.
type program struct {
	config
	pool *pgxpool.Pool
	db   *db.DB
	log  *slog.Logger
	live *handlers.Live
}

// with opens the database for one command and closes it after.
func with(ctx context.Context, c config, do func(context.Context, *program) error) error {
	if c.DatabaseURL == "" {
		return errors.New("DATABASE_URL is empty: only `cabinet run` brings a database of its own")
	}
	p, err := open(ctx, c)
	if err != nil {
		return err
	}
	defer p.close()
	return do(ctx, p)
}

func open(ctx context.Context, c config) (*program, error) {
	if err := assets.Complete(); err != nil {
		return nil, err
	}
	settings, err := pgxpool.ParseConfig(c.DatabaseURL)
	if err != nil {
		return nil, errors.New("DATABASE_URL can not be read")
	}
	settings.MaxConns = c.PoolSize
	settings.MaxConnLifetime = time.Hour
	settings.ConnConfig.ConnectTimeout = 5 * time.Second
	settings.ConnConfig.RuntimeParams["statement_timeout"] = strconv.FormatInt(c.StatementTimeout.Milliseconds(), 10)
	settings.ConnConfig.RuntimeParams["application_name"] = "cabinet"
	pool, err := pgxpool.NewWithConfig(ctx, settings)
	if err != nil {
		return nil, err
	}
	key := sha256.Sum256([]byte(c.SecretKey))
	storage, err := c.storage()
	if err != nil {
		return nil, err
	}
	d, err := db.Open(pool, db.Settings{
		Storage: storage,
		Now:     time.Now, Zone: c.TimeZone, CutoffHour: c.Cutoff, MailGrouping: c.MailGrouping, DueDays: 7, EarlyParcels: c.EarlyParcels,
		CampaignRate: c.CampaignRate,
		KeepSecrets:  c.mailServer().Host == "", SecondFactor: c.production(), SecretKey: key[:],
	})
	if err != nil {
		return nil, err
	}
	views.Site.Name = c.SiteName
	if name, logo, err := c.logo(); err != nil {
		return nil, err
	} else if name != "" {
		views.Site.Logo = assets.Add(name, logo)
	}
	views.Site.Sender = c.sender()
	views.Site.Help = cmp.Or(c.SupportEmail, c.sender())
	return &program{c, pool, d, c.logger(slog.LevelInfo), handlers.NewLive()}, nil
}

// storage is where files go after they were sent, or nothing: then they stay in the database.
func (c config) storage() (db.Contents, error) {
	if c.StorageURL == nil || c.StorageURL.Host == "" {
		return nil, nil
	}
	return s3.Open(c.StorageURL)
}

// logger writes lines that people read, or in production lines that programs read.
func (c config) logger(level slog.Level) *slog.Logger {
	options := &slog.HandlerOptions{Level: level}
	if c.production() {
		return slog.New(slog.NewJSONHandler(os.Stderr, options))
	}
	return slog.New(slog.NewTextHandler(os.Stderr, options))
}

func (p *program) close() {
	p.db.Close()
	p.pool.Close()
}

func migrate(ctx context.Context, p *program) error { return db.Migrate(ctx, p.pool) }

// stopWithin leaves the platform's 30 seconds some room. A job that goes on for longer than jobPatience is broken
// off, which leaves time to say so in the database.
const (
	stopWithin  = 20 * time.Second
	jobPatience = 12 * time.Second
)

// lastCall is how long the door stays open after a process was asked to stop. Whoever is in front of it when it shuts
// is turned away by the system without a word, so the platform gets a moment to send everybody elsewhere.
const lastCall = 500 * time.Millisecond

// web serves until ctx ends, then lets open requests finish.
func web(ctx context.Context, p *program) error {
	if err := p.migrated(ctx); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", ":"+strconv.Itoa(p.Port))
	if err != nil {
		return fmt.Errorf("PORT %d is taken by another program: choose another one, as in PORT=5001", p.Port)
	}
	return p.serve(ctx, listener)
}

func (p *program) serve(ctx context.Context, listener net.Listener) error {
	base, err := url.Parse(p.BaseURL)
	if err != nil {
		return err
	}
	app := handlers.New(p.db, p.live, handlers.Config{
		BaseURL: base, Development: !p.production(), SecondFactor: p.production(),
		Sender: p.sender(), DKIMSelectors: p.DKIMSelectors, Resolver: net.DefaultResolver,
		Hops: p.TrustedProxies.Hops, Proxies: p.TrustedProxies.Networks, Zone: p.TimeZone, Log: p.log,
		MetricsToken: p.MetricsToken, BounceSecret: p.BounceSecret,
	})
	hearing, deaf := context.WithCancel(ctx)
	defer deaf()
	go p.hear(hearing)
	failed := make(chan error, 1)
	go func() { failed <- app.Listener(listener) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	p.live.Close()
	time.Sleep(lastCall)
	return app.ShutdownWithTimeout(stopWithin)
}

// hear passes announcements on to the open pages, and connects again whenever the database was away.
func (p *program) hear(ctx context.Context) {
	for ctx.Err() == nil {
		conn, err := pgx.ConnectConfig(ctx, p.pool.Config().ConnConfig.Copy())
		if err == nil {
			err = db.Listen(ctx, conn, p.live.Refresh, p.live.Tell)
			conn.Close(context.WithoutCancel(ctx))
		}
		if ctx.Err() == nil {
			p.log.Warn("not hearing the database", "err", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(time.Second):
		}
	}
}

// worker works until ctx ends, then lets running jobs finish.
func worker(ctx context.Context, p *program) error {
	if err := p.migrated(ctx); err != nil {
		return err
	}
	config, err := p.jobsConfig()
	if err != nil {
		return err
	}
	client, err := jobs.New(p.db, config)
	if err != nil {
		return err
	}
	if err := client.Start(context.WithoutCancel(ctx)); err != nil {
		return err
	}
	<-ctx.Done()
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWithin)
	defer cancel()
	return client.Stop(stop)
}

// jobsConfig says how the workers reach the world. Without a mail server mails stay at /dev/mail. River tells every
// few seconds how much it has done; only what went wrong is worth a line.
func (p *program) jobsConfig() (jobs.Config, error) {
	config := jobs.Config{Log: p.logger(slog.LevelWarn), BaseURL: p.BaseURL, ReplyByNumber: p.SupportPlus, Patience: jobPatience, Redact: redactApart}
	server := p.mailServer()
	if server.Host == "" {
		return config, nil
	}
	sender, err := smtp.New(smtp.Server{Host: server.Host, Port: server.Port, TLS: server.TLS, User: server.User, Password: server.Password}, p.MailFrom)
	config.Sender = sender
	return config, err
}

// migrated refuses to work on a schema that this program was not written for.
func (p *program) migrated(ctx context.Context) error {
	ok, err := db.Migrated(ctx, p.pool)
	if err == nil && !ok {
		err = errors.New("the database is not up to date: run `cabinet migrate` first")
	}
	return err
}

// run is everything at once, for a trial on one machine.
func run(ctx context.Context, c config) error {
	if c.DatabaseURL == "" {
		server, err := localpg.Start(ctx, filepath.Join(dataFolder, "postgres"))
		if err != nil {
			return err
		}
		defer server.Stop()
		c.DatabaseURL = server.URL()
	}
	return with(ctx, c, func(ctx context.Context, p *program) error {
		listener, err := net.Listen("tcp", ":"+strconv.Itoa(p.Port))
		if err != nil {
			return fmt.Errorf("PORT %d is taken by another program: choose another one, as in PORT=5001 make run", p.Port)
		}
		if err := migrate(ctx, p); err != nil {
			return err
		}
		if err := seed(ctx, p); err != nil {
			return err
		}
		greet(os.Stdout, p)
		return together(ctx,
			func(ctx context.Context) error { return p.serve(ctx, listener) },
			func(ctx context.Context) error { return worker(ctx, p) },
		)
	})
}

// together runs parts until ctx ends or one of them fails, and waits for all.
func together(ctx context.Context, parts ...func(context.Context) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ended := make(chan error, len(parts))
	for _, part := range parts {
		go func() { ended <- part(ctx) }()
	}
	var failed error
	for range parts {
		if err := <-ended; err != nil && failed == nil {
			failed = err
		}
		cancel()
	}
	return failed
}

// greet says where to go and whom to sign in as.
func greet(w io.Writer, p *program) {
	fmt.Fprintf(w, "\n  %s is ready: %s\n\n", p.SiteName, p.BaseURL)
	for _, person := range demoPeople {
		fmt.Fprintf(w, "  %-24s %-22s %s\n", person.email, person.what, demoPassword)
	}
	fmt.Fprintf(w, "\n  Mails can be read at %s/dev/mail. Stop with Ctrl-C; nothing is lost.\n\n", p.BaseURL)
}
