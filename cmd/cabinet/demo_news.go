package main

import (
	"cabinet/db"
	"cabinet/views"
)

// told is what the house has lately told, the oldest first.
var told = []struct {
	ago    int // days since it came out
	form   db.NewsForm
	endsIn int // days from now on in which an offer ends; 0: never
	readBy string
}{
	{25, db.NewsForm{Kind: db.PlainNews, Audience: db.Everybody, Title: "Склад переехал ближе к вокзалу",
		Body: "С понедельника мы принимаем посылки по новому адресу. Он уже стоит в Вашем кабинете, менять ничего не нужно.\n\nЗаказы, которые были в пути, нам переслали: **ни одна вещь не потерялась**."}, 0, "vera"},
	{14, db.NewsForm{Kind: db.OfferNews, Audience: db.Buyers, Title: "Осенью собираем посылки с подарочной бумагой",
		Body: "Напишите «подарок» в комментарии к заказу. Бумага и лента бесплатно, пока не кончится рулон."}, -2, "vera"},
	{6, db.NewsForm{Kind: db.PlainNews, Audience: db.Readers, Title: "Цитаты теперь можно выгрузить одним файлом",
		Body: "Кнопка стоит над списком цитат. Файл в Markdown откроется в любом редакторе, теги и заметки останутся при цитатах."}, 0, ""},
	{1, db.NewsForm{Kind: db.OfferNews, Audience: db.Everybody, Title: "Декабрь без комиссии за второй заказ", MembersFirst: "72",
		Body: "За каждый второй заказ в декабре мы не берём комиссию. Ничего вводить не нужно: её просто не будет в счёте.\n\n- считаются заказы, оплаченные в декабре;\n- объединённые заказы считаются за один."}, 30, ""},
}

// news are what Nina tells, and what Vera has opened.
func (d *demo) news() {
	for _, piece := range told {
		d.at(piece.ago, 10, func() {
			form := piece.form
			if form.Key = d.key(); piece.endsIn != 0 {
				form.EndsOn = d.Today().Plus(piece.ago + piece.endsIn).String()
			}
			draft := must(d.WriteNews(d.ctx, d.as("nina"), form, views.EditorsMarkdown))
			out := must(d.PublishNews(d.ctx, d.as("nina"), draft.ID, draft.Version))
			if piece.readBy != "" {
				must(d.ReadNews(d.ctx, d.as(piece.readBy), out.ID))
			}
		})
	}
	d.at(0, 9, func() {
		must(d.WriteNews(d.ctx, d.as("nina"), db.NewsForm{Key: d.key(), Kind: db.PlainNews, Audience: db.Members, Title: "Как мы работаем в праздники",
			Body: "Последняя отправка года: 30 декабря. Склад откроется 9 января."}, views.EditorsMarkdown))
	})
}
