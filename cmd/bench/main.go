// Bench measures what the cabinet costs. Every figure is a ratio to a floor that is measured in the same run,
// in turns, because machines are noisy: see docs/bench.md.
package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// bench is one run.
type bench struct {
	ctx context.Context
	*place
	self    string // this program
	cabinet string // the product
	said    io.Writer
	turns   int
	lasts   time.Duration // one turn
	commit  string
	figures []figure

	audiences []int // how many streams are opened
	readers   int   // of a campaign
}

// groups are what can be asked for with ONLY.
var groups = []struct {
	name string
	run  func(*bench) error
}{
	{"orders", func(b *bench) error { return b.measurePage("/orders") }},
	{"stretch", (*bench).measureStretch},
	{"article", func(b *bench) error { return b.measurePage("/articles/bench") }},
	{"consultation", func(b *bench) error { return b.measurePage("/consultations/1") }},
	{"parcels", func(b *bench) error { return b.measurePage("/parcels") }},
	{"balance", func(b *bench) error { return b.measurePage("/balance") }},
	{"assembly", func(b *bench) error { return b.measurePage("/staff/assembly") }},
	{"dreams", (*bench).measureDreams},
	{"flatness", (*bench).measureFlatness},
	{"charge", (*bench).measureCharge},
	{"act", (*bench).measureAct},
	{"jobs", (*bench).measureJobs},
	{"campaign", (*bench).measureCampaign},
	{"live", (*bench).measureLive},
	{"streams", (*bench).measureStreams},
	{"sign-in", (*bench).measureSignIn},
	{"bytes", (*bench).measureBytes},
	{"memory", (*bench).measureMemory},
}

// plans is no figure: it is there to look where the time goes, when it is named.
const plans = "plans"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := start(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// start is the program, or one of the children that it starts of itself.
func start(ctx context.Context, args []string) error {
	if os.Getenv(asChild) != "" {
		switch args[0] {
		case "load":
			return runLoad(args[1:])
		case "streams":
			return runStreams(args[1:])
		case "floor":
			return runFloor(ctx)
		}
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	folder := cmp.Or(os.Getenv("BENCH_DATA"), ".data/bench")
	begun := time.Now()
	fmt.Println("The data, loaded once and kept in", folder)
	server, err := openServer(ctx, folder)
	if err != nil {
		return err
	}
	defer server.Stop()
	p, err := openPlace(ctx, folder, within(server.URL(), "big"), within(server.URL(), "small"), big, small, os.Stdout)
	if err != nil {
		return err
	}
	if time.Since(begun) < time.Minute {
		begun = time.Now() // what was loaded before costs this run nothing
	}
	b := &bench{
		ctx: ctx, place: p, self: self, cabinet: "bin/cabinet", said: os.Stdout, commit: commit(),
		turns: whole("TURNS", 5), lasts: time.Duration(whole("SECONDS", 1)) * time.Second,
		audiences: []int{1000, 5000}, readers: 50_000,
	}
	err = b.run(strings.FieldsFunc(os.Getenv("ONLY"), func(r rune) bool { return r == ',' || r == ' ' }))
	fmt.Printf("\n%s\n%.0f s, %d turns of %s each, commit %s\n", table(b.figures), time.Since(begun).Seconds(), b.turns, b.lasts, b.commit)
	return err
}

// run takes the figures that are asked for, all of them when none is named. One that fails does not keep the others.
func (b *bench) run(only []string) (failed error) {
	if err := b.prepare(); err != nil {
		return err
	}
	if slices.Contains(only, plans) {
		return b.writePlans()
	}
	for _, group := range groups {
		if len(only) > 0 && !slices.Contains(only, group.name) {
			continue
		}
		fmt.Fprintln(b.said, group.name, "…")
		if err := group.run(b); err != nil && failed == nil {
			failed = fmt.Errorf("%s: %w", group.name, err)
		}
		if b.ctx.Err() != nil {
			return b.ctx.Err()
		}
	}
	return failed
}

// add keeps a figure, on the screen and in the file.
func (b *bench) add(figures ...figure) error {
	file, err := os.OpenFile(filepath.Join(b.folder, "results.jsonl"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer file.Close()
	for _, f := range figures {
		f.At, f.Commit = time.Now().UTC().Truncate(time.Second), b.commit
		b.figures = append(b.figures, f)
		if err := json.NewEncoder(file).Encode(f); err != nil {
			return err
		}
	}
	return nil
}

func whole(name string, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil && n > 0 {
		return n
	}
	return otherwise
}

func commit() string {
	out, err := exec.Command("git", "rev-parse", "--short", "HEAD").Output()
	if err != nil {
		return "unknown"
	}
	return strings.TrimSpace(string(out))
}
