package views

import (
	"strings"
	"testing"
)

func TestMarkdown(t *testing.T) {
	for source, want := range map[string]string{
		"Мне снился **дом**":           "<p>Мне снился <strong>дом</strong></p>\n",
		"# Дом\n\nи *сад*":             "<h2>Дом</h2>\n<p>и <em>сад</em></p>\n",
		"строка\nещё":                  "<p>строка<br>\nещё</p>\n",
		"[там](https://example.test/)": `<p><a href="https://example.test/" rel="nofollow noreferrer noopener" target="_blank">там</a></p>` + "\n",
		"[тут](/orders)":               `<p><a href="/orders">тут</a></p>` + "\n",
		"[зло](javascript:alert(1))":   "<p>зло</p>\n",
		"<script>alert(1)</script>":    "\n",
		"<b onclick=x>жирный</b>":      "<p>жирный</p>\n",
		"![кот](/pictures/7/large)":    "<p></p>\n",
	} {
		if got := Markdown(source); strings.TrimSpace(got) != strings.TrimSpace(want) {
			t.Errorf("%q is %q, not %q", source, got, want)
		}
	}
}

func TestEditorsMarkdown(t *testing.T) {
	if got := EditorsMarkdown("![кот](/pictures/7/large)"); !strings.Contains(got, `<img src="/pictures/7/large" alt="кот">`) {
		t.Errorf("a picture of ours is %q", got)
	}
	for _, foreign := range []string{"![x](https://evil.test/x.png)", "![x](/pictures/7/large?x)", "![x](/sign-out)", "![x](data:image/png;base64,AA)"} {
		if got := EditorsMarkdown(foreign); strings.Contains(got, "src=") {
			t.Errorf("%s is %q", foreign, got)
		}
	}
}

func TestLongMarkdown(t *testing.T) {
	if got := Markdown(strings.Repeat("я", MostMarkdown+5)); strings.Count(got, "я") != MostMarkdown {
		t.Errorf("%d letters are left", strings.Count(got, "я"))
	}
}
