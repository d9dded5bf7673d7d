// Package chaos breaks what a running cabinet stands on while people use it: its processes, its
// database, its mail server. The program is the real one, in processes of its own.
//
// In `make test` everything is done a few times. `make chaos` does it for longer, with CHAOS_N.
package chaos

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"cabinet/db"
	"cabinet/db/dbtest"
	"cabinet/jobs/smtp/smtptest"
)

// cabinet is the program, built once for all tests.
var cabinet string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "cabinet-chaos")
	if err == nil {
		cabinet = filepath.Join(dir, "cabinet")
		var said []byte
		if said, err = exec.Command("go", "build", "-buildvcs=false", "-o", cabinet, "cabinet/cmd/cabinet").CombinedOutput(); err != nil {
			err = fmt.Errorf("%w\n%s", err, said)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	flag.Parse()
	flag.Set("test.parallel", "4") // most of the time they wait
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// long is how often `make chaos` wants things done; 0 in `make test`.
var long, _ = strconv.Atoi(os.Getenv("CHAOS_N"))

// times is how often a thing is done.
func times(usual int) int {
	return max(usual, long)
}

// site is a cabinet in processes of its own, with its database and its mail server. Its clock is the real one.
type site struct {
	*dbtest.World
	t    *testing.T
	base string
	port int
	post *smtptest.Server
}

// open prepares a site. Nothing of it runs yet.
func open(t *testing.T) *site {
	t.Helper()
	return around(t, dbtest.Open(t))
}

func around(t *testing.T, world *dbtest.World) *site {
	t.Helper()
	settings := world.Settings
	settings.Now, settings.KeepSecrets, settings.MailGrouping = time.Now, false, 0
	d, err := db.Open(world.Pool, settings)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	world.DB = d
	s := &site{World: world, t: t, port: freePort(t), post: smtptest.Start(t, smtptest.WithoutTLS)}
	s.base = "http://127.0.0.1:" + strconv.Itoa(s.port)
	return s
}

func freePort(t *testing.T) int {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port
}

// process is one run of the program.
type process struct {
	*exec.Cmd
	name string
	said *words
	over chan struct{}
}

// words is what a process has said so far.
type words struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (w *words) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.all.Write(p)
}

func (w *words) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.all.String()
}

const metricsToken = "0123456789abcdef"

// start runs one command of the program until the test ends, or it itself does.
func (s *site) start(command string, settings ...string) *process {
	s.t.Helper()
	p := &process{exec.Command(cabinet, command), command, &words{}, make(chan struct{})}
	p.Dir = s.t.TempDir()
	p.Env = append([]string{
		"PATH=" + os.Getenv("PATH"), "DATABASE_URL=" + s.URL, "PORT=" + strconv.Itoa(s.port), "BASE_URL=" + s.base,
		"SMTP_URL=smtp://127.0.0.1:" + strconv.Itoa(s.post.Port), "SECRET_KEY=0123456789abcdef0123456789abcdef", "MAIL_GROUPING=0s", "METRICS_TOKEN=" + metricsToken,
	}, settings...)
	p.Stdout, p.Stderr = p.said, p.said
	if err := p.Start(); err != nil {
		s.t.Fatal(err)
	}
	go func() {
		p.Wait()
		close(p.over)
	}()
	s.t.Cleanup(func() {
		p.kill()
		if s.t.Failed() && p.said.String() != "" {
			s.t.Logf("%s said:\n%s", command, lastLines(p.said.String(), 15))
		}
	})
	return p
}

func lastLines(text string, n int) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}

// web starts the web side and waits until it can serve.
func (s *site) web(settings ...string) *process {
	s.t.Helper()
	p := s.start("web", settings...)
	s.eventually("the web side is ready", func() bool { return s.status("/ready") == http.StatusOK })
	return p
}

func (s *site) status(path string) int {
	answer, err := (&http.Client{Timeout: 5 * time.Second}).Get(s.base + path)
	if err != nil {
		return 0
	}
	answer.Body.Close()
	return answer.StatusCode
}

// kill ends a process as the machine does that has no memory left.
func (p *process) kill() {
	p.Process.Signal(syscall.SIGKILL)
	<-p.over
}

// stop asks a process to end and says how long it took.
func (p *process) stop() time.Duration {
	asked := time.Now()
	p.Process.Signal(syscall.SIGTERM)
	<-p.over
	return time.Since(asked)
}

// running reports whether a process has not ended.
func (p *process) running() bool {
	select {
	case <-p.over:
		return false
	default:
		return true
	}
}

// within waits for a process to end by itself, and says whether it did so well.
func (p *process) within(most time.Duration) error {
	select {
	case <-p.over:
	case <-time.After(most):
		return errors.New(p.name + " does not end: " + p.said.String())
	}
	if code := p.ProcessState.ExitCode(); code != 0 {
		return fmt.Errorf("%s ends with %d: %s", p.name, code, p.said)
	}
	return nil
}

var goroutineCount = regexp.MustCompile(`(?m)^go_goroutines (\d+)$`)

// goroutines asks the web side how many things it does at a time; 0 when it does not say.
func (s *site) goroutines() (n int) {
	request, err := http.NewRequest("GET", s.base+"/metrics", nil)
	if err != nil {
		return 0
	}
	request.Header.Set("Authorization", "Bearer "+metricsToken)
	got, err := (&http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}).Do(request)
	if err != nil {
		return 0
	}
	defer got.Body.Close()
	body, err := io.ReadAll(got.Body)
	if found := goroutineCount.FindSubmatch(body); err == nil && found != nil {
		n, _ = strconv.Atoi(string(found[1]))
	}
	return n
}

// memory is what a process holds, in KiB.
func (p *process) memory(t *testing.T) int {
	t.Helper()
	out, err := exec.Command("ps", "-o", "rss=", "-p", strconv.Itoa(p.Process.Pid)).Output()
	if err != nil {
		t.Fatal(err)
	}
	size, err := strconv.Atoi(strings.TrimSpace(string(out)))
	if err != nil {
		t.Fatal(err)
	}
	return size
}

// patience is how long anything may take to come right. It is no measure of speed.
const patience = 60 * time.Second

func (s *site) eventually(what string, is func() bool) {
	s.t.Helper()
	for deadline := time.Now().Add(max(patience, time.Duration(long)*10*time.Second)); !is(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			s.t.Fatalf("it never came to be that %s", what)
		}
	}
}

// count asks the database for one number.
func (s *site) count(sql string, args ...any) (n int) {
	s.t.Helper()
	if err := s.Pool.QueryRow(s.t.Context(), sql, args...).Scan(&n); err != nil {
		s.t.Fatal(err)
	}
	return n
}

func (s *site) do(sql string, args ...any) {
	s.t.Helper()
	if _, err := s.Pool.Exec(s.t.Context(), sql, args...); err != nil {
		s.t.Fatal(err)
	}
}

// clean runs `cabinet audit`.
func (s *site) clean() {
	s.t.Helper()
	if err := s.start("audit").within(patience); err != nil {
		s.t.Error(err)
	}
}
