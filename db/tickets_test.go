package db_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"cabinet/db"
	"cabinet/db/dbtest"
)

func said(t *testing.T, w *dbtest.World, by db.Visitor, id db.TicketID) (lines []string) {
	t.Helper()
	sheet, err := w.TicketSheet(t.Context(), by, id, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range sheet.Thread.Messages {
		lines = append(lines, fmt.Sprint(m.ByName, ": ", m.Text, " → ", m.Status))
	}
	return lines
}

func TestTickets(t *testing.T) {
	t.Parallel()
	w := dbtest.Open(t)
	vera, boris, sveta, gleb := w.Person(t, dbtest.Vera), w.Person(t, dbtest.Boris), w.Person(t, dbtest.Sveta), w.Person(t, dbtest.Gleb)
	order := w.PlacedOrder(t, vera, dbtest.Boots)

	t.Run("E08 a question goes to and fro until it is resolved, and writing opens it again", func(t *testing.T) {
		ticket := w.Asked(t, vera, order)
		if ticket.Status != db.TicketOpen || ticket.Number() != order.ID.Number() || ticket.Unread {
			t.Errorf("%+v", ticket)
		}
		ticket = w.Answered(t, ticket, "Да, успеют.")
		if ticket.Status != db.TicketWaiting || !ticket.Unread {
			t.Errorf("%+v", ticket)
		}
		home := &db.Home{Of: vera.ID}
		err := w.Read(t.Context(), home)
		if err != nil || len(home.Answers) != 1 {
			t.Errorf("%+v %v", home.Answers, err)
		}
		if ticket, err = w.ReadTicket(t.Context(), vera, ticket.ID); err != nil || ticket.Unread {
			t.Errorf("%+v %v", ticket, err)
		}
		if ticket, err = w.ResolveTicket(t.Context(), vera, ticket.ID); err != nil || ticket.Status != db.TicketResolved {
			t.Errorf("%+v %v", ticket, err)
		}
		w.Clock.Pass(time.Hour)
		if ticket, err = w.ReplyToTicket(t.Context(), vera, ticket.ID, dbtest.Reply("Ой, ещё вопрос")); err != nil || ticket.Status != db.TicketOpen || !ticket.WaitingSince.Equal(w.Clock.Now()) {
			t.Errorf("%+v %v", ticket, err)
		}
		got := strings.Join(said(t, w, vera, ticket.ID), "\n")
		want := "Вера Орлова: Здравствуйте! Успеют ли они до 1 апреля? → open\nСвета Добрая: Да, успеют. → waiting_customer\nВера Орлова:  → resolved\nВера Орлова: Ой, ещё вопрос → open"
		if got != want {
			t.Error(got)
		}
	})
	t.Run("P10 each answer goes out by mail too, with the number in its subject", func(t *testing.T) {
		before := len(letters(t, w, vera, db.MailAnswer))
		ticket := w.Answered(t, w.Asked(t, vera, order), "Да,\r\n\r\nуспеют.")
		general := w.Answered(t, w.Asked(t, vera, db.Order{}), "Да.")
		mails := letters(t, w, vera, db.MailAnswer)[before:]
		if len(mails) != 2 || mails[0].Number != order.ID.Number() || mails[0].Comment != "Да,\n\nуспеют." || mails[0].Path != ticket.ID.Path() || mails[0].Subject != ticket.Subject {
			t.Errorf("%+v", mails)
		}
		if number := "T" + db.Numbered(general.ID); mails[1].Number != number {
			t.Errorf("%s, not %s", mails[1].Number, number)
		}
	})
	t.Run("a form sent five times at once asks once, and answers once", func(t *testing.T) {
		form := dbtest.TicketForm("Вопрос", "Где?")
		made := make([]db.Ticket, 5)
		var all sync.WaitGroup
		for i := range made {
			all.Go(func() { made[i], _ = w.OpenTicket(t.Context(), boris, form) })
		}
		all.Wait()
		for _, ticket := range made {
			if ticket.ID == 0 || ticket.ID != made[0].ID {
				t.Errorf("tickets %d and %d", ticket.ID, made[0].ID)
			}
		}
		answer := dbtest.Answer(made[0], "Здесь.")
		for range 5 {
			all.Go(func() {
				if _, err := w.AnswerTicket(t.Context(), sveta, made[0].ID, answer); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		reply := dbtest.Reply("Спасибо")
		for range 3 {
			all.Go(func() { w.ReplyToTicket(t.Context(), boris, made[0].ID, reply) })
		}
		all.Wait()
		if lines := said(t, w, boris, made[0].ID); len(lines) != 3 {
			t.Errorf("%q", lines)
		}
		if n := len(letters(t, w, boris, db.MailAnswer)); n != 1 {
			t.Errorf("%d mails", n)
		}
	})
	t.Run("whoever answers second is told", func(t *testing.T) {
		ticket := w.Asked(t, vera, order)
		first, second := dbtest.Answer(ticket, "Да"), dbtest.Answer(ticket, "Нет")
		if _, err := w.AnswerTicket(t.Context(), sveta, ticket.ID, first); err != nil {
			t.Fatal(err)
		}
		if _, err := w.AnswerTicket(t.Context(), gleb, ticket.ID, second); !errors.Is(err, db.TicketStale) {
			t.Error(err)
		}
		if _, err := w.ResolveTicketAtDesk(t.Context(), gleb, ticket.ID, ticket.Version); !errors.Is(err, db.TicketStale) {
			t.Error(err)
		}
		if len(said(t, w, vera, ticket.ID)) != 2 {
			t.Error("said all the same")
		}
	})
	t.Run("a stranger finds nothing, and asks about nobody else's things", func(t *testing.T) {
		ticket := w.Asked(t, vera, order)
		form := dbtest.TicketForm("Чужой заказ", "?")
		form.OrderID = order.ID
		for name, err := range map[string]error{
			"asks":     second(w.OpenTicket(t.Context(), boris, form)),
			"reads":    second(w.TicketSheet(t.Context(), boris, ticket.ID, 0)),
			"marks":    second(w.ReadTicket(t.Context(), boris, ticket.ID)),
			"replies":  second(w.ReplyToTicket(t.Context(), boris, ticket.ID, dbtest.Reply("Я"))),
			"resolves": second(w.ResolveTicket(t.Context(), boris, ticket.ID)),
		} {
			if !errors.Is(err, db.ErrNotFound) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
	t.Run("a buyer answers about orders only", func(t *testing.T) {
		about, general := w.Asked(t, vera, order), w.Asked(t, vera, db.Order{})
		if _, err := w.AnswerTicket(t.Context(), gleb, about.ID, dbtest.Answer(about, "Да")); err != nil {
			t.Error(err)
		}
		if _, err := w.AnswerTicket(t.Context(), gleb, general.ID, dbtest.Answer(general, "Да")); !errors.Is(err, db.ErrNotFound) {
			t.Error(err)
		}
		rows, _, err := w.TicketsWaiting(t.Context(), gleb, db.TicketOpen, db.Place[db.TicketID]{})
		for _, row := range rows {
			if row.Ticket.OrderID == nil {
				t.Errorf("%+v", row)
			}
		}
		if err != nil || len(rows) == 0 {
			t.Error(len(rows), err)
		}
	})
	t.Run("empty and endless messages are refused beside their field", func(t *testing.T) {
		for _, form := range []db.TicketForm{dbtest.TicketForm(" ", "?"), dbtest.TicketForm("Тема", " \n "), dbtest.TicketForm("Тема", strings.Repeat("ы", db.MessageLimit+1)), dbtest.TicketForm(strings.Repeat("ы", db.SubjectLimit+1), "?")} {
			_, err := w.OpenTicket(t.Context(), boris, form)
			if problems, ok := errors.AsType[db.Problems](err); !ok || len(problems) != 1 {
				t.Errorf("%.20s %.20s: %v", form.Subject, form.Text, err)
			}
		}
		if _, err := w.OpenTicket(t.Context(), boris, dbtest.TicketForm("Тема", strings.Repeat("ы", db.MessageLimit))); err != nil {
			t.Error(err)
		}
	})
}

func second[T any](_ T, err error) error { return err }

func TestTicketQueue(t *testing.T) {
	t.Parallel()
	w := dbtest.Open(t)
	vera, sveta := w.Person(t, dbtest.Vera), w.Person(t, dbtest.Sveta)
	queue := func(status db.TicketStatus) (ids []db.TicketID) {
		t.Helper()
		rows, _, err := w.TicketsWaiting(t.Context(), sveta, status, db.Place[db.TicketID]{})
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			ids = append(ids, row.Ticket.ID)
		}
		return ids
	}
	first := w.Asked(t, vera, db.Order{})
	w.Clock.Pass(time.Hour)
	next := w.Asked(t, vera, db.Order{})

	t.Run("the longest waiting is first, however often it is asked again", func(t *testing.T) {
		w.Clock.Pass(time.Hour)
		var err error
		if first, err = w.ReplyToTicket(t.Context(), vera, first.ID, dbtest.Reply("Ау?")); err != nil {
			t.Fatal(err)
		}
		if got := queue(db.TicketOpen); fmt.Sprint(got) != fmt.Sprint([]db.TicketID{first.ID, next.ID}) {
			t.Error(got)
		}
	})
	t.Run("one that is put off comes back on its day, in its old place", func(t *testing.T) {
		for _, until := range []string{"", "завтра", w.Today().String(), w.Today().Plus(400).String()} {
			if _, err := w.SnoozeTicket(t.Context(), sveta, first.ID, db.SnoozeForm{Version: first.Version, Until: until}); err == nil {
				t.Errorf("put off until %q", until)
			}
		}
		var err error
		if first, err = w.SnoozeTicket(t.Context(), sveta, first.ID, db.SnoozeForm{Version: first.Version, Until: w.Today().Plus(2).String()}); err != nil {
			t.Fatal(err)
		}
		if got := queue(db.TicketOpen); fmt.Sprint(got) != fmt.Sprint([]db.TicketID{next.ID}) {
			t.Error(got)
		}
		wake := func() {
			if err := w.WakeTickets(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		w.Clock.Pass(24 * time.Hour)
		if wake(); len(queue(db.TicketSnoozed)) != 1 {
			t.Error("it is back too early")
		}
		w.Clock.Pass(24 * time.Hour)
		wake()
		wake()
		if got := queue(db.TicketOpen); fmt.Sprint(got) != fmt.Sprint([]db.TicketID{first.ID, next.ID}) {
			t.Error(got)
		}
	})
	t.Run("one that is put off is open at once when the customer writes", func(t *testing.T) {
		ticket, err := w.TicketByID(t.Context(), next.ID)
		if err != nil {
			t.Fatal(err)
		}
		if _, err = w.SnoozeTicket(t.Context(), sveta, next.ID, db.SnoozeForm{Version: ticket.Version, Until: w.Today().Plus(9).String()}); err != nil {
			t.Fatal(err)
		}
		if ticket, err = w.ReplyToTicket(t.Context(), vera, next.ID, dbtest.Reply("Срочно!")); err != nil || ticket.Status != db.TicketOpen || ticket.SnoozedUntil != nil {
			t.Errorf("%+v %v", ticket, err)
		}
	})
	t.Run("who writes too much has to wait, and their resent form does not count", func(t *testing.T) {
		boris := w.Person(t, dbtest.Boris)
		form := dbtest.TicketForm("Раз", "два")
		ticket, err := w.OpenTicket(t.Context(), boris, form)
		for range 9 {
			if err == nil {
				_, err = w.ReplyToTicket(t.Context(), boris, ticket.ID, dbtest.Reply("ещё"))
			}
		}
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.ReplyToTicket(t.Context(), boris, ticket.ID, dbtest.Reply("и ещё")); !isWait(err) {
			t.Error(err)
		}
		if _, err := w.OpenTicket(t.Context(), boris, dbtest.TicketForm("Новое", "?")); !isWait(err) {
			t.Error(err)
		}
		if again, err := w.OpenTicket(t.Context(), boris, form); err != nil || again.ID != ticket.ID {
			t.Error(err)
		}
		w.Clock.Pass(4 * time.Minute)
		if _, err := w.ReplyToTicket(t.Context(), boris, ticket.ID, dbtest.Reply("и ещё")); err != nil {
			t.Error(err)
		}
	})
	t.Run("lists and threads are read page by page", func(t *testing.T) {
		ticket := first
		for i := range 60 {
			w.Clock.Pass(4 * time.Minute)
			if _, err := w.ReplyToTicket(t.Context(), vera, ticket.ID, dbtest.Reply(fmt.Sprint("№ ", i))); err != nil {
				t.Fatal(err)
			}
		}
		sheet, err := w.TicketSheet(t.Context(), vera, ticket.ID, 0)
		if err != nil || len(sheet.Thread.Messages) != 50 || sheet.Thread.Messages[49].Text != "№ 59" || sheet.Thread.Earlier == 0 {
			t.Fatalf("%d %v", len(sheet.Thread.Messages), err)
		}
		if sheet, err = w.TicketSheet(t.Context(), vera, ticket.ID, sheet.Thread.Earlier); err != nil || sheet.Thread.Messages[0].Text != "Здравствуйте! Успеют ли они до 1 апреля?" || sheet.Thread.Earlier != 0 {
			t.Errorf("%+v %v", sheet.Thread, err)
		}
		for range db.TicketsPage {
			w.Clock.Pass(4 * time.Minute)
			w.Asked(t, vera, db.Order{})
		}
		rows, more, err := w.Tickets(t.Context(), vera.ID, db.Place[db.TicketID]{})
		if err != nil || len(rows) != db.TicketsPage || !more {
			t.Fatal(len(rows), more, err)
		}
		last := rows[len(rows)-1]
		if rows, more, err = w.Tickets(t.Context(), vera.ID, db.Place[db.TicketID]{At: last.LastAt, ID: last.ID}); err != nil || len(rows) != 2 || more || rows[0].ID != first.ID {
			t.Error(rows, more, err)
		}
	})
}

func isWait(err error) bool {
	_, ok := errors.AsType[db.Wait](err)
	return ok
}

func TestTicketMoves(t *testing.T) {
	for from, want := range map[db.TicketStatus]string{
		db.TicketOpen: "waiting_customer snoozed resolved", db.TicketWaiting: "open waiting_customer snoozed resolved",
		db.TicketSnoozed: "open waiting_customer snoozed resolved", db.TicketResolved: "open waiting_customer",
	} {
		var may []string
		for _, next := range []db.TicketStatus{db.TicketOpen, db.TicketWaiting, db.TicketSnoozed, db.TicketResolved} {
			if from.May(next) {
				may = append(may, string(next))
			}
		}
		if got := strings.Join(may, " "); got != want {
			t.Errorf("%s: %s", from, got)
		}
	}
}
