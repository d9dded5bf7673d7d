package views_test

import (
	"bytes"
	"errors"
	"os"
	"testing"

	"cabinet/db"
	"cabinet/views"
)

// TestStamp stamps an issue for two readers: it has as many pages as before, and each copy is another file.
func TestStamp(t *testing.T) {
	issue, err := views.SampleIssue(views.WithLocale(t.Context(), "ru"), 47, "Зимние сны", "Лес, река и поезд.")
	if err != nil {
		t.Fatal(err)
	}
	var copies [][]byte
	for _, reader := range []db.AccountID{1001, 1002} {
		stamped, err := views.StampPDF(t.Context(), issue, reader, db.Russian)
		if err != nil {
			t.Fatal(err)
		}
		if pages, err := views.PDFPages(stamped); err != nil || pages != 4 {
			t.Errorf("%d pages, %v", pages, err)
		}
		copies = append(copies, stamped)
	}
	if bytes.Equal(copies[0], copies[1]) || bytes.Equal(copies[0], issue) {
		t.Error("two readers have the same copy")
	}
	if path := os.Getenv("STAMPED"); path != "" { // to be looked at
		os.WriteFile(path, copies[0], 0o600)
	}
	for _, broken := range [][]byte{nil, []byte("%PDF-"), []byte("<html>"), issue[:len(issue)/2], bytes.ReplaceAll(issue, []byte("/Pages"), []byte("/Sages"))} {
		if _, err := views.PDFPages(broken); !errors.Is(err, views.ErrNoPDF) {
			t.Errorf("%.12q of %d bytes is taken for a PDF: %v", broken, len(broken), err)
		}
		if _, err := views.StampPDF(t.Context(), broken, 1001, db.Russian); err == nil {
			t.Errorf("%.12q is stamped", broken)
		}
	}
}
