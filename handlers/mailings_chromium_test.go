package handlers_test

import (
	"fmt"
	"testing"

	"cabinet/db"
	"cabinet/db/dbtest"
	"cabinet/handlers/webtest"
)

func TestMailingsInChromium(t *testing.T) {
	t.Parallel()
	site := open(t)
	vera, nina := site.Account(dbtest.Vera), site.Account(dbtest.Nina)
	news, issues, offers := site.Mailing(t, "Новости журнала", 24), site.Mailing(t, "Новые номера", 24), site.Mailing(t, "Акции", 168)
	own, desk := site.Window(t, dbtest.Vera), site.Window(t, dbtest.Nina)

	t.Run("M01 a switch is saved in place, also by keyboard, and another window of the same person follows", func(t *testing.T) {
		page, other := own.With(t).Visit("/mailings"), site.Window(t, dbtest.Vera).Visit("/mailings")
		page.Press("Рассылка «Новости журнала»").Sees("Вы подписаны").Sees("в кабинете, текст согласия № 1")
		other.Sees("Согласие дано")
		page.Press("Рассылка «Новые номера»").Sees("Согласие дано: «Новые номера»").Clean()
		other.Clean()
	})
	t.Run("M02 the bar of a campaign moves by itself, and pausing needs no reload", func(t *testing.T) {
		site.Readers(t, news, 40)
		draft := site.Campaign(t, nina, news, "Зимний номер: сны и снег")
		page := desk.With(t).Visit(fmt.Sprintf("/staff/campaigns/%d", draft.ID)).Sees("Сейчас 41 подписчик")
		page.Within("#campaign-schedule").Press("Назначить")
		page.Wants(422).Sees("Сейчас 41 подписчик")
		page.Visit(fmt.Sprintf("/staff/campaigns/%d", draft.ID)).Click("Разослать").Within(`form[action$="/running"]`).Press("Разослать")
		page.Sees("0 из 41")
		site.CampaignRate = 25
		site.Work()
		page.Sees("25 из 41").Press("Приостановить").Sees("Рассылка приостановлена").Sees("Продолжить")
		page.Clean()
	})
	t.Run("M02 M03 every screen of mailings reads well in every look", func(t *testing.T) {
		site.SentOut(t, site.Running(t, nina, issues, "Весенний номер: вода и лестницы").ID)
		scheduled := site.Campaign(t, nina, offers, "Баллы ко дню рождения журнала")
		must(site.ScheduleCampaign(t.Context(), nina, scheduled.ID, db.ScheduleForm{Version: scheduled.Version, At: "2026-03-09T10:00"}))
		draft := site.Campaign(t, nina, offers, "Скидки до пятницы")
		boris := site.Account(dbtest.Boris)
		site.Subscribed(t, offers, boris)
		must(site.NoteBounces(t.Context(), []db.Bounce{
			{Key: "1", Address: boris.Email, Kind: db.HardBounce, Source: db.FromWebhook, Detail: "smtp; 550 5.1.1 <boris@example.test>: Recipient address rejected: User unknown"},
			{Key: "2", Address: "reader-7@example.test", Kind: db.Complaint, Source: db.FromWebhook},
		}))
		own, other, desk := own.With(t), site.Window(t, dbtest.Boris), desk.With(t)
		sent := fmt.Sprintf("/newsletters/%d", draft.ID-2)
		for i, screen := range []struct {
			window *webtest.Window
			path   string
		}{
			{own, "/mailings"}, {other, "/mailings"}, {own, "/mailings/help"}, {own, "/unsubscribe?token=" + site.MailingToken(vera.ID, news.ID)}, {own, "/newsletters"}, {own, sent},
			{desk, "/staff/campaigns?status=paused"}, {desk, "/staff/campaigns/new"}, {desk, fmt.Sprintf("/staff/campaigns/%d", draft.ID)}, {desk, fmt.Sprintf("/staff/campaigns/%d", scheduled.ID)},
			{desk, fmt.Sprintf("/staff/campaigns/%d", draft.ID-3)}, {desk, "/staff/campaigns/topics"}, {desk, fmt.Sprintf("/staff/campaigns/topics/%d", news.ID)}, {desk, "/staff/campaigns/suppressions"},
		} {
			webtest.EveryLook(screen.window.Visit(screen.path), nil)
			for _, width := range []int{375, 1280} {
				shoot(screen.window.Size(width), width, fmt.Sprintf("/mailings-%02d", i))
			}
			screen.window.Clean()
		}
	})
}
