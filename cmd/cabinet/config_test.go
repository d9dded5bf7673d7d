package main

import (
	"encoding/json"
	"maps"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// production is the least that a real site must set.
var production = map[string]string{
	"ENV":          "production",
	"DATABASE_URL": "postgres://cabinet@db.example/cabinet",
	"BASE_URL":     "https://cabinet.example",
	"SECRET_KEY":   "0123456789abcdef0123456789abcdef",
	"SMTP_URL":     "smtps://post:s%40crt@mail.example",
	"MAIL_FROM":    "Кабинет <post@cabinet.example>",
}

func TestConfigOfADeveloper(t *testing.T) {
	t.Chdir(t.TempDir())
	c, err := readConfig(nil)
	if err != nil {
		t.Fatal(err)
	}
	if c.production() || c.BaseURL != "http://localhost:5000" || c.DatabaseURL != "" || c.mailServer().Host != "" {
		t.Errorf("with nothing set: %+v", c)
	}
	if c.TimeZone.String() != "Europe/Berlin" || c.Cutoff != 14 || c.MailGrouping != 30*time.Minute {
		t.Errorf("zone %v, cut-off at %d, mails grouped for %v", c.TimeZone, c.Cutoff, c.MailGrouping)
	}
	t.Run("the key is made once and kept", func(t *testing.T) {
		again, err := readConfig(nil)
		if err != nil || len(c.SecretKey) < 32 || again.SecretKey != c.SecretKey {
			t.Errorf("keys of %d and %d characters: %v", len(c.SecretKey), len(again.SecretKey), err)
		}
		info, err := os.Stat(filepath.Join(dataFolder, "secret_key"))
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("the key may be read by %v: %v", info.Mode(), err)
		}
	})
	t.Run("PORT moves the address", func(t *testing.T) {
		if c, err := readConfig([]string{"PORT=8080"}); err != nil || c.BaseURL != "http://localhost:8080" {
			t.Errorf("%s, %v", c.BaseURL, err)
		}
	})
}

func TestConfigOfProduction(t *testing.T) {
	t.Chdir(t.TempDir())
	c, err := readConfig(environment(production, "TRUSTED_PROXIES=10.0.0.0/8, 192.0.2.7/32", "BASE_URL=https://cabinet.example/"))
	if err != nil {
		t.Fatal(err)
	}
	if !c.production() || c.BaseURL != "https://cabinet.example" {
		t.Errorf("production: %v at %s", c.production(), c.BaseURL)
	}
	if want := (mailServer{"mail.example", "post", "s@crt", 465, true}); c.mailServer() != want {
		t.Errorf("mails go to %+v", c.mailServer())
	}
	if want := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("192.0.2.7/32")}; !slices.Equal(c.TrustedProxies.Networks, want) {
		t.Errorf("proxies: %v", c.TrustedProxies)
	}
	if _, err := os.Stat(dataFolder); err == nil {
		t.Error("it wrote to the disk")
	}
	t.Run("mail without a URL, proxies by their number", func(t *testing.T) {
		c, err := readConfig(environment(production, "SMTP_URL=", "SMTP_HOST=mail.example", "SMTP_USER=post", "SMTP_PASSWORD=x", "TRUSTED_PROXIES=2"))
		if want := (mailServer{"mail.example", "post", "x", 587, false}); err != nil || c.mailServer() != want || c.TrustedProxies.Hops != 2 {
			t.Errorf("mails go to %+v, %d hops: %v", c.mailServer(), c.TrustedProxies.Hops, err)
		}
	})
}

func TestConfigNamesWhatIsWrong(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, wrong := range []string{
		"ENV=prod-hunter2", "DATABASE_URL=mysql://hunter2", "DATABASE_URL=", "PORT=hunter2", "PORT=70000",
		"BASE_URL=http://hunter2.example", "BASE_URL=https://hunter2.example/path", "BASE_URL=hunter2", "BASE_URL=",
		"SECRET_KEY=hunter2", "SECRET_KEY=", "SMTP_URL=https://hunter2.example", "SMTP_URL=smtp://post:hunter2@", "SMTP_URL=:hunter2",
		"SMTP_URL=", "SMTP_PORT=0", "MAIL_FROM=hunter2", "TRUSTED_PROXIES=hunter2", "TRUSTED_PROXIES=-1", "SUPPORT_EMAIL=hunter2",
		"TIME_ZONE=Europe/hunter2", "POOL_SIZE=1", "POOL_SIZE=hunter2", "STATEMENT_TIMEOUT=hunter2", "STATEMENT_TIMEOUT=0s", "METRICS_TOKEN=hunter2",
		"STORAGE_URL=https://key:hunter2@s3.example", "STORAGE_URL=https://hunter2.example/bucket", "STORAGE_URL=ftp://key:hunter2@s3.example/bucket",
		"MAIL_GROUPING=-1m", "CUTOFF=24",
	} {
		t.Run(wrong, func(t *testing.T) {
			_, err := readConfig(environment(production, wrong))
			if err == nil {
				t.Fatal("it was taken")
			}
			name, _, _ := strings.Cut(wrong, "=")
			lines := strings.Split(err.Error(), "\n")
			if len(lines) != 2 || !strings.HasPrefix(lines[1], "  "+name+": ") || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the error is %q", err)
			}
		})
	}
	t.Run("all of them at once", func(t *testing.T) {
		_, err := readConfig([]string{"ENV=production"})
		for _, name := range []string{"DATABASE_URL", "BASE_URL", "SECRET_KEY", "SMTP_URL"} {
			if err == nil || !strings.Contains(err.Error(), name) {
				t.Errorf("%s is not in %v", name, err)
			}
		}
	})
}

// TestConfigIsDocumented keeps .env.example, the operator's book and app.json in step with the program.
func TestConfigIsDocumented(t *testing.T) {
	var known []string
	for _, field := range fields {
		known = append(known, variable(field))
	}
	slices.Sort(known)

	example, err := os.ReadFile("../../.env.example")
	if err != nil {
		t.Fatal(err)
	}
	var documented []string
	for _, match := range regexp.MustCompile(`(?m)^#? ?([A-Z_]+)=`).FindAllStringSubmatch(string(example), -1) {
		documented = append(documented, match[1])
	}
	if slices.Sort(documented); !slices.Equal(documented, known) {
		t.Errorf(".env.example has %v, the program %v", documented, known)
	}

	book, err := os.ReadFile("../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range known {
		if !strings.Contains(string(book), "`"+name) {
			t.Errorf("docs/operations.md does not name %s", name)
		}
	}

	file, err := os.ReadFile("../../app.json")
	if err != nil {
		t.Fatal(err)
	}
	var app struct{ Env map[string]json.RawMessage }
	if err := json.Unmarshal(file, &app); err != nil {
		t.Fatal(err)
	}
	for name := range app.Env {
		if !slices.Contains(known, name) {
			t.Errorf("app.json sets %s, which nobody reads", name)
		}
	}
	for _, field := range fields {
		if strings.Contains(field.Tag.Get("wants"), "needed in production") && app.Env[variable(field)] == nil && variable(field) != "DATABASE_URL" {
			t.Errorf("app.json does not ask for %s", variable(field))
		}
	}
}

func environment(set map[string]string, more ...string) (lines []string) {
	all := maps.Clone(set)
	for _, line := range more {
		name, value, _ := strings.Cut(line, "=")
		all[name] = value
	}
	for name, value := range all {
		lines = append(lines, name+"="+value)
	}
	return lines
}
