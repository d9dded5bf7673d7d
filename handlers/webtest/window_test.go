package webtest_test

import (
	"fmt"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"cabinet/handlers/webtest"
)

// strict is the policy that the pages of these tests stand under.
func strict(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; form-action 'self'")
		next(w, r)
	}
}

func sends(kind, content string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind+"; charset=utf-8")
		fmt.Fprint(w, content)
	}
}

func TestAStoryInChromium(t *testing.T) {
	base := registration(t)
	vera := webtest.Chromium(t, base)
	vera.Visit("/").Click("Регистрация").At("/register")
	vera.Fill("Почта", "vera@example.com").Fill("Пароль", "дом у моря").Press("Зарегистрироваться").Wants(422).Sees("Укажите адрес").At("/register")
	vera.Fill("password", "дом у моря").Check("Согласна").Press("Зарегистрироваться").At("/thanks").Sees("Спасибо, vera@example.com").SeesNot("Укажите")

	t.Run("a second tab is the same person, a second window is not", func(t *testing.T) {
		vera.With(t).Tab().Visit("/thanks").Sees("vera@example.com")
		webtest.Chromium(t, base).Visit("/thanks").Sees("незнакомка")
	})
	t.Run("back and reload", func(t *testing.T) {
		vera := vera.With(t).Visit("/").Click("Регистрация")
		vera.Back().At("/").Reload().At("/").Sees("Регистрация")
	})
}

// workshop is a page with everything a person can operate.
func workshop(t *testing.T) string {
	return site(t, map[string]http.HandlerFunc{
		"/{$}": strict(says(`<link rel="stylesheet" href="/app.css"><script src="/app.js" defer></script>
			<button id="late">Позже</button><p id="news"></p><button id="ask">Удалить</button><p id="answer"></p>
			<form method="post" action="/echo"><label>Имя <input name="name" value="Вера"><small>Подсказка</small></label><label>Текст <textarea name="text">старый</textarea></label>
				<label>Страна <select name="country"><option value="RU">Россия</option><option value="DE">Германия</option><option disabled>Атлантида</option></select></label>
				<label>День <input type="date" name="day"></label><label>Нельзя <input name="fixed" value="x" readonly></label>
				<fieldset><legend>Доставка</legend><label><input type="radio" name="way" value="dhl" checked> DHL</label><label><input type="radio" name="way" value="ems"> EMS</label></fieldset>
				<label class="drawn"><input type="checkbox" name="agree"> Согласна</label><label><input type="checkbox" name="news" checked> Новости</label>
				<button name="act" value="save">Сохранить</button></form>
			<details><summary>Меню</summary><a href="/echo">Выйти</a></details>
			<dialog id="d"><form method="dialog"><button>Закрыть</button></form></dialog><button id="open">Открыть</button>
			<div class="under"><button>Под крышкой</button><div class="cover"></div></div><button disabled>Нельзя</button>
			<p class="upper">Верхний</p><p class="hidden">Тайна</p><p>Цена 1&nbsp;500&#8239;₽</p><button id="slow">Медленно</button><p id="slowly"></p>
			<a href="/file">Скачать</a><form method="post" action="/nothing"><button>Ничего</button></form>`)),
		"/file": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Disposition", "attachment; filename=list.csv")
			sends("text/csv", "a,b")(w, r)
		},
		"/nothing":    func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) },
		"/endless":    strict(says(`<script src="/endless.js" defer></script>`)),
		"/endless.js": sends("text/javascript", `fetch('/live?plain')`),
		"/app.css": sends("text/css", `.under { position: relative } .cover { position: absolute; inset: 0; } .upper { text-transform: uppercase } .hidden { display: none }
			.drawn input { position: absolute; opacity: 0; width: 1px; height: 1px; pointer-events: none }`),
		"/app.js": sends("text/javascript", `const $ = id => document.getElementById(id);
			$('late').onclick = () => setTimeout(() => $('news').textContent = 'Пришло', 300);
			$('ask').onclick = () => $('answer').textContent = confirm('Точно?') ? 'Удалено' : 'Осталось';
			$('open').onclick = () => $('d').showModal();
			$('slow').onclick = async () => $('slowly').textContent = await (await fetch('/slow')).text();
			document.addEventListener('keydown', e => { if (e.key === 'k' && e.ctrlKey) $('news').textContent = 'Ctrl K'; });
			new EventSource('/live').onmessage = e => $('news').textContent = e.data;`),
		"/slow": func(w http.ResponseWriter, _ *http.Request) {
			time.Sleep(300 * time.Millisecond)
			fmt.Fprint(w, "Готово")
		},
		"/live": func(w http.ResponseWriter, r *http.Request) {
			if !r.URL.Query().Has("plain") {
				w.Header().Set("Content-Type", "text/event-stream")
			}
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		},
		"/echo": echo,
	})
}

func TestAPersonOperatesAPage(t *testing.T) {
	vera := webtest.Chromium(t, workshop(t)).Visit("/")

	vera.Sees("Верхний").SeesNot("Тайна").Sees("Цена 1 500 ₽").Sees("Страна Россия").SeesNot("Германия")
	vera.Press("Позже").Sees("Пришло")
	if vera.Press("Медленно"); !strings.Contains(vera.Text(), "Готово") {
		t.Error("a press did not wait for the answer it asked for")
	}
	vera.Press("Удалить").Sees("Удалено").Answers(false).Press("Удалить").Sees("Осталось")
	if got := vera.Asked(); !slices.Equal(got, []string{"Точно?", "Точно?"}) {
		t.Errorf("asked %q", got)
	}
	vera.Press("Открыть").Sees("Закрыть").Press("Закрыть").SeesNot("Закрыть")
	vera.Press("Открыть").Keys("Escape").SeesNot("Закрыть").Keys("Control+k").Sees("Ctrl K")
	vera.Click("Скачать").Press("Ничего").At("/").Sees("Ctrl K")
	vera.Within("details").Click("Меню").Click("Выйти").Sees("GET /echo").Back()

	vera.Shows("Имя", "Вера").Fill("Имя", "Анна").Fill("text", "раз\nдва").Choose("Страна", "Германия").Choose("Доставка", "EMS").Fill("День", "2026-03-02")
	vera.Check("Согласна").Check("Согласна").Uncheck("Новости").Shows("Согласна", "on").Shows("Страна", "Германия")
	vera.Press("Сохранить").Sees("POST /echo").Sees(`[name=["Анна"]]`).Sees(`[text=["раз\r\nдва"]]`).Sees(`[country=["DE"]]`).Sees(`[way=["ems"]]`).
		Sees(`[day=["2026-03-02"]]`).Sees(`[agree=["on"]]`).SeesNot("[news=").Sees(`[act=["save"]]`)

	vera.Visit("/").Fill("Имя", "").Type("Ян").Focuses("[name=name]").Keys("Tab").Focuses("textarea").Keys("Shift+Tab", "Enter").Sees(`[name=["Ян"]]`)
}

func TestChromiumSaysWhatItMissed(t *testing.T) {
	webtest.Impatient(t)
	base := workshop(t)
	gone := httptest.NewServer(nil)
	gone.Close()
	cases := map[string]func(*webtest.Window){
		`there is no link "Заказы", there are 3:` + "\n\t«Меню»\n\t«Выйти» → /echo (it is inside <details>": func(w *webtest.Window) { w.Click("Заказы") },
		`the link "Выйти" is there, but it is inside <details>, which is closed`:                            func(w *webtest.Window) { w.Click("Выйти") },
		`the button "Закрыть" is there, but it is inside <dialog id=d>, which is closed`:                    func(w *webtest.Window) { w.Press("Закрыть") },
		`the button "Нельзя" is there, but it is disabled`:                                                  func(w *webtest.Window) { w.Press("Нельзя") },
		`<button> is covered by <div class=cover>`:                                                          func(w *webtest.Window) { w.Press("Под крышкой") },
		`no field "email"`:                                      func(w *webtest.Window) { w.Fill("email", "x") },
		`<input name=fixed> is read-only`:                       func(w *webtest.Window) { w.Fill("Нельзя", "x") },
		`<input name=agree> is no field to type in`:             func(w *webtest.Window) { w.Fill("Согласна", "x") },
		`<input name=name> takes no files`:                      func(w *webtest.Window) { w.Attach("Имя", webtest.File{Name: "a.txt"}) },
		`no option of Страна "Китай"`:                           func(w *webtest.Window) { w.Choose("Страна", "Китай") },
		`"Атлантида" is there, but it is disabled`:              func(w *webtest.Window) { w.Choose("Страна", "Атлантида") },
		`<input name=name> has nothing to choose from`:          func(w *webtest.Window) { w.Choose("Имя", "Вера") },
		`no choice of Доставка "СДЭК"`:                          func(w *webtest.Window) { w.Choose("Доставка", "СДЭК") },
		`the page does not say "Тайна", it says: Позже Удалить`: func(w *webtest.Window) { w.Sees("Тайна") },
		`the page within form says "Подсказка"`:                 func(w *webtest.Window) { w.Within("form:has(textarea)").SeesNot("Подсказка") },
		`the page has 3 elements form, wanted one`:              func(w *webtest.Window) { w.Within("form").Sees("Имя") },
		`the page is /, wanted /orders`:                         func(w *webtest.Window) { w.At("/orders") },
		`no answer came with 422`:                               func(w *webtest.Window) { w.Wants(422) },
		`the field "Имя" holds "Вера", wanted "Анна"`:           func(w *webtest.Window) { w.Shows("Имя", "Анна") },
		`the focus is on "textarea[name=text]", wanted #late`:   func(w *webtest.Window) { w.Fill("Текст", "x").Focuses("#late") },
		`there is no key "Любая"`:                               func(w *webtest.Window) { w.Keys("Любая") },
		`net::ERR_CONNECTION_REFUSED`:                           func(w *webtest.Window) { w.Visit(gone.URL) },
		`net::ERR_NAME_NOT_RESOLVED`:                            func(w *webtest.Window) { w.Visit("https://example.com/") },
		`ReferenceError: nowhere is not defined`:                func(w *webtest.Window) { w.Evaluate("nowhere", nil) },
	}
	cases["/endless does not come to rest: GET "+base+"/live?plain"] = func(w *webtest.Window) { w.Visit("/endless") }
	vera := webtest.Chromium(t, base)
	for words, act := range cases {
		vera.Visit("/")
		words = strings.ReplaceAll(words, "within form says", "within form:has(textarea) says")
		fails(t, words, func(t webtest.T) { act(vera.With(t)) })
	}
	fails(t, "there is no page to go back to", func(t webtest.T) { webtest.Chromium(t, base).Visit("/").Back() })
	said(t, func(t webtest.T) { vera.With(t).Clean() }) // the addresses that are not there are troubles too
}

func TestClean(t *testing.T) {
	script := func(code string) http.HandlerFunc {
		return strict(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Query().Has("js") {
				sends("text/javascript", code)(w, r)
				return
			}
			says(`<script src="?js" defer></script><p id="a">слово</p>`)(w, r)
		})
	}
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
	}
	base := site(t, map[string]http.HandlerFunc{
		"/right": script(`console.log('да'); console.warn('может быть')`), "/error": script(`console.error('беда', 7)`), "/thrown": script(`throw new Error('упало')`),
		"/rejected": script(`Promise.reject(new Error('отказ'))`), "/fetch500": script(`fetch('/500')`), "/fetch404": script(`fetch('/404')`), "/fetch422": script(`fetch('/422')`),
		"/broken": script(`fetch('/cut').catch(() => {})`), "/eval": script(`try { eval('1') } catch {}`), "/twin": script(`document.body.append(document.getElementById('a').cloneNode())`),
		"/inline": strict(says(`<p style="color: red">слово</p>`)), "/script": strict(says(`<script>1</script>`)), "/image": strict(says(`<img src="https://example.com/x.png" alt="">`)),
		"/500": status(500), "/422": status(422), "/page500": func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(500); says("Ошибка")(w, r) },
		"/cut": func(w http.ResponseWriter, _ *http.Request) {
			conn, _, _ := w.(http.Hijacker).Hijack()
			conn.Close()
		},
	})
	vera := webtest.Chromium(t, base)
	vera.Visit("/right").Clean().Visit("/fetch422").Wants(422).Clean().Visit("/fetch422").Clean().Visit("/fetch500").Wants(500).Clean()
	for path, words := range map[string]string{
		"/error": "console.error: беда 7", "/thrown": "Error: упало", "/rejected": "Error: отказ", "/fetch404": "responded with a status of 404", "/broken": "a request failed: net::ERR_EMPTY_RESPONSE",
		"/eval": "Content-Security-Policy: script-src refused eval", "/twin": "several elements have the id a", "/inline": "Content-Security-Policy: style-src-attr refused inline",
		"/script": "Content-Security-Policy: script-src-elem refused inline", "/image": "Content-Security-Policy: img-src refused https://example.com/x.png",
	} {
		fails(t, words, func(t webtest.T) { vera.With(t).Visit(path).Clean() })
	}
	vera.Visit("/right")
	for _, path := range []string{"/fetch500", "/page500"} {
		fails(t, "responded with a status of 500", func(t webtest.T) { webtest.Chromium(t, base).Visit(path).Clean() })
	}
}

func TestAxe(t *testing.T) {
	look := func(body, css string) http.HandlerFunc {
		return strict(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Query().Has("css") {
				sends("text/css", css)(w, r)
				return
			}
			says(`<link rel="stylesheet" href="?css"><h1>Заголовок</h1>`+body)(w, r)
		})
	}
	dark := `:root { color-scheme: light dark } @media (prefers-color-scheme: dark) { body { background: #111; color: #eee } .pale { color: #333 } }`
	base := site(t, map[string]http.HandlerFunc{
		"/right": look(`<p>слово</p>`, dark), "/pale": look(`<p class="pale">слово</p>`, `.pale { color: #ccc }`), "/dark": look(`<p class="pale" id="p">слово</p>`, dark),
		"/unnamed": look(`<input id="q">`, ""), "/wide": look(`<div class="wide">слово</div>`, `.wide { width: 700px }`),
	})
	vera := webtest.Chromium(t, base)
	var looks []string
	webtest.EveryLook(vera.Visit("/right"), func(look string) { looks = append(looks, look) })
	if !slices.Equal(looks, []string{"375-light", "375-dark", "1280-light", "1280-dark"}) {
		t.Errorf("the looks were %q", looks)
	}
	fails(t, "(1280-light): serious, color-contrast", func(t webtest.T) { vera.With(t).Visit("/pale").Axe() })
	fails(t, "critical, label: Form elements must have labels: #q", func(t webtest.T) { vera.With(t).Visit("/unnamed").Axe() })

	got := said(t, func(t webtest.T) { webtest.EveryLook(vera.With(t).Visit("/dark"), nil) })
	if strings.Contains(got, "-light)") || !strings.Contains(got, "(375-dark): serious, color-contrast") || !strings.Contains(got, "#p") || !strings.Contains(got, "(1280-dark)") {
		t.Errorf("in the dark: %q", got)
	}
	got = said(t, func(t webtest.T) { webtest.EveryLook(vera.With(t).Visit("/wide"), nil) })
	if !strings.Contains(got, "at 375 pixels: the page is 7") || !strings.Contains(got, "<div class=wide> ends at 7") || strings.Contains(got, "at 1280") {
		t.Errorf("wide: %q", got)
	}
}

func TestScreenshot(t *testing.T) {
	base := site(t, map[string]http.HandlerFunc{"/": says(strings.Repeat("<p>слово</p>", 100))})
	path := filepath.Join(t.TempDir(), "new", "long.png")
	webtest.Chromium(t, base).Visit("/").Size(375).Screenshot(path)
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	picture, err := png.Decode(file)
	if err != nil || picture.Bounds().Dx() != 375 || picture.Bounds().Dy() < 2000 {
		t.Errorf("%v %v", picture.Bounds(), err)
	}
}
