package webtest

import (
	"testing"
	"time"
)

// Impatient lets a test see what fails without waiting for it as long as a story would.
func Impatient(t *testing.T) {
	before, after := waiting, resting
	waiting, resting = 200*time.Millisecond, 4*time.Second
	t.Cleanup(func() { waiting, resting = before, after })
}
