package main

import (
	"context"
	"errors"

	"cabinet/db"
)

const demoPassword = "korova-17-letit"

// demoPeople are whom to sign in as.
var demoPeople = []struct {
	email, name, what string
	roles             []db.Role
}{
	{"vera@example.test", "Вера Орлова", "customer", nil},
	{"boris@example.test", "Борис Львов", "customer", nil},
	{"gleb@example.test", "Глеб Закупов", "buyer", []db.Role{db.Buyer}},
	{"petr@example.test", "Пётр Складов", "warehouse", []db.Role{db.Warehouse}},
	{"olga@example.test", "Ольга Счетова", "finance", []db.Role{db.Finance}},
	{"anna@example.test", "Анна Главная", "admin, all of it", []db.Role{db.Admin}},
}

// seed fills an empty database with people to try everything as. A database with people in it is left alone.
func seed(ctx context.Context, p *program) error {
	if _, err := p.db.ProvedAccount(ctx, demoPeople[0].email); !errors.Is(err, db.ErrNotFound) {
		return err
	}
	for _, person := range demoPeople {
		if _, err := p.db.AddStaff(ctx, person.email, person.name, demoPassword, person.roles); err != nil {
			return err
		}
	}
	return nil
}
