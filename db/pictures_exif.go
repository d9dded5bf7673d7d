package db

import (
	"bytes"
	"encoding/binary"
	"image"
)

// A camera does not turn a picture. It writes down how it was held, in a tag of EXIF: a number from 1, upright, to 8.

// turned is a picture as it was seen.
func turned(from *image.RGBA, turn int) *image.RGBA {
	if turn < 2 || turn > 8 {
		return from
	}
	w, h := from.Rect.Dx(), from.Rect.Dy()
	size := image.Rect(0, 0, w, h)
	if turn > 4 {
		size = image.Rect(0, 0, h, w)
	}
	to := image.NewRGBA(size)
	for y := range h {
		for x := range w {
			at := seenAt(turn, x, y, w-1, h-1)
			to.SetRGBA(at.X, at.Y, from.RGBAAt(x, y))
		}
	}
	return to
}

// seenAt is where a pixel belongs; right and bottom are the last ones.
func seenAt(turn, x, y, right, bottom int) image.Point {
	switch turn {
	case 2:
		return image.Pt(right-x, y)
	case 3:
		return image.Pt(right-x, bottom-y)
	case 4:
		return image.Pt(x, bottom-y)
	case 5:
		return image.Pt(y, x)
	case 6:
		return image.Pt(bottom-y, x)
	case 7:
		return image.Pt(bottom-y, right-x)
	}
	return image.Pt(y, right-x)
}

// exifTurn reads how the camera was held. A file that does not say it, or says it wrongly, stays as it is.
func exifTurn(file []byte) int {
	exif := bytes.TrimPrefix(exifIn(file), []byte("Exif\x00\x00"))
	if len(exif) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.LittleEndian
	if exif[0] == 'M' {
		order = binary.BigEndian
	}
	tags := after(exif, int64(order.Uint32(exif[4:])))
	if len(tags) < 2 {
		return 1
	}
	const tagSize, orientation = 12, 0x0112
	count := int(order.Uint16(tags))
	for tags = tags[2:]; count > 0 && len(tags) >= tagSize; count, tags = count-1, tags[tagSize:] {
		if order.Uint16(tags) == orientation {
			return int(order.Uint16(tags[8:]))
		}
	}
	return 1
}

// exifIn finds the part of a JPEG, a PNG or a WebP that the camera wrote.
func exifIn(file []byte) []byte {
	switch {
	case bytes.HasPrefix(file, []byte("\xff\xd8")):
		return exifInJPEG(file[2:])
	case bytes.HasPrefix(file, []byte("\x89PNG\r\n\x1a\n")):
		return exifInChunks(file[8:], pngChunk)
	case bytes.HasPrefix(file, []byte("RIFF")):
		return exifInChunks(after(file, 12), riffChunk)
	}
	return nil
}

// exifInJPEG goes through the segments before the picture itself.
func exifInJPEG(segments []byte) []byte {
	for len(segments) >= 4 && segments[0] == 0xff && segments[1] != 0xda {
		size := int64(binary.BigEndian.Uint16(segments[2:]))
		body := upTo(segments[4:], size-2)
		if segments[1] == 0xe1 && bytes.HasPrefix(body, []byte("Exif\x00\x00")) {
			return body
		}
		segments = after(segments, 2+size)
	}
	return nil
}

// chunk reads the eight bytes before a part of a file: its name, its length, and that of all of it.
type chunk func(head []byte) (name string, size, whole int64)

func pngChunk(head []byte) (name string, size, whole int64) {
	size = int64(binary.BigEndian.Uint32(head))
	return string(head[4:8]), size, 8 + size + 4
}

func riffChunk(head []byte) (name string, size, whole int64) {
	size = int64(binary.LittleEndian.Uint32(head[4:]))
	return string(head[:4]), size, 8 + size + size%2
}

func exifInChunks(file []byte, read chunk) []byte {
	for len(file) >= 8 {
		name, size, whole := read(file)
		if name == "eXIf" || name == "EXIF" {
			return upTo(file[8:], size)
		}
		file = after(file, whole)
	}
	return nil
}

// after and upTo cut bytes where a file says to, however wrong that is.
func after(file []byte, begins int64) []byte { return file[min(max(begins, 0), int64(len(file))):] }

func upTo(file []byte, ends int64) []byte { return file[:min(max(ends, 0), int64(len(file)))] }
