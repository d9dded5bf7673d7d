package db_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"cabinet/db"
	"cabinet/db/dbtest"
)

// warehouse is a world in which Vera has an address, and Petr packs.
func warehouse(t *testing.T) (w *dbtest.World, vera, petr db.Visitor) {
	w = dbtest.Open(t)
	vera, petr = w.Person(t, dbtest.Vera), w.Person(t, dbtest.Petr)
	w.Address(t, vera)
	return w, vera, petr
}

func parcelNow(t *testing.T, w *dbtest.World, id db.ParcelID) db.Parcel {
	t.Helper()
	parcel, err := w.ParcelByID(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return parcel
}

func holds(t *testing.T, w *dbtest.World, id db.ParcelID) (kinds []db.HoldKind) {
	t.Helper()
	open, err := w.HoldsOf(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	for _, hold := range open {
		kinds = append(kinds, hold.Kind)
	}
	if parcel := parcelNow(t, w, id); int(parcel.OpenHolds) != len(kinds) {
		t.Fatalf("the parcel counts %d holds, there are %v", parcel.OpenHolds, kinds)
	}
	return kinds
}

func wantParcel(t *testing.T, parcel db.Parcel, err error, status db.ParcelStatus) db.Parcel {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if parcel.Status != status {
		t.Fatalf("the parcel is %s, not %s", parcel.Status, status)
	}
	return parcel
}

func wantRefusal(t *testing.T, err error, refusal db.Refusal) {
	t.Helper()
	if !errors.Is(err, refusal) {
		t.Fatalf("wanted the refusal %s, got %v", refusal, err)
	}
}

func wantProblem(t *testing.T, err error, field, key string) {
	t.Helper()
	problems, ok := errors.AsType[db.Problems](err)
	if !ok || problems[field] != key {
		t.Fatalf("wanted the problem %s: %s, got %v %v", field, key, err, problems)
	}
}

func wantSound(t *testing.T, w *dbtest.World) {
	t.Helper()
	findings, err := w.Audit(t.Context())
	if err != nil || len(findings) > 0 {
		t.Errorf("the audit finds %v %v", findings, err)
	}
}

func TestParcelNumber(t *testing.T) {
	number := db.ParcelID(5001).Number()
	for _, typed := range []string{number, "№ " + number, strings.ToLower(number), "Р" + number[1:], number[1:]} {
		if id, ok := db.ParseParcelNumber(typed); !ok || id != 5001 {
			t.Errorf("%q is read as %d %v", typed, id, ok)
		}
	}
	if _, ok := db.ParseParcelNumber("P5001-0" + number); ok {
		t.Error("a wrong number is taken")
	}
}

func TestAParcelFormsItself(t *testing.T) {
	t.Run("G01 when all items of an order have come and none lies in a parcel, the order's parcel stands in the queue", func(t *testing.T) {
		w, vera, _ := warehouse(t)
		order := w.PaidOrder(t, vera, dbtest.Boots, dbtest.Mug)
		all := items(t, w, order)
		w.Arrives(t, all[0])
		if err := w.FormParcelOf(t.Context(), order.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := w.ParcelOfItem(t.Context(), all[0].ID); !errors.Is(err, db.ErrNotFound) {
			t.Fatal("a parcel was formed while an item is on its way")
		}
		w.Arrives(t, all[1])
		for range 2 { // the job may run twice
			if err := w.FormParcelOf(t.Context(), order.ID); err != nil {
				t.Fatal(err)
			}
		}
		parcel := wantParcel(t, w.ParcelWith(t, all[0].ID), nil, db.ParcelAssembling)
		if parcel.Own || parcel.QueuedAt == nil || parcel.OpenHolds != 0 {
			t.Errorf("formed by us %v, queued %v, holds %d", !parcel.Own, parcel.QueuedAt, parcel.OpenHolds)
		}
		if held, _ := w.ItemsOfParcel(t.Context(), parcel.ID); len(held) != 2 {
			t.Errorf("it holds %d items", len(held))
		}
	})

	t.Run("G13 what lies in a customer's own parcel is frozen and not formed by us", func(t *testing.T) {
		w, vera, _ := warehouse(t)
		order, all := w.StoredOrder(t, vera, dbtest.Boots, dbtest.Mug)
		own := w.OwnParcel(t, vera, all[0])
		if err := w.FormParcelOf(t.Context(), order.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := w.ParcelOfItem(t.Context(), all[1].ID); !errors.Is(err, db.ErrNotFound) {
			t.Error("the rest of an order went off although its customer is consolidating")
		}
		if !own.Frozen() {
			t.Error("its items are not frozen")
		}
		rows, err := w.Proposals(t.Context(), db.ProposalsParams{Lim: 10})
		if err != nil || len(rows) != 1 || !slices.Equal(rows[0].ItemIds, []int64{int64(all[1].ID)}) {
			t.Errorf("the desk proposes %v %v", rows, err)
		}
	})

	t.Run("C15 the order's own address and method come before «Общая информация» and the first method that goes there", func(t *testing.T) {
		w, vera, _ := warehouse(t)
		order, all := w.StoredOrder(t, vera, dbtest.Boots)
		form := dbtest.AddressForm()
		form.Country, form.PostalCode, form.City, form.Street, form.Flat = "DE", "10115", "Berlin", "Invalidenstr.", "3"
		office, err := w.AddAddress(t.Context(), vera, form)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.ChangeShipTo(t.Context(), vera, order.ID, db.ShipToForm{AddressID: office.ID, Method: "dpd", Version: order.Version}); err != nil {
			t.Fatal(err)
		}
		if err := w.FormParcelOf(t.Context(), order.ID); err != nil {
			t.Fatal(err)
		}
		parcel := w.ParcelWith(t, all[0].ID)
		if *parcel.AddressID != office.ID || parcel.MethodCode != "dpd" {
			t.Errorf("it goes to %d by %s", *parcel.AddressID, parcel.MethodCode)
		}
		next := w.FormedParcel(t, vera)
		if *next.AddressID == office.ID || next.MethodCode != "dhl_international" {
			t.Errorf("the next one goes to %d by %s", *next.AddressID, next.MethodCode)
		}
	})

	t.Run("C03 without an address the parcel keeps its place, held, and mail-12 says what is missing", func(t *testing.T) {
		w := dbtest.Open(t)
		boris := w.Person(t, dbtest.Boris)
		parcel := w.FormedParcel(t, boris)
		if kinds := holds(t, w, parcel.ID); !slices.Equal(kinds, []db.HoldKind{db.HoldAddress}) {
			t.Fatalf("held by %v", kinds)
		}
		sent := letters(t, w, boris, db.MailAddressIncomplete)
		if len(sent) != 1 || !slices.Contains(sent[0].Missing, "street") || !strings.HasPrefix(sent[0].Path, "/addresses/new") {
			t.Fatalf("mail-12: %+v", sent)
		}
		if _, err := w.TakeNextParcel(t.Context(), w.Person(t, dbtest.Petr)); !errors.Is(err, db.ErrNotFound) {
			t.Error("a packer can take a held parcel")
		}
	})
}

func TestProposals(t *testing.T) {
	w, vera, petr := warehouse(t)
	first, one := w.StoredOrder(t, vera, dbtest.Boots)
	_, two := w.StoredOrder(t, vera, dbtest.Mug)
	rows, err := w.Proposals(t.Context(), db.ProposalsParams{Lim: 10})
	if err != nil || len(rows) != 1 || len(rows[0].ItemIds) != 2 {
		t.Fatalf("the desk proposes %v %v", rows, err)
	}
	form := db.ProposalForm{AccountID: vera.ID, AddressID: db.AddressID(rows[0].AddressID), MethodCode: db.MethodCode(rows[0].MethodCode),
		Items: []db.ItemID{one[0].ID, two[0].ID}, Key: "one"}

	t.Run("G01 one click forms what the desk proposes, of two orders, once", func(t *testing.T) {
		parcel, err := w.FormParcel(t.Context(), petr, form)
		parcel = wantParcel(t, parcel, err, db.ParcelAssembling)
		twice, err := w.FormParcel(t.Context(), petr, form)
		if err != nil || twice.ID != parcel.ID {
			t.Errorf("the second click formed %d %v", twice.ID, err)
		}
		if rows, _ := w.Proposals(t.Context(), db.ProposalsParams{Lim: 10}); len(rows) != 0 {
			t.Errorf("still proposed: %v", rows)
		}
	})
	t.Run("E24 each order lists its parcels, and a parcel its orders", func(t *testing.T) {
		parcels, err := w.ParcelsOfOrder(t.Context(), first.ID, vera.ID)
		if err != nil || len(parcels) != 1 {
			t.Errorf("%v %v", parcels, err)
		}
	})
	t.Run("G01 what is gone is refused with the reason", func(t *testing.T) {
		form.Key = "two"
		_, err := w.FormParcel(t.Context(), petr, form)
		wantRefusal(t, err, "parcels.proposal_gone")
	})
}

func TestOwnParcel(t *testing.T) {
	w, vera, petr := warehouse(t)
	boris := w.Person(t, dbtest.Boris)
	order := w.PaidOrder(t, vera, dbtest.Boots, dbtest.Mug, dbtest.Book)
	all := items(t, w, order)
	all[0] = w.Arrives(t, all[0])[0]

	form := w.ParcelForm(t, vera, all...)
	parcel, err := w.CreateParcel(t.Context(), vera, form)
	t.Run("G11 a parcel of the customer's own is «Новая», whatever the items' status", func(t *testing.T) {
		wantParcel(t, parcel, err, db.ParcelNew)
		if again, err := w.CreateParcel(t.Context(), vera, form); err != nil || again.ID != parcel.ID {
			t.Errorf("the form sent twice made %d %v", again.ID, err)
		}
	})
	t.Run("G10 an item lies in one parcel only", func(t *testing.T) {
		_, err := w.CreateParcel(t.Context(), vera, w.ParcelForm(t, vera, all[0]))
		wantProblem(t, err, "items", "parcels.items_gone")
	})
	t.Run("G10 nobody can pick another customer's items, nor touch the parcel", func(t *testing.T) {
		w.Address(t, boris)
		_, err := w.CreateParcel(t.Context(), boris, w.ParcelForm(t, boris, all[0]))
		wantProblem(t, err, "items", "parcels.items_gone")
		for name, act := range map[string]func() error{
			"dissolve": func() error { _, err := w.DissolveParcel(t.Context(), boris, parcel.ID); return err },
			"submit":   func() error { _, err := w.SubmitParcel(t.Context(), boris, parcel.ID); return err },
			"split":    func() error { _, _, err := w.SplitParcel(t.Context(), boris, parcel.ID); return err },
			"recall":   func() error { _, err := w.RecallParcel(t.Context(), boris, parcel.ID); return err },
			"redirect": func() error { _, err := w.RedirectParcel(t.Context(), boris, parcel.ID, 1); return err },
			"edit":     func() error { _, err := w.EditParcel(t.Context(), boris, parcel.ID, form); return err },
		} {
			if err := act(); !errors.Is(err, db.ErrNotFound) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
	t.Run("G12 the warehouse does not see it", func(t *testing.T) {
		if _, err := w.DeskParcel(t.Context(), parcel.ID); !errors.Is(err, db.ErrNotFound) {
			t.Errorf("the desk finds it: %v", err)
		}
		if _, err := w.TakeNextParcel(t.Context(), petr); !errors.Is(err, db.ErrNotFound) {
			t.Errorf("a packer can take it: %v", err)
		}
	})
	t.Run("G15 it can not be sent to processing before everything has come", func(t *testing.T) {
		_, err := w.SubmitParcel(t.Context(), vera, parcel.ID)
		wantRefusal(t, err, "parcels.not_all_arrived")
	})
	t.Run("G15 the rest can wait in a parcel of its own", func(t *testing.T) {
		stays, rest, err := w.SplitParcel(t.Context(), vera, parcel.ID)
		if err != nil {
			t.Fatal(err)
		}
		if here, _ := w.ItemsOfParcel(t.Context(), stays.ID); len(here) != 1 || here[0].ID != all[0].ID {
			t.Errorf("what has come: %v", here)
		}
		wantParcel(t, rest, nil, db.ParcelNew)
		if waits, _ := w.ItemsOfParcel(t.Context(), rest.ID); len(waits) != 2 || *rest.AddressID != *stays.AddressID {
			t.Errorf("the rest: %v", waits)
		}
		_, _, err = w.SplitParcel(t.Context(), vera, parcel.ID)
		wantRefusal(t, err, "parcels.nothing_to_split")
	})
	t.Run("G14 sent to processing, once, it takes its place in the queue", func(t *testing.T) {
		sent, err := w.SubmitParcel(t.Context(), vera, parcel.ID)
		sent = wantParcel(t, sent, err, db.ParcelAssembling)
		w.Clock.Pass(time.Minute)
		twice, err := w.SubmitParcel(t.Context(), vera, parcel.ID)
		if err != nil || !twice.QueuedAt.Equal(*sent.QueuedAt) {
			t.Errorf("the second click moved it to %v %v", twice.QueuedAt, err)
		}
	})
	t.Run("G10 what is being assembled can not be taken apart", func(t *testing.T) {
		_, err := w.DissolveParcel(t.Context(), vera, parcel.ID)
		wantRefusal(t, err, "parcels.not_new")
	})
	t.Run("G18 until a packer has it the customer may take it back, and loses the place", func(t *testing.T) {
		back, err := w.RecallParcel(t.Context(), vera, parcel.ID)
		if back = wantParcel(t, back, err, db.ParcelNew); back.QueuedAt != nil {
			t.Errorf("it keeps a place: %v", back.QueuedAt)
		}
		w.SubmitParcel(t.Context(), vera, parcel.ID)
		if _, err := w.TakeNextParcel(t.Context(), petr); err != nil {
			t.Fatal(err)
		}
		_, err = w.RecallParcel(t.Context(), vera, parcel.ID)
		wantRefusal(t, err, "parcels.taken_already")
	})
}

func TestOwnParcelIsChangedAndDissolved(t *testing.T) {
	w, vera, _ := warehouse(t)
	order, all := w.StoredOrder(t, vera, dbtest.Boots, dbtest.Mug)
	parcel := w.OwnParcel(t, vera, all[0])

	t.Run("G10 a «Новая» parcel can be filled anew; a stale page changes nothing", func(t *testing.T) {
		form := w.ParcelForm(t, vera, all[1])
		form.Version = parcel.Version
		changed, err := w.EditParcel(t.Context(), vera, parcel.ID, form)
		wantParcel(t, changed, err, db.ParcelNew)
		if held, _ := w.ItemsOfParcel(t.Context(), parcel.ID); len(held) != 1 || held[0].ID != all[1].ID {
			t.Errorf("it holds %v", held)
		}
		_, err = w.EditParcel(t.Context(), vera, parcel.ID, form)
		wantRefusal(t, err, "parcels.changed_elsewhere")
	})
	t.Run("G10 an empty parcel and a method that does not go there are refused beside the field", func(t *testing.T) {
		form := w.ParcelForm(t, vera)
		_, err := w.CreateParcel(t.Context(), vera, form)
		wantProblem(t, err, "items", "parcels.items_required")
		form = w.ParcelForm(t, vera, all[0])
		form.MethodCode = "dhl_paket"
		_, err = w.CreateParcel(t.Context(), vera, form)
		wantProblem(t, err, "method_code", "parcels.method_not_there")
		form.AddressID = 999
		_, err = w.CreateParcel(t.Context(), vera, form)
		wantProblem(t, err, "address_id", "parcels.address_required")
	})
	t.Run("G10 «Расформировать» frees the items, and the order's parcel then forms itself", func(t *testing.T) {
		w.Clock.Pass(time.Minute)
		gone, err := w.DissolveParcel(t.Context(), vera, parcel.ID)
		wantParcel(t, gone, err, db.ParcelCancelled)
		if free, _ := w.FreeItemsOf(t.Context(), vera.ID); len(free) != 2 {
			t.Errorf("free are %v", free)
		}
		if was, _ := w.ItemsOfParcel(t.Context(), parcel.ID); len(was) != 1 {
			t.Errorf("it is forgotten what it held: %v", was)
		}
		var waiting int
		w.Pool.QueryRow(t.Context(), "SELECT count(*) FROM river_job WHERE kind = 'form_parcels' AND args->>'order_id' = $1", fmt.Sprint(order.ID)).Scan(&waiting)
		if waiting == 0 {
			t.Error("nobody looks whether the order can go by itself")
		}
	})
}

func TestEarlyParcels(t *testing.T) {
	w, vera, _ := warehouse(t)
	w.EarlyParcels = true
	order := w.PaidOrder(t, vera, dbtest.Boots)
	all := items(t, w, order)
	parcel := w.OwnParcel(t, vera, all...)
	sent, err := w.SubmitParcel(t.Context(), vera, parcel.ID)

	t.Run("G17 let through early, it stands apart from the queue", func(t *testing.T) {
		wantParcel(t, sent, err, db.ParcelAssembling)
		if kinds := holds(t, w, parcel.ID); !slices.Equal(kinds, []db.HoldKind{db.HoldItems}) {
			t.Errorf("held by %v", kinds)
		}
		queue, err := waiting(w.AssemblyQueue(t.Context(), db.AssemblyQueueParams{Lim: 10}))
		blocked, _ := w.BlockedParcels(t.Context(), time.Time{}, 0, 10)
		if err != nil || len(queue) != 0 || len(blocked) != 1 {
			t.Errorf("queue %d, blocked %d %v", len(queue), len(blocked), err)
		}
	})
	t.Run("G16 after a day the nightly sweep cancels it, frees the items and says so in mail-18", func(t *testing.T) {
		if err := w.SweepParcels(t.Context()); err != nil {
			t.Fatal(err)
		}
		wantParcel(t, parcelNow(t, w, parcel.ID), nil, db.ParcelAssembling)
		w.Clock.Pass(25 * time.Hour)
		for range 2 {
			if err := w.SweepParcels(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		wantParcel(t, parcelNow(t, w, parcel.ID), nil, db.ParcelCancelled)
		sent := letters(t, w, vera, db.MailParcelCancelled)
		if len(sent) != 1 || sent[0].Reason != "parcels.reason.items_not_arrived" || len(sent[0].Lines) != 1 {
			t.Errorf("mail-18: %+v", sent)
		}
		if free, _ := w.FreeItemsOf(t.Context(), vera.ID); len(free) != 1 {
			t.Errorf("free are %v", free)
		}
		holds(t, w, parcel.ID)
	})
	t.Run("G16 what comes in time moves on by itself", func(t *testing.T) {
		parcel := w.OwnParcel(t, vera, all...)
		w.SubmitParcel(t.Context(), vera, parcel.ID)
		w.Arrives(t, all...)
		if err := w.RecheckParcelsOf(t.Context(), vera.ID); err != nil {
			t.Fatal(err)
		}
		if kinds := holds(t, w, parcel.ID); len(kinds) != 0 {
			t.Errorf("still held by %v", kinds)
		}
	})
}

func TestTwoPackers(t *testing.T) {
	w, vera, petr := warehouse(t)
	anna := w.Person(t, dbtest.Anna)
	for range 6 {
		w.FormedParcel(t, vera)
		w.Clock.Pass(time.Minute)
	}
	t.Run("G18 two packers press «Следующая» twenty times at once, and each has one parcel of his own", func(t *testing.T) {
		taken := takeAtOnce(t, w, 20, petr, anna)
		if len(taken[petr.ID]) != 1 || len(taken[anna.ID]) != 1 {
			t.Fatalf("Petr has %v, Anna has %v", taken[petr.ID], taken[anna.ID])
		}
		if taken[petr.ID][0] == taken[anna.ID][0] {
			t.Fatal("both have the same parcel")
		}
	})
	t.Run("G18 the queue goes on in its order, the expedited first", func(t *testing.T) {
		queue, err := waiting(w.AssemblyQueue(t.Context(), db.AssemblyQueueParams{Lim: 10}))
		if err != nil || len(queue) != 4 {
			t.Fatalf("%d in the queue %v", len(queue), err)
		}
		last := queue[3].ID
		if _, err := w.Pool.Exec(t.Context(), "UPDATE parcels SET expedited = true WHERE id = $1", last); err != nil {
			t.Fatal(err)
		}
		queue, _ = waiting(w.AssemblyQueue(t.Context(), db.AssemblyQueueParams{Lim: 10}))
		if queue[0].ID != last || !queue[1].QueuedAt.Before(*queue[2].QueuedAt) {
			t.Errorf("the queue is %d %d %d %d", queue[0].ID, queue[1].ID, queue[2].ID, queue[3].ID)
		}
		rest, _ := waiting(w.AssemblyQueue(t.Context(), db.AssemblyQueueParams{
			Late: !queue[1].Expedited, After: *queue[1].QueuedAt, Above: int64(queue[1].ID), Lim: 10,
		}))
		if len(rest) != 2 || rest[0].ID != queue[2].ID {
			t.Errorf("after the second come %v", rest)
		}
	})
	t.Run("G18 the customer sees the place, and a parcel let go keeps it", func(t *testing.T) {
		mine, err := w.TakenBy(t.Context(), &petr.ID)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.ReleaseParcel(t.Context(), petr, mine.ID); err != nil {
			t.Fatal(err)
		}
		row, err := w.CustomerParcel(t.Context(), mine.ID, vera.ID)
		if err != nil || row.Place > 3 {
			t.Errorf("its place is %d %v", row.Place, err)
		}
		if back, err := w.TakeNextParcel(t.Context(), petr); err != nil || !back.Expedited {
			t.Errorf("the expedited one comes first: %d %v", back.ID, err)
		}
	})
}

// takeAtOnce lets packers press «Следующая» many times at the same moment, and says which parcels each got.
func takeAtOnce(t *testing.T, w *dbtest.World, times int, packers ...db.Visitor) map[db.AccountID][]db.ParcelID {
	t.Helper()
	var mu sync.Mutex
	var all sync.WaitGroup
	taken := map[db.AccountID][]db.ParcelID{}
	for i := range times {
		packer := packers[i%len(packers)]
		all.Go(func() {
			parcel, err := w.TakeNextParcel(t.Context(), packer)
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			if !slices.Contains(taken[packer.ID], parcel.ID) {
				taken[packer.ID] = append(taken[packer.ID], parcel.ID)
			}
		})
	}
	all.Wait()
	return taken
}

func TestAssembly(t *testing.T) {
	w, vera, petr := warehouse(t)
	w.TopUp(t, vera, 100_00)
	parcel := w.TakenParcel(t, vera, petr)
	anna := w.Person(t, dbtest.Anna)

	t.Run("D09 weight and size are checked, and every item must be ticked off", func(t *testing.T) {
		form := w.PackForm(t, parcel)
		form.Weight, form.Length, form.Picked = "0", "x", nil
		_, err := w.PackParcel(t.Context(), petr, parcel.ID, form)
		wantProblem(t, err, "weight", "parcels.weight_wrong")
		wantProblem(t, err, "length", "parcels.size_wrong")
		wantProblem(t, err, "picked", "parcels.not_all_picked")
	})
	t.Run("D09 what is too heavy or too large for the method is said clearly", func(t *testing.T) {
		for field, form := range map[string]db.PackForm{
			"weight": {Weight: "32", Length: "30", Width: "30", Height: "30"},
			"length": {Weight: "3", Length: "130", Width: "30", Height: "30"},
		} {
			form.Picked, form.Version = w.PackForm(t, parcel).Picked, parcel.Version
			_, err := w.PackParcel(t.Context(), petr, parcel.ID, form)
			wantProblem(t, err, field, map[string]string{"weight": "methods.too_heavy", "length": "methods.too_long"}[field])
		}
		form := w.PackForm(t, parcel)
		form.Length, form.Width, form.Height = "110", "70", "70"
		_, err := w.PackParcel(t.Context(), petr, parcel.ID, form)
		wantProblem(t, err, "length", "methods.too_bulky")
	})
	t.Run("G18 another packer can not weigh what is on Petr's table", func(t *testing.T) {
		_, err := w.PackParcel(t.Context(), anna, parcel.ID, w.PackForm(t, parcel))
		wantRefusal(t, err, "parcels.taken_by_other")
	})

	form := w.PackForm(t, parcel)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if _, err := w.PackParcel(t.Context(), petr, parcel.ID, form); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	ready := parcelNow(t, w, parcel.ID)

	t.Run("D10 the balance covers the delivery: charged once, and the parcel is ready in the same breath", func(t *testing.T) {
		wantParcel(t, ready, nil, db.ParcelReady)
		purse, err := w.PurseOf(t.Context(), vera.ID)
		if err != nil || purse.Available != 100_00-26_49 {
			t.Errorf("the balance is %d %v", purse.Available, err)
		}
		sent := letters(t, w, vera, db.MailDeliveryCharged)
		if len(sent) != 1 || sent[0].Amount != 26_49 {
			t.Errorf("mail-11: %+v", sent)
		}
	})
	t.Run("D09 the delivery invoice is one, and paid", func(t *testing.T) {
		invoices, err := w.InvoicesOfParcel(t.Context(), &parcel.ID)
		if err != nil || len(invoices) != 1 || invoices[0].Status != db.InvoicePaid || invoices[0].Total != 26_49 {
			t.Errorf("%+v %v", invoices, err)
		}
	})
	t.Run("G09 actual, volumetric and billable weight are written down", func(t *testing.T) {
		if *ready.ActualGrams != 1400 || *ready.BillableGrams != 1400 || *ready.LengthMm != 350 {
			t.Errorf("%d %d %d", *ready.ActualGrams, *ready.BillableGrams, *ready.LengthMm)
		}
	})
	t.Run("E20 the promise is the next business day", func(t *testing.T) {
		if ready.PromisedOn == nil || *ready.PromisedOn != (db.Day{Year: 2026, Month: time.March, Day: 3}) {
			t.Errorf("promised for %v", ready.PromisedOn)
		}
		if ready.Late(db.Day{Year: 2026, Month: time.March, Day: 3}) || !ready.Late(db.Day{Year: 2026, Month: time.March, Day: 4}) {
			t.Error("late on the wrong day")
		}
	})
	t.Run("E21 the address is frozen", func(t *testing.T) {
		if ready.Recipient().LatinName != "ORLOVA VERA" {
			t.Errorf("frozen is %+v", ready.Recipient())
		}
	})
	t.Run("F05 items and orders follow", func(t *testing.T) {
		held, _ := w.ItemsOfParcel(t.Context(), parcel.ID)
		order, _ := w.OrderByID(t.Context(), held[0].OrderID)
		if held[0].Status != db.ItemReady || order.Status != db.OrderReady {
			t.Errorf("the item is %s, the order %s", held[0].Status, order.Status)
		}
	})
	t.Run("E19 G03 mail-14 at once, one", func(t *testing.T) {
		sent := letters(t, w, vera, db.MailReady)
		if len(sent) != 1 || sent[0].Day == nil || len(sent[0].Orders) != 1 {
			t.Errorf("mail-14: %+v", sent)
		}
	})
	wantSound(t, w)
}

func TestNotEnoughMoney(t *testing.T) {
	w, vera, petr := warehouse(t)
	parcel := w.Packs(t, petr, w.TakenParcel(t, vera, petr))

	t.Run("D10 the balance does not cover it: held, and the invoice goes out", func(t *testing.T) {
		wantParcel(t, parcel, nil, db.ParcelAssembling)
		if kinds := holds(t, w, parcel.ID); !slices.Equal(kinds, []db.HoldKind{db.HoldFunds}) {
			t.Errorf("held by %v", kinds)
		}
		sent := letters(t, w, vera, db.MailInvoice)
		if last := sent[len(sent)-1]; last.Amount != 26_49 || last.Number != parcel.ID.Number() {
			t.Errorf("mail-08: %+v", last)
		}
	})
	t.Run("G02 the packer is free for the next one", func(t *testing.T) {
		if _, err := w.TakeNextParcel(t.Context(), petr); !errors.Is(err, db.ErrNotFound) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("D09 weighed again before it is paid, the new invoice takes the place of the old", func(t *testing.T) {
		form := w.PackForm(t, parcel)
		form.Weight = "2,3"
		heavier, err := w.PackParcel(t.Context(), petr, parcel.ID, form)
		parcel = wantParcel(t, heavier, err, db.ParcelAssembling)
		invoice, err := w.DeliveryInvoiceOf(t.Context(), &parcel.ID)
		if err != nil || invoice.Total != 39_49 || invoice.Status != db.InvoiceIssued {
			t.Errorf("%+v %v", invoice, err)
		}
	})
	t.Run("D10 money comes, and the parcel is ready by itself, in its place", func(t *testing.T) {
		queued := *parcel.QueuedAt
		w.Clock.Pass(time.Hour)
		w.TopUp(t, vera, 50_00)
		for range 2 {
			if err := w.RecheckParcelsOf(t.Context(), vera.ID); err != nil {
				t.Fatal(err)
			}
		}
		ready := wantParcel(t, parcelNow(t, w, parcel.ID), nil, db.ParcelReady)
		if !ready.QueuedAt.Equal(queued) || len(holds(t, w, parcel.ID)) != 0 {
			t.Errorf("its place moved from %v to %v", queued, ready.QueuedAt)
		}
		if sent := letters(t, w, vera, db.MailDeliveryCharged); len(sent) != 1 || sent[0].Amount != 39_49 {
			t.Errorf("mail-11: %+v", sent)
		}
		if sent := letters(t, w, vera, db.MailReady); len(sent) != 1 {
			t.Errorf("mail-14 %d times", len(sent))
		}
	})
	wantSound(t, w)
}

func TestAddressHold(t *testing.T) {
	w := dbtest.Open(t)
	vera, petr := w.Person(t, dbtest.Vera), w.Person(t, dbtest.Petr)
	form := dbtest.AddressForm()
	form.House, form.Phone = "", ""
	address, err := w.AddAddress(t.Context(), vera, form)
	if err != nil {
		t.Fatal(err)
	}
	parcel := w.FormedParcel(t, vera)

	t.Run("C03 mail-12 names the fields and leads to the form", func(t *testing.T) {
		sent := letters(t, w, vera, db.MailAddressIncomplete)
		if len(sent) != 1 || !slices.Equal(sent[0].Missing, []string{"phone", "house"}) {
			t.Fatalf("mail-12: %+v", sent)
		}
		if want := fmt.Sprintf("/addresses/%d?parcel=%d", address.ID, parcel.ID); sent[0].Path != want {
			t.Errorf("it leads to %s", sent[0].Path)
		}
	})
	t.Run("C03 reminders go after two days and after seven, and no more", func(t *testing.T) {
		for day := range 12 {
			for range 2 {
				if err := w.RemindHolds(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			want := map[bool]int{true: 1}[day >= 0]
			if day >= 2 {
				want++
			}
			if day >= 7 {
				want++
			}
			if sent := letters(t, w, vera, db.MailAddressIncomplete); len(sent) != want {
				t.Fatalf("after %d days there are %d letters, not %d", day, len(sent), want)
			}
			w.Clock.Pass(24 * time.Hour)
		}
	})
	t.Run("C03 the completed address clears the hold, and the parcel keeps its place", func(t *testing.T) {
		later := w.FormedParcel(t, vera) // behind it
		whole := dbtest.AddressForm()
		whole.Version = address.Version
		if _, err := w.EditAddress(t.Context(), vera, address.ID, whole); err != nil {
			t.Fatal(err)
		}
		if err := w.RecheckParcelsOf(t.Context(), vera.ID); err != nil {
			t.Fatal(err)
		}
		if kinds := holds(t, w, parcel.ID); len(kinds) != 0 {
			t.Fatalf("still held by %v", kinds)
		}
		next, err := w.TakeNextParcel(t.Context(), petr)
		if err != nil || next.ID != parcel.ID || next.ID == later.ID {
			t.Errorf("the next is %d %v", next.ID, err)
		}
	})
}

func TestReopening(t *testing.T) {
	w, vera, petr := warehouse(t)
	parcel := w.ReadyParcel(t, vera, petr)

	t.Run("F05 taken back with a reason, the items are at the warehouse again", func(t *testing.T) {
		_, err := w.ReopenParcel(t.Context(), petr, parcel.ID, " ")
		wantProblem(t, err, "reason", "parcels.reason_required")
		back, err := w.ReopenParcel(t.Context(), petr, parcel.ID, "не та коробка")
		parcel = wantParcel(t, back, err, db.ParcelAssembling)
		held, _ := w.ItemsOfParcel(t.Context(), parcel.ID)
		order, _ := w.OrderByID(t.Context(), held[0].OrderID)
		if held[0].Status != db.ItemAtWarehouse || order.Status != db.OrderAtWarehouse || parcel.ShipTo != nil {
			t.Errorf("the item is %s, the order %s", held[0].Status, order.Status)
		}
	})
	t.Run("D09 what it costs more is asked as a supplement, and the same day is promised without another mail", func(t *testing.T) {
		form := w.PackForm(t, parcel)
		form.Weight = "2,5"
		again, err := w.PackParcel(t.Context(), petr, parcel.ID, form)
		parcel = wantParcel(t, again, err, db.ParcelReady)
		invoices, _ := w.InvoicesOfParcel(t.Context(), &parcel.ID)
		if len(invoices) != 2 || invoices[0].Kind != db.Supplement || invoices[0].Total != 13_00 {
			t.Errorf("%+v", invoices)
		}
		if sent := letters(t, w, vera, db.MailReady); len(sent) != 1 {
			t.Errorf("mail-14 %d times", len(sent))
		}
	})
	t.Run("D09 what it costs less comes back to the balance", func(t *testing.T) {
		back, err := w.ReopenParcel(t.Context(), petr, parcel.ID, "взвесили с весами")
		back = wantParcel(t, back, err, db.ParcelAssembling)
		again, err := w.PackParcel(t.Context(), petr, parcel.ID, w.PackForm(t, back))
		parcel = wantParcel(t, again, err, db.ParcelReady)
		purse, _ := w.PurseOf(t.Context(), vera.ID)
		if purse.Available != 100_00-26_49 {
			t.Errorf("the balance is %d", purse.Available)
		}
	})
	t.Run("G16 cancelled with a reason, everything comes back and mail-18 says why", func(t *testing.T) {
		if _, err := w.ReopenParcel(t.Context(), petr, parcel.ID, "повреждено"); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			gone, err := w.CancelParcel(t.Context(), petr, parcel.ID, "повреждено")
			wantParcel(t, gone, err, db.ParcelCancelled)
		}
		purse, _ := w.PurseOf(t.Context(), vera.ID)
		if purse.Available != 100_00 {
			t.Errorf("the balance is %d", purse.Available)
		}
		if sent := letters(t, w, vera, db.MailParcelCancelled); len(sent) != 1 || sent[0].Reason != "повреждено" {
			t.Errorf("mail-18: %+v", sent)
		}
	})
	wantSound(t, w)
}

func TestRedirection(t *testing.T) {
	w, vera, petr := warehouse(t)
	sveta := w.Person(t, dbtest.Sveta)
	form := dbtest.AddressForm()
	form.Label, form.City, form.Street = "дача", "Тверь", "Садовая"
	dacha, err := w.AddAddress(t.Context(), vera, form)
	if err != nil {
		t.Fatal(err)
	}
	_, all := w.StoredOrder(t, vera, dbtest.Mug)

	t.Run("G05 in «Новая» the customer changes the address at once", func(t *testing.T) {
		parcel := w.OwnParcel(t, vera, all...)
		changed, err := w.RedirectParcel(t.Context(), vera, parcel.ID, dacha.ID)
		if changed = wantParcel(t, changed, err, db.ParcelNew); *changed.AddressID != dacha.ID {
			t.Errorf("it goes to %d", *changed.AddressID)
		}
	})

	parcel := w.ReadyParcel(t, vera, petr)
	t.Run("G05 later it is a request that staff accept or decline", func(t *testing.T) {
		asked, err := w.RedirectParcel(t.Context(), vera, parcel.ID, dacha.ID)
		if asked = wantParcel(t, asked, err, db.ParcelReady); asked.WantedAddressID == nil || *asked.AddressID == dacha.ID {
			t.Fatalf("wanted %v, set %v", asked.WantedAddressID, *asked.AddressID)
		}
		_, err = w.ShipParcel(t.Context(), petr, parcel.ID, db.ShipmentForm{Numbers: "RA123456785RU"})
		wantRefusal(t, err, "parcels.address_undecided")
		_, err = w.DecideRedirection(t.Context(), sveta, parcel.ID, false, "")
		wantProblem(t, err, "reason", "parcels.reason_required")
		declined, err := w.DecideRedirection(t.Context(), sveta, parcel.ID, false, "этикетка напечатана")
		if declined = wantParcel(t, declined, err, db.ParcelReady); declined.WantedAddressID != nil {
			t.Error("the request stands")
		}
	})
	t.Run("E21 an accepted one is frozen anew, and the delivery is not charged again", func(t *testing.T) {
		w.RedirectParcel(t.Context(), vera, parcel.ID, dacha.ID)
		accepted, err := w.DecideRedirection(t.Context(), sveta, parcel.ID, true, "")
		if accepted = wantParcel(t, accepted, err, db.ParcelReady); accepted.Recipient().City != "Тверь" {
			t.Errorf("frozen is %+v", accepted.Recipient())
		}
		purse, _ := w.PurseOf(t.Context(), vera.ID)
		if purse.Available != 100_00-26_49 {
			t.Errorf("the balance is %d", purse.Available)
		}
	})
	t.Run("G05 never after it has left: the rule says no, and so does the database", func(t *testing.T) {
		if _, err := w.ShipParcel(t.Context(), petr, parcel.ID, db.ShipmentForm{Numbers: "RA123456785RU"}); err != nil {
			t.Fatal(err)
		}
		_, err := w.RedirectParcel(t.Context(), vera, parcel.ID, dacha.ID)
		wantRefusal(t, err, "parcels.address_final")
		if _, err := w.Pool.Exec(t.Context(), "UPDATE parcels SET ship_to = '{}' WHERE id = $1", parcel.ID); err == nil {
			t.Error("the database lets the address of a shipped parcel be changed")
		}
	})
	wantSound(t, w)
}

func TestShipping(t *testing.T) {
	w, vera, petr := warehouse(t)
	parcel := w.ReadyParcel(t, vera, petr)

	t.Run("H01 a method with a carrier's page needs a number", func(t *testing.T) {
		_, err := w.ShipParcel(t.Context(), petr, parcel.ID, db.ShipmentForm{})
		wantProblem(t, err, "numbers", "parcels.number_required")
	})
	t.Run("H01 a number that looks wrong is asked about, not refused", func(t *testing.T) {
		_, err := w.ShipParcel(t.Context(), petr, parcel.ID, db.ShipmentForm{Numbers: "12"})
		if doubt, ok := errors.AsType[db.Doubt](err); !ok || doubt != "tracking.unusual" {
			t.Fatalf("got %v", err)
		}
		wantParcel(t, parcelNow(t, w, parcel.ID), nil, db.ParcelReady)
	})

	form := db.ShipmentForm{Numbers: "00340434161094015902, 12", Anyway: true}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if _, err := w.ShipParcel(t.Context(), petr, parcel.ID, form); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	shipped := parcelNow(t, w, parcel.ID)

	t.Run("H01 several numbers for one parcel, whatever was clicked twice", func(t *testing.T) {
		wantParcel(t, shipped, nil, db.ParcelShipped)
		rows, err := w.TrackingOf(t.Context(), []int64{int64(parcel.ID)})
		if err != nil || len(rows) != 2 || shipped.Numbers != 2 {
			t.Errorf("%v %v", rows, err)
		}
		if link := rows[0].Link(); !strings.Contains(link, "00340434161094015902") || !strings.HasPrefix(link, "https://www.dhl.de/") {
			t.Errorf("H03: it leads to %q", link)
		}
		if link := rows[0].TrackerLink(); !strings.HasPrefix(link, "https://gdeposylka.ru/") {
			t.Errorf("H04: «Где посылка» is %q", link)
		}
	})
	t.Run("E22 mail-15 once, naming the orders and the numbers", func(t *testing.T) {
		sent := letters(t, w, vera, db.MailShipped)
		if len(sent) != 1 || len(sent[0].Tracking) != 2 || len(sent[0].Links) != 2 || len(sent[0].Orders) != 1 || sent[0].Method == "" {
			t.Errorf("mail-15: %+v", sent)
		}
	})
	t.Run("E22 items and orders follow", func(t *testing.T) {
		held, _ := w.ItemsOfParcel(t.Context(), parcel.ID)
		order, _ := w.OrderByID(t.Context(), held[0].OrderID)
		if held[0].Status != db.ItemShipped || order.Status != db.OrderShipped {
			t.Errorf("the item is %s, the order %s", held[0].Status, order.Status)
		}
	})
	t.Run("H01 a label scanned for two parcels is asked about", func(t *testing.T) {
		other := w.ReadyParcel(t, vera, petr)
		_, err := w.ShipParcel(t.Context(), petr, other.ID, db.ShipmentForm{Numbers: "00340434161094015902"})
		if doubt, ok := errors.AsType[db.Doubt](err); !ok || doubt != "tracking.used_before" {
			t.Errorf("got %v", err)
		}
	})
	t.Run("H01 another number can be added, and a mistyped one taken off", func(t *testing.T) {
		for range 2 {
			more, err := w.AddTracking(t.Context(), petr, parcel.ID, db.ShipmentForm{Numbers: "JJD000390007000001"})
			if more = wantParcel(t, more, err, db.ParcelShipped); more.Numbers != 3 {
				t.Errorf("it has %d numbers", more.Numbers)
			}
		}
		if sent := letters(t, w, vera, db.MailTrackingAdded); len(sent) != 1 || len(sent[0].Tracking) != 1 {
			t.Errorf("mail-16: %+v", sent)
		}
		less, err := w.RemoveTracking(t.Context(), petr, parcel.ID, "12")
		if less = wantParcel(t, less, err, db.ParcelShipped); less.Numbers != 2 {
			t.Errorf("it has %d numbers", less.Numbers)
		}
	})
	wantSound(t, w)
}

func TestTrip(t *testing.T) {
	w, vera, petr := warehouse(t)
	w.TopUp(t, vera, 500_00)
	var trip []db.ParcelID
	for range 3 {
		order, all := w.StoredOrder(t, vera, dbtest.Mug)
		form := w.ParcelForm(t, vera, all...)
		form.MethodCode = "spedition"
		parcel, err := w.CreateParcel(t.Context(), vera, form)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.SubmitParcel(t.Context(), vera, parcel.ID); err != nil {
			t.Fatal(err, order.ID)
		}
		taken, err := w.TakeNextParcel(t.Context(), petr)
		if err != nil {
			t.Fatal(err)
		}
		trip = append(trip, w.Packs(t, petr, taken).ID)
	}
	departure := *parcelNow(t, w, trip[0]).PromisedOn

	t.Run("G04 a method with a schedule promises its next departure", func(t *testing.T) {
		days, err := w.DeparturesFrom(t.Context(), "spedition", w.Today())
		if err != nil || departure != days[0].DepartsOn {
			t.Errorf("promised for %s, departs on %v %v", departure, days, err)
		}
	})
	t.Run("H02 the trip leaves without numbers, and one parcel that can not go does not keep the others", func(t *testing.T) {
		trips, err := w.Trips(t.Context(), "")
		if err != nil || len(trips) != 1 || len(trips[0].Rows) != 3 || *trips[0].Day != departure {
			t.Fatalf("the trips are %v %v", trips, err)
		}
		if _, err := w.ReopenParcel(t.Context(), petr, trip[1], "порвана плёнка"); err != nil {
			t.Fatal(err)
		}
		list, err := w.ShipTrip(t.Context(), petr, trip)
		if err != nil || len(list) != 3 || list[0].Err != nil || list[2].Err != nil {
			t.Fatalf("%+v %v", list, err)
		}
		wantRefusal(t, list[1].Err, "parcels.not_ready")
		wantParcel(t, parcelNow(t, w, trip[0]), nil, db.ParcelShipped)
	})
	t.Run("E23 the number comes later: it is on the list until then, and mail-16 tells it", func(t *testing.T) {
		list, err := w.UntrackedParcels(t.Context(), 0, 10)
		if err != nil || len(list) != 2 {
			t.Fatalf("%d without a number %v", len(list), err)
		}
		if _, err := w.AddTracking(t.Context(), petr, trip[0], db.ShipmentForm{Numbers: "ER-77/3"}); err != nil {
			t.Fatal(err)
		}
		if list, _ := w.UntrackedParcels(t.Context(), 0, 10); len(list) != 1 || list[0].Parcel.ID != trip[2] {
			t.Errorf("still without a number: %v", list)
		}
		if sent := letters(t, w, vera, db.MailTrackingAdded); len(sent) != 1 || !slices.Equal(sent[0].Tracking, []string{"ER-77/3"}) {
			t.Errorf("mail-16: %+v", sent)
		}
	})
	t.Run("H05 there is no carrier's page for our own van", func(t *testing.T) {
		rows, err := w.TrackingOf(t.Context(), []int64{int64(trip[0])})
		if err != nil || rows[0].Link() != "" {
			t.Errorf("%v %v", rows, err)
		}
	})
}

func TestEstimate(t *testing.T) {
	w, vera, petr := warehouse(t)
	t.Run("G19 two business days at least", func(t *testing.T) {
		if err := w.EstimateAssembly(t.Context()); err != nil {
			t.Fatal(err)
		}
		if days, err := w.AssemblyDays(t.Context()); err != nil || days != 2 {
			t.Errorf("%d %v", days, err)
		}
	})
	t.Run("G19 or the measured median", func(t *testing.T) {
		w.TopUp(t, vera, 500_00)
		for range 3 {
			parcel := w.TakenParcel(t, vera, petr)
			w.Clock.Pass(7 * 24 * time.Hour) // five business days
			w.Packs(t, petr, parcel)
		}
		if err := w.EstimateAssembly(t.Context()); err != nil {
			t.Fatal(err)
		}
		if days, err := w.AssemblyDays(t.Context()); err != nil || days != 5 {
			t.Errorf("%d %v", days, err)
		}
	})
	t.Run("G06 both dates are told before a parcel of one's own: ours comes first", func(t *testing.T) {
		_, all := w.StoredOrder(t, vera, dbtest.Mug)
		free, err := w.FreeItemsOf(t.Context(), vera.ID)
		if err != nil || len(free) != len(all) {
			t.Fatal(free, err)
		}
		e, err := w.Expect(t.Context(), free)
		if err != nil || !e.Ours.Before(e.Own) || e.Unknown != 0 || e.Days != 5 {
			t.Errorf("%+v %v", e, err)
		}
	})
}

// waiting are those in the queue that lie on no table.
func waiting(rows []db.AssemblyQueueRow, err error) ([]db.AssemblyQueueRow, error) {
	return slices.DeleteFunc(rows, func(row db.AssemblyQueueRow) bool { return row.Taken }), err
}
