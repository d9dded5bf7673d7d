package handlers

import (
	"strconv"
	"strings"
	"time"

	"cabinet/db"

	"github.com/gofiber/fiber/v2"
)

// placeText is a place in a list as it stands in an address.
func placeText[ID ~int64](at time.Time, id ID) string {
	return strconv.FormatInt(at.UnixMicro(), 10) + "-" + strconv.FormatInt(int64(id), 10)
}

// placeOf reads what placeText wrote; anything else is the beginning.
func placeOf[ID ~int64](s string) db.Place[ID] {
	since, id, _ := strings.Cut(s, "-")
	at, err := strconv.ParseInt(since, 10, 64)
	number, wrong := strconv.ParseInt(id, 10, 64)
	if err != nil || wrong != nil {
		return db.Place[ID]{}
	}
	return db.Place[ID]{At: time.UnixMicro(at), ID: ID(number)}
}

// pageAfter is the address of this list, from behind a thing in it on. Name says on which side: below, behind.
func pageAfter[ID ~int64](c *fiber.Ctx, name string, at time.Time, id ID) string {
	query := c.Context().QueryArgs()
	next := make([]string, 0, 4)
	for _, kept := range []string{"status", "queue", "q"} {
		if value := query.Peek(kept); len(value) > 0 {
			next = append(next, kept+"="+escape(string(value)))
		}
	}
	return c.Path() + "?" + strings.Join(append(next, name+"="+placeText(at, id)), "&")
}
