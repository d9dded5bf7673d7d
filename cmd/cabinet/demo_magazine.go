package main

import (
	"bytes"
	"context"
	"image/color"
	"io"
	"strconv"

	"cabinet/db"
	"cabinet/views"
)

// numbers are the issues of the magazine, the oldest first; the last is still being made.
var numbers = []struct {
	ago          int // days since it came out
	title, about string
	sky, land    color.RGBA
}{
	{25, "Первый снег", "Зачем мы ждём снега, что видят во сне города, и три рассказа у печки.", color.RGBA{196, 206, 222, 255}, color.RGBA{120, 132, 150, 255}},
	{20, "Дороги и вокзалы", "Сны о поездах, письма с дороги и большой разговор о том, куда мы всё время опаздываем.", color.RGBA{52, 66, 104, 255}, color.RGBA{96, 80, 66, 255}},
	{14, "Дом, которого нет", "Дома детства, лишние комнаты и сад, который никто не сажал.", color.RGBA{58, 84, 120, 255}, color.RGBA{196, 142, 92, 255}},
	{8, "Тихая вода", "Реки, которые текут назад. Почему вода снится чаще всего и что с этим делать.", color.RGBA{70, 116, 130, 255}, color.RGBA{60, 90, 84, 255}},
	{2, "Двенадцать ночей", "Календарь снов под Новый год: по одному вопросу на каждую ночь.", color.RGBA{28, 38, 78, 255}, color.RGBA{86, 72, 120, 255}},
}

// firstNumber is that of the first of them.
const firstNumber = 44

// magazine lets four issues out to Vera, who reads them in PDF and on paper, and to Boris, whose subscription ends soon. A
// gift of Vera's waits for somebody to claim it.
func (d *demo) magazine() {
	d.at(26, 15, func() {
		d.topUp("vera", "70")
		d.topUp("boris", "12")
		d.subscribe("vera", db.FormatBoth, 12, db.PayByBalance, func(form *db.SubscriptionForm) {
			form.Address, form.Renews = must(d.DefaultAddressOf(d.ctx, d.as("vera").ID)).ID, "yes"
		})
		d.subscribe("boris", db.FormatPDF, 6, db.PayByBalance, func(*db.SubscriptionForm) {})
	})
	for i, number := range numbers {
		var issue db.Issue
		d.at(number.ago+1, 16, func() {
			month := d.Today().Plus(30 * (i - len(numbers) + 2)).String()[:len("2026-03")]
			issue = must(d.WriteIssue(d.ctx, d.as("nina"), db.IssueForm{Key: d.key(), Number: strconv.Itoa(firstNumber + i), Title: number.title, About: number.about, Month: month}))
			must(0, d.SetIssueCover(d.ctx, d.as("nina"), issue.ID, []db.Upload{landscape(i, number.sky, number.land)}))
			must(0, d.SetIssuePDF(d.ctx, d.as("nina"), issue.ID, []db.Upload{printed(firstNumber+i, number.title, number.about)}, views.PDFPages))
		})
		if i == len(numbers)-1 {
			continue // the next one is still being made
		}
		d.at(number.ago, 10, func() {
			issue = must(d.PublishIssue(d.ctx, issue.ID))
			must(0, d.DeliverIssue(d.ctx, issue.ID))
			for _, who := range []string{"vera", "boris"} {
				must(0, d.StampIssue(d.ctx, db.StampIssue{Account: d.as(who).ID, Issue: issue.ID}, views.StampPDF))
			}
		})
		if i < len(numbers)-2 {
			d.at(number.ago-1, 11, func() { must(0, d.PostIssue(d.ctx, d.as("nina"), issue.ID)) })
		}
	}
	d.at(3, 20, func() {
		d.give("vera", "1200", "", "К Новому году")
		d.subscribe("vera", db.FormatPDF, 6, db.PayByPoints, func(form *db.SubscriptionForm) { form.Gift = "yes" })
	})
}

func (d *demo) subscribe(who string, format db.SubscriptionFormat, issues int32, way db.SubscriptionWay, change func(*db.SubscriptionForm)) {
	tariff := must(d.SubscriptionTariff(d.ctx, format, issues))
	form := db.SubscriptionForm{Tariff: tariff.Code(), Start: "next", Way: way, Key: d.key()}
	change(&form)
	must(d.Subscribe(d.ctx, d.as(who), form))
}

// printed is an issue as a PDF of a few pages.
func printed(number int, title, about string) db.Upload {
	file := must(views.SampleIssue(views.WithLocale(context.Background(), "ru"), number, title, about))
	return db.Upload{Size: int64(len(file)), Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(file)), nil }}
}
