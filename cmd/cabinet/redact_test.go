package main

import (
	"bytes"
	"compress/zlib"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"testing"

	"cabinet/db"
	"cabinet/db/dbtest"
)

// TestMain lets the program of the tests be the one that redactApart starts.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == "redact" {
		main()
		return
	}
	os.Exit(m.Run())
}

// bomb is a PDF of some megabytes whose table of objects unpacks to as much as one wants.
func bomb(t *testing.T, unpacked int) []byte {
	t.Helper()
	var packed, file bytes.Buffer
	pack, err := zlib.NewWriterLevel(&packed, zlib.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	nothing := make([]byte, 1<<20)
	for range unpacked >> 20 {
		pack.Write(nothing)
	}
	pack.Close()
	file.WriteString("%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[]/Count 0>>\nendobj\n")
	start := file.Len()
	fmt.Fprintf(&file, "3 0 obj\n<</Type/XRef/Size 4/W[1 2 1]/Root 1 0 R/Filter/FlateDecode/Length %d>>\nstream\n", packed.Len())
	file.Write(packed.Bytes())
	fmt.Fprintf(&file, "\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n", start)
	return file.Bytes()
}

// TestRedactApart redacts in a process of its own, and is done with one that ends badly.
func TestRedactApart(t *testing.T) {
	plain := dbtest.PDF("Plan", 2)
	redacted, err := redactApart(t.Context(), plain)
	if err != nil || !bytes.HasPrefix(redacted, []byte("%PDF-")) {
		t.Fatalf("%.20q %v", redacted, err)
	}
	for name, document := range map[string][]byte{"no PDF": []byte("план"), "nothing": nil, "a bomb": bomb(t, 1<<30)} {
		if _, err := redactApart(t.Context(), document); !errors.Is(err, db.ErrUnreadable) {
			t.Errorf("%s of %d bytes: %v", name, len(document), err)
		}
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := redactApart(gone, plain); err == nil || errors.Is(err, db.ErrUnreadable) {
		t.Errorf("a worker that stops blames the document: %v", err)
	}
	for does, fault := range map[string]bool{"exit 3": true, "exit 2": true, "exit 1": false, "kill -9 $$": false} {
		ended, ok := errors.AsType[*exec.ExitError](exec.Command("sh", "-c", does).Run())
		if !ok || itsFault(ended) != fault {
			t.Errorf("%s: %v", does, ended)
		}
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	apart := exec.Command(program, "redact")
	apart.Env, apart.Stdin = []string{"GOTRACEBACK=none"}, bytes.NewReader(bomb(t, 1<<30))
	if err := apart.Run(); err == nil {
		t.Error("a bomb was redacted")
	}
	if most := apart.ProcessState.SysUsage().(*syscall.Rusage).Maxrss; runtime.GOOS == "linux" && most > 2*redactMemory>>10 { // kilobytes
		t.Errorf("it took %d kB of memory", most)
	}
}
