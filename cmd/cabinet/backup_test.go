package main

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cabinet/db/dbtest"
)

// said is what a command printed.
func said(t *testing.T, command func() error) (string, error) {
	t.Helper()
	before := os.Stdout
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	os.Stdout = w
	err = command()
	os.Stdout = before
	w.Close()
	text, _ := io.ReadAll(r)
	return string(text), err
}

func TestBackup(t *testing.T) {
	world := dbtest.Open(t)
	vera := world.Person(t, dbtest.Vera)
	world.PaidOrder(t, vera, dbtest.Boots, dbtest.Mug)
	c := config{DatabaseURL: world.URL, TimeZone: time.UTC}
	folder := t.TempDir()
	file := filepath.Join(folder, "cabinet.dump")

	t.Run("a backup is restored, counted and audited before it is called one", func(t *testing.T) {
		text, err := said(t, func() error { return backup(t.Context(), c, []string{file}) })
		if err != nil || !strings.Contains(text, "everything adds up") || !strings.Contains(text, "cabinet.dump") {
			t.Fatal(text, err)
		}
		if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("others may read it: %v, %v", info, err)
		}
	})
	t.Run("it overwrites nothing", func(t *testing.T) {
		if _, err := said(t, func() error { return backup(t.Context(), c, []string{file}) }); err == nil || !strings.Contains(err.Error(), "there already") {
			t.Error(err)
		}
	})
	t.Run("what is written meanwhile is in neither the dump nor the count", func(t *testing.T) {
		writing, stop := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			for writing.Err() == nil {
				world.Pool.Exec(writing, "INSERT INTO moves (account_id, subject, subject_id, to_status, at) VALUES ($1, 'account', 1, 'busy', now())", vera.ID)
			}
		}()
		text, err := said(t, func() error { return backup(t.Context(), c, []string{filepath.Join(folder, "busy.dump")}) })
		stop()
		<-ended
		if err != nil {
			t.Error(text, err)
		}
	})
	t.Run("an old file is proved without its database, and a torn one is not", func(t *testing.T) {
		if text, err := said(t, func() error { return prove(t.Context(), config{TimeZone: time.UTC}, []string{file}) }); err != nil || !strings.Contains(text, "Proved") {
			t.Error(text, err)
		}
		whole, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		torn := filepath.Join(folder, "torn.dump")
		if err := os.WriteFile(torn, whole[:len(whole)*9/10], 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := said(t, func() error { return prove(t.Context(), c, []string{torn}) }); err == nil || !strings.Contains(err.Error(), "can not be restored") {
			t.Error(err)
		}
	})
	t.Run("a ledger that does not add up is found in its backup, and the file is kept", func(t *testing.T) {
		for _, statement := range []string{"ALTER TABLE wallets DISABLE TRIGGER ALL", "UPDATE wallets SET last_number = last_number + 1 WHERE account_id IS NOT NULL AND last_number > 0", "ALTER TABLE wallets ENABLE TRIGGER ALL"} {
			if _, err := world.Pool.Exec(t.Context(), statement); err != nil {
				t.Fatal(err)
			}
		}
		spoilt := filepath.Join(folder, "spoilt.dump")
		text, err := said(t, func() error { return backup(t.Context(), c, []string{spoilt}) })
		if err == nil || !strings.Contains(err.Error(), "do not add up") || !strings.Contains(text, "wallet") {
			t.Error(text, err)
		}
		if _, err := os.Stat(spoilt); err != nil {
			t.Error(err)
		}
	})
	t.Run("nothing is left behind", func(t *testing.T) {
		parts, _ := filepath.Glob(filepath.Join(folder, "*.part"))
		if len(parts) > 0 {
			t.Error(parts)
		}
	})
}

func TestPasswordStaysOutOfArguments(t *testing.T) {
	for address, want := range map[string][2]string{
		"postgres://anna:s%40crt@db.example:5433/cabinet?sslmode=require&pool_max_conns=4": {"postgres://anna@db.example:5433/cabinet?sslmode=require", "s@crt"},
		"postgres:///cabinet?host=%2Frun&user=anna&password=s%40crt":                       {"postgres:///cabinet?host=%2Frun&user=anna", "s@crt"},
		"postgres://db.example/cabinet":                                                    {"postgres://db.example/cabinet", ""},
	} {
		if place, password := withoutPassword(address); place != want[0] || password != want[1] {
			t.Errorf("%s: %s, %s", address, place, password)
		}
	}
}
