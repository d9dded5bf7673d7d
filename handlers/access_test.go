package handlers_test

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"cabinet/db"
	"cabinet/db/dbtest"
	"cabinet/handlers"
	"cabinet/handlers/webtest"
)

// lookers are the columns of the access matrix: nobody, another customer, the owner, each role.
var lookers = []struct {
	name string
	who  *dbtest.Person
}{
	{"nobody", nil}, {"other", &dbtest.Boris}, {"owner", &dbtest.Vera}, {"buyer", &dbtest.Gleb}, {"warehouse", &dbtest.Petr},
	{"finance", &dbtest.Olga}, {"support", &dbtest.Sveta}, {"editor", &dbtest.Nina}, {"consultant", &dbtest.Irina}, {"admin", &dbtest.Anna},
}

// TestAccess asks for every route as everyone, in a world where the thing asked for exists and is
// Vera's. 404 means «not for you» as well as «not there»; a change asked for with an empty form may be
// refused with 422 only to somebody who may try.
func TestAccess(t *testing.T) {
	site := open(t)
	thing := things(t, site)
	browsers := map[string]*webtest.Browser{}
	for _, l := range lookers {
		browsers[l.name] = site.Guest()
		if l.who != nil {
			browsers[l.name] = site.As(*l.who)
		}
	}
	var rows []string
	for _, route := range handlers.Routes() {
		if route.Path == "/sign-out" {
			continue // tried in a story of its own: it ends the session that the others need
		}
		row := fmt.Sprintf("%-5s %-46s", route.Method, route.Path)
		for _, l := range lookers {
			got := browsers[l.name].Do(route.Method, thing(route.Path), "", http.Header{"Content-Type": {"application/x-www-form-urlencoded"}})
			if got.Status >= 500 {
				t.Errorf("%s %s as %s: %d", route.Method, thing(route.Path), l.name, got.Status)
			}
			row += fmt.Sprintf(" %-10d", got.Status)
		}
		rows = append(rows, strings.TrimRight(row, " "))
	}
	slices.Sort(rows)
	head := fmt.Sprintf("%-52s", "")
	for _, l := range lookers {
		head += fmt.Sprintf(" %-10s", l.name)
	}
	golden(t, "testdata/access.txt", strings.TrimRight(head, " ")+"\n"+strings.Join(rows, "\n")+"\n")
}

var parameter = regexp.MustCompile(`:\w+(<\w+>)?`)

// things puts one of everything into the world and says how its address is made.
func things(t *testing.T, site *site) (address func(path string) string) {
	t.Helper()
	vera := site.Account(dbtest.Vera)
	if err := site.AskForRecovery(t.Context(), vera.Email, "127.0.0.1"); err != nil { // a mail, and the job that sends it
		t.Fatal(err)
	}
	site.Work()
	payment := site.Recorded(t, 1_00, "спасибо")
	order := site.PricedOrder(t, vera, dbtest.Boots)
	paid := site.paid(dbtest.Boots)
	coming, purchases := site.coming(dbtest.Boots, dbtest.Mug)
	receipt := site.Arrived(t, site.item(coming, 0))
	photo := site.Photo(t, receipt)
	home := site.Address(t, vera)
	_, items := site.StoredOrder(t, vera, dbtest.Mug)
	own := site.OwnParcel(t, vera, items...)
	ready := site.ReadyParcel(t, vera, site.Account(dbtest.Petr))
	if _, err := site.Pool.Exec(t.Context(), "UPDATE parcels SET promised_on = $1 WHERE id = $2", site.Today().Plus(-4), ready.ID); err != nil { // somebody may apologise
		t.Fatal(err)
	}
	formed := site.FormedParcel(t, vera)
	ticket := site.Asked(t, vera, order)
	site.Granted(t, vera, 50, "")
	essay := site.Purchased(t, vera)
	picture := site.Picture(t, essay, 640, 480)
	essay = site.Rewritten(t, essay, func(form *db.ArticleForm) { form.Body += "\n\n" + dbtest.PictureMark(picture) })
	quote := site.Quoted(t, vera, essay)
	if err := site.SetBookmark(t.Context(), vera, essay.Slug, true); err != nil {
		t.Fatal(err)
	}
	site.Drafted(t, dbtest.Essay(db.ForAll))
	site.Dreamt(t, vera, "Море до самого неба", "море")
	dream, waiting, shown := site.Dreamt(t, vera, "Лестница, которая ведёт *вниз*", "дом, лестница"), site.SentDream(t, vera, "Лечу над городом", true), site.DreamInBook(t, vera, "Синий поезд")
	tags, err := site.DreamTags(t.Context(), vera.ID)
	if err != nil {
		t.Fatal(err)
	}
	told := site.News(t, dbtest.Told(db.Buyers))
	entry, judged := site.contests(t)
	mailing := site.Mailing(t, "Новости журнала", 24)
	site.Subscribed(t, mailing, vera)
	if _, err := site.NoteBounces(t.Context(), []db.Bounce{{Key: "1", Address: site.Account(dbtest.Boris).Email, Kind: db.HardBounce, Source: db.FromWebhook, Detail: "550 5.1.1 no such user"}}); err != nil {
		t.Fatal(err)
	}
	nina := site.Account(dbtest.Nina)
	letter := site.Running(t, nina, mailing, "Первый выпуск")
	site.SentOut(t, letter.ID)
	draft := site.Campaign(t, nina, mailing, "Зимний номер вышел")
	irina := site.Specialist(t, dbtest.Irina, "Ирина, психолог")
	site.Credits(t, vera, irina, 3)
	consulted, file := site.consulted(t, vera, irina)
	unsent := site.ConsultationDraft(t, vera, irina, "Стоит ли переезжать")
	canned := must(site.SaveCanned(t.Context(), irina, 0, db.CannedForm{Key: formKey(), Title: "Памятка", Body: "Прочитайте памятку."}, nil))
	issue := site.DeliveredIssue(t, 47)
	site.Granted(t, vera, 3300+1200, "")
	magazine := site.Subscription(t, vera, db.FormatBoth, 6, dbtest.WithPoints, func(form *db.SubscriptionForm) { form.Address, form.Start = home.ID, "current" })
	site.Subscription(t, vera, db.FormatPDF, 6, dbtest.WithPoints, dbtest.AsGift)
	undone := site.DraftIssue(t, 48)
	cover, err := site.IssueByID(t.Context(), issue.ID)
	if err != nil {
		t.Fatal(err)
	}
	site.Work() // Vera's own copy
	site.RewardsAre(t, dbtest.Generous())
	promotion := site.Promotion(t, dbtest.Spring())
	ids := map[string]string{
		"/news/": fmt.Sprint(told.ID), "/staff/news/": fmt.Sprint(told.ID),
		"/contests/": fmt.Sprint(entry.ContestID), "/contests/entries/": fmt.Sprint(entry.ID), "/contests/pictures/": fmt.Sprint(*entry.Picture),
		"/staff/contests/": fmt.Sprint(judged.ContestID), "/staff/contests/entries/": fmt.Sprint(judged.ID), "/settings/notifications/": "mail-25",
		"/mailings/": fmt.Sprint(mailing.ID), "/unsubscribe/choices/": fmt.Sprint(mailing.ID), "/newsletters/": fmt.Sprint(letter.ID),
		"/staff/campaigns/": fmt.Sprint(draft.ID), "/staff/campaigns/topics/": fmt.Sprint(mailing.ID), "/staff/campaigns/suppressions/": "1",
		"/consultations/": fmt.Sprint(consulted.ID), "/consultations/files/": fmt.Sprint(file), "/staff/consultations/": fmt.Sprint(consulted.ID),
		"/staff/consultations/canned/": fmt.Sprint(canned.ID), "/staff/consultations/specialists/": fmt.Sprint(irina.ID),
		"/subscription/": fmt.Sprint(magazine.ID), "/subscription/issues/": fmt.Sprint(issue.ID), "/covers/": fmt.Sprint(*cover.Cover),
		"/staff/subscriptions/": fmt.Sprint(magazine.ID), "/staff/issues/": fmt.Sprint(undone.ID),
		"/staff/rewards/": fmt.Sprint(promotion.ID),
		"/articles/":      essay.Slug, "/pictures/": fmt.Sprint(picture), "/library/quotes/": fmt.Sprint(quote.ID), "/library/bookmarks/": fmt.Sprint(essay.ID),
		"/staff/articles/": fmt.Sprint(essay.ID),
		"/addresses/":      fmt.Sprint(home.ID),
		"/parcels/":        fmt.Sprint(own.ID), "/staff/assembly/": fmt.Sprint(formed.ID), "/staff/shipping/": fmt.Sprint(ready.ID),
		"/tickets/": fmt.Sprint(ticket.ID), "/staff/tickets/": fmt.Sprint(ticket.ID),
		"/dreams/": fmt.Sprint(dream.ID), "/dreams/tags/": fmt.Sprint(tags[0].ID), "/staff/dreams/": fmt.Sprint(waiting.ID), "/dreambook/": fmt.Sprint(shown.ID),
		"/orders/": fmt.Sprint(order.ID), "/staff/orders/": fmt.Sprint(order.ID),
		"/staff/buying/": fmt.Sprint(paid.ID), "/staff/buying/purchases/": fmt.Sprint(purchases[1].ID),
		"/invoices/": fmt.Sprint(site.GoodsInvoice(t, order).ID), "/staff/payments/": fmt.Sprint(payment.ID),
		"/photos/": fmt.Sprint(photo.FileID), "/staff/receiving/": fmt.Sprint(coming.ID), "/staff/receiving/receipts/": fmt.Sprint(receipt.ID),
		"/staff/settings/methods/": "spedition", "/staff/settings/carriers/": "dhl_de", "/staff/settings/payment-details/": "EUR",
	}
	return func(path string) string {
		before, act, _ := strings.Cut(path, ":id<int>")
		id := ids[before]
		if before == "/consultations/" && slices.Contains([]string{"/edit", "/draft", "/deletion", "/files/removal"}, act) {
			id = fmt.Sprint(unsent.ID)
		}
		before, _, _ = strings.Cut(path, ":")
		if id == "" {
			id = ids[before]
		}
		if id == "" {
			id = "1"
		}
		return parameter.ReplaceAllString(strings.NewReplacer(":queue", "mail", ":number<int>", "1", ":name", "mail-07", ":locale", "ru").Replace(path), id)
	}
}

// contests are one of each kind: Vera has sent something in for one that takes entries and for one that is judged, and won
// something that is sent by post.
func (s *site) contests(t *testing.T) (entry, judged db.ContestEntry) {
	t.Helper()
	vera, boris, form := s.Account(dbtest.Vera), s.Account(dbtest.Boris), s.ContestForm()
	form.Each = "3"
	entry = s.Entered(t, vera, s.Contest(t, form), "Белая ночь", dbtest.Upload(dbtest.Snapshot(320, 240)))
	judging := s.Contest(t, s.ContestForm())
	judged = s.Entered(t, vera, judging, "Тихая ночь")
	s.Entered(t, boris, judging, "Утро")
	s.Judged(t, judging)
	won := s.Contest(t, s.ContestForm())
	s.Won(t, won, 0, s.Entered(t, vera, won, "Вечер").ID)
	return entry, judged
}
