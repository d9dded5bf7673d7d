package main

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"io"
	"strings"
	"time"

	"cabinet/db"
	"cabinet/views"
)

// essays are what the magazine has lately printed, the oldest first.
var essays = []struct {
	ago                 int // days since it came out; before that it was a draft for a day
	title, teaser, body string
	access              db.ArticleAccess
	points              string
	sky, land           color.RGBA // of its picture; no sky, no picture
}{
	{26, "Как читать сон по утрам", "Три вопроса, которые стоит задать сну, пока он не растаял: кто, где и зачем.", `Сон тает быстрее, чем остывает чай. Пока вы ищете очки, он уже забыт наполовину. Поэтому сначала записывают, а потом думают.

# Три вопроса

1. **Кто** был во сне, кроме вас, и кого там не хватало?
2. **Где** всё случилось: в знакомом месте или в похожем на знакомое?
3. **Зачем** вы туда шли, если шли?

Ответы не обязаны быть умными. Достаточно одного слова на каждый: через месяц из этих слов сложится карта.

> Сон — это письмо, которое мы пишем себе левой рукой.

# Что делать с записью

Ничего. Оставьте её на неделю. Если через неделю она всё ещё кажется важной, принесите её в «Мой сонник» или консультанту.`, db.ForAll, "", color.RGBA{28, 38, 78, 255}, color.RGBA{86, 72, 120, 255}},
	{19, "О чём молчат старые дома", "Прогулка по переулкам, где у каждого окна своя тишина.", `Мы шли переулками без цели. Осенью старые дома видят долгие сны, и никто их не будит: ни трамвай, ни дворник, ни мы.

# Окна

У каждого окна своя ёлка и своя тишина. В одном сушат яблоки, в другом который год стоит велосипед без колеса. Люди уезжают, а велосипед остаётся сторожить.

# Лестницы

Лестница помнит шаги дольше, чем замок помнит ключи. Прислушайтесь: третья ступенька скрипит для своих, пятая — для чужих.

- Снимите перчатку и проведите рукой по перилам.
- Поднимитесь на последний этаж, даже если никого там не знаете.
- Спуститесь медленнее, чем поднимались.`, db.ForMembers, "", color.RGBA{214, 186, 148, 255}, color.RGBA{120, 92, 70, 255}},
	{12, "Дом, который снится чаще всего", "Почему мы возвращаемся во сне в один и тот же дом, и что меняется в нём, пока мы не смотрим. Большой разбор с примерами читателей.", `Из четырёхсот писем, которые пришли в редакцию за год, сто двенадцать — о доме. Не о том, где живут, а о том, куда возвращаются.

# Лишняя комната

Чаще всего в доме находится комната, которой раньше не было. Она за шкафом, за печкой, за дверью, которую всегда считали стенным шкафом. В ней светло и пыльно, и вы точно знаете, что она ваша.

Лишняя комната появляется тогда, когда в жизни становится тесно. Сон не обещает простора, он напоминает, что место есть.

# Затопленный подвал

Вода в подвале прибывает тихо. Обычно её замечают последней, когда уже промокли ноги. Читательница из Перми пишет: «Я стою на лестнице и считаю ступеньки, которых больше не видно».

> Считать ступеньки — хорошее занятие: пока считаешь, не боишься.

# Что спросить у дома

| Что снилось | О чём подумать |
|---|---|
| новая комната | чего Вы себе не разрешаете |
| чужие люди внутри | кого Вы впустили и не проводили |
| дом без крыши | что давно пора обсудить вслух |

Дом во сне терпелив. Он дождётся, пока Вы войдёте через главный вход.`, db.ForPoints, "120", color.RGBA{58, 84, 120, 255}, color.RGBA{196, 142, 92, 255}},
	{5, "Зимний чай: четыре травы и один разговор", "Что заварить, когда за окном рано темнеет, и как не проспать собственный вечер.", `Чай зимой нужен не для тепла, а для паузы. Пока он настаивается, можно ничего не решать.

# Четыре травы

- **Чабрец** — когда день был громким.
- **Мята** — когда он был длинным.
- **Липа** — когда заболели оба.
- **Иван-чай** — когда гости.

# Один разговор

Заварите на двоих, даже если вы один. Вторая чашка — для разговора, который давно откладывали. Иногда достаточно поставить её на стол.`, db.ForAll, "", color.RGBA{236, 214, 184, 255}, color.RGBA{150, 92, 62, 255}},
	{2, "Письма самим себе", "Как написать письмо в будущий год, чтобы его захотелось открыть. Четыре образца и конверт для печати.", `Письмо себе трудно начать: адресат слишком хорошо знает отправителя. Поэтому начинайте не с приветствия, а с погоды.

# С чего начать

«Сегодня мокрый снег, и я опять забыл зонт» — через год эта строчка будет стоить дороже любого плана. Планы сбываются или нет, а мокрый снег был точно.

# Чего не писать

Не ставьте себе условий. Письмо с условиями вскрывают последним.`, db.ForPoints, "90", color.RGBA{}, color.RGBA{}},
}

// articles are what Nina writes, and what Vera and Boris keep of it.
func (d *demo) articles() {
	written := make([]db.Article, len(essays))
	for i, essay := range essays {
		d.at(essay.ago+1, 15, func() {
			written[i] = must(d.WriteArticle(d.ctx, d.as("nina"), db.ArticleForm{Key: d.key(), Title: essay.title, Teaser: essay.teaser, Body: essay.body,
				Access: essay.access, Points: essay.points}, views.EditorsMarkdown))
		})
		d.at(essay.ago, 9, func() {
			if essay.sky.A > 0 {
				must(0, d.AddPictures(d.ctx, d.as("nina"), written[i].ID, []db.Upload{landscape(i, essay.sky, essay.land)}))
				written[i] = d.rewrite(written[i], func(form *db.ArticleForm, pictures []db.File) { form.Cover = pictures[0].ID })
			}
			written[i] = must(d.PublishArticle(d.ctx, d.as("nina"), written[i].ID, written[i].Version))
		})
	}
	d.at(20, 12, func() {
		d.give("vera", "300", "", "За первый год с нами")
		d.give("boris", "50", "", "За первый год с нами")
	})
	d.at(18, 21, func() {
		d.quote("vera", written[1], "Осенью старые дома видят долгие сны, и никто их не будит", "Для открытки маме", "дома, осень")
		d.quote("vera", written[1], "третья ступенька скрипит для своих, пятая — для чужих", "", "дома")
	})
	d.at(10, 20, func() {
		must(0, d.BuyArticle(d.ctx, d.as("vera"), written[2].Slug, 120))
		d.quote("vera", written[2], "Сон не обещает простора, он напоминает, что место есть.", "Перечитать, когда соберусь переезжать", "сны, дома")
		must(0, d.SetBookmark(d.ctx, d.as("vera"), written[0].Slug, true))
	})
	d.at(8, 11, func() {
		written[1] = d.rewrite(written[1], func(form *db.ArticleForm, _ []db.File) {
			form.Body = strings.Replace(form.Body, "третья ступенька скрипит", "вторая ступенька скрипит", 1)
		})
		written[1] = must(d.PublishArticle(d.ctx, d.as("nina"), written[1].ID, written[1].Version))
	})
	d.at(1, 19, func() {
		must(0, d.SetBookmark(d.ctx, d.as("vera"), written[4].Slug, true))
		must(0, d.SetBookmark(d.ctx, d.as("boris"), written[2].Slug, true))
	})
	d.at(1, 16, func() {
		next := must(d.WriteArticle(d.ctx, d.as("nina"), db.ArticleForm{Key: d.key(), Title: "Двенадцать снов под Новый год", Access: db.ForAll,
			Teaser: "Календарь для тех, кто записывает: по одному вопросу на каждую ночь.", Body: "# Первая ночь\n\nЧто вы взяли бы с собой из уходящего года?"}, views.EditorsMarkdown))
		must(d.ScheduleArticle(d.ctx, d.as("nina"), next.ID, db.ScheduleForm{Version: next.Version, At: d.now.In(d.Zone).AddDate(0, 0, 9).Format(db.ScheduleLayout)}))
	})
	d.at(0, 8, func() {
		must(d.WriteArticle(d.ctx, d.as("nina"), db.ArticleForm{Key: d.key(), Title: "Интервью: Ирина Чуткая о снах вслух", Access: db.ForMembers,
			Body: "Спросить:\n\n- с чего начинается консультация;\n- что делать, если сон повторяется."}, views.EditorsMarkdown))
	})
}

func (d *demo) rewrite(article db.Article, change func(*db.ArticleForm, []db.File)) db.Article {
	desk := must(d.DeskArticle(d.ctx, article.ID))
	form := desk.Latest.Form(desk.Article)
	change(&form, desk.Pictures)
	return must(d.EditArticle(d.ctx, d.as("nina"), article.ID, form, views.EditorsMarkdown))
}

func (d *demo) quote(who string, from db.Article, passage, note, tags string) {
	d.now = d.now.Add(4 * time.Minute)
	must(d.SaveQuote(d.ctx, d.as(who), from.Slug, db.QuoteForm{Key: d.key(), Passage: passage, Note: note, Tags: tags}))
}

// landscape is a picture of an article, drawn: hills under a sky, with a house or a moon.
func landscape(number int, sky, land color.RGBA) db.Upload {
	canvas := &canvas{image.NewRGBA(image.Rect(0, 0, 1200, 800))}
	for y := range 800 { // the sky gets lighter towards the hills
		light := uint8(y / 12)
		line := color.RGBA{lighter(sky.R, light), lighter(sky.G, light), lighter(sky.B, light), 255}
		draw.Draw(canvas, image.Rect(0, y, 1200, y+1), image.NewUniform(line), image.Point{}, draw.Src)
	}
	canvas.fill(color.RGBA{250, 240, 214, 255}, 880, 120, 940, 150, 960, 210, 930, 262, 880, 280, 826, 262, 800, 210, 824, 150)
	far := color.RGBA{lighter(land.R, 40), lighter(land.G, 40), lighter(land.B, 46), 255}
	canvas.fill(far, 0, 560, 240, 430, 470, 520, 760, 400, 1010, 500, 1200, 440, 1200, 800, 0, 800)
	canvas.fill(land, 0, 660, 300, 560, 640, 650, 960, 570, 1200, 640, 1200, 800, 0, 800)
	if number%2 == 1 || number == 2 {
		canvas.fill(color.RGBA{84, 58, 48, 255}, 420, 470, 640, 470, 640, 640, 420, 640)
		canvas.fill(color.RGBA{140, 70, 54, 255}, 396, 470, 530, 370, 664, 470)
		canvas.fill(color.RGBA{255, 214, 120, 255}, 456, 510, 506, 510, 506, 566, 456, 566)
		canvas.fill(color.RGBA{255, 214, 120, 255}, 552, 510, 602, 510, 602, 566, 552, 566)
	}
	var file bytes.Buffer
	must(0, jpeg.Encode(&file, canvas, nil))
	return db.Upload{Size: int64(file.Len()), Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(file.Bytes())), nil }}
}

func lighter(shade, by uint8) uint8 { return uint8(min(int(shade)+int(by), 255)) }
