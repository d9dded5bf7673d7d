package db_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"cabinet/db/dbtest"
)

// TestBorders keeps a table in the hands of its own concept: a query that writes, declared in
// queries/parcels.sql, is called from parcels*.go and nowhere else. Another concept asks a verb of
// parcels.go, which knows the rules.
func TestBorders(t *testing.T) {
	generated, _ := filepath.Glob("*.sql.go")
	owner := map[string]string{}
	for _, file := range generated {
		for _, name := range methods(t, file) {
			if !ast.IsExported(name) && !strings.HasPrefix(name, "lock") { // a lock changes nothing
				owner[name] = strings.TrimSuffix(file, ".sql.go")
			}
		}
	}
	files, _ := filepath.Glob("*.go")
	for _, file := range files {
		if strings.HasSuffix(file, ".sql.go") || strings.HasSuffix(file, "_test.go") {
			continue
		}
		ast.Inspect(parse(t, file), func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			sel, ok := call.Fun.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if concept := owner[sel.Sel.Name]; concept != "" && !strings.HasPrefix(file, concept) {
				t.Errorf("%s calls %s, which belongs to %s*.go", file, sel.Sel.Name, concept)
			}
			return true
		})
	}
}

var (
	queryHead = regexp.MustCompile(`(?m)^-- name: (\w+) :\w+$`)
	comment   = regexp.MustCompile(`(?m)^--.*$`)
	writes    = regexp.MustCompile(`(?i)\b(INSERT INTO|UPDATE\s+\w+.*\bSET\b|DELETE FROM|FOR (NO KEY )?UPDATE|FOR SHARE)`)
)

// TestReadsOnlyRead keeps the promise of the capital letter: such a query changes and locks nothing.
func TestReadsOnlyRead(t *testing.T) {
	files, _ := filepath.Glob("queries/*.sql")
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		heads := queryHead.FindAllSubmatchIndex(source, -1)
		for i, head := range heads {
			end := len(source)
			if i+1 < len(heads) {
				end = heads[i+1][0]
			}
			name, body := string(source[head[2]:head[3]]), comment.ReplaceAllString(string(source[head[1]:end]), "")
			if ast.IsExported(name) && writes.MatchString(body) {
				t.Errorf("%s: %s has a capital letter and writes", file, name)
			}
		}
	}
}

func methods(t *testing.T, file string) (names []string) {
	for _, decl := range parse(t, file).Decls {
		if f, ok := decl.(*ast.FuncDecl); ok && f.Recv != nil {
			names = append(names, f.Name.Name)
		}
	}
	return names
}

func parse(t *testing.T, file string) *ast.File {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestQueuesAreVacuumed holds what the desk counts against how its tables are cleaned up: what has left a queue must not lie
// before what is in it.
func TestQueuesAreVacuumed(t *testing.T) {
	w := dbtest.Open(t)
	asked, err := os.ReadFile("queries/desk.sql")
	if err != nil {
		t.Fatal(err)
	}
	tables := map[string]bool{}
	for _, table := range regexp.MustCompile(`FROM (\w+)`).FindAllStringSubmatch(string(asked), -1) {
		tables[table[1]] = true
	}
	if len(tables) < 8 {
		t.Fatal(tables)
	}
	for table := range tables {
		var options []string
		if err := w.Pool.QueryRow(t.Context(), "SELECT coalesce(reloptions, '{}') FROM pg_class WHERE oid = $1::regclass", table).Scan(&options); err != nil {
			t.Fatal(table, err)
		}
		if !slices.Contains(options, "vacuum_index_cleanup=on") || !slices.Contains(options, "autovacuum_vacuum_scale_factor=0.005") {
			t.Errorf("%s: %s", table, options)
		}
	}
}

// TestEntriesAreFound keeps questions to what an index of the ledger answers: a customer's entries have a number, and only
// who says so is spared the whole table.
func TestEntriesAreFound(t *testing.T) {
	files, _ := filepath.Glob("queries/*.sql")
	found := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, query := range strings.Split(string(text), "-- name: ")[1:] {
			if file == "queries/audits.sql" { // an audit reads everything
				continue
			}
			for _, of := range regexp.MustCompile(`(?:FROM|JOIN) entries (\w+)`).FindAllStringSubmatch(query, -1) {
				found++
				if !regexp.MustCompile(`\b` + of[1] + `\.(transfer_id = |number (IS NOT NULL|<|=))`).MatchString(query) {
					t.Errorf("%s: %s of %s", file, of[1], query)
				}
			}
		}
	}
	if found < 5 {
		t.Error(found)
	}
}
