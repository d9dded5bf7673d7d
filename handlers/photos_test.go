package handlers_test

import (
	"bufio"
	"encoding/base64"
	"fmt"
	"image/jpeg"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"cabinet/db"
	"cabinet/db/dbtest"
	"cabinet/handlers/webtest"
)

func shot(name string, body []byte) webtest.File {
	return webtest.File{Name: name, Type: "image/jpeg", Content: body}
}

// TestPhotos goes from the box on Petr's table to Vera's letterbox, without JavaScript.
func TestPhotos(t *testing.T) {
	site := open(t)
	order, _ := site.coming(dbtest.Boots)
	petr, vera := site.As(dbtest.Petr), site.As(dbtest.Vera)
	orderPage := fmt.Sprintf("/orders/%d", order.ID)
	var large string
	t.Run("F03 a text that is called .jpg is refused beside the field, and the weight that was typed stays", func(t *testing.T) {
		desk := petr.With(t).Visit("/staff/receiving").Fill("q", order.ID.Number()).Press("Найти")
		desk.Within("#receipt").Fill("Вес коробки", "1,9").Attach("Фото", shot("box.jpg", dbtest.Snapshot(300, 200)), shot("note.jpg", []byte("заметка"))).Press("На складе").
			Wants(422).Within("#receipt .field:has([name=photos])").Sees("Это не фото").Sees("Выберите фото ещё раз")
		desk.Within("#receipt").Shows("Вес коробки", "1,9")
		if site.item(order, 0).Status != db.ItemPurchased {
			t.Error(site.item(order, 0).Status)
		}
	})
	t.Run("a wrong weight says that the photos must be chosen again", func(t *testing.T) {
		petr.With(t).Within("#receipt").Fill("Вес коробки", "тяжёлая").Attach("Фото", shot("box.jpg", dbtest.Snapshot(300, 200))).Press("На складе").
			Wants(422).Sees("Вес в килограммах").Sees("Выберите фото ещё раз")
	})
	t.Run("F03 Petr receives a box with two photos, and sees them with its weight and size", func(t *testing.T) {
		petr.With(t).Within("#receipt").Fill("Вес коробки", "1,9").Fill("Длина", "35").Fill("Ширина", "22").Fill("Высота", "13").
			Attach("Фото", shot("1.jpg", dbtest.Held(dbtest.Snapshot(2000, 1500), 6)), shot("2.jpg", dbtest.Snapshot(300, 200))).Press("На складе").
			At("/staff/receiving").Sees("Принято").Within("#receipts").Sees("1,90 кг").Sees("35 × 22 × 13 см").
			Sees("Фото товара: Ботинки Meindl Civetta, 2 марта 2026, 1 из 2").Sees("2 из 2")
	})
	t.Run("F03 Vera sees them on her order, small, and each opens large", func(t *testing.T) {
		page := vera.With(t).Visit(orderPage).Sees("Пришло на склад").Sees("1,90 кг").Sees("35 × 22 × 13 см").Sees("Фото товара: Ботинки Meindl Civetta, 2 марта 2026, 2 из 2")
		large = page.Find(".photos a")[0].Attr[0].Val
		page.Click("Фото товара: Ботинки Meindl Civetta, 2 марта 2026, 1 из 2").Wants(200).At(large)
		got := vera.With(t).Do("GET", large, "", nil).Wants(200)
		for name, want := range map[string]string{
			"Content-Type": "image/jpeg", "Cache-Control": "private, max-age=604800, immutable", "X-Content-Type-Options": "nosniff", "Vary": "Cookie",
			"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
		} {
			if got.Header(name) != want {
				t.Errorf("%s: %q", name, got.Header(name))
			}
		}
		config, err := jpeg.DecodeConfig(strings.NewReader(got.Body))
		if err != nil || config.Width != 1200 || config.Height != 1600 {
			t.Errorf("held sideways, it is seen %d × %d: %v", config.Width, config.Height, err)
		}
		if strings.Contains(got.Body, dbtest.Place) || strings.Contains(got.Body, "Exif") {
			t.Error("it tells where it was taken")
		}
	})
	t.Run("A09 Boris, and who works on other things, find nothing there", func(t *testing.T) {
		for _, path := range []string{large, strings.Replace(large, "large", "small", 1)} {
			missing := site.As(dbtest.Boris).With(t).Do("GET", "/photos/99/large", "", nil).Wants(404)
			for _, who := range []dbtest.Person{dbtest.Boris, dbtest.Olga, dbtest.Nina} {
				got := site.As(who).With(t).Do("GET", path, "", nil).Wants(404)
				if who.Email == dbtest.Boris.Email && got.Text() != strings.ReplaceAll(missing.Text(), missing.Header("X-Request-Id"), got.Header("X-Request-Id")) {
					t.Error("it can be told from a photo that never was")
				}
			}
			for _, who := range []dbtest.Person{dbtest.Petr, dbtest.Gleb, dbtest.Sveta} {
				site.As(who).With(t).Do("GET", path, "", nil).Wants(200)
			}
			site.Guest().With(t).Do("GET", path, "", nil).Wants(303)
		}
	})
	t.Run("F03 until mail-13 leaves, photos can be added and taken away", func(t *testing.T) {
		page := petr.With(t).Visit("/staff/receiving").Within("#receipts").Click("Фото").Sees("Фото к заказу " + order.ID.Number())
		page.Press("Добавить").Wants(422).Sees("Выберите хотя бы одно фото")
		page.Attach("Фото", shot("3.jpg", dbtest.Snapshot(200, 300))).Press("Добавить").Sees("Фото сохранены").Sees("3 из 3")
		page.Press("Убрать фото 2").Sees("Фото удалено").Sees("2 из 2").SeesNot("из 3")
		vera.With(t).Visit(orderPage).Sees("2 из 2").SeesNot("из 3")
	})
	t.Run("F03 mail-13 says the weight and shows the photos, and so does the letterbox of a trial", func(t *testing.T) {
		site.Clock.Pass(31 * time.Minute)
		site.Work()
		status, _, text := site.mailAbout(order, db.MailArrived)
		if status != db.MailSent || !strings.Contains(text, "Вес: 1,90") || !strings.Contains(text, "Мы сделали 2 фото") || !strings.Contains(text, site.URL+orderPage) {
			t.Error(status, text)
		}
		site.Guest().With(t).Visit("/dev/mail").Click("[№" + order.ID.Number() + "] Товары на складе").Sees("Мы сделали 2 фото")
		mail := site.mailID(order, db.MailArrived)
		for _, body := range []*webtest.Response{
			site.Guest().With(t).Do("GET", "/dev/mail/"+number(mail)+"/body", "", nil), site.As(dbtest.Sveta).With(t).Do("GET", "/staff/mails/"+number(mail)+"/body", "", nil),
		} {
			if drawn := strings.Count(body.Wants(200).Body, `src="data:image/jpeg;base64,`+base64.StdEncoding.EncodeToString([]byte("\xff\xd8\xff"))); drawn != 2 || strings.Contains(body.Body, "cid:") {
				t.Errorf("%d photos are drawn", drawn)
			}
		}
	})
	t.Run("F03 the parcel that the box went into shows them too", func(t *testing.T) {
		site.Address(t, site.Account(dbtest.Vera))
		if err := site.FormParcelOf(t.Context(), order.ID); err != nil {
			t.Fatal(err)
		}
		parcels, err := site.ParcelsOfOrder(t.Context(), order.ID, site.Account(dbtest.Vera).ID)
		if err != nil || len(parcels) != 1 {
			t.Fatal(len(parcels), err)
		}
		vera.With(t).Visit(parcels[0].Parcel.ID.Path()).Sees("Пришло на склад").Sees("1 из 2")
	})
	t.Run("a receipt that is taken back takes its photos along, from the pages and from the mail", func(t *testing.T) {
		order, _ := site.coming(dbtest.Mug, dbtest.Book)
		desk := petr.With(t).Visit("/staff/receiving").Fill("q", order.ID.Number()).Press("Найти")
		desk.Within("#receipt").Attach("Фото", shot("1.jpg", dbtest.Snapshot(300, 200))).Press("На складе")
		page := vera.With(t).Visit(fmt.Sprintf("/orders/%d", order.ID)).Sees("Фото товаров: ")
		path := page.Find(".photos a")[0].Attr[0].Val
		petr.With(t).Visit("/staff/receiving").Within("#receipts").Press("Отменить")
		vera.With(t).Visit(fmt.Sprintf("/orders/%d", order.ID)).SeesNot("Пришло на склад").SeesNot("Фото")
		vera.With(t).Do("GET", path, "", nil).Wants(404)
	})
}

func (s *site) mailID(order db.Order, kind db.MailKind) (id db.MailID) {
	s.t.Helper()
	if err := s.Pool.QueryRow(s.t.Context(), "SELECT id FROM mails WHERE topic = $1 AND kind = $2", order.ID.Topic(), kind).Scan(&id); err != nil {
		s.t.Fatal(err)
	}
	return id
}

// TestLongRequests sends only the heads of requests: that is where their length is refused.
func TestLongRequests(t *testing.T) {
	site := open(t)
	order, _ := site.coming(dbtest.Boots)
	receipts := fmt.Sprintf("/staff/receiving/%d/receipts", order.ID)
	host := strings.TrimPrefix(site.URL, "http://")
	// answer is what comes before any of the body was sent: nothing as long as the site waits for it.
	answer := func(path, kind, cookie string, length int) *http.Response {
		conn, err := net.Dial("tcp", host)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		conn.SetDeadline(time.Now().Add(time.Second))
		fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: %s\r\nCookie: sid=%s\r\nAccept-Language: ru\r\nContent-Length: %d\r\n\r\n", path, host, kind, cookie, length)
		got, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			return nil
		}
		return got
	}
	petr := site.cookie(dbtest.Petr)
	const form, files = "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"
	for _, long := range []struct {
		name, path, kind, cookie string
		length                   int
		taken                    bool
	}{
		{"photos may be long", receipts, files, petr, 50 << 20, true},
		{"but not without end", receipts, files, petr, 65 << 20, false},
		{"nor when they are no files", receipts, form, petr, 2 << 20, false},
		{"nor from a stranger", receipts, files, "", 2 << 20, false},
		{"photos that are added may be long too", "/staff/receiving/receipts/1/photos?x=1", files, petr, 50 << 20, true},
		{"but nothing beside them", "/staff/receiving/receipts/1/photos/removal", files, petr, 2 << 20, false},
		{"and no other form", "/orders", files, petr, 2 << 20, false},
		{"and nothing that is not there", "/nowhere", files, petr, 2 << 20, false},
	} {
		t.Run(long.name, func(t *testing.T) {
			got := answer(long.path, long.kind, long.cookie, long.length)
			if taken := got == nil; taken != long.taken {
				t.Fatalf("taken: %v", taken)
			}
			if got == nil {
				return
			}
			page, err := io.ReadAll(got.Body)
			if err != nil || got.StatusCode != 413 || !strings.Contains(string(page), "Слишком много данных") || !strings.Contains(string(page), "выберите меньше фото") {
				t.Errorf("%d %v %s", got.StatusCode, err, page)
			}
			if got.Header.Get("Content-Security-Policy") == "" || got.Header.Get("X-Content-Type-Options") != "nosniff" {
				t.Error("a page without our headers:", got.Header)
			}
		})
	}
	t.Run("a photo larger than we take is refused beside its field, whatever else came", func(t *testing.T) {
		desk := site.As(dbtest.Petr).With(t).Visit("/staff/receiving?q=" + order.ID.Number())
		large := append(dbtest.Snapshot(300, 200), make([]byte, 9<<20)...)
		desk.Within("#receipt").Fill("Заметка", "угол помят").Attach("Фото", shot("1.jpg", large), shot("2.jpg", dbtest.Snapshot(300, 200)), shot("3.jpg", large)).Press("На складе").
			Wants(422).Sees("Фото больше 8 МБ").Shows("Заметка", "угол помят")
	})
	t.Run("and so are more than six", func(t *testing.T) {
		var seven []webtest.File
		for i := range 7 {
			seven = append(seven, shot(fmt.Sprint(i, ".jpg"), dbtest.Snapshot(100+i, 100)))
		}
		desk := site.As(dbtest.Petr).With(t).Visit("/staff/receiving?q=" + order.ID.Number())
		desk.Within("#receipt").Attach("Фото", seven...).Press("На складе").Wants(422).Sees("не больше 6 фото")
	})
}

// TestPhotosInChromium adds photos in place, and looks at every page that shows them.
func TestPhotosInChromium(t *testing.T) {
	t.Parallel()
	site := open(t)
	order, _ := site.coming(dbtest.Boots)
	sideways, straight := dbtest.Held(dbtest.Snapshot(1600, 1200), 6), dbtest.Snapshot(900, 700)
	vera := site.Window(t, dbtest.Vera).Visit(fmt.Sprintf("/orders/%d", order.ID))
	petr := site.Window(t, dbtest.Petr).Visit("/staff/receiving?q=" + order.ID.Number())
	petr.Within("#receipt").Fill("Вес коробки", "1,9").Attach("Фото", shot("note.jpg", []byte("заметка"))).Press("На складе").Wants(422).Sees("Это не фото")
	looks(petr, "photos-refused")
	petr.Within("#receipt").Shows("Вес коробки", "1,9").Attach("Фото", shot("1.jpg", sideways)).Press("На складе").Sees("Принято. Следующая коробка").Focuses("#scan")
	vera.Sees("Пришло на склад")
	petr.Within("#receipts").Click("Фото").Sees("Фото к заказу " + order.ID.Number())
	petr.Within("#dialog").Attach("Фото", shot("2.jpg", straight)).Press("Добавить").Sees("Убрать фото 2")
	looks(petr, "photos-dialog")
	petr.Within("#dialog").Press("Убрать фото 1").SeesNot("Убрать фото 2")
	petr.Keys("Escape")
	looks(petr, "photos-desk")
	var drawn bool
	vera.Evaluate(`new Promise(done => setTimeout(() => done([...document.querySelectorAll(".photos img")].filter(i => i.complete && i.naturalWidth === 320).length === 1), 1500))`, &drawn)
	if !drawn {
		t.Error("Vera's page does not draw the photo")
	}
	looks(vera, "photos-order")
	vera.Clean()
	petr.Clean()
}
