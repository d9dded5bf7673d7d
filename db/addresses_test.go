package db_test

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"cabinet/db"
	"cabinet/db/dbtest"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivertest"
)

func home() db.AddressForm {
	return db.AddressForm{Surname: "Орлова", Name: "Вера", LatinName: "ORLOVA VERA", Phone: "+7 903 123-45-67", Email: "vera@example.com",
		Country: "RU", PostalCode: "119002", Region: "Москва", City: "Москва", Street: "ул. Арбат", House: "12", Flat: "7"}
}

func added(t *testing.T, w *dbtest.World, by db.Visitor, form db.AddressForm) db.Address {
	t.Helper()
	address, err := w.AddAddress(t.Context(), by, form)
	if err != nil {
		t.Fatal(err)
	}
	return address
}

func refused(t *testing.T, err error, key db.Refusal) {
	t.Helper()
	if !errors.Is(err, key) {
		t.Errorf("got %v, want the refusal %s", err, key)
	}
}

// labels is the book as a list of labels, the default one marked with a star.
func labels(t *testing.T, w *dbtest.World, by db.Visitor) string {
	t.Helper()
	book, err := w.AddressesOf(t.Context(), by.ID)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, address := range book {
		if address.IsDefault {
			address.Label += "*"
		}
		names = append(names, address.Label)
	}
	return strings.Join(names, " ")
}

func called(label string) db.AddressForm {
	form := home()
	form.Label = label
	return form
}

func TestAddressBook(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	w := dbtest.Open(t)
	vera, boris := w.Person(t, dbtest.Vera), w.Person(t, dbtest.Boris)

	t.Run("C09 the first address is «Общая информация»", func(t *testing.T) {
		info, err := w.SaveGeneralInfo(ctx, vera, called(""))
		if err != nil {
			t.Fatal(err)
		}
		if !info.IsDefault || info.AccountID != vera.ID || info.Phone != "+79031234567" || !info.CreatedAt.Equal(dbtest.Now) {
			t.Errorf("got %+v", info)
		}
		form := info.Form()
		form.City = "Тверь"
		again, err := w.SaveGeneralInfo(ctx, vera, form)
		if err != nil || again.ID != info.ID || again.City != "Тверь" || again.Version != info.Version+1 {
			t.Errorf("got %+v, %v", again, err)
		}
		if got, err := w.DefaultAddressOf(ctx, vera.ID); err != nil || got.ID != info.ID {
			t.Errorf("the default is %+v, %v", got, err)
		}
	})
	t.Run("C03 saving wakes the parcels that wait for it", func(t *testing.T) {
		conn, err := pgx.Connect(ctx, w.URL)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close(ctx)
		tx, err := conn.Begin(ctx)
		if err != nil {
			t.Fatal(err)
		}
		defer tx.Rollback(ctx)
		jobs := rivertest.RequireManyInsertedTx[*riverpgxv5.Driver](ctx, t, tx, []rivertest.ExpectedJob{{Args: db.RecheckParcels{}}, {Args: db.RecheckParcels{}}})
		for _, job := range jobs {
			if want := fmt.Sprintf(`{"account_id": %d}`, vera.ID); string(job.EncodedArgs) != want {
				t.Errorf("the job is for %s, not %s", job.EncodedArgs, want)
			}
		}
	})
	t.Run("C12 an address is added, edited and copied", func(t *testing.T) {
		dacha := added(t, w, vera, called("Дача"))
		if dacha.IsDefault {
			t.Error("a second address became the default")
		}
		form := dacha.Form()
		form.Label, form.PrivateHouse = "Дача летом", true
		w.Clock.Pass(time.Hour)
		edited, err := w.EditAddress(ctx, vera, dacha.ID, form)
		if err != nil || edited.Label != "Дача летом" || edited.Flat != "" || !edited.UpdatedAt.Equal(w.Clock.Now()) || !edited.CreatedAt.Equal(dacha.CreatedAt) {
			t.Errorf("got %+v, %v", edited, err)
		}
		copied := edited.Form()
		copied.Label = "Дача зимой"
		twin := added(t, w, vera, copied)
		if twin.ID == dacha.ID || twin.Street != edited.Street || twin.IsDefault || twin.Version != 1 {
			t.Errorf("got %+v", twin)
		}
		if got := labels(t, w, vera); got != "* Дача летом Дача зимой" {
			t.Errorf("the book is %q", got)
		}
	})
	t.Run("C12 a form that is older than the address changes nothing", func(t *testing.T) {
		office := added(t, w, vera, called("Офис"))
		first, second := office.Form(), office.Form()
		first.City, second.City = "Казань", "Самара"
		if _, err := w.EditAddress(ctx, vera, office.ID, first); err != nil {
			t.Fatal(err)
		}
		_, err := w.EditAddress(ctx, vera, office.ID, second)
		refused(t, err, "addresses.changed_elsewhere")
		if got, _ := w.AddressOf(ctx, office.ID, vera.ID); got.City != "Казань" {
			t.Errorf("the city is %s", got.City)
		}
	})
	t.Run("C12 a second click on «Сохранить» finds the thing done", func(t *testing.T) {
		first := added(t, w, vera, called("Соседи"))
		if second := added(t, w, vera, called(" Соседи ")); second.ID != first.ID {
			t.Errorf("saved twice: %d and %d", first.ID, second.ID)
		}
		form := first.Form()
		form.City = "Пермь"
		for range 2 {
			edited, err := w.EditAddress(ctx, vera, first.ID, form)
			if err != nil || edited.City != "Пермь" || edited.Version != 2 {
				t.Errorf("got %+v, %v", edited, err)
			}
		}
	})
	t.Run("C12 what is wrong is said field by field, and nothing is saved", func(t *testing.T) {
		before := labels(t, w, vera)
		bad := called("Плохой")
		bad.Surname, bad.PostalCode = "", "12"
		for _, try := range []func() (db.Address, error){
			func() (db.Address, error) { return w.AddAddress(ctx, vera, bad) },
			func() (db.Address, error) { return w.SaveGeneralInfo(ctx, vera, bad) },
			func() (db.Address, error) { return w.EditAddress(ctx, vera, 1, bad) },
		} {
			_, err := try()
			problems, ok := errors.AsType[db.Problems](err)
			if !ok || len(problems) != 2 || problems["surname"] != "fields.required" || problems["postal_code"] != "fields.postal_code_ru" {
				t.Errorf("got %#v", err)
			}
		}
		if after := labels(t, w, vera); after != before {
			t.Errorf("the book went from %q to %q", before, after)
		}
	})
	t.Run("C13 nobody touches another customer's address", func(t *testing.T) {
		book, err := w.AddressesOf(ctx, vera.ID)
		if err != nil {
			t.Fatal(err)
		}
		hers := book[1]
		added(t, w, boris, called("Свой"))
		errs := make([]error, 4)
		_, errs[0] = w.EditAddress(ctx, boris, hers.ID, hers.Form())
		_, _, errs[1] = w.ArchiveAddress(ctx, boris, hers.ID)
		_, errs[2] = w.MakeDefaultAddress(ctx, boris, hers.ID)
		_, errs[3] = w.AddressOf(ctx, hers.ID, boris.ID)
		for i, err := range errs {
			if !errors.Is(err, db.ErrNotFound) {
				t.Errorf("attempt %d: %v", i, err)
			}
		}
		if got := labels(t, w, boris); got != "Свой*" {
			t.Errorf("his book is %q", got)
		}
	})
}

func TestArchiveAddress(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	w := dbtest.Open(t)
	vera := w.Person(t, dbtest.Vera)
	first := added(t, w, vera, called("Дом"))

	t.Run("C12 the last address stays", func(t *testing.T) {
		_, _, err := w.ArchiveAddress(ctx, vera, first.ID)
		refused(t, err, "addresses.last_stays")
	})
	second := added(t, w, vera, called("Дача"))
	t.Run("C12 the default one stays until another one is", func(t *testing.T) {
		_, _, err := w.ArchiveAddress(ctx, vera, first.ID)
		refused(t, err, "addresses.default_stays")
		if _, err := w.MakeDefaultAddress(ctx, vera, second.ID); err != nil {
			t.Fatal(err)
		}
		if got := labels(t, w, vera); got != "Дача* Дом" {
			t.Errorf("the book is %q", got)
		}
		if _, inUse, err := w.ArchiveAddress(ctx, vera, first.ID); err != nil || inUse {
			t.Errorf("in use %t, %v", inUse, err)
		}
	})
	t.Run("C12 an archived address can be read but not changed", func(t *testing.T) {
		if got, err := w.AddressOf(ctx, first.ID, vera.ID); err != nil || got.ArchivedAt == nil {
			t.Errorf("got %+v, %v", got, err)
		}
		if _, err := w.EditAddress(ctx, vera, first.ID, first.Form()); !errors.Is(err, db.ErrNotFound) {
			t.Errorf("edited: %v", err)
		}
		if _, err := w.MakeDefaultAddress(ctx, vera, first.ID); !errors.Is(err, db.ErrNotFound) {
			t.Errorf("made the default: %v", err)
		}
	})
	t.Run("C12 an address that a parcel waits for is archived with a warning, a shipped one without", func(t *testing.T) {
		for status, want := range map[string]bool{"new": true, "assembling": true, "ready_to_ship": true, "shipped": false, "cancelled": false} {
			friend := added(t, w, vera, called("Подруга"))
			_, err := w.Pool.Exec(ctx, `INSERT INTO parcels (account_id, status, status_since, own, address_id, method_code, ship_to, queued_at, ready_at, shipped_at, key, created_at)
				VALUES ($1, $2, $3, true, $4, 'dhl_paket', '{}', $3, $3, $3, $2, $3)`, vera.ID, status, dbtest.Now, friend.ID)
			if err != nil {
				t.Fatal(err)
			}
			if got, inUse, err := w.ArchiveAddress(ctx, vera, friend.ID); err != nil || inUse != want || got.ArchivedAt == nil {
				t.Errorf("%s: in use %t, %v", status, inUse, err)
			}
		}
	})
	t.Run("C12 an order that is to go there warns too", func(t *testing.T) {
		for status, want := range map[string]bool{"new": true, "processing": true, "shipped": false, "cancelled": false} {
			friend := added(t, w, vera, called("Подруга"))
			_, err := w.Pool.Exec(ctx, `INSERT INTO orders (account_id, status, status_since, address_id, key, created_at) VALUES ($1, $2, $3, $4, $2, $3)`,
				vera.ID, status, dbtest.Now, friend.ID)
			if err != nil {
				t.Fatal(err)
			}
			if _, inUse, err := w.ArchiveAddress(ctx, vera, friend.ID); err != nil || inUse != want {
				t.Errorf("%s: in use %t, %v", status, inUse, err)
			}
		}
	})
}

func TestAddressBookAtOnce(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	w := dbtest.Open(t)
	vera := w.Person(t, dbtest.Vera)
	atOnce := func(n int, do func(i int) error) (errs []error) {
		errs = make([]error, n)
		var all sync.WaitGroup
		for i := range n {
			all.Go(func() { errs[i] = do(i) })
		}
		all.Wait()
		return slices.DeleteFunc(errs, func(err error) bool { return err == nil })
	}

	t.Run("C09 of ten first addresses sent at once one is the default", func(t *testing.T) {
		errs := atOnce(10, func(i int) error {
			_, err := w.AddAddress(ctx, vera, called("A"+strconv.Itoa(i)))
			return err
		})
		if got := labels(t, w, vera); len(errs) > 0 || strings.Count(got, "A") != 10 || strings.Count(got, "*") != 1 {
			t.Errorf("the book is %q, %v", got, errs)
		}
	})
	t.Run("C12 ten defaults at once leave one", func(t *testing.T) {
		book, err := w.AddressesOf(ctx, vera.ID)
		if err != nil {
			t.Fatal(err)
		}
		errs := atOnce(10, func(i int) error {
			_, err := w.MakeDefaultAddress(ctx, vera, book[i].ID)
			return err
		})
		if got := labels(t, w, vera); len(errs) > 0 || strings.Count(got, "*") != 1 {
			t.Errorf("the book is %q, %v", got, errs)
		}
	})
	t.Run("C12 a hundred addresses are a full book, also for two at once", func(t *testing.T) {
		if _, err := w.Pool.Exec(ctx, `INSERT INTO addresses (account_id, surname, name, country, created_at, updated_at)
			SELECT $1, 'Орлова', 'Вера', 'RU', $2, $2 FROM generate_series(11, 99)`, vera.ID, dbtest.Now); err != nil {
			t.Fatal(err)
		}
		errs := atOnce(2, func(i int) error {
			_, err := w.AddAddress(ctx, vera, called("B"+strconv.Itoa(i)))
			return err
		})
		if len(errs) != 1 {
			t.Fatalf("refused: %v", errs)
		}
		refused(t, errs[0], "addresses.too_many")
	})
}
