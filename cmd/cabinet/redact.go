package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
	"time"

	"cabinet/db"
	"cabinet/views"
)

// What a customer's document may take up while it is redacted. What it unpacks to is anybody's guess.
const (
	redactMemory  = 256 << 20 // bytes
	redactSeconds = 30        // of a processor
)

// noDocument is what the process exits with that has found no document to redact.
const noDocument = 3

// redactApart redacts a document in a process of its own: one that was made to take up all memory ends with that process
// and is unreadable. A process that somebody else has ended says nothing about its document.
func redactApart(ctx context.Context, document []byte) ([]byte, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	var redacted, said bytes.Buffer
	apart := exec.CommandContext(ctx, program, "redact")
	apart.Env = []string{"GOTRACEBACK=none"} // no secret of ours
	apart.Stdin, apart.Stdout, apart.Stderr = bytes.NewReader(document), &redacted, &said
	err = apart.Run()
	if ended, ok := errors.AsType[*exec.ExitError](err); ok && ctx.Err() == nil && itsFault(ended) {
		return nil, db.ErrUnreadable
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %.200s", err, said.Bytes())
	}
	return redacted.Bytes(), nil
}

// itsFault tells whether a process has ended because of its document: it said so, its memory (2, as Go's programs do) or
// its time was used up.
func itsFault(ended *exec.ExitError) bool {
	code := ended.ExitCode()
	return code == noDocument || code == 2 || !ended.Exited() && ended.UserTime()+ended.SystemTime() >= redactSeconds*time.Second
}

// redact is the process that redactApart starts.
func redact(document io.Reader, redacted io.Writer) error {
	for resource, most := range map[int]uint64{syscall.RLIMIT_DATA: redactMemory, syscall.RLIMIT_CPU: redactSeconds} {
		if err := syscall.Setrlimit(resource, &syscall.Rlimit{Cur: most, Max: most}); err != nil {
			return err
		}
	}
	file, err := io.ReadAll(document)
	if err != nil {
		return err
	}
	file, err = views.RedactPDF(context.Background(), file)
	if errors.Is(err, db.ErrUnreadable) {
		os.Exit(noDocument)
	}
	if err != nil {
		return err
	}
	_, err = redacted.Write(file)
	return err
}
