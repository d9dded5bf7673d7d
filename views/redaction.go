package views

import (
	"bytes"
	"context"
	"slices"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// RedactPDF takes out of a PDF what programs write into it about its author: the document information and XMP metadata
// (ISO 32000-1, 14.3), names in comments (12.5.6.2), signatures (12.8), files within it (7.11.4), and what a camera wrote
// into photographs. What is seen on its pages stays. One that asks for a password can not be read: ErrNoPDF.
//
// Whoever sent the file may have made it to take up all memory: call it only where that harms nobody.
func RedactPDF(_ context.Context, file []byte) (redacted []byte, err error) {
	defer brokenPDF(&err)
	if !bytes.HasPrefix(file, []byte("%PDF-")) {
		return nil, ErrNoPDF
	}
	rules := *pdfRules()
	document, err := api.ReadContext(bytes.NewReader(file), &rules)
	if err != nil {
		return nil, ErrNoPDF
	}
	document.Encrypt, document.E, document.EncKey = nil, nil, nil // what anybody may read stays readable
	document.Info, document.Title, document.Subject, document.Author, document.Creator = nil, "", "", "", ""
	document.KeywordList, document.Properties = types.StringSet{}, map[string]string{}
	for _, entry := range document.Table {
		if entry != nil && !entry.Free {
			entry.Object = redactedObject(entry.Object)
		}
	}
	var copy bytes.Buffer
	if err := api.WriteContext(document, &copy); err != nil {
		return nil, err
	}
	return copy.Bytes(), nil
}

// Types of comments whose title is the name of whoever made them.
var comments = []string{"Text", "FreeText", "Line", "Square", "Circle", "Polygon", "PolyLine", "Highlight", "Underline", "Squiggly", "StrikeOut", "Caret", "Stamp", "Ink", "Sound", "FileAttachment", "Redact"}

func redactedObject(object types.Object) types.Object {
	switch object := object.(type) {
	case types.Dict:
		redactDict(object)
	case types.Array:
		for _, each := range object {
			redactedObject(each)
		}
	case types.StreamDict:
		redactDict(object.Dict)
		if object.HasSoleFilterNamed("DCTDecode") && object.Raw != nil {
			object.Raw = bareJPEG(object.Raw)
			length := int64(len(object.Raw))
			object.StreamLength = &length
			object.Update("Length", types.Integer(length))
		}
		return object
	}
	return object
}

func redactDict(dict types.Dict) {
	for _, key := range []string{"Metadata", "PieceInfo", "EmbeddedFiles", "EF", "AF"} {
		dict.Delete(key)
	}
	if subtype := dict.Subtype(); subtype != nil && slices.Contains(comments, *subtype) {
		dict.Delete("T")
	}
	if _, signs := dict.Find("ByteRange"); signs {
		for _, key := range []string{"Name", "ContactInfo", "Location", "Reason", "Cert"} {
			dict.Delete(key)
		}
		dict.Update("Contents", types.HexLiteral("00"))
	}
	for _, each := range dict {
		redactedObject(each)
	}
}

// bareJPEG is a JPEG without its application segments and comments, but for the two that say how its colours are meant.
func bareJPEG(file []byte) []byte {
	if len(file) < 4 || file[0] != 0xFF || file[1] != 0xD8 {
		return file
	}
	bare, at := slices.Clone(file[:2]), 2
	for at+4 <= len(file) && file[at] == 0xFF {
		marker, length := file[at+1], 2+int(file[at+2])<<8+int(file[at+3])
		if marker == 0xDA || at+length > len(file) { // what follows is the picture
			break
		}
		if application := marker >= 0xE1 && marker <= 0xEF && marker != 0xE2 && marker != 0xEE; !application && marker != 0xFE {
			bare = append(bare, file[at:at+length]...)
		}
		at += length
	}
	return append(bare, file[at:]...)
}
