package handlers_test

import (
	"net/http"
	"os"
	"strings"
	"testing"

	"cabinet/db/dbtest"
	"cabinet/handlers"
)

func TestRoutes(t *testing.T) {
	var lines strings.Builder
	known := map[string]bool{}
	for _, route := range handlers.Routes() {
		if key := route.Method + " " + route.Path; known[key] {
			t.Errorf("%s stands twice in the table", key)
		} else {
			known[key] = true
		}
		lines.WriteString(strings.TrimRight(route.Method+" "+route.Path+" "+route.Rule.String(), " ") + "\n")
	}
	golden(t, "testdata/routes.txt", lines.String())
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if os.Getenv("UPDATE") != "" {
		os.MkdirAll("testdata", 0o755)
		os.WriteFile(file, []byte(got), 0o644)
	}
	want, _ := os.ReadFile(file)
	if got != string(want) {
		t.Errorf("%s differs: run with UPDATE=1 and read the diff", file)
	}
}

func TestFirstPage(t *testing.T) {
	site := open(t)
	t.Run("A02 a guest finds the registration at the top right of every page", func(t *testing.T) {
		site.Guest().With(t).Visit("/").Wants(200).Sees("Регистрация").Sees("Вход")
		site.Guest().With(t).Visit("/nowhere").Wants(404).Sees("Регистрация").Sees("Такой страницы нет")
	})
	t.Run("A07 a customer is called by name, and a click leads to the cabinet", func(t *testing.T) {
		site.As(dbtest.Vera).With(t).Visit("/").Wants(200).Sees("Вера Орлова").SeesNot("Регистрация")
	})
	t.Run("A12 a page of the cabinet asks a guest to sign in", func(t *testing.T) {
		got := site.Guest().With(t).Do("GET", "/live", "", nil)
		if got.Status != 303 || got.Header("Location") != "/sign-in?back=%2Flive" {
			t.Errorf("%d %s", got.Status, got.Header("Location"))
		}
	})
	t.Run("A09 a customer does not find the desk", func(t *testing.T) {
		site.As(dbtest.Vera).With(t).Visit("/staff").Wants(404)
		site.As(dbtest.Petr).With(t).Visit("/staff").Wants(200).Sees("Сборка").SeesNot("Платежи")
	})
}

func TestCrossSite(t *testing.T) {
	site := open(t)
	vera := site.As(dbtest.Vera)
	for name, header := range map[string]http.Header{
		"another site": {"Sec-Fetch-Site": {"cross-site"}, "Origin": {"https://evil.example"}},
		"old browser":  {"Sec-Fetch-Site": {""}, "Origin": {"https://evil.example"}},
		"no word":      {"Sec-Fetch-Site": {""}, "Origin": {""}},
	} {
		if got := vera.Do("POST", "/language", "locale=en", header); got.Status != 403 {
			t.Errorf("%s: %d", name, got.Status)
		}
	}
	vera.Do("POST", "/language", "locale=en", nil).Wants(303)
}
