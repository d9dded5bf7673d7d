package db

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"time"
)

type SessionID int64

const (
	sessionLife = 30 * 24 * time.Hour
	// seenEvery keeps a busy session from being written at every request.
	seenEvery = time.Minute
	// ProvedFor is how long after entering the password no one asks for it again.
	ProvedFor = 10 * time.Minute
)

// Visitor is who is asking: an account, the session it asks through, its roles and what it has.
// The zero Visitor is nobody.
type Visitor struct {
	Account
	Session Session
	Roles   []Role
	Purse   Purse
	Modules []ModuleName // that are on
}

// SignedIn reports whether there is anybody.
func (v Visitor) SignedIn() bool { return v.ID != 0 }

// Staff reports whether the visitor works here.
func (v Visitor) Staff() bool { return len(v.Roles) > 0 }

// Has reports whether the visitor has one of these roles. An admin has all of them.
func (v Visitor) Has(roles ...Role) bool {
	return slices.ContainsFunc(v.Roles, func(r Role) bool { return r == Admin || slices.Contains(roles, r) })
}

// newSecret is 256 random bits for a cookie or a link, and the hash that is kept of them.
func newSecret() (secret string, hash []byte) {
	raw := make([]byte, 32)
	rand.Read(raw)
	secret = base64.RawURLEncoding.EncodeToString(raw)
	return secret, hashOf(secret)
}

func hashOf(secret string) []byte {
	sum := sha256.Sum256([]byte(secret))
	return sum[:]
}

// OpenSession signs an account in and returns the secret for its cookie.
func (db *DB) OpenSession(ctx context.Context, of AccountID, agent, ip string) (secret string, err error) {
	secret, hash := newSecret()
	now := db.Now()
	_, err = db.insertSession(ctx, insertSessionParams{
		TokenHash: hash, AccountID: of, Agent: clip(readable(agent), 200), Ip: ip, At: now, ExpiresAt: now.Add(sessionLife),
	})
	return secret, err
}

// renewSession puts a new secret in the place of a session's old one.
func (c *change) renewSession(ctx context.Context, by Visitor) (secret string, err error) {
	secret, hash := newSecret()
	return secret, c.replaceSessionToken(ctx, hash, c.now, by.Session.ID)
}

// RenewSession gives a session a new secret after something about its account has changed that others may
// have waited for.
func (db *DB) RenewSession(ctx context.Context, by Visitor) (secret string, err error) {
	err = db.change(ctx, func(c *change) error {
		secret, err = c.renewSession(ctx, by)
		return err
	})
	return secret, err
}

// Recognise finds the visitor behind a cookie. An unknown or ended session is nobody; an error means
// that we do not know.
func (db *DB) Recognise(ctx context.Context, secret string) (Visitor, error) {
	visitor, _, err := db.RecogniseAt(ctx, secret, nil)
	return visitor, err
}

// RecogniseAt also reads the page that its visitor wants, in the same round trip, when this process knows
// already whose session that is; else the page is nil and still to be read.
func (db *DB) RecogniseAt(ctx context.Context, secret string, pageOf func(AccountID) Page) (visitor Visitor, page Page, err error) {
	hash, now := hashOf(secret), db.Now()
	var row SessionByTokenRow
	questions := []question{func(ctx context.Context, q *Queries) (err error) {
		row, err = q.SessionByToken(ctx, hash, now)
		return err
	}}
	owner := db.owners.of(hash)
	if pageOf != nil && owner != 0 {
		page = pageOf(owner)
		questions = append(questions, page.questions(db)...)
	}
	if err := db.together(ctx, questions...); err != nil {
		return Visitor{}, nil, err
	}
	if row.Account.ID != owner {
		db.owners.learn(hash, row.Account.ID)
		page = nil
	}
	visitor, err = db.seen(ctx, row)
	return visitor, page, err
}

// seen is the visitor of a session, which is noted to be in use.
func (db *DB) seen(ctx context.Context, row SessionByTokenRow) (Visitor, error) {
	visitor := Visitor{
		Account: row.Account, Session: row.Session,
		Purse: Purse{Available: Money(row.Available), Reserved: Money(row.Reserved), Points: row.Points / int64(pointWorth)},
	}
	for _, role := range row.Roles {
		visitor.Roles = append(visitor.Roles, Role(role))
	}
	for _, name := range row.Modules {
		visitor.Modules = append(visitor.Modules, ModuleName(name))
	}
	if db.Now().Sub(row.Session.SeenAt) < seenEvery {
		return visitor, nil
	}
	return visitor, db.touchSession(ctx, db.Now(), row.Session.ID)
}

// CloseSession signs out one of the visitor's own sessions.
func (db *DB) CloseSession(ctx context.Context, by Visitor, id SessionID) error {
	return db.deleteSession(ctx, id, by.ID)
}

// CloseOtherSessions signs the visitor out everywhere but here.
func (db *DB) CloseOtherSessions(ctx context.Context, by Visitor) error {
	return db.deleteSessionsBut(ctx, by.ID, by.Session.ID)
}

// endSessionsBut signs an account out everywhere but in one session; 0 keeps none.
func (c *change) endSessionsBut(ctx context.Context, of AccountID, keep SessionID) error {
	return c.deleteSessionsBut(ctx, of, keep)
}

// passSession notes in a session that the second factor was passed, and gives it a new cookie.
func (c *change) passSession(ctx context.Context, id SessionID, hash []byte) error {
	return c.passSecondFactor(ctx, c.now, hash, id)
}

// SweepSessions forgets sessions that ended.
func (db *DB) SweepSessions(ctx context.Context) error {
	return db.deleteExpiredSessions(ctx, db.Now().Add(-24*time.Hour))
}

// clip keeps at most n runes.
func clip(s string, n int) string {
	if runes := []rune(s); len(runes) > n {
		return string(runes[:n])
	}
	return s
}
