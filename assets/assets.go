// Package assets carries what a browser loads beside the pages, and the texts of the pages.
//
// Every file has the hash of its content in its address, so that browsers may keep it forever.
package assets

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"path"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
)

// Locales holds one go-i18n file for each language: locales/ru.json and locales/en.json.
//
//go:embed locales/*.json
var Locales embed.FS

//go:embed app.css staff.css app.js icons.svg vendor
var embedded embed.FS

// File is one asset as it goes over the wire.
type File struct {
	Body        []byte
	ContentType string
	Encoding    string // br, gzip, or empty for none
}

// asset is a file and its compressed forms, each made when first asked for.
type asset struct {
	path         string
	plain        File
	brotli, gzip func() File
}

// byName knows the assets as the views do ("app.css", "vendor/htmx.min.js"), byPath as browsers do.
var byName, byPath = load()

// Path is the address of an asset: "app.css" is at "/assets/app.1f3a….css".
func Path(name string) string {
	if asset, ok := byName[name]; ok {
		return asset.path
	}
	return "/assets/" + name
}

// Add puts a file of the operator's beside ours, before the first request is answered, and says its address.
func Add(name string, body []byte) string {
	added := newAsset(name, body)
	byName[name], byPath[added.path] = added, added
	return added.path
}

// Find finds an asset by its address, in the best encoding that the header Accept-Encoding allows.
func Find(path, acceptEncoding string) (File, bool) {
	asset, ok := byPath[path]
	switch {
	case !ok:
		return File{}, false
	case accepts(acceptEncoding, "br"):
		return asset.brotli(), true
	case accepts(acceptEncoding, "gzip"):
		return asset.gzip(), true
	}
	return asset.plain, true
}

// Font is a font file for PDFs; nothing when the program was built without it.
func Font(name string) []byte {
	body, _ := embedded.ReadFile("vendor/" + name)
	return body
}

// Complete says what to type when the program was built without the files that npm brings.
func Complete() error {
	for _, name := range []string{"vendor/htmx.min.js", "vendor/DejaVuSans.ttf", "vendor/DejaVuSans-Bold.ttf"} {
		if byName[name] == nil {
			return errors.New("assets/" + name + " is missing: run make assets, then build again")
		}
	}
	return nil
}

func load() (byName, byPath map[string]*asset) {
	byName, byPath = map[string]*asset{}, map[string]*asset{}
	err := fs.WalkDir(embedded, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || path.Ext(name) == ".md" {
			return err
		}
		body, err := embedded.ReadFile(name)
		if err != nil {
			return err
		}
		found := newAsset(name, body)
		byName[name], byPath[found.path] = found, found
		return nil
	})
	if err != nil {
		panic(err) // the files are in the program, so this is a program built wrong
	}
	return byName, byPath
}

func newAsset(name string, body []byte) *asset {
	ext := path.Ext(name)
	plain := File{Body: body, ContentType: contentType(ext)}
	return &asset{
		path:   fmt.Sprintf("/assets/%s.%.6x%s", strings.TrimSuffix(name, ext), sha256.Sum256(body), ext),
		plain:  plain,
		brotli: sync.OnceValue(func() File { return plain.compressed("br", brotliWriter) }),
		gzip:   sync.OnceValue(func() File { return plain.compressed("gzip", gzipWriter) }),
	}
}

// contentType does not ask the system, whose table of types differs from machine to machine.
func contentType(ext string) string {
	switch ext {
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	}
	return mime.TypeByExtension(ext)
}

func brotliWriter(w io.Writer) io.WriteCloser {
	return brotli.NewWriterLevel(w, brotli.BestCompression)
}

func gzipWriter(w io.Writer) io.WriteCloser {
	writer, _ := gzip.NewWriterLevel(w, gzip.BestCompression) // the level is a right one
	return writer
}

// compressed is the file in an encoding, or the file itself where that is shorter.
func (f File) compressed(encoding string, writer func(io.Writer) io.WriteCloser) File {
	var short bytes.Buffer
	w := writer(&short)
	w.Write(f.Body) // a buffer takes everything
	w.Close()
	if short.Len() >= len(f.Body) {
		return f
	}
	return File{Body: short.Bytes(), ContentType: f.ContentType, Encoding: encoding}
}

// accepts tells whether a header like "gzip, br;q=0.5" allows an encoding.
func accepts(header, encoding string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, quality, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.TrimSpace(name) == encoding {
			return !refused(quality)
		}
	}
	return false
}

func refused(quality string) bool {
	value, ok := strings.CutPrefix(strings.ReplaceAll(quality, " ", ""), "q=0")
	return ok && strings.Trim(value, ".0") == ""
}
