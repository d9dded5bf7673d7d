package views

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"

	"cabinet/assets"
	"cabinet/db"

	"github.com/go-pdf/fpdf"
	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// stamping lets one PDF be taken apart at a time: it stands in memory several times over meanwhile.
var stamping sync.Mutex

// pdfRules are those by which PDFs are read: as readers' programs do, and without a folder of settings on this machine.
var pdfRules = sync.OnceValue(func() *model.Configuration {
	api.DisableConfigDir()
	return model.NewDefaultConfiguration()
})

// ErrNoPDF means that a file is no PDF that can be read and stamped.
var ErrNoPDF = fmt.Errorf("no PDF: %w", db.ErrUnreadable)

// PDFPages counts the pages of a PDF, and stamps it once for nobody: what is in print can not be put right any more. A locked
// one can not be read.
func PDFPages(file []byte) (pages int, err error) {
	defer brokenPDF(&err)
	stamping.Lock()
	defer stamping.Unlock()
	if !bytes.HasPrefix(file, []byte("%PDF-")) {
		return 0, ErrNoPDF
	}
	rules := *pdfRules()
	if pages, err = api.PageCount(bytes.NewReader(file), &rules); err != nil || pages == 0 {
		return 0, errors.Join(ErrNoPDF, err)
	}
	stamp, err := readersStamp("0")
	if err != nil {
		return 0, err
	}
	if _, err := stamped(file, stamp); err != nil {
		return 0, errors.Join(ErrNoPDF, err)
	}
	return pages, nil
}

// StampPDF prints at the foot of each page whose copy of an issue it is.
func StampPDF(ctx context.Context, file []byte, reader db.AccountID, in db.Locale) (copy []byte, err error) {
	defer brokenPDF(&err)
	ctx = WithLocale(ctx, string(in))
	stamp, err := readersStamp(tf(ctx, "issues.stamp", "number", reader.Number()))
	if err != nil {
		return nil, err
	}
	stamping.Lock()
	defer stamping.Unlock()
	return stamped(file, stamp)
}

// stamped is a PDF with a strip at the foot of each page. The lock is held.
func stamped(file, stamp []byte) ([]byte, error) {
	rules := *pdfRules()
	mark, err := api.PDFWatermarkForReadSeeker(bytes.NewReader(stamp), 1, "pos:bc, scale:1 abs, rot:0, off:0 6, op:.75", true, false, types.POINTS)
	if err != nil {
		return nil, err
	}
	var copy bytes.Buffer
	if err := api.AddWatermarks(bytes.NewReader(file), &copy, nil, mark, &rules); err != nil {
		return nil, err
	}
	return copy.Bytes(), nil
}

// brokenPDF makes an error of a file that its reader stumbles over.
func brokenPDF(err *error) {
	if stumbled := recover(); stumbled != nil {
		*err = fmt.Errorf("%w: %v", ErrNoPDF, stumbled)
	}
}

// readersStamp is a strip of paper as wide as its text.
func readersStamp(text string) ([]byte, error) {
	plain := assets.Font("DejaVuSans.ttf")
	if plain == nil {
		return nil, errors.New("the font of PDFs is missing: run make assets, then build again")
	}
	const size, high = 8.0, 12.0
	ruler := fpdf.NewCustom(&fpdf.InitType{UnitStr: "pt", Size: fpdf.SizeType{Wd: 400, Ht: high}})
	ruler.AddUTF8FontFromBytes("sans", "", plain)
	ruler.SetFont("sans", "", size)
	wide := ruler.GetStringWidth(text) + 8
	strip := fpdf.NewCustom(&fpdf.InitType{UnitStr: "pt", OrientationStr: "P", Size: fpdf.SizeType{Wd: wide, Ht: high}})
	strip.AddUTF8FontFromBytes("sans", "", plain)
	strip.SetMargins(0, 0, 0)
	strip.SetAutoPageBreak(false, 0)
	strip.AddPage()
	strip.SetFont("sans", "", size)
	strip.SetFillColor(255, 255, 255)
	strip.SetTextColor(70, 70, 70)
	strip.Rect(0, 0, wide, high, "F")
	strip.CellFormat(wide, high, text, "", 0, "C", false, 0, "")
	var file bytes.Buffer
	err := strip.Output(&file)
	return file.Bytes(), err
}
