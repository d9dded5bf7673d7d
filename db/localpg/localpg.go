// Package localpg runs a private Postgres for those who have none of their own: for
// `cabinet run` without a DATABASE_URL, and for the tests.
//
// The server listens on a Unix socket in a folder that only its user can enter, and nowhere
// else. It ends with whoever started it, however that ends.
package localpg

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// ErrRunning is the answer to a second server on the same folder.
var ErrRunning = errors.New("another Cabinet runs on the same data: stop it first, or set DATABASE_URL for one of the two")

//go:embed guard.sh
var guard []byte

// Option is one more setting of the server, as in `postgres -c name=value`.
type Option string

// Ephemeral makes a server fast and forgetful: its data do not survive a power cut.
var Ephemeral = []Option{"fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=300"}

// Server is a running Postgres.
type Server struct {
	cluster
	socket string
	lock   *os.File
	door   *os.File
	gone   chan struct{}
}

// Start starts a server on the data in dir, making both the first time.
func Start(ctx context.Context, dir string, options ...Option) (*Server, error) {
	cluster, err := open(dir)
	if err != nil {
		return nil, err
	}
	lock, err := tryLock(cluster.path("lock"))
	if err != nil {
		return nil, err
	}
	server, err := cluster.run(ctx, options)
	if err != nil {
		lock.Close()
		return nil, err
	}
	server.lock = lock
	return server, nil
}

// URL is where the server's own database is.
func (s *Server) URL() string { return address(s.socket, "cabinet") }

// Program is where a program of the same Postgres is, such as pg_dump: beside the server, or else where systems put the
// whole of that version, or in PATH.
func (s *Server) Program(name string) string {
	dirs := append([]string{s.programs}, installed()...)
	for _, dir := range dirs {
		if has(dir, name) && (dir == s.programs || majorVersion(dir) == s.version()) {
			return filepath.Join(dir, name)
		}
	}
	return name
}

// Done is closed when the server is gone.
func (s *Server) Done() <-chan struct{} { return s.gone }

// Stop disconnects everybody and returns when all data are on disk.
func (s *Server) Stop() error {
	s.door.Close()
	defer s.lock.Close()
	select {
	case <-s.gone:
	case <-time.After(30 * time.Second):
		return fmt.Errorf("the private Postgres does not stop; its log is %s", s.path("log"))
	}
	if s.socket != s.dir {
		return os.RemoveAll(s.socket)
	}
	return nil
}

// run starts the server and waits until it answers.
func (c cluster) run(ctx context.Context, options []Option) (*Server, error) {
	if err := c.stopLeftover(); err != nil {
		return nil, err
	}
	if err := c.create(); err != nil {
		return nil, err
	}
	socket, err := c.socketFolder()
	if err != nil {
		return nil, err
	}
	theirs, ours, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	gone, err := c.launch(theirs, "0", "", socket, options)
	theirs.Close()
	if err != nil {
		ours.Close()
		return nil, err
	}
	if err := c.ready(ctx, gone); err != nil {
		ours.Close()
		<-gone
		return nil, err
	}
	return &Server{cluster: c, socket: socket, door: ours, gone: gone}, nil
}

// launch starts the server under its guard; the channel is closed when both are gone.
func (c cluster) launch(stdin *os.File, patience, door, socket string, options []Option) (chan struct{}, error) {
	log, err := os.Create(c.path("log"))
	if err != nil {
		return nil, err
	}
	defer log.Close()
	if err := os.WriteFile(c.path("guard.sh"), guard, 0o644); err != nil {
		return nil, err
	}
	args := []string{c.path("guard.sh"), patience, door, c.binary("postgres"), "-D", c.data(),
		"-c", "listen_addresses=", "-c", "unix_socket_directories=" + socket}
	for _, option := range options {
		args = append(args, "-c", string(option))
	}
	cmd := c.command("/bin/sh", args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = stdin, log, log
	// Ctrl-C goes to the whole group of the terminal; the server must outlive the program that uses it.
	cmd.SysProcAttr.Setsid = true
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	gone := make(chan struct{})
	go func() {
		cmd.Wait()
		close(gone)
	}()
	return gone, nil
}

// ready waits until the server says in its pid file that it takes connections.
func (c cluster) ready(ctx context.Context, gone <-chan struct{}) error {
	for {
		if lines := c.pidFile(); len(lines) > 7 && strings.TrimSpace(lines[7]) == "ready" {
			return nil
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		case <-gone:
			return fmt.Errorf("the private Postgres did not start:\n%s", c.lastWords())
		}
	}
}

func (c cluster) lastWords() string {
	log, err := os.ReadFile(c.path("log"))
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimSpace(string(log)), "\n")
	return strings.Join(lines[max(0, len(lines)-10):], "\n")
}

// stopLeftover stops a server whose guard was killed too.
func (c cluster) stopLeftover() error {
	lines := c.pidFile()
	if lines == nil {
		return nil
	}
	pid, err := strconv.Atoi(lines[0])
	if err != nil {
		return fmt.Errorf("%s: %w", c.data(), err)
	}
	if !c.isServer(pid) {
		// After a restart of the machine the number may be anybody's, and Postgres would not dare to start.
		if syscall.Kill(pid, 0) == nil {
			return os.Remove(filepath.Join(c.data(), "postmaster.pid"))
		}
		return nil
	}
	if err := syscall.Kill(pid, syscall.SIGINT); err != nil && !errors.Is(err, syscall.ESRCH) {
		return err
	}
	for deadline := time.Now().Add(30 * time.Second); c.isServer(pid); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			return fmt.Errorf("an old Postgres (process %d) does not stop", pid)
		}
	}
	return nil
}

// isServer tells whether pid is the server of this very cluster.
func (c cluster) isServer(pid int) bool {
	line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if err != nil {
		line, _ = exec.Command("ps", "-ww", "-o", "command=", "-p", strconv.Itoa(pid)).Output()
	}
	return strings.Contains(string(line), c.data())
}

func (c cluster) pidFile() []string {
	file, err := os.ReadFile(filepath.Join(c.data(), "postmaster.pid"))
	if err != nil {
		return nil
	}
	return strings.Split(string(file), "\n")
}

func tryLock(path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = ErrRunning
	}
	if err != nil {
		file.Close()
		return nil, err
	}
	return file, nil
}

func address(socket, database string) string {
	query := url.Values{"host": {socket}, "user": {"cabinet"}}
	return "postgres:///" + database + "?" + query.Encode()
}
