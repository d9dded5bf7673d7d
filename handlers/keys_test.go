package handlers_test

import (
	"fmt"
	"testing"

	"cabinet/db/dbtest"
)

// TestDeskKeysInChromium goes through the desk without the mouse.
func TestDeskKeysInChromium(t *testing.T) {
	t.Parallel()
	site := open(t)
	vera := site.Account(dbtest.Vera)
	first, second := site.PlacedOrder(t, vera, dbtest.Boots), site.PlacedOrder(t, vera, dbtest.Mug)
	gleb := site.Window(t, dbtest.Gleb).Visit("/staff/orders")
	t.Run("? lists the keys, and Escape goes back to the work", func(t *testing.T) {
		gleb.With(t).Keys("?").Within("#dialog").Sees("к следующей и предыдущей строке")
		gleb.With(t).Keys("Escape").Within("main").Sees(first.ID.Number())
		site.As(dbtest.Gleb).With(t).Visit("/staff/keys").Sees("к следующей и предыдущей строке")
	})
	t.Run("j and k go through the rows, . through what a row can do, and Enter does it", func(t *testing.T) {
		b := gleb.With(t).Visit("/staff/orders")
		b.Keys("j").Focuses("#" + first.ID.Topic() + " a").Keys("j").Focuses("#" + second.ID.Topic() + " a").Keys("j").Focuses("#" + second.ID.Topic() + " a")
		b.Keys("k").Focuses("#" + first.ID.Topic() + " a").Keys(".").Focuses("#" + first.ID.Topic() + " summary").Keys(".").Focuses("#" + first.ID.Topic() + " a.button").Keys("Enter").Sees("Выставить счёт")
		b.Clean()
	})
	t.Run("on a Russian keyboard the same keys do the same", func(t *testing.T) {
		b := gleb.With(t).Visit("/staff/orders")
		for _, press := range []struct{ key, code, goes string }{{"о", "KeyJ", first.ID.Topic()}, {"О", "KeyJ", second.ID.Topic()}, {"л", "KeyK", first.ID.Topic()}} {
			b.Evaluate(fmt.Sprintf(`document.activeElement.dispatchEvent(new KeyboardEvent("keydown", {key: %q, code: %q, bubbles: true}))`, press.key, press.code), nil).Focuses("#" + press.goes + " a")
		}
		b.Clean()
	})
	t.Run("letters stay letters while they are typed", func(t *testing.T) {
		b := gleb.With(t).Visit("/staff/orders").Keys("/").Focuses("#search").Fill("q", "").Type("jx.?").Shows("q", "jx.?").Focuses("#search")
		b.Clean()
	})
}
