package handlers_test

import (
	"fmt"
	"testing"
	"time"

	"cabinet/db"
	"cabinet/db/dbtest"
	"cabinet/handlers/webtest"
)

func TestSubscriptionsInChromium(t *testing.T) {
	t.Parallel()
	site := open(t)
	vera := site.Account(dbtest.Vera)
	page, nina := site.Window(t, dbtest.Vera), site.Window(t, dbtest.Nina)

	t.Run("N01 an issue that comes out appears on the open page, and its copy when it is made", func(t *testing.T) {
		site.DeliveredIssue(t, 46)
		site.Clock.Pass(time.Hour)
		site.Subscription(t, vera, db.FormatBoth, 12)
		draft := site.DraftIssue(t, 47)
		own := page.With(t).Visit("/subscription").Sees("Активна").Sees("12 из 12").SeesNot("Сны номер 47")
		desk := nina.With(t).Visit(fmt.Sprintf("/staff/issues/%d", draft.ID)).Click("Выпустить номер").Within(".act .pop-body").Press("Выпустить номер")
		desk.Clean()
		site.Work()
		own.Sees("Сны номер 47").Sees("11 из 12").Sees("Скачать PDF")
		own.Click("Приостановить").Choose("issues", "2 номера").Press("Приостановить подписку").Sees("Подписка приостановлена").Press("Возобновить").Sees("Подписка возобновлена")
		own.Within("#" + draft.ID.Topic() + " .block").Click("Сны номер 47")
		own.Sees("экземпляр только для Вас").Sees("Скачать PDF").Clean()
	})
	t.Run("N03 an order that can not be paid keeps what was chosen", func(t *testing.T) {
		own := page.With(t).Visit("/subscription/new?gift=yes").Choose("tariff", "Печатная версия, 6 номеров").Choose("way", "Баллами").Press("Заказать и оплатить").Wants(422).Sees("Баллов не хватает")
		own.Choose("way", "С баланса").Press("Заказать и оплатить").Sees("Ждёт получателя").Press("Код для вручения").Sees("Код показан один раз")
		webtest.EveryLook(own, nil)
		own.Clean()
	})
	t.Run("every screen of the magazine reads well in every look", func(t *testing.T) {
		own, desk, support, admin := page.With(t), nina.With(t), site.Window(t, dbtest.Sveta), site.Window(t, dbtest.Anna)
		site.Granted(t, vera, 1200, "")
		site.Subscription(t, vera, db.FormatPDF, 6, dbtest.ByInvoice, func(f *db.SubscriptionForm) { f.Start = "after" })
		issue := must(site.LatestIssue(t.Context()))
		draft := site.DraftIssue(t, 48)
		mine := must(site.SubscriptionsOf(t.Context(), &vera.ID))
		last := mine[len(mine)-1].Subscription.ID
		for _, screen := range []struct {
			window *webtest.Window
			path   string
		}{
			{site.Window(t, dbtest.Boris), "/subscription"}, {own, "/subscription"}, {own, "/subscription/new"}, {own, "/subscription/claim"}, {own, issue.ID.Path()}, {own, "/settings/notifications"},
			{desk, "/staff/issues"}, {desk, "/staff/issues/new"}, {desk, fmt.Sprintf("/staff/issues/%d", issue.ID)}, {desk, fmt.Sprintf("/staff/issues/%d", draft.ID)},
			{support, "/staff/subscriptions"}, {support, fmt.Sprintf("/staff/subscriptions/%d", last)}, {admin, "/staff/subscriptions/tariffs"},
		} {
			webtest.EveryLook(screen.window.Visit(screen.path), nil)
			for _, width := range []int{375, 1280} {
				shoot(screen.window.Size(width), width, screen.path)
			}
			screen.window.Clean()
		}
	})
}
