package handlers

import (
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"cabinet/db"
	"cabinet/views"

	"github.com/gofiber/fiber/v2"
)

// assemblyRoutes are the desk that forms, packs and weighs. Support reads, and decides about addresses.
func (h *Handlers) assemblyRoutes() []Route {
	reads, works := staff(db.Warehouse, db.Support), staff(db.Warehouse)
	return []Route{
		reading(h, "/staff/assembly", reads, assemblyList, h.showAssembly),
		{"GET", "/staff/assembly/parts", reads, h.showAssemblyParts},
		reading(h, "/staff/assembly/queue", reads, assemblyList, h.showAssemblyQueue),
		{"GET", "/staff/assembly/blocked", reads, h.listBlocked},
		{"GET", "/staff/assembly/proposals", reads, h.listProposals},
		{"POST", "/staff/assembly/proposals", works, h.formParcel},
		{"GET", "/staff/assembly/redirections", reads, h.listRedirections},
		{"POST", "/staff/assembly/next", works, h.takeNextParcel},
		{"GET", "/staff/assembly/:id<int>", reads, h.showDeskParcel},
		{"GET", "/staff/assembly/:id<int>/sheet", reads, h.showDeskSheet},
		{"GET", "/staff/assembly/:id<int>/row", reads, h.showBlockedRow},
		{"POST", "/staff/assembly/:id<int>/packing", works, h.packParcel},
		{"POST", "/staff/assembly/:id<int>/weighing", works, h.weighParcel},
		{"POST", "/staff/assembly/:id<int>/release", works, h.releaseParcel},
		{"POST", "/staff/assembly/:id<int>/reopening", works, h.reopenParcel},
		{"POST", "/staff/assembly/:id<int>/cancellation", works, h.cancelParcel},
		{"POST", "/staff/assembly/:id<int>/redirection", reads, h.decideRedirection},
	}
}

func deskParcelPath(id db.ParcelID) string {
	return "/staff/assembly/" + strconv.FormatInt(int64(id), 10)
}

// assemblyDesk is what every page of the desk shows around its list.
func (h *Handlers) assemblyDesk(c *fiber.Ctx, now string) (views.AssemblyDesk, error) {
	totals, err := h.totals(c)
	return views.AssemblyDesk{Totals: totals, Now: now, Works: me(c).Has(db.Warehouse)}, err
}

func assemblyList(c *fiber.Ctx, _ db.AccountID) *db.AssemblyList {
	return &db.AssemblyList{From: deskPlace(c)}
}

func (h *Handlers) showAssembly(c *fiber.Ctx, list *db.AssemblyList) error {
	desk, err := h.assemblyDesk(c, "/staff/assembly")
	if err != nil {
		return err
	}
	table, err := h.tableIn(c, list)
	if err != nil {
		return err
	}
	queue, others := assemblyQueue(c, list)
	return page(c, "nav.staff.assembly", views.Assembly(desk, table, queue, others))
}

// tableIn is what the visitor has on the table, if the list shows that there is anything.
func (h *Handlers) tableIn(c *fiber.Ctx, list *db.AssemblyList) (*views.Packing, error) {
	if !slices.ContainsFunc(list.Taken, func(row db.DeskRow) bool { return isMine(c, row) }) {
		return nil, nil
	}
	return h.onTable(c)
}

// onTable is what the visitor has on the table, or nil.
func (h *Handlers) onTable(c *fiber.Ctx) (*views.Packing, error) {
	sheet, err := h.db.TableOf(c.UserContext(), me(c))
	if errors.Is(err, db.ErrNotFound) {
		return nil, nil
	}
	return &views.Packing{DeskSheet: sheet}, err
}

// assemblyQueue is the queue as the visitor sees it, and what lies on the tables of others.
func assemblyQueue(c *fiber.Ctx, found *db.AssemblyList) (list views.DeskList, others []db.DeskRow) {
	list.Works, list.Rows = me(c).Has(db.Warehouse), found.Rows
	if found.More {
		last := found.Rows[len(found.Rows)-1].Parcel
		list.More = afterPlace("/staff/assembly", db.DeskPlace{At: *last.QueuedAt, ID: last.ID, Late: !last.Expedited})
	}
	return list, slices.DeleteFunc(found.Taken, func(row db.DeskRow) bool { return isMine(c, row) })
}

func isMine(c *fiber.Ctx, row db.DeskRow) bool { return *row.Parcel.PackerID == me(c).ID }

// showAssemblyParts are the counters of the desk, for a page that heard that they changed.
func (h *Handlers) showAssemblyParts(c *fiber.Ctx) error {
	desk, err := h.assemblyDesk(c, c.Query("at"))
	if err != nil {
		return err
	}
	return fragment(c, views.AssemblyParts(desk))
}

func (h *Handlers) showAssemblyQueue(c *fiber.Ctx, list *db.AssemblyList) error {
	queue, others := assemblyQueue(c, list)
	return fragment(c, views.AssemblyQueue(queue, others))
}

func (h *Handlers) listBlocked(c *fiber.Ctx) error {
	desk, err := h.assemblyDesk(c, "/staff/assembly/blocked")
	if err != nil {
		return err
	}
	rows, more, err := h.db.BlockedFrom(c.UserContext(), deskPlace(c))
	if err != nil {
		return err
	}
	list := views.DeskList{Rows: rows, Works: desk.Works}
	if more {
		last := rows[len(rows)-1].Parcel
		list.More = afterPlace(desk.Now, db.DeskPlace{At: *last.QueuedAt, ID: last.ID})
	}
	return page(c, "assembly.blocked", views.BlockedParcels(desk, list))
}

func (h *Handlers) listProposals(c *fiber.Ctx) error {
	desk, err := h.assemblyDesk(c, "/staff/assembly/proposals")
	if err != nil {
		return err
	}
	list := views.ProposalList{Works: desk.Works}
	var more bool
	after := db.ProposalForm{
		AccountID: db.AccountID(c.QueryInt("account")), AddressID: db.AddressID(c.QueryInt("address")), MethodCode: db.MethodCode(c.Query("method")),
	}
	if list.List, more, err = h.db.ProposalsFrom(c.UserContext(), after); err != nil {
		return err
	}
	if more {
		last := list.List[len(list.List)-1]
		list.More = desk.Now + "?" + url.Values{
			"account": {strconv.FormatInt(int64(last.AccountID), 10)}, "address": {strconv.FormatInt(last.AddressID, 10)}, "method": {last.MethodCode},
		}.Encode()
	}
	return page(c, "assembly.proposals", views.Proposals(desk, list))
}

func (h *Handlers) formParcel(c *fiber.Ctx) error {
	var form db.ProposalForm
	if err := parse(c, &form); err != nil {
		return err
	}
	parcel, err := h.db.FormParcel(c.UserContext(), me(c), form)
	if err != nil {
		return err
	}
	flash(c, "assembly.formed")
	return done(c, "/staff/assembly/proposals", views.FormedRow(parcel))
}

func (h *Handlers) listRedirections(c *fiber.Ctx) error {
	desk, err := h.assemblyDesk(c, "/staff/assembly/redirections")
	if err != nil {
		return err
	}
	rows, more, err := h.db.AskingFrom(c.UserContext(), deskPlace(c))
	if err != nil {
		return err
	}
	list := views.DeskList{Rows: rows, Works: desk.Works}
	if more {
		list.More = afterPlace(desk.Now, db.DeskPlace{ID: rows[len(rows)-1].Parcel.ID})
	}
	wanted, err := h.db.WantedBy(c.UserContext(), rows)
	if err != nil {
		return err
	}
	return page(c, "assembly.redirections", views.Redirections(desk, list, wanted))
}

func (h *Handlers) takeNextParcel(c *fiber.Ctx) error {
	_, err := h.db.TakeNextParcel(c.UserContext(), me(c))
	if errors.Is(err, db.ErrNotFound) {
		return db.Refusal("assembly.queue_is_empty")
	}
	if err != nil {
		return err
	}
	return h.tableChanged(c)
}

// tableChanged answers with the visitor's table as it is now.
func (h *Handlers) tableChanged(c *fiber.Ctx) error {
	table, err := h.onTable(c)
	if err != nil {
		return err
	}
	totals, err := h.totalsNow(c)
	if err != nil {
		return err
	}
	return done(c, "/staff/assembly", views.PackingTable(table, totals.Queue))
}

func (h *Handlers) packParcel(c *fiber.Ctx) error {
	var form db.PackForm
	if err := parse(c, &form); err != nil {
		return err
	}
	parcel, err := h.db.PackParcel(c.UserContext(), me(c), id[db.ParcelID](c), form)
	if problems, ok := errors.AsType[db.Problems](err); ok {
		return h.packedWrong(c, form, problems)
	}
	if err != nil {
		return err
	}
	flash(c, packedHow(parcel))
	return h.tableChanged(c)
}

// packedHow says what became of a parcel that was weighed.
func packedHow(parcel db.Parcel) string {
	if parcel.Status == db.ParcelReady {
		return "assembly.ready"
	}
	return "assembly.held"
}

func (h *Handlers) packedWrong(c *fiber.Ctx, form db.PackForm, problems db.Problems) error {
	sheet, err := h.db.DeskSheetOf(c.UserContext(), id[db.ParcelID](c))
	if err != nil {
		return err
	}
	return invalid(c, "nav.staff.assembly", views.PackingTable(&views.Packing{DeskSheet: sheet, Form: form, Problems: problems}, 0))
}

// weighParcel takes a new weight of a parcel that is packed and held.
func (h *Handlers) weighParcel(c *fiber.Ctx) error {
	var form db.PackForm
	if err := parse(c, &form); err != nil {
		return err
	}
	parcel, err := h.db.PackParcel(c.UserContext(), me(c), id[db.ParcelID](c), form)
	if problems, ok := errors.AsType[db.Problems](err); ok {
		sheet, err := h.db.DeskSheetOf(c.UserContext(), id[db.ParcelID](c))
		if err != nil {
			return err
		}
		return invalid(c, "assembly.reweigh", views.Reweighing(&views.Packing{DeskSheet: sheet, Form: form, Problems: problems}))
	}
	if err != nil {
		return err
	}
	flash(c, packedHow(parcel))
	return redirect(c, deskParcelPath(parcel.ID))
}

func (h *Handlers) releaseParcel(c *fiber.Ctx) error {
	if _, err := h.db.ReleaseParcel(c.UserContext(), me(c), id[db.ParcelID](c)); err != nil {
		return err
	}
	flash(c, "assembly.released")
	if strings.HasPrefix(back(c), deskParcelPath(id[db.ParcelID](c))) {
		return h.deskParcelChanged(c)
	}
	return h.tableChanged(c)
}

// reasoned is an act that wants a reason.
type reasoned struct {
	Reason string `form:"reason"`
	Accept bool   `form:"accept"`
}

func (h *Handlers) reopenParcel(c *fiber.Ctx) error {
	var form reasoned
	if err := parse(c, &form); err != nil {
		return err
	}
	if _, err := h.db.ReopenParcel(c.UserContext(), me(c), id[db.ParcelID](c), form.Reason); err != nil {
		return err
	}
	flash(c, "assembly.reopened")
	return redirect(c, "/staff/assembly")
}

func (h *Handlers) cancelParcel(c *fiber.Ctx) error {
	var form reasoned
	if err := parse(c, &form); err != nil {
		return err
	}
	if _, err := h.db.CancelParcel(c.UserContext(), me(c), id[db.ParcelID](c), form.Reason); err != nil {
		return err
	}
	flash(c, "assembly.cancelled")
	if strings.HasPrefix(back(c), "/staff/assembly/blocked") {
		return done(c, "/staff/assembly/blocked")
	}
	return redirect(c, deskParcelPath(id[db.ParcelID](c)))
}

func (h *Handlers) decideRedirection(c *fiber.Ctx) error {
	var form reasoned
	if err := parse(c, &form); err != nil {
		return err
	}
	if _, err := h.db.DecideRedirection(c.UserContext(), me(c), id[db.ParcelID](c), form.Accept, form.Reason); err != nil {
		return err
	}
	flash(c, map[bool]string{true: "assembly.accepted", false: "assembly.declined"}[form.Accept])
	if strings.HasPrefix(back(c), "/staff/assembly/redirections") {
		return done(c, "/staff/assembly/redirections")
	}
	return h.deskParcelChanged(c)
}

func (h *Handlers) showDeskParcel(c *fiber.Ctx) error {
	sheet, err := h.db.DeskSheetOf(c.UserContext(), id[db.ParcelID](c))
	if err != nil {
		return err
	}
	return page(c, views.ParcelTitle(c.UserContext(), sheet.Parcel.ID), views.DeskParcel(sheet, me(c)))
}

// showDeskSheet is for a page of the parcel that heard that it changed.
func (h *Handlers) showDeskSheet(c *fiber.Ctx) error {
	if !swaps(c) {
		return redirect(c, deskParcelPath(id[db.ParcelID](c)))
	}
	sheet, err := h.db.DeskSheetOf(c.UserContext(), id[db.ParcelID](c))
	if err != nil {
		return err
	}
	return fragment(c, views.DeskParcelArticle(sheet, me(c)))
}

func (h *Handlers) deskParcelChanged(c *fiber.Ctx) error {
	sheet, err := h.db.DeskSheetOf(c.UserContext(), id[db.ParcelID](c))
	if err != nil {
		return err
	}
	return done(c, deskParcelPath(sheet.Parcel.ID), views.DeskParcelArticle(sheet, me(c)))
}

// showBlockedRow is a row of the blocked ones that heard that it changed; nothing, once it is blocked no more.
func (h *Handlers) showBlockedRow(c *fiber.Ctx) error {
	row, err := h.db.DeskRowOf(c.UserContext(), id[db.ParcelID](c))
	if err != nil {
		return err
	}
	if len(row.Holds) == 0 {
		return fragment(c, views.Gone())
	}
	return fragment(c, views.BlockedRow(row, me(c).Has(db.Warehouse)))
}

// deskPlace reads where a page of a list begins; anything odd is the beginning.
func deskPlace(c *fiber.Ctx) db.DeskPlace {
	at, _ := strconv.ParseInt(c.Query("at"), 10, 64)
	place := db.DeskPlace{ID: db.ParcelID(c.QueryInt("after")), Late: c.QueryBool("late"), Method: db.MethodCode(c.Query("method_after"))}
	if place.ID == 0 {
		return db.DeskPlace{}
	}
	place.At = time.UnixMicro(at).UTC()
	return place
}

// afterPlace is the address of a list from a place on.
func afterPlace(path string, place db.DeskPlace) string {
	query := url.Values{"after": {strconv.FormatInt(int64(place.ID), 10)}, "at": {strconv.FormatInt(place.At.UnixMicro(), 10)}}
	if place.Late {
		query.Set("late", "true")
	}
	if place.Method != "" {
		query.Set("method_after", string(place.Method))
	}
	if strings.Contains(path, "?") {
		return path + "&" + query.Encode()
	}
	return path + "?" + query.Encode()
}
