package views

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"cabinet/db"

	"github.com/a-h/templ"
)

// consultationPath is the page of a consultation, or of an act on it.
func consultationPath(id db.ConsultationID, act string) templ.SafeURL {
	return numberedPath("/consultations/", int64(id), act)
}

// deskConsultationPath is a consultation at the desk, or an act on it.
func deskConsultationPath(id db.ConsultationID, act string) templ.SafeURL {
	return numberedPath("/staff/consultations/", int64(id), act)
}

func cannedPath(id db.CannedID, act string) templ.SafeURL {
	return numberedPath("/staff/consultations/canned/", int64(id), act)
}

func specialistPath(id db.AccountID) templ.SafeURL {
	return numberedPath("/staff/consultations/specialists/", int64(id), "")
}

// consultationFilePath is where a file is, for who may see it.
func consultationFilePath(id db.FileID, variant db.Variant) templ.SafeURL {
	return numberedPath("/consultations/files/", int64(id), string(variant))
}

// ConsultationTitle is what a consultation is called at the desk.
func ConsultationTitle(ctx context.Context, id db.ConsultationID) string {
	return tf(ctx, "consultations.numbered", "number", id.Number())
}

func consultationTone(status db.ConsultationStatus) Tone {
	switch status {
	case db.ConsultationSubmitted, db.ConsultationTaken:
		return Info
	case db.ConsultationAwaiting:
		return Warn
	case db.ConsultationAnswered:
		return Good
	case db.ConsultationDeclined, db.ConsultationExpired:
		return Bad
	}
	return Neutral
}

// consultationNext says to a customer who has the next word.
func consultationNext(ctx context.Context, c db.Consultation, credits int32) (Who, string) {
	switch c.Status {
	case db.ConsultationSubmitted, db.ConsultationTaken:
		return Us, tf(ctx, "consultations.next.open", "due", Moment(ctx, *c.DueAt))
	case db.ConsultationAwaiting:
		return You, "consultations.next.awaiting_client"
	case db.ConsultationAnswered:
		if left := db.FollowUps - int(c.FollowUps); left > 0 {
			return Nobody, tn(ctx, "consultations.next.answered", left)
		}
		return Nobody, tn(ctx, "consultations.next.paid", int(credits))
	}
	return Nobody, "consultations.next." + string(c.Status)
}

// aliasOf is what a customer calls themselves to the specialist.
func aliasOf(ctx context.Context, alias string, id db.ConsultationID) string {
	return either(alias, tf(ctx, "consultations.client", "number", int64(id)))
}

// subjectOf is what a customer's own list calls a consultation.
func subjectOf(ctx context.Context, row db.ConsultationsOfRow) string {
	return either(row.Subject, either(DreamLead(row.Opening, 80), t(ctx, "consultations.untitled")))
}

// saidBy is who has written a line of a thread: the reader, the other side, the system.
func saidBy(ctx context.Context, line db.Said, client string) string {
	switch {
	case !line.Said:
		return t(ctx, "orders.by.system")
	case !line.Staff:
		return client
	}
	return either(line.Specialist, t(ctx, "tickets.us"))
}

// saidEvents is a thread as somebody reads it who calls its client so.
func saidEvents(ctx context.Context, thread db.Conversation, client string) []Event {
	events := make([]Event, 0, len(thread.Lines))
	for _, line := range thread.Lines {
		event := Event{At: line.At, By: saidBy(ctx, line, client), Tone: authorTone(line.Staff)}
		switch {
		case line.PassedTo != "":
			event.Text = tf(ctx, "consultations.passed", "name", line.PassedTo)
		case line.Staff || line.Body == "":
			event.Text, event.Tone = "consultations.event."+string(line.Status), consultationTone(line.Status)
		}
		if line.Body != "" || len(line.Files) > 0 {
			event.Body = consultationWords(line)
		}
		events = append(events, event)
	}
	return events
}

// timeLeft says how long there is until a moment.
func timeLeft(ctx context.Context, due, now time.Time) string {
	left := due.Sub(now)
	switch {
	case left <= 0:
		return t(ctx, "consultations.overdue")
	case left < time.Hour:
		return tn(ctx, "consultations.minutes_left", max(1, int(left.Minutes())))
	case left < 48*time.Hour:
		return tn(ctx, "consultations.hours_left", int(left.Hours()))
	}
	return tn(ctx, "consultations.days_left", int(left.Hours())/24)
}

func dueTone(due, now time.Time) Tone {
	switch left := due.Sub(now); {
	case left <= 0:
		return Bad
	case left < 4*time.Hour:
		return Warn
	}
	return Neutral
}

// Inserted puts a canned answer behind what is typed already.
func Inserted(typed, canned string) string {
	if strings.TrimSpace(typed) == "" {
		return canned
	}
	return strings.TrimRight(typed, " \r\n") + "\n\n" + canned
}

// workdays says when a specialist works, days with the same hours together: «Пн–Пт 9:00–18:00».
func workdays(ctx context.Context, s db.Specialist) string {
	var said []string
	for day := 0; day < 7; {
		last := day
		for last < 6 && s.Opens[last+1] == s.Opens[day] && s.Closes[last+1] == s.Closes[day] {
			last++
		}
		if s.Opens[day] < s.Closes[day] {
			days := weekdayName(ctx, day)
			if last > day {
				days += "–" + weekdayName(ctx, last)
			}
			said = append(said, fmt.Sprintf("%s %s–%s", days, minuteText(s.Opens[day]), minuteText(s.Closes[day])))
		}
		day = last + 1
	}
	return strings.Join(said, ", ") + " (" + zoneText(ctx, s.Zone) + ")"
}

func minuteText(minute int32) string { return fmt.Sprintf("%d:%02d", minute/60, minute%60) }

func weekdayName(ctx context.Context, day int) string {
	return t(ctx, "consultations.weekday."+strconv.Itoa(day+1))
}

// zoneText is the city by which a zone goes.
func zoneText(ctx context.Context, zone string) string {
	_, city, _ := strings.Cut(zone, "/")
	return t(ctx, "consultations.zone."+strings.ToLower(either(city, zone)))
}

func zoneOptions(ctx context.Context) (options []Option) {
	for _, zone := range db.Zones {
		options = append(options, Option{Value: zone, Label: zoneText(ctx, zone)})
	}
	return options
}

// packLabel says what a pack is and what it costs.
func packLabel(ctx context.Context, pack db.Pack) string {
	return tn(ctx, "consultations.pack", pack.Requests, "points", tn(ctx, "articles.points", pack.Points()))
}

func stars(rating int32) string {
	return strings.Repeat("★", int(rating)) + strings.Repeat("☆", 5-int(rating))
}

func ratingOptions() (options []Option) {
	for rating := int32(5); rating > 0; rating-- {
		options = append(options, Option{Value: strconv.Itoa(int(rating)), Label: "consultations.rating." + strconv.Itoa(int(rating)), Hint: stars(rating)})
	}
	return options
}

func cannedOptions(rows []db.CannedOfRow) []Option {
	options := []Option{{Label: "canned.choose"}}
	for _, row := range rows {
		options = append(options, Option{Value: strconv.FormatInt(int64(row.ID), 10), Label: row.Title})
	}
	return options
}

func colleagueOptions(rows []db.ColleaguesRow) (options []Option) {
	for _, row := range rows {
		options = append(options, Option{Value: strconv.FormatInt(int64(row.AccountID), 10), Label: row.Name})
	}
	return options
}

// filesInput takes what goes with a message.
func filesInput(form string) Input {
	return Input{
		Form: form, Name: "files", Label: "consultations.files", Type: "file", Hint: "consultations.files_hint",
		Attrs: templ.Attributes{"accept": "image/*,application/pdf", "multiple": true},
	}
}

// WithFiles makes a Form send its files.
var withFiles = templ.Attributes{"enctype": "multipart/form-data", "hx-encoding": "multipart/form-data", "data-unsaved": true}

func markdownInput(form, name, label, hint, value string, rows int) Input {
	return Input{Form: form, Name: name, Label: label, Hint: hint, Value: value, Rows: rows, Required: true, Attrs: templ.Attributes{"maxlength": strconv.Itoa(db.DreamLimit)}}
}

func consultationFacts(ctx context.Context, view ConsultationView) []Fact {
	c := view.Consultation
	facts := []Fact{
		{Label: "consultations.specialist", Value: view.Specialist},
		{Label: "consultations.number", Value: c.ID.Number()},
		{Label: "consultations.known_as", Value: aliasOf(ctx, c.Alias, c.ID)},
		{Label: "consultations.left", Value: Number(ctx, view.Credits)},
	}
	for _, reading := range view.Readings {
		facts = append(facts, Fact{Label: "consultations.read_by", Value: either(reading.Reader, t(ctx, "tickets.us")) + ", " + Moment(ctx, reading.At)})
	}
	return facts
}

func deskConsultationFacts(ctx context.Context, desk DeskConsultation) []Fact {
	facts := []Fact{
		{Label: "consultations.client_head", Value: aliasOf(ctx, desk.Alias, desk.ID)},
		{Label: "consultations.specialist", Value: desk.Specialist},
		{Label: "dreams.sent_on", Value: Moment(ctx, desk.SubmittedAt)},
		{Label: "orders.state", Body: Badge(consultationTone(desk.Status), "consultations.status."+string(desk.Status))},
	}
	if desk.DueAt != nil {
		facts = append(facts, Fact{Label: "desk.consultations.due", Value: Moment(ctx, *desk.DueAt)},
			Fact{Label: "desk.consultations.left", Body: Badge(dueTone(*desk.DueAt, desk.Now), timeLeft(ctx, *desk.DueAt, desk.Now))})
	}
	for _, reading := range desk.Readings {
		facts = append(facts, Fact{Label: "consultations.read_by", Value: reading.Reader + ", " + Moment(ctx, reading.At)})
	}
	return facts
}
