package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"cabinet/db"
	"cabinet/jobs/bounces"
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

// readBounces reads what came back from a file, or from the standard input when it is called -. Reading it twice is no harm.
func readBounces(ctx context.Context, p *program, args []string) error {
	if len(args) != 1 {
		return errors.New("usage: cabinet bounces FILE   an mbox, or one report (RFC 3464, RFC 5965); - is the standard input")
	}
	file := os.Stdin
	if args[0] != "-" {
		var err error
		if file, err = os.Open(args[0]); err != nil {
			return err
		}
		defer file.Close()
	}
	reports, others, err := bounces.Read(file)
	if err != nil {
		return err
	}
	tally, err := p.db.NoteBounces(ctx, reports)
	fmt.Printf("%d reports: %d noted, %d read before, %d about addresses that nobody here has, %d about mails that we did not send there; %d addresses get no newsletters from now on. %d mails were no reports.\n",
		len(reports), tally.Noted, tally.Known, tally.Unknown, tally.Unproved, tally.Suppressed, others)
	return err
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
