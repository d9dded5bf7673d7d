package views_test

import (
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"cabinet/assets"
	"cabinet/views"
)

// message is one text of a locale file: its forms by plural category, or only "" when it has none.
type message map[string]string

func messages(t *testing.T, locale string) map[string]message {
	t.Helper()
	file, err := assets.Locales.ReadFile("locales/" + locale + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var raw map[string]any
	if err := json.Unmarshal(file, &raw); err != nil {
		t.Fatalf("%s.json: %v", locale, err)
	}
	texts := map[string]message{}
	for key, value := range raw {
		switch value := value.(type) {
		case string:
			texts[key] = message{"": value}
		case map[string]any:
			texts[key] = message{}
			for form, text := range value {
				texts[key][form] = text.(string)
			}
		}
	}
	return texts
}

func (m message) plural() bool { _, plain := m[""]; return !plain }

var valuePattern = regexp.MustCompile(`\{\{[^}]*\}\}`)

// values are the places for values in a text, in order.
func values(text string) []string {
	found := valuePattern.FindAllString(text, -1)
	slices.Sort(found)
	return slices.Compact(found)
}

func TestLocalesAgree(t *testing.T) {
	ru, en := messages(t, "ru"), messages(t, "en")
	forms := map[string][]string{"ru": {"few", "many", "one", "other"}, "en": {"one", "other"}}
	for key := range ru {
		if en[key] == nil {
			t.Errorf("%s is not in en.json", key)
		}
	}
	for key := range en {
		if ru[key] == nil {
			t.Errorf("%s is not in ru.json", key)
		}
	}
	for locale, texts := range map[string]map[string]message{"ru": ru, "en": en} {
		for key, message := range texts {
			if message.plural() && !slices.Equal(slices.Sorted(maps.Keys(message)), forms[locale]) {
				t.Errorf("%s.json: %s has the forms %v, not %v", locale, key, slices.Sorted(maps.Keys(message)), forms[locale])
			}
			if other := en[key]; other != nil && message.plural() != other.plural() {
				t.Errorf("%s counts in one language only", key)
			}
			for form, text := range message {
				if strings.TrimSpace(text) == "" {
					t.Errorf("%s.json: %s %s is empty", locale, key, form)
				}
				if other := ru[key]; other != nil && form != "one" && !slices.Equal(values(text), values(other.any())) {
					t.Errorf("%s.json: %s %s has the values %v, not %v", locale, key, form, values(text), values(other.any()))
				}
			}
		}
	}
}

// any is the form that every message has.
func (m message) any() string {
	if m.plural() {
		return m["other"]
	}
	return m[""]
}

var (
	literal  = regexp.MustCompile("`[^`]*`|\"((?:[^\"\\\\\n]|\\\\.)*)\"") // markup between backquotes has quotes of its own
	keyShape = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z0-9_]+)+$`)
	spoken   = regexp.MustCompile(`\b([tT][fFnN]?)\(\w[\w.()]*, "([^"]+)"([,)])`)
	penned   = regexp.MustCompile(`\.say\("([^"]+)"\)`)
	said     = regexp.MustCompile(`\b(?:Refusal\("([^"]+)"\)|[pP]roblems\[[^\]]+\] = "([^"]+)"|Problems\{"[^"]*": "([^"]+)"\})`)
	comment  = regexp.MustCompile(`(?m)^\s*//.*$`)
)

// sources are the hand-written files of the project that may speak, without their comments.
func sources(t *testing.T) map[string]string {
	t.Helper()
	texts := map[string]string{}
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := entry.Name()
		if entry.IsDir() {
			if path != ".." && (strings.HasPrefix(name, ".") || name == "node_modules" || name == "vendor" || name == "bin") {
				return filepath.SkipDir
			}
			return nil
		}
		written := strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") && !strings.HasSuffix(name, "_templ.go") && !strings.HasSuffix(name, ".sql.go")
		if !written && !strings.HasSuffix(name, ".templ") {
			return nil
		}
		text, err := os.ReadFile(path)
		texts[path] = comment.ReplaceAllString(string(text), "")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return texts
}

// TestEveryKeyIsThere finds each key that the sources name. A text whose first word is the family
// of some messages and that looks like a key is one, wherever it stands.
func TestEveryKeyIsThere(t *testing.T) {
	ru := messages(t, "ru")
	families := map[string]bool{}
	for key := range ru {
		family, _, _ := strings.Cut(key, ".")
		families[family] = true
	}
	for path, text := range sources(t) {
		for _, found := range literal.FindAllStringSubmatch(text, -1) {
			family, _, _ := strings.Cut(found[1], ".")
			if keyShape.MatchString(found[1]) && families[family] && ru[found[1]] == nil {
				t.Errorf("%s: no message %s", path, found[1])
			}
		}
		for _, found := range said.FindAllStringSubmatch(text, -1) {
			if key := found[1] + found[2] + found[3]; ru[key] == nil {
				t.Errorf("%s: no message %s", path, key)
			}
		}
		for _, found := range spoken.FindAllStringSubmatch(text, -1) {
			rightly(t, path, found[1], found[2], ru[found[2]])
		}
		for _, found := range penned.FindAllStringSubmatch(text, -1) {
			rightly(t, path, "t", found[1], ru[found[1]])
		}
	}
}

// rightly wants t for plain messages, tf for those with values and tn for those that count.
func rightly(t *testing.T, path, function, key string, message message) {
	t.Helper()
	var right string
	switch {
	case message == nil:
		t.Errorf("%s: no message %s", path, key)
		return
	case message.plural():
		right = "tn"
	case len(values(message[""])) > 0:
		right = "tf"
	default:
		right = "t"
	}
	if strings.ToLower(function) != right {
		t.Errorf("%s: %s is said with %s, not with %s", path, key, function, right)
	}
}

// TestEveryKeyIsUsed keeps the files free of texts that nobody reads. "orders.status." before
// a plus uses all that begin so; only "fields." does not, for there a name is looked for, like the
// "zip" of Input{Name: "zip"}.
func TestEveryKeyIsUsed(t *testing.T) {
	unused := messages(t, "ru")
	for _, text := range sources(t) {
		for _, found := range literal.FindAllStringSubmatch(text, -1) {
			key := strings.TrimLeft(found[1], "*>-") // marks of a head of Rows or of a Statement
			delete(unused, key)
			delete(unused, "fields."+key)
			if strings.HasSuffix(key, ".") && key != "fields." {
				maps.DeleteFunc(unused, func(used string, _ message) bool { return strings.HasPrefix(used, key) })
			}
		}
	}
	for _, key := range slices.Sorted(maps.Keys(unused)) {
		t.Errorf("nobody says %s", key)
	}
}

func TestLocaleFilesAreSorted(t *testing.T) {
	for _, locale := range views.Locales {
		file, err := assets.Locales.ReadFile("locales/" + locale + ".json")
		if err != nil {
			t.Fatal(err)
		}
		var keys []string
		for _, found := range regexp.MustCompile(`(?m)^  "([^"]+)":`).FindAllStringSubmatch(string(file), -1) {
			keys = append(keys, found[1])
		}
		if !slices.IsSorted(keys) {
			t.Errorf("%s.json is not sorted by key", locale)
		}
		if len(keys) != len(messages(t, locale)) {
			t.Errorf("%s.json: %d lines begin a message, %d messages are there: a key twice?", locale, len(keys), len(messages(t, locale)))
		}
	}
}

func TestSpeaking(t *testing.T) {
	ru, en := views.WithLocale(t.Context(), "ru"), views.WithLocale(t.Context(), "en")
	for _, want := range []struct{ got, text string }{
		{views.T(ru, "nav.orders"), "Мои заказы"},
		{views.T(en, "nav.orders"), "My orders"},
		{views.T(views.WithLocale(t.Context(), "xx"), "nav.orders"), "Мои заказы"},
		{views.T(t.Context(), "nav.orders"), "Мои заказы"},
		{views.T(ru, "Что написал клиент"), "Что написал клиент"},
		{views.TF(ru, "progress.of", "done", 9, "of", 11), "9 из 11"},
		{views.TF(en, "progress.of", "done", 9, "of", 11), "9 of 11"},
		{views.TF(ru, "nobody.says"), "nobody.says"},
	} {
		if want.got != want.text {
			t.Errorf("%q, not %q", want.got, want.text)
		}
	}
}
