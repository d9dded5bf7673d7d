package chaos

import (
	"cmp"
	"context"
	"math/rand/v2"
	"os"
	"sync"
	"testing"
	"time"

	"cabinet/db/dbtest"
)

// TestSoak uses the cabinet for a while, with pages that are opened and closed all the time, and looks for
// memory and goroutines that are not given back. `make soak` does it for ten minutes.
func TestSoak(t *testing.T) {
	t.Parallel()
	lasts, err := time.ParseDuration(cmp.Or(os.Getenv("SOAK"), "4s"))
	if err != nil {
		t.Fatal(err)
	}
	s := open(t)
	vera, boris := s.as(dbtest.Vera), s.as(dbtest.Boris)
	boris.language = "en"
	s.do(`UPDATE accounts SET locale = 'en' WHERE id = $1`, boris.ID)
	web, worker := s.web(), s.start("worker")
	calm := s.calm(vera, boris)
	people := s.comes(vera, boris)
	opened := s.streams(t, vera, 40)

	time.Sleep(lasts / 3)
	warm, warmWorker := web.memory(t), worker.memory(t)
	time.Sleep(lasts * 2 / 3)
	hot, hotWorker := web.memory(t), worker.memory(t)
	t.Logf("the web side held %d KiB after a third and %d at the end, the worker %d and %d; %d streams were opened", warm, hot, warmWorker, hotWorker, opened())
	people.goes()
	for what, sizes := range map[string][2]int{"web": {warm, hot}, "worker": {warmWorker, hotWorker}} {
		if sizes[1] > sizes[0]*3/2+32<<10 {
			t.Errorf("%s grows: %d KiB after a third, %d at the end", what, sizes[0], sizes[1])
		}
	}
	s.finish()
	s.calmAgain(calm)
	s.clean()
}

// streams lets so many pages of somebody's be opened and closed without a pause, until the last is closed by opened.
func (s *site) streams(t *testing.T, who *person, pages int) (opened func() int) {
	t.Helper()
	ctx, leave := context.WithCancel(context.Background())
	t.Cleanup(leave)
	var all sync.WaitGroup
	counts := make([]int, pages)
	for page := range pages {
		all.Go(func() {
			for ctx.Err() == nil {
				looking, away := context.WithTimeout(ctx, rand.N(2*time.Second))
				if err := who.hears(looking, make(chan string, 1000)); err != nil && looking.Err() == nil {
					t.Errorf("a stream: %v", err)
				}
				away()
				counts[page]++
			}
		})
	}
	return func() (n int) {
		leave()
		all.Wait()
		for _, count := range counts {
			n += count
		}
		return n
	}
}
