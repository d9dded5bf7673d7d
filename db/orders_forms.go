package db

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxItems is how many items one order may have.
const maxItems = 100

// ItemCurrencies are those in which shops name their prices.
var ItemCurrencies = []Currency{EUR, "USD", "GBP", RUB}

// OrderForm is what a customer enters about an order: when it is new, and when it is changed.
type OrderForm struct {
	Key       string     // of the form, so that it makes one order however often it is sent
	Version   int32      // of the order that was on the screen
	Items     []ItemForm // in the order of the page
	Comment   string
	AddressID AddressID // 0: «Общая информация»
	Method    MethodCode
	Note      string // to staff, about the changes
	Sure      bool   // a payment is on its way, and the order is to be changed all the same
}

// ItemForm is one row of an OrderForm.
type ItemForm struct {
	ID            ItemID // 0: a new one
	URL           string
	Shop          string
	Title         string
	Article       string
	Options       string
	Quantity      string
	Price         string
	Currency      Currency
	Note          string
	MaySubstitute bool
}

// ItemLimits is how many characters fit into a field of an item.
var ItemLimits = map[string]int{"url": 2000, "shop": 100, "title": 200, "article": 60, "options": 200, "note": 500, "price": 16, "quantity": 4}

// How many characters fit into the texts of an order.
const (
	CommentLimit   = 2000
	NoteLimit      = 1000
	StaffNoteLimit = 2000
)

// Blank reports a row that nobody has filled in.
func (f ItemForm) Blank() bool {
	return f.ID == 0 && strings.TrimSpace(f.URL+f.Shop+f.Title+f.Article+f.Options+f.Price+f.Note) == ""
}

// OrderContent is what an order asks for: what a customer may change, and what each version keeps.
type OrderContent struct {
	Items     []ItemContent `json:"items"`
	Comment   string        `json:"comment,omitempty"`
	AddressID AddressID     `json:"address_id,omitempty"`
	Method    MethodCode    `json:"method,omitempty"`
}

// ItemContent is one thing that an order asks for.
type ItemContent struct {
	ID            ItemID   `json:"id,omitempty"`
	URL           string   `json:"url,omitempty"`
	Shop          string   `json:"shop,omitempty"`
	Title         string   `json:"title"`
	Article       string   `json:"article,omitempty"`
	Options       string   `json:"options,omitempty"`
	Quantity      int32    `json:"quantity"`
	Price         Money    `json:"price"`
	Currency      Currency `json:"currency"`
	Note          string   `json:"note,omitempty"`
	MaySubstitute bool     `json:"may_substitute,omitempty"`
}

// read takes the form as a careful person would have typed it, and says row by row what is wrong with it.
func (f OrderForm) read() (OrderContent, error) {
	problems := Problems{}
	content := OrderContent{Comment: tidyLines(f.Comment), AddressID: f.AddressID, Method: f.Method}
	for row, typed := range f.Items {
		if typed.Blank() {
			continue
		}
		item, wrong := typed.read()
		for field, problem := range wrong {
			problems[ItemField(row, field)] = problem
		}
		content.Items = append(content.Items, item)
	}
	if len(content.Items) == 0 {
		problems["items"] = "orders.no_items"
	}
	if len(content.Items) > maxItems {
		problems["items"] = "orders.too_many_items"
	}
	if utf8.RuneCountInString(content.Comment) > CommentLimit {
		problems["comment"] = "fields.too_long"
	}
	if utf8.RuneCountInString(f.Note) > NoteLimit {
		problems["note"] = "fields.too_long"
	}
	return content, problems.err()
}

// ItemField is the name of a field in a row of the form: item.0.title.
func ItemField(row int, field string) string { return "item." + strconv.Itoa(row) + "." + field }

func (f ItemForm) read() (ItemContent, Problems) {
	problems := Problems{}
	item := ItemContent{
		ID: f.ID, Shop: tidyLine(f.Shop), Title: tidyLine(f.Title), Article: tidyLine(f.Article), Options: tidyLine(f.Options),
		Currency: f.Currency, Note: tidyLine(f.Note), MaySubstitute: f.MaySubstitute,
	}
	link, ok := readLink(f.URL)
	if item.URL = link; !ok {
		problems["url"] = "orders.url_wrong"
	}
	if item.Shop == "" {
		item.Shop = ShopOf(item.URL)
	}
	if item.Shop == "" && problems["url"] == "" {
		problems["shop"] = "orders.shop_required"
	}
	if item.Title == "" {
		problems["title"] = "orders.title_required"
	}
	quantity, err := strconv.Atoi(strings.TrimSpace(f.Quantity))
	if item.Quantity = int32(min(quantity, 1000)); err != nil || quantity < 1 || quantity > 999 {
		problems["quantity"] = "orders.quantity_wrong"
	}
	if item.Price, ok = ParseMoney(f.Price); !ok {
		problems["price"] = "orders.price_wrong"
	}
	if !slices.Contains(ItemCurrencies, item.Currency) {
		problems["currency"] = "orders.currency_unknown"
	}
	for field, text := range map[string]string{"url": item.URL, "shop": item.Shop, "title": item.Title, "article": item.Article, "options": item.Options, "note": item.Note} {
		if utf8.RuneCountInString(text) > ItemLimits[field] {
			problems[field] = "fields.too_long"
		}
	}
	return item, problems
}

// readLink takes the address of a page in a shop as people copy it. Nothing but a page of the web is one.
func readLink(typed string) (string, bool) {
	typed = tidyLine(typed)
	if typed == "" {
		return "", true
	}
	if !strings.Contains(typed, "://") {
		typed = "https://" + typed
	}
	link, err := url.Parse(typed)
	if err != nil || link.Scheme != "http" && link.Scheme != "https" || link.User != nil ||
		!strings.Contains(strings.Trim(link.Hostname(), "."), ".") || strings.ContainsAny(typed, " \"<>`") {
		return typed, false
	}
	return link.String(), true
}

// ShopOf is the shop that a link leads to: its host, without the www.
func ShopOf(link string) string {
	parsed, err := url.Parse(link)
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(strings.ToLower(parsed.Hostname()), "www.")
}

// LinkedItems makes rows of links, however they are parted: one for each, with the shop filled in.
func LinkedItems(pasted string) []ItemForm {
	var items []ItemForm
	for _, word := range strings.Fields(pasted) {
		link, ok := readLink(strings.Trim(word, ",;"))
		if ok && link != "" {
			items = append(items, ItemForm{URL: link, Shop: ShopOf(link), Quantity: "1", Currency: EUR})
		}
	}
	return items
}

// tidyLine makes one line of what was typed, without what can not be seen.
func tidyLine(typed string) string {
	return tidy(strings.Map(printable, strings.ToValidUTF8(typed, " ")))
}

// tidyLines does so line by line.
func tidyLines(typed string) string {
	var lines []string
	for line := range strings.Lines(typed) {
		lines = append(lines, tidyLine(line))
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

func printable(r rune) rune {
	if unicode.IsControl(r) {
		return ' '
	}
	return r
}

// contentOf is what an order asks for now; items that were given up are no part of it.
func contentOf(order Order, items []Item) OrderContent {
	content := OrderContent{Comment: order.Comment}
	if order.AddressID != nil {
		content.AddressID = *order.AddressID
	}
	if order.MethodCode != nil {
		content.Method = *order.MethodCode
	}
	for _, item := range items {
		if item.Status.Active() {
			content.Items = append(content.Items, item.content())
		}
	}
	return content
}

func (i Item) content() ItemContent {
	return ItemContent{
		ID: i.ID, URL: i.Url, Shop: i.Shop, Title: i.Title, Article: i.Article, Options: i.Options, Quantity: i.Quantity,
		Price: i.Price, Currency: i.Currency, Note: i.Note, MaySubstitute: i.MaySubstitute,
	}
}

// Read is the order as it was at this version.
func (v OrderVersion) Read() (content OrderContent, err error) {
	return content, json.Unmarshal(v.Content, &content)
}

// OrderDifference is one thing that is not what it was.
type OrderDifference struct {
	Kind   DifferenceKind
	Item   ItemContent // as it is now, or as it was when it is gone
	Fields []FieldDifference
}

// DifferenceKind says what happened to a part of an order.
type DifferenceKind string

const (
	ItemAdded    DifferenceKind = "item_added"
	ItemRemoved  DifferenceKind = "item_removed"
	ItemChanged  DifferenceKind = "item_changed"
	OrderChanged DifferenceKind = "order_changed" // its comment, or where it goes
)

// FieldDifference is one text that was changed; figures stand as they are typed.
type FieldDifference struct {
	Field, Before, After string
}

// Differences says what changed from one content to the next.
func Differences(before, after OrderContent) []OrderDifference {
	var found []OrderDifference
	was := map[ItemID]ItemContent{}
	for _, item := range before.Items {
		was[item.ID] = item
	}
	for _, item := range after.Items {
		old, known := was[item.ID]
		delete(was, item.ID)
		if !known {
			found = append(found, OrderDifference{Kind: ItemAdded, Item: item})
		} else if fields := old.differences(item); len(fields) > 0 {
			found = append(found, OrderDifference{Kind: ItemChanged, Item: item, Fields: fields})
		}
	}
	for _, item := range before.Items {
		if _, gone := was[item.ID]; gone {
			found = append(found, OrderDifference{Kind: ItemRemoved, Item: item})
		}
	}
	if fields := before.differences(after); len(fields) > 0 {
		found = append(found, OrderDifference{Kind: OrderChanged, Fields: fields})
	}
	return found
}

// TouchItems reports whether any of the differences is about what is to be bought.
func TouchItems(differences []OrderDifference) bool {
	return slices.ContainsFunc(differences, func(d OrderDifference) bool { return d.Kind != OrderChanged })
}

func (o OrderContent) differences(now OrderContent) []FieldDifference {
	return differing(
		FieldDifference{"comment", o.Comment, now.Comment},
		FieldDifference{"address", figure(int64(o.AddressID)), figure(int64(now.AddressID))},
		FieldDifference{"method", string(o.Method), string(now.Method)},
	)
}

func (i ItemContent) differences(now ItemContent) []FieldDifference {
	return differing(
		FieldDifference{"url", i.URL, now.URL},
		FieldDifference{"shop", i.Shop, now.Shop},
		FieldDifference{"title", i.Title, now.Title},
		FieldDifference{"article", i.Article, now.Article},
		FieldDifference{"options", i.Options, now.Options},
		FieldDifference{"quantity", figure(int64(i.Quantity)), figure(int64(now.Quantity))},
		FieldDifference{"price", i.figure(), now.figure()},
		FieldDifference{"note", i.Note, now.Note},
		FieldDifference{"may_substitute", figure(i.substitutes()), figure(now.substitutes())},
	)
}

func (i ItemContent) figure() string { return typedMoney(i.Price) + " " + string(i.Currency) }

// typedMoney is an amount as ParseMoney reads it.
func typedMoney(amount Money) string { return fmt.Sprintf("%d.%02d", amount/100, amount%100) }

func (i ItemContent) substitutes() int64 {
	if i.MaySubstitute {
		return 1
	}
	return 0
}

// figure leaves nothing empty.
func figure(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

func differing(fields ...FieldDifference) []FieldDifference {
	return slices.DeleteFunc(fields, func(f FieldDifference) bool { return f.Before == f.After })
}

// Form is the order as it stands in the form.
func (o Order) Form(items []Item) OrderForm {
	content := contentOf(o, items)
	form := OrderForm{Version: o.Version, Comment: o.Comment, AddressID: content.AddressID, Method: content.Method}
	for _, item := range content.Items {
		form.Items = append(form.Items, item.form())
	}
	return form
}

func (i ItemContent) form() ItemForm {
	return ItemForm{
		ID: i.ID, URL: i.URL, Shop: i.Shop, Title: i.Title, Article: i.Article, Options: i.Options,
		Quantity: strconv.Itoa(int(i.Quantity)), Price: typedMoney(i.Price), Currency: i.Currency, Note: i.Note, MaySubstitute: i.MaySubstitute,
	}
}

// Again is a new order for the same things.
func (o Order) Again(items []Item) OrderForm {
	form := OrderForm{}
	if o.AddressID != nil {
		form.AddressID = *o.AddressID
	}
	if o.MethodCode != nil {
		form.Method = *o.MethodCode
	}
	for _, item := range items {
		again := item.content().form()
		again.ID = 0
		form.Items = append(form.Items, again)
	}
	return form
}

// ShipToForm is where the order goes, as it stands in the form.
func (o Order) ShipToForm() ShipToForm {
	content := contentOf(o, nil)
	return ShipToForm{Version: o.Version, AddressID: content.AddressID, Method: content.Method}
}

// Rebased is what was typed, on top of the order as it is now: items that are gone would be added again.
func (f OrderForm) Rebased(order Order, items []Item) OrderForm {
	f.Version = order.Version
	f.Items = slices.Clone(f.Items)
	for row, item := range f.Items {
		if !slices.ContainsFunc(items, func(i Item) bool { return i.ID == item.ID && i.Status.Active() }) {
			f.Items[row].ID = 0
		}
	}
	return f
}

// Changes is what saving the form would change, as far as it can be read.
func (f OrderForm) Changes(order Order, items []Item) []OrderDifference {
	wanted, _ := f.read()
	return Differences(contentOf(order, items), wanted)
}
