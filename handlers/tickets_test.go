package handlers_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"cabinet/db"
	"cabinet/db/dbtest"
	"cabinet/handlers/webtest"
)

func deskTicketURL(ticket db.Ticket) string { return fmt.Sprintf("/staff/tickets/%d", ticket.ID) }

// lastTicket is the customer's ticket in which something was said last.
func lastTicket(t *testing.T, site *site, of dbtest.Person) db.Ticket {
	t.Helper()
	rows, _, err := site.Tickets(t.Context(), site.Account(of).ID, db.Place[db.TicketID]{})
	if err != nil || len(rows) == 0 {
		t.Fatalf("%d tickets, %v", len(rows), err)
	}
	return rows[0]
}

func TestTickets(t *testing.T) {
	site := open(t)
	vera := site.Account(dbtest.Vera)
	page := site.As(dbtest.Vera)

	t.Run("E08 an order in work offers a message in the cabinet, and a letter beside it", func(t *testing.T) {
		order := site.AcceptedOrder(t, vera, dbtest.Boots)
		b := page.With(t).Visit(orderURL(order)).SeesNot("Изменить комментарий")
		if !strings.Contains(b.Body(), "mailto:help@cabinet.example?subject="+url.PathEscape("[№"+order.ID.Number()+"]")) {
			t.Error("no letter with the number in its subject")
		}
		b.Click("Написать нам").Wants(200).Shows("subject", "Заказ № "+order.ID.Number()).Sees("help@cabinet.example")
		b.Press("Отправить").Wants(422).Sees("Напишите сообщение")
		b.Fill("text", "Можно ещё шнурки?\n\nВот такие: https://shop.example/laces?a=1&b=2.").Press("Отправить").Wants(200).Sees("Сообщение отправлено")
		ticket := lastTicket(t, site, dbtest.Vera)
		b.At(ticket.ID.Path()).Sees("Открыто").Sees("Делаем мы").Sees("Можно ещё шнурки?").Sees("Заказ № " + order.ID.Number())
		if !strings.Contains(b.Body(), `href="https://shop.example/laces?a=1&amp;b=2" target="_blank" rel="noopener noreferrer nofollow"`) {
			t.Error("the address is no link")
		}
		b.Visit(orderURL(order)).Sees("Обращения Заказ № " + order.ID.Number() + " Открыто")
		b.Visit("/tickets/new?order=" + fmt.Sprint(order.ID)).Sees("Вы уже писали нам об этом")
	})
	t.Run("E08 what was typed too late goes into the message by one press", func(t *testing.T) {
		order := site.PlacedOrder(t, vera, dbtest.Boots)
		b := page.With(t).Visit(orderURL(order)+"/comment").Fill("comment", "Позвоните перед выкупом")
		begin(t, site, order)
		b.Press("Сохранить").Wants(409).Press("Написать нам").Wants(200).Shows("text", "Позвоните перед выкупом").Shows("subject", "Заказ № "+order.ID.Number())
		b.Press("Отправить").Sees("Сообщение отправлено")
		if ticket := lastTicket(t, site, dbtest.Vera); ticket.OrderID == nil || *ticket.OrderID != order.ID {
			t.Errorf("%+v", ticket)
		}
	})
	t.Run("E08 a parcel has the same two ways", func(t *testing.T) {
		site.Address(t, vera)
		_, items := site.StoredOrder(t, vera, dbtest.Mug)
		parcel := site.OwnParcel(t, vera, items...)
		b := page.With(t).Visit(parcel.ID.Path()).Sees("[№" + parcel.ID.Number() + "]").Click("Написать нам")
		b.Shows("subject", "Посылка № "+parcel.ID.Number()).Fill("text", "Когда?").Press("Отправить").Visit(parcel.ID.Path()).Sees("Посылка № " + parcel.ID.Number() + " Открыто")
	})
	t.Run("P10 a message to the administration waits in a queue, is answered in place, and the answer comes by mail too", func(t *testing.T) {
		boris := site.As(dbtest.Boris).With(t).Visit("/tickets").Sees("Обращений пока нет").Sees("удобнее писать с их страницы").Click("Написать администрации")
		boris.Fill("subject", "Праздники").Fill("text", "Работаете ли вы 8 марта?").Press("Отправить")
		ticket := lastTicket(t, site, dbtest.Boris)
		sveta := site.As(dbtest.Sveta).With(t).Visit("/staff/tickets").Within("#" + ticket.ID.Topic()).Sees("Борис Львов").Click("Открыть Праздники")
		sveta.Sees("Работаете ли вы 8 марта?").Press("Ответить").Wants(422).Sees("Напишите сообщение")
		sveta.Fill("text", "Нет, 8 марта мы отдыхаем.").Press("Ответить").Sees("Ответ отправлен")
		boris.Visit("/").Sees("Вам ответили Праздники").Click("Прочитать").At(ticket.ID.Path()).Sees("Нет, 8 марта мы отдыхаем.").Sees("Администрация").SeesNot(dbtest.Sveta.Name)
		boris.Press("Прочитано").SeesNot("Прочитано").Sees("Ждём Вас").Visit("/").SeesNot("Вам ответили")
		site.Work()
		boris.Visit("/dev/mail").Click("[№T" + db.Numbered(ticket.ID) + "] Ответ администрации").Sees("Нет, 8 марта мы отдыхаем.")
		boris.Visit(ticket.ID.Path()).Press("Решено").Sees("закрыто как решённое").Sees("Вопрос решён").SeesNot("Ждём Вас")
		boris.Fill("text", "А 9-го?").Press("Отправить").Sees("Открыто").Sees("А 9-го?")
		sveta.Visit("/staff/tickets").Sees("Праздники")
	})
	t.Run("a form sent twice says it once", func(t *testing.T) {
		b := page.With(t).Visit("/tickets/new").Fill("subject", "Дважды").Fill("text", "Раз").Press("Отправить")
		first := lastTicket(t, site, dbtest.Vera)
		b.Back().Press("Отправить").At(first.ID.Path()).Fill("text", "Два").Press("Отправить")
		b.Back().Press("Отправить")
		if sheet := must(site.TicketSheet(t.Context(), vera, first.ID, 0)); len(sheet.Thread.Messages) != 2 {
			t.Errorf("%+v", sheet.Thread.Messages)
		}
	})
	t.Run("too many messages wait, and the text stays in its field", func(t *testing.T) {
		nina := site.As(dbtest.Nina).With(t)
		for range 10 {
			nina.Visit("/tickets/new").Fill("subject", "Спешка").Fill("text", "Раз").Press("Отправить").Wants(200)
		}
		nina.Fill("text", "Одиннадцатое").Press("Отправить").Wants(429).Shows("text", "Одиннадцатое")
		nina.Visit("/tickets/new").Fill("subject", "Ещё").Fill("text", "Двенадцатое").Press("Отправить").Wants(429).Shows("text", "Двенадцатое").Shows("subject", "Ещё")
	})
	t.Run("a stranger finds no ticket, and asks about no order of another's", func(t *testing.T) {
		order := site.PlacedOrder(t, vera, dbtest.Boots)
		ticket := site.Asked(t, vera, order)
		b := site.As(dbtest.Boris).With(t)
		for _, path := range []string{ticket.ID.Path(), ticket.ID.Path() + "/thread", fmt.Sprintf("/tickets/new?order=%d", order.ID), deskTicketURL(ticket)} {
			b.Do("GET", path, "", nil).Wants(404)
		}
		for _, act := range []string{"/messages", "/reading", "/resolution"} {
			b.Do("POST", ticket.ID.Path()+act, "text=x&key=0123456789abcdef", nil).Wants(404)
		}
		b.Do("POST", "/tickets", fmt.Sprintf("subject=x&text=x&key=0123456789abcdef&order=%d", order.ID), nil).Wants(404)
		b.Do("POST", "/tickets/new", fmt.Sprintf("text=x&order=%d", order.ID), nil).Wants(404)
	})
	t.Run("hostile text is only text on both sides", func(t *testing.T) {
		form := dbtest.TicketForm(`<img src=x onerror=alert(1)>`, `<script>alert(1)</script> javascript:alert(1) https://shop.example/"><script>alert(2)</script>`)
		site.Clock.Pass(time.Hour)
		ticket := must(site.OpenTicket(t.Context(), vera, form))
		for _, html := range []string{page.With(t).Visit(ticket.ID.Path()).Sees(form.Subject).Body(), site.As(dbtest.Sveta).With(t).Visit(deskTicketURL(ticket)).Sees(form.Subject).Body()} {
			if strings.Contains(html, "<img src=x") || strings.Contains(html, "<script>alert") || strings.Contains(html, `href="javascript`) {
				t.Error("markup got through")
			}
		}
	})
}

func TestDeskTickets(t *testing.T) {
	site := open(t)
	vera := site.Account(dbtest.Vera)
	order := site.PlacedOrder(t, vera, dbtest.Boots)
	first := site.Asked(t, vera, order)
	site.Clock.Pass(time.Hour)
	next := site.Asked(t, vera, order)
	sveta := site.As(dbtest.Sveta)

	t.Run("P10 the longest waiting first, counted on the tab, one after the other without JavaScript", func(t *testing.T) {
		b := sveta.With(t).Visit("/staff/tickets").Sees("Обращения 2")
		b.Within("#" + first.ID.Topic()).Click("Открыть")
		b.Sees("Вера Орлова, vera@example.test").Sees("Заказ № "+order.ID.Number()).Fill("text", "Успеют.").Press("Ответить").At(deskTicketURL(next) + "?queue=open").Sees("Ответ отправлен").Sees("Обращения 1")
		b.Fill("text", "И эти.").Press("Ответить и решить").At("/staff/tickets?queue=open").Sees("Здесь всё сделано")
		b.Click("Ждём клиента").Sees(first.Subject)
		site.As(dbtest.Vera).With(t).Visit(next.ID.Path()).Sees("И эти.").Sees("Решено")
	})
	t.Run("whoever answers second is told, and keeps the text", func(t *testing.T) {
		ticket := site.Asked(t, vera, order)
		b := sveta.With(t).Visit(deskTicketURL(ticket)).Fill("text", "Ответ Светы")
		must(site.AnswerTicket(t.Context(), site.Account(dbtest.Gleb), ticket.ID, dbtest.Answer(ticket, "Ответ Глеба")))
		b.Press("Ответить").Wants(409).Sees("появилось новое").Sees("Ответ Глеба").Shows("text", "Ответ Светы")
		b.Press("Ответить").Sees("Ответ отправлен").Sees("Ответ Светы")
	})
	t.Run("put off until a day, it comes back by itself", func(t *testing.T) {
		ticket := site.Asked(t, vera, order)
		b := sveta.With(t).Visit(deskTicketURL(ticket)).Shows("until", "2026-03-03").Fill("until", "2026-03-02").Press("Отложить").Wants(422).Sees("Выберите день с завтрашнего")
		b.Fill("until", "2026-03-05").Press("Отложить").Sees("в этот день вернётся").Click("Отложены").Sees(ticket.Subject).Visit(deskTicketURL(ticket)).Sees("Отложено до")
		site.As(dbtest.Vera).With(t).Visit(ticket.ID.Path()).Sees("Открыто").SeesNot("Отложено")
		site.Clock.Pass(72 * time.Hour)
		if err := site.WakeTickets(t.Context()); err != nil {
			t.Fatal(err)
		}
		b.Visit("/staff/tickets").Sees(ticket.Subject).Visit(deskTicketURL(ticket)).Press("Решено без ответа").At("/staff/tickets?queue=open")
	})
	t.Run("a buyer answers about orders, from the order itself; others do not find the queue", func(t *testing.T) {
		ticket, general := site.Asked(t, vera, order), site.Asked(t, vera, db.Order{})
		gleb := site.As(dbtest.Gleb).With(t).Visit(deskURL(order)).Sees(ticket.Subject)
		if !strings.Contains(gleb.Body(), `href="`+deskTicketURL(ticket)+`"`) {
			t.Error("the order does not lead to it")
		}
		gleb.Visit(deskTicketURL(ticket)).Wants(200).Visit("/staff/tickets").Sees("Обращения 1").Visit(deskTicketURL(general)).Wants(404)
		for _, who := range []dbtest.Person{dbtest.Petr, dbtest.Olga, dbtest.Vera} {
			site.As(who).With(t).Visit("/staff/tickets").Wants(404)
			site.As(who).With(t).Do("POST", deskTicketURL(ticket)+"/answer", "text=x&version=1&key=0123456789abcdef", nil).Wants(404)
		}
	})
}

func TestTicketsInChromium(t *testing.T) {
	t.Parallel()
	site := open(t)
	vera := site.Account(dbtest.Vera)
	order := site.AcceptedOrder(t, vera, dbtest.Boots)

	t.Run("E08 P10 the open thread follows both sides, typed text stays, and the next one has the focus", func(t *testing.T) {
		first := site.Asked(t, vera, order)
		site.Clock.Pass(time.Minute)
		next := site.Asked(t, vera, order)
		customer := stay(site.Window(t, dbtest.Vera).With(t).Visit(first.ID.Path()).Sees("Открыто").Fill("text", "Кстати"))
		list := site.Window(t, dbtest.Vera).With(t).Visit("/tickets")
		sveta := stay(site.Window(t, dbtest.Sveta).With(t).Visit("/staff/tickets"))
		sveta.Within("#tab-staff-tickets").Sees("2")
		sveta.Within("#" + first.ID.Topic()).Click("Открыть")
		sveta.Focuses("#"+first.ID.Topic()+" textarea").Fill("text", "Да, успеют.").Press("Ответить").Sees("Ответ отправлен").Focuses("#" + next.ID.Topic() + " textarea")
		sveta.Within("#tab-staff-tickets").Sees("1")
		customer.Sees("Да, успеют.").Sees("Ждём Вас").Shows("text", "Кстати").SeesNot("Прочитано")
		if ticket := must(site.TicketByID(t.Context(), first.ID)); ticket.Unread {
			t.Error("it was in sight and counts as unread")
		}
		list.Within("#" + first.ID.Topic()).Sees("Ждём Вас")
		customer.Fill("text", "Спасибо! А шнурки?").Press("Отправить").Sees("Спасибо! А шнурки?").Sees("Открыто").Shows("text", "")
		customer.Press("Решено").Sees("Вопрос решён")
		stayed(t, customer, sveta)
		customer.Clean()
		sveta.Clean()
	})
	t.Run("the desk hears of a message while it types, and is asked to look again", func(t *testing.T) {
		ticket := site.Asked(t, vera, order)
		sveta := site.Window(t, dbtest.Sveta).With(t).Visit(deskTicketURL(ticket)).Fill("text", "Ответ")
		must(site.ReplyToTicket(t.Context(), vera, ticket.ID, dbtest.Reply("Уже не нужно")))
		sveta.Sees("Уже не нужно").Sees("появилось новое").Shows("text", "Ответ").Press("Ответить").Wants(409).Shows("text", "Ответ")
		sveta.Press("Ответить").Sees("Ответ отправлен")
	})
	t.Run("every screen reads well in every look", func(t *testing.T) {
		ticket := site.Answered(t, site.Asked(t, vera, order), "Здравствуйте, Вера!\n\nДа, успеют: склад отправляет каждый день. Подробности на https://cabinet.example/delivery/with/a/rather/long/path?of=things")
		must(site.ReplyToTicket(t.Context(), vera, ticket.ID, dbtest.Reply("Спасибо! Тогда жду.")))
		site.Answered(t, site.Asked(t, vera, db.Order{}), "Да.")
		customer, sveta := site.Window(t, dbtest.Vera).With(t), site.Window(t, dbtest.Sveta).With(t)
		for _, path := range []string{"/", "/tickets", fmt.Sprintf("/tickets/new?order=%d", order.ID), ticket.ID.Path(), orderURL(order)} {
			customer.Visit(path)
			webtest.EveryLook(customer, shots(customer, "t"+path))
		}
		for _, path := range []string{"/staff/tickets", deskTicketURL(ticket)} {
			sveta.Visit(path)
			webtest.EveryLook(sveta, shots(sveta, "t"+path))
		}
		sveta.Visit("/staff/tickets").Within("#" + ticket.ID.Topic()).Click("Открыть")
		webtest.EveryLook(sveta, shots(sveta, "t/open"))
		site.Window(t, dbtest.Boris).With(t).Visit("/tickets").Sees("Обращений пока нет")
	})
}
