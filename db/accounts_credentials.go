package db

import (
	"context"
	"errors"
	"strings"

	"github.com/riverqueue/river"
)

// EmailForm is what a person enters to change the address.
type EmailForm struct {
	Email    string `form:"email"`
	Password string `form:"password"`
}

// ChangeEmail replaces an unproved address at once. A proved one stays in force until the new one is
// proved, and its owner is told and can undo it.
func (db *DB) ChangeEmail(ctx context.Context, by Visitor, form EmailForm) (account Account, err error) {
	form.Email = tidy(form.Email)
	if !emailLooksRight(form.Email) {
		return Account{}, Problems{"email": "accounts.email_wrong"}
	}
	if strings.EqualFold(form.Email, by.Email) {
		return Account{}, Problems{"email": "accounts.email_same"}
	}
	if err := db.checkPassword(ctx, by.Account, form.Password); err != nil {
		return Account{}, err
	}
	if err := db.takeResend(ctx, form.Email); err != nil {
		return Account{}, err
	}
	hash, err := db.rehash(ctx, by.Account, form)
	if err != nil {
		return Account{}, err
	}
	err = db.change(ctx, func(c *change) error {
		if account, err = c.lockAccount(ctx, by.ID); err != nil {
			return err
		}
		if account.Verified() {
			return c.requestEmailChange(ctx, account, form.Email)
		}
		account, err = c.replaceEmail(ctx, account, form.Email, hash)
		return err
	})
	return account, err
}

// rehash keeps the salt of an unproved account bound to its address.
func (db *DB) rehash(ctx context.Context, account Account, form EmailForm) (string, error) {
	if account.Verified() || account.PasswordHash == "" {
		return account.PasswordHash, nil
	}
	return hashPassword(ctx, form.Email, form.Password)
}

func (c *change) replaceEmail(ctx context.Context, account Account, email, hash string) (Account, error) {
	if err := c.voidTokens(ctx, account.ID, Recover); err != nil {
		return Account{}, err
	}
	if err := c.rehashAccount(ctx, hash, account.ID); err != nil {
		return Account{}, err
	}
	account, err := c.setAccountEmail(ctx, setAccountEmailParams{Email: email, At: c.now, ID: account.ID})
	if err != nil {
		return Account{}, err
	}
	c.announce(account.ID, "account")
	return account, c.greet(ctx, account)
}

func (c *change) requestEmailChange(ctx context.Context, account Account, email string) error {
	undo, err := c.issueToken(ctx, account, UndoEmail, account.Email)
	if err != nil {
		return err
	}
	if err := c.mail(ctx, account, Letter{Kind: MailEmailChange, Path: "/email/undo", Email: email, secret: undo}); err != nil {
		return err
	}
	secret, err := c.issueToken(ctx, account, ChangeEmail, email)
	if err != nil {
		return err
	}
	return c.mailProof(ctx, account, Letter{Kind: MailVerify, To: email, Path: "/email/confirmation", Email: email, secret: secret})
}

// ConfirmEmail puts a new address in force.
func (db *DB) ConfirmEmail(ctx context.Context, secret string) (account Account, err error) {
	err = db.change(ctx, func(c *change) error {
		token, err := c.spendToken(ctx, secret, ChangeEmail)
		if err != nil {
			return err
		}
		if account, err = c.lockAccount(ctx, token.AccountID); err != nil {
			return err
		}
		if err := c.voidTokens(ctx, account.ID, Recover); err != nil {
			return err
		}
		c.announce(account.ID, "account")
		account, err = c.setAccountEmail(ctx, setAccountEmailParams{Email: token.Email, VerifiedAt: &c.now, At: c.now, ID: account.ID})
		return err
	})
	return account, err
}

// UndoEmail answers «it was not me»: the old address is in force again, the pending change is void,
// and everybody is signed out.
func (db *DB) UndoEmail(ctx context.Context, secret string) (account Account, err error) {
	err = db.change(ctx, func(c *change) error {
		token, err := c.spendToken(ctx, secret, UndoEmail)
		if err != nil {
			return err
		}
		if account, err = c.lockAccount(ctx, token.AccountID); err != nil {
			return err
		}
		for _, purpose := range []TokenPurpose{ChangeEmail, Recover, UndoEmail} {
			if err := c.voidTokens(ctx, account.ID, purpose); err != nil {
				return err
			}
		}
		if err := c.endSessionsBut(ctx, account.ID, 0); err != nil {
			return err
		}
		c.announce(account.ID, "account")
		account, err = c.setAccountEmail(ctx, setAccountEmailParams{Email: token.Email, VerifiedAt: &c.now, At: c.now, ID: account.ID})
		return err
	})
	return account, err
}

// AskForRecovery has a link for a new password mailed. Whether anybody is registered under the identifier
// shows in no answer and in no time: a worker looks.
func (db *DB) AskForRecovery(ctx context.Context, identifier, ip string) error {
	identifier = readable(identifier)
	if identifier == "" {
		return Problems{"identifier": "accounts.identifier_required"}
	}
	if err := db.take(ctx, recoverFrom, "recover-from:"+ip); err != nil {
		return err
	}
	return db.change(ctx, func(c *change) error {
		c.enqueue(MailRecoveryLinks{identifier})
		return nil
	})
}

// MailRecoveryLinks asks a worker to find whom an identifier means and to mail them.
type MailRecoveryLinks struct {
	Identifier string `json:"identifier"`
}

// Kind names the job.
func (MailRecoveryLinks) Kind() string { return "mail_recovery_links" }

// InsertOpts puts it before the mails that it writes.
func (MailRecoveryLinks) InsertOpts() river.InsertOpts { return river.InsertOpts{Queue: "mail"} }

// MailRecoveryLinks mails a link for a new password to whoever an identifier means. Done twice, only the
// second link is good.
func (db *DB) MailRecoveryLinks(ctx context.Context, identifier string) error {
	candidates, err := db.candidates(ctx, identifier)
	if err != nil || len(candidates) == 0 {
		return err
	}
	if err := db.takeDaily(ctx, recoveriesADay, "recoveries:"+strings.ToLower(candidates[0].Email)); err != nil {
		return silence(err)
	}
	return db.change(ctx, func(c *change) error {
		for _, account := range candidates {
			secret, err := c.issueToken(ctx, account, Recover, account.Email)
			if err != nil {
				return err
			}
			if err := c.mail(ctx, account, Letter{Kind: MailRecovery, Path: "/recovery/link", secret: secret}); err != nil {
				return err
			}
		}
		return nil
	})
}

// NewPassword is what a person enters for a new password. Generate asks for one to be made.
type NewPassword struct {
	Current  string `form:"current"`
	Password string `form:"password"`
	Generate string `form:"generate"`
}

// RecoverPassword sets a new password by a mailed link. It proves the address, ends all sessions and
// tells the owner. The password is returned when it was generated, to be shown once.
func (db *DB) RecoverPassword(ctx context.Context, secret string, form NewPassword) (account Account, generated string, err error) {
	owner, err := db.OpenToken(ctx, secret, Recover)
	if err != nil {
		return Account{}, "", err
	}
	if form.Generate != "" {
		generated = GeneratePassword()
		form.Password = generated
	}
	if problem := passwordProblem(form.Password, owner.Email, owner.Login); problem != "" {
		return Account{}, "", Problems{"password": problem}
	}
	hash, err := hashPassword(ctx, owner.Email, form.Password)
	if err != nil {
		return Account{}, "", err
	}
	err = db.change(ctx, func(c *change) error {
		token, err := c.spendToken(ctx, secret, Recover)
		if err != nil {
			return err
		}
		if account, err = c.proveIfFree(ctx, token); err != nil {
			return err
		}
		if err := c.endSessionsBut(ctx, account.ID, 0); err != nil {
			return err
		}
		return c.replacePassword(ctx, account, hash)
	})
	return account, generated, err
}

// proveIfFree counts following a recovery link as a proof of the address, unless that has an owner. A link
// that went to an address which is no longer the account's own is worth nothing.
func (c *change) proveIfFree(ctx context.Context, token Token) (Account, error) {
	account, err := c.lockAccount(ctx, token.AccountID)
	if err != nil {
		return Account{}, err
	}
	if !strings.EqualFold(account.Email, token.Email) {
		return Account{}, SpentReplaced
	}
	if account.Verified() {
		return account, nil
	}
	if _, err := c.ProvedAccount(ctx, token.Email); !errors.Is(err, ErrNotFound) {
		return account, err
	}
	c.announce(account.ID, "account", "home")
	return c.verifyAccount(ctx, c.now, account.ID)
}

// ChangePassword needs the current one, ends all other sessions and tells the owner. The session it is
// done in goes on under a new secret.
func (db *DB) ChangePassword(ctx context.Context, by Visitor, form NewPassword) (secret string, err error) {
	if by.PasswordHash != "" {
		if err := db.checkPassword(ctx, by.Account, form.Current); err != nil {
			return "", renamed(err, "password", "current")
		}
	}
	if problem := passwordProblem(form.Password, by.Email, by.Login); problem != "" {
		return "", Problems{"password": problem}
	}
	hash, err := hashPassword(ctx, by.Email, form.Password)
	if err != nil {
		return "", err
	}
	err = db.change(ctx, func(c *change) error {
		if err := c.endSessionsBut(ctx, by.ID, by.Session.ID); err != nil {
			return err
		}
		if err := c.voidTokens(ctx, by.ID, Recover); err != nil {
			return err
		}
		if secret, err = c.renewSession(ctx, by); err != nil {
			return err
		}
		return c.replacePassword(ctx, by.Account, hash)
	})
	return secret, err
}

func (c *change) replacePassword(ctx context.Context, account Account, hash string) error {
	if err := c.setAccountPassword(ctx, hash, c.now, account.ID); err != nil {
		return err
	}
	return c.mail(ctx, account, Letter{Kind: MailPasswordChanged, Path: "/recovery"})
}

// checkPassword asks for the account's own password again, as often as at sign-in. Whoever guesses at the
// door does not keep the owner inside from it.
func (db *DB) checkPassword(ctx context.Context, account Account, password string) error {
	if account.PasswordHash == "" {
		return nil
	}
	key := "password:" + account.ID.Audience()
	if _, err := db.try(ctx, key); err != nil {
		return err
	}
	_, ok, err := whose(ctx, []Account{account}, account.Email, clip(password, 1000))
	if err != nil {
		return err
	}
	if !ok {
		return Problems{"password": "accounts.wrong_current"}
	}
	return db.forgive(ctx, key)
}

// renamed moves a problem to the field it has in another form.
func renamed(err error, from, to string) error {
	if problems, ok := errors.AsType[Problems](err); ok && problems[from] != "" {
		return Problems{to: problems[from]}
	}
	return err
}
