package db

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	_ "image/png"
	"io"
	"slices"

	_ "golang.org/x/image/webp"
)

// What a picture may be when it comes, and what becomes of it.
const (
	maxPictureBytes  = 8 << 20
	maxPicturePixels = 40_000_000
	largeSide        = 1600
	smallSide        = 320
)

// Upload is a file as a person sent it.
type Upload struct {
	Size int64
	Open func() (io.ReadCloser, error)
}

// picture is an upload made ours: upright, no larger than it has to be, and with nothing in it but what is seen.
// Where it was taken, and with which telephone, went with everything else that a camera writes into a file.
type picture struct {
	large, small  []byte
	width, height int
}

// Why an upload is not taken.
var (
	tooLarge  = Problems{"photos": "photos.too_large"}
	wrongType = Problems{"photos": "photos.wrong_type"}
)

// drawing lets one picture be decoded at a time: the largest takes a third of a gigabyte meanwhile, and the other
// cores go on with pages.
var drawing = make(chan struct{}, 1)

// readPictures makes every upload a picture, or says what is wrong with the first that can not be one.
func readPictures(ctx context.Context, uploads []Upload) (pictures []picture, err error) {
	for _, upload := range uploads {
		picture, err := readPicture(ctx, upload, inTwoSizes)
		if err != nil {
			return nil, err
		}
		pictures = append(pictures, picture)
	}
	return pictures, nil
}

func readPicture(ctx context.Context, upload Upload, inSizes func(*image.RGBA) (picture, error)) (picture, error) {
	if upload.Size > maxPictureBytes {
		return picture{}, tooLarge
	}
	file, err := upload.Open()
	if err != nil {
		return picture{}, err
	}
	defer file.Close()
	select {
	case drawing <- struct{}{}:
		defer func() { <-drawing }()
	case <-ctx.Done():
		return picture{}, ctx.Err()
	}
	body, err := io.ReadAll(io.LimitReader(file, maxPictureBytes+1))
	if err != nil {
		return picture{}, err
	}
	return decodePicture(body, inSizes)
}

// decodePicture asks first how large a picture would become: a few bytes can stand for more than fits in here.
func decodePicture(body []byte, inSizes func(*image.RGBA) (picture, error)) (picture, error) {
	if len(body) > maxPictureBytes {
		return picture{}, tooLarge
	}
	config, format, err := image.DecodeConfig(bytes.NewReader(body))
	if err != nil || !slices.Contains([]string{"jpeg", "png", "webp"}, format) || config.Width < 1 || config.Height < 1 {
		return picture{}, wrongType
	}
	if config.Width > maxPicturePixels/config.Height {
		return picture{}, tooLarge
	}
	decoded, _, err := image.Decode(bytes.NewReader(body))
	if err != nil {
		return picture{}, wrongType
	}
	return inSizes(turned(shrunk(decoded, largeSide), exifTurn(body)))
}

func inTwoSizes(large *image.RGBA) (p picture, err error) {
	p.width, p.height = large.Rect.Dx(), large.Rect.Dy()
	if p.large, err = asJPEG(large, 85); err != nil {
		return p, err
	}
	p.small, err = asJPEG(shrunk(large, smallSide), 80)
	return p, err
}

func asJPEG(picture image.Image, quality int) ([]byte, error) {
	var file bytes.Buffer
	err := jpeg.Encode(&file, picture, &jpeg.Options{Quality: quality})
	return file.Bytes(), err
}

// shrunk is a picture whose longer side is at most so many pixels. Every new pixel is the mean of those it covers.
// It is made line by line, since a scaler that keeps all lines needs more memory than the picture itself.
func shrunk(from image.Image, side int) *image.RGBA {
	w, h := from.Bounds().Dx(), from.Bounds().Dy()
	width, height := fitted(w, h, side)
	to := image.NewRGBA(image.Rect(0, 0, width, height))
	line := image.NewRGBA(image.Rect(0, 0, w, 1))
	sums := make([]uint64, 3*width)
	for y := range height {
		clear(sums)
		first, last := y*h/height, max((y+1)*h/height, y*h/height+1)
		for row := first; row < last; row++ {
			drawLine(line, from, row)
			addLine(sums, line.Pix, w, width)
		}
		for x := range width {
			pixels := uint64(last-first) * uint64(max((x+1)*w/width, x*w/width+1)-x*w/width)
			for channel := range 3 {
				to.Pix[to.PixOffset(x, y)+channel] = uint8((sums[3*x+channel] + pixels/2) / pixels)
			}
			to.Pix[to.PixOffset(x, y)+3] = 255
		}
	}
	return to
}

// fitted is the size in which the longer side is at most so long.
func fitted(w, h, side int) (width, height int) {
	if longer := max(w, h); longer > side {
		return max(1, w*side/longer), max(1, h*side/longer)
	}
	return w, h
}

// drawLine puts one line of a picture on white, which is what shows through a PNG.
func drawLine(line *image.RGBA, from image.Image, row int) {
	draw.Draw(line, line.Rect, image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.Draw(line, line.Rect, from, from.Bounds().Min.Add(image.Pt(0, row)), draw.Over)
}

func addLine(sums []uint64, line []uint8, w, width int) {
	for x := range width {
		for column := x * w / width; column < max((x+1)*w/width, x*w/width+1); column++ {
			for channel := range 3 {
				sums[3*x+channel] += uint64(line[4*column+channel])
			}
		}
	}
}
