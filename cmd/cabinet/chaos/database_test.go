package chaos

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"cabinet/db/dbtest"
	"cabinet/db/localpg"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"
)

// away is what the page says while the database is not to be had, in the language of its reader.
var away = map[string]string{"ru": "Кабинет ненадолго недоступен", "en": "The cabinet is away for a moment"}

// title stands on the page of orders.
var title = map[string]string{"ru": "Мои заказы", "en": "My orders"}

// crowd are people who use the cabinet without a pause, and notice every wrong word.
type crowd struct {
	*site
	leave           func()
	people          sync.WaitGroup
	served, refused atomic.Int64
	mu              sync.Mutex
	wrong, placed   []string
}

// comes lets Vera in Russian and Boris in English look at their orders, and Vera place some more.
func (s *site) comes(vera, boris *person) *crowd {
	s.t.Helper()
	ctx, leave := context.WithCancel(context.Background())
	c := &crowd{site: s, leave: leave}
	s.t.Cleanup(leave)
	for _, who := range []*person{vera, boris, vera, boris} {
		c.people.Go(func() {
			for ctx.Err() == nil {
				got := who.get("/orders")
				c.notes(who, got, got.status == http.StatusOK && strings.Contains(got.body, who.Name) && strings.Contains(got.body, title[who.language]))
			}
		})
	}
	for range 2 {
		c.people.Go(func() {
			for ctx.Err() == nil {
				got := vera.post("/orders", orderForm())
				c.notes(vera, got, got.status == http.StatusSeeOther && strings.HasPrefix(got.to, "/orders/"))
			}
		})
	}
	s.eventually("people are served", func() bool { return c.served.Load() > 10 })
	return c
}

// notes sorts an answer: right, or an honest «not now», or wrong.
func (c *crowd) notes(who *person, got answer, right bool) {
	switch {
	case right:
		c.served.Add(1)
		if got.to != "" {
			c.mu.Lock()
			c.placed = append(c.placed, got.to)
			c.mu.Unlock()
		}
	case got.status == http.StatusServiceUnavailable && strings.Contains(got.body, away[who.language]):
		c.refused.Add(1)
		time.Sleep(10 * time.Millisecond)
	default:
		c.mu.Lock()
		c.wrong = append(c.wrong, got.String())
		c.mu.Unlock()
	}
}

// goes ends the crowd: nobody was told anything wrong, and what people were told is so.
func (c *crowd) goes() {
	c.t.Helper()
	c.leave()
	c.people.Wait()
	c.t.Logf("%d answers, and %d times «not now»", c.served.Load(), c.refused.Load())
	if len(c.wrong) > 0 {
		c.t.Errorf("%d wrong answers, such as %s", len(c.wrong), strings.Join(slices.Compact(c.wrong[:min(3, len(c.wrong))]), "\n"))
	}
	for _, path := range c.placed {
		if c.count(`SELECT count(*) FROM orders WHERE id = $1`, strings.TrimPrefix(path, "/orders/")) != 1 {
			c.t.Errorf("%s was promised and is lost", path)
		}
	}
}

// again waits until people are served as before, and wants nothing to be left over of what was.
func (c *crowd) again() {
	c.t.Helper()
	before := c.served.Load()
	c.eventually("people are served again", func() bool { return c.served.Load() > before+20 })
}

// lives wants the streams that are open to hear of what happens now.
func (s *site) lives(who *person, heard <-chan string) {
	s.t.Helper()
	for len(heard) > 0 {
		<-heard
	}
	s.eventually("a page hears of a change", func() bool {
		s.PlacedOrder(s.t, who.Visitor, dbtest.Boots)
		select {
		case <-heard:
			return true
		case <-time.After(time.Second):
			return false
		}
	})
}

// TestDatabaseRestarts takes the database away under people's hands, politely and not.
func TestDatabaseRestarts(t *testing.T) {
	t.Parallel()
	base := startDatabase(t)
	s := around(t, dbtest.At(t, base.url))
	if err := s.start("migrate").within(patience); err != nil {
		t.Fatal(err)
	}
	vera, boris := s.as(dbtest.Vera), s.as(dbtest.Boris)
	boris.language = "en"
	s.do(`UPDATE accounts SET locale = 'en' WHERE id = $1`, boris.ID)

	s.web()
	calm, heard := s.calm(vera, boris), make(chan string, 1000)
	worker := s.start("worker")
	listening, leave := context.WithCancel(t.Context())
	defer leave()
	ended := make(chan error, 1)
	go func() { ended <- vera.hears(listening, heard) }()
	people := s.comes(vera, boris)
	s.eventually("the worker works", func() bool { return s.count(`SELECT count(*) FROM river_job WHERE state = 'completed'`) > 0 })
	for i := range times(3) {
		base.restart([]syscall.Signal{syscall.SIGINT, syscall.SIGQUIT}[i%2]) // pg_ctl calls them fast and immediate
		people.again()
	}
	people.goes()
	s.lives(vera, heard)
	s.finish()
	s.mailedOnce(t)
	s.clean()
	if !worker.running() || len(ended) > 0 {
		t.Errorf("the worker runs: %v; the stream that was open ended: %v", worker.running(), len(ended) > 0)
	}
	leave()
	s.calmAgain(calm)
}

// calm is how many things the web side does at a time after a first crowd has gone.
func (s *site) calm(vera, boris *person) int {
	s.t.Helper()
	s.comes(vera, boris).goes()
	time.Sleep(time.Second)
	return s.goroutines()
}

// calmAgain wants the web side to do no more in the end than in the beginning. A closed page is noticed by the
// second sign of life that is sent to it, and what served it waits for another one for a while.
func (s *site) calmAgain(calm int) {
	s.t.Helper()
	n := 0
	s.eventually(fmt.Sprintf("the web side is as calm as it was, with %d goroutines", calm), func() bool {
		n = s.goroutines()
		return n > 0 && n <= calm+10
	})
	s.t.Logf("%d goroutines, and %d in the beginning", n, calm)
}

// database is a Postgres of the test's own.
type database struct {
	t      *testing.T
	url    string
	folder string
	server *localpg.Server
}

func startDatabase(t *testing.T) *database {
	t.Helper()
	folder, err := os.MkdirTemp("", "chaos")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	d := &database{t: t, folder: filepath.Join(folder, "pg")}
	d.start()
	t.Cleanup(func() {
		d.server.Stop()
		os.RemoveAll(folder)
	})
	return d
}

// start makes no promise about power cuts, and keeps what it has committed when it is killed.
func (d *database) start() {
	d.t.Helper()
	server, err := localpg.Start(context.Background(), d.folder, "fsync=off")
	if err != nil {
		d.t.Fatal(err)
	}
	d.server, d.url = server, server.URL()
}

// restart ends the server by a signal of pg_ctl, and starts it again after a moment.
func (d *database) restart(how syscall.Signal) {
	d.t.Helper()
	file, err := os.ReadFile(filepath.Join(d.folder, "data", "postmaster.pid"))
	if err != nil {
		d.t.Fatal(err)
	}
	line, _, _ := strings.Cut(string(file), "\n")
	pid, err := strconv.Atoi(line)
	if err != nil {
		d.t.Fatal(err)
	}
	if err := syscall.Kill(pid, how); err != nil {
		d.t.Fatal(err)
	}
	<-d.server.Done()
	if err := d.server.Stop(); err != nil {
		d.t.Fatal(err)
	}
	time.Sleep(300 * time.Millisecond)
	d.start()
}

// TestDatabaseLine keeps the database and spoils the line to it.
func TestDatabaseLine(t *testing.T) {
	t.Parallel()
	s := open(t)
	line := s.line()
	vera, boris := s.as(dbtest.Vera), s.as(dbtest.Boris)
	boris.language = "en"
	s.do(`UPDATE accounts SET locale = 'en' WHERE id = $1`, boris.ID)
	direct := s.URL
	s.World = &dbtest.World{DB: s.DB, Pool: s.Pool, Clock: s.Clock, URL: "postgres://cabinet@" + line.Listen + s.path() + "?sslmode=disable"}

	s.web()
	calm, heard := s.calm(vera, boris), make(chan string, 1000)
	s.start("worker")
	listening, leave := context.WithCancel(t.Context())
	defer leave()
	go vera.hears(listening, heard)
	people := s.comes(vera, boris)
	s.eventually("the worker works", func() bool { return s.count(`SELECT count(*) FROM river_job WHERE state = 'completed'`) > 0 })

	for range times(1) {
		t.Run("half a second slow: people wait, and get what they asked for", func(t *testing.T) {
			delays(t, line, 500)
			before := people.served.Load()
			s.eventually("people are served slowly", func() bool { return people.served.Load() > before+6 })
			mends(t, line)
			people.again()
		})
		t.Run("cut: people read that it is not now", func(t *testing.T) {
			line.Stop()
			before := people.refused.Load()
			s.eventually("people are told", func() bool { return people.refused.Load() > before+20 })
			if got := s.status("/ready"); got != http.StatusServiceUnavailable {
				t.Errorf("/ready says %d", got)
			}
			if got := s.status("/health"); got != http.StatusOK {
				t.Errorf("/health says %d", got)
			}
			if err := line.Start(); err != nil {
				t.Fatal(err)
			}
			people.again()
			s.lives(vera, heard)
		})
		t.Run("silent: people read it before their browsers lose patience", func(t *testing.T) {
			delays(t, line, 600_000)
			before := people.refused.Load()
			s.eventually("people are told", func() bool { return people.refused.Load() > before })
			mends(t, line)
			people.again()
			s.lives(vera, heard)
		})
	}
	people.goes()
	leave()
	s.finish()
	s.mailedOnce(t)
	s.calmAgain(calm)
	s.URL = direct
	s.clean()
}

// TestFullPool sends five hundred at once to a web side with ten connections.
func TestFullPool(t *testing.T) {
	t.Parallel()
	s := open(t)
	vera := s.as(dbtest.Vera)
	s.PlacedOrder(t, vera.Visitor, dbtest.Boots)
	s.web("POOL_SIZE=10")
	var all sync.WaitGroup
	var served, refused atomic.Int64
	for i := range 500 {
		all.Go(func() {
			got := vera.get("/orders")
			if i%5 == 0 {
				got = vera.post("/orders", orderForm())
			}
			switch got.status {
			case http.StatusOK, http.StatusSeeOther:
				served.Add(1)
			case http.StatusServiceUnavailable:
				refused.Add(1)
			default:
				t.Errorf("a wrong answer: %s", got)
			}
		})
	}
	all.Wait()
	if t.Logf("%d served, %d «not now»", served.Load(), refused.Load()); served.Load() < 10 {
		t.Error("next to nobody was served")
	}
	if got := s.status("/ready"); got != http.StatusOK {
		t.Errorf("afterwards /ready says %d", got)
	}
	s.clean()
}

// line is a proxy before the database that can be spoilt. Proxies speak TCP, and our Postgres has a socket in a
// folder, so a little one stands behind it.
func (s *site) line() *toxiproxy.Proxy {
	s.t.Helper()
	address, err := url.Parse(s.URL)
	if err != nil {
		s.t.Fatal(err)
	}
	behind, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { behind.Close() })
	go func() {
		for {
			conn, err := behind.Accept()
			if err != nil {
				return
			}
			go pass(conn, filepath.Join(address.Query().Get("host"), ".s.PGSQL.5432"))
		}
	}()
	return s.proxy(behind.Addr().(*net.TCPAddr).Port)
}

// proxy stands before a port of this machine and can be spoilt.
func (s *site) proxy(port int) *toxiproxy.Proxy {
	s.t.Helper()
	server := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())
	proxy := toxiproxy.NewProxy(server, "line", "127.0.0.1:0", fmt.Sprintf("127.0.0.1:%d", port))
	if err := proxy.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(proxy.Stop)
	return proxy
}

func pass(conn net.Conn, socket string) {
	defer conn.Close()
	there, err := net.Dial("unix", socket)
	if err != nil {
		return
	}
	defer there.Close()
	go func() {
		io.Copy(there, conn)
		there.Close()
	}()
	io.Copy(conn, there)
}

// path is the name of the site's database, as it stands in an address.
func (s *site) path() string {
	address, err := url.Parse(s.URL)
	if err != nil {
		s.t.Fatal(err)
	}
	return address.Path
}

// delays everything that comes over a line by so many milliseconds.
func delays(t *testing.T, line *toxiproxy.Proxy, milliseconds int) {
	t.Helper()
	toxic := fmt.Sprintf(`{"name": "fault", "type": "latency", "stream": "downstream", "attributes": {"latency": %d}}`, milliseconds)
	if _, err := line.Toxics.AddToxicJson(strings.NewReader(toxic)); err != nil {
		t.Fatal(err)
	}
}

func mends(t *testing.T, line *toxiproxy.Proxy) {
	t.Helper()
	if err := line.Toxics.RemoveToxic(t.Context(), "fault"); err != nil {
		t.Fatal(err)
	}
}
