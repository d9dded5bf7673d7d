package db_test

import (
	"testing"

	"cabinet/db/dbtest"
)

func TestWorld(t *testing.T) {
	w := dbtest.Open(t)
	vera := w.Person(t, dbtest.Vera)
	if !vera.SignedIn() || !vera.Verified() {
		t.Errorf("%+v", vera)
	}
}
