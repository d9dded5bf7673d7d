package db

import (
	"context"
	"errors"
	"net/mail"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

type AccountID int64

// topic names one thing on the live channel and, as an id, in the page.
func topic[ID ~int64](noun string, id ID) string {
	return noun + "-" + strconv.FormatInt(int64(id), 10)
}

// Number is what staff and bank statements call a customer: 1001-2.
func (id AccountID) Number() string { return Numbered(id) }

// Locale is the language a person reads: ru or en.
type Locale string

const (
	Russian Locale = "ru"
	English Locale = "en"
)

// LocaleOf falls back to Russian.
func LocaleOf(s string) Locale {
	if s == string(English) {
		return English
	}
	return Russian
}

// Role is what a member of the staff may do. Customers have none.
type Role string

const (
	Buyer      Role = "buyer"
	Warehouse  Role = "warehouse"
	Finance    Role = "finance"
	Support    Role = "support"
	Editor     Role = "editor"
	Consultant Role = "consultant"
	Admin      Role = "admin"
)

// Roles lists all of them.
var Roles = []Role{Buyer, Warehouse, Finance, Support, Editor, Consultant, Admin}

// AccountStatus is where an account is in its life.
type AccountStatus string

const (
	AccountPreRegistered AccountStatus = "pre_registered"
	AccountUnverified    AccountStatus = "unverified"
	AccountActive        AccountStatus = "active"
	AccountBlocked       AccountStatus = "blocked"
	AccountDeleting      AccountStatus = "deleting"
	AccountDeleted       AccountStatus = "deleted"
)

// Verified reports whether the address is proved to be the account's own.
func (a Account) Verified() bool { return a.EmailVerifiedAt != nil }

// Label is what the account is called at the top of its pages.
func (a Account) Label() string {
	if a.Name != "" {
		return a.Name
	}
	return a.Email
}

// Registration is what a new customer enters.
type Registration struct {
	Email    string `form:"email"`
	Login    string `form:"login"`
	Password string `form:"password"`
	Consent  string `form:"consent"`
	Key      string `form:"key"`    // of the form that was drawn: sent twice, it opens one cabinet
	Invite   string `form:"invite"` // the code of whoever's link was followed
}

var loginShape = regexp.MustCompile(`^[\p{L}\d._-]{3,32}$`)

func (f Registration) problems() Problems {
	problems := Problems{}
	if !emailLooksRight(f.Email) {
		problems["email"] = "accounts.email_wrong"
	}
	if f.Login != "" && !loginShape.MatchString(f.Login) {
		problems["login"] = "accounts.login_wrong"
	}
	if problem := passwordProblem(f.Password, f.Email, f.Login); problem != "" {
		problems["password"] = problem
	}
	if f.Consent == "" {
		problems["consent"] = "accounts.consent_required"
	}
	return problems
}

func emailLooksRight(email string) bool {
	parsed, err := mail.ParseAddress(email)
	if err != nil || parsed.Address != email || len(email) > 254 {
		return false
	}
	_, domain, _ := strings.Cut(email, "@")
	return strings.Contains(domain, ".") && !strings.HasPrefix(domain, "[")
}

// Register opens a cabinet at once, whoever the address may belong to: nobody learns here who is
// registered. Only a proof by mail gives the address to an account.
func (db *DB) Register(ctx context.Context, form Registration, locale Locale, ip string) (account Account, err error) {
	form.Email, form.Login = tidy(form.Email), tidy(form.Login)
	if err := form.problems().err(); err != nil {
		return Account{}, err
	}
	if err := db.take(ctx, registerFrom, "register:"+ip); err != nil {
		return Account{}, err
	}
	mailed, err := db.mayGreet(ctx, form.Email)
	if err != nil {
		return Account{}, err
	}
	hash, err := hashPassword(ctx, form.Email, form.Password)
	if err != nil {
		return Account{}, err
	}
	err = db.change(ctx, func(c *change) error {
		account, err = c.registered(ctx, &form, hash)
		if !errors.Is(err, ErrNotFound) {
			return err
		}
		account, err = c.openAccount(ctx, insertAccountParams{
			Email: form.Email, Login: form.Login, PasswordHash: hash, Locale: locale, Key: form.key(),
		})
		if err != nil {
			return err
		}
		if err := c.cameBy(ctx, account, form.Invite); err != nil || !mailed {
			return err
		}
		return c.greet(ctx, account)
	})
	return account, err
}

// mayGreet reports whether an address may still be written to because somebody registered it. It also
// starts the pause until the next mail. Whose address it is makes no difference.
func (db *DB) mayGreet(ctx context.Context, email string) (bool, error) {
	address := strings.ToLower(email)
	if err := silence(db.take(ctx, resendPause, "resend:"+address)); err != nil {
		return false, err
	}
	err := db.takeDaily(ctx, greetingsADay, "greetings:"+address)
	return err == nil, silence(err)
}

// key is that of the form, unless it is none of ours.
func (f Registration) key() *string {
	if !keyShape.MatchString(f.Key) {
		return nil
	}
	return &f.Key
}

var keyShape = regexp.MustCompile(`^[A-Z2-7]{20,40}$`)

// registered finds the account that the same form has opened before: a button pressed twice. A key that
// comes back with something else in the form, as after Back, is worth nothing any more.
func (c *change) registered(ctx context.Context, form *Registration, hash string) (Account, error) {
	if form.key() == nil {
		return Account{}, ErrNotFound
	}
	if err := c.lockRegistration(ctx, form.Key); err != nil {
		return Account{}, err
	}
	account, err := c.RegisteredWith(ctx, form.Key)
	if err == nil && (!strings.EqualFold(account.Email, form.Email) || account.PasswordHash != hash) {
		form.Key, err = "", ErrNotFound
	}
	return account, err
}

func (c *change) openAccount(ctx context.Context, opened insertAccountParams) (Account, error) {
	opened.At = c.now
	account, err := c.insertAccount(ctx, opened)
	if err != nil {
		return Account{}, err
	}
	return account, c.openPurse(ctx, account.ID)
}

// proveAccount gives an account its address for good.
func (c *change) proveAccount(ctx context.Context, id AccountID) (Account, error) {
	return c.verifyAccount(ctx, c.now, id)
}

// greet asks a new account to prove its address. When somebody proved it before, that owner is told
// instead, and the link goes to nobody: the work is the same.
func (c *change) greet(ctx context.Context, account Account) error {
	secret, err := c.issueToken(ctx, account, VerifyEmail, account.Email)
	if err != nil {
		return err
	}
	return c.mailProof(ctx, account, Letter{Kind: MailVerify, Path: "/verification", Code: true, Email: account.Email, secret: secret})
}

// mailProof sends a letter with a link that proves an address, unless the address has an owner already.
func (c *change) mailProof(ctx context.Context, account Account, proof Letter) error {
	owner, err := c.ProvedAccount(ctx, proof.Email)
	if errors.Is(err, ErrNotFound) {
		return c.mail(ctx, account, proof)
	}
	if err != nil {
		return err
	}
	return c.mail(ctx, owner, Letter{Kind: MailAlreadyRegistered, Path: "/sign-in"})
}

// SignIn is what a returning person enters.
type SignIn struct {
	Identifier string `form:"identifier"`
	Password   string `form:"password"`
}

// problems are what is seen at once, without a try at guessing.
func (f SignIn) problems() Problems {
	problems := Problems{}
	if readable(f.Identifier) == "" {
		problems["identifier"] = "accounts.identifier_required"
	}
	if f.Password == "" {
		problems["password"] = "accounts.password_required"
	}
	return problems
}

// readable is as much of a typed text as an address or a login can have, without what no database keeps.
func readable(s string) string {
	return clip(tidy(strings.Map(func(r rune) rune {
		if isOdd(r) {
			return ' '
		}
		return r
	}, s)), 254)
}

// SignIn finds the account that an identifier and a password belong to. A wrong one of either gives
// the same problem after the same work.
func (db *DB) SignIn(ctx context.Context, form SignIn, ip string) (Account, error) {
	identifier := readable(form.Identifier)
	if err := form.problems().err(); err != nil {
		return Account{}, err
	}
	if err := db.take(ctx, signInFrom, "signin-from:"+ip); err != nil {
		return Account{}, err
	}
	key := "signin:" + strings.ToLower(identifier)
	failures, err := db.try(ctx, key)
	if err != nil {
		return Account{}, err
	}
	candidates, err := db.candidates(ctx, identifier)
	if err != nil {
		return Account{}, err
	}
	account, ok, err := whose(ctx, candidates, identifier, clip(form.Password, 1000))
	if err != nil {
		return Account{}, err
	}
	if !ok {
		return Account{}, db.refuseSignIn(ctx, candidates, failures)
	}
	if account.Status == AccountBlocked {
		return Account{}, Refusal("accounts.blocked")
	}
	return account, db.forgive(ctx, key)
}

// candidates leaves nobody beside the owner of a login or of a proved address.
func (db *DB) candidates(ctx context.Context, identifier string) ([]Account, error) {
	found, err := db.SignInCandidates(ctx, identifier)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	if found[0].Verified() || strings.EqualFold(found[0].Login, identifier) {
		return found[:1], nil
	}
	return found, nil
}

// failuresToTell is after how many wrong passwords in a row the owner is told.
const failuresToTell = 10

func (db *DB) refuseSignIn(ctx context.Context, candidates []Account, failures int) error {
	wrong := Problems{"password": "accounts.wrong_password"}
	if failures != failuresToTell || len(candidates) != 1 {
		return wrong
	}
	err := db.change(ctx, func(c *change) error {
		return c.mail(ctx, candidates[0], Letter{Kind: MailGuessing, Path: "/recovery"})
	})
	if err != nil {
		return err
	}
	return wrong
}

// nameAccount calls the account, and the parcels that have not left, by the name in «Общая информация».
func (c *change) nameAccount(ctx context.Context, info Address) error {
	name := info.Name + " " + info.Surname
	if err := c.setAccountName(ctx, name, c.now, info.AccountID); err != nil {
		return err
	}
	return c.rename(ctx, info.AccountID, name)
}

// SetLocale keeps the language that the visitor chose.
func (db *DB) SetLocale(ctx context.Context, by Visitor, locale Locale) error {
	return db.setAccountLocale(ctx, locale, by.ID)
}

// flagBounced notes that an account's address takes no mail, and puts that into its banner.
func (c *change) flagBounced(ctx context.Context, of AccountID, address string) error {
	flagged, err := c.flagBouncedAccount(ctx, c.now, of, address)
	if flagged > 0 {
		c.announce(of, "account", "home")
	}
	return err
}

// unflagBounced takes that back.
func (c *change) unflagBounced(ctx context.Context, of AccountID, address string) error {
	freed, err := c.unflagBouncedAccount(ctx, of, address)
	if freed > 0 {
		c.announce(of, "account", "home")
	}
	return err
}

// AddStaff makes or extends an account with roles; for the command line.
func (db *DB) AddStaff(ctx context.Context, email, name, password string, roles []Role) (account Account, err error) {
	if !emailLooksRight(email) {
		return Account{}, Problems{"email": "accounts.email_wrong"}
	}
	for _, role := range roles {
		if !slices.Contains(Roles, role) {
			return Account{}, Problems{"role": "accounts.role_unknown"}
		}
	}
	if problem := passwordProblem(password, email, ""); problem != "" {
		return Account{}, Problems{"password": problem}
	}
	hash, err := hashPassword(ctx, email, password)
	if err != nil {
		return Account{}, err
	}
	err = db.change(ctx, func(c *change) error {
		account, err = c.ProvedAccount(ctx, email)
		if errors.Is(err, ErrNotFound) {
			if account, err = c.openAccount(ctx, insertAccountParams{Email: email, Name: name, PasswordHash: hash, Locale: Russian}); err != nil {
				return err
			}
			account, err = c.verifyAccount(ctx, c.now, account.ID)
		}
		if err != nil {
			return err
		}
		granted := int64(0)
		for _, role := range roles {
			added, err := c.grantAccountRole(ctx, account.ID, role, c.now)
			if err != nil {
				return err
			}
			granted += added
		}
		if granted == 0 {
			return nil
		}
		return c.endSessionsBut(ctx, account.ID, 0) // whoever holds an old cookie does not rise with it
	})
	return account, err
}

// SweepUnproved removes cabinets that nobody proved and nobody used for thirty days.
func (db *DB) SweepUnproved(ctx context.Context) error {
	return db.change(ctx, func(c *change) error {
		ids, err := c.removeUnprovedAccounts(ctx, c.now.Add(-30*24*time.Hour))
		if err != nil {
			return err
		}
		for _, id := range ids {
			if err := c.deleteAccount(ctx, id); err != nil {
				return err
			}
		}
		return nil
	})
}
