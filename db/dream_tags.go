package db

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"
)

// How many tags a dream may have, and how many characters a tag.
const (
	MostDreamTags = 20
	TagLimit      = 50
)

// dreamTagsShown is how many of their tags a customer sees on the page of all tags.
const dreamTagsShown = 500

// readTags takes tags as people type them: parted by commas or lines, with or without #. The same word twice is one tag.
func readTags(typed string) ([]string, error) {
	names, seen := []string{}, map[string]bool{}
	for _, name := range strings.FieldsFunc(typed, func(r rune) bool { return r == ',' || r == ';' || r == '\n' }) {
		if name = dreamTag(name); name == "" || seen[strings.ToLower(name)] {
			continue
		}
		if utf8.RuneCountInString(name) > TagLimit {
			return nil, Problems{"tags": "dreams.tag_too_long"}
		}
		seen[strings.ToLower(name)] = true
		names = append(names, name)
	}
	if len(names) > MostDreamTags {
		return nil, Problems{"tags": "dreams.too_many_tags"}
	}
	return names, nil
}

// dreamTag is a tag as it is kept, with its own capitals.
func dreamTag(typed string) string {
	return tidyLine(strings.TrimLeft(tidyLine(strings.ReplaceAll(typed, ",", " ")), "#"))
}

// TagDream gives one of a customer's own dreams these tags and no others. New ones are made, and those that no dream has
// any more are gone.
func (db *DB) TagDream(ctx context.Context, by Visitor, id DreamID, typed string) error {
	names, wrong := readTags(typed)
	return db.change(ctx, func(c *change) error {
		if _, err := c.ownDream(ctx, by, id); err != nil {
			return err
		}
		if wrong != nil {
			return wrong
		}
		if _, err := c.lockAccount(ctx, by.ID); err != nil { // the tags of one account are changed one after the other
			return err
		}
		if err := c.insertDreamTags(ctx, by.ID, names); err != nil {
			return err
		}
		if err := c.deleteDreamTaggings(ctx, id, by.ID, names); err != nil {
			return err
		}
		if err := c.insertDreamTaggings(ctx, id, by.ID, names); err != nil {
			return err
		}
		c.announce(by.ID, id.Topic())
		return c.settleTags(ctx, by.ID)
	})
}

// settleTags counts a customer's tags anew, and forgets those that no dream has.
func (c *change) settleTags(ctx context.Context, of AccountID) error {
	c.announce(of, "dreams")
	if err := c.countDreamTags(ctx, of); err != nil {
		return err
	}
	return c.deleteUnusedDreamTags(ctx, of)
}

// RenameTag calls a customer's own tag otherwise, on every dream. A name that another tag has already joins the two only
// by MergeTags, which cannot be taken back.
func (db *DB) RenameTag(ctx context.Context, by Visitor, id DreamTagID, typed string) error {
	return db.changeTag(ctx, by, id, func(c *change, tag DreamTag) error {
		name := dreamTag(typed)
		switch {
		case name == "":
			return Problems{"name": "dreams.tag_required"}
		case utf8.RuneCountInString(name) > TagLimit:
			return Problems{"name": "dreams.tag_too_long"}
		}
		return c.renameDreamTag(ctx, name, id, by.ID)
	})
}

// MergeTags gives every dream of a customer's own tag another of theirs, and forgets the first.
func (db *DB) MergeTags(ctx context.Context, by Visitor, id, into DreamTagID) error {
	return db.changeTag(ctx, by, id, func(c *change, tag DreamTag) error {
		if id == into {
			return nil
		}
		if _, err := c.DreamTagOf(ctx, into, by.ID); err != nil {
			return Problems{"into": "dreams.tag_into_required"}
		}
		if err := c.joinDreamTags(ctx, into, id, by.ID); err != nil {
			return err
		}
		return c.deleteDreamTag(ctx, id, by.ID)
	})
}

// DeleteTag takes a customer's own tag off all dreams; the dreams stay.
func (db *DB) DeleteTag(ctx context.Context, by Visitor, id DreamTagID) error {
	return db.changeTag(ctx, by, id, func(c *change, tag DreamTag) error { return c.deleteDreamTag(ctx, id, by.ID) })
}

func (db *DB) changeTag(ctx context.Context, by Visitor, id DreamTagID, do func(*change, DreamTag) error) error {
	return db.change(ctx, func(c *change) error {
		if _, err := c.lockAccount(ctx, by.ID); err != nil {
			return err
		}
		tag, err := c.DreamTagOf(ctx, id, by.ID)
		if err != nil {
			return err
		}
		if err := do(c, tag); err != nil {
			return err
		}
		return c.settleTags(ctx, by.ID)
	})
}

// CompleteTags are lines of tags that go on where the last tag of this one was left off, from a customer's own tags.
func (db *DB) CompleteTags(ctx context.Context, of AccountID, typed string) (lines []string, err error) {
	at := strings.LastIndexAny(typed, ",;") + 1
	before, begun := typed[:at], "%"
	if tag := dreamTag(typed[at:]); tag != "" {
		begun = strings.TrimPrefix(pattern(tag), "%")
	}
	there, err := readTags(strings.ToLower(before))
	if err != nil { // too much is typed already
		return nil, nil
	}
	names, err := db.DreamTagsLike(ctx, of, begun)
	for _, name := range names {
		if !slices.Contains(there, strings.ToLower(name)) {
			lines = append(lines, strings.TrimLeft(strings.TrimSpace(before)+" "+name, " "))
		}
	}
	return lines, err
}
