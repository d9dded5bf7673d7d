package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// writePlans writes down how the database answers each question of the pages: for a busy and for the heavy
// customer, with a plan for these very values and with the one that a prepared statement ends up with.
func (b *bench) writePlans() error {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		return err
	}
	f := &floor{zone: zone, asked: map[string][]statement{}}
	var plans strings.Builder
	for _, page := range f.pages() {
		f.note(b.ctx, page)
		for _, who := range page.session[:min(2, len(page.session))] {
			for _, mode := range []string{"force_custom_plan", "force_generic_plan"} {
				for _, address := range []string{b.small, b.big} {
					fmt.Fprintf(&plans, "\n=== %s of %d, %s, %s\n", page.path, who, mode, address)
					for _, one := range f.asked[page.path+secretOf(who)] {
						if err := b.plan(&plans, address, mode, one); err != nil {
							return err
						}
					}
				}
			}
		}
	}
	path := filepath.Join(b.folder, "plans.txt")
	fmt.Fprintln(b.said, "  see", path)
	return os.WriteFile(path, []byte(plans.String()), 0o644)
}

func (b *bench) plan(plans *strings.Builder, address, mode string, one statement) error {
	return b.inDatabase(address, func(conn *pgx.Conn) error {
		if _, err := conn.Exec(b.ctx, "SET plan_cache_mode = "+mode+"; SET statement_timeout = '20s'"); err != nil {
			return err
		}
		name, _, _ := strings.Cut(one.sql, "\n")
		fmt.Fprintf(plans, "\n%s\n", name)
		var line string
		for _, cold := range []bool{true, false} { // the second time everything is in memory
			rows, err := conn.Query(b.ctx, "EXPLAIN (ANALYZE, BUFFERS, COSTS OFF) "+one.sql, one.args...)
			if err != nil {
				return err
			}
			var lines strings.Builder
			if _, err := pgx.ForEachRow(rows, []any{&line}, func() error { lines.WriteString("  " + line + "\n"); return nil }); err != nil {
				fmt.Fprintln(plans, err)
				return nil
			}
			if !cold {
				plans.WriteString(lines.String())
			}
		}
		return nil
	})
}
