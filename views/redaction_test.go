package views_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"cabinet/db/dbtest"
	"cabinet/views"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
)

// written puts objects together to a PDF; the first is the catalogue, the last is the document information.
func written(objects ...string) []byte {
	var file bytes.Buffer
	var at []int
	file.WriteString("%PDF-1.7\n")
	for i, object := range objects {
		at = append(at, file.Len())
		fmt.Fprintf(&file, "%d 0 obj\n%s\nendobj\n", i+1, object)
	}
	start := file.Len()
	fmt.Fprintf(&file, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, offset := range at {
		fmt.Fprintf(&file, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(&file, "trailer\n<</Size %d/Root 1 0 R/Info %d 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, len(objects), start)
	return file.Bytes()
}

func stream(dict string, content []byte) string {
	return fmt.Sprintf("<<%s/Length %d>>\nstream\n%s\nendstream", dict, len(content), content)
}

// everything is all that stands in a PDF, unpacked.
func everything(t *testing.T, file []byte) string {
	t.Helper()
	rules := model.NewDefaultConfiguration()
	document, err := api.ReadContext(bytes.NewReader(file), rules)
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, entry := range document.Table {
		if entry != nil && entry.Object != nil {
			fmt.Fprintf(&all, "%s\n%s\n", entry.Object.PDFString(), entry.Object)
		}
	}
	return all.String() + string(file)
}

// TestRedactPDF names an author in every place where programs do, and looks for the name afterwards.
func TestRedactPDF(t *testing.T) {
	photo := dbtest.Held(dbtest.Snapshot(40, 30), 1)
	secret := "Orlova"
	page := "BT /F1 12 Tf 20 20 Td (The house by the river) Tj ET q 40 0 0 30 20 60 cm /I1 Do Q"
	file := written(
		"<</Type/Catalog/Pages 2 0 R/Metadata 6 0 R/AcroForm<</Fields[8 0 R]>>/PieceInfo<</Word<</Private("+secret+")>>>>/Names<</EmbeddedFiles<</Names[("+secret+".txt) 10 0 R]>>>>>>",
		"<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>/XObject<</I1 5 0 R>>>>/Annots[7 0 R 8 0 R]/Metadata 6 0 R>>",
		stream("", []byte(page)),
		stream("/Type/XObject/Subtype/Image/Width 40/Height 30/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/DCTDecode", photo),
		stream("/Type/Metadata/Subtype/XML", []byte("<x:xmpmeta xmlns:x='adobe:ns:meta/'><creator>"+secret+"</creator></x:xmpmeta>")),
		"<</Type/Annot/Subtype/Text/Rect[10 10 20 20]/T("+secret+")/Contents(Here I slept)>>",
		"<</Type/Annot/Subtype/Widget/FT/Sig/T(signature)/Rect[0 0 0 0]/V 9 0 R>>",
		"<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/adbe.pkcs7.detached/ByteRange[0 1 2 3]/Name("+secret+")/Contents<"+fmt.Sprintf("%x", secret)+">>>",
		"<</Type/Filespec/F("+secret+".txt)/EF<</F 11 0 R>>>>",
		stream("/Type/EmbeddedFile", []byte("I am "+secret)),
		"<</Author("+secret+")/Creator("+secret+" Writer)/Title("+secret+")/Keywords("+secret+")/Company("+secret+")>>",
	)
	if before := everything(t, file); !strings.Contains(before, secret) || !strings.Contains(before, dbtest.Place) {
		t.Fatal("nothing is to be found")
	}
	redacted, err := views.RedactPDF(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	after := everything(t, redacted)
	for _, hidden := range []string{secret, fmt.Sprintf("%x", secret), strings.ToUpper(fmt.Sprintf("%x", secret)), dbtest.Place} {
		if at := strings.Index(after, hidden); at >= 0 {
			t.Errorf("%q stands there still: …%.200q", hidden, after[max(0, at-100):])
		}
	}
	for _, seen := range []string{"Here I slept", "/DCTDecode", page} {
		if !strings.Contains(after, seen) {
			t.Errorf("%q is gone", seen)
		}
	}
	if pages, err := views.PDFPages(redacted); err != nil || pages != 1 {
		t.Errorf("%d pages, %v", pages, err)
	}
	again, err := views.RedactPDF(t.Context(), redacted)
	if err != nil || len(again) > len(redacted)+200 {
		t.Errorf("a second time: %d bytes after %d, %v", len(again), len(redacted), err)
	}
	for _, unreadable := range [][]byte{nil, []byte("<html>"), []byte("%PDF-1.7 план"), file[:len(file)/2]} {
		if _, err := views.RedactPDF(t.Context(), unreadable); !errors.Is(err, views.ErrNoPDF) {
			t.Errorf("%.12q: %v", unreadable, err)
		}
	}
	for password, open := range map[string]bool{"": true, "river": false} {
		locked := *model.NewAESConfiguration(password, "owner", 256)
		var out bytes.Buffer
		if err := api.Encrypt(bytes.NewReader(file), &out, &locked); err != nil {
			t.Fatal(err)
		}
		redacted, err := views.RedactPDF(t.Context(), out.Bytes())
		if open != (err == nil) || !open && !errors.Is(err, views.ErrNoPDF) {
			t.Errorf("locked with %q: %v", password, err)
		}
		if open {
			if after := everything(t, redacted); strings.Contains(after, secret) || !strings.Contains(after, page) {
				t.Error("what anybody may read is not redacted, or is locked still")
			}
		}
	}
}
