package db

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"runtime"
	"strings"
	"sync"

	"github.com/ccojocar/zxcvbn-go"
	"golang.org/x/crypto/argon2"
)

// argon2id as OWASP recommends it for a small server: 19 MiB, two passes, one lane.
const (
	argonMemory = 19 * 1024
	argonTime   = 2
	argonPrefix = "$argon2id$v=19$m=19456,t=2,p=1$"
)

// hashing lets one core less than there are work on passwords, so that pages stay quick meanwhile.
var hashing = make(chan struct{}, max(1, runtime.NumCPU()-1))

func stretch(ctx context.Context, password string, salt []byte) ([]byte, error) {
	select {
	case hashing <- struct{}{}:
		defer func() { <-hashing }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return deriveKey([]byte(password), salt, argonTime, argonMemory, 1, 32), nil
}

// deriveKey is counted by the tests: who knows and who guesses must cost the same.
var deriveKey = argon2.IDKey

// saltFor is the same for every unproved account of one address, so that one stretching is enough to
// ask which of them a password belongs to. It need not be secret, only different for different people.
func saltFor(email string) []byte {
	sum := sha256.Sum256([]byte("cabinet:" + strings.ToLower(email)))
	return sum[:16]
}

// hashPassword is what is kept of a password.
func hashPassword(ctx context.Context, email, password string) (string, error) {
	salt := saltFor(email)
	key, err := stretch(ctx, password, salt)
	if err != nil {
		return "", err
	}
	return argonPrefix + encode(salt) + "$" + encode(key), nil
}

// whose finds the account that a password belongs to. It does the same work whoever is asked for,
// and for nobody.
func whose(ctx context.Context, candidates []Account, identifier, password string) (Account, bool, error) {
	salt := saltFor(identifier)
	for _, account := range candidates {
		if stored, ok := saltOf(account.PasswordHash); ok {
			salt = stored
			break
		}
	}
	key, err := stretch(ctx, password, salt)
	if err != nil {
		return Account{}, false, err
	}
	hash := []byte(argonPrefix + encode(salt) + "$" + encode(key))
	for _, account := range candidates {
		if subtle.ConstantTimeCompare(hash, []byte(account.PasswordHash)) == 1 {
			return account, true, nil
		}
	}
	return Account{}, false, nil
}

func saltOf(hash string) ([]byte, bool) {
	salt, _, ok := strings.Cut(strings.TrimPrefix(hash, argonPrefix), "$")
	raw, err := base64.RawStdEncoding.DecodeString(salt)
	return raw, ok && err == nil && strings.HasPrefix(hash, argonPrefix)
}

func encode(raw []byte) string { return base64.RawStdEncoding.EncodeToString(raw) }

// passwordProblem says what is wrong with a new password, or "". Any characters will do; what is
// easily guessed will not.
func passwordProblem(password, email, login string) string {
	lower := strings.ToLower(password)
	name, _, _ := strings.Cut(strings.ToLower(email), "@")
	switch {
	case len([]rune(password)) < 8:
		return "accounts.password_short"
	case len(password) > 1000:
		return "accounts.password_long"
	case len(name) >= 4 && strings.Contains(lower, name), len(login) >= 4 && strings.Contains(lower, strings.ToLower(login)):
		return "accounts.password_like_name"
	case easyToGuess(password, email, login), easyToGuess(onLatinKeys(lower), email, login):
		return "accounts.password_common"
	}
	return ""
}

func easyToGuess(password string, known ...string) bool {
	return zxcvbn.PasswordStrength(clip(password, 100), append(known, favourites()...)).Entropy < commonBits
}

// favourites are words that Russian readers make passwords of and that lists made elsewhere do not know:
// as the same keys write them in Latin, and as people spell them in Latin.
var favourites = sync.OnceValue(func() []string {
	words := strings.Fields("parol privet lubov lyubov solnyshko zaika kotenok moskva rossiya spartak zenit cabinet kabinet posylka")
	for word := range strings.FieldsSeq("пароль привет любовь люблю солнышко зайка зайчик котенок москва россия спартак кабинет посылка " +
		"наташа марина светлана татьяна кристина максим сергей андрей дмитрий александр никита") {
		words = append(words, onLatinKeys(word))
	}
	return words
})

const (
	russianKeys = "йцукенгшщзхъфывапролджэячсмитьбю"
	latinKeys   = "qwertyuiop[]asdfghjkl;'zxcvbnm,."
)

// onLatinKeys is what the same keys write on a Latin keyboard. The lists of leaked passwords know пароль
// as gfhjkm.
func onLatinKeys(typed string) string {
	return strings.Map(func(letter rune) rune {
		if at := strings.IndexRune(russianKeys, letter); at >= 0 {
			return rune(latinKeys[at/2])
		}
		return letter
	}, typed)
}

// GeneratePassword makes one that is easy to copy by hand: four groups without look-alikes, 78 bits.
func GeneratePassword() string {
	return fourGroups("abcdefghjkmnpqrstuvwxyz23456789")
}

// fourGroups are four letters each, by chance.
func fourGroups(letters string) string {
	raw := make([]byte, 16)
	rand.Read(raw)
	var b strings.Builder
	for i, r := range raw {
		if i > 0 && i%4 == 0 {
			b.WriteByte('-')
		}
		b.WriteByte(letters[int(r)%len(letters)])
	}
	return b.String()
}

// commonBits is how hard a password must at least be for somebody with a list of leaked passwords and
// the usual patterns: a million tries.
const commonBits = 20

// newCode is six digits for people who read the mail on another device.
func newCode() string {
	raw := make([]byte, 4)
	rand.Read(raw)
	n := uint32(raw[0])<<24 | uint32(raw[1])<<16 | uint32(raw[2])<<8 | uint32(raw[3])
	return fmt.Sprintf("%06d", n%1_000_000)
}
