// Cabinet is a customer cabinet: one program for the web side, the workers, and a trial of both at once.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"cabinet/handlers"
)

const usage = `cabinet COMMAND

  run       everything at once, with a private Postgres when DATABASE_URL is empty
  web       the web side
  worker    the workers: mails, assembly, sweeps
  migrate   bring the database up to date
  seed      fill an empty database with the demo
  staff     add EMAIL NAME ROLE[,ROLE…]: let somebody work here
  audit     recompute all money and statuses; fails on any difference
  backup    FILE: dump the database, restore it into a scratch one, and audit that
  prove     FILE: do the same for a dump that is there already
  bounces   FILE: read reports of mails that came back, from a letterbox or a single one
  redact    take what names its author out of a PDF, from standard input to standard output
  routes    list every address and who may use it`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := command(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "cabinet:", err)
		os.Exit(1)
	}
}

func command(ctx context.Context, args []string) error {
	if len(args) == 0 {
		return errors.New(usage)
	}
	switch args[0] {
	case "routes":
		return listRoutes()
	case "redact":
		return redact(os.Stdin, os.Stdout)
	}
	config, err := readConfig(os.Environ())
	if err != nil {
		return err
	}
	switch strings.Join(args[:1], "") {
	case "run":
		return run(ctx, config)
	case "web":
		return with(ctx, config, web)
	case "worker":
		return with(ctx, config, worker)
	case "migrate":
		return with(ctx, config, migrate)
	case "seed":
		return with(ctx, config, seed)
	case "audit":
		return with(ctx, config, audit)
	case "backup":
		return backup(ctx, config, args[1:])
	case "prove":
		return prove(ctx, config, args[1:])
	case "bounces":
		return with(ctx, config, func(ctx context.Context, p *program) error { return readBounces(ctx, p, args[1:]) })
	case "staff":
		return with(ctx, config, func(ctx context.Context, p *program) error { return addStaff(ctx, p, args[1:]) })
	}
	return errors.New(usage)
}

func listRoutes() error {
	for _, route := range handlers.Routes() {
		fmt.Printf("%-5s %-44s %s\n", route.Method, route.Path, route.Rule)
	}
	return nil
}
