package localpg

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// cluster is a folder with the data of one server, its log and its lock.
type cluster struct {
	owner
	dir      string
	programs string
}

func open(dir string) (cluster, error) {
	owner, err := findOwner()
	if err != nil {
		return cluster{}, err
	}
	dir, err = owner.place(dir)
	if err != nil {
		return cluster{}, err
	}
	c := cluster{owner: owner, dir: dir}
	c.programs, err = findPrograms(c.version())
	return c, err
}

func (c cluster) path(name string) string   { return filepath.Join(c.dir, name) }
func (c cluster) data() string              { return c.path("data") }
func (c cluster) binary(name string) string { return filepath.Join(c.programs, name) }

// version is the major version that made the data, empty before they are made.
func (c cluster) version() string {
	version, _ := os.ReadFile(filepath.Join(c.data(), "PG_VERSION"))
	return strings.TrimSpace(string(version))
}

// create makes the data aside and moves them in place whole, so that an interrupted start can begin again.
func (c cluster) create() error {
	if c.version() != "" {
		return nil
	}
	aside := c.path("data.new")
	if err := os.RemoveAll(aside); err != nil {
		return err
	}
	if err := c.initialize(aside); err != nil {
		return err
	}
	// Postgres alone on the data, without a door for anybody.
	single := c.command(c.binary("postgres"), "--single", "-D", aside, "postgres")
	single.Stdin = strings.NewReader("CREATE DATABASE cabinet\n")
	if out, err := single.CombinedOutput(); err != nil {
		return fmt.Errorf("making the database: %w\n%s", err, out)
	}
	return os.Rename(aside, c.data())
}

// locales know the small and capital letters of Russian. The first that the machine has is taken.
var locales = [][]string{
	{"--locale=C.UTF-8"},
	{"--locale=en_US.UTF-8"},
	{"--locale=C", "--locale-provider=icu", "--icu-locale=und"},
}

func (c cluster) initialize(data string) (err error) {
	for _, locale := range locales {
		args := []string{"-D", data, "--username=cabinet", "--encoding=UTF8", "--auth-local=trust", "--auth-host=reject"}
		out, failed := c.command(c.binary("initdb"), append(args, locale...)...).CombinedOutput()
		if failed == nil {
			return nil
		}
		err = fmt.Errorf("initdb: %w\n%s", failed, bytes.TrimSpace(out))
		if !bytes.Contains(out, []byte("invalid locale")) {
			return err
		}
	}
	return err
}

// socketFolder is the folder of the data, or another when the name is too long for a socket.
func (c cluster) socketFolder() (string, error) {
	const longest = 103 - len("/.s.PGSQL.5432")
	if len(c.dir) <= longest && !strings.ContainsAny(c.dir, `,"`) {
		return c.dir, nil
	}
	dir, err := os.MkdirTemp("", "cabinet")
	if err != nil {
		return "", err
	}
	return dir, os.Chown(dir, c.uid, c.gid)
}
