package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"math"
	"net/url"
	"os"
	"strconv"
	"time"

	"cabinet/db"
	"cabinet/views"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// The floor is what a page costs at least: a bare Fiber handler that asks for session and rows in one batch and
// draws them with the product's own component. Its SQL, scanning and markup are the product's; everything
// between is left out.

// floor is the server of the floor, a process of its own.
type floor struct {
	pool  *pgxpool.Pool
	zone  *time.Location
	asked map[string][]statement // what a page asks, by path and session: noted once, at the start
	twin  bool                   // the rows of orders are drawn by a template
}

type statement struct {
	sql  string
	args []any
}

// bare is one page of the floor.
type bare struct {
	path    string
	session []int                                            // of whom there are sessions
	ask     func(context.Context, *db.Queries, db.AccountID) // asks the same as draw, with the right arguments
	draw    func(context.Context, *db.Queries, *views.Viewer, db.Visitor) (title string, body templ.Component, err error)
}

// runFloor serves until ctx ends.
func runFloor(ctx context.Context) error {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		return err
	}
	pool, err := pgxpool.New(ctx, fmt.Sprintf("%s&pool_max_conns=%d", os.Getenv("DATABASE_URL"), poolSize))
	if err != nil {
		return err
	}
	views.Site.Name, views.Site.Sender, views.Site.Help = "Cabinet", "cabinet@localhost", "cabinet@localhost"
	f := &floor{pool, zone, map[string][]statement{}, os.Getenv("TWIN") != ""}
	app := fiber.New(fiber.Config{DisableStartupMessage: true})
	app.Get("/ready", func(c *fiber.Ctx) error { return c.SendString("ready") })
	for _, page := range f.pages() {
		f.note(ctx, page)
		app.Get(page.path, func(c *fiber.Ctx) error { return f.answer(c, page) })
	}
	f.streams(app)
	go func() {
		<-ctx.Done()
		app.ShutdownWithTimeout(time.Second)
	}()
	return app.Listen("127.0.0.1:" + os.Getenv("PORT"))
}

// note runs a page against a database that only writes down what it is asked.
func (f *floor) note(ctx context.Context, page bare) {
	for _, who := range page.session {
		of := db.AccountID(who)
		var noted noting
		q := db.New(&noted)
		q.SessionByToken(ctx, hashOf(secretOf(who)), time.Now())
		page.ask(ctx, q, of)
		f.asked[page.path+secretOf(who)] = noted
	}
}

func (f *floor) answer(c *fiber.Ctx, page bare) error {
	ctx := c.UserContext()
	var batch pgx.Batch
	for _, one := range f.asked[page.path+c.Cookies("__Host-sid")] {
		batch.Queue(one.sql, one.args...)
	}
	answers := f.pool.SendBatch(ctx, &batch)
	defer answers.Close()
	q := db.New(replaying{answers})
	row, err := q.SessionByToken(ctx, nil, time.Time{})
	if err != nil {
		return err
	}
	visitor := db.Visitor{Account: row.Account, Session: row.Session, Purse: db.Purse{Available: db.Money(row.Available), Reserved: db.Money(row.Reserved)}}
	viewer := views.Viewer{
		SignedIn: true, Name: visitor.Name, Email: visitor.Email, Verified: visitor.Verified(), Path: page.path, Asked: c.Context().Time(), Locale: string(visitor.Locale),
		Zone: f.zone, Staff: row.Roles, Balance: views.Money(views.WithLocale(ctx, string(visitor.Locale)), visitor.Purse.Available, db.EUR),
	}
	for _, name := range row.Modules {
		viewer.Modules = append(viewer.Modules, db.ModuleName(name))
	}
	title, body, err := page.draw(ctx, q, &viewer, visitor)
	if err != nil {
		return err
	}
	buf := templ.GetBuffer()
	defer templ.ReleaseBuffer(buf)
	if err := views.Layout(title, body).Render(views.WithViewer(ctx, viewer), buf); err != nil {
		return err
	}
	c.Set("Content-Type", "text/html; charset=utf-8")
	return c.Send(buf.Bytes())
}

func (f *floor) pages() []bare {
	customers := []int{heavy}
	for i := range busies {
		customers = append(customers, firstBusy+i)
	}
	return []bare{
		{"/orders", customers, askOrders, f.drawOrders},
		{"/parcels", customers, askParcels, f.drawParcels},
		{"/balance", customers, f.askBalance, f.drawBalance},
		{"/staff/assembly", []int{packer}, f.askAssembly, drawAssembly},
		{"/articles/bench", customers, askArticle, drawArticle},
		{"/consultations/1", []int{firstBusy}, askConsultation, drawConsultation},
	}
}

func askConsultation(ctx context.Context, q *db.Queries, of db.AccountID) {
	q.ConsultationOf(ctx, 1, of)
	q.ConsultationThread(ctx, db.ConsultationThreadParams{ConsultationID: 1, AccountID: of, Below: math.MaxInt64, Lim: db.ThreadPage + 1})
	q.ConsultationReadingsOf(ctx, 1, of)
}

func drawConsultation(ctx context.Context, q *db.Queries, _ *views.Viewer, _ db.Visitor) (string, templ.Component, error) {
	sheet := &db.ConsultationSheet{}
	var err error
	if sheet.ConsultationOfRow, err = q.ConsultationOf(ctx, 0, 0); err != nil {
		return "", nil, err
	}
	rows, err := q.ConsultationThread(ctx, db.ConsultationThreadParams{})
	if err != nil {
		return "", nil, err
	}
	if err := sheet.Thread.Read(rows); err != nil {
		return "", nil, err
	}
	sheet.Readings, err = q.ConsultationReadingsOf(ctx, 0, 0)
	view := views.ConsultationView{ConsultationSheet: sheet, Reply: db.ConsultationReply{Key: views.NewKey()}, Now: time.Now()}
	return sheet.Consultation.Subject, views.ConsultationPage(view), err
}

func askArticle(ctx context.Context, q *db.Queries, of db.AccountID) {
	q.ArticleFor(ctx, int64(of), "bench")
	q.QuotesOfArticle(ctx, "bench", of)
}

func drawArticle(ctx context.Context, q *db.Queries, _ *views.Viewer, visitor db.Visitor) (string, templ.Component, error) {
	sheet := &db.ArticleSheet{Of: visitor.ID, Slug: "bench"}
	var err error
	if sheet.ArticleForRow, err = q.ArticleFor(ctx, 0, ""); err != nil {
		return "", nil, err
	}
	sheet.Quotes, err = q.QuotesOfArticle(ctx, "", 0)
	reading := views.ArticleReading{ArticleSheet: sheet, Quote: db.QuoteForm{Key: views.NewKey(), Number: sheet.Number}}
	return sheet.Title, views.Article(reading), err
}

func askOrders(ctx context.Context, q *db.Queries, of db.AccountID) {
	q.OrdersOf(ctx, db.OrdersOfParams{AccountID: of, CreatedAt: time.Now().Add(24 * time.Hour), Lim: db.OrdersPage + 1})
	q.OrderCountsOf(ctx, of)
}

func (f *floor) drawOrders(ctx context.Context, q *db.Queries, _ *views.Viewer, visitor db.Visitor) (string, templ.Component, error) {
	rows, err := q.OrdersOf(ctx, db.OrdersOfParams{})
	if err != nil {
		return "", nil, err
	}
	counts, err := q.OrderCountsOf(ctx, 0)
	list := views.OrderList{OrderList: &db.OrderList{Of: visitor.ID, Rows: rows, Counts: counts}, Path: "/orders"}
	if len(rows) > db.OrdersPage {
		list.Rows, list.More = rows[:db.OrdersPage], true
		last := list.Rows[db.OrdersPage-1]
		list.Next = fmt.Sprintf("/orders?below=%d-%d", last.CreatedAt.UnixMicro(), last.ID)
	}
	if f.twin {
		return "orders.title", views.OrdersTwin(list), err
	}
	return "orders.title", views.Orders(list), err
}

func askParcels(ctx context.Context, q *db.Queries, of db.AccountID) {
	q.ParcelsOf(ctx, int64(of), math.MaxInt64, db.ParcelsPage+1)
	q.Trackers(ctx)
}

func (f *floor) drawParcels(ctx context.Context, q *db.Queries, _ *views.Viewer, _ db.Visitor) (string, templ.Component, error) {
	rows, err := q.ParcelsOf(ctx, 0, 0, 0)
	if err != nil {
		return "", nil, err
	}
	next := ""
	if len(rows) > db.ParcelsPage {
		rows = rows[:db.ParcelsPage]
		next = "/parcels?below=" + strconv.FormatInt(int64(rows[len(rows)-1].Parcel.ID), 10)
	}
	today, cards := db.DayOf(time.Now(), f.zone), make([]db.ParcelCard, len(rows))
	for i, row := range rows {
		cards[i] = db.ParcelCard{CustomerParcelRow: db.CustomerParcelRow(row), Days: max(2, int(row.Days)), Today: today}
	}
	trackers, err := q.Trackers(ctx)
	for i := range cards {
		cards[i].Follow(trackers)
	}
	return "parcels.title", views.Parcels(cards, next), err
}

func (f *floor) askBalance(ctx context.Context, q *db.Queries, of db.AccountID) {
	q.UnpaidOf(ctx, of, db.DayOf(time.Now(), f.zone))
	q.EntriesOf(ctx, db.EntriesOfParams{
		AccountID: &of, Name: db.Shopping, Currency: db.EUR, Below: math.MaxInt64, Lim: db.HistoryPage + 1,
		Since: time.Unix(0, 0), Until: time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC),
	})
}

func (f *floor) drawBalance(ctx context.Context, q *db.Queries, _ *views.Viewer, visitor db.Visitor) (string, templ.Component, error) {
	today := db.DayOf(time.Now(), f.zone)
	unpaid, err := q.UnpaidOf(ctx, 0, today)
	if err != nil {
		return "", nil, err
	}
	lines, err := q.EntriesOf(ctx, db.EntriesOfParams{})
	statement := &db.Statement{Of: visitor.ID, Open: unpaid, Lines: lines}
	if len(lines) > db.HistoryPage {
		statement.Lines, statement.More = lines[:db.HistoryPage], true
	}
	return "nav.balance", views.Balance(views.BalancePage{Statement: statement, Purse: visitor.Purse, Today: today}), err
}

func (f *floor) askAssembly(ctx context.Context, q *db.Queries, of db.AccountID) {
	q.DeskCounts(ctx, db.DayOf(time.Now(), f.zone), int64(of))
	q.AssemblyQueue(ctx, db.AssemblyQueueParams{Lim: db.ParcelsPage + 1})
}

func drawAssembly(ctx context.Context, q *db.Queries, viewer *views.Viewer, _ db.Visitor) (string, templ.Component, error) {
	totals, err := q.DeskCounts(ctx, db.Day{}, 0)
	if err != nil {
		return "", nil, err
	}
	totals.Tickets = totals.OrderTickets
	viewer.Counts = views.DeskCounts(totals)
	found, err := q.AssemblyQueue(ctx, db.AssemblyQueueParams{})
	if err != nil {
		return "", nil, err
	}
	desk := views.AssemblyDesk{Totals: &db.DeskTotals{DeskCountsRow: totals}, Now: "/staff/assembly", Works: true}
	queue := views.DeskList{Works: true}
	if len(found) > db.ParcelsPage {
		found = found[:db.ParcelsPage]
		last := found[len(found)-1]
		next := url.Values{"after": {strconv.FormatInt(int64(last.ID), 10)}, "at": {strconv.FormatInt(last.QueuedAt.UnixMicro(), 10)}}
		if !last.Expedited {
			next.Set("late", "true")
		}
		queue.More = "/staff/assembly?" + next.Encode()
	}
	for _, row := range found {
		queue.Rows = append(queue.Rows, db.DeskRow{DeskParcelRow: db.DeskParcelRow{
			Parcel: db.Parcel{ID: row.ID, Expedited: row.Expedited, QueuedAt: row.QueuedAt}, Method: row.Method, Customer: row.Customer, Packer: row.Packer, Items: row.Items}})
	}
	return "nav.staff.assembly", views.Assembly(desk, nil, queue, nil), nil
}

// secretOf is what stands in the cookie of somebody's session.
func secretOf(who int) string { return secret + strconv.Itoa(who) }

func hashOf(secret string) []byte {
	sum := sha256.Sum256([]byte(secret))
	return sum[:]
}

// noting writes down what it is asked.
type noting []statement

var errNoted = errors.New("noted")

func (n *noting) Exec(context.Context, string, ...any) (tag pgconn.CommandTag, err error) {
	return tag, errNoted
}

func (n *noting) Query(_ context.Context, sql string, args ...any) (pgx.Rows, error) {
	*n = append(*n, statement{sql, args})
	return nil, errNoted
}

func (n *noting) QueryRow(_ context.Context, sql string, args ...any) pgx.Row {
	*n = append(*n, statement{sql, args})
	return n
}

func (n *noting) Scan(...any) error { return errNoted }

// replaying gives each query the next answer of a batch.
type replaying struct{ pgx.BatchResults }

func (r replaying) Exec(context.Context, string, ...any) (pgconn.CommandTag, error) {
	return r.BatchResults.Exec()
}

func (r replaying) Query(context.Context, string, ...any) (pgx.Rows, error) {
	return r.BatchResults.Query()
}

func (r replaying) QueryRow(context.Context, string, ...any) pgx.Row {
	return r.BatchResults.QueryRow()
}
