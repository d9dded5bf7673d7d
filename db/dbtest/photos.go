package dbtest

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"slices"
	"testing"

	"cabinet/db"
)

// Corners are the colours of a Drawing: top left and right, bottom left and right.
var Corners = [4]color.RGBA{{220, 30, 30, 255}, {30, 160, 30, 255}, {30, 30, 220, 255}, {240, 240, 240, 255}}

// Drawing is a picture with another colour in each corner, so that one sees how it is held.
func Drawing(width, height int) image.Image {
	drawing := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			drawing.SetRGBA(x, y, Corners[2*y/height*2+2*x/width])
		}
	}
	return drawing
}

// Snapshot is a Drawing as a file.
func Snapshot(width, height int) []byte {
	var file bytes.Buffer
	jpeg.Encode(&file, Drawing(width, height), nil) // a buffer takes everything
	return file.Bytes()
}

// Place is where our telephone takes its photos, as it writes it into them.
const Place = "52.516275 N, 13.377704 E"

// Exif is what a telephone writes into a photo: how it was held, and where.
func Exif(turn int, order binary.AppendByteOrder) []byte {
	tag := func(exif []byte, name, kind uint16, count, value uint32) []byte {
		exif = order.AppendUint32(order.AppendUint16(order.AppendUint16(exif, name), kind), count)
		if kind == 3 { // a short stands at the beginning of its four bytes
			return order.AppendUint16(order.AppendUint16(exif, uint16(value)), 0)
		}
		return order.AppendUint32(exif, value)
	}
	exif := order.AppendUint16(order.AppendUint32(order.AppendUint16([]byte(byteOrders[order.String()]), 42), 8), 3)
	exif = tag(exif, 0x010e, 2, uint32(len(Place)), 8+2+3*12+4)
	exif = tag(exif, 0x0112, 3, 1, uint32(turn))
	exif = tag(exif, 0x8825, 4, 1, uint32(8+2+3*12+4+len(Place)))
	exif = append(order.AppendUint32(exif, 0), Place...)
	exif = tag(order.AppendUint16(exif, 1), 0x0001, 2, 2, uint32('N')<<24) // GPSLatitudeRef
	return order.AppendUint32(exif, 0)
}

var byteOrders = map[string]string{"LittleEndian": "II", "BigEndian": "MM"}

// Held is a JPEG as a telephone makes it that was held in one of eight ways.
func Held(picture []byte, turn int) []byte {
	exif := append([]byte("Exif\x00\x00"), Exif(turn, binary.BigEndian)...)
	segment := binary.BigEndian.AppendUint16([]byte{0xff, 0xe1}, uint16(len(exif)+2))
	return slices.Concat(picture[:2], segment, exif, picture[2:])
}

// Photo lets Petr photograph a box.
func (w *World) Photo(t testing.TB, of db.Receipt) db.Photo {
	t.Helper()
	if err := w.AddPhotos(t.Context(), w.Person(t, Petr), of.ID, []db.Upload{Upload(Snapshot(320, 240))}); err != nil {
		t.Fatal(err)
	}
	box, err := w.BoxOf(t.Context(), of.ID)
	if err != nil {
		t.Fatal(err)
	}
	return box.Photos[len(box.Photos)-1]
}

// Upload is a file on its way to us.
func Upload(file []byte) db.Upload {
	return db.Upload{Size: int64(len(file)), Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(file)), nil }}
}
