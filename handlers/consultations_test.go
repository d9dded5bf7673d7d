package handlers_test

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"cabinet/db"
	"cabinet/db/dbtest"
	"cabinet/handlers/webtest"
)

// consulted is a request of a customer's with a picture and a document, that its specialist has answered and that was asked
// more about.
func (s *site) consulted(t testing.TB, by, specialist db.Visitor) (db.Consultation, db.FileID) {
	t.Helper()
	draft := s.ConsultationDraft(t, by, specialist, "Сон о доме")
	sent := must(s.SubmitConsultation(t.Context(), by, draft.ID, dbtest.ConsultationForm(draft, "Сон о доме"), []db.Upload{dbtest.Upload(dbtest.Snapshot(320, 240)), document("%PDF-1.7 план дома")}))
	if err := s.AnswerConsultation(t.Context(), specialist, sent.ID, s.ConsultationAnswer(t, sent.ID, "Дом — это **Вы**."), nil); err != nil {
		t.Fatal(err)
	}
	sent = must(s.ReplyToConsultation(t.Context(), by, sent.ID, dbtest.ConsultationReply("А вокзал?"), nil))
	sheet := must(s.ConsultationSheet(t.Context(), by, sent.ID, 0))
	return sent, sheet.Thread.Lines[0].Files[0].ID
}

func document(content string) db.Upload {
	return db.Upload{Size: int64(len(content)), Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(content)), nil }}
}

// lastConsultation is the customer's consultation in which something was said last.
func lastConsultation(t *testing.T, site *site, of dbtest.Person) db.ConsultationsOfRow {
	t.Helper()
	list := &db.ConsultationList{Of: site.Account(of).ID}
	if err := site.Read(t.Context(), list); err != nil || len(list.Rows) == 0 {
		t.Fatalf("%d consultations, %v", len(list.Rows), err)
	}
	return list.Rows[0]
}

func TestConsultations(t *testing.T) {
	site := open(t)
	vera := site.Account(dbtest.Vera)
	page := site.As(dbtest.Vera)
	site.Specialist(t, dbtest.Irina, "Ирина, психолог")

	t.Run("O01 the price list is for everybody, and a pack is bought with points by one press", func(t *testing.T) {
		site.Guest().With(t).Visit("/consultations").Wants(200).Sees("Ирина, психолог").Sees("Отвечает в течение 8 рабочих часов. Пн–Пт 9:00–18:00 (Берлин)").Sees("3 обращения за 1 200 баллов").SeesNot("Купить обращения")
		b := page.With(t).Visit("/consultations").Sees("Обращений пока нет").Press("1 обращение за 500 баллов").Wants(422).Sees("Баллов не хватает").Sees("Пополнить")
		site.Granted(t, vera, 2000, "")
		b.Visit("/consultations").Press("3 обращения за 1 200 баллов").Sees("Обращения куплены").Sees("Ирина, психолог Куплено3 Использовано0 Ждут ответа0 Осталось3")
		b.Back().Press("3 обращения за 1 200 баллов").Sees("Осталось3")
		b.Visit("/wallet").Sees("800").Sees("Ирина, психолог")
	})
	t.Run("O02 a draft is begun by one press, kept, gone on with and deleted, and uses nothing", func(t *testing.T) {
		b := page.With(t).Visit("/consultations").Press("Написать Ирина, психолог").Wants(200).Sees("Обращение к специалисту: Ирина, психолог").Sees("у Вас осталось 3")
		b.Fill("subject", "Переезд").Fill("body", "Стоит ли *переезжать*?").Press("Сохранить черновик").Sees("Черновик сохранён").Shows("body", "Стоит ли *переезжать*?")
		draft := lastConsultation(t, site, dbtest.Vera)
		b.At(draft.ID.Path()+"/edit").Visit("/consultations").Sees("Переезд").Sees("Черновик").Sees("Осталось3").Click("Переезд").Shows("subject", "Переезд")
		site.As(dbtest.Irina).With(t).Visit("/staff/consultations").Sees("Здесь всё сделано").Do("GET", draft.ID.DeskPath(), "", nil).Wants(404)
		site.As(dbtest.Boris).With(t).Do("GET", draft.ID.Path()+"/edit", "", nil).Wants(404)
		b.Attach("files", webtest.File{Name: "паспорт Орловой.pdf", Content: []byte("%PDF-1.7 план")}, webtest.File{Name: "x.html", Content: []byte("<html>")}).Press("Сохранить черновик").Wants(422).Sees("картинки (JPEG, PNG, WebP) и PDF")
		b.Attach("files", webtest.File{Name: "паспорт Орловой.pdf", Content: []byte("%PDF-1.7 план")}).Press("Сохранить черновик").Sees("Документ 1 (PDF)").SeesNot("паспорт")
		b.Press("Удалить файл 1").Sees("Файл удалён").SeesNot("Документ 1")
		b.Click("Удалить черновик").Within("main .pop-body").Press("Удалить черновик")
		b.Sees("Черновик удалён").SeesNot("Переезд")
	})
	t.Run("O02 without requests the draft says what is missing, and buys it on the spot", func(t *testing.T) {
		boris := site.As(dbtest.Boris).With(t).Visit("/consultations").Press("Начать черновик Ирина, психолог").Sees("нужно хотя бы одно обращение").Sees("Пополнить")
		boris.Fill("subject", "Сон").Fill("body", "Что значит поезд?").Press("Сохранить черновик")
		site.Granted(t, site.Account(dbtest.Boris), 600, "")
		draft := lastConsultation(t, site, dbtest.Boris)
		boris.Visit(draft.ID.Path()).Press("1 обращение за 500 баллов").Sees("Обращения куплены").At(draft.ID.Path()+"/edit").Shows("body", "Что значит поезд?").Press("Отправить").Sees("Обращение отправлено").Sees("Специалист ответит до").Sees("Делаем мы")
	})
	t.Run("O03 a request is asked about, answered, followed up and rated, without a name", func(t *testing.T) {
		b := page.With(t).Visit("/consultations").Press("Написать Ирина, психолог").Press("Отправить").Wants(422).Sees("Напишите вопрос").Fill("alias", "Странница")
		b.Fill("subject", "Переезд").Fill("body", "Стоит ли *переезжать*?").Attach("files", webtest.File{Name: "план.pdf", Content: []byte("%PDF-1.7 план")}).Press("Отправить").Sees("Обращение отправлено").Sees("Отправлено")
		sent := lastConsultation(t, site, dbtest.Vera)
		irina := site.As(dbtest.Irina).With(t).Visit("/staff/consultations").Sees("Консультации 2").Sees("Странница").SeesNot("Орлова").Click(sent.ID.Number())
		irina.Sees("Стоит ли *переезжать*?").Sees("Странница").SeesNot("Вера").SeesNot("vera@").Press("Взять в работу").Sees("в работе, клиент это видит")
		b.Visit(sent.ID.Path()).Sees("Специалист взял обращение в работу").Sees("Читали Ирина, психолог")
		irina.Press("Ответить").Wants(422).Sees("Напишите сообщение").Fill("body", "А куда?").Press("Спросить клиента").Sees("срок ответа остановлен")
		b.Visit(sent.ID.Path()).Sees("Ждёт Вашего ответа").Sees("А куда?").Fill("body", "К морю").Press("Отправить").Sees("К морю").Sees("В работе")
		irina.Visit(sent.ID.DeskPath()).Sees("К морю").Fill("body", "Тогда **да**.").Press("Ответить").Sees("Ответ отправлен")
		site.Work()
		b.Visit(sent.ID.Path()).Sees("Есть ответ").Sees("Тогда да.").Sees("ещё 3 уточняющих вопроса")
		b.Visit("/dev/mail").Click("[№" + sent.ID.Number() + "] Ответ консультанта").SeesNot("Тогда").SeesNot("Переезд").Sees("читать их можете только Вы")
		b.Visit(sent.ID.Path()).Press("Отправить оценку").Wants(422).Sees("Выберите оценку").Check("Отлично").Fill("text", "Очень помогло").Press("Отправить оценку").Sees("Спасибо за оценку").Sees("★★★★★")
		irina.Visit(sent.ID.DeskPath()).Sees("Очень помогло")
		b.Fill("body", "А когда?").Press("Отправить").Sees("А когда?").Sees("В работе")
		irina.Visit(sent.ID.DeskPath()).Fill("body", "Весной").Press("Ответить")
		b.Visit(sent.ID.Path()).Click("Закрыть обращение").Within("main .pop-body").Press("Закрыть обращение")
		b.Visit(sent.ID.Path()).Sees("Обращение закрыто").Sees("Тогда да.").Sees("Весной")
		b.Visit("/consultations").Sees("Куплено3 Использовано1 Ждут ответа0 Осталось2")
	})
	t.Run("O03 a PDF reaches the specialist without its author's name, or not at all", func(t *testing.T) {
		irina := site.Account(dbtest.Irina)
		site.Credits(t, vera, irina, 1)
		named := bytes.Replace(dbtest.PDF("Plan", 1), []byte("/Producer"), []byte("/Author (Orlova)\n/Producer"), 1)
		draft := site.ConsultationDraft(t, vera, irina, "План дома")
		sent := must(site.SubmitConsultation(t.Context(), vera, draft.ID, dbtest.ConsultationForm(draft, "План дома"), []db.Upload{dbtest.Sent(named), document("%PDF-1.7 и обрыв")}))
		file := must(site.ConsultationSheet(t.Context(), vera, sent.ID, 0)).Thread.Lines[0].Files[0].ID
		b, desk := page.With(t), site.As(dbtest.Irina).With(t)
		path := fmt.Sprintf("/consultations/files/%d/large", file)
		desk.Visit(sent.ID.DeskPath()).Sees("убираем имя автора").SeesNot("Документ 1").Do("GET", path, "", nil).Wants(404)
		if got := b.Do("GET", path, "", nil).Wants(200); !strings.Contains(got.Body, "Orlova") {
			t.Error("it is the customer's own as it was sent")
		}
		site.Work()
		desk.Visit(sent.ID.DeskPath()).Sees("Документ 1 (PDF)").Sees("Попросите прислать без пароля").SeesNot("Документ 2")
		if got := desk.Do("GET", path, "", nil).Wants(200); strings.Contains(got.Body, "Orlova") || !strings.HasPrefix(got.Body, "%PDF-") {
			t.Errorf("%.300s", got.Body)
		}
		desk.Do("GET", fmt.Sprintf("/consultations/files/%d/large", file+1), "", nil).Wants(404)
		b.Visit(sent.ID.Path()).Sees("Документ 2 (PDF)").Sees("Специалист его не увидит")
	})
	t.Run("O03 files are private: the owner's, and those of who answers", func(t *testing.T) {
		irina := site.Account(dbtest.Irina)
		site.Credits(t, vera, irina, 1)
		sent, file := site.consulted(t, vera, irina)
		path := fmt.Sprintf("/consultations/files/%d/large", file)
		got := page.With(t).Do("GET", path, "", nil).Wants(200)
		if got.Header("Content-Type") != "image/jpeg" || !strings.Contains(got.Header("Cache-Control"), "no-store") {
			t.Error(got.Header("Content-Type"), got.Header("Cache-Control"))
		}
		site.As(dbtest.Irina).With(t).Do("GET", path, "", nil).Wants(200)
		pdf := page.With(t).Do("GET", fmt.Sprintf("/consultations/files/%d/large", file+1), "", nil).Wants(200)
		if pdf.Header("Content-Type") != "application/pdf" || !strings.HasPrefix(pdf.Header("Content-Disposition"), "attachment") || pdf.Header("X-Content-Type-Options") != "nosniff" {
			t.Error(pdf.Header("Content-Type"), pdf.Header("Content-Disposition"), pdf.Header("X-Content-Type-Options"))
		}
		page.With(t).Do("GET", fmt.Sprintf("/consultations/files/%d/small", file+1), "", nil).Wants(404)
		for _, who := range []dbtest.Person{dbtest.Boris, dbtest.Nina, dbtest.Sveta, dbtest.Anna, dbtest.Dina} {
			site.As(who).With(t).Do("GET", path, "", nil).Wants(404)
		}
		anna := site.As(dbtest.Anna).With(t)
		anna.Visit(sent.ID.DeskPath()).Sees("к другому специалисту").Sees("чтение записано").Do("GET", path, "", nil).Wants(200)
		page.With(t).Visit(sent.ID.Path()).Sees("Читали Администрация")
	})
}

func TestDeskConsultations(t *testing.T) {
	site := open(t)
	vera := site.Account(dbtest.Vera)
	irina, dina := site.Specialist(t, dbtest.Irina, "Ирина, психолог"), site.Specialist(t, dbtest.Dina, "Дина, коуч")
	desk := site.As(dbtest.Irina)

	t.Run("O03 the one first that is due first, with the time left; colleagues and other roles see none of it", func(t *testing.T) {
		first := site.Consulted(t, vera, irina, "Первое")
		site.Clock.Pass(time.Hour)
		site.Consulted(t, vera, irina, "Второе")
		b := desk.With(t).Visit("/staff/consultations").Sees("Консультации 2").Sees("Первое КлиентКлиент 1001").Sees("осталось 22 часа")
		if text := b.Text(); strings.Index(text, "Первое") > strings.Index(text, "Второе") {
			t.Error(text)
		}
		site.As(dbtest.Dina).With(t).Visit("/staff/consultations").SeesNot("Первое").Do("GET", first.ID.DeskPath(), "", nil).Wants(404)
		for _, who := range []dbtest.Person{dbtest.Sveta, dbtest.Nina, dbtest.Olga} {
			site.As(who).With(t).Do("GET", first.ID.DeskPath(), "", nil).Wants(404)
			site.As(who).With(t).Do("GET", "/staff/consultations", "", nil).Wants(404)
		}
		site.As(dbtest.Anna).With(t).Visit("/staff/consultations").Sees(first.ID.Number()).SeesNot("Первое")
	})
	t.Run("O03 a canned answer goes into what is typed, with its file", func(t *testing.T) {
		b := desk.With(t).Visit("/staff/consultations/canned").Sees("Готовых ответов пока нет").Press("Сохранить").Wants(422).Sees("Напишите текст ответа")
		b.Fill("title", "Памятка").Fill("body", "Прочитайте **памятку**.").Attach("files", webtest.File{Name: "p.pdf", Content: []byte("%PDF-1.7 памятка")}).Press("Сохранить").Sees("Готовый ответ сохранён").Sees("Прочитайте памятку.")
		sent := site.Consulted(t, vera, irina, "Сны")
		b.Visit(sent.ID.DeskPath()).Fill("body", "Здравствуйте!").Choose("canned", "Памятка").Press("Вставить готовый ответ").Wants(200).Shows("body", "Здравствуйте!\n\nПрочитайте **памятку**.").Sees("Приложить файл 1")
		b.Press("Ответить").Sees("Ответ отправлен")
		site.As(dbtest.Vera).With(t).Visit(sent.ID.Path()).Sees("Прочитайте").Sees("Документ 1 (PDF)")
		b.Visit("/staff/consultations/canned").Click("Изменить Памятка").Fill("body", "Читайте памятку.").Press("Сохранить").Sees("Читайте памятку.").Click("Памятка").Press("Удалить файл 1").Sees("Файл удалён")
		b.Click("Удалить ответ").Within("main .pop-body").Press("Удалить ответ")
		b.Sees("Готовый ответ удалён")
	})
	t.Run("O03 declined with a reason the request comes back, handed over it stays paid", func(t *testing.T) {
		sent := site.Consulted(t, vera, irina, "К юристу")
		b := desk.With(t).Visit(sent.ID.DeskPath()).Press("Отклонить").Wants(422).Sees("причин").Fill("reason", "Это вопрос к юристу").Press("Отклонить").Sees("клиенту оно возвращено")
		site.As(dbtest.Vera).With(t).Visit(sent.ID.Path()).Sees("Отклонено").Sees("Это вопрос к юристу").Sees("вернулось к Вам")
		other := site.Consulted(t, vera, irina, "К Дине")
		b.Visit(other.ID.DeskPath()).Choose("colleague", "Дина, коуч").Press("Передать").Sees("передано коллеге").Do("GET", other.ID.DeskPath(), "", nil).Wants(404)
		site.As(dbtest.Vera).With(t).Visit(other.ID.Path()).Sees("Передано специалисту: Дина, коуч")
		site.As(dbtest.Dina).With(t).Visit(other.ID.DeskPath()).Fill("body", "Здравствуйте").Press("Ответить").Sees("Ответ отправлен")
	})
	t.Run("O03 whoever answers second is told, and keeps the text", func(t *testing.T) {
		sent := site.Consulted(t, vera, irina, "Двое")
		b := desk.With(t).Visit(sent.ID.DeskPath()).Fill("body", "Поздний ответ")
		if err := site.HandOverConsultation(t.Context(), irina, sent.ID, sent.Version, dina.ID); err != nil {
			t.Fatal(err)
		}
		again := must(site.ConsultationAtDesk(t.Context(), sent.ID))
		if err := site.HandOverConsultation(t.Context(), dina, sent.ID, again.Version, irina.ID); err != nil {
			t.Fatal(err)
		}
		b.Press("Ответить").Wants(409).Sees("появилось новое").Shows("body", "Поздний ответ").Press("Ответить").Sees("Ответ отправлен")
	})
	t.Run("O01 a profile has its own page, with hours and prices; an admin edits any", func(t *testing.T) {
		path := fmt.Sprintf("/staff/consultations/specialists/%d", irina.ID)
		b := desk.With(t).Visit(path).Fill("name", "Ирина Чуткая, психолог").Fill("price.5", "много").Fill("opens.0", "19:00").Press("Сохранить профиль").Wants(422).Sees("начало и конец дня").Shows("name", "Ирина Чуткая, психолог").Shows("price.5", "много")
		b.Fill("opens.0", "10:00").Fill("price.5", "350").Press("Сохранить профиль").Sees("Профиль сохранён")
		site.As(dbtest.Vera).With(t).Visit("/consultations").Sees("Ирина Чуткая, психолог").Sees("Пн 10:00–18:00, Вт–Пт 9:00–18:00").Sees("5 обращений за 1 750 баллов")
		site.As(dbtest.Dina).With(t).Do("GET", path, "", nil).Wants(404)
		site.As(dbtest.Anna).With(t).Visit("/staff/consultations/specialists").Click("Изменить Ирина Чуткая").Uncheck("Принимаю обращения").Press("Сохранить профиль").Sees("Профиль сохранён")
		site.As(dbtest.Boris).With(t).Visit("/consultations").SeesNot("Ирина Чуткая, психолог")
	})
}
