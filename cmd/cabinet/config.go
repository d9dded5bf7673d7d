package main

import (
	"cmp"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net/mail"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // a small machine may know no time zones

	"github.com/caarlos0/env/v11"
)

// dataFolder is where `cabinet run` keeps the private Postgres and its key. `make reset` removes it.
const dataFolder = ".data"

// config is everything that can be set from outside, all of it by environment variables.
// The tag wants says what a right value is: an error names variables and never shows values.
type config struct {
	Env              string         `env:"ENV" envDefault:"development" wants:"development or production"`
	DatabaseURL      string         `env:"DATABASE_URL,unset" wants:"the address of a Postgres, needed in production"`
	Port             int            `env:"PORT" envDefault:"5000" wants:"a number from 1 to 65535"`
	BaseURL          string         `env:"BASE_URL" wants:"the address people type, without a path; https in production"`
	SecretKey        string         `env:"SECRET_KEY,unset" wants:"at least 32 characters, needed in production"`
	SMTPURL          *url.URL       `env:"SMTP_URL,unset" wants:"smtp://user:password@host:port or smtps://…, needed in production if SMTP_HOST is empty"`
	SMTPHost         string         `env:"SMTP_HOST" wants:"the name of a mail server"`
	SMTPPort         int            `env:"SMTP_PORT" envDefault:"587" wants:"a number from 1 to 65535"`
	SMTPUser         string         `env:"SMTP_USER"`
	SMTPPassword     string         `env:"SMTP_PASSWORD,unset"`
	MailFrom         string         `env:"MAIL_FROM" envDefault:"Cabinet <cabinet@localhost>" wants:"an address like Cabinet <post@example.com>"`
	TrustedProxies   proxies        `env:"TRUSTED_PROXIES" wants:"the number of proxies in front, or their networks, like 10.0.0.0/8"`
	SiteName         string         `env:"SITE_NAME" envDefault:"Cabinet"`
	SiteLogo         string         `env:"SITE_LOGO" wants:"a file with a picture, PNG, JPEG, WebP or SVG, of at most 200 kB"`
	SupportEmail     string         `env:"SUPPORT_EMAIL" wants:"an e-mail address"`
	SupportPlus      bool           `env:"SUPPORT_PLUS" wants:"true or false"`
	DKIMSelectors    []string       `env:"DKIM_SELECTORS"`
	TimeZone         *time.Location `env:"TIME_ZONE" envDefault:"Europe/Berlin" wants:"a name like Europe/Berlin"`
	PoolSize         int32          `env:"POOL_SIZE" envDefault:"10" wants:"a number of connections, at least 2"`
	StatementTimeout time.Duration  `env:"STATEMENT_TIMEOUT" envDefault:"5s" wants:"a time like 5s"`
	StorageURL       *url.URL       `env:"STORAGE_URL,unset" wants:"https://key:secret@host/bucket, or nothing"`
	MetricsToken     string         `env:"METRICS_TOKEN,unset" wants:"at least 16 characters, or nothing"`
	BounceSecret     string         `env:"BOUNCE_SECRET,unset" wants:"at least 16 characters, or nothing"`
	CampaignRate     int            `env:"CAMPAIGN_RATE" envDefault:"600" wants:"a number of mails a minute, at least 1"`
	MailGrouping     time.Duration  `env:"MAIL_GROUPING" envDefault:"30m" wants:"a time like 30m"`
	Cutoff           int            `env:"CUTOFF" envDefault:"14" wants:"an hour from 0 to 23"`
	EarlyParcels     bool           `env:"EARLY_PARCELS" wants:"true or false"`
}

// proxies says whose X-Forwarded-For we believe: that of the last so many hops, or of known networks.
type proxies struct {
	Hops     int
	Networks []netip.Prefix
}

// mailServer is where mails go out. Its Host is empty when there is none.
type mailServer struct {
	Host, User, Password string
	Port                 int
	TLS                  bool // from the first byte; otherwise by STARTTLS
}

func readConfig(environment []string) (config, error) {
	c, err := env.ParseAsWithOptions[config](env.Options{Environment: env.ToMap(environment)})
	c.complete()
	if wrong := append(unreadable(err), c.wrong()...); len(wrong) > 0 {
		return config{}, fmt.Errorf("wrong settings:\n%s", strings.Join(wants(wrong), "\n"))
	}
	if c.SecretKey == "" {
		c.SecretKey, err = keptKey(filepath.Join(dataFolder, "secret_key"))
	}
	return c, err
}

func (c config) production() bool { return c.Env == "production" }

// mailServer is the one of SMTP_URL or else that of SMTP_HOST and its kin.
func (c config) mailServer() mailServer {
	if c.SMTPURL == nil {
		return mailServer{c.SMTPHost, c.SMTPUser, c.SMTPPassword, c.SMTPPort, c.SMTPPort == 465}
	}
	usual := map[string]int{"smtp": 587, "smtps": 465}[c.SMTPURL.Scheme]
	port, _ := strconv.Atoi(c.SMTPURL.Port()) // the parser of addresses has let nothing but digits through
	password, _ := c.SMTPURL.User.Password()
	return mailServer{c.SMTPURL.Hostname(), c.SMTPURL.User.Username(), password, cmp.Or(port, usual), c.SMTPURL.Scheme == "smtps"}
}

// sender is the address that mails come from, without the name.
func (c config) sender() string {
	from, err := mail.ParseAddress(c.MailFrom)
	if err != nil {
		return ""
	}
	return from.Address
}

// complete fills in what follows from the other settings.
func (c *config) complete() {
	c.BaseURL = strings.TrimSuffix(c.BaseURL, "/")
	if c.BaseURL == "" && !c.production() {
		c.BaseURL = "http://localhost:" + strconv.Itoa(c.Port)
	}
}

// wrong names the variables that could be read and do not make sense.
func (c config) wrong() (names []string) {
	check := func(ok bool, name string) {
		if !ok {
			names = append(names, name)
		}
	}
	server := c.mailServer()
	check(c.Env == "development" || c.production(), "ENV")
	check(isPostgres(c.DatabaseURL) || c.DatabaseURL == "" && !c.production(), "DATABASE_URL")
	check(isPort(c.Port), "PORT")
	check(isBase(c.BaseURL, c.production()), "BASE_URL")
	check(len(c.SecretKey) >= 32 || c.SecretKey == "" && !c.production(), "SECRET_KEY")
	check(c.SMTPURL == nil || server.Host != "" && slices.Contains([]string{"smtp", "smtps"}, c.SMTPURL.Scheme), "SMTP_URL")
	check(c.SMTPURL != nil || server.Host != "" || !c.production(), "SMTP_URL")
	check(isPort(c.SMTPPort), "SMTP_PORT")
	check(isAddress(c.MailFrom), "MAIL_FROM")
	check(isAddress(c.SupportEmail) || c.SupportEmail == "", "SUPPORT_EMAIL")
	_, _, err := c.logo()
	check(err == nil, "SITE_LOGO")
	check(c.StorageURL == nil || isBucket(c.StorageURL), "STORAGE_URL")
	check(c.PoolSize >= 2, "POOL_SIZE")
	check(c.StatementTimeout > 0, "STATEMENT_TIMEOUT")
	check(len(c.MetricsToken) >= 16 || c.MetricsToken == "", "METRICS_TOKEN")
	check(len(c.BounceSecret) >= 16 || c.BounceSecret == "", "BOUNCE_SECRET")
	check(c.CampaignRate >= 1, "CAMPAIGN_RATE")
	check(c.MailGrouping >= 0, "MAIL_GROUPING")
	check(c.Cutoff >= 0 && c.Cutoff <= 23, "CUTOFF")
	return names
}

// unreadable names the variables that are no number, no time, no address at all.
func unreadable(err error) (names []string) {
	var all env.AggregateError
	errors.As(err, &all)
	for _, one := range all.Errors {
		var failed env.ParseError
		if errors.As(one, &failed) {
			field, _ := reflect.TypeFor[config]().FieldByName(failed.Name)
			names = append(names, variable(field))
		}
	}
	return names
}

// wants says of each name what it should be.
func wants(names []string) (lines []string) {
	for _, field := range fields {
		if name := variable(field); slices.Contains(names, name) {
			lines = append(lines, "  "+name+": "+field.Tag.Get("wants"))
		}
	}
	return lines
}

var fields = reflect.VisibleFields(reflect.TypeFor[config]())

func variable(field reflect.StructField) string {
	name, _, _ := strings.Cut(field.Tag.Get("env"), ",")
	return name
}

// UnmarshalText reads "1", or "10.0.0.0/8, 192.0.2.7/32".
func (p *proxies) UnmarshalText(text []byte) (err error) {
	if p.Hops, err = strconv.Atoi(string(text)); err == nil {
		if p.Hops < 0 {
			return errors.New("fewer than no proxies")
		}
		return nil
	}
	for word := range strings.SplitSeq(string(text), ",") {
		network, err := netip.ParsePrefix(strings.TrimSpace(word))
		if err != nil {
			return err
		}
		p.Networks = append(p.Networks, network)
	}
	return nil
}

func isPort(port int) bool { return port >= 1 && port <= 65535 }

func isPostgres(address string) bool {
	return strings.HasPrefix(address, "postgres://") || strings.HasPrefix(address, "postgresql://")
}

func isAddress(address string) bool {
	_, err := mail.ParseAddress(address)
	return err == nil
}

// isBase refuses plain http in production, where the session's cookie would not come back,
// except on the machine itself.
func isBase(address string, production bool) bool {
	base, err := url.Parse(address)
	if err != nil || base.Host == "" || address != base.Scheme+"://"+base.Host {
		return false
	}
	return base.Scheme == "https" || base.Scheme == "http" && (!production || base.Hostname() == "localhost")
}

// isBucket reports whether an address names a bucket, and the key to it.
func isBucket(address *url.URL) bool {
	_, secret := address.User.Password()
	bucket := strings.Trim(address.Path, "/")
	return secret && address.Host != "" && bucket != "" && !strings.Contains(bucket, "/") && slices.Contains([]string{"http", "https"}, address.Scheme)
}

// keptKey reads the key of this machine, or makes it the first time, so that a restart signs nobody out.
func keptKey(path string) (string, error) {
	key, err := os.ReadFile(path)
	if err == nil && len(key) >= 32 {
		return string(key), nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return "", err
	}
	fresh := make([]byte, 32)
	rand.Read(fresh)
	text := hex.EncodeToString(fresh)
	return text, os.WriteFile(path, []byte(text), 0o600)
}
