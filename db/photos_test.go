package db_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"slices"
	"testing"
	"time"

	"cabinet/db"
	"cabinet/db/dbtest"
)

// photographed is a box of an order with photos, and the order itself.
func (d *desk) photographed(shots ...[]byte) (db.Order, db.Receipt, []db.Photo) {
	d.t.Helper()
	order, items := d.bought(50_00)
	form := came(items...)
	for _, shot := range shots {
		form.Photos = append(form.Photos, dbtest.Upload(shot))
	}
	receipt, err := d.Receive(d.t.Context(), d.petr, order.ID, form)
	if err != nil {
		d.t.Fatal(err)
	}
	return order, receipt, d.photos(receipt)
}

func (d *desk) photos(of db.Receipt) []db.Photo {
	d.t.Helper()
	box, err := d.BoxOf(d.t.Context(), of.ID)
	if err != nil {
		d.t.Fatal(err)
	}
	return box.Photos
}

// kept counts what is stored of all photos: rows and contents.
func (d *desk) kept() (files, contents int) {
	d.t.Helper()
	if err := d.Pool.QueryRow(d.t.Context(), "SELECT (SELECT count(*) FROM files), (SELECT count(*) FROM file_contents)").Scan(&files, &contents); err != nil {
		d.t.Fatal(err)
	}
	return files, contents
}

func (d *desk) picture(photo db.Photo, variant db.Variant) image.Image {
	d.t.Helper()
	_, body, err := d.PhotoSeenBy(d.t.Context(), d.petr, photo.FileID, variant)
	if err != nil {
		d.t.Fatal(err)
	}
	picture, err := jpeg.Decode(bytes.NewReader(body))
	if err != nil {
		d.t.Fatal(err)
	}
	return picture
}

func TestPhotos(t *testing.T) {
	t.Run("F03 photos come with the box, in two sizes", func(t *testing.T) {
		d := openDesk(t)
		_, _, photos := d.photographed(dbtest.Snapshot(2400, 1800), dbtest.Snapshot(300, 200))
		if len(photos) != 2 || photos[0].Title == "" {
			t.Fatalf("%+v", photos)
		}
		for i, want := range []map[db.Variant]image.Point{
			{db.Large: image.Pt(1600, 1200), db.Small: image.Pt(320, 240)}, {db.Large: image.Pt(300, 200), db.Small: image.Pt(300, 200)},
		} {
			for variant, size := range want {
				if got := d.picture(photos[i], variant).Bounds().Size(); got != size {
					t.Errorf("%d %s: %v", i, variant, got)
				}
			}
		}
	})
	t.Run("A09 they are seen by their owner and by who works with them, and by nobody else", func(t *testing.T) {
		d := openDesk(t)
		_, _, photos := d.photographed(dbtest.Snapshot(300, 200))
		for who, sees := range map[*db.Visitor]bool{
			&d.vera: true, &d.petr: true, &d.gleb: true, new(d.Person(t, dbtest.Sveta)): true, new(d.Person(t, dbtest.Anna)): true,
			new(d.Person(t, dbtest.Boris)): false, new(d.Person(t, dbtest.Olga)): false, new(d.Person(t, dbtest.Nina)): false, {}: false,
		} {
			_, _, err := d.PhotoSeenBy(t.Context(), *who, photos[0].FileID, db.Large)
			if sees != (err == nil) || !sees && !errors.Is(err, db.ErrNotFound) {
				t.Errorf("%s: %v", who.Name, err)
			}
		}
	})
	t.Run("one can be added later and taken away, and then nothing of it is left", func(t *testing.T) {
		d := openDesk(t)
		_, receipt, photos := d.photographed(dbtest.Snapshot(300, 200))
		if err := d.AddPhotos(t.Context(), d.petr, receipt.ID, []db.Upload{dbtest.Upload(dbtest.Snapshot(200, 300))}); err != nil {
			t.Fatal(err)
		}
		if files, contents := d.kept(); files != 2 || contents != 4 {
			t.Error(files, contents)
		}
		for range 2 {
			if err := d.RemovePhoto(t.Context(), receipt.ID, photos[0].FileID); err != nil {
				t.Fatal(err)
			}
		}
		if left := d.photos(receipt); len(left) != 1 || left[0].FileID == photos[0].FileID {
			t.Errorf("%+v", left)
		}
		if files, contents := d.kept(); files != 1 || contents != 2 {
			t.Error(files, contents)
		}
		_, other, _ := d.photographed(dbtest.Snapshot(310, 200))
		if err := d.RemovePhoto(t.Context(), other.ID, d.photos(receipt)[0].FileID); err != nil || len(d.photos(receipt)) != 1 {
			t.Error("a photo is taken off another box", err)
		}
	})
	t.Run("the same photo is kept once, and a box has six at most", func(t *testing.T) {
		d := openDesk(t)
		shots := func(n int) (list []db.Upload) {
			for i := range n {
				list = append(list, dbtest.Upload(dbtest.Snapshot(100+10*i, 100)))
			}
			return list
		}
		_, receipt, _ := d.photographed()
		for range 2 {
			if err := d.AddPhotos(t.Context(), d.petr, receipt.ID, append(shots(4), shots(1)...)); err != nil {
				t.Fatal(err)
			}
		}
		d.wants(d.AddPhotos(t.Context(), d.petr, receipt.ID, shots(7)), db.Problems{"photos": "photos.too_many"})
		d.wants(d.AddPhotos(t.Context(), d.petr, receipt.ID, nil), db.Problems{"photos": "photos.choose"})
		if got := len(d.photos(receipt)); got != 4 {
			t.Error(got)
		}
	})
	t.Run("a receipt that is taken back leaves no photos", func(t *testing.T) {
		d := openDesk(t)
		order, receipt, _ := d.photographed(dbtest.Snapshot(300, 200))
		if _, err := d.UndoReceipt(t.Context(), d.petr, receipt.ID); err != nil {
			t.Fatal(err)
		}
		sheet, err := d.OrderSheet(t.Context(), d.vera, order.ID)
		if files, contents := d.kept(); err != nil || len(sheet.Boxes) != 0 || files != 0 || contents != 0 {
			t.Error(sheet.Boxes, files, contents, err)
		}
		if err := d.AddPhotos(t.Context(), d.petr, receipt.ID, []db.Upload{dbtest.Upload(dbtest.Snapshot(300, 200))}); !errors.Is(err, db.ErrNotFound) {
			t.Error(err)
		}
	})
	t.Run("what is wrong keeps the whole box from being received", func(t *testing.T) {
		d := openDesk(t)
		order, items := d.bought(50_00)
		form := came(items...)
		form.Photos = []db.Upload{dbtest.Upload(dbtest.Snapshot(300, 200)), dbtest.Upload([]byte("заметка"))}
		_, err := d.Receive(t.Context(), d.petr, order.ID, form)
		d.wants(err, db.Problems{"photos": "photos.wrong_type"})
		d.statuses(order.ID, db.ItemPurchased)
		form.Weight = "тяжёлая"
		_, err = d.Receive(t.Context(), d.petr, order.ID, form)
		d.wants(err, db.Problems{"weight": "receiving.weight_wrong", "photos": "photos.choose_again"})
		if files, _ := d.kept(); files != 0 {
			t.Error(files)
		}
	})
}

// TestPhotosInMail is about what a mail brings when it leaves, not when the box came.
func TestPhotosInMail(t *testing.T) {
	d := openDesk(t)
	_, receipt, photos := d.photographed(dbtest.Snapshot(300, 200))
	if err := d.AddPhotos(t.Context(), d.petr, receipt.ID, []db.Upload{dbtest.Upload(dbtest.Snapshot(200, 300))}); err != nil {
		t.Fatal(err)
	}
	if err := d.RemovePhoto(t.Context(), receipt.ID, photos[0].FileID); err != nil {
		t.Fatal(err)
	}
	d.Clock.Pass(31 * time.Minute)
	mails, err := d.Mails(t.Context(), 1<<62, 1)
	if err != nil {
		t.Fatal(err)
	}
	out, err := d.MailToSend(t.Context(), mails[0].ID)
	if err != nil || len(out.Boxes) != 1 || len(out.Boxes[0].Photos) != 1 || out.Boxes[0].Photos[0].Width != 200 {
		t.Fatalf("%+v %v", out.Boxes, err)
	}
	t.Run("A09 what is typed into a mail shows no photo of somebody else", func(t *testing.T) {
		photo := out.Boxes[0].Photos[0]
		for _, mail := range []db.Mail{
			{AccountID: d.Person(t, dbtest.Boris).ID, HtmlBody: `<img src="cid:` + photo.ContentID() + `">`},
			{AccountID: d.vera.ID, HtmlBody: `<img src="cid:photo-99@cabinet">`},
			{AccountID: d.vera.ID, HtmlBody: `src=&#34;cid:` + photo.ContentID() + `&#34;`},
		} {
			if pictures, err := d.PicturesIn(t.Context(), mail); err != nil || len(pictures) != 0 {
				t.Errorf("%s: %v %v", mail.HtmlBody, pictures, err)
			}
		}
	})
}

// TestPictures is about files as telephones, people and enemies send them.
func TestPictures(t *testing.T) {
	d := openDesk(t)
	_, receipt, _ := d.photographed()
	keep := func(file []byte) (db.Photo, error) {
		err := d.AddPhotos(t.Context(), d.petr, receipt.ID, []db.Upload{dbtest.Upload(file)})
		if err != nil {
			return db.Photo{}, err
		}
		photo := d.photos(receipt)[0]
		t.Cleanup(func() { d.RemovePhoto(t.Context(), receipt.ID, photo.FileID) })
		return photo, nil
	}
	// Where the corners of a drawing are seen that was held so: 0 is the one that was top left in the file.
	seen := [][4]int{{0, 1, 2, 3}, {1, 0, 3, 2}, {3, 2, 1, 0}, {2, 3, 0, 1}, {0, 2, 1, 3}, {2, 0, 3, 1}, {3, 1, 2, 0}, {1, 3, 0, 2}}
	drawing := new(bytes.Buffer)
	if err := png.Encode(drawing, dbtest.Drawing(80, 60)); err != nil {
		t.Fatal(err)
	}
	for turn := 1; turn <= 8; turn++ {
		for kind, file := range map[string][]byte{
			"JPEG": dbtest.Held(dbtest.Snapshot(80, 60), turn), "PNG": inPNG(drawing.Bytes(), dbtest.Exif(turn, binary.LittleEndian)),
		} {
			t.Run(fmt.Sprintf("F03 a %s held in way %d is seen upright, and says nothing of where it was taken", kind, turn), func(t *testing.T) {
				photo, err := keep(file)
				if err != nil {
					t.Fatal(err)
				}
				if upright := turn < 5; (photo.Width == 80) != upright || (photo.Height == 60) != upright {
					t.Errorf("%d × %d", photo.Width, photo.Height)
				}
				for _, variant := range []db.Variant{db.Large, db.Small} {
					if got := corners(d.picture(photo, variant)); got != seen[turn-1] {
						t.Errorf("%s: %v, not %v", variant, got, seen[turn-1])
					}
					_, body, err := d.PhotoSeenBy(t.Context(), d.vera, photo.FileID, variant)
					if err != nil || bytes.Contains(body, []byte(dbtest.Place)) || bytes.Contains(body, []byte("Exif")) || !bytes.Contains(file, []byte(dbtest.Place)) {
						t.Error("it tells where it was taken:", err)
					}
				}
			})
			d.RemovePhoto(t.Context(), receipt.ID, firstOf(d.photos(receipt)))
		}
	}
	t.Run("a WebP is taken as well", func(t *testing.T) {
		if photo, err := keep(webp); err != nil || photo.Width != 1 {
			t.Error(photo, err)
		}
	})
	animation := new(bytes.Buffer)
	if err := gif.Encode(animation, dbtest.Drawing(8, 8), nil); err != nil {
		t.Fatal(err)
	}
	shot := dbtest.Snapshot(80, 60)
	for name, file := range map[string]struct {
		body    []byte
		problem string
	}{
		"nothing":                    {nil, "photos.wrong_type"},
		"a text":                     {[]byte("Привет"), "photos.wrong_type"},
		"a drawing with scripts":     {[]byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`), "photos.wrong_type"},
		"a GIF":                      {animation.Bytes(), "photos.wrong_type"},
		"half a photo":               {shot[:len(shot)/2], "photos.wrong_type"},
		"the head of a photo":        {shot[:30], "photos.wrong_type"},
		"more bytes than we take":    {slices.Concat(shot, make([]byte, 8<<20)), "photos.too_large"},
		"more pixels than we decode": {huge(drawing.Bytes(), 60_000), "photos.too_large"},
	} {
		t.Run(name+" is refused", func(t *testing.T) {
			_, err := keep(file.body)
			d.wants(err, db.Problems{"photos": file.problem})
		})
	}
	t.Run("a size that is a lie is not believed", func(t *testing.T) {
		upload := dbtest.Upload(slices.Concat(shot, make([]byte, 9<<20)))
		upload.Size = 100
		d.wants(d.AddPhotos(t.Context(), d.petr, receipt.ID, []db.Upload{upload}), db.Problems{"photos": "photos.too_large"})
	})
	t.Run("notes of a camera that make no sense are left alone", func(t *testing.T) {
		whole := dbtest.Held(shot, 6)
		for cut := range len(whole) - len(shot) {
			broken := slices.Clone(whole)
			for at := 4 + cut; at < min(8+cut, len(whole)-len(shot)+2); at++ {
				broken[at] = 0xff
			}
			if _, err := keep(broken); err != nil {
				if _, problem := errors.AsType[db.Problems](err); !problem {
					t.Fatal(cut, err)
				}
			}
			for _, photo := range d.photos(receipt) {
				d.RemovePhoto(t.Context(), receipt.ID, photo.FileID)
			}
		}
	})
}

func firstOf(photos []db.Photo) db.FileID {
	if len(photos) == 0 {
		return 0
	}
	return photos[0].FileID
}

// corners says which corner of the drawing is seen where.
func corners(picture image.Image) (found [4]int) {
	w, h := picture.Bounds().Dx(), picture.Bounds().Dy()
	for i, at := range []image.Point{{w / 8, h / 8}, {w - w/8, h / 8}, {w / 8, h - h/8}, {w - w/8, h - h/8}} {
		r, g, b, _ := picture.At(at.X, at.Y).RGBA()
		nearest := 1 << 30
		for corner, colour := range dbtest.Corners {
			far := 0
			for j, channel := range []uint32{r, g, b} {
				difference := int(channel>>8) - int([]uint8{colour.R, colour.G, colour.B}[j])
				far += difference * difference
			}
			if far < nearest {
				nearest, found[i] = far, corner
			}
		}
	}
	return found
}

// inPNG puts what a camera wrote before the picture of a PNG.
func inPNG(file, exif []byte) []byte {
	const signatureAndHead = 8 + 25
	return slices.Concat(file[:signatureAndHead], pngChunk("eXIf", exif), file[signatureAndHead:])
}

func pngChunk(name string, body []byte) []byte {
	named := append([]byte(name), body...)
	return slices.Concat(binary.BigEndian.AppendUint32(nil, uint32(len(body))), named, binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(named)))
}

// huge has a PNG say that it is so wide and high.
func huge(file []byte, side uint32) []byte {
	head := slices.Clone(file[16 : 16+13])
	binary.BigEndian.PutUint32(head, side)
	binary.BigEndian.PutUint32(head[4:], side)
	return slices.Concat(file[:8], pngChunk("IHDR", head), file[8+25:])
}

// webp is one red pixel.
var webp = []byte("RIFF\x24\x00\x00\x00WEBPVP8 \x18\x00\x00\x000\x01\x00\x9d\x01*\x01\x00\x01\x00\x01@&%\xa4\x00\x03p\x00\xfe\xfd6h\x00")
