package db

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
)

// MaxPhotos is how many photos a box may have.
const MaxPhotos = 6

// Photo is one of a box that came, without the picture itself.
type Photo PhotosOfReceiptsRow

// Path is where the picture is, for who may see it.
func (p Photo) Path(variant Variant) string { return fmt.Sprintf("/photos/%d/%s", p.FileID, variant) }

// SmallSize is how large the small variant is, in pixels.
func (p Photo) SmallSize() (width, height int) { return fitted(int(p.Width), int(p.Height), smallSide) }

// Box is what came at once, as its owner sees it.
type Box struct {
	BoxesOfRow
	Photos []Photo
}

// Boxes lists what came with these items in it, the first box first.
func (q *Queries) Boxes(ctx context.Context, items []ItemID) (boxes []Box, err error) {
	rows, err := q.BoxesOf(ctx, numbers(items))
	if err != nil {
		return nil, err
	}
	var ids []ReceiptID
	for _, row := range rows {
		ids = append(ids, row.Receipt.ID)
	}
	photos, err := q.photosByReceipt(ctx, ids)
	for _, row := range rows {
		boxes = append(boxes, Box{row, photos[row.Receipt.ID]})
	}
	return boxes, err
}

// BoxOf is one receipt with its photos. One that was taken back is not there.
func (q *Queries) BoxOf(ctx context.Context, id ReceiptID) (Box, error) {
	items, err := q.ItemsOfReceipt(ctx, &id)
	if err != nil {
		return Box{}, err
	}
	boxes, err := q.Boxes(ctx, idsOf(items))
	if err == nil && len(boxes) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return Box{}, err
	}
	return boxes[0], nil
}

func (q *Queries) photosByReceipt(ctx context.Context, ids []ReceiptID) (map[ReceiptID][]Photo, error) {
	rows, err := q.PhotosOfReceipts(ctx, numbers(ids))
	photos := map[ReceiptID][]Photo{}
	for _, row := range rows {
		photos[row.ReceiptID] = append(photos[row.ReceiptID], Photo(row))
	}
	return photos, err
}

func idsOf(items []Item) (ids []ItemID) {
	for _, item := range items {
		ids = append(ids, item.ID)
	}
	return ids
}

// PhotoSeenBy is a photo with its picture, for the customer whose things it shows and for who works with them.
func (db *DB) PhotoSeenBy(ctx context.Context, by Visitor, id FileID, variant Variant) (file File, picture []byte, err error) {
	if by.Has(Warehouse, Support, Buyer) {
		file, err = db.PhotoByID(ctx, id)
	} else {
		file, err = db.PhotoOf(ctx, id, by.ID)
	}
	if err != nil {
		return File{}, nil, err
	}
	picture, err = db.content(ctx, ContentKey{id, variant})
	return file, picture, err
}

// AddPhotos puts photos to a box that was received before. The same photo is kept once.
func (db *DB) AddPhotos(ctx context.Context, by Visitor, to ReceiptID, uploads []Upload) error {
	if len(uploads) == 0 {
		return Problems{"photos": "photos.choose"}
	}
	pictures, err := readPictures(ctx, uploads)
	if err != nil {
		return err
	}
	return db.change(ctx, func(c *change) error {
		receipt, order, err := c.lockReceipt(ctx, to)
		if err != nil {
			return err
		}
		if err := c.addPhotos(ctx, by.ID, order, receipt, pictures); err != nil {
			return err
		}
		return c.announcePhotos(ctx, order, receipt)
	})
}

// RemovePhoto takes a photo off a box, and leaves nothing of it. One that is not there any more is no reason to
// complain.
func (db *DB) RemovePhoto(ctx context.Context, of ReceiptID, id FileID) error {
	return db.change(ctx, func(c *change) error {
		receipt, order, err := c.lockReceipt(ctx, of)
		if err != nil {
			return err
		}
		if err := c.forgetPhoto(ctx, receipt.ID, id); err != nil {
			return err
		}
		return c.announcePhotos(ctx, order, receipt)
	})
}

// lockReceipt locks the order of a receipt, which is what changes of receipts wait for.
func (c *change) lockReceipt(ctx context.Context, id ReceiptID) (Receipt, Order, error) {
	receipt, err := c.ReceiptByID(ctx, id)
	if err != nil {
		return Receipt{}, Order{}, err
	}
	order, err := c.lockOrder(ctx, receipt.OrderID)
	if err != nil {
		return Receipt{}, Order{}, err
	}
	if receipt, err = c.ReceiptByID(ctx, id); err == nil && receipt.UndoneAt != nil {
		err = ErrNotFound
	}
	return receipt, order, err
}

func (c *change) addPhotos(ctx context.Context, by AccountID, order Order, receipt Receipt, pictures []picture) error {
	if len(pictures) == 0 {
		return nil
	}
	here, err := c.PhotosOfReceipts(ctx, numbers([]ReceiptID{receipt.ID}))
	if err != nil {
		return err
	}
	var sums [][]byte
	for _, photo := range here {
		sums = append(sums, photo.Sha256)
	}
	fresh := freshOf(pictures, sums)
	if len(here)+len(fresh) > MaxPhotos {
		return Problems{"photos": "photos.too_many"}
	}
	items, err := c.ItemsOfReceipt(ctx, &receipt.ID)
	if err != nil {
		return err
	}
	var item *ItemID // that all of them show
	if len(items) == 1 {
		item = &items[0].ID
	}
	for _, picture := range fresh {
		id, err := c.keepPicture(ctx, insertFileParams{AccountID: order.AccountID, Subject: "receipt", SubjectID: int64(receipt.ID), By: by}, picture)
		if err != nil {
			return err
		}
		if err := c.insertPhoto(ctx, id, receipt.ID, item); err != nil {
			return err
		}
	}
	return nil
}

// freshOf leaves out what is here already, or comes twice. Here are the sums of what is.
func freshOf(pictures []picture, here [][]byte) (fresh []picture) {
	sums := slices.Clone(here)
	for _, picture := range pictures {
		sum := sha256.Sum256(picture.large)
		if !slices.ContainsFunc(sums, func(known []byte) bool { return bytes.Equal(known, sum[:]) }) {
			sums, fresh = append(sums, sum[:]), append(fresh, picture)
		}
	}
	return fresh
}

func (c *change) forgetPhotos(ctx context.Context, of ReceiptID) error {
	photos, err := c.PhotosOfReceipts(ctx, numbers([]ReceiptID{of}))
	for _, photo := range photos {
		if err == nil {
			err = c.forgetPhoto(ctx, of, photo.FileID)
		}
	}
	return err
}

func (c *change) forgetPhoto(ctx context.Context, of ReceiptID, id FileID) error {
	taken, err := c.deletePhoto(ctx, id, of)
	if err != nil || taken == 0 {
		return err
	}
	return c.forgetFile(ctx, id)
}

// announcePhotos wakes the pages that show a box: of its order, of the parcels it went into, of the desk.
func (c *change) announcePhotos(ctx context.Context, order Order, receipt Receipt) error {
	c.announceOrder(order)
	c.announceStaff("receipts")
	parcels, err := c.ParcelsHolding(ctx, &receipt.ID)
	for _, parcel := range parcels {
		c.announceParcel(parcel)
	}
	return err
}

// ContentID names a photo inside the mail that brings it.
func (p Photo) ContentID() string { return contentID(p.FileID) }

func contentID(id FileID) string { return fmt.Sprintf("photo-%d@cabinet", id) }

var shownInMail = regexp.MustCompile(`src="cid:photo-(\d+)@cabinet"`)

// MailPicture is a photo as a mail shows it.
type MailPicture struct {
	ContentID string
	Type      string
	Body      []byte
}

// PicturesIn are the photos that a mail shows, as it was written; those that were removed since then are not there.
func (db *DB) PicturesIn(ctx context.Context, mail Mail) (pictures []MailPicture, err error) {
	for _, found := range shownInMail.FindAllStringSubmatch(mail.HtmlBody, -1) {
		n, _ := strconv.ParseInt(found[1], 10, 64)
		id := FileID(n)
		file, err := db.PhotoOf(ctx, id, mail.AccountID)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		body, err := db.content(ctx, ContentKey{id, Small})
		if err != nil {
			return nil, err
		}
		pictures = append(pictures, MailPicture{contentID(id), file.ContentType, body})
	}
	return pictures, nil
}
