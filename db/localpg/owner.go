package localpg

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// owner is the user the server runs as: we ourselves, but never root, whom Postgres refuses.
type owner struct {
	uid, gid int
}

func findOwner() (owner, error) {
	if os.Getuid() != 0 {
		return owner{os.Getuid(), os.Getgid()}, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		known, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, _ := strconv.Atoi(known.Uid)
		gid, _ := strconv.Atoi(known.Gid)
		return owner{uid, gid}, nil
	}
	return owner{}, errors.New("no user postgres or nobody is here, and Postgres refuses to run as root")
}

// command is a program run as the owner. It knows nothing of our environment, so that no PG… variable misleads it.
func (o owner) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Dir = "/"
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "TZ=UTC"}
	cmd.SysProcAttr = &syscall.SysProcAttr{}
	if o.uid != os.Getuid() {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(o.uid), Gid: uint32(o.gid)}
	}
	return cmd
}

// place makes the owner's folder dir and says where it really is: a folder inside root's home
// becomes a link to one that the owner can reach.
func (o owner) place(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return "", err
	}
	real := dir
	if target, err := os.Readlink(dir); err == nil {
		real = target
	} else if !o.reaches(filepath.Dir(dir)) {
		real = fmt.Sprintf("/var/lib/cabinet/%.6x", sha256.Sum256([]byte(dir)))
		if err := os.Symlink(real, dir); err != nil {
			return "", err
		}
	}
	return real, o.own(real)
}

// own makes a folder that only the owner can enter, and refuses one that somebody else has put there.
func (o owner) own(dir string) error {
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return err
	}
	switch err := os.Mkdir(dir, 0o700); {
	case err == nil:
		return os.Chown(dir, o.uid, o.gid)
	case !errors.Is(err, os.ErrExist):
		return err
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	if !info.IsDir() || int(info.Sys().(*syscall.Stat_t).Uid) != o.uid || info.Mode().Perm() != 0o700 {
		return fmt.Errorf("%s belongs to another user: start Cabinet as that user, or remove the folder", dir)
	}
	return nil
}

// reaches tells whether the owner may pass through dir and all that is above it.
func (o owner) reaches(dir string) bool {
	if o.uid == os.Getuid() {
		return true
	}
	for ; ; dir = filepath.Dir(dir) {
		info, err := os.Stat(dir)
		if err != nil || info.Mode()&o.pass(info) == 0 {
			return false
		}
		if dir == filepath.Dir(dir) {
			return true
		}
	}
}

func (o owner) pass(dir os.FileInfo) os.FileMode {
	switch stat := dir.Sys().(*syscall.Stat_t); {
	case int(stat.Uid) == o.uid:
		return 0o100
	case int(stat.Gid) == o.gid:
		return 0o010
	}
	return 0o001
}
