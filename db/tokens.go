package db

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"
)

type TokenID int64

// TokenPurpose binds a mailed link to the one thing it may do.
type TokenPurpose string

const (
	VerifyEmail TokenPurpose = "verify"
	Recover     TokenPurpose = "recover"
	ChangeEmail TokenPurpose = "change_email"
	UndoEmail   TokenPurpose = "undo_email"

	ConfirmMailings TokenPurpose = "subscribe" // also proves the address
)

var tokenLife = map[TokenPurpose]time.Duration{
	VerifyEmail: 7 * 24 * time.Hour,
	Recover:     time.Hour,
	ChangeEmail: 7 * 24 * time.Hour,
	UndoEmail:   7 * 24 * time.Hour,

	ConfirmMailings: 7 * 24 * time.Hour,
}

// Spent says why a link no longer works.
type Spent string

const (
	SpentUnknown  Spent = "tokens.unknown"
	SpentUsed     Spent = "tokens.used"
	SpentExpired  Spent = "tokens.expired"
	SpentReplaced Spent = "tokens.replaced"
)

func (s Spent) Error() string { return string(s) }

// Open reports whether a link can still be used.
func (t Token) Open(now time.Time) bool {
	return t.UsedAt == nil && t.SupersededAt == nil && t.ExpiresAt.After(now)
}

// issueToken makes a link's secret, valid instead of all earlier ones, with six digits behind it for
// people who read the mail on another device. Only a link that undoes stays good beside newer ones, or
// whoever has stolen an account could make it worthless.
func (c *change) issueToken(ctx context.Context, of Account, purpose TokenPurpose, email string) (secret string, err error) {
	if purpose != UndoEmail {
		if err := c.supersedeTokens(ctx, c.now, of.ID, purpose); err != nil {
			return "", err
		}
	}
	secret, hash := newSecret()
	code := newCode()
	_, err = c.insertToken(ctx, insertTokenParams{
		AccountID: of.ID, Purpose: purpose, Email: email, Hash: hash, CodeHash: codeHash(of.ID, code),
		At: c.now, ExpiresAt: c.now.Add(tokenLife[purpose]),
	})
	return secret + " " + code, err
}

func codeHash(of AccountID, code string) []byte {
	return hashOf(strconv.FormatInt(int64(of), 10) + ":" + code)
}

// spendToken uses a link up, or says why it can not be used.
func (c *change) spendToken(ctx context.Context, secret string, purpose TokenPurpose) (Token, error) {
	token, err := c.useToken(ctx, c.now, hashOf(secret), purpose)
	if !errors.Is(err, ErrNotFound) {
		return token, err
	}
	_, err = c.openToken(ctx, secret, purpose)
	return Token{}, err
}

// openToken looks at a link without using it.
func (c *change) openToken(ctx context.Context, secret string, purpose TokenPurpose) (Account, error) {
	row, err := c.TokenByHash(ctx, hashOf(secret), purpose)
	switch {
	case errors.Is(err, ErrNotFound):
		return Account{}, SpentUnknown
	case err != nil:
		return Account{}, err
	case row.Token.UsedAt != nil:
		return row.Account, SpentUsed
	case row.Token.SupersededAt != nil:
		return row.Account, SpentReplaced
	case !row.Token.ExpiresAt.After(c.now):
		return row.Account, SpentExpired
	}
	return row.Account, nil
}

// OpenToken finds whom a link is for, so that its page can be shown. It changes nothing: scanners of
// mail follow links.
func (db *DB) OpenToken(ctx context.Context, secret string, purpose TokenPurpose) (Account, error) {
	return (&change{Queries: db.Queries, now: db.Now()}).openToken(ctx, secret, purpose)
}

// AskForProof sends another mail with a link; only the newest is good.
func (db *DB) AskForProof(ctx context.Context, account Account) error {
	if account.Verified() {
		return Refusal("accounts.already_verified")
	}
	if err := db.takeResend(ctx, account.Email); err != nil {
		return err
	}
	return db.change(ctx, func(c *change) error { return c.greet(ctx, account) })
}

// takeResend allows one mail to an address a minute and five a day.
func (db *DB) takeResend(ctx context.Context, email string) error {
	address := strings.ToLower(email)
	if err := db.take(ctx, resendPause, "resend:"+address); err != nil {
		return err
	}
	return db.takeDaily(ctx, resendsADay, "resends:"+address)
}

// ResendWait is how long until another mail to an address may be asked for; zero is now.
func (db *DB) ResendWait(ctx context.Context, email string) (time.Duration, error) {
	address := strings.ToLower(email)
	pause, err := db.pauseLeft(ctx, resendPause, "resend:"+address)
	if err != nil {
		return 0, err
	}
	day, err := db.dayLeft(ctx, resendsADay, "resends:"+address)
	return max(pause, day), err
}

// ProveEmail gives an address to the account whose link was followed. Where another account was
// first, the address is taken.
func (db *DB) ProveEmail(ctx context.Context, secret string) (account Account, err error) {
	err = db.change(ctx, func(c *change) error {
		token, err := c.spendToken(ctx, secret, VerifyEmail)
		if err != nil {
			return err
		}
		account, err = c.prove(ctx, token)
		return err
	})
	return account, err
}

// ProveEmailByCode does the same with the six digits of the mail, for the account that is signed in.
func (db *DB) ProveEmailByCode(ctx context.Context, by Visitor, code string) (account Account, err error) {
	if by.Verified() {
		return by.Account, nil
	}
	token, err := db.tryTokenCode(ctx, by.ID, VerifyEmail, db.Now())
	if errors.Is(err, ErrNotFound) {
		return Account{}, Problems{"code": "tokens.code_spent"}
	}
	if err != nil {
		return Account{}, err
	}
	if string(token.CodeHash) != string(codeHash(by.ID, strings.TrimSpace(code))) {
		return Account{}, Problems{"code": "tokens.code_wrong"}
	}
	err = db.change(ctx, func(c *change) error {
		if token, err = c.useToken(ctx, c.now, token.Hash, VerifyEmail); err != nil {
			return err
		}
		account, err = c.prove(ctx, token)
		return err
	})
	return account, err
}

func (c *change) prove(ctx context.Context, token Token) (Account, error) {
	account, err := c.lockAccount(ctx, token.AccountID)
	if err != nil {
		return Account{}, err
	}
	if !strings.EqualFold(account.Email, token.Email) {
		return Account{}, SpentReplaced
	}
	c.announce(account.ID, "account", "home")
	return c.proveAccount(ctx, account.ID)
}

// voidTokens makes a link that was mailed before worth nothing.
func (c *change) voidTokens(ctx context.Context, of AccountID, purpose TokenPurpose) error {
	return c.supersedeTokens(ctx, c.now, of, purpose)
}

// SweepTokens forgets links that ended long ago.
func (db *DB) SweepTokens(ctx context.Context) error {
	return db.deleteOldTokens(ctx, db.Now().Add(-30*24*time.Hour))
}
