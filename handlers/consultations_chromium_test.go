package handlers_test

import (
	"fmt"
	"testing"

	"cabinet/db"
	"cabinet/db/dbtest"
	"cabinet/handlers/webtest"
)

func TestConsultationsInChromium(t *testing.T) {
	t.Parallel()
	site := open(t)
	vera, irina := site.Account(dbtest.Vera), site.Specialist(t, dbtest.Irina, "Ирина, психолог")
	site.Specialist(t, dbtest.Dina, "Дина, коуч")
	site.Granted(t, vera, 2000, "")
	own, desk := site.Window(t, dbtest.Vera), site.Window(t, dbtest.Irina)

	t.Run("O02 a request is kept while it is typed, bought on the spot and sent", func(t *testing.T) {
		page := own.With(t).Visit("/consultations").Press("Начать черновик Ирина, психолог").Sees("нужно хотя бы одно обращение")
		page.Fill("subject", "Переезд").Fill("body", "Стоит ли *переезжать* к морю?").Sees("Черновик сохранён в")
		id := lastConsultation(t, site, dbtest.Vera).ID
		page.Visit(id.Path()).Shows("body", "Стоит ли *переезжать* к морю?").Press("3 обращения за 1 200 баллов").Sees("Обращения куплены").Shows("subject", "Переезд")
		page.Attach("files", webtest.File{Name: "план.pdf", Content: []byte("%PDF-1.7 план")}).Press("Отправить").Sees("Обращение отправлено").Sees("Специалист ответит до").Sees("Документ 1 (PDF)")
		page.At(id.Path()).Clean()
	})
	t.Run("O03 both sides see what the other says as it is said, and workers draw it", func(t *testing.T) {
		id := lastConsultation(t, site, dbtest.Vera).ID
		page, b := own.With(t).Visit(id.Path()), desk.With(t).Visit("/staff/consultations").Sees("Переезд").Keys("j", "Enter").At(id.DeskPath())
		b.Press("Взять в работу").Sees("в работе, клиент это видит")
		page.Sees("Специалист взял обращение в работу").SeesNot("Ваш ответ специалисту")
		b.Sees("убираем имя автора")
		site.Work()
		b.Sees("Попросите прислать без пароля")
		page.Sees("Специалист его не увидит")
		b.Fill("body", "А **куда** именно?").Press("Спросить клиента").Sees("срок ответа остановлен")
		page.Sees("Специалист ждёт Вашего ответа").Sees("Ваш ответ специалисту")
		site.Work()
		page.Sees("А куда именно?")
		b.Visit(id.DeskPath()).Sees("Ждёт Вашего ответа")
		page.Fill("body", "К Балтийскому").Press("Отправить").Sees("Сообщение отправлено").Sees("К Балтийскому").SeesNot("Ваш ответ специалисту")
		b.Sees("К Балтийскому").Sees("появилось новое").Click("Открыть заново")
		b.Fill("body", "Тогда **да**.").Press("Ответить").Sees("Ответ отправлен").At("/staff/consultations")
		page.Sees("Есть ответ").Sees("Уточнить").Sees("Оцените ответ")
		site.Work()
		page.Sees("Тогда да.").Check("Отлично").Press("Отправить оценку").Sees("Спасибо за оценку").Sees("★★★★★")
		page.Fill("body", "Спасибо!").Press("Отправить").Sees("В работе")
		page.Clean()
		b.Clean()
	})
	t.Run("O03 a canned answer goes into the field in place", func(t *testing.T) {
		canned := must(site.SaveCanned(t.Context(), irina, 0, db.CannedForm{Key: formKey(), Title: "Памятка", Body: "Прочитайте **памятку**."}, []db.Upload{document("%PDF-1.7 памятка")}))
		id := lastConsultation(t, site, dbtest.Vera).ID
		b := desk.With(t).Visit(id.DeskPath()).Fill("body", "Здравствуйте!").Choose("canned", canned.Title).Press("Вставить готовый ответ").Sees("Приложить файл 1").Shows("body", "Здравствуйте!\n\nПрочитайте **памятку**.")
		b.Press("Ответить").Sees("Ответ отправлен").Clean()
	})
	t.Run("every screen of consultations reads well in every look", func(t *testing.T) {
		site.Credits(t, vera, irina, 1)
		sent, _ := site.consulted(t, vera, irina)
		waits := site.Consulted(t, vera, irina, "Снится один и тот же вокзал, с которого никак не уйти")
		draft := site.ConsultationDraft(t, vera, site.Account(dbtest.Dina), "Как успевать меньше")
		site.Work()
		answered := lastAnswered(t, site)
		anna, guest := site.Window(t, dbtest.Anna), site.Guest()
		guest.Visit("/consultations").Wants(200)
		for _, screen := range []struct {
			window *webtest.Window
			path   string
		}{
			{own, "/consultations"}, {own, answered.Path()}, {own, sent.ID.Path()}, {own, draft.ID.Path() + "/edit"},
			{desk, "/staff/consultations"}, {desk, waits.ID.DeskPath()}, {desk, answered.DeskPath()}, {desk, "/staff/consultations/canned"}, {desk, "/staff/consultations/canned/1"},
			{desk, fmt.Sprintf("/staff/consultations/specialists/%d", irina.ID)}, {anna, "/staff/consultations"}, {anna, "/staff/consultations/specialists"}, {anna, waits.ID.DeskPath()},
		} {
			webtest.EveryLook(screen.window.Visit(screen.path), nil)
			for _, width := range []int{375, 1280} {
				shoot(screen.window.Size(width), width, screen.path)
			}
			screen.window.Clean()
		}
	})
}

// lastAnswered is a consultation of Vera's with an answer in it.
func lastAnswered(t *testing.T, site *site) db.ConsultationID {
	t.Helper()
	list := &db.ConsultationList{Of: site.Account(dbtest.Vera).ID}
	if err := site.Read(t.Context(), list); err != nil {
		t.Fatal(err)
	}
	for _, row := range list.Rows {
		if row.Status == db.ConsultationAnswered {
			return row.ID
		}
	}
	t.Fatal("none is answered")
	return 0
}
