package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"cabinet/db"
)

// seed fills an empty database with the demo. A database with people in it is left alone.
func seed(ctx context.Context, p *program) (err error) {
	if _, err := p.db.ProvedAccount(ctx, demoPeople[0].email); !errors.Is(err, db.ErrNotFound) {
		return err
	}
	fmt.Println("Filling the demo …")
	d := &demo{ctx: ctx, people: map[string]db.Visitor{}}
	settings := p.db.Settings
	settings.Now = func() time.Time { return d.now }
	if d.DB, err = db.Open(p.pool, settings); err != nil {
		return err
	}
	defer d.Close()
	defer func() {
		if failed, ok := recover().(error); ok {
			err = fmt.Errorf("the demo: %w", failed)
		}
	}()
	d.tell()
	return nil
}
