package db

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Topic names a thing that changed, for one audience: an account, or the staff.
type Topic struct {
	Audience string
	Name     string
}

// StaffAudience hears what happens at the desk.
const StaffAudience = "staff"

// Audience is the name under which an account's own pages listen.
func (id AccountID) Audience() string { return strconv.FormatInt(int64(id), 10) }

// announce wakes the customer's pages that show these topics, once the change is committed.
func (c *change) announce(to AccountID, names ...string) {
	for _, name := range names {
		c.topics = append(c.topics, Topic{to.Audience(), name})
	}
}

// announceStaff wakes the pages of the desk.
func (c *change) announceStaff(names ...string) {
	for _, name := range names {
		c.topics = append(c.topics, Topic{StaffAudience, name})
	}
}

// announcer gathers a few milliseconds' worth of topics into one notification. A NOTIFY inside
// each transaction would take a lock on the whole database at every commit.
type announcer struct {
	conn Conn
	mu   sync.Mutex
	told map[Topic]bool
	over bool
	wake chan struct{}
	done chan struct{}
}

const gatherFor = 3 * time.Millisecond

// newAnnouncer speaks only through a pool: a test inside one transaction has no listeners.
func newAnnouncer(conn Conn) *announcer {
	a := &announcer{conn: conn, told: map[Topic]bool{}, wake: make(chan struct{}, 1), done: make(chan struct{})}
	if _, ok := conn.(*pgxpool.Pool); !ok {
		a.over = true
		close(a.done)
		return a
	}
	go a.run()
	return a
}

func (a *announcer) tell(topics []Topic) {
	if len(topics) == 0 {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.over {
		return
	}
	for _, topic := range topics {
		a.told[topic] = true
	}
	select {
	case a.wake <- struct{}{}:
	default:
	}
}

func (a *announcer) run() {
	defer close(a.done)
	for range a.wake {
		time.Sleep(gatherFor)
		a.send()
	}
	a.send()
}

// send gives up quietly: a page that missed a name is healed when it reconnects.
func (a *announcer) send() {
	a.mu.Lock()
	told := a.told
	a.told = map[Topic]bool{}
	a.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	var lines strings.Builder
	flush := func() {
		if lines.Len() > 0 {
			for range 2 { // a connection that broke in the pool is noticed by the first who uses it
				if _, err := a.conn.Exec(ctx, "SELECT pg_notify('live', $1)", lines.String()); err == nil {
					break
				}
			}
			lines.Reset()
		}
	}
	for topic := range told {
		if lines.Len() > 7000 { // a payload holds 8,000 bytes
			flush()
		}
		fmt.Fprintf(&lines, "%s %s\n", topic.Audience, topic.Name)
	}
	flush()
}

func (a *announcer) close() {
	a.mu.Lock()
	if !a.over {
		a.over = true
		close(a.wake)
	}
	a.mu.Unlock()
	<-a.done
}

// A line to the database may be cut somewhere on the way without a word to either side. So when nothing was told for
// a while, it is asked whether anybody is there.
const (
	quietFor    = 5 * time.Second
	answerAfter = 5 * time.Second
)

// Listen calls heard with every announced topic until ctx ends or the connection breaks.
// Ready is called once listening has begun, so that nothing told after it is missed.
func Listen(ctx context.Context, conn *pgx.Conn, ready func(), heard func(Topic)) error {
	if err := answers(ctx, conn, "LISTEN live"); err != nil {
		return err
	}
	ready()
	for {
		note, err := nextNote(ctx, conn)
		if err != nil {
			return err
		}
		for line := range strings.Lines(note.Payload) {
			if audience, name, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
				heard(Topic{audience, name})
			}
		}
	}
}

func nextNote(ctx context.Context, conn *pgx.Conn) (*pgconn.Notification, error) {
	for {
		waiting, cancel := context.WithTimeout(ctx, quietFor)
		note, err := conn.WaitForNotification(waiting)
		quiet := waiting.Err() != nil
		cancel()
		if err == nil || !quiet || ctx.Err() != nil {
			return note, err
		}
		if err := answers(ctx, conn, "SELECT 1"); err != nil {
			return nil, err
		}
	}
}

func answers(ctx context.Context, conn *pgx.Conn, sql string) error {
	ctx, cancel := context.WithTimeout(ctx, answerAfter)
	defer cancel()
	_, err := conn.Exec(ctx, sql)
	return err
}
