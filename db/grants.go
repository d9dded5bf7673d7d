package db

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// PriceChanged means that an article costs something else than its reader saw.
const PriceChanged Refusal = "articles.price_changed"

// BuyArticle pays for an article with points, at the price that its reader saw. It is the reader's from then on. What is
// bought already, or can be read without, is not paid for.
func (db *DB) BuyArticle(ctx context.Context, by Visitor, slug string, seen int64) error {
	return db.change(ctx, func(c *change) error {
		wallet, err := c.lockPoints(ctx, by.ID) // a second press waits here for the first
		if err != nil {
			return err
		}
		article, err := c.ArticleFor(ctx, int64(by.ID), slug)
		switch {
		case err != nil:
			return err
		case article.Readable:
			return nil
		case article.Points != seen:
			return PriceChanged
		}
		key := fmt.Sprintf("article:%d:%d:%d", article.ID, by.ID, wallet.LastNumber)
		paid, err := c.spendPoints(ctx, &by.ID, by.ID, Sales, article.Points, key, "", []TransferLine{{Amount: roubles(article.Points), Description: article.Title}})
		if err != nil {
			return err
		}
		c.announce(by.ID, article.ID.Topic(), "library")
		return c.insertGrant(ctx, insertGrantParams{AccountID: by.ID, ArticleID: article.ID, TransferID: paid, Points: article.Points, At: c.now})
	})
}

// RefundArticle pays an article back to all who have bought it until a moment.
type RefundArticle struct {
	Article ArticleID `json:"article"`
	Until   time.Time `json:"until"`
}

func (RefundArticle) Kind() string { return "refund_article" }

// RefundArticle may run twice: what was paid back is no grant any more.
func (db *DB) RefundArticle(ctx context.Context, job RefundArticle) error {
	for {
		readers, err := db.GrantsOfArticle(ctx, job.Article, job.Until)
		if err != nil || len(readers) == 0 {
			return err
		}
		for _, reader := range readers {
			if err := db.refundGrant(ctx, reader, job.Article); err != nil {
				return err
			}
		}
	}
}

// refundGrant ends an access in the same breath in which its points come back.
func (db *DB) refundGrant(ctx context.Context, of AccountID, id ArticleID) error {
	return db.change(ctx, func(c *change) error {
		if _, err := c.lockPoints(ctx, of); err != nil {
			return err
		}
		grant, err := c.deleteGrant(ctx, of, id)
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		paid, err := c.TransferByID(ctx, grant.TransferID)
		if err != nil {
			return err
		}
		c.announce(of, "library", id.Topic())
		return c.refundPoints(ctx, nil, of, paid.Key, "")
	})
}
