package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// child is a process of ours that serves; it ends with us.
type child struct {
	*exec.Cmd
	address string
	started time.Duration // how long it took to be ready
}

// serve starts a process that listens on PORT and waits until it answers.
func serve(ctx context.Context, program string, args, environment []string) (*child, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Env = append(environment, "PORT="+port, "PATH="+os.Getenv("PATH"), "HOME="+os.Getenv("HOME"))
	cmd.Stderr = os.Stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 30 * time.Second
	begun := time.Now()
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	c := &child{cmd, "127.0.0.1:" + port, 0}
	for time.Since(begun) < 20*time.Second {
		answer, err := http.Get("http://" + c.address + "/ready")
		if err == nil {
			answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				c.started = time.Since(begun)
				return c, nil
			}
		}
		time.Sleep(5 * time.Millisecond)
	}
	c.stop()
	return nil, fmt.Errorf("%s is not ready after 20 s", filepath.Base(program))
}

func (c *child) stop() {
	c.Process.Signal(syscall.SIGTERM)
	c.Wait()
}

func freePort() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer listener.Close()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	return port, err
}

// product starts the cabinet as an operator would.
func (b *bench) product(address string) (*child, error) {
	return serve(b.ctx, b.cabinet, []string{"web"}, operators(address))
}

// operators is the configuration of an installation.
func operators(address string) []string {
	return []string{
		"ENV=production", "DATABASE_URL=" + address, "BASE_URL=https://bench.example", "SECRET_KEY=" + strings.Repeat("bench", 8),
		"SMTP_URL=smtp://127.0.0.1:1", "TRUSTED_PROXIES=1", "SITE_NAME=Cabinet",
	}
}

// ourselves runs this program again as another process, which answers with JSON.
func (b *bench) ourselves(answer any, args ...string) error {
	out, err := b.again(args...).Output()
	if failed, ok := errors.AsType[*exec.ExitError](err); ok {
		return fmt.Errorf("%s: %w: %s", args[0], err, failed.Stderr)
	}
	if err != nil {
		return err
	}
	return json.Unmarshal(out, answer)
}

func (b *bench) again(args ...string) *exec.Cmd {
	cmd := exec.CommandContext(b.ctx, b.self, args...)
	cmd.Env = append(os.Environ(), asChild+"=1")
	return cmd
}

// asChild tells the program that it is one of its own children; tests run it too.
const asChild = "BENCH_CHILD"

// cpu is how much time processes have had so far.
func cpu(pid int) time.Duration {
	own, _, _ := times(pid)
	return own
}

// cpuOfChildren is the time of all processes that a process has started, also of those that have ended.
func cpuOfChildren(parent int) (sum time.Duration) {
	_, sum, _ = times(parent)
	found, _ := filepath.Glob("/proc/[0-9]*")
	for _, folder := range found {
		pid, _ := strconv.Atoi(filepath.Base(folder))
		if own, _, of := times(pid); of == parent {
			sum += own
		}
	}
	return sum
}

// times reads what the kernel knows of a process: its own time, that of its ended children, and its parent.
func times(pid int) (own, children time.Duration, parent int) {
	line, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, 0, 0
	}
	_, after, _ := strings.Cut(string(line), ") ") // the name before it may hold anything
	words := strings.Fields(after)
	if len(words) < 15 {
		return 0, 0, 0
	}
	ticks := func(i int) time.Duration {
		n, _ := strconv.ParseInt(words[i], 10, 64)
		return time.Duration(n) * (time.Second / 100)
	}
	parent, _ = strconv.Atoi(words[1])
	return ticks(11) + ticks(12), ticks(13) + ticks(14), parent
}

// memory is what a process holds, in bytes.
func memory(pid int) float64 {
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	for line := range strings.Lines(string(status)) {
		if kilobytes, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			n, _ := strconv.ParseFloat(strings.Fields(kilobytes)[0], 64)
			return n * 1024
		}
	}
	return 0
}
