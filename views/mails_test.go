package views

import "testing"

func TestWithLinks(t *testing.T) {
	for text, want := range map[string]string{
		"Войти: https://cabinet.example/sign-in?a=1&b=2. Всё.": `Войти: <a href="https://cabinet.example/sign-in?a=1&amp;b=2">https://cabinet.example/sign-in?a=1&amp;b=2</a>. Всё.`,
		`<b>https://x.example/"onclick="alert(1)</b>`:          `&lt;b&gt;<a href="https://x.example/">https://x.example/</a>&#34;onclick=&#34;alert(1)&lt;/b&gt;`,
		"javascript:alert(1)": "javascript:alert(1)",
		"":                    "",
	} {
		if got := withLinks(text); got != want {
			t.Errorf("%q, not %q", got, want)
		}
	}
}
