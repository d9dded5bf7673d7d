package main

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// TestLayers says who may import whom. A row lists everything of ours that a folder may know;
// tests may know what they need.
func TestLayers(t *testing.T) {
	may := map[string][]string{
		"assets":             {},
		"db":                 {},
		"db/localpg":         {},
		"db/dbtest":          {"db", "db/localpg"},
		"db/s3":              {"db"},
		"views":              {"assets", "db"},
		"views/mails":        {"assets", "db", "views"},
		"jobs/smtp":          {},
		"jobs/bounces":       {"db", "jobs/smtp"},
		"jobs/smtp/smtptest": {},
		"jobs":               {"db", "jobs/smtp", "views", "views/mails"},
		"handlers":           {"assets", "db", "views", "views/mails"},
		"handlers/webtest":   {},
		"cmd/cabinet/chaos":  {},
		"cmd/cabinet":        {"assets", "db", "db/localpg", "db/s3", "handlers", "jobs", "jobs/bounces", "jobs/smtp", "views"},
		"cmd/bench":          {"db", "db/localpg", "jobs", "views"},
	}
	for folder, imports := range packages(t) {
		if _, known := may[folder]; !known {
			t.Errorf("%s has no row here: say what it may import", folder)
		}
		for _, path := range imports {
			if ours, ok := strings.CutPrefix(path, "cabinet/"); ok && !slices.Contains(may[folder], ours) {
				t.Errorf("%s imports %s", folder, ours)
			}
		}
	}
}

// TestLibraries says who may know which library.
func TestLibraries(t *testing.T) {
	knows := map[string][]string{
		"github.com/minio/minio-go/":    {"db/s3"},
		"github.com/jackc/pgx/":         {"db", "db/dbtest", "db/localpg", "cmd/cabinet", "cmd/bench"},
		"database/sql":                  {"db", "db/dbtest", "cmd/cabinet"},
		"github.com/riverqueue/":        {"db", "db/dbtest", "jobs", "cmd/cabinet", "cmd/bench"},
		"github.com/gofiber/":           {"handlers", "cmd/bench"},
		"github.com/valyala/fasthttp":   {"handlers", "cmd/bench"},
		"github.com/gorilla/":           {"handlers"},
		"github.com/prometheus/":        {"handlers"},
		"github.com/a-h/templ":          {"views", "views/mails", "handlers", "jobs", "cmd/bench"},
		"github.com/wneessen/go-mail":   {"jobs/smtp"},
		"github.com/caarlos0/env/":      {"cmd/cabinet"},
		"github.com/andybalholm/brotli": {"assets"},
		"golang.org/x/image/":           {"db", "cmd/cabinet"},
	}
	for folder, imports := range packages(t) {
		for _, path := range imports {
			for library, folders := range knows {
				if strings.HasPrefix(path, library) && !slices.Contains(folders, folder) {
					t.Errorf("%s imports %s", folder, path)
				}
			}
		}
	}
}

// packages lists our folders with what they import, their tests left out.
func packages(t *testing.T) map[string][]string {
	t.Helper()
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "cabinet/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	found := map[string][]string{}
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		found[strings.TrimPrefix(words[0], "cabinet/")] = words[1:]
	}
	return found
}
