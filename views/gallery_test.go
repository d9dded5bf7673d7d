package views_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cabinet/assets"
	"cabinet/handlers/webtest"
	"cabinet/views"

	"github.com/a-h/templ"
)

func TestMain(m *testing.M) { os.Exit(webtest.Main(m)) }

// policy is the strictest that the pages must live under.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'"

// gallery serves the examples as the real pages are served.
func gallery(t *testing.T) string {
	examples := map[string]views.Example{}
	for _, example := range views.Examples() {
		examples["/"+example.Name] = example
	}
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if file, ok := assets.Find(r.URL.Path, ""); ok {
			w.Header().Set("Content-Type", file.ContentType)
			w.Write(file.Body)
			return
		}
		w.Header().Set("Content-Security-Policy", policy)
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		path := r.URL.Path
		if path == "/sign-in" {
			path = "/guest"
		}
		example, ok := examples[path]
		if !ok {
			w.WriteHeader(http.StatusNoContent) // the open stream of a page has nothing to tell here
			return
		}
		ctx := views.WithViewer(r.Context(), example.Viewer)
		if r.Header.Get("HX-Request") != "" {
			example.Body.Render(ctx, w)
			return
		}
		views.Layout(example.Title, example.Body).Render(ctx, w)
	}))
	t.Cleanup(site.Close)
	return site.URL
}

// TestGallery looks at every part and at pages of real density on a phone and on a desk, light
// and dark. With SHOTS=folder it leaves the pictures there.
func TestGallery(t *testing.T) {
	site := gallery(t)
	for _, example := range views.Examples() {
		t.Run(example.Name, func(t *testing.T) {
			webtest.Open(t, site).Visit("/" + example.Name).Wants(200)
			window := webtest.Chromium(t, site).Visit("/" + example.Name)
			webtest.EveryLook(window, func(look string) {
				if folder := os.Getenv("SHOTS"); folder != "" {
					window.Screenshot(filepath.Join(folder, example.Name+"-"+look+".png"))
				}
				fingers(t, window, look)
			})
		})
	}
}

// fingers wants everything that is pressed on a phone to be as large as a fingertip. Links in
// running text may be as small as the text.
func fingers(t *testing.T, window *webtest.Window, look string) {
	if !strings.HasPrefix(look, "375") {
		return
	}
	var small []string
	window.Evaluate(`[...document.querySelectorAll("button, summary, .button, .tabs a, .chips a, input:not([type=hidden], [type=checkbox], [type=radio]), select, textarea")]
		.filter(e => e.checkVisibility() && !e.closest("dialog"))
		.filter(e => { const box = e.getBoundingClientRect(); return box.width < 40 || box.height < 43.5 })
		.map(e => e.outerHTML.slice(0, 120))`, &small)
	if len(small) > 0 {
		t.Errorf("%s: too small for a finger:\n%s", look, strings.Join(small, "\n"))
	}
}

func TestUserMenu(t *testing.T) {
	window := webtest.Chromium(t, gallery(t)).Visit("/home")
	shown := func() (shown bool) {
		window.Evaluate(`document.querySelector(".user a").checkVisibility({contentVisibilityAuto: true, visibilityProperty: true}) && document.elementFromPoint(...(b => [b.x + 9, b.y + 9])(document.querySelector(".user a").getBoundingClientRect()))?.closest(".user") !== null`, &shown)
		return shown
	}
	if shown() {
		t.Fatal("the menu is open before anyone asked")
	}
	t.Run("C07 Enter opens the user menu and Escape closes it", func(t *testing.T) {
		window.With(t).Evaluate(`document.querySelector(".user summary").focus()`, nil).Keys("Enter")
		if !shown() {
			t.Error("Enter did not open it")
		}
		window.With(t).Keys("Escape")
		if shown() {
			t.Error("Escape did not close it")
		}
		window.With(t).Focuses(".user summary")
	})
	t.Run("C07 a click opens the user menu and a click elsewhere closes it", func(t *testing.T) {
		window.With(t).Evaluate(`document.querySelector(".user summary").click()`, nil)
		if !shown() {
			t.Error("a click did not open it")
		}
		window.With(t).Evaluate(`document.querySelector("h1").click()`, nil)
		if shown() {
			t.Error("a click elsewhere did not close it")
		}
	})
}

func TestSignInDialog(t *testing.T) {
	window := webtest.Chromium(t, gallery(t)).Visit("/welcome")
	t.Run("A03 «Вход» opens a dialog with the form, and it closes again", func(t *testing.T) {
		window := window.With(t)
		window.Evaluate(`document.querySelector("header .button.quiet").click()`, nil)
		window.Within("#dialog").Sees("Логин или электронная почта")
		var open bool
		if window.Evaluate(`document.getElementById("dialog").open`, &open); !open {
			t.Error("the dialog is shut")
		}
		window.Keys("Escape")
		if window.Evaluate(`document.getElementById("dialog").open`, &open); open {
			t.Error("Escape left the dialog open")
		}
	})
}

// list is a page of rows and the answers to what is done on it: numbers from 1 to 4, two at a time.
func list(t *testing.T) string {
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if file, ok := assets.Find(r.URL.Path, ""); ok {
			w.Header().Set("Content-Type", file.ContentType)
			w.Write(file.Body)
			return
		}
		w.Header().Set("Content-Security-Policy", policy)
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		rows := []templ.Component{row("1"), row("2"), views.More("/?after=2")}
		if r.URL.Query().Get("after") == "2" {
			rows = []templ.Component{row("3"), row("4")}
		}
		var body templ.Component = templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
			return views.Rows("Номер", "*Статус", "-").Render(templ.WithChildren(ctx, templ.Join(rows...)), w)
		})
		if r.Method == http.MethodPost {
			body = views.Row("row-"+r.FormValue("row"), nil)
			body = children(body, views.Badge(views.Good, "Отменён "+r.FormValue("row")))
			if r.Header.Get("HX-Request") == "" {
				body = views.Notice(views.Good, "Отменён без скриптов", "")
			}
		}
		if r.Header.Get("HX-Request") != "" {
			body.Render(r.Context(), w)
			return
		}
		views.Layout("Список", body).Render(r.Context(), w)
	}))
	t.Cleanup(site.Close)
	return site.URL
}

func row(number string) templ.Component {
	return children(views.Row("row-"+number, nil), templ.Join(
		children(views.Cell("Номер"), templ.Raw("Строка "+number)),
		children(views.Cell("Статус"), views.Badge(views.Info, "Новый")),
		children(views.ActCell(), views.Act("/cancellation", "Отменить "+number, views.Danger, views.Confirm("Точно отменить?"), views.Hidden{Name: "row", Value: number})),
	))
}

func children(parent, child templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return parent.Render(templ.WithChildren(ctx, child), w)
	})
}

func TestMoreAndAct(t *testing.T) {
	site := list(t)
	t.Run("with htmx the rows come in place, and an act changes its own row after a question", func(t *testing.T) {
		window := webtest.Chromium(t, site).Visit("/").SeesNot("Строка 3")
		window.Click("Показать ещё").Sees("Строка 1").Sees("Строка 4").SeesNot("Показать ещё")
		window.Click("Отменить 3").Sees("Точно отменить?")
		window.Within("#row-3 .pop-body").Press("Отменить 3")
		window.Sees("Отменён 3").SeesNot("Строка 3").Sees("Строка 4").At("/")
		var columns []float64
		window.Evaluate(`[...document.querySelectorAll(".row > :nth-child(2)")].map(e => e.getBoundingClientRect().x)`, &columns)
		if len(slices.Compact(slices.Clone(columns))) != 1 || len(columns) != 3 {
			t.Errorf("the columns do not line up: %v", columns)
		}
	})
	t.Run("without scripts More leads to the next page and an act asks as well", func(t *testing.T) {
		browser := webtest.Open(t, site).Visit("/")
		browser.Click("Показать ещё").Sees("Строка 4").SeesNot("Строка 1")
		browser.Click("Отменить 4").Sees("Точно отменить?").Press("Отменить 4").Sees("Отменён без скриптов")
	})
}

func TestWhatWasTypedIsKept(t *testing.T) {
	form := children(views.Form("note", "/note", templ.Attributes{"data-draft": "note", "data-unsaved": true}), templ.Join(
		views.Field(views.Input{Name: "link", Label: "Первая ссылка"}, nil),
		views.Field(views.Input{Name: "link", Form: "second", Label: "Вторая ссылка"}, nil),
		views.Field(views.Input{Name: "shop", Label: "Магазин", Value: "bergzeit.de"}, nil),
		views.Submit("Сохранить"),
	))
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if file, ok := assets.Find(r.URL.Path, ""); ok {
			w.Header().Set("Content-Type", file.ContentType)
			w.Write(file.Body)
			return
		}
		w.Header().Set("Content-Security-Policy", policy)
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if r.Method == http.MethodPost {
			views.Notice(views.Good, "Сохранено: "+r.FormValue("link"), "").Render(r.Context(), w)
			return
		}
		views.Layout("Заметка", form).Render(r.Context(), w)
	}))
	t.Cleanup(site.Close)

	window := webtest.Chromium(t, site.URL).Visit("/").Answers(true)
	t.Run("E13 leaving asks about what was typed, and E25 it is there again", func(t *testing.T) {
		window := window.With(t)
		window.Fill("Вторая ссылка", "https://shop.example/2").Fill("Магазин", "thalia.de").Reload()
		if asked := window.Asked(); len(asked) != 1 {
			t.Errorf("leaving asked %d times", len(asked))
		}
		window.Shows("Вторая ссылка", "https://shop.example/2").Shows("Первая ссылка", "").Shows("Магазин", "bergzeit.de")
	})
	t.Run("E13 what was sent is neither asked about nor kept", func(t *testing.T) {
		window := window.With(t)
		window.Fill("Первая ссылка", "https://shop.example/1").Press("Сохранить").Sees("Сохранено: https://shop.example/1")
		window.Visit("/").Shows("Вторая ссылка", "")
		if asked := window.Asked(); len(asked) != 1 {
			t.Errorf("it asked again: %v", asked)
		}
	})
}

func TestCopy(t *testing.T) {
	window := webtest.Chromium(t, gallery(t)).Visit("/home")
	window.Evaluate(`navigator.clipboard.writeText = async (text) => { window.copied = text }`, nil)
	window.Evaluate(`document.querySelector(".copy").click()`, nil)
	window.Sees("Скопировано")
	var copied string
	if window.Evaluate(`window.copied`, &copied); copied != "RA123456785RU" {
		t.Errorf("copied %q", copied)
	}
}
