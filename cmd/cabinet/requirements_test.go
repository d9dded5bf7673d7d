package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	requirementRow = regexp.MustCompile(`^\| ([A-P]\d\d) \|.*\| (done|not yet) \|$`)
	testName       = regexp.MustCompile("Run\\(\\s*[\"`]([^\"`]*)[\"`]")
	requirementID  = regexp.MustCompile(`\b[A-P]\d\d\b`)
)

// TestRequirements keeps docs/requirements.md honest: a row is done when a test says so by name.
func TestRequirements(t *testing.T) {
	named := requirementsNamedByTests(t)
	table, err := os.ReadFile("../../docs/requirements.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for line := range strings.Lines(string(table)) {
		line = strings.TrimRight(line, "\n")
		row := requirementRow.FindStringSubmatch(line)
		if row == nil {
			if strings.HasPrefix(line, "| ") && requirementID.MatchString(line[:min(len(line), 6)]) {
				t.Errorf("a row that is neither done nor not yet: %.60s", line)
			}
			continue
		}
		rows++
		if row[2] == "done" && !slices.Contains(named, row[1]) {
			t.Errorf("%s is marked done and no test names it", row[1])
		}
	}
	if rows < 150 {
		t.Errorf("only %d rows: is this the whole table?", rows)
	}
}

func requirementsNamedByTests(t *testing.T) (ids []string) {
	t.Helper()
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && (d.Name() == "node_modules" || strings.HasPrefix(d.Name(), ".") && d.Name() != ".." && len(d.Name()) > 2) {
			if err == nil {
				err = filepath.SkipDir
			}
			return err
		}
		if !strings.HasSuffix(path, "_test.go") {
			return nil
		}
		source, err := os.ReadFile(path)
		for _, name := range testName.FindAllStringSubmatch(string(source), -1) {
			ids = append(ids, requirementID.FindAllString(name[1], -1)...)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return ids
}
