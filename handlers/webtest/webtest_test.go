package webtest_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strings"
	"testing"

	"cabinet/handlers/webtest"
)

func TestMain(m *testing.M) { os.Exit(webtest.Main(m)) }

// watched is a test that may fail without anyone minding.
type watched struct {
	*testing.T
	said []string
}

func (w *watched) Errorf(format string, args ...any) {
	w.said = append(w.said, fmt.Sprintf(format, args...))
}

func (w *watched) Fatalf(format string, args ...any) {
	w.Errorf(format, args...)
	runtime.Goexit()
}

// said runs a piece of a test apart and returns what it complained about.
func said(t *testing.T, act func(t webtest.T)) string {
	w := &watched{T: t}
	done := make(chan struct{})
	go func() {
		defer close(done)
		act(w)
	}()
	<-done
	return strings.Join(w.said, "\n")
}

// fails wants act to complain in these words.
func fails(t *testing.T, words string, act func(t webtest.T)) {
	t.Helper()
	if got := said(t, act); !strings.Contains(got, words) || got == "" {
		t.Errorf("complained %q, wanted %q", got, words)
	}
}

// page is a document that is right in everything but what stands in its body.
func page(body string) string {
	return `<!DOCTYPE html><html lang="ru"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Кабинет</title><link rel="icon" href="/icon.svg"></head><body><main>` + body + `</main></body></html>`
}

// site answers each path with its page and everything else with 404.
func site(t *testing.T, pages map[string]http.HandlerFunc) string {
	mux := http.NewServeMux()
	mux.HandleFunc("/icon.svg", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "image/svg+xml")
		fmt.Fprint(w, `<svg xmlns="http://www.w3.org/2000/svg"/>`)
	})
	for path, handler := range pages {
		mux.HandleFunc(path, handler)
	}
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}

func says(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, page(body))
	}
}

// echo says what was sent: the method, the address and the body.
func echo(w http.ResponseWriter, r *http.Request) {
	r.ParseMultipartForm(1 << 20)
	var b strings.Builder
	fmt.Fprintf(&b, "<h1>%s %s</h1><p>Referer=%s Origin=%s Site=%s Language=%s</p><p>", r.Method, r.URL.RequestURI(),
		r.Referer(), r.Header.Get("Origin"), r.Header.Get("Sec-Fetch-Site"), r.Header.Get("Accept-Language"))
	for name, values := range r.PostForm {
		fmt.Fprintf(&b, "[%s=%q]", name, values)
	}
	if r.MultipartForm != nil {
		for name, files := range r.MultipartForm.File {
			for _, f := range files {
				fmt.Fprintf(&b, "[%s:%s %s %d]", name, f.Filename, f.Header.Get("Content-Type"), f.Size)
			}
		}
	}
	says(b.String()+"</p>")(w, r)
}
