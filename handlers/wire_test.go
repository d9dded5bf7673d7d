package handlers_test

import (
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"cabinet/assets"
	"cabinet/db/dbtest"
	"cabinet/handlers"
)

const patience = 2 * time.Second

// TestWire speaks to the bare port as no browser does: what has two meanings is refused and nothing that
// comes behind it is answered, and three hundred who dawdle keep nobody else waiting.
func TestWire(t *testing.T) {
	site := open(t, func(c *handlers.Config) { c.Patience = patience })
	host := strings.TrimPrefix(site.URL, "http://")

	// say sends bytes and reads until the other side has enough, or nobody says anything more.
	say := func(t *testing.T, raw string) (answers int, status string, closed bool) {
		t.Helper()
		conn, err := net.Dial("tcp", host)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		conn.SetDeadline(time.Now().Add(patience + 20*time.Second))
		io.WriteString(conn, raw) // it may well be cut off
		read, err := io.ReadAll(conn)
		_, status, _ = strings.Cut(string(read), "HTTP/1.1 ")
		network, timed := err.(net.Error)
		return strings.Count(string(read), "HTTP/1.1 "), status[:min(3, len(status))], !timed || !network.Timeout()
	}
	post := "POST /language HTTP/1.1\r\nHost: " + host + "\r\nSec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\n"
	get := "GET /health HTTP/1.1\r\nHost: " + host + "\r\n"
	behind := "GET /health HTTP/1.1\r\nHost: " + host + "\r\n\r\n"

	t.Run("what is not clear is refused, and nothing behind it is answered", func(t *testing.T) {
		for name, raw := range map[string]string{
			"two lengths":                      post + "Content-Length: 9\r\nContent-Length: 0\r\n\r\nlocale=ru",
			"two lengths, the other way round": post + "Content-Length: 0\r\nContent-Length: 9\r\n\r\n",
			"the same length twice":            post + "Content-Length: 9\r\nContent-Length: 9\r\n\r\nlocale=ru",
			"a list of lengths":                post + "Content-Length: 9, 0\r\n\r\nlocale=ru",
			"a length with a plus":             post + "Content-Length: +9\r\n\r\nlocale=ru",
			"a length below nothing":           post + "Content-Length: -9\r\n\r\nlocale=ru",
			"a length in another system":       post + "Content-Length: 0x9\r\n\r\nlocale=ru",
			"a length beyond all numbers":      post + "Content-Length: 99999999999999999999\r\n\r\nlocale=ru",
			"a length that is too long":        post + "Content-Length: 2000000\r\n\r\nlocale=ru",
			"a length and chunked":             post + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
			"chunked and a length":             post + "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
			"an encoding of nobody's":          post + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
			"chunked and no encoding":          post + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
			"no encoding, said so":             post + "Transfer-Encoding: identity\r\n\r\n",
			"two encodings":                    post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
			"packed and chunked":               post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
			"a space before the colon":         post + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
			"an encoding behind a tab":         post + "Transfer-Encoding: \x0bchunked\r\n\r\n",
			"an encoding on the next line":     post + "Transfer-Encoding:\r\n chunked\r\nContent-Length: 0\r\n\r\n",
			"a chunk below nothing":            post + "Transfer-Encoding: chunked\r\n\r\n-9\r\nlocale=ru\r\n0\r\n\r\n",
			"a chunk beyond all numbers":       post + "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\nlocale=ru\r\n0\r\n\r\n",
			"chunks with bare line feeds":      post + "Transfer-Encoding: chunked\r\n\r\n9\nlocale=ru\n0\n\n",
			"a chunk longer than it says":      post + "Transfer-Encoding: chunked\r\n\r\n9\r\nlocale=ruXX0\r\n\r\n",
			"a bare carriage return":           get + "X-A: b\rContent-Length: 9\r\n\r\n",
			"no host":                          "GET /health HTTP/1.1\r\n\r\n",
			"an empty host":                    "GET /health HTTP/1.1\r\nHost:\r\n\r\n",
			"two hosts":                        get + "Host: evil.example\r\n\r\n",
			"a host with spaces":               "GET /health HTTP/1.1\r\nHost: a b<c>\r\n\r\n",
			"no version":                       "GET /health\r\n\r\n",
			"another version":                  "GET /health HTTP/1.1x\r\nHost: x\r\n\r\n",
			"two spaces":                       "GET  /health  HTTP/1.1\r\nHost: x\r\n\r\n",
			"a zero in a header":               get + "X-A: a\x00b\r\n\r\n",
			"a zero in a name":                 get + "X-\x00A: b\r\n\r\n",
			"a zero in the path":               "GET /\x00health HTTP/1.1\r\nHost: x\r\n\r\n",
			"a line without a colon":           get + "X-A\r\n\r\n",
			"an odd method":                    "G<T / HTTP/1.1\r\nHost: x\r\n\r\n",
			"the next version's greeting":      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
			"no request at all":                strings.Repeat("\xff\x00", 100) + "\r\n\r\n",
			"a header of a megabyte":           get + "X-A: " + strings.Repeat("a", 1<<20) + "\r\n\r\n",
			"fifty thousand headers":           get + strings.Repeat("X-A: b\r\n", 50000) + "\r\n",
			"an address of a megabyte":         "GET /" + strings.Repeat("a", 1<<20) + " HTTP/1.1\r\nHost: x\r\n\r\n",
		} {
			t.Run(name, func(t *testing.T) {
				answers, status, closed := say(t, raw+behind)
				if answers != 1 || !strings.HasPrefix(status, "4") || !closed {
					t.Errorf("%d answers, the first %s, closed %t", answers, status, closed)
				}
			})
		}
	})
	t.Run("who does not come to an end is cut off", func(t *testing.T) {
		var group sync.WaitGroup
		for name, raw := range map[string]string{
			"bare line feeds":  "GET /health HTTP/1.1\nHost: " + host + "\n\n",
			"one of them":      get + "X-A: b\nContent-Length: 9\r\n\r\n",
			"half a header":    get,
			"half a body":      post + "Content-Length: 9\r\n\r\nloc",
			"half a chunk":     post + "Transfer-Encoding: chunked\r\n\r\n9\r\nloc",
			"another protocol": "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
			"silence":          "",
		} {
			group.Go(func() {
				if answers, status, closed := say(t, raw); answers > 1 || strings.HasPrefix(status, "2") || !closed {
					t.Errorf("%s: %d answers, the first %s, closed %t", name, answers, status, closed)
				}
			})
		}
		group.Wait()
	})
	t.Run("three hundred who dawdle keep nobody waiting", func(t *testing.T) {
		vera := site.As(dbtest.Vera).With(t)
		var group sync.WaitGroup
		held := make(chan time.Duration, 300)
		for i := range 300 {
			group.Go(func() { held <- dawdle(t, host, i, get, post) })
		}
		begun, asked := time.Now(), 0
		for ; time.Since(begun) < patience+time.Second; asked++ {
			vera.Do("GET", "/orders", "", nil).Wants(200)
			vera.Do("POST", "/language", "locale=ru", nil).Wants(303)
		}
		group.Wait()
		close(held)
		longest := time.Duration(0)
		for d := range held {
			longest = max(longest, d)
		}
		if asked < 5 || longest > patience+15*time.Second { // a busy machine is slow itself
			t.Errorf("%d pages went by, and the last of those who dawdle was let go after %s", asked, longest)
		}
		vera.Do("GET", "/orders", "", nil).Wants(200)
	})
}

// dawdle sends or reads a little at a time, and says after how long the other side had enough of it.
func dawdle(t *testing.T, host string, who int, get, post string) time.Duration {
	small := net.Dialer{Control: func(_, _ string, c syscall.RawConn) error {
		return c.Control(func(fd uintptr) { syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, 4096) })
	}}
	conn, err := small.Dial("tcp", host)
	if err != nil {
		t.Error(err)
		return 0
	}
	defer conn.Close()
	begun := time.Now()
	conn.SetDeadline(begun.Add(30 * time.Second))
	switch who % 15 {
	case 0: // asks for much, and is slow to take it
		const much = 400 // more than the buffers on the way hold
		io.WriteString(conn, strings.Repeat(strings.Replace(get, "/health", assets.Path("app.css"), 1)+"\r\n", much))
		time.Sleep(2*patience + time.Second)
		if read, err := io.ReadAll(conn); strings.Count(string(read), "HTTP/1.1 200") == much {
			t.Errorf("number %d got everything in the end: %v", who, err)
		}
		return time.Since(begun)
	case 1, 2, 3, 4, 5, 6, 7:
		_, err = fmt.Fprint(conn, get+"X-Slow: ")
	default:
		_, err = fmt.Fprint(conn, post+"Content-Length: 1000\r\n\r\n")
	}
	for ; err == nil; time.Sleep(200 * time.Millisecond) {
		_, err = io.WriteString(conn, "x")
	}
	if network, ok := err.(net.Error); ok && network.Timeout() {
		t.Errorf("number %d was never let go", who)
	}
	return time.Since(begun)
}
