package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"syscall"

	"cabinet/db"
	"cabinet/views"
)

// What a customer's document may take up while it is redacted. What it unpacks to is anybody's guess.
const (
	redactMemory  = 256 << 20 // bytes
	redactSeconds = 30        // of a processor
)

// redactApart redacts a document in a process of its own: one that was made to take up all memory ends with that process
// and is unreadable.
func redactApart(ctx context.Context, document []byte) ([]byte, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	var redacted bytes.Buffer
	apart := exec.CommandContext(ctx, program, "redact")
	apart.Env = []string{"GOTRACEBACK=none"} // no secret of ours
	apart.Stdin, apart.Stdout = bytes.NewReader(document), &redacted
	err = apart.Run()
	if _, ended := errors.AsType[*exec.ExitError](err); ended && ctx.Err() == nil {
		err = db.ErrUnreadable
	}
	return redacted.Bytes(), err
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
	if file, err = views.RedactPDF(context.Background(), file); err != nil {
		return err
	}
	_, err = redacted.Write(file)
	return err
}
