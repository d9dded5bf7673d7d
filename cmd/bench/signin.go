package main

import (
	"encoding/base64"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/crypto/argon2"
)

const password = "korova-17-letit"

// stretch is argon2id as the product does it: 19 MiB, two passes, one lane.
func stretch(salt []byte) []byte { return argon2.IDKey([]byte(password), salt, 2, 19456, 1, 32) }

// measureSignIn holds signing in against argon2id alone, and sees what is left of a page beside it.
func (b *bench) measureSignIn() error {
	salt := []byte("bench-bench-benc")
	stored := fmt.Sprintf("$argon2id$v=19$m=19456,t=2,p=1$%s$%s", base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(stretch(salt)))
	err := b.inDatabase(b.small, func(conn *pgx.Conn) error {
		_, err := conn.Exec(b.ctx, "UPDATE accounts SET password_hash = $1 WHERE id >= $2", stored, heavy)
		return err
	})
	if err != nil {
		return err
	}
	ours, err := b.product(b.small)
	if err != nil {
		return err
	}
	defer ours.stop()
	a, o, err := turns(b.turns, func() (loaded, error) { return b.stretching(salt), nil }, func() (loaded, error) { return b.signIns(ours) })
	if err != nil {
		return err
	}
	if err := b.add(compare("sign-ins against argon2id alone, 8 at once", "/s", a, o, loaded.rate, 0.8, atLeast)); err != nil {
		return err
	}
	page := func() (visits, error) { return b.visit(ours, "/orders", who("/orders"), 8) }
	quiet, busy, err := turns(b.turns, page, func() (v visits, err error) {
		var hammered error
		var beside sync.WaitGroup
		beside.Go(func() { _, hammered = b.signIns(ours) })
		v, err = page()
		beside.Wait()
		if err == nil {
			err = hammered
		}
		return v, err
	})
	if err != nil {
		return err
	}
	return b.add(compare("/orders while eight clients sign in, against alone", "/s", quiet, busy, rate, 0.45, atLeast))
}

// stretching is argon2id alone, as many at once as the product allows itself.
func (b *bench) stretching(salt []byte) loaded {
	var all sync.WaitGroup
	var n atomic.Int64
	begun := time.Now()
	for range max(1, runtime.NumCPU()-1) {
		all.Go(func() {
			for time.Since(begun) < b.lasts {
				stretch(salt)
				n.Add(1)
			}
		})
	}
	all.Wait()
	return loaded{Requests: int(n.Load()), Seconds: time.Since(begun).Seconds()}
}

func (b *bench) signIns(of *child) (l loaded, err error) {
	err = b.ourselves(&l, "load", "-address", of.address, "-path", "/sign-in", "-sign-in", "-connections", "8", "-for", b.lasts.String())
	if err == nil && l.Failed > 0 {
		err = fmt.Errorf("%d of %d sign-ins failed", l.Failed, l.Requests)
	}
	return l, err
}

// signInForm is what the nth sign-in of a load sends: always somebody else, from an address of their own.
func signInForm(n int) (body, from string) {
	return fmt.Sprintf("identifier=customer%d%%40bench.example&password=%s", heavy+n%100, strings.ReplaceAll(password, "+", "%2B")),
		fmt.Sprintf("10.%d.%d.%d", n>>16&255, n>>8&255, n&255)
}
