package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"cabinet/db"
)

// addStaff makes an account with roles and prints a password for it, once.
func addStaff(ctx context.Context, p *program, args []string) error {
	if len(args) != 4 || args[0] != "add" {
		return errors.New("usage: cabinet staff add EMAIL NAME ROLE[,ROLE…]   roles: " + roleList())
	}
	var roles []db.Role
	for role := range strings.SplitSeq(args[3], ",") {
		roles = append(roles, db.Role(role))
	}
	password := db.GeneratePassword()
	account, err := p.db.AddStaff(ctx, args[1], args[2], password, roles)
	if problems, ok := errors.AsType[db.Problems](err); ok {
		return fmt.Errorf("%v; roles: %s", map[string]string(problems), roleList())
	}
	if err != nil {
		return err
	}
	fmt.Printf("%s may sign in at %s/sign-in.\n", account.Email, p.BaseURL)
	if account.PasswordChangedAt == nil {
		fmt.Printf("Password, shown this once: %s\nAt the first sign-in a one-time code is set up.\n", password)
	}
	return nil
}

func roleList() string {
	var names []string
	for _, role := range db.Roles {
		names = append(names, string(role))
	}
	return strings.Join(names, ", ")
}

// audit prints what does not add up. What it found is kept, so that the staff and the metrics say the same.
func audit(ctx context.Context, p *program) error {
	_, findings, err := p.db.KeepAudit(ctx)
	if err != nil {
		return err
	}
	for _, finding := range findings {
		fmt.Println(finding)
	}
	if len(findings) > 0 {
		return fmt.Errorf("%d differences", len(findings))
	}
	fmt.Println("Everything adds up.")
	return nil
}
