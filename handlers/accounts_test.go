package handlers_test

import (
	"testing"

	"cabinet/db/dbtest"
)

func TestRegistrationAndSignIn(t *testing.T) {
	site := open(t)
	t.Run("A01 A11 whoever registers is in their cabinet at once", func(t *testing.T) {
		new := site.Guest().With(t).Visit("/").Click("Регистрация")
		new.Fill("email", "lena@example.com").Fill("password", dbtest.Password).Check("Я согласен").Press("Зарегистрироваться")
		new.At("/registration/address").Sees("lena@example.com").Sees("Подтвердите электронную почту")
		new.Click("Заполню позже").At("/").Sees("lena@example.com").Sees("Мои заказы")
	})
	t.Run("A03 A12 whoever signs in goes on to where they wanted to", func(t *testing.T) {
		site.Account(dbtest.Petr)
		petr := site.Guest().With(t).Visit("/staff")
		petr.At("/sign-in?back=%2Fstaff").Fill("identifier", dbtest.Petr.Email).Fill("password", dbtest.Password).Press("Войти")
		petr.At("/staff").Click(dbtest.Petr.Name).Press("Выход").At("/").Sees("Вход")
	})
}
