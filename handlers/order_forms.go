package handlers

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"cabinet/db"
	"cabinet/views"

	"github.com/gofiber/fiber/v2"
)

// posted is a field of the body; what stands in the address is no answer to a form. Of a name that was sent twice
// the last counts, as in every form.
func posted(c *fiber.Ctx, name string) string {
	sent := c.Request().PostArgs().PeekMulti(name)
	if len(sent) == 0 {
		return ""
	}
	return string(sent[len(sent)-1])
}

func escape(s string) string { return url.QueryEscape(s) }

// orderForm reads the form of an order, whose rows are numbered: item.0.title. The pasted links beside it
// are not rows yet.
func orderForm(c *fiber.Ctx) (form db.OrderForm, links string) {
	rows := map[int]*db.ItemForm{}
	for name, value := range c.Request().PostArgs().All() {
		if row, field, ok := itemField(string(name)); ok {
			if rows[row] == nil {
				rows[row] = &db.ItemForm{}
			}
			setItem(rows[row], field, string(value))
		}
	}
	numbers := make([]int, 0, len(rows))
	for row := range rows {
		numbers = append(numbers, row)
	}
	slices.Sort(numbers)
	for _, row := range numbers {
		form.Items = append(form.Items, *rows[row])
	}
	shipTo := shipToForm(c)
	form.Version, form.AddressID, form.Method = shipTo.Version, shipTo.AddressID, shipTo.Method
	form.Key, form.Comment, form.Note = posted(c, "key"), posted(c, "comment"), posted(c, "note")
	form.Sure = posted(c, "sure") != ""
	return form, posted(c, "links")
}

// itemField takes item.0.title apart.
func itemField(name string) (row int, field string, ok bool) {
	rest, ok := strings.CutPrefix(name, "item.")
	if !ok {
		return 0, "", false
	}
	number, field, ok := strings.Cut(rest, ".")
	row, err := strconv.Atoi(number)
	return row, field, ok && err == nil && row >= 0
}

func setItem(item *db.ItemForm, field, value string) {
	switch field {
	case "id":
		n, _ := strconv.ParseInt(value, 10, 64) // what is no number is a new row
		item.ID = db.ItemID(n)
	case "currency":
		item.Currency = db.Currency(value)
	case "may_substitute":
		item.MaySubstitute = value != ""
	default:
		texts := map[string]*string{
			"url": &item.URL, "shop": &item.Shop, "title": &item.Title, "article": &item.Article, "options": &item.Options,
			"quantity": &item.Quantity, "price": &item.Price, "note": &item.Note,
		}
		if text, known := texts[field]; known {
			*text = value
		}
	}
}

func shipToForm(c *fiber.Ctx) db.ShipToForm {
	address, _ := strconv.ParseInt(posted(c, "address_id"), 10, 64) // nothing chosen is the first of the book
	return db.ShipToForm{Version: version(c), AddressID: db.AddressID(address), Method: db.MethodCode(posted(c, "method"))}
}

// version is which state of a thing a form was drawn from.
func version(c *fiber.Ctx) int32 {
	n, _ := strconv.ParseInt(posted(c, "version"), 10, 32) // what is no number is no version either
	return int32(n)
}

// redrawn is the form as it was sent, after the button that was pressed has done to its rows what it says.
func redrawn(c *fiber.Ctx) views.OrderDraft {
	form, links := orderForm(c)
	draft := views.OrderDraft{Form: form, Links: links}
	act, row, _ := strings.Cut(posted(c, "act"), ".")
	at, err := strconv.Atoi(row)
	switch {
	case act == "add":
		draft.Form.Items = append(draft.Form.Items, newItem())
		draft.Focus = len(draft.Form.Items)
	case act == "remove" && err == nil && at >= 0 && at < len(form.Items):
		draft.LastItem = len(form.Items) == 1
		if !draft.LastItem || form.Items[at].ID == 0 {
			draft.Form.Items = slices.Delete(draft.Form.Items, at, at+1)
		}
	case act == "links":
		rows := db.LinkedItems(links)
		draft.Form.Items = append(slices.DeleteFunc(draft.Form.Items, db.ItemForm.Blank), rows...)
		if draft.Links = ""; len(rows) == 0 {
			draft.Links, draft.Problems = links, db.Problems{"links": "orders.no_links"}
		}
	case act == "restore":
		draft.Restored = slices.ContainsFunc(form.Items, func(item db.ItemForm) bool { return !item.Blank() }) || form.Comment != ""
	}
	return draft
}
