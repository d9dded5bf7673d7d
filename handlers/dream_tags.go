package handlers

import (
	"strconv"

	"cabinet/db"
	"cabinet/views"

	"github.com/gofiber/fiber/v2"
)

func (h *Handlers) listDreamTags(c *fiber.Ctx) error {
	tags, err := h.db.DreamTags(c.UserContext(), me(c).ID)
	if err != nil {
		return err
	}
	return page(c, "dreams.tags", views.DreamTags(tags))
}

// completeDreamTags is asked by a field while it is typed in; nothing is kept by it.
func (h *Handlers) completeDreamTags(c *fiber.Ctx) error {
	lines, err := h.db.CompleteTags(c.UserContext(), me(c).ID, posted(c, "tags"))
	if err != nil {
		return err
	}
	return fragment(c, views.TagLines(lines))
}

func (h *Handlers) showDreamTag(c *fiber.Ctx) error {
	return h.drawDreamTag(c, fiber.StatusOK, "", nil)
}

// drawDreamTag shows a tag with what was typed as its new name.
func (h *Handlers) drawDreamTag(c *fiber.Ctx, status int, typed string, problems db.Problems) (err error) {
	edit := views.DreamTagEdit{Typed: typed, Problems: problems}
	if edit.DreamTag, err = h.db.DreamTagOf(c.UserContext(), id[db.DreamTagID](c), me(c).ID); err != nil {
		return err
	}
	all, err := h.db.DreamTags(c.UserContext(), me(c).ID)
	if err != nil {
		return err
	}
	for _, tag := range all {
		if tag.ID != edit.ID {
			edit.Others = append(edit.Others, tag)
		}
	}
	if problems["name"] == "" {
		edit.Typed = edit.Name
	}
	c.Status(status)
	return page(c, edit.Name, views.DreamTagPage(edit))
}

func (h *Handlers) renameDreamTag(c *fiber.Ctx) error {
	name := posted(c, "name")
	return h.tagDone(c, h.db.RenameTag(c.UserContext(), me(c), id[db.DreamTagID](c), name), "dreams.tag_renamed", name)
}

func (h *Handlers) mergeDreamTag(c *fiber.Ctx) error {
	into, _ := strconv.ParseInt(posted(c, "into"), 10, 64)
	return h.tagDone(c, h.db.MergeTags(c.UserContext(), me(c), id[db.DreamTagID](c), db.DreamTagID(into)), "dreams.tags_merged", "")
}

func (h *Handlers) deleteDreamTag(c *fiber.Ctx) error {
	return h.tagDone(c, h.db.DeleteTag(c.UserContext(), me(c), id[db.DreamTagID](c)), "dreams.tag_deleted", "")
}

// tagDone goes back to all tags after a change, or shows what was wrong with it.
func (h *Handlers) tagDone(c *fiber.Ctx, err error, said, typed string) error {
	if problems, status := whyNot(err); problems != nil {
		return h.drawDreamTag(c, status, typed, problems)
	}
	if err != nil {
		return err
	}
	flash(c, said)
	return moved(c, "/dreams/tags")
}
