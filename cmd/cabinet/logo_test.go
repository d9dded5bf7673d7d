package main

import (
	"bytes"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cabinet/assets"
	"cabinet/views"

	"github.com/a-h/templ"
)

func TestLogo(t *testing.T) {
	var drawn bytes.Buffer
	if err := png.Encode(&drawn, image.NewRGBA(image.Rect(0, 0, 120, 40))); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		what, body, name string
	}{
		{"a PNG", drawn.String(), "logo.png"},
		{"an SVG", `<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>`, "logo.svg"},
		{"a page", "<html><body>logo</body></html>", ""},
		{"nothing", "", ""},
		{"too much", drawn.String() + strings.Repeat("x", mostLogo), ""},
	} {
		t.Run("P01 the operator's logo is told by what is in it: "+c.what, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "logo")
			if err := os.WriteFile(path, []byte(c.body), 0o600); err != nil {
				t.Fatal(err)
			}
			name, body, err := config{SiteLogo: path}.logo()
			if name != c.name || (err == nil) != (c.name != "") || err == nil && string(body) != c.body {
				t.Errorf("%q of %d bytes, %v", name, len(body), err)
			}
		})
	}
	t.Run("P01 without a file the program does not start, and says which setting is wrong", func(t *testing.T) {
		if _, err := readConfig(environment(production, "SITE_LOGO=/nowhere/logo.png")); err == nil || !strings.Contains(err.Error(), "SITE_LOGO") {
			t.Error(err)
		}
	})
	t.Run("P01 every page shows it beside the operator's name, and browsers keep it", func(t *testing.T) {
		before := views.Site
		t.Cleanup(func() { views.Site = before })
		views.Site.Name, views.Site.Logo = "Лавка снов", assets.Add("logo.png", drawn.Bytes())
		var page strings.Builder
		if err := views.Layout("home.title", templ.NopComponent).Render(views.WithLocale(t.Context(), "ru"), &page); err != nil {
			t.Fatal(err)
		}
		for _, part := range []string{`<img src="` + views.Site.Logo + `" height="28" alt="">`, `<link rel="icon" href="` + views.Site.Logo + `">`, "<span>Лавка снов</span>"} {
			if !strings.Contains(page.String(), part) {
				t.Errorf("the page lacks %s", part)
			}
		}
		if file, found := assets.Find(views.Site.Logo, "br"); !found || file.ContentType != "image/png" {
			t.Errorf("%t, %s", found, file.ContentType)
		}
	})
}
