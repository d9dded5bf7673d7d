package assets

import (
	"bytes"
	"compress/gzip"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
)

func TestPath(t *testing.T) {
	if path := Path("app.css"); !regexp.MustCompile(`^/assets/app\.[0-9a-f]{12}\.css$`).MatchString(path) {
		t.Errorf("app.css is at %s", path)
	}
	if a, b := newAsset("app.js", []byte("a")), newAsset("app.js", []byte("b")); a.path == b.path {
		t.Errorf("two contents share the address %s", a.path)
	}
}

func TestFind(t *testing.T) {
	for name, asset := range byName {
		for header, encoding := range map[string]string{"": "", "gzip, deflate, br": "br", "gzip": "gzip", "br;q=0, gzip;q=0.5": "gzip"} {
			file, ok := Find(Path(name), header)
			if !ok {
				t.Fatalf("%s is not at %s", name, Path(name))
			}
			if body := unpacked(t, file); !bytes.Equal(body, asset.plain.Body) {
				t.Errorf("%s with Accept-Encoding %q unpacks to other bytes", name, header)
			}
			if long := len(asset.plain.Body) > 1000; long && file.Encoding != encoding {
				t.Errorf("%s with Accept-Encoding %q comes as %q", name, header, file.Encoding)
			}
			if file.ContentType == "" {
				t.Errorf("%s has no type", name)
			}
		}
	}
	for _, path := range []string{"/assets/app.css", "/assets/app.000000000000.css", "/assets/vendor/README.md", "/assets/locales/ru.json", ""} {
		if _, ok := Find(path, ""); ok {
			t.Errorf("%q is there", path)
		}
	}
}

func TestComplete(t *testing.T) {
	if err := Complete(); err != nil {
		t.Error(err)
	}
	htmx := byName["vendor/htmx.min.js"]
	delete(byName, "vendor/htmx.min.js")
	t.Cleanup(func() { byName["vendor/htmx.min.js"] = htmx })
	if err := Complete(); err == nil || !strings.Contains(err.Error(), "make assets") {
		t.Errorf("without htmx: %v", err)
	}
}

func TestAccepts(t *testing.T) {
	for header, want := range map[string]bool{
		"br": true, "gzip,br": true, "gzip, br;q=0.1": true, "br; q=1": true,
		"": false, "gzip": false, "br;q=0": false, "br; q=0.000": false, "brotli": false,
	} {
		if got := accepts(header, "br"); got != want {
			t.Errorf("%q allows brotli: %v", header, got)
		}
	}
}

func unpacked(t *testing.T, file File) []byte {
	t.Helper()
	var reader io.Reader = bytes.NewReader(file.Body)
	var err error
	switch file.Encoding {
	case "br":
		reader = brotli.NewReader(reader)
	case "gzip":
		if reader, err = gzip.NewReader(reader); err != nil {
			t.Fatal(err)
		}
	}
	body, err := io.ReadAll(reader)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func TestStylesheet(t *testing.T) {
	for name, limit := range map[string]int{"app.css": 30_000, "staff.css": 4_000} {
		sheet, err := embedded.ReadFile(name)
		if err != nil || len(sheet) >= limit {
			t.Errorf("%s has %d bytes; it stays under %d, so say something shorter: %v", name, len(sheet), limit, err)
		}
	}
}
