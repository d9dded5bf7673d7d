package db

import (
	"errors"
	"io"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// ErrNotFound means there is no such row, or it is someone else's.
var ErrNotFound = pgx.ErrNoRows

// Refusal is a rule saying no. It names a message in assets/locales.
type Refusal string

func (r Refusal) Error() string { return string(r) }

// Problems says, field by field, what is wrong with what a person entered.
// The values are keys of messages in assets/locales.
type Problems map[string]string

func (Problems) Error() string { return "the form has problems" }

// err keeps an empty Problems from becoming a non-nil error.
func (p Problems) err() error {
	if len(p) == 0 {
		return nil
	}
	return p
}

// refusals are the rules that the database itself upholds, by the name of the constraint.
var refusals = map[string]error{
	"transfers_key_key":     errPosted,
	"wallets_not_negative":  Refusal("wallets.too_little"),
	"dream_tags_name":       Problems{"name": "dreams.tag_taken"},
	"accounts_login":        Problems{"login": "accounts.login_taken"},
	"accounts_proved_email": Refusal("accounts.email_taken"),
	"parcel_items_once":     Refusal("parcels.item_in_another"),
	"mail_texts_once":       MailTextStale,
	"promotions_code":       Problems{"code": "promotions.code_taken"},
	"articles_slug":         Problems{"slug": "articles.slug_taken"},
	"issues_number":         Problems{"number": "issues.number_taken"},
}

// said turns a broken constraint that stands for a rule into that rule's own words.
func said(err error) error {
	if broken, ok := errors.AsType[*pgconn.PgError](err); ok {
		if refusal, ok := refusals[broken.ConstraintName]; ok {
			return refusal
		}
	}
	return err
}

// Unreachable reports whether the database itself is away or busy, rather than the question wrong.
func Unreachable(err error) bool {
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return true
	}
	if errors.Is(err, io.ErrUnexpectedEOF) || pgconn.SafeToRetry(err) { // it was killed in the middle of a word, or before the first
		return true
	}
	broken, ok := errors.AsType[*pgconn.PgError](err)
	if !ok {
		return false
	}
	switch broken.Code[:2] {
	case "08", "53", "57", "58": // connection, resources, operator intervention, system
		return true
	}
	return false
}

// saysNo reports whether an error is the answer of a rule, and not a fault of ours.
func saysNo(err error) bool {
	if _, ok := errors.AsType[Refusal](err); ok {
		return true
	}
	if _, ok := errors.AsType[Problems](err); ok {
		return true
	}
	_, doubt := errors.AsType[Doubt](err)
	return doubt || errors.Is(err, ErrNotFound)
}

type limited struct {
	text string
	most int
}

// tooLong names the fields in which more was typed than fits.
func tooLong(fields map[string]limited) Problems {
	problems := Problems{}
	for field, typed := range fields {
		if utf8.RuneCountInString(typed.text) > typed.most {
			problems[field] = "fields.too_long"
		}
	}
	return problems
}
