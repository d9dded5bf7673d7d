package handlers_test

import (
	"bytes"
	"image/jpeg"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"cabinet/db"
	"cabinet/db/dbtest"
	"cabinet/handlers/webtest"

	"golang.org/x/net/html"
)

// TestProfile looks at «Мой профиль» as it fills, without JavaScript.
func TestProfile(t *testing.T) {
	site := open(t)
	account := site.Account(dbtest.Vera)
	vera := site.As(dbtest.Vera)
	src := func(t *testing.T) string {
		for _, attr := range vera.With(t).Visit("/profile").Find("#avatar img")[0].Attr {
			if attr.Key == "src" {
				return attr.Val
			}
		}
		t.Fatal("there is no picture")
		return ""
	}
	t.Run("C16 what was told is there, each with the day it was changed", func(t *testing.T) {
		vera.With(t).Visit("/profile").Sees(account.ID.Number()).Sees(dbtest.Vera.Email).Sees("О вас пока ничего не записано")
		address := site.Address(t, account)
		vera.With(t).Visit("/").Click("Мой профиль").At("/profile").Sees("Москва").Sees("изменено 2 марта 2026")
		site.Clock.Pass(48 * time.Hour)
		form := address.Form()
		form.City = "Псков"
		must(site.EditAddress(t.Context(), account, address.ID, form))
		page := vera.With(t).Visit("/profile").Sees("Псков изменено 4 марта 2026")
		if n := strings.Count(page.Text(), "4 марта 2026"); n != 1 {
			t.Errorf("%d fields were changed on that day: %s", n, page.Text())
		}
	})
	t.Run("C18 exactly two buttons at the bottom", func(t *testing.T) {
		page := vera.With(t).Visit("/profile")
		var at []string
		for _, link := range page.Find("#main > .actions a") {
			at = append(at, link.Attr[slices.IndexFunc(link.Attr, func(a html.Attribute) bool { return a.Key == "href" })].Val)
		}
		if !slices.Equal(at, []string{"/settings/password", "/settings/profile"}) {
			t.Errorf("the buttons lead to %q", at)
		}
		page.Click("Изменить пароль").At("/settings/password")
		vera.With(t).Visit("/profile").Click("Редактировать профиль").At("/settings/profile").Shows("city", "Псков")
	})
	t.Run("C17 what is no picture is refused beside the field", func(t *testing.T) {
		page := vera.With(t).Visit("/profile")
		page.Attach("Выберите картинку", shot("me.jpg", []byte("не картинка"))).Press("Загрузить").Wants(422).Within(".field:has([name=picture])").Sees("Это не картинка")
		vera.With(t).Visit("/profile").Press("Загрузить").Wants(422).Sees("Выберите картинку")
		large := append(dbtest.Snapshot(300, 200), bytes.Repeat([]byte{0}, 5<<20)...)
		vera.With(t).Visit("/profile").Attach("Выберите картинку", shot("me.jpg", large)).Press("Загрузить").Wants(422).Sees("больше 5 МБ")
		vera.With(t).Visit("/profile").Sees("Пока без картинки")
	})
	t.Run("C17 a picture is cut square in two sizes, and tells nothing but what is seen", func(t *testing.T) {
		vera.With(t).Visit("/profile").Attach("Выберите картинку", shot("me.jpg", dbtest.Held(dbtest.Snapshot(900, 600), 6))).Press("Загрузить").At("/profile").Sees("Картинка сохранена")
		for variant, side := range map[string]int{"large": 256, "small": 64} {
			got := vera.With(t).Do("GET", strings.Replace(src(t), "large", variant, 1), "", nil).Wants(200)
			config, err := jpeg.DecodeConfig(strings.NewReader(got.Body))
			if err != nil || config.Width != side || config.Height != side || strings.Contains(got.Body, "Exif") {
				t.Errorf("%s is %d × %d, %v", variant, config.Width, config.Height, err)
			}
		}
	})
	t.Run("C17 A09 nobody else sees it", func(t *testing.T) {
		for _, who := range []dbtest.Person{dbtest.Boris, dbtest.Sveta, dbtest.Anna} {
			site.As(who).With(t).Do("GET", src(t), "", nil).Wants(404)
		}
	})
	t.Run("C17 the old one stays when the new one is wrong, and goes when it is right", func(t *testing.T) {
		old := src(t)
		vera.With(t).Visit("/profile").Attach("Заменить", shot("me.jpg", []byte("GIF89a"))).Press("Загрузить").Wants(422)
		if src(t) != old {
			t.Error("the old picture is gone")
		}
		vera.With(t).Visit("/profile").Attach("Заменить", shot("me.jpg", dbtest.Snapshot(80, 300))).Press("Загрузить").Sees("Картинка сохранена")
		vera.With(t).Do("GET", old, "", nil).Wants(404)
		vera.With(t).Do("GET", src(t), "", nil).Wants(200)
	})
	t.Run("C17 many at once leave one", func(t *testing.T) {
		var sent sync.WaitGroup
		for i := range 8 {
			sent.Go(func() {
				if err := site.SetAvatar(t.Context(), account, []db.Upload{dbtest.Upload(dbtest.Snapshot(100+10*i, 100))}); err != nil {
					t.Error(err)
				}
			})
		}
		sent.Wait()
		var files, contents int
		if err := site.Pool.QueryRow(t.Context(), "SELECT (SELECT count(*) FROM files), (SELECT count(*) FROM file_contents)").Scan(&files, &contents); err != nil || files != 1 || contents != 2 {
			t.Errorf("%d files with %d contents: %v", files, contents, err)
		}
	})
	t.Run("C17 it is removed, and nothing of it stays", func(t *testing.T) {
		page := vera.With(t).Visit("/profile").Within("#avatar").Click("Удалить")
		page.Within("#avatar .pop-body").Press("Удалить").At("/profile").Sees("Картинка удалена").Sees("Пока без картинки")
		var files int
		if err := site.Pool.QueryRow(t.Context(), "SELECT count(*) FROM files").Scan(&files); err != nil || files != 0 {
			t.Errorf("%d files stay: %v", files, err)
		}
	})
}

func TestProfileInChromium(t *testing.T) {
	t.Parallel()
	site := open(t)
	site.Address(t, site.Account(dbtest.Vera))
	if err := site.SetAvatar(t.Context(), site.Account(dbtest.Vera), []db.Upload{dbtest.Upload(dbtest.Snapshot(500, 400))}); err != nil {
		t.Fatal(err)
	}
	w := site.Window(t, dbtest.Vera)
	t.Run("C17 the picture is removed in place", func(t *testing.T) {
		w := w.With(t).Visit("/profile").Sees("Юзерпик")
		webtest.EveryLook(w, shots(w, "profile"))
		w.Within("#avatar").Click("Удалить").Within("#avatar .pop-body").Press("Удалить").Sees("Картинка удалена").Sees("Пока без картинки").At("/profile")
	})
}
