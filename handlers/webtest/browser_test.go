package webtest_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"cabinet/handlers/webtest"
)

// registration is a small site: a form that answers 422 until it is right, then
// 303, a cookie and a greeting.
func registration(t *testing.T) string {
	form := func(problem, email string) string {
		return `<form method="post" action="/register"><input type="hidden" name="from" value="home">
			<label>Почта <input name="email" type="email" value="` + email + `" required><small>` + problem + `</small></label>
			<label for="pw">Пароль</label><input id="pw" name="password" type="password">
			<label><input type="checkbox" name="agree"> Согласна</label>
			<button name="act" value="go">Зарегистрироваться</button></form>`
	}
	return site(t, map[string]http.HandlerFunc{
		"GET /{$}":      says(`<a href="/register">Регистрация</a>`),
		"GET /register": says(form("", "")),
		"POST /register": func(w http.ResponseWriter, r *http.Request) {
			if r.FormValue("email") == "" || r.FormValue("agree") != "on" || r.FormValue("act") != "go" || r.FormValue("from") != "home" {
				w.Header().Set("Content-Type", "text/html; charset=utf-8")
				w.WriteHeader(422)
				fmt.Fprint(w, page(form("Укажите адрес", r.FormValue("email"))))
				return
			}
			http.SetCookie(w, &http.Cookie{Name: "__Host-sid", Value: r.FormValue("email"), Path: "/", Secure: true, HttpOnly: true})
			http.Redirect(w, r, "/thanks", http.StatusSeeOther)
		},
		"GET /thanks": func(w http.ResponseWriter, r *http.Request) {
			sid, _ := r.Cookie("__Host-sid")
			if sid == nil {
				sid = &http.Cookie{Value: "незнакомка"}
			}
			says(`<p>Спасибо,&nbsp;`+sid.Value+`</p>`)(w, r)
		},
	})
}

func TestAStory(t *testing.T) {
	vera := webtest.Open(t, registration(t))
	vera.Visit("/").Click("Регистрация").At("/register").Wants(200)
	vera.Fill("Почта", "").Press("Зарегистрироваться").Wants(422).Sees("Укажите адрес").At("/register")
	vera.Fill("email", "vera@example.com").Fill("Пароль", "дом у моря").Check("Согласна")
	vera.Press("Зарегистрироваться").At("/thanks").Wants(200).Sees("Спасибо, vera@example.com").SeesNot("Укажите")

	t.Run("a second tab is the same person, a second browser is not", func(t *testing.T) {
		vera.With(t).Tab().Visit("/thanks").Sees("vera@example.com")
		webtest.Open(t, vera.URL().String()).Visit("/thanks").Sees("незнакомка")
		vera.With(t).Tab().Forget().Visit("/thanks").Sees("незнакомка")
	})
	t.Run("back shows the form as it was left, and it can be sent again", func(t *testing.T) {
		vera := vera.With(t)
		vera.Back().Shows("email", "vera@example.com").Shows("Согласна", "on").Press("Зарегистрироваться").At("/thanks")
		vera.Back().Uncheck("Согласна").Press("Зарегистрироваться").Wants(422).Reload().Wants(422)
	})
}

func TestABrowserSaysWhatItMissed(t *testing.T) {
	base := site(t, map[string]http.HandlerFunc{"/{$}": says(`
		<a href="/a">Посылки</a> <a href="/b">Мои посылки</a> <a href="/c">Счёт</a> <a href="/d">Счёт</a> <a href="/c">Оплата</a><a href="/c">Оплата</a>
		<a href="#nowhere">Якорь</a><a href="mailto:a@b.c">Письмо</a><p hidden>Тайна <a href="/x">Скрытая</a></p>
		<template><button>Шаблон</button></template>
		<dialog id="d"><form method="post"><button>Внутри</button></form></dialog>
		<button type="button">Скрипт</button><button>Ничей</button>
		<form id="one" method="post"><label>Имя <input name="name"></label><button>Сохранить</button><button disabled>Удалить</button><button type="reset">Сначала</button></form>
		<form id="two" method="post"><label>Имя <input name="name" readonly></label><label>Страна <select name="country"><option>Россия<option disabled>Атлантида</select></label><button>Сохранить</button></form>
		<details><summary>Меню</summary><a href="/out">Выйти</a></details>`), "/out": says("До свидания"), "/c": says("Оплачено")})
	cases := map[string]func(*webtest.Browser){
		`no link "Заказы", there are 11:` + "\n\t«Посылки» → /a":     func(b *webtest.Browser) { b.Click("Заказы") },
		`2 things could be the link "Счёт"`:                          func(b *webtest.Browser) { b.Click("Счёт") },
		`hidden by the hidden attribute of <p>`:                      func(b *webtest.Browser) { b.Click("Скрытая") },
		`#nowhere, which is not on the page`:                         func(b *webtest.Browser) { b.Click("Якорь") },
		`the way leads out of the site`:                              func(b *webtest.Browser) { b.Click("Письмо") },
		`inside a <template>`:                                        func(b *webtest.Browser) { b.Press("Шаблон") },
		`inside <dialog id=d>, which is closed`:                      func(b *webtest.Browser) { b.Press("Внутри") },
		`of type button and does nothing`:                            func(b *webtest.Browser) { b.Press("Скрипт") },
		`of type reset and does nothing`:                             func(b *webtest.Browser) { b.Press("Сначала") },
		`belongs to no form`:                                         func(b *webtest.Browser) { b.Press("Ничей") },
		`2 things could be the button "Сохранить"`:                   func(b *webtest.Browser) { b.Press("Сохранить") },
		`the button "Удалить" is there, but it is disabled`:          func(b *webtest.Browser) { b.Press("Удалить") },
		`2 things could be the field "name"`:                         func(b *webtest.Browser) { b.Fill("name", "Вера") },
		`no field "email", there are 3:` + "\n\t«Имя» name=name":     func(b *webtest.Browser) { b.Fill("email", "x") },
		`the field "Имя" is read-only`:                               func(b *webtest.Browser) { b.Within("#two").Fill("Имя", "x") },
		`<select name=country> is no field to type in`:               func(b *webtest.Browser) { b.Fill("country", "x") },
		`no option of country "Китай", there are 2`:                  func(b *webtest.Browser) { b.Choose("country", "Китай") },
		`"Атлантида" is there, but it is disabled`:                   func(b *webtest.Browser) { b.Choose("country", "Атлантида") },
		`has 3 elements form, wanted one`:                            func(b *webtest.Browser) { b.Within("form") },
		`inside <details>, which is closed: click its summary first`: func(b *webtest.Browser) { b.Click("Выйти") },
		`does not say "Тайна"`:                                       func(b *webtest.Browser) { b.Sees("Тайна") },
		`says "Меню"`:                                                func(b *webtest.Browser) { b.SeesNot("Меню") },
		`came with 200, wanted 422`:                                  func(b *webtest.Browser) { b.Wants(422) },
		`the page is /, wanted /orders`:                              func(b *webtest.Browser) { b.At("/orders") },
		`holds "Россия", wanted "Китай"`:                             func(b *webtest.Browser) { b.Shows("Страна", "Китай") },
		`there is no page to go back to`:                             func(b *webtest.Browser) { b.Back() },
		`there is no box "Имя"`:                                      func(b *webtest.Browser) { b.Check("Имя") },
		`<input name=name> takes no files`:                           func(b *webtest.Browser) { b.Within("#one").Attach("Имя", webtest.File{}) },
		`answers 200, wanted 404`:                                    func(b *webtest.Browser) { b.Do("GET", "/c", "", nil).Wants(404) },
		`GET /c (200) does not say "Отказ", it says: Оплачено`:       func(b *webtest.Browser) { b.Do("GET", "/c", "", nil).Sees("Отказ") },
		`GET /c (200) says "Оплачено"`:                               func(b *webtest.Browser) { b.Do("GET", "/c", "", nil).SeesNot("Оплачено") },
		`/ (200) within #one does not say "Страна", it says: Имя Сохранить Удалить Сн`: func(b *webtest.Browser) { b.Within("#one").Sees("Страна") },
	}
	for words, act := range cases {
		fails(t, words, func(t webtest.T) { act(webtest.Open(t, base).Visit("/")) })
	}
	fails(t, "no page is open yet", func(t webtest.T) { webtest.Open(t, base).Sees("x") })

	vera := webtest.Open(t, base)
	if got := said(t, func(t webtest.T) { vera.With(t).Visit("/") }); !strings.Contains(got, "#nowhere") {
		t.Errorf("the page's faults were %q", got)
	}
	vera.Click("Оплата").Sees("Оплачено").Back()
	vera.Click("Посылки").Wants(404).Back()
	vera.Click("Меню").Click("Выйти").Sees("До свидания")
}

// TestAFormIsSentAsBrowsersSendIt reads at the other end what each form sent.
func TestAFormIsSentAsBrowsersSendIt(t *testing.T) {
	base := site(t, map[string]http.HandlerFunc{"/echo": echo, "/other": echo, "/": says(`
		<form id="f" method="post" action="/echo">
			<input type="hidden" name="id" value="7"><label>Имя <input name="name" value="Вера"></label>
			<label>Текст <textarea name="text">
один
два</textarea></label>
			<label>Страна <select name="country"><option value="RU">Россия</option><option value="DE" selected>Германия</option></select></label>
			<label>Цвет <select name="colour"><option disabled>выберите</option><option> Синий  цвет </option><option>Красный</option></select></label>
			<label>Коробки <select name="boxes" multiple><option selected>1</option><option>2</option><option selected>3</option></select></label>
			<label><input type="checkbox" name="a" checked> А</label><label><input type="checkbox" name="b" value="2"> Б</label>
			<fieldset><legend>Доставка</legend><label><input type="radio" name="way" value="dhl" checked> DHL</label><label><input type="radio" name="way" value="ems"> EMS</label></fieldset>
			<fieldset disabled><label>Нет <input name="closed" value="x"></label></fieldset><label>Не идёт <input name="off" value="x" disabled></label>
			<input type="submit" name="first" value="Первая"><button name="act" value="save">Сохранить</button>
			<button name="act" value="other" formaction="/other">Иначе</button><button formmethod="get">Найти</button>
		</form><label>Снаружи <input form="f" name="outside" value="да"></label>
		<form id="g" method="get" action="/echo?old=1"><label>Слово <input name="q"></label></form>
		<form id="m" method="post" action="/echo" enctype="multipart/form-data"><label>Письмо <input name="note"></label><label>Фото <input type="file" name="photo" multiple></label><label>Пусто <input type="file" name="none"></label><button>Послать</button></form>`)})
	vera := webtest.Open(t, base)

	vera.Visit("/").Press("Сохранить").Sees("POST /echo").Sees(`[id=["7"]]`).Sees(`[name=["Вера"]]`).Sees(`[text=["один\r\nдва"]]`).
		Sees(`[country=["DE"]]`).Sees(`[colour=["Синий цвет"]]`).Sees(`[boxes=["1" "3"]]`).Sees(`[a=["on"]]`).SeesNot("[b=").
		Sees(`[way=["dhl"]]`).SeesNot("closed").SeesNot("off=").SeesNot("first=").Sees(`[act=["save"]]`).Sees(`[outside=["да"]]`)
	vera.Back().Choose("Страна", "Россия").Choose("colour", "Красный").Choose("Доставка", "EMS").Check("Б").Uncheck("А").Fill("Текст", "раз\nдва").
		Press("Иначе").Sees("POST /other").Sees(`[country=["RU"]]`).Sees(`[colour=["Красный"]]`).Sees(`[way=["ems"]]`).Sees(`[b=["2"]]`).SeesNot("[a=").Sees(`раз\r\nдва`)
	vera.Back().Shows("Страна", "Россия").Shows("EMS", "on").Shows("DHL", "off").Enter("name").Sees(`[first=["Первая"]]`).SeesNot("act=")
	vera.Visit("/").Press("Найти").Sees("GET /echo?id=7&name=%D0")
	vera.Visit("/").Fill("Слово", "a b").Enter("Слово").Sees("GET /echo?q=a+b").SeesNot("old=1")
	vera.Visit("/").Within("#m").Fill("Письмо", "да").Attach("photo", webtest.File{Name: "a.png", Type: "image/png", Content: []byte("png!")}).
		Press("Послать").Sees("[photo:a.png image/png 4]").Sees(`[note=["да"]]`)
}

func TestABrowserIntroducesItself(t *testing.T) {
	form := says(`<form method="post" action="/echo"><button>Послать</button></form><a href="/echo">Читать</a><form method="post" action="/moved"><button>Дальше</button></form>`)
	base := site(t, map[string]http.HandlerFunc{"/echo": echo, "/": form,
		"/private": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Referrer-Policy", "no-referrer")
			form(w, r)
		},
		"/moved": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/echo", http.StatusTemporaryRedirect)
		},
		"/round": func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/round", http.StatusFound) },
		"/away": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://example.com/", http.StatusFound)
		},
	})
	vera := webtest.Open(t, base)
	vera.Visit("/").Press("Послать").Sees("Referer=" + base + "/ Origin=" + base + " Site=same-origin Language=ru")
	vera.Back().Click("Читать").Sees("Referer=" + base + "/ Origin= Site=same-origin")
	vera.Speaks("en").Visit("/echo").Sees("Referer= Origin= Site=none Language=en")
	vera.Visit("/private").Press("Послать").Sees("Referer= Origin=null Site=same-origin")
	vera.Visit("/").As(webtest.Ancient).Press("Послать").Sees("Referer=" + base + "/ Origin= Site= ")
	vera.Visit("/").As(webtest.Silent).Press("Послать").Sees("Referer= Origin= Site= ")
	vera.Visit("/").As(webtest.CrossSite).Press("Послать").Sees("Origin=https://stranger.example Site=cross-site")
	vera.Visit("/").Press("Дальше").Sees("POST /echo")

	vera.Do("DELETE", "/echo", "a=1", nil).Wants(200).Sees("DELETE /echo").Sees("Site=same-origin").Sees("Origin=" + base).SeesNot("Кабинет")
	vera.Do("POST", "/echo", "a=1", http.Header{"Origin": {"https://evil.example"}, "Sec-Fetch-Site": nil}).Sees("Origin=https://evil.example Site= ").Sees(`[a=["1"]]`)
	if got := vera.Do("GET", "/round", "", nil).Wants(302).Header("Location"); got != "/round" {
		t.Errorf("Location %q", got)
	}
	fails(t, "is sent on for ever", func(t webtest.T) { vera.With(t).Visit("/round") })
	fails(t, "leads out of the site, to https://example.com/", func(t webtest.T) { vera.With(t).Visit("/away") })
}

func TestCookiesABrowserWouldRefuse(t *testing.T) {
	cookie := func(line string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Add("Set-Cookie", line)
			says("<p>"+r.Header.Get("Cookie")+"</p>")(w, r)
		}
	}
	base := site(t, map[string]http.HandlerFunc{"/good": cookie("sid=1; Path=/; Secure; HttpOnly"), "/plain": cookie("__Host-sid=1; Path=/"),
		"/deep": cookie("__Host-sid=1; Path=/deep; Secure"), "/none": cookie("x=1; SameSite=None")})
	for path, words := range map[string]string{"/plain": "has to be Secure for its name", "/deep": "has to have the path /", "/none": "SameSite=None and has to be Secure"} {
		fails(t, words, func(t webtest.T) { webtest.Open(t, base).Visit(path) })
	}
	vera := webtest.Open(t, base).Visit("/good").Visit("/good").Sees("sid=1")
	if vera.Cookie("sid") != "1" || vera.Cookie("other") != "" {
		t.Errorf("cookies: %q %q", vera.Cookie("sid"), vera.Cookie("other"))
	}
}

func TestTheEyeReadsThePage(t *testing.T) {
	vera := webtest.Open(t, site(t, map[string]http.HandlerFunc{"/": says(`<p>Цена: 1&nbsp;500&#8239;₽, пере&shy;вод</p><ul><li>раз</li><li>два</li></ul>
		<p>сло<b>во</b>, строка<br>другая</p><noscript><p>Без сценариев</p></noscript><img src="/icon.svg" alt="Рисунок">
		<label>Страна <select name="c"><option>Россия</option><option selected>Китай</option></select></label>
		<button popovertarget="menu">Ещё</button><div id="menu" popover><p>Меню</p></div>
		<button command="show-modal" commandfor="ask">Спросить</button><dialog id="ask"><form method="dialog"><button>Нет</button></form></dialog>`)}))
	vera.Visit("/").Sees("Цена: 1 500 ₽, перевод раз два слово, строка другая Без сценариев Рисунок Страна Китай").SeesNot("Россия")
	vera.SeesNot("Меню").Press("Ещё").Sees("Меню").Press("Ещё").SeesNot("Меню")
	vera.SeesNot("Нет").Press("Спросить").Sees("Нет").Press("Нет").SeesNot("Нет")
}

func TestLinksAndForms(t *testing.T) {
	base := site(t, map[string]http.HandlerFunc{"/orders/": says(`<a href="5?x=1">Пять</a><a href="/orders/5?x=1#top">Снова</a><a href="https://example.com/">Прочь</a><a href="#top">Вверх</a><a href="mailto:a@b.c">Письмо</a>
		<form method="post" action="7/submission"><input type="hidden" name="v" value="3"><button name="act" value="go" formaction="8">Отправить</button></form><form action="/search"><label>Слово <input name="q" maxlength="9"></label><label>1 <input type="checkbox" name="n" value="1"></label><label>2 <input type="checkbox" name="n" value="2"></label></form><form method="post" action="https://example.com/"></form>`)})
	vera := webtest.Open(t, base).Visit("/orders/")
	if got := vera.Links(); !slices.Equal(got, []string{"/orders/5?x=1"}) {
		t.Errorf("links: %q", got)
	}
	if got := fmt.Sprint(vera.Forms()); got != "[{POST /orders/7/submission map[v:[3]] [Отправить] [{/orders/8 act go}] []} {GET /search map[q:[]] [] [] [{q text [] 9} {n checkbox [1 2] 0}]}]" {
		t.Errorf("forms: %s", got)
	}
	if got := vera.Find("form button"); len(got) != 1 {
		t.Errorf("found %d buttons", len(got))
	}
}
