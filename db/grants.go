package db

import (
	"context"
	"fmt"
)

// Why an article is not bought.
const (
	TooFewPoints Refusal = "articles.too_few_points"
	PriceChanged Refusal = "articles.price_changed"
)

// BuyArticle pays for an article with points, at the price that its reader saw. It is the reader's from then on. What is
// bought already, or can be read without, is not paid for.
func (db *DB) BuyArticle(ctx context.Context, by Visitor, slug string, seen int64) error {
	return db.change(ctx, func(c *change) error {
		wallet, err := c.lockWallet(ctx, &by.ID, Points, RUB) // a second press waits here for the first
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
		case wallet.Balance < Money(article.Points)*pointWorth:
			return TooFewPoints
		}
		paid, err := c.chargePoints(ctx, by.ID, article.Points, fmt.Sprintf("article:%d:%d", article.ID, by.ID), article.Title)
		if err != nil {
			return err
		}
		c.announce(by.ID, article.ID.Topic(), "library")
		return c.insertGrant(ctx, insertGrantParams{AccountID: by.ID, ArticleID: article.ID, TransferID: paid, Points: article.Points, At: c.now})
	})
}
