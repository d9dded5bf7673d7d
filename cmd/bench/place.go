package main

import (
	"context"
	"io"
	"net/url"
	"os"
	"path/filepath"

	"cabinet/db/localpg"

	"github.com/jackc/pgx/v5"
)

// place is where figures are taken: a Postgres of the bench's own with both data sets.
type place struct {
	folder     string
	big, small string // addresses of the databases
	postmaster int    // the process whose children work for the database
}

// settings are those of a small machine; what is measured is on disk when it says so.
var settings = []localpg.Option{"shared_buffers=512MB", "max_wal_size=4GB", "max_connections=200", "checkpoint_timeout=30min", "jit=off"}

// openServer starts the Postgres of the bench and makes its two databases.
func openServer(ctx context.Context, folder string) (*localpg.Server, error) {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, err
	}
	server, err := localpg.Start(ctx, filepath.Join(folder, "postgres"), settings...)
	if err != nil {
		return nil, err
	}
	for _, name := range []string{"small", "big"} {
		if err := create(ctx, server.URL(), name); err != nil {
			server.Stop()
			return nil, err
		}
	}
	return server, nil
}

// openPlace fills two databases the first time.
func openPlace(ctx context.Context, folder, large, little string, many, few size, said io.Writer) (*place, error) {
	if err := fill(ctx, little, few, said); err != nil {
		return nil, err
	}
	if err := fill(ctx, large, many, said); err != nil {
		return nil, err
	}
	conn, err := pgx.Connect(ctx, large)
	if err != nil {
		return nil, err
	}
	defer conn.Close(ctx)
	var backend int
	if err := conn.QueryRow(ctx, "SELECT pg_backend_pid()").Scan(&backend); err != nil {
		return nil, err
	}
	_, _, postmaster := times(backend)
	return &place{folder, large, little, postmaster}, nil
}

func create(ctx context.Context, address, name string) error {
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	var there bool
	if err := conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", name).Scan(&there); err != nil || there {
		return err
	}
	_, err = conn.Exec(ctx, "CREATE DATABASE "+name)
	return err
}

// within is another database of the same server.
func within(address, name string) string {
	u, err := url.Parse(address)
	if err != nil {
		panic(err) // the address is our own
	}
	u.Path = "/" + name
	return u.String()
}
