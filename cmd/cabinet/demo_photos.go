package main

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"io"

	"cabinet/db"

	"golang.org/x/image/vector"
)

// boxes are how cardboard looks: its front, its top and its side.
var boxes = [][3]color.RGBA{
	{{196, 154, 108, 255}, {214, 176, 132, 255}, {168, 128, 86, 255}},
	{{206, 170, 128, 255}, {224, 192, 152, 255}, {178, 142, 100, 255}},
	{{180, 138, 96, 255}, {200, 160, 118, 255}, {150, 112, 74, 255}},
}

// snapshot is a box on the table of the warehouse, drawn: closed with its label, or open from above.
func snapshot(number int, open bool) db.Upload {
	canvas := &canvas{image.NewRGBA(image.Rect(0, 0, 1200, 900))}
	draw.Draw(canvas, canvas.Rect, image.NewUniform(color.RGBA{112, 122, 132, 255}), image.Point{}, draw.Src)
	canvas.fill(color.RGBA{206, 208, 204, 255}, 0, 560, 1200, 500, 1200, 900, 0, 900)
	canvas.fill(color.RGBA{170, 172, 168, 255}, 250, 800, 1010, 740, 1080, 790, 330, 850) // its shadow
	cardboard := boxes[number%len(boxes)]
	if open {
		canvas.openBox(cardboard, number)
	} else {
		canvas.closedBox(cardboard, number)
	}
	var file bytes.Buffer
	must(0, jpeg.Encode(&file, canvas, nil))
	return db.Upload{Size: int64(file.Len()), Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(file.Bytes())), nil }}
}

type canvas struct{ *image.RGBA }

// fill paints a shape, given by the corners around it.
func (c *canvas) fill(colour color.RGBA, corners ...float32) {
	shape := vector.NewRasterizer(c.Rect.Dx(), c.Rect.Dy())
	shape.MoveTo(corners[0], corners[1])
	for i := 2; i < len(corners); i += 2 {
		shape.LineTo(corners[i], corners[i+1])
	}
	shape.ClosePath()
	shape.Draw(c, c.Rect, image.NewUniform(colour), image.Point{})
}

func (c *canvas) closedBox(cardboard [3]color.RGBA, number int) {
	tape := color.RGBA{232, 214, 170, 255}
	c.fill(cardboard[0], 260, 380, 760, 400, 760, 840, 260, 800)
	c.fill(cardboard[2], 760, 400, 990, 320, 990, 740, 760, 840)
	c.fill(cardboard[1], 260, 380, 510, 310, 990, 320, 760, 400)
	c.fill(tape, 480, 389, 540, 391, 770, 315, 720, 314)
	c.fill(tape, 480, 389, 540, 391, 540, 470, 480, 468)
	c.label(number)
}

// label is a white sheet with a barcode, which is another one on each box.
func (c *canvas) label(number int) {
	c.fill(color.RGBA{250, 250, 248, 255}, 310, 500, 640, 510, 640, 740, 310, 720)
	ink := color.RGBA{30, 30, 34, 255}
	for i, bits := float32(0), uint32(number+1)*2654435761; i < 28; i, bits = i+1, bits>>1|bits<<31 {
		if bits&1 == 1 {
			c.fill(ink, 340+10*i, 540+0.3*i, 346+10*i, 540+0.3*i, 346+10*i, 640+0.4*i, 340+10*i, 640+0.4*i)
		}
	}
	c.fill(ink, 340, 662, 520, 668, 520, 678, 340, 672)
	c.fill(ink, 340, 688, 460, 692, 460, 702, 340, 698)
}

// openBox shows paper, and something wrapped in the middle.
func (c *canvas) openBox(cardboard [3]color.RGBA, number int) {
	things := []color.RGBA{{178, 58, 52, 255}, {44, 110, 92, 255}, {52, 84, 150, 255}, {214, 150, 40, 255}}
	thing := things[number%len(things)]
	c.fill(cardboard[1], 190, 180, 380, 250, 380, 760, 190, 850)
	c.fill(cardboard[1], 1010, 180, 820, 250, 820, 760, 1010, 850)
	c.fill(cardboard[2], 380, 250, 820, 250, 860, 120, 340, 120)
	c.fill(cardboard[0], 380, 760, 820, 760, 860, 880, 340, 880)
	c.fill(color.RGBA{120, 90, 60, 255}, 380, 250, 820, 250, 820, 760, 380, 760)
	c.fill(color.RGBA{238, 234, 224, 255}, 396, 280, 560, 262, 806, 290, 800, 560, 808, 740, 600, 748, 400, 736, 410, 500)
	c.fill(thing, 480, 380, 720, 360, 740, 620, 500, 650)
	c.fill(color.RGBA{90, 90, 90, 90}, 500, 396, 600, 388, 606, 460, 508, 470)
}
