package db

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"
)

// The second factor is a one-time code of RFC 6238: six digits, a new one every 30 seconds.
const totpStep = 30 * time.Second

// SecondFactorKey is what an authenticator app is given once.
type SecondFactorKey struct {
	Secret string // to be typed by hand
	URI    string // to be scanned
}

// HasSecondFactor reports whether signing in to the account takes a code as well.
func (a Account) HasSecondFactor() bool { return a.TotpConfirmedAt != nil }

// NeedsSecondFactor reports whether the visitor may not go on without a code.
func (v Visitor) NeedsSecondFactor(required bool) bool {
	return v.Session.SecondFactorAt == nil && (v.HasSecondFactor() || required && v.Staff())
}

// OfferSecondFactor is the key for an app of somebody who has none. It counts, and is kept, once a code of
// it was entered; until then it is the same however often the page is loaded.
func (db *DB) OfferSecondFactor(by Visitor, issuer string) (SecondFactorKey, error) {
	key, err := totp.Generate(totp.GenerateOpts{Issuer: issuer, AccountName: by.Email, Secret: db.offered(by)})
	if err != nil {
		return SecondFactorKey{}, err
	}
	return SecondFactorKey{key.Secret(), key.URL()}, nil
}

// offered is a secret that nobody else can work out, new for each session and after each removal.
func (s Settings) offered(by Visitor) []byte {
	mac := hmac.New(sha256.New, s.SecretKey)
	fmt.Fprintf(mac, "second factor %d %d %d", by.ID, by.Session.ID, by.TotpLastStep)
	return mac.Sum(nil)[:20]
}

// PassSecondFactor checks a code, each once, and gives the session a new cookie. The first code an account
// enters switches the second factor on.
func (db *DB) PassSecondFactor(ctx context.Context, by Visitor, code string) (secret string, err error) {
	key := "code:" + by.ID.Audience()
	if _, err := db.try(ctx, key); err != nil {
		return "", err
	}
	secret, hash := newSecret()
	err = db.change(ctx, func(c *change) error {
		account, err := c.lockAccount(ctx, by.ID)
		if err != nil {
			return err
		}
		if !account.HasSecondFactor() {
			account.TotpSecret = db.seal(string(db.offered(by)))
		}
		step, ok := db.stepOf(account, code, c.now)
		if !ok {
			return Problems{"code": "accounts.code_wrong"}
		}
		if err := c.confirmAccountSecondFactor(ctx, confirmAccountSecondFactorParams{account.TotpSecret, c.now, step, account.ID}); err != nil {
			return err
		}
		return c.passSession(ctx, by.Session.ID, hash)
	})
	if err != nil {
		return "", err
	}
	return secret, db.forgive(ctx, key)
}

// RemoveSecondFactor switches it off; whoever must have one is asked for a new one.
func (db *DB) RemoveSecondFactor(ctx context.Context, by Visitor, password string) error {
	if err := db.checkPassword(ctx, by.Account, password); err != nil {
		return err
	}
	return db.removeAccountSecondFactor(ctx, by.ID)
}

// stepOf finds which half minute a code belongs to: this one, or one beside it for clocks that are off.
// A step that was used is not good again.
func (db *DB) stepOf(account Account, code string, now time.Time) (step int64, ok bool) {
	raw, err := db.unseal(account.TotpSecret)
	if err != nil {
		return 0, false
	}
	code = strings.ReplaceAll(tidy(code), " ", "")
	secret := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString([]byte(raw))
	for _, at := range []time.Time{now, now.Add(-totpStep), now.Add(totpStep)} {
		step := at.Unix() / int64(totpStep.Seconds())
		good, err := totp.ValidateCustom(code, secret, at, totp.ValidateOpts{Period: 30, Digits: otp.DigitsSix})
		if err == nil && good && step > account.TotpLastStep {
			return step, true
		}
	}
	return 0, false
}

// seal encrypts what must be readable again, so that a copy of the database alone does not tell it.
func (s Settings) seal(plain string) string {
	box := s.box()
	nonce := make([]byte, box.NonceSize())
	rand.Read(nonce)
	return base64.StdEncoding.EncodeToString(box.Seal(nonce, nonce, []byte(plain), nil))
}

func (s Settings) unseal(sealed string) (string, error) {
	box := s.box()
	raw, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil || len(raw) < box.NonceSize() {
		return "", errors.New("nothing sealed")
	}
	plain, err := box.Open(nil, raw[:box.NonceSize()], raw[box.NonceSize():], nil)
	return string(plain), err
}

func (s Settings) box() cipher.AEAD {
	block, err := aes.NewCipher(s.SecretKey)
	if err != nil {
		panic(err) // the length of the key is checked when the program starts
	}
	box, err := cipher.NewGCM(block)
	if err != nil {
		panic(err)
	}
	return box
}
