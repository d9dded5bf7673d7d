package localpg

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
)

// ErrNoPostgres says that Postgres is not installed.
var ErrNoPostgres = errors.New("no Postgres is installed: type `make run`, which installs it, or set DATABASE_URL")

// places are where systems put Postgres without telling PATH. The number in them is its version.
var places = []string{
	"/usr/lib/postgresql/*/bin",
	"/usr/pgsql-*/bin",
	"/opt/homebrew/opt/postgresql*/bin",
	"/usr/local/opt/postgresql*/bin",
	"/home/linuxbrew/.linuxbrew/opt/postgresql*/bin",
	"/Applications/Postgres.app/Contents/Versions/*/bin",
}

// findPrograms finds the folder of initdb and postgres: those that made the data, or the first
// in PATH, or the newest.
func findPrograms(version string) (string, error) {
	found := installed()
	if len(found) == 0 {
		return "", ErrNoPostgres
	}
	if version == "" {
		return found[0], nil
	}
	for _, dir := range found {
		if majorVersion(dir) == version {
			return dir, nil
		}
	}
	return "", fmt.Errorf("the data were made by Postgres %s, and only %s is here: install the former, or type `make reset` to begin anew",
		version, majorVersion(found[0]))
}

func installed() []string {
	var dirs []string
	for _, place := range places {
		matches, _ := filepath.Glob(place)
		dirs = append(dirs, matches...)
	}
	slices.SortStableFunc(dirs, func(a, b string) int { return cmp.Compare(number(b), number(a)) })
	if inPath, err := exec.LookPath("postgres"); err == nil {
		dirs = append([]string{filepath.Dir(inPath)}, dirs...)
	}
	return slices.DeleteFunc(dirs, func(dir string) bool { return !has(dir, "postgres") || !has(dir, "initdb") })
}

func has(dir, program string) bool {
	_, err := os.Stat(filepath.Join(dir, program))
	return err == nil
}

var digits = regexp.MustCompile(`[0-9]+`)

// number is the version in the name of a folder, 0 when it does not say.
func number(dir string) int {
	version, _ := strconv.Atoi(digits.FindString(dir))
	return version
}

func majorVersion(dir string) string {
	out, err := exec.Command(filepath.Join(dir, "postgres"), "--version").Output()
	if err != nil {
		return ""
	}
	return digits.FindString(string(out))
}
