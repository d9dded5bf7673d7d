package dbtest

import (
	"testing"

	"cabinet/db"
)

// Dina answers consultations beside Irina.
var Dina = Person{"dina@example.test", "Дина Мудрая", []db.Role{db.Consultant}}

// SpecialistForm is a profile: from nine to six on weekdays in Berlin, an answer within eight of these hours.
func SpecialistForm(name string) db.SpecialistForm {
	form := db.NewSpecialistForm(name, "Europe/Berlin")
	form.About, form.Hours = "Сны, решения, переезды", "8"
	form.Prices[1], form.Prices[3] = "500", "400"
	return form
}

// Specialist is one of our people who takes requests, under a name for customers.
func (w *World) Specialist(t testing.TB, p Person, name string) db.Visitor {
	t.Helper()
	visitor := w.Person(t, p)
	form := SpecialistForm(name)
	if now, err := w.SpecialistByID(t.Context(), visitor.ID); err == nil {
		form.Version = now.Version
	}
	if err := w.SaveSpecialist(t.Context(), visitor, visitor.ID, form); err != nil {
		t.Fatal(err)
	}
	return visitor
}

// Credits are requests to a specialist that a customer has bought with points of the house: one of them, or three.
func (w *World) Credits(t testing.TB, of, specialist db.Visitor, requests int32) {
	t.Helper()
	pack := db.Pack{Requests: requests, Price: map[int32]int64{1: 500, 3: 400}[requests]}
	w.Granted(t, of, pack.Points(), "")
	form := db.CreditsForm{Key: random() + random(), Specialist: specialist.ID, Requests: requests, Points: pack.Points()}
	if err := w.BuyConsultations(t.Context(), of, form); err != nil {
		t.Fatal(err)
	}
}

// ConsultationDraft is a request that a customer has written and not sent.
func (w *World) ConsultationDraft(t testing.TB, by, specialist db.Visitor, subject string) db.Consultation {
	t.Helper()
	draft, err := w.BeginConsultation(t.Context(), by, specialist.ID, random()+random())
	if err == nil {
		draft, err = w.SaveConsultation(t.Context(), by, draft.ID, ConsultationForm(draft, subject), nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return draft
}

// ConsultationForm is a draft as it is typed, each form with a key of its own.
func ConsultationForm(draft db.Consultation, subject string) db.ConsultationForm {
	return db.ConsultationForm{Key: random() + random(), Version: draft.Version, Subject: subject, Body: "Стоит ли **переезжать**?"}
}

// Consulted is a request that was bought and sent.
func (w *World) Consulted(t testing.TB, by, specialist db.Visitor, subject string) db.Consultation {
	t.Helper()
	w.Credits(t, by, specialist, 1)
	draft := w.ConsultationDraft(t, by, specialist, subject)
	sent, err := w.SubmitConsultation(t.Context(), by, draft.ID, ConsultationForm(draft, subject), nil)
	if err != nil {
		t.Fatal(err)
	}
	return sent
}

// ConsultationAnswer is what a specialist says to a consultation as it is now.
func (w *World) ConsultationAnswer(t testing.TB, id db.ConsultationID, body string) db.ConsultationAnswer {
	t.Helper()
	desk, err := w.ConsultationAtDesk(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return db.ConsultationAnswer{Key: random() + random(), Version: desk.Version, Body: body}
}

// ConsultationReply is what a customer adds.
func ConsultationReply(body string) db.ConsultationReply {
	return db.ConsultationReply{Key: random() + random(), Body: body}
}
