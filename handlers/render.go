package handlers

import (
	"bytes"
	"net/url"
	"runtime"
	"strconv"
	"strings"

	"cabinet/views"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"
	"github.com/klauspost/compress/gzip"
)

// page answers with the whole document, or with the body alone when htmx swaps it into one.
// Title is a key or a text.
func page(c *fiber.Ctx, title string, body templ.Component) error {
	c.Vary("HX-Request")
	if swaps(c) {
		return fragment(c, body)
	}
	return document(c, title, body)
}

// document answers with the whole document; a picture or a file that the last page still asked for says nothing
// of what the act before did.
func document(c *fiber.Ctx, title string, body templ.Component) error {
	if c.Method() == fiber.MethodGet && !swaps(c) {
		viewer := views.ViewerOf(c.UserContext())
		viewer.Flash = takeFlash(c)
		c.SetUserContext(views.WithViewer(c.UserContext(), viewer))
	}
	return fragment(c, views.Layout(title, body))
}

// done answers a change: htmx gets the fragments that changed, a plain form is sent back to a page.
func done(c *fiber.Ctx, back string, fragments ...templ.Component) error {
	if !swaps(c) {
		return c.Redirect(back, fiber.StatusSeeOther)
	}
	if text := c.Cookies(flashCookie); text != "" || c.Locals(flashCookie) != nil {
		said, _ := c.Locals(flashCookie).(string)
		fragments = append(fragments, views.Flash(said, views.Beside))
		c.ClearCookie(flashCookie)
	}
	return fragment(c, templ.Join(fragments...))
}

// moved answers a change after which the visitor goes to another page, with htmx or without. What there
// is to say is said there.
func moved(c *fiber.Ctx, to string) error {
	if said, _ := c.Locals(flashCookie).(string); said != "" && swaps(c) {
		keepFlash(c, said)
	}
	return redirect(c, to)
}

// redirect leads to a page of ours; htmx loads it as a whole.
func redirect(c *fiber.Ctx, to string) error {
	if swaps(c) {
		c.Set("HX-Redirect", to)
		return c.SendStatus(fiber.StatusNoContent)
	}
	return c.Redirect(to, fiber.StatusSeeOther)
}

// invalid shows the form again, as it was filled in, with what is wrong with it.
func invalid(c *fiber.Ctx, title string, form templ.Component) error {
	c.Status(fiber.StatusUnprocessableEntity)
	return page(c, title, form)
}

// stale shows the form again because somebody else was quicker; what was typed is kept in it.
func stale(c *fiber.Ctx, title string, form templ.Component) error {
	c.Status(fiber.StatusConflict)
	return page(c, title, form)
}

func fragment(c *fiber.Ctx, component templ.Component) error {
	buf := templ.GetBuffer()
	defer templ.ReleaseBuffer(buf)
	if err := component.Render(c.UserContext(), buf); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
	c.Vary("Accept-Encoding")
	if buf.Len() < worthPacking || !strings.Contains(c.Get("Accept-Encoding"), "gzip") {
		c.Response().SetBody(buf.Bytes()) // a copy: the buffer is somebody else's before the answer has left
		return nil
	}
	c.Set(fiber.HeaderContentEncoding, "gzip")
	c.Response().SetBodyRaw(packed(buf.Bytes()))
	return nil
}

// worthPacking is from how many bytes on a page goes out compressed, which saves five sixths of it.
const worthPacking = 1024

// packers compress pages. Each holds a megabyte, and more of them than processors would only wait for each other.
var packers = func() chan *gzip.Writer {
	all := make(chan *gzip.Writer, runtime.GOMAXPROCS(0))
	for range cap(all) {
		packer, _ := gzip.NewWriterLevel(nil, 5) // a tenth smaller than 1, for a thirtieth of a millisecond; the level is a right one
		all <- packer
	}
	return all
}()

func packed(page []byte) []byte {
	packer := <-packers
	defer func() { packers <- packer }()
	var answer bytes.Buffer
	packer.Reset(&answer)
	packer.Write(page) // a buffer takes everything
	packer.Close()
	return answer.Bytes()
}

// swaps reports whether htmx will put the answer into a page that is there already.
func swaps(c *fiber.Ctx) bool {
	return c.Get("HX-Request") == "true" && c.Get("HX-Boosted") != "true" && c.Get("HX-History-Restore-Request") != "true"
}

// flashCookie carries what an act did over the redirect that follows it.
const flashCookie = "flash"

// flash is said once, in green, on the page or in the fragment that answers. Key is a message.
func flash(c *fiber.Ctx, key string) {
	c.Locals(flashCookie, key)
	if !swaps(c) {
		keepFlash(c, key)
	}
}

func keepFlash(c *fiber.Ctx, key string) {
	c.Cookie(&fiber.Cookie{Name: flashCookie, Value: key, Path: "/", HTTPOnly: true, SameSite: "Lax", MaxAge: 60})
}

// takeFlash reads what the act before the redirect left to be said. Only a message of ours is.
func takeFlash(c *fiber.Ctx) string {
	key := c.Cookies(flashCookie)
	if key == "" {
		return ""
	}
	c.Cookie(&fiber.Cookie{Name: flashCookie, Path: "/", HTTPOnly: true, SameSite: "Lax", MaxAge: -1})
	if !views.IsMessage(key) {
		return ""
	}
	return key
}

// parse reads the body of a form, and nothing else, into a struct.
func parse(c *fiber.Ctx, form any) error {
	if err := c.BodyParser(form); err != nil {
		return fiber.ErrBadRequest
	}
	return nil
}

// id is the number in the address; the route has made sure that it is one.
func id[ID ~int64](c *fiber.Ctx) ID {
	n, err := strconv.ParseInt(c.Params("id"), 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return ID(n)
}

// back is the page of ours that a form was sent from, or the first page.
func back(c *fiber.Ctx) string {
	from, err := url.Parse(c.Get("Referer"))
	if err != nil || from.Host != string(c.Request().Host()) {
		return "/"
	}
	return local(from.RequestURI())
}

// local keeps an address inside our own site; anything else becomes the first page. A backslash or a
// second slash would send a browser elsewhere.
func local(path string) string {
	u, err := url.Parse(path)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") ||
		strings.ContainsAny(path, "\\\r\n\t") || strings.HasPrefix(u.Path, "//") {
		return "/"
	}
	return u.RequestURI()
}
