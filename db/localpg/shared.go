package localpg

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
)

// patience is how many seconds the tests' server waits for somebody new: about what it takes
// to compile the next package.
var patience = "30"

// held keeps the door of the tests' server open until this process ends.
var held []*os.File

// ForTests says where the tests' Postgres is. All test programs of a user share one: the first
// starts it, and it ends, with all its data, half a minute after the last. Its user may make databases.
var ForTests = sync.OnceValues(func() (url string, err error) {
	owner, err := findOwner()
	if err != nil {
		return "", err
	}
	root, err := owner.place(filepath.Join(scratch(), fmt.Sprintf("cabinet-tests-%d", os.Getuid())))
	if err != nil {
		return "", err
	}
	lock, err := os.OpenFile(filepath.Join(root, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return "", err
	}
	defer lock.Close()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return "", err
	}
	dir, err := enterAny(root)
	if errors.Is(err, errNobody) {
		dir, err = openNew(root, owner)
	}
	return address(dir, "postgres"), err
})

// scratch is the file system in memory where that has room, and else the folder of temporary files, or whatever TMPDIR says.
// Tests make and drop hundreds of databases, each of hundreds of files, and a disk spends most of their time on that.
func scratch() string {
	const memory, room = "/dev/shm", 4 << 30
	var fs syscall.Statfs_t
	if os.Getenv("TMPDIR") == "" && syscall.Statfs(memory, &fs) == nil && uint64(fs.Bavail)*uint64(fs.Bsize) > room && available() > room {
		return memory
	}
	return os.TempDir()
}

// available is how much memory programs may still ask for, in bytes; 0 where the system does not say so.
func available() (bytes uint64) {
	told, _ := os.ReadFile("/proc/meminfo")
	_, after, _ := strings.Cut(string(told), "MemAvailable:")
	fmt.Sscanf(after, "%d", &bytes)
	return bytes << 10
}

var errNobody = errors.New("no server is running")

// enterAny enters the server that runs, and clears away what dead ones have left.
func enterAny(root string) (string, error) {
	entries, err := os.ReadDir(root)
	if err != nil {
		return "", err
	}
	for _, entry := range entries {
		dir := filepath.Join(root, entry.Name())
		if !entry.IsDir() {
			continue
		}
		if hold(dir) == nil && knock(dir) == nil {
			return dir, nil
		}
		if err := sweep(dir); err != nil {
			return "", err
		}
	}
	return "", errNobody
}

// hold opens the door of a server and keeps it open. There is an error when nobody is behind it.
func hold(dir string) error {
	door, err := os.OpenFile(filepath.Join(dir, "door"), os.O_WRONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return err
	}
	held = append(held, door)
	_, err = door.WriteString("hello\n")
	return err
}

func knock(dir string) error {
	conn, err := net.Dial("unix", filepath.Join(dir, ".s.PGSQL.5432"))
	if err != nil {
		return err
	}
	return conn.Close()
}

// sweep removes what a dead server has left. One without a door is just leaving, and removes itself.
func sweep(dir string) error {
	c, err := open(dir)
	if err != nil {
		return err
	}
	if _, err := os.Stat(c.path("door")); err != nil && c.pidFile() != nil {
		return nil
	}
	if err := c.stopLeftover(); err != nil {
		return err
	}
	return os.RemoveAll(dir)
}

// openNew starts a server with a door by which other processes may enter.
func openNew(root string, owner owner) (string, error) {
	dir, err := os.MkdirTemp(root, "")
	if err != nil {
		return "", err
	}
	if err := os.Chown(dir, owner.uid, owner.gid); err != nil {
		return "", err
	}
	c, err := open(dir)
	if err != nil {
		return "", err
	}
	if err := c.create(); err != nil {
		return "", err
	}
	behind, err := makeDoor(c.path("door"))
	if err != nil {
		return "", err
	}
	defer behind.Close()
	if err := hold(dir); err != nil {
		return "", err
	}
	gone, err := c.launch(behind, patience, c.path("door"), dir, Ephemeral)
	if err != nil {
		return "", err
	}
	return dir, c.ready(context.Background(), gone)
}

// makeDoor makes a named pipe and returns the end behind it.
func makeDoor(path string) (*os.File, error) {
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		return nil, err
	}
	// Without O_NONBLOCK this would wait for the first to come in; the guard's own reading shall wait.
	behind, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	return behind, syscall.SetNonblock(int(behind.Fd()), false)
}
