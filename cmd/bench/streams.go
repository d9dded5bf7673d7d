package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gofiber/fiber/v2"
)

// streams is the floor of open pages: a body that is written to when there is something to say, and nothing else.
func (f *floor) streams(app *fiber.App) {
	var mu sync.Mutex
	var open []chan string
	app.Get("/live", func(c *fiber.Ctx) error {
		page := make(chan string, 4)
		c.Set("Content-Type", "text/event-stream")
		c.Context().SetBodyStreamWriter(func(w *bufio.Writer) {
			mu.Lock()
			open = append(open, page)
			mu.Unlock()
			fmt.Fprint(w, "retry: 1000\n\n")
			for w.Flush() == nil {
				fmt.Fprintf(w, "event: %s\ndata:\n\n", <-page)
			}
		})
		return nil
	})
	app.Post("/tell/:name/:most", func(c *fiber.Ctx) error {
		most, _ := strconv.Atoi(c.Params("most"))
		name := strings.Clone(c.Params("name"))
		mu.Lock()
		defer mu.Unlock()
		for _, page := range open[:most] {
			page <- name
		}
		return nil
	})
}

// heardAll is what the process with the open pages says when a name has reached all that should hear it.
type heardAll struct {
	Name string
	At   time.Time
}

// runStreams opens many pages, says so, and then when a name has come as often as it says itself. It ends with
// its standard input.
func runStreams(args []string) error {
	flags := flag.NewFlagSet("streams", flag.ExitOnError)
	address := flags.String("address", "", "of the server")
	secrets := flags.String("sessions", "", "secrets of sessions, with commas between them")
	n := flags.Int("n", 1, "how many")
	flags.Parse(args)

	said := make(chan heardAll, 16)
	var mu sync.Mutex
	heard := map[string]int{}
	var greeted atomic.Int64
	sessions := strings.Split(*secrets, ",")
	listen := func(i int) error {
		conn, err := net.Dial("tcp", *address)
		if err != nil {
			return err
		}
		fmt.Fprintf(conn, "GET /live HTTP/1.1\r\nHost: bench.example\r\nCookie: __Host-sid=%s\r\n\r\n", sessions[i%len(sessions)])
		lines := bufio.NewReaderSize(conn, 512)
		go func() {
			for {
				line, err := lines.ReadString('\n')
				if err != nil {
					return
				}
				if strings.HasPrefix(line, "retry:") && greeted.Add(1) == int64(*n) {
					said <- heardAll{"open", time.Now()}
				}
				name, ok := strings.CutPrefix(strings.TrimSpace(line), "event: ")
				if _, wanted, counts := strings.Cut(name, "-of-"); ok && counts {
					most, _ := strconv.Atoi(wanted)
					mu.Lock()
					if heard[name]++; heard[name] == most {
						said <- heardAll{name, time.Now()}
					}
					mu.Unlock()
				}
			}
		}()
		return nil
	}
	go func() {
		for i := range *n {
			if err := listen(i); err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
		}
	}()
	go func() {
		io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	for one := range said {
		if err := json.NewEncoder(os.Stdout).Encode(one); err != nil {
			return err
		}
	}
	return nil
}

// audience is one turn with many pages open.
type audience struct {
	memory          float64 // KiB for each page
	one, all        float64 // milliseconds until one, or all, have heard
	without, beside float64 // requests of a page each second, before and while they are open
}

// measureStreams opens a thousand and five thousand pages, and sees what each costs and how soon they hear.
func (b *bench) measureStreams() error {
	pool, err := b.connect(b.big, 1)
	if err != nil {
		return err
	}
	defer pool.Close()
	for _, n := range b.audiences {
		floor := func() (audience, error) {
			of, err := b.floor(b.big)
			if err != nil {
				return audience{}, err
			}
			defer of.stop()
			return b.listening(of, n, func(name string, most int) error {
				answer, err := ask(b.ctx, of, "POST", fmt.Sprintf("/tell/%s/%d", name, most), "", nil)
				if err == nil {
					answer.Body.Close()
				}
				return err
			})
		}
		ours := func() (audience, error) {
			of, err := b.product(b.big)
			if err != nil {
				return audience{}, err
			}
			defer of.stop()
			return b.listening(of, n, func(name string, most int) error {
				_, err := pool.Exec(b.ctx, "SELECT pg_notify('live', $1)", b.lines(name, most))
				return err
			})
		}
		a, o, err := turns(min(b.turns, 2), floor, ours)
		if err != nil {
			return err
		}
		name := func(what string) string { return fmt.Sprintf("%s, %d open streams", what, n) }
		if err := b.add(
			compare(name("memory of each"), "KiB", a, o, func(h audience) float64 { return h.memory }, 1.2, atMost),
			compare(name("one has heard"), "ms", a, o, func(h audience) float64 { return h.one }, 1.2, told),
			compare(name("all have heard"), "ms", a, o, func(h audience) float64 { return h.all }, 1.2, atMost),
			alone(name("share of /orders that is left"), "", median(each(o, func(h audience) float64 { return h.beside / h.without })), 0.9, atLeast),
		); err != nil {
			return err
		}
	}
	return nil
}

// lines announces a name to one stream, which is the packer's own, or to everybody's.
func (b *bench) lines(name string, most int) string {
	if most == 1 {
		return fmt.Sprintf("%d %s\n", packer, name)
	}
	var lines strings.Builder
	for who := range listeners() {
		fmt.Fprintf(&lines, "%d %s\n", who, name)
	}
	return lines.String()
}

// listeners have streams: one is the packer's, all others are customers'.
func listeners() map[int]bool {
	all := map[int]bool{packer: true}
	for i := range busies {
		all[firstBusy+i] = true
	}
	return all
}

// listening measures a server with n open streams, to which tell announces a name: to one of them, or to all.
func (b *bench) listening(of *child, n int, tell func(name string, most int) error) (h audience, err error) {
	page := func() (float64, error) {
		v, err := b.visit(of, "/orders", who("/orders"), 8)
		return v.rate(), err
	}
	if h.without, err = page(); err != nil {
		return h, err
	}
	before := memory(of.Process.Pid)
	ears, err := b.openStreams(of, n)
	if err != nil {
		return h, err
	}
	defer ears.close()
	h.memory = (memory(of.Process.Pid) - before) / 1024 / float64(n)
	for _, round := range []struct {
		most int
		into *float64
	}{{1, &h.one}, {n, &h.all}} {
		if *round.into, err = ears.hearing(round.most, tell); err != nil {
			return h, err
		}
	}
	h.beside, err = page()
	return h, err
}

// ears is a process with open streams, which says what all of them have heard.
type ears struct {
	said  *json.Decoder
	close func()
}

// openStreams returns once all of them are open. The first is the packer's, so that one name reaches one.
func (b *bench) openStreams(of *child, n int) (*ears, error) {
	secrets := make([]string, n)
	for i := range secrets {
		secrets[i] = secretOf(firstBusy + i%busies)
	}
	secrets[0] = secretOf(packer)
	cmd := b.again("streams", "-address", of.address, "-n", strconv.Itoa(n), "-sessions", strings.Join(secrets, ","))
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(b.ctx, time.Minute)
	context.AfterFunc(ctx, func() { stdin.Close() }) // which ends the process
	open := &ears{json.NewDecoder(stdout), func() { cancel(); cmd.Wait() }}
	if _, err := open.wait("open"); err != nil {
		open.close()
		return nil, err
	}
	return open, nil
}

// wait is when everybody has heard a name.
func (e *ears) wait(name string) (time.Time, error) {
	var heard heardAll
	for heard.Name != name {
		if err := e.said.Decode(&heard); err != nil {
			return heard.At, errors.Join(fmt.Errorf("%q was not heard by all", name), err)
		}
	}
	return heard.At, nil
}

// hearing is how many milliseconds pass until as many as are meant have heard: the middle one of five times.
func (e *ears) hearing(most int, tell func(name string, most int) error) (float64, error) {
	var took waits
	for i := range 5 {
		name := fmt.Sprintf("bench%d-of-%d", i, most)
		at := time.Now()
		if err := tell(name, most); err != nil {
			return 0, err
		}
		heard, err := e.wait(name)
		if err != nil {
			return 0, err
		}
		took = append(took, heard.Sub(at).Seconds()*1000)
	}
	return took.middle(), nil
}
