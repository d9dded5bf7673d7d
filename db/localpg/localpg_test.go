package localpg

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// TestMain lets the tests start this program a second time, as somebody else who needs a server.
func TestMain(m *testing.M) {
	switch os.Getenv("LOCALPG_AS") {
	case "run":
		server, err := Start(context.Background(), os.Getenv("LOCALPG_DIR"))
		tell(server.URL, err)
	case "test":
		patience = "1"
		url, err := ForTests()
		tell(func() string { return url }, err)
	default:
		os.Exit(m.Run())
	}
}

func tell(url func() string, err error) {
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println(url())
	time.Sleep(time.Minute)
}

func TestStart(t *testing.T) {
	ctx := t.Context()
	dir := filepath.Join(folder(t), "postgres")
	server := start(t, dir)
	do(t, server.URL(), "CREATE TABLE dreams AS SELECT 'Ёлка' AS title")

	t.Run("Cyrillic has small and capital letters", func(t *testing.T) {
		if got := query(t, server.URL(), "SELECT lower(title) FROM dreams"); got != "ёлка" {
			t.Errorf("lower('Ёлка') is %q", got)
		}
	})
	t.Run("nobody can come over the network", func(t *testing.T) {
		if got := query(t, server.URL(), "SHOW listen_addresses"); got != "" {
			t.Errorf("it listens on %q", got)
		}
		info, err := os.Stat(server.socket)
		if err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("the folder of the socket: %v, %v", info.Mode(), err)
		}
	})
	t.Run("a second one on the same folder is told why not", func(t *testing.T) {
		if _, err := Start(ctx, dir); !errors.Is(err, ErrRunning) {
			t.Errorf("a second start: %v", err)
		}
	})
	t.Run("the data are there the next time", func(t *testing.T) {
		if err := server.Stop(); err != nil {
			t.Fatal(err)
		}
		again := start(t, dir)
		if got := query(t, again.URL(), "SELECT title FROM dreams"); got != "Ёлка" {
			t.Errorf("the title is now %q", got)
		}
	})
}

func TestStartInALongFolder(t *testing.T) {
	dir := filepath.Join(folder(t), strings.Repeat("long", 25))
	server := start(t, dir)
	query(t, server.URL(), "SELECT 1::text")
	if err := server.Stop(); err != nil {
		t.Fatal(err)
	}
	if !gone(server.socket) {
		t.Errorf("the folder of the socket stays: %s", server.socket)
	}
}

func TestKilled(t *testing.T) {
	dir := filepath.Join(folder(t), "postgres")

	t.Run("the server ends with the program that started it", func(t *testing.T) {
		program, url := somebody(t, "LOCALPG_AS=run", "LOCALPG_DIR="+dir)
		do(t, url, "CREATE TABLE dreams AS SELECT 'Ёлка' AS title")
		old := running(t, dir)
		program.Kill()
		eventually(t, "the server stays", func() bool { return !old.alive() })
	})
	t.Run("a server without its guard makes way for the next", func(t *testing.T) {
		old := orphan(t, dir)
		server := start(t, dir)
		if old.alive() {
			t.Error("the orphan still serves")
		}
		query(t, server.URL(), "SELECT title FROM dreams")
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
	})
	t.Run("a pid file that names a stranger does not stop the next start", func(t *testing.T) {
		stranger := exec.Command("sleep", "60")
		if err := stranger.Start(); err != nil {
			t.Fatal(err)
		}
		defer stranger.Wait()
		defer stranger.Process.Kill()
		file := fmt.Sprintf("%d\n%s/data\n", stranger.Process.Pid, dir)
		if err := os.WriteFile(filepath.Join(dir, "data", "postmaster.pid"), []byte(file), 0o600); err != nil {
			t.Fatal(err)
		}
		query(t, start(t, dir).URL(), "SELECT 1::text")
		if err := syscall.Kill(stranger.Process.Pid, 0); err != nil {
			t.Errorf("the stranger was stopped: %v", err)
		}
	})
}

// TestScratch puts the tests' server where TMPDIR says, and reads how much memory there is where the system says so.
func TestScratch(t *testing.T) {
	if _, err := os.Stat("/proc/meminfo"); err == nil && available() < 1<<20 {
		t.Errorf("%d bytes are available", available())
	}
	folder := t.TempDir()
	t.Setenv("TMPDIR", folder)
	if got := scratch(); got != folder {
		t.Errorf("%s, want %s", got, folder)
	}
}

func TestForTests(t *testing.T) {
	tmp := "TMPDIR=" + folder(t)
	first, url := somebody(t, "LOCALPG_AS=test", tmp)
	do(t, url, "CREATE DATABASE shared")
	second, same := somebody(t, "LOCALPG_AS=test", tmp)
	if same != url {
		t.Fatalf("two test programs got two servers: %s and %s", url, same)
	}
	dir := filepath.Dir(query(t, url, "SHOW data_directory"))
	server := running(t, dir)

	t.Run("it stays while one needs it", func(t *testing.T) {
		first.Kill()
		time.Sleep(2500 * time.Millisecond)
		query(t, url, "SELECT 1::text")
	})
	t.Run("it waits a little for the next one", func(t *testing.T) {
		second.Kill()
		time.Sleep(200 * time.Millisecond)
		third, same := somebody(t, "LOCALPG_AS=test", tmp)
		if same != url {
			t.Errorf("the third got another server: %s", same)
		}
		third.Kill()
	})
	t.Run("it ends after the last one and leaves nothing", func(t *testing.T) {
		eventually(t, "the server stays", func() bool { return !server.alive() })
		eventually(t, "its data stay", func() bool { return gone(dir) })
	})
	t.Run("what a dead one left is cleared away", func(t *testing.T) {
		old := orphan(t, dir)
		if err := syscall.Mkfifo(filepath.Join(dir, "door"), 0o600); err != nil {
			t.Fatal(err)
		}
		_, url := somebody(t, "LOCALPG_AS=test", tmp)
		query(t, url, "SELECT 1::text")
		if old.alive() || !gone(dir) {
			t.Errorf("the dead server stays in %s", dir)
		}
	})
}

func TestPrograms(t *testing.T) {
	if _, err := findPrograms("3"); err == nil || !strings.Contains(err.Error(), "Postgres 3,") {
		t.Errorf("data of a version that is not here: %v", err)
	}
	dir, err := findPrograms("")
	if err != nil {
		t.Fatal(err)
	}
	if same, err := findPrograms(majorVersion(dir)); err != nil || majorVersion(same) != majorVersion(dir) {
		t.Errorf("data of version %s: %s, %v", majorVersion(dir), same, err)
	}
}

func TestStartInAHome(t *testing.T) {
	home := folder(t)
	if err := os.Chmod(home, 0o700); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(home, "postgres")
	server := start(t, dir)
	query(t, server.URL(), "SELECT 1::text")
	t.Cleanup(func() { os.RemoveAll(server.dir) })

	link, err := os.Readlink(dir)
	if root := os.Getuid() == 0; root != (link == server.dir) {
		t.Errorf("root: %v, the folder is a link to %q, the data are in %s: %v", root, link, server.dir, err)
	}
	if err := server.Stop(); err != nil {
		t.Fatal(err)
	}
	query(t, start(t, dir).URL(), "SELECT 1::text")
}

func TestPlaceRefusesForeignFolder(t *testing.T) {
	me, err := findOwner()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(folder(t), "open")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := me.place(dir); err == nil {
		t.Error("a folder that anybody may enter was taken")
	}
}

func start(t *testing.T, dir string) *Server {
	t.Helper()
	server, err := Start(t.Context(), dir, Ephemeral...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Stop() })
	return server
}

// somebody is another program that needs a server; it lives until it is killed.
func somebody(t *testing.T, env ...string) (*os.Process, string) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	url, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || !strings.HasPrefix(url, "postgres:") {
		t.Fatalf("the other program says %q, %v", url, err)
	}
	return cmd.Process, strings.TrimSpace(url)
}

func query(t *testing.T, url, sql string) (answer string) {
	t.Helper()
	conn := connect(t, url)
	defer conn.Close(context.Background())
	if err := conn.QueryRow(t.Context(), sql).Scan(&answer); err != nil {
		t.Fatal(err)
	}
	return answer
}

func do(t *testing.T, url, sql string) {
	t.Helper()
	conn := connect(t, url)
	defer conn.Close(context.Background())
	if _, err := conn.Exec(t.Context(), sql); err != nil {
		t.Fatal(err)
	}
}

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

// process is the server that ran on a cluster at one moment.
type process struct {
	cluster cluster
	pid     int
}

func (p process) alive() bool { return p.cluster.isServer(p.pid) }

func running(t *testing.T, dir string) process {
	t.Helper()
	c, err := open(dir)
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(c.pidFile()[0])
	if err != nil {
		t.Fatal(err)
	}
	return process{c, pid}
}

// orphan is what is left when a program and the guard of its server were killed.
func orphan(t *testing.T, dir string) process {
	t.Helper()
	c, err := open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.create(); err != nil {
		t.Fatal(err)
	}
	cmd := c.command(c.binary("postgres"), "-D", c.data(), "-c", "listen_addresses=", "-c", "unix_socket_directories="+c.dir)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		cmd.Wait()
		close(ended)
	}()
	t.Cleanup(func() { cmd.Process.Kill() })
	if err := c.ready(t.Context(), ended); err != nil {
		t.Fatal(err)
	}
	return running(t, dir)
}

// folder is a place for data that the server's user can reach, whoever runs the tests.
func folder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "localpg")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func gone(path string) bool {
	_, err := os.Stat(path)
	return errors.Is(err, os.ErrNotExist)
}

func eventually(t *testing.T, complaint string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !done(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal(complaint)
		}
	}
}
