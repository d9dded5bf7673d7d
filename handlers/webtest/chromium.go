package webtest

import "testing"

// Main runs a package's tests and then ends what they shared.
func Main(m *testing.M) int { return m.Run() }
