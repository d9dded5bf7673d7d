package handlers

import (
	"bytes"
	"fmt"
	"maps"
	"net"
	"slices"
	"strconv"
	"sync"
	"time"

	"cabinet/db"

	"github.com/gofiber/fiber/v2"
)

// Live passes announcements made in db on to the pages that are open. It carries names only: a page
// that hears a name asks for that row again, through the ordinary door.
type Live struct {
	mu     sync.Mutex
	pages  map[string]map[*stream]bool // by audience
	lately []told
	whole  time.Time // from when on lately has everything
	closed bool
}

// told is a topic that was announced, perhaps after a page was drawn and before its stream was open.
type told struct {
	db.Topic
	at time.Time
}

// stream is one open page. Names that come quicker than they can be sent are kept once each.
type stream struct {
	mu    sync.Mutex
	names map[string]bool
	wake  chan struct{}
	end   chan struct{}
}

const (
	beatEvery   = 10 * time.Second
	streamLife  = 30 * time.Minute // then the page connects anew and is recognised anew
	streamWrite = 10 * time.Second // how long a reader may stall
	remembered  = time.Minute      // how long after it was drawn a page may open its stream and hear what it missed
	mostTold    = 5000             // topics are remembered
	clocksApart = 250 * time.Millisecond
)

// NewLive has no pages yet.
func NewLive() *Live { return &Live{pages: map[string]map[*stream]bool{}, whole: time.Now()} }

// Tell passes a topic to the open pages of its audience.
func (l *Live) Tell(topic db.Topic) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lately = append(l.lately, told{topic, time.Now()})
	l.forget()
	for page := range l.pages[topic.Audience] {
		page.tell(topic.Name)
	}
}

// forget keeps what a page that is just opening may have missed.
func (l *Live) forget() {
	old := max(0, len(l.lately)-mostTold)
	for old < len(l.lately) && time.Since(l.lately[old].at) > remembered {
		old++
	}
	if old > 0 {
		l.whole = l.lately[old-1].at
		l.lately = slices.Delete(l.lately, 0, old)
	}
}

// Refresh tells all pages to ask for everything again: names may have been missed.
func (l *Live) Refresh() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.whole, l.lately = time.Now(), nil
	for _, pages := range l.pages {
		for page := range pages {
			page.tell("refresh")
		}
	}
}

// Close ends all streams, so that the server can stop.
func (l *Live) Close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	for _, pages := range l.pages {
		for page := range pages {
			page.stop()
		}
	}
}

// Streams counts the open pages. One of the staff's listens for two audiences and is still one.
func (l *Live) Streams() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	open := map[*stream]bool{}
	for _, pages := range l.pages {
		maps.Copy(open, pages)
	}
	return len(open)
}

// open begins a stream and tells it what was announced since its page was drawn.
func (l *Live) open(audiences []string, drawn time.Time) *stream {
	page := &stream{names: map[string]bool{}, wake: make(chan struct{}, 1), end: make(chan struct{})}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		page.stop()
		return page
	}
	for _, audience := range audiences {
		if l.pages[audience] == nil {
			l.pages[audience] = map[*stream]bool{}
		}
		l.pages[audience][page] = true
	}
	page.tell(l.missed(audiences, drawn.Add(-clocksApart))...)
	return page
}

func (l *Live) missed(audiences []string, since time.Time) (names []string) {
	if !since.After(l.whole) {
		return []string{"refresh"}
	}
	first, _ := slices.BinarySearchFunc(l.lately, since, func(t told, since time.Time) int { return t.at.Compare(since) })
	for _, topic := range l.lately[first:] {
		if slices.Contains(audiences, topic.Audience) {
			names = append(names, topic.Name)
		}
	}
	return names
}

func (l *Live) close(page *stream, audiences []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, audience := range audiences {
		delete(l.pages[audience], page)
		if len(l.pages[audience]) == 0 {
			delete(l.pages, audience)
		}
	}
}

func (s *stream) tell(names ...string) {
	if len(names) == 0 {
		return
	}
	s.mu.Lock()
	for _, name := range names {
		s.names[name] = true
	}
	s.mu.Unlock()
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

func (s *stream) take() map[string]bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	names := s.names
	s.names = map[string]bool{}
	return names
}

func (s *stream) stop() {
	select {
	case <-s.end:
	default:
		close(s.end)
	}
}

// listen keeps a page informed until it is closed.
func (h *Handlers) listen(c *fiber.Ctx) error {
	audiences := []string{me(c).ID.Audience()}
	if me(c).Staff() {
		audiences = append(audiences, db.StaffAudience)
	}
	c.Set("Content-Type", "text/event-stream")
	c.Set("X-Accel-Buffering", "no")
	c.Response().Header.SetContentLength(untilClosed)
	head := bytes.Clone(c.Response().Header.Header())
	drawn, again := pageDrawn(c), c.Get("Last-Event-Id") != ""
	c.Context().HijackSetNoResponse(true)
	c.Context().Hijack(func(conn net.Conn) {
		page := h.live.open(audiences, drawn)
		if again { // what was told while the page was away is lost to it
			page.tell("refresh")
		}
		if kept, ok := conn.(interface{ UnsafeConn() net.Conn }); ok { // without the server's read buffer: nothing is read any more
			conn = kept.UnsafeConn()
		}
		go func() {
			defer conn.Close()
			defer h.live.close(page, audiences)
			page.run(conn, head)
		}()
	})
	return nil
}

// untilClosed is the length of an answer that ends when its connection does (RFC 9112, 6.3), as fasthttp calls it.
const untilClosed = -2

// pageDrawn is when the page that listens was asked for, as the page itself says; else now.
func pageDrawn(c *fiber.Ctx) time.Time {
	if at, err := strconv.ParseInt(c.Query("since"), 10, 64); err == nil {
		return time.UnixMilli(at)
	}
	return time.Now().Add(clocksApart)
}

// run has the connection to itself, and nothing of the request that opened it: all else is memory of every open page.
func (s *stream) run(conn net.Conn, head []byte) {
	beat, over := time.NewTicker(beatEvery), time.NewTimer(streamLife)
	defer beat.Stop()
	defer over.Stop()
	said := append(head, "id: 1\nretry: 1000\n\n"...) // the id comes back when the page connects again
	for {
		conn.SetWriteDeadline(time.Now().Add(streamWrite))
		if _, err := conn.Write(said); err != nil {
			return
		}
		said = nil
		select {
		case <-s.wake:
			for name := range s.take() {
				said = fmt.Appendf(said, "event: %s\ndata:\n\n", name)
			}
		case <-beat.C:
			said = []byte(":\n\n")
		case <-over.C:
			return
		case <-s.end:
			return
		}
	}
}
