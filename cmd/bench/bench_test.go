package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cabinet/db/dbtest"
)

func TestMain(m *testing.M) {
	if os.Getenv(asChild) == "" {
		os.Exit(m.Run())
	}
	if err := start(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func TestArithmetic(t *testing.T) {
	t.Run("the nearest rank", func(t *testing.T) {
		for p, want := range map[int]int{50: 3, 99: 5, 1: 1, 100: 5, 20: 1, 21: 2} {
			if got := percentile([]int{5, 1, 4, 2, 3}, p); got != want {
				t.Errorf("%d %%: %d, not %d", p, got, want)
			}
		}
		if percentile([]float64{}, 50) != 0 {
			t.Error("of nothing")
		}
	})
	t.Run("a ratio is of the same turn, and the middle one counts", func(t *testing.T) {
		self := func(x float64) float64 { return x }
		f := compare("", "", []float64{100, 10, 100}, []float64{90, 8, 20}, self, 0.8, atLeast)
		if f.Ratio != 0.8 || !f.Met || f.Floor != 100 || f.Ours != 20 {
			t.Errorf("%+v", f)
		}
		if f := compare("", "", []float64{1}, []float64{1.3}, self, 1.25, atMost); f.Met {
			t.Errorf("%+v", f)
		}
	})
	t.Run("both sides by turns, and the first does not count", func(t *testing.T) {
		var order strings.Builder
		a, b, err := turns(2, func() (int, error) { order.WriteString("a"); return order.Len(), nil }, func() (int, error) { order.WriteString("b"); return order.Len(), nil })
		if err != nil || order.String() != "ababab" || fmt.Sprint(a, b) != "[3 5] [4 6]" {
			t.Errorf("%s %v %v %v", &order, a, b, err)
		}
	})
}

// TestSmoke takes the cheapest figures on a little data, so that the bench does not rot.
func TestSmoke(t *testing.T) {
	folder := t.TempDir()
	cabinet := filepath.Join(folder, "cabinet")
	if out, err := exec.Command("go", "build", "-buildvcs=false", "-o", cabinet, "cabinet/cmd/cabinet").CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	little := size{customers: 100, orders: 2_000, busyEvery: 2}
	var said bytes.Buffer
	address := dbtest.Empty(t)
	p, err := openPlace(t.Context(), folder, address, address, little, little, &said)
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{ctx: t.Context(), place: p, self: self, cabinet: cabinet, said: &said, turns: 1, lasts: 20 * time.Millisecond, audiences: []int{20}, readers: 200}
	if err := b.run([]string{"orders", "article", "consultation", "assembly", "act", "jobs", "live", "streams", "sign-in", "bytes", "dreams", "campaign"}); err != nil {
		t.Fatal(err, &said)
	}
	if len(b.figures) < 20 {
		t.Error(table(b.figures))
	}
	for _, f := range b.figures {
		if !(f.Ours > 0) && !strings.Contains(f.Name, "CPU") { // a tick of the clock may be longer than a turn
			t.Errorf("%s: %v", f.Name, f.Ours)
		}
	}
}
