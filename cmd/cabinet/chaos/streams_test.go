package chaos

import (
	"bufio"
	"context"
	"io"
	"strings"
)

// listen passes on the names of events until the stream ends.
func listen(ctx context.Context, stream io.Reader, heard chan<- string) error {
	lines := bufio.NewScanner(stream)
	for lines.Scan() {
		name, ok := strings.CutPrefix(lines.Text(), "event: ")
		if !ok {
			continue
		}
		select {
		case heard <- name:
		case <-ctx.Done():
			return nil
		}
	}
	return lines.Err()
}
