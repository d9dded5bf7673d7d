package db

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"image"
)

// What a userpic may be, and how large it is kept.
const (
	maxAvatarBytes = 5 << 20
	largeAvatar    = 256
	smallAvatar    = 64
)

// Why a userpic is not taken.
var (
	avatarTooLarge  = Problems{"picture": "avatars.too_large"}
	avatarWrongType = Problems{"picture": "avatars.wrong_type"}
)

// AvatarPath is where a userpic is, for its owner.
func AvatarPath(id FileID, variant Variant) string {
	return fmt.Sprintf("/profile/picture/%d/%s", id, variant)
}

// SetAvatar gives an account another picture of itself: upright, cut square, and with nothing in it but what is seen.
// One that can not be taken leaves the old one where it is.
func (db *DB) SetAvatar(ctx context.Context, by Visitor, uploads []Upload) error {
	if len(uploads) == 0 {
		return Problems{"picture": "avatars.choose"}
	}
	picture, err := readAvatar(ctx, uploads[0])
	if err != nil {
		return err
	}
	return db.change(ctx, func(c *change) error {
		if _, err := c.lockAccount(ctx, by.ID); err != nil {
			return err
		}
		old, err := c.AvatarOf(ctx, by.ID)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
		if sum := sha256.Sum256(picture.large); err == nil && bytes.Equal(old.Sha256, sum[:]) {
			return nil
		}
		if err := c.dropAvatar(ctx, by.ID); err != nil {
			return err
		}
		file, err := c.keepPicture(ctx, insertFileParams{AccountID: by.ID, Subject: "avatar", SubjectID: int64(by.ID), By: by.ID}, picture)
		if err != nil {
			return err
		}
		c.announce(by.ID, "profile")
		return c.setAvatar(ctx, by.ID, file)
	})
}

func readAvatar(ctx context.Context, upload Upload) (picture, error) {
	if upload.Size > maxAvatarBytes {
		return picture{}, avatarTooLarge
	}
	picture, err := readPicture(ctx, upload, inSquares)
	if problems, wrong := errors.AsType[Problems](err); wrong {
		if problems["photos"] == tooLarge["photos"] {
			return picture, avatarTooLarge
		}
		return picture, avatarWrongType
	}
	return picture, err
}

// RemoveAvatar leaves nothing of a userpic. Where there is none, there is nothing to do.
func (db *DB) RemoveAvatar(ctx context.Context, by Visitor) error {
	return db.change(ctx, func(c *change) error {
		if _, err := c.lockAccount(ctx, by.ID); err != nil {
			return err
		}
		c.announce(by.ID, "profile")
		return c.dropAvatar(ctx, by.ID)
	})
}

func (c *change) dropAvatar(ctx context.Context, of AccountID) error {
	files, err := c.avatarFiles(ctx, of)
	if err != nil || len(files) == 0 {
		return err
	}
	if err := c.deleteAvatar(ctx, of); err != nil {
		return err
	}
	return c.forgetFile(ctx, files[0])
}

// Avatar is a userpic with its bytes, for its owner alone.
func (db *DB) Avatar(ctx context.Context, by Visitor, id FileID, variant Variant) (file File, picture []byte, err error) {
	if file, err = db.AvatarFile(ctx, id, by.ID); err != nil {
		return File{}, nil, err
	}
	picture, err = db.content(ctx, ContentKey{id, variant})
	return file, picture, err
}

// inSquares keeps the middle of a picture.
func inSquares(upright *image.RGBA) (p picture, err error) {
	side := min(upright.Rect.Dx(), upright.Rect.Dy())
	corner := image.Pt((upright.Rect.Dx()-side)/2, (upright.Rect.Dy()-side)/2)
	square := upright.SubImage(image.Rectangle{corner, corner.Add(image.Pt(side, side))})
	large := shrunk(square, largeAvatar)
	p.width, p.height = large.Rect.Dx(), large.Rect.Dy()
	if p.large, err = asJPEG(large, 88); err != nil {
		return p, err
	}
	p.small, err = asJPEG(shrunk(large, smallAvatar), 85)
	return p, err
}

// Profile is «Мой профиль»: everything that a person has told us about themselves.
type Profile struct {
	Of      AccountID
	Avatar  *File
	Info    *Address              // «Общая информация»; nil: not filled in yet
	Changed []AddressChangesOfRow // of Info
}

func (p *Profile) questions(*DB) []question {
	return []question{
		func(ctx context.Context, q *Queries) error { return orNil(&p.Avatar)(q.AvatarOf(ctx, p.Of)) },
		func(ctx context.Context, q *Queries) error { return orNil(&p.Info)(q.DefaultAddressOf(ctx, p.Of)) },
		func(ctx context.Context, q *Queries) (err error) {
			p.Changed, err = q.AddressChangesOf(ctx, p.Of)
			return err
		},
	}
}

// orNil keeps an answer that may not be there.
func orNil[T any](into **T) func(T, error) error {
	return func(answer T, err error) error {
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		if err == nil {
			*into = &answer
		}
		return err
	}
}
