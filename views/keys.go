package views

import "crypto/rand"

// NewKey marks one drawing of a form that creates something. However often that form is sent, the thing
// is created once.
func NewKey() string { return rand.Text() }
