package handlers

import (
	"bytes"
	"errors"
	"io"
	"time"

	"cabinet/db"
	"cabinet/views"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

func (h *Handlers) photoRoutes() []Route {
	return []Route{
		{"GET", "/photos/:id<int>/large", customer, h.showLargePhoto},
		{"GET", "/photos/:id<int>/small", customer, h.showSmallPhoto},
		{"GET", "/staff/receiving/receipts/:id<int>/photos", staff(db.Warehouse), h.showReceiptPhotos},
		{"POST", "/staff/receiving/receipts/:id<int>/photos", staff(db.Warehouse).withUploads(), h.addPhotos},
		{"POST", "/staff/receiving/receipts/:id<int>/photos/removal", staff(db.Warehouse), h.removePhoto},
	}
}

func (h *Handlers) showLargePhoto(c *fiber.Ctx) error { return h.showPhoto(c, db.Large) }

func (h *Handlers) showSmallPhoto(c *fiber.Ctx) error { return h.showPhoto(c, db.Small) }

// photoPolicy lets a browser draw a picture that stands alone, which it does with a style of its own.
const photoPolicy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// showPhoto asks whose it is each time. A browser may keep it, for the same cookie: what is at an address never changes.
func (h *Handlers) showPhoto(c *fiber.Ctx, variant db.Variant) error {
	file, picture, err := h.db.PhotoSeenBy(c.UserContext(), me(c), id[db.FileID](c), variant)
	if err != nil {
		return err
	}
	return sendPicture(c, file, picture)
}

// sendPicture answers with a picture to somebody who may see it.
func sendPicture(c *fiber.Ctx, file db.File, picture []byte) error {
	c.Set("Content-Security-Policy", photoPolicy)
	c.Set("Cache-Control", "private, max-age=604800, immutable")
	c.Vary("Cookie")
	c.Set(fiber.HeaderContentType, file.ContentType)
	return c.Send(picture)
}

func (h *Handlers) showReceiptPhotos(c *fiber.Ctx) error {
	return h.receiptPhotos(c, nil)
}

func (h *Handlers) receiptPhotos(c *fiber.Ctx, problems db.Problems) error {
	box, err := h.db.BoxOf(c.UserContext(), id[db.ReceiptID](c))
	if err != nil {
		return err
	}
	return page(c, "photos.title", views.ReceiptPhotos(box, problems))
}

func (h *Handlers) addPhotos(c *fiber.Ctx) error {
	err := h.db.AddPhotos(c.UserContext(), me(c), id[db.ReceiptID](c), uploads(c, "photos"))
	if problems, ok := errors.AsType[db.Problems](err); ok {
		c.Status(fiber.StatusUnprocessableEntity)
		return h.receiptPhotos(c, problems)
	}
	if err != nil {
		return err
	}
	return h.donePhotos(c, "photos.added")
}

func (h *Handlers) removePhoto(c *fiber.Ctx) error {
	var form struct {
		Photo db.FileID `form:"photo"`
	}
	if err := parse(c, &form); err != nil {
		return err
	}
	if err := h.db.RemovePhoto(c.UserContext(), id[db.ReceiptID](c), form.Photo); err != nil {
		return err
	}
	return h.donePhotos(c, "photos.removed")
}

func (h *Handlers) donePhotos(c *fiber.Ctx, said string) error {
	box, err := h.db.BoxOf(c.UserContext(), id[db.ReceiptID](c))
	if err != nil {
		return err
	}
	flash(c, said)
	return done(c, string(views.ReceiptPhotosPath(box.Receipt.ID)), views.ReceiptPhotos(box, nil))
}

// uploads are the files of a field. A field that was left alone sends an empty one without a name.
func uploads(c *fiber.Ctx, field string) (list []db.Upload) {
	form, err := c.MultipartForm()
	if err != nil {
		return nil // the form was sent without files at all
	}
	for _, file := range form.File[field] {
		if file.Filename != "" || file.Size > 0 {
			list = append(list, db.Upload{Size: file.Size, Open: func() (io.ReadCloser, error) { return file.Open() }})
		}
	}
	return list
}

// What a form with files may take. Everything else keeps to the limits of the application.
const (
	uploadLimit    = 64 << 20 // six photos as telephones take them, and one that is too large, so that this can be said
	uploadTimeout  = 2 * time.Minute
	uploadDeadline = time.Minute
)

// allowance is asked when only the header of a request is there. It gives more to the routes whose rule says so, and
// only to somebody with our cookie: a stranger shall not fill the memory.
func (h *Handlers) allowance(header *fasthttp.RequestHeader) (config fasthttp.RequestConfig) {
	if len(header.Cookie(h.cookieName())) == 0 {
		return config
	}
	path, _, _ := bytes.Cut(header.RequestURI(), []byte("?"))
	if header.IsGet() {
		return h.patienceWith(string(path))
	}
	if !header.IsPost() || !bytes.HasPrefix(header.ContentType(), []byte(fiber.MIMEMultipartForm)) {
		return config
	}
	for _, route := range h.routes {
		if route.Rule.uploads && fiber.RoutePatternMatch(string(path), route.Path, fiber.Config{CaseSensitive: true, StrictRouting: true}) {
			return fasthttp.RequestConfig{MaxRequestBodySize: uploadLimit, ReadTimeout: uploadTimeout}
		}
	}
	return config
}
