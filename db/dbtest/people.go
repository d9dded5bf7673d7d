package dbtest

import (
	"context"
	"testing"

	"cabinet/db"
)

// Password is everybody's.
const Password = "korova-17-letit"

// The people of our stories.
var (
	Vera   = Person{"vera@example.test", "Вера Орлова", nil}
	Boris  = Person{"boris@example.test", "Борис Львов", nil}
	Petr   = Person{"petr@example.test", "Пётр Складов", []db.Role{db.Warehouse}}
	Gleb   = Person{"gleb@example.test", "Глеб Закупов", []db.Role{db.Buyer}}
	Olga   = Person{"olga@example.test", "Ольга Счетова", []db.Role{db.Finance}}
	Sveta  = Person{"sveta@example.test", "Света Добрая", []db.Role{db.Support}}
	Nina   = Person{"nina@example.test", "Нина Редактор", []db.Role{db.Editor}}
	Irina  = Person{"irina@example.test", "Ирина Чуткая", []db.Role{db.Consultant}}
	Anna   = Person{"anna@example.test", "Анна Главная", []db.Role{db.Admin}}
	People = []Person{Vera, Boris, Petr, Gleb, Olga, Sveta, Nina, Irina, Anna}
)

// Person is somebody before they have an account.
type Person struct {
	Email string
	Name  string
	Roles []db.Role
}

// Person opens an account with a proved address and returns who is signed in to it.
func (w *World) Person(t testing.TB, p Person) db.Visitor {
	t.Helper()
	ctx := context.Background()
	account, err := w.AddStaff(ctx, p.Email, p.Name, Password, p.Roles)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := w.OpenSession(ctx, account.ID, "test", "127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	visitor, err := w.Recognise(ctx, secret)
	if err != nil {
		t.Fatal(err)
	}
	return visitor
}
