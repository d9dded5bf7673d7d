package db

import (
	"context"
	"errors"
	"strings"
)

// EmailForm is what a person enters to change the address.
type EmailForm struct {
	Email    string `form:"email"`
	Password string `form:"password"`
}

// ChangeEmail replaces an unproved address at once. A proved one stays in force until the new one is
// proved, and its owner is told and can undo it.
func (db *DB) ChangeEmail(ctx context.Context, by Visitor, form EmailForm) error {
	form.Email = strings.TrimSpace(form.Email)
	if !emailLooksRight(form.Email) {
		return Problems{"email": "accounts.email_wrong"}
	}
	if strings.EqualFold(form.Email, by.Email) && by.Verified() {
		return Problems{"email": "accounts.email_same"}
	}
	if err := db.checkPassword(ctx, by.Account, form.Password); err != nil {
		return err
	}
	if err := db.takeResend(ctx, Account{Email: form.Email}); err != nil {
		return err
	}
	hash, err := db.rehash(ctx, by.Account, form)
	if err != nil {
		return err
	}
	return db.change(ctx, func(c *change) error {
		account, err := c.lockAccount(ctx, by.ID)
		if err != nil {
			return err
		}
		if account.Verified() {
			return c.requestEmailChange(ctx, account, form.Email)
		}
		return c.replaceEmail(ctx, account, form.Email, hash)
	})
}

// rehash keeps the salt of an unproved account bound to its address.
func (db *DB) rehash(ctx context.Context, account Account, form EmailForm) (string, error) {
	if account.Verified() || account.PasswordHash == "" {
		return account.PasswordHash, nil
	}
	return hashPassword(ctx, form.Email, form.Password)
}

func (c *change) replaceEmail(ctx context.Context, account Account, email, hash string) error {
	account, err := c.setAccountEmail(ctx, email, nil, account.ID)
	if err != nil {
		return err
	}
	if err := c.setAccountPassword(ctx, hash, c.now, account.ID); err != nil {
		return err
	}
	if err := c.supersedeTokens(ctx, c.now, account.ID, Recover); err != nil {
		return err
	}
	if err := c.supersedeTokens(ctx, c.now, account.ID, VerifyEmail); err != nil {
		return err
	}
	c.announce(account.ID, "account")
	return c.greet(ctx, account)
}

func (c *change) requestEmailChange(ctx context.Context, account Account, email string) error {
	undo, err := c.issueToken(ctx, account, UndoEmail, account.Email)
	if err != nil {
		return err
	}
	if err := c.mail(ctx, account, Letter{Kind: MailEmailChange, Path: "/email/undo", Email: email, secret: undo}); err != nil {
		return err
	}
	owner, err := c.ProvedAccount(ctx, email)
	if err == nil {
		return c.mail(ctx, owner, Letter{Kind: MailAlreadyRegistered, Path: "/sign-in"})
	}
	if !errors.Is(err, ErrNotFound) {
		return err
	}
	secret, err := c.issueToken(ctx, account, ChangeEmail, email)
	if err != nil {
		return err
	}
	return c.mail(ctx, account, Letter{Kind: MailVerify, To: email, Path: "/email/confirmation", Email: email, secret: secret})
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
		c.announce(account.ID, "account")
		account, err = c.setAccountEmail(ctx, token.Email, &c.now, account.ID)
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
		err = c.supersedeTokens(ctx, c.now, account.ID, ChangeEmail)
		if err != nil {
			return err
		}
		if err := c.deleteSessionsBut(ctx, account.ID, 0); err != nil {
			return err
		}
		account, err = c.setAccountEmail(ctx, token.Email, &c.now, account.ID)
		return err
	})
	return account, err
}

// AskForRecovery mails a link for a new password. Whether anybody is registered under the identifier
// shows in no answer and in no time.
func (db *DB) AskForRecovery(ctx context.Context, identifier, ip string) error {
	identifier = strings.TrimSpace(identifier)
	if identifier == "" {
		return Problems{"identifier": "accounts.identifier_required"}
	}
	if err := db.take(ctx, recoverFrom, "recover-from:"+ip); err != nil {
		return err
	}
	candidates, err := db.candidates(ctx, identifier)
	if err != nil || len(candidates) == 0 {
		return err
	}
	if err := db.takeResend(ctx, candidates[0]); err != nil {
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

// silence hides that a limit was reached: it would tell that the address is known.
func silence(err error) error {
	if _, ok := errors.AsType[Wait](err); ok {
		return nil
	}
	return err
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
		if err := c.deleteSessionsBut(ctx, account.ID, 0); err != nil {
			return err
		}
		return c.replacePassword(ctx, account, hash)
	})
	return account, generated, err
}

// proveIfFree counts following a recovery link as a proof of the address, unless it has an owner.
func (c *change) proveIfFree(ctx context.Context, token Token) (Account, error) {
	account, err := c.lockAccount(ctx, token.AccountID)
	if err != nil || account.Verified() || !strings.EqualFold(account.Email, token.Email) {
		return account, err
	}
	if _, err := c.ProvedAccount(ctx, token.Email); !errors.Is(err, ErrNotFound) {
		return account, err
	}
	return c.verifyAccount(ctx, c.now, account.ID)
}

// ChangePassword needs the current one, ends all other sessions and tells the owner.
func (db *DB) ChangePassword(ctx context.Context, by Visitor, form NewPassword) error {
	if by.PasswordHash != "" {
		if err := db.checkPassword(ctx, by.Account, form.Current); err != nil {
			return renamed(err, "password", "current")
		}
	}
	if problem := passwordProblem(form.Password, by.Email, by.Login); problem != "" {
		return Problems{"password": problem}
	}
	hash, err := hashPassword(ctx, by.Email, form.Password)
	if err != nil {
		return err
	}
	return db.change(ctx, func(c *change) error {
		if err := c.deleteSessionsBut(ctx, by.ID, by.Session.ID); err != nil {
			return err
		}
		return c.replacePassword(ctx, by.Account, hash)
	})
}

func (c *change) replacePassword(ctx context.Context, account Account, hash string) error {
	if err := c.setAccountPassword(ctx, hash, c.now, account.ID); err != nil {
		return err
	}
	return c.mail(ctx, account, Letter{Kind: MailPasswordChanged, Path: "/recovery"})
}

// checkPassword asks for the account's own password again, as often as at sign-in.
func (db *DB) checkPassword(ctx context.Context, account Account, password string) error {
	if account.PasswordHash == "" {
		return nil
	}
	key := "signin:" + strings.ToLower(account.Email)
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
