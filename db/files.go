package db

import (
	"context"
	"crypto/sha256"
)

type FileID int64

// Variant is a size that a picture is kept in.
type Variant string

const (
	Large Variant = "large"
	Small Variant = "small" // for lists and mails
)

// ContentKey names what is in a file, in one of its variants.
type ContentKey struct {
	File    FileID
	Variant Variant
}

// Contents is where the bytes of files are kept.
type Contents interface {
	Put(context.Context, ContentKey, []byte) error
	Get(context.Context, ContentKey) ([]byte, error)
	Delete(context.Context, ContentKey) error
}

// contents are in a table beside the rows they belong to: both come and go in one transaction.
func (q *Queries) contents() Contents { return contentsTable{q} }

type contentsTable struct{ *Queries }

func (t contentsTable) Put(ctx context.Context, key ContentKey, content []byte) error {
	return t.putFileContent(ctx, key.File, key.Variant, content)
}

func (t contentsTable) Get(ctx context.Context, key ContentKey) ([]byte, error) {
	return t.fileContent(ctx, key.File, key.Variant)
}

func (t contentsTable) Delete(ctx context.Context, key ContentKey) error {
	return t.deleteFileContent(ctx, key.File, key.Variant)
}

// keepPicture is a new file with a picture in it, in every variant. Whose it is and what it belongs to is in about.
func (c *change) keepPicture(ctx context.Context, about insertFileParams, picture picture) (FileID, error) {
	sum := sha256.Sum256(picture.large)
	about.ContentType, about.Width, about.Height = "image/jpeg", int32(picture.width), int32(picture.height)
	about.Bytes, about.Sha256, about.At = int32(len(picture.large)), sum[:], c.now
	file, err := c.insertFile(ctx, about)
	if err != nil {
		return 0, err
	}
	if err := c.contents().Put(ctx, ContentKey{file.ID, Large}, picture.large); err != nil {
		return 0, err
	}
	return file.ID, c.contents().Put(ctx, ContentKey{file.ID, Small}, picture.small)
}

// forgetFile leaves nothing of a file, its contents first.
func (c *change) forgetFile(ctx context.Context, id FileID) error {
	for _, variant := range []Variant{Large, Small} {
		if err := c.contents().Delete(ctx, ContentKey{id, variant}); err != nil {
			return err
		}
	}
	return c.deleteFile(ctx, id)
}
