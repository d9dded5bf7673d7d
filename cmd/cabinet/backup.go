package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"cabinet/db"
	"cabinet/db/localpg"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// backup writes a dump of the database to a file and proves it: every row of it can be restored, and adds up.
func backup(ctx context.Context, c config, args []string) error {
	if len(args) != 1 {
		return errors.New("usage: cabinet backup FILE")
	}
	if c.DatabaseURL == "" {
		return errors.New("DATABASE_URL is empty: say which database to back up")
	}
	if _, err := os.Stat(args[0]); err == nil {
		return fmt.Errorf("%s is there already: a backup overwrites nothing", args[0])
	}
	return inScratch(ctx, func(scratch *localpg.Server) error {
		rows, err := dump(ctx, c.DatabaseURL, scratch.Program("pg_dump"), args[0])
		if err != nil {
			return err
		}
		info, err := os.Stat(args[0])
		if err != nil {
			return err
		}
		fmt.Printf("%s: %.1f MB, %d tables, %d rows.\n", args[0], float64(info.Size())/1e6, len(rows), total(rows))
		return c.prove(ctx, scratch, args[0], rows)
	})
}

// prove does the same for a file that is there already: last night's, or one that the platform made.
func prove(ctx context.Context, c config, args []string) error {
	if len(args) != 1 {
		return errors.New("usage: cabinet prove FILE")
	}
	return inScratch(ctx, func(scratch *localpg.Server) error { return c.prove(ctx, scratch, args[0], nil) })
}

// inScratch lends a private Postgres that is gone afterwards: a proof asks nothing of the database that people use, and
// no rights there.
func inScratch(ctx context.Context, do func(*localpg.Server) error) (err error) {
	dir, err := os.MkdirTemp("", "cabinet-proof")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	scratch, err := localpg.Start(ctx, filepath.Join(dir, "postgres"), localpg.Ephemeral...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, scratch.Stop()) }()
	return do(scratch)
}

// dump writes the file and counts the rows of every table as of the same instant, however much is written meanwhile.
func dump(ctx context.Context, address, program, file string) (map[string]int64, error) {
	settings, err := pgx.ParseConfig(address)
	if err != nil {
		return nil, errors.New("DATABASE_URL can not be read")
	}
	settings.RuntimeParams["statement_timeout"] = "0"
	conn, err := pgx.ConnectConfig(ctx, settings)
	if err != nil {
		return nil, err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	tx, err := conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return nil, err
	}
	defer tx.Rollback(context.WithoutCancel(ctx))
	var snapshot string
	if err := tx.QueryRow(ctx, "SELECT pg_export_snapshot()").Scan(&snapshot); err != nil {
		return nil, err
	}
	place, secret := withoutPassword(address)
	part := file + ".part"
	defer os.Remove(part)
	err = runs(ctx, secret, program, "--format=custom", "--no-owner", "--no-privileges", "--snapshot="+snapshot, "--file="+part, "--dbname="+place)
	if err != nil {
		return nil, err
	}
	rows, err := countRows(ctx, tx)
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(part, 0o600); err != nil { // it holds everybody's addresses
		return nil, err
	}
	return rows, os.Rename(part, file)
}

// prove restores a file, compares it with the rows that it should have, and runs the audit over it.
func (c config) prove(ctx context.Context, scratch *localpg.Server, file string, rows map[string]int64) error {
	began := time.Now()
	err := runs(ctx, "", scratch.Program("pg_restore"), "--exit-on-error", "--no-owner", "--no-privileges", "--dbname="+scratch.URL(), file)
	if err != nil {
		return fmt.Errorf("%s can not be restored: %w", file, err)
	}
	pool, err := pgxpool.New(ctx, scratch.URL())
	if err != nil {
		return err
	}
	defer pool.Close()
	restored, err := countRows(ctx, pool)
	if err != nil {
		return err
	}
	if rows != nil && !maps.Equal(rows, restored) {
		return fmt.Errorf("%s does not hold what the database held: %s", file, strings.Join(differing(rows, restored), ", "))
	}
	if ok, err := db.Migrated(ctx, pool); err != nil || !ok {
		return errors.Join(err, fmt.Errorf("%s was restored, %d rows, but its schema is not that of this program: prove it with the version that made it", file, total(restored)))
	}
	d, err := db.Open(pool, db.Settings{Now: time.Now, Zone: c.TimeZone})
	if err != nil {
		return err
	}
	defer d.Close()
	findings, err := d.Audit(ctx)
	if err != nil {
		return err
	}
	for _, finding := range findings {
		fmt.Println(finding)
	}
	if len(findings) > 0 {
		return fmt.Errorf("%s is whole, but %d things in it do not add up", file, len(findings))
	}
	fmt.Printf("Proved in %s: restored into a scratch database, %d rows, and everything adds up.\n", time.Since(began).Round(time.Second/10), total(restored))
	return nil
}

// runs runs a program of Postgres. What it complains of is our error.
func runs(ctx context.Context, password, program string, args ...string) error {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Env = os.Environ()
	if password != "" {
		cmd.Env = append(cmd.Env, "PGPASSWORD="+password)
	}
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	err := cmd.Run()
	if err != nil && complaint.Len() > 0 {
		lines := strings.Split(strings.TrimSpace(complaint.String()), "\n")
		err = errors.New(strings.Join(lines[:min(len(lines), 5)], "\n"))
	}
	return err
}

// withoutPassword keeps the password out of the arguments of a program, which everybody on the machine can read, and
// leaves out what only our own driver understands.
func withoutPassword(address string) (place, password string) {
	u, err := url.Parse(address)
	if err != nil {
		return address, ""
	}
	query := u.Query()
	password = query.Get("password")
	for name := range query {
		if name == "password" || strings.HasPrefix(name, "pool_") || slices.Contains([]string{"default_query_exec_mode", "statement_cache_capacity", "description_cache_capacity"}, name) {
			query.Del(name)
		}
	}
	if set, ok := u.User.Password(); ok {
		password, u.User = set, url.User(u.User.Username())
	}
	u.RawQuery = query.Encode()
	return u.String(), password
}

// countRows counts the rows of every table.
func countRows(ctx context.Context, conn interface {
	Query(context.Context, string, ...any) (pgx.Rows, error)
	QueryRow(context.Context, string, ...any) pgx.Row
}) (map[string]int64, error) {
	rows, err := conn.Query(ctx, `SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) FROM pg_tables
		WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1`)
	if err != nil {
		return nil, err
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, err
	}
	counts := map[string]int64{}
	for _, table := range tables {
		var count int64
		if err := conn.QueryRow(ctx, "SELECT count(*) FROM "+table).Scan(&count); err != nil {
			return nil, err
		}
		counts[table] = count
	}
	return counts, nil
}

func total(rows map[string]int64) (sum int64) {
	for _, count := range rows {
		sum += count
	}
	return sum
}

func differing(want, got map[string]int64) (lines []string) {
	for _, table := range slices.Sorted(maps.Keys(want)) {
		if got[table] != want[table] {
			lines = append(lines, fmt.Sprintf("%s has %d rows, not %d", table, got[table], want[table]))
		}
	}
	return lines
}
