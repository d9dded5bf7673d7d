package handlers_test

import (
	"strconv"
	"strings"
	"testing"

	"cabinet/db"
	"cabinet/db/dbtest"
	"cabinet/handlers/webtest"
)

func homeOf(label string) db.AddressForm {
	return db.AddressForm{Label: label, Surname: "Орлова", Name: "Вера", LatinName: "ORLOVA VERA", Phone: "+7 903 123-45-67", Email: "vera@example.com",
		Country: "RU", PostalCode: "119002", Region: "Москва", City: "Москва", Street: "ул. Арбат", House: "12", Flat: "7"}
}

func TestGeneralInfo(t *testing.T) {
	site := open(t)
	vera := site.As(dbtest.Vera)

	t.Run("C09 C06 it is the first address, and the name at the top", func(t *testing.T) {
		page := vera.With(t).Visit("/").Click(dbtest.Vera.Name).Click("Общая информация").At("/settings/profile").Shows("email", dbtest.Vera.Email)
		page.Fill("surname", " Орлова ").Fill("name", "Вера Павловна").Press("Сохранить").At("/settings").Sees("Вера Павловна Орлова").Sees("Адрес сохранён")
		page.Visit("/addresses").Sees("Общая информация").Sees("Основной")
	})
	t.Run("C10 two levels are marked differently, and a bar says how complete it is", func(t *testing.T) {
		page := vera.With(t).Visit("/settings/profile").Sees("обязательно для сохранения").Sees("нужно для отправки").Sees("3 из 8")
		page.Sees("Не хватает: индекс, город, улица, дом, квартира")
		for _, field := range []string{"surname", "name", "country"} {
			if len(page.Find("[name="+field+"][required]")) != 1 {
				t.Errorf("%s is not required", field)
			}
		}
		for _, field := range []string{"postal_code", "city", "street", "house", "flat"} {
			if len(page.Find(".field:has([name="+field+"]) .mark.needed")) != 1 {
				t.Errorf("%s is not marked as needed", field)
			}
		}
	})
	t.Run("C10 every field that a method needs has its mark", func(t *testing.T) {
		for _, method := range methodsTo(t, site, "RU") {
			page := vera.With(t).Visit("/settings/profile").Choose("Способ доставки", method.NameRu).Press("Показать нужные поля").Wants(200)
			book, err := site.AddressBook(t.Context(), site.Account(dbtest.Vera))
			if err != nil {
				t.Fatal(err)
			}
			for _, fit := range book[0].Fits {
				if fit.Method.Code != method.Code {
					continue
				}
				for _, field := range fit.Missing {
					if len(page.Find(".field:has([name="+field+"]) .mark")) != 1 {
						t.Errorf("%s needs %s, and nothing says so", method.Code, field)
					}
				}
			}
		}
	})
	t.Run("C01 C09 papers are asked for only where the method needs them", func(t *testing.T) {
		page := vera.With(t).Visit("/settings/profile").SeesNot("ИНН").Fill("city", "Тверь").Choose("Способ доставки", "СДЭК, курьер").Press("Показать нужные поля")
		page.Sees("ИНН").Sees("Серия и номер паспорта").Shows("city", "Тверь").Sees("из 15")
		page.Fill("inn", "123456789012").Press("Сохранить").Wants(422).Sees("контрольные цифры не сходятся").Shows("inn", "123456789012").Shows("city", "Тверь")
		page.Choose("Страна", "Германия").Press("Показать нужные поля").SeesNot("СДЭК")
	})
	t.Run("C09 the name in Latin is offered and never overwritten", func(t *testing.T) {
		page := vera.With(t).Visit("/settings/profile").Fill("surname", "Щукина").Fill("name", "Юлия").Press("Показать нужные поля")
		page.Sees("По сегодняшним правилам: SHCHUKINA IULIIA").Press("Подставить SHCHUKINA IULIIA").Shows("latin_name", "SHCHUKINA IULIIA").Shows("surname", "Щукина")
		page.Fill("latin_name", "SCHUKINA YULIA").Press("Показать нужные поля").Shows("latin_name", "SCHUKINA YULIA").SeesNot("Подставить")
	})
	t.Run("C11 codes of Russia and Germany are insisted on, others are asked about", func(t *testing.T) {
		page := vera.With(t).Visit("/settings/profile").Fill("postal_code", "1190").Press("Сохранить").Wants(422).Sees("из шести цифр").Shows("postal_code", "1190")
		page.Choose("Страна", "Австрия").Fill("postal_code", "10115").Press("Показать нужные поля").Sees("обычно выглядят иначе").Press("Сохранить").At("/settings")
		page.Visit("/addresses").Sees("обычно выглядят иначе")
	})
	t.Run("C11 a private house has no flat", func(t *testing.T) {
		page := vera.With(t).Visit("/settings/profile").Fill("flat", "5").Check("Частный дом").Press("Сохранить").At("/settings")
		page.Visit("/settings/profile").Shows("flat", "")
	})
	t.Run("C10 what is needed to save is said beside the field, and nothing is changed", func(t *testing.T) {
		page := vera.With(t).Visit("/settings/profile").Fill("surname", "").Fill("street", "<script>x()</script>").Press("Сохранить").Wants(422).Sees("Без этого нельзя сохранить")
		page.Shows("street", "<script>x()</script>").Visit("/settings/profile").Shows("surname", "Орлова").Shows("street", "")
	})
	t.Run("C09 whoever was quicker is shown beside what was typed", func(t *testing.T) {
		slow, quick := vera.With(t).Visit("/settings/profile"), vera.Tab().With(t).Visit("/settings/profile")
		quick.Fill("city", "Казань").Press("Сохранить").At("/settings")
		slow.Fill("city", "Самара").Press("Сохранить").Wants(409).Sees("изменили в другом окне").Sees("Казань").Shows("city", "Самара")
		slow.Press("Сохранить").At("/settings").Visit("/settings/profile").Shows("city", "Самара")
	})
}

func methodsTo(t *testing.T, site *site, country string) []db.Method {
	t.Helper()
	methods, err := site.MethodsTo(t.Context(), country)
	if err != nil || len(methods) == 0 {
		t.Fatal(len(methods), err)
	}
	return methods
}

func TestAddressBook(t *testing.T) {
	site := open(t)
	vera := site.As(dbtest.Vera)
	visitor := site.Account(dbtest.Vera)
	path := func(id db.AddressID) string { return "/addresses/" + strconv.FormatInt(int64(id), 10) }

	t.Run("C12 an empty book says how to begin", func(t *testing.T) {
		vera.With(t).Visit("/addresses").Sees("Адресов пока нет").Click("Заполнить").At("/settings/profile")
	})
	first, err := site.AddAddress(t.Context(), visitor, homeOf(""))
	if err != nil {
		t.Fatal(err)
	}
	t.Run("C12 C13 another person, with a label and a firm, is added; pressed twice, once", func(t *testing.T) {
		page := vera.With(t).Visit("/addresses").Click("Добавить адрес").Choose("Страна", "Германия")
		page.Fill("label", "Офис").Fill("surname", "Muster").Fill("name", "Max").Fill("company", "Muster GmbH").Fill("phone", "+49 30 123456")
		page.Fill("postal_code", "10115").Fill("city", "Berlin").Fill("street", "Torstr.").Fill("house", "1").Check("Частный дом").Press("Сохранить").At("/addresses")
		page.Sees("Офис").Sees("Muster GmbH").Sees("Германия").Sees("+4930123456")
		page.Back().Press("Сохранить").At("/addresses")
		if book, err := site.AddressesOf(t.Context(), visitor.ID); err != nil || len(book) != 2 {
			t.Errorf("%d addresses, %v", len(book), err)
		}
	})
	t.Run("C14 each address says for each method whether it will do", func(t *testing.T) {
		page := vera.With(t).Visit("/addresses")
		page.Within("#" + first.ID.Topic()).Sees("EMS / Почта России").Sees("Полный").Sees("Не хватает: ИНН, серия и номер паспорта")
	})
	t.Run("C12 a copy begins with the same and is its own", func(t *testing.T) {
		page := vera.With(t).Visit("/addresses")
		page.Within("#" + first.ID.Topic()).Click("Ещё")
		page = page.Within("#"+first.ID.Topic()).Click("Копировать").Shows("label", "Копия").Shows("street", "ул. Арбат")
		page.Fill("label", "Мама").Fill("name", "Нина").Press("Сохранить").At("/addresses").Sees("Мама")
	})
	book, err := site.AddressesOf(t.Context(), visitor.ID)
	if err != nil || len(book) != 3 {
		t.Fatal(len(book), err)
	}
	mother := book[2]
	act := func(page *webtest.Browser, id db.AddressID, button string) *webtest.Browser {
		page.Within("#" + id.Topic()).Click("Ещё")
		return page.Within("#" + id.Topic()).Press(button)
	}
	t.Run("C12 another one becomes the main one", func(t *testing.T) {
		page := act(vera.With(t).Visit("/addresses"), mother.ID, "Сделать основным").At("/addresses").Sees("Основной адрес изменён")
		page.Within("#" + mother.ID.Topic()).Sees("Основной")
		page.Within("#" + first.ID.Topic()).SeesNot("Основной")
		act(page, first.ID, "Сделать основным")
	})
	t.Run("C12 an address is taken out, with a warning where something is on its way", func(t *testing.T) {
		order := site.PlacedOrder(t, visitor, dbtest.Boots)
		if _, err := site.Pool.Exec(t.Context(), "UPDATE orders SET address_id = $1 WHERE id = $2", mother.ID, order.ID); err != nil {
			t.Fatal(err)
		}
		page := act(vera.With(t).Visit("/addresses"), mother.ID, "Убрать").At("/addresses").Sees("на него ещё едет посылка или заказ").SeesNot("Мама")
		page.Visit(path(mother.ID)).Wants(404)
		act(vera.With(t).Visit("/addresses"), book[1].ID, "Убрать").Sees("Адрес убран из книги").SeesNot("ещё едет").SeesNot("Офис")
	})
	t.Run("A09 C13 nobody else finds an address or changes it", func(t *testing.T) {
		boris := site.As(dbtest.Boris).With(t)
		boris.Visit(path(first.ID)).Wants(404)
		boris.Visit("/addresses/new?copy=" + strings.TrimPrefix(path(first.ID), "/addresses/")).Wants(404)
		for _, noun := range []string{"", "/default", "/archive"} {
			boris.Do("POST", path(first.ID)+noun, "surname=X&name=Y&country=RU", nil).Wants(404)
		}
	})
	t.Run("C03 a link from a mail opens the address with the fields that the parcel waits for", func(t *testing.T) {
		vera.With(t).Visit(path(first.ID) + "/edit?method=cdek_courier").Wants(200).Sees("ИНН")
		vera.With(t).Visit(path(first.ID) + "?method=<b>").Wants(200).SeesNot("ИНН")
		vera.With(t).Visit(path(first.ID) + "?parcel=999999").Wants(404)
		back := vera.With(t).Visit("/addresses/new?back=/orders/new").Fill("surname", "А").Fill("name", "Б").Press("Сохранить")
		back.At("/orders/new")
		vera.With(t).Visit("/addresses/new?back=//evil.example").Fill("surname", "А").Fill("name", "В").Press("Сохранить").At("/")
	})
	t.Run("hostile text is only text", func(t *testing.T) {
		const evil = `"><img src=x onerror=alert(1)>{{.}}`
		vera.With(t).Visit("/addresses/new").Fill("label", evil).Fill("surname", evil).Fill("name", evil).Press("Сохранить").At("/addresses").Sees(evil)
		vera.With(t).Visit("/settings/data").Sees(evil)
	})
}
