package handlers

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"cabinet/db"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// downloadTimeout is how long a large file may take to a slow telephone.
const downloadTimeout = 20 * time.Minute

// patienceWith lets the answers of routes take longer whose rule says so.
func (h *Handlers) patienceWith(path string) (config fasthttp.RequestConfig) {
	for i := range h.routes {
		if h.routes[i].Rule.sends && fiber.RoutePatternMatch(path, h.routes[i].Path, fiber.Config{CaseSensitive: true, StrictRouting: true}) {
			config.WriteTimeout = downloadTimeout
		}
	}
	return config
}

// resumable sends a file that is saved, or the part of it that a broken download asks for. Its content never changes, so
// the sum of it says whether a part belongs to what is there already.
func resumable(c *fiber.Ctx, file db.File, name string, content []byte) error {
	tag := fmt.Sprintf(`"%x"`, file.Sha256[:16])
	c.Set(fiber.HeaderETag, tag)
	c.Set(fiber.HeaderLastModified, file.CreatedAt.UTC().Format(http.TimeFormat))
	c.Set(fiber.HeaderAcceptRanges, "bytes")
	c.Set(fiber.HeaderContentType, file.ContentType)
	c.Set(fiber.HeaderContentDisposition, fmt.Sprintf("attachment; filename=%q", name))
	c.Set(fiber.HeaderCacheControl, "private, no-cache")
	c.Vary("Cookie")
	if c.Get(fiber.HeaderIfNoneMatch) == tag {
		return c.SendStatus(fiber.StatusNotModified)
	}
	asked := c.Get(fiber.HeaderRange)
	if condition := c.Get(fiber.HeaderIfRange); condition != "" && condition != tag {
		asked = "" // the part would belong to another file
	}
	if !strings.HasPrefix(asked, "bytes=") || strings.Contains(asked, ",") { // several parts at once: all of it is a right answer, too
		return c.Send(content)
	}
	first, last, err := fasthttp.ParseByteRange([]byte(asked), len(content))
	if err != nil {
		c.Set(fiber.HeaderContentRange, fmt.Sprintf("bytes */%d", len(content)))
		return c.SendStatus(fiber.StatusRequestedRangeNotSatisfiable)
	}
	c.Set(fiber.HeaderContentRange, fmt.Sprintf("bytes %d-%d/%d", first, last, len(content)))
	return c.Status(fiber.StatusPartialContent).Send(content[first : last+1])
}
