package db

import "context"

// SetBookmark keeps an article that a customer sees among their bookmarks, or takes it off them. Twice is the same.
func (db *DB) SetBookmark(ctx context.Context, by Visitor, slug string, on bool) error {
	return db.change(ctx, func(c *change) error {
		article, err := c.ArticleFor(ctx, int64(by.ID), slug)
		if err != nil {
			return err
		}
		c.announce(by.ID, "library", article.ID.Topic())
		if on {
			return c.insertBookmark(ctx, by.ID, article.ID, c.now)
		}
		return c.deleteBookmark(ctx, by.ID, article.ID)
	})
}

// RemoveBookmark takes one off by itself: the article may not be out any more.
func (db *DB) RemoveBookmark(ctx context.Context, by Visitor, of ArticleID) error {
	return db.change(ctx, func(c *change) error {
		c.announce(by.ID, "library", of.Topic())
		return c.deleteBookmark(ctx, by.ID, of)
	})
}
