package db

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/riverqueue/river"
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

func (k ContentKey) String() string { return fmt.Sprintf("files/%d/%s", k.File, k.Variant) }

// Redaction is how far a document is that may have its author's name in it.
type Redaction string

const (
	NotRedacted      Redaction = "none"    // there was nothing to take out, or it is out
	RedactionPending Redaction = "pending" // a worker is still to do it
	RedactionFailed  Redaction = "failed"  // it can not be read
)

// ErrUnreadable means that a document can not be redacted, however often one tries.
var ErrUnreadable = errors.New("no document that can be read")

// Contents is where the bytes of files are kept: in a table beside the rows they belong to, or in object storage.
// Put replaces what was there; Delete of what is not there is no error; Get of it is ErrNotFound.
type Contents interface {
	Put(context.Context, ContentKey, []byte) error
	Get(context.Context, ContentKey) ([]byte, error)
	Delete(context.Context, ContentKey) error
}

// content is what is in a file, wherever that lies. Whoever asks has found out first whose file it is.
func (db *DB) content(ctx context.Context, key ContentKey) ([]byte, error) {
	content, err := db.fileContent(ctx, key.File, key.Variant)
	switch {
	case err != nil:
		return nil, err
	case content != nil:
		return content, nil
	case db.Storage == nil:
		return nil, errors.New(key.String() + " lies in object storage, and none is set up")
	}
	return db.Storage.Get(ctx, key)
}

// keepPicture is a new file with a picture in it, in every variant. Whose it is and what it belongs to is in about.
// Where object storage is set up, the picture moves there after the commit: an outage of it loses nothing and holds nobody up.
func (c *change) keepPicture(ctx context.Context, about insertFileParams, picture picture) (FileID, error) {
	sum := sha256.Sum256(picture.large)
	about.ContentType, about.Width, about.Height = "image/jpeg", int32(picture.width), int32(picture.height)
	about.Bytes, about.Sha256, about.Redaction, about.At = int32(len(picture.large)), sum[:], NotRedacted, c.now
	file, err := c.insertFile(ctx, about)
	if err != nil {
		return 0, err
	}
	if err := c.insertFileContent(ctx, file.ID, Large, picture.large); err != nil {
		return 0, err
	}
	if c.Storage != nil {
		c.enqueue(MoveContents{file.ID})
	}
	return file.ID, c.insertFileContent(ctx, file.ID, Small, picture.small)
}

// keepDocument is a new file with a document in it, as keepPicture. One that is to be redacted moves when that is done.
func (c *change) keepDocument(ctx context.Context, about insertFileParams, contentType string, content []byte) (FileID, error) {
	sum := sha256.Sum256(content)
	about.ContentType, about.Bytes, about.Sha256, about.At = contentType, int32(len(content)), sum[:], c.now
	about.Redaction = cmp.Or(about.Redaction, NotRedacted)
	file, err := c.insertFile(ctx, about)
	if err != nil {
		return 0, err
	}
	switch {
	case about.Redaction == RedactionPending:
		c.enqueue(RedactDocument{file.ID})
	case c.Storage != nil:
		c.enqueue(MoveContents{file.ID})
	}
	return file.ID, c.insertFileContent(ctx, file.ID, Large, content)
}

// redacted puts what became of a document in its place, once.
func (c *change) redacted(ctx context.Context, id FileID, became Redaction, content []byte) (done bool, err error) {
	changed, err := c.redactFile(ctx, became, int32(len(content)), id)
	if err != nil || changed == 0 {
		return false, err
	}
	if c.Storage != nil {
		c.enqueue(MoveContents{id})
	}
	return true, c.replaceFileContent(ctx, content, id, Large)
}

// forgetFile leaves nothing of a file, its contents first.
func (c *change) forgetFile(ctx context.Context, id FileID) error {
	variants, err := c.deleteFileContents(ctx, id)
	if err != nil {
		return err
	}
	for _, variant := range variants {
		if variant.Elsewhere {
			c.enqueue(ForgetContent{id, variant.Variant})
		}
	}
	return c.deleteFile(ctx, id)
}

// MoveContents puts what is in a file into object storage.
type MoveContents struct {
	File FileID `json:"file"`
}

func (MoveContents) Kind() string { return "move_contents" }

// InsertOpts keep one job for a file, however long the storage is away.
func (MoveContents) InsertOpts() river.InsertOpts {
	return river.InsertOpts{UniqueOpts: river.UniqueOpts{ByArgs: true}}
}

// MoveContents may run twice. Of a file that was forgotten meanwhile it leaves nothing behind.
func (db *DB) MoveContents(ctx context.Context, file FileID) error {
	if db.Storage == nil {
		return nil
	}
	variants, err := db.fileContentsHere(ctx, file)
	for _, variant := range variants {
		if err == nil {
			err = db.moveContent(ctx, ContentKey{file, variant})
		}
	}
	return err
}

func (db *DB) moveContent(ctx context.Context, key ContentKey) error {
	content, err := db.fileContent(ctx, key.File, key.Variant)
	if errors.Is(err, ErrNotFound) || err == nil && content == nil {
		return nil
	}
	if err != nil {
		return err
	}
	if err := db.Storage.Put(ctx, key, content); err != nil {
		return err
	}
	kept, err := db.emptyFileContent(ctx, key.File, key.Variant)
	if err != nil || kept > 0 {
		return err
	}
	return db.Storage.Delete(ctx, key)
}

// ForgetContent takes what was in a file out of object storage.
type ForgetContent struct {
	File    FileID  `json:"file"`
	Variant Variant `json:"variant"`
}

func (ForgetContent) Kind() string { return "forget_content" }

// ForgetContent may run twice.
func (db *DB) ForgetContent(ctx context.Context, key ContentKey) error {
	if db.Storage == nil {
		return errors.New(key.String() + " lies in object storage, and none is set up")
	}
	return db.Storage.Delete(ctx, key)
}

// MoveAllContents moves what was kept before object storage was set up.
type MoveAllContents struct{}

func (MoveAllContents) Kind() string { return "move_all_contents" }

// mostMoved files are moved in one run; the next one goes on.
const mostMoved = 2000

// MoveAllContents asks for a job for each file that is still here.
func (db *DB) MoveAllContents(ctx context.Context) error {
	if db.Storage == nil {
		return nil
	}
	files, err := db.filesHere(ctx, mostMoved)
	if err != nil || len(files) == 0 {
		return err
	}
	return db.change(ctx, func(c *change) error {
		for _, file := range files {
			c.enqueue(MoveContents{file})
		}
		return nil
	})
}
