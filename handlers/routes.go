package handlers

import (
	"context"
	"slices"

	"cabinet/db"

	"github.com/gofiber/fiber/v2"
)

// Route is one row of the product's table: what is asked for, who may ask, and who answers.
type Route struct {
	Method string
	Path   string
	Rule   Rule
	handle fiber.Handler
}

// Rule says who may use a route. Whoever may not gets the same 404 as for what does not exist,
// except a guest, who is asked to sign in.
type Rule struct {
	who     string
	roles   []db.Role
	early   func(*fiber.Ctx, db.AccountID) db.Page // what is read in the same round trip as who is asking
	uploads bool                                   // it takes files, so its requests may be longer than others
	sends   bool                                   // it sends large files, so its answers may take longer than others
	module  db.ModuleName                          // that it belongs to: while this is off, it does not exist
}

var (
	public   = Rule{who: "public"}   // everybody, signed in or not
	customer = Rule{who: "customer"} // everybody who is signed in, about their own things
	halfway  = Rule{who: "halfway"}  // signed in, the second factor still to come
	bounces  = Rule{who: "webhook"}  // whoever carries our mails, with a secret of the configuration
	token    = Rule{who: "token"}    // whoever watches this site, with a token of the configuration
	dev      = Rule{who: "dev"}      // public in development, not there in production
)

// staff is for these roles; an admin has all of them.
func staff(roles ...db.Role) Rule { return Rule{who: "staff", roles: roles} }

// withUploads is the same rule for a form that takes files.
func (r Rule) withUploads() Rule {
	r.uploads = true
	return r
}

// withDownload is the same rule for what sends a large file.
func (r Rule) withDownload() Rule {
	r.sends = true
	return r
}

// in are the routes of a module.
func in(module db.ModuleName, routes ...[]Route) []Route {
	all := slices.Concat(routes...)
	for i := range all {
		all[i].Rule.module = module
	}
	return all
}

// anyStaff is for everybody who works here.
var anyStaff = staff(db.Roles...)

// reading is a page that is read together with who is asking, and drawn once that has let its visitor in.
func reading[P db.Page](h *Handlers, path string, rule Rule, ask func(*fiber.Ctx, db.AccountID) P, show func(*fiber.Ctx, P) error) Route {
	return Route{"GET", path, early(rule, ask), func(c *fiber.Ctx) error {
		page, err := pageOf(h, c, ask)
		if err != nil {
			return err
		}
		return show(c, page)
	}}
}

// early lets a page be read in the same round trip as who is asking.
func early[P db.Page](rule Rule, ask func(*fiber.Ctx, db.AccountID) P) Rule {
	rule.early = func(c *fiber.Ctx, of db.AccountID) db.Page { return ask(c, of) }
	return rule
}

// pageOf is a page as it was read early, or else as it is read now.
func pageOf[P db.Page](h *Handlers, c *fiber.Ctx, ask func(*fiber.Ctx, db.AccountID) P) (P, error) {
	if page, read := c.Locals(pageRead).(P); read {
		return page, nil
	}
	page := ask(c, me(c).ID)
	return page, h.db.Read(c.UserContext(), page)
}

// table is the product. From it come the tests of access, of strangers and of other sites.
func (h *Handlers) table() []Route {
	return slices.Concat(
		[]Route{
			{"GET", "/", early(public, homeOf), h.showHome},
			{"GET", "/tour", customer, h.showTour},
			{"POST", "/tour/closure", customer, h.closeTour},
			{"GET", "/live", customer, h.listen},
			{"GET", "/health", public, h.health},
			{"GET", "/ready", public, h.ready},
			{"GET", "/metrics", token, h.showMetrics},
			{"POST", "/language", public, h.chooseLanguage},
			{"GET", "/dev/gallery", dev, h.showGallery},
			{"GET", "/staff", anyStaff, h.showDesk},
			{"GET", "/staff/tabs", anyStaff, h.showDeskTabs},
			{"GET", "/staff/keys", anyStaff, h.showDeskKeys},
		},
		h.accountRoutes(),
		h.mailRoutes(),
		h.mailTextRoutes(),
		h.jobRoutes(),
		h.operatorRoutes(),
		h.moduleRoutes(),
		in(db.OrdersModule, h.orderRoutes(), h.deskOrderRoutes(), h.buyingRoutes(), h.photoRoutes(), h.receivingRoutes()),
		in(db.ParcelsModule, h.parcelRoutes(), h.assemblyRoutes(), h.shippingRoutes()),
		in(db.BalanceModule, h.moneyRoutes()),
		in(db.WalletModule, h.pointsRoutes(), h.rewardRoutes()),
		in(db.ProfileModule, h.profileRoutes()),
		in(db.LibraryModule, h.articleRoutes(), h.libraryRoutes(), h.deskArticleRoutes()),
		in(db.ContestsModule, h.contestRoutes(), h.deskContestRoutes()),
		in(db.DreamsModule, h.dreamRoutes(), h.deskDreamRoutes()),
		in(db.NewsModule, h.newsRoutes()),
		in(db.MailingsModule, h.mailingRoutes(), h.deskCampaignRoutes()),
		h.mailingEndRoutes(),
		in(db.ConsultationsModule, h.consultationRoutes(), h.deskConsultationRoutes()),
		in(db.SubscriptionModule, h.subscriptionRoutes(), h.deskIssueRoutes(), h.deskSubscriptionRoutes()),
		h.ticketRoutes(),
		h.deskTicketRoutes(),
		h.settingsRoutes(),
	)
}

// accountRoutes are the ways in and out.
func (h *Handlers) accountRoutes() []Route {
	return []Route{
		{"GET", "/registration", public, h.showRegistration},
		{"POST", "/registration", public, h.register},
		{"POST", "/registration/email", public, h.adviseEmail},
		{"GET", "/sign-in", public, h.showSignIn},
		{"POST", "/sign-in", public, h.startSession},
		{"POST", "/sign-out", public, h.signOut},
		{"GET", "/second-factor", halfway, h.showSecondFactor},
		{"POST", "/second-factor", halfway, h.passSecondFactor},
		{"GET", "/verification", public, h.showVerification},
		{"POST", "/verification", public, h.verify},
		{"POST", "/verification/mails", public, h.sendProof},
		{"GET", "/verification/banner", customer, h.showBanner},
		{"GET", "/recovery", public, h.showRecovery},
		{"POST", "/recovery", public, h.recoverAccess},
		{"GET", "/recovery/link", public, h.showRecoveryLink},
		{"POST", "/recovery/link", public, h.recoverPassword},
		{"GET", "/email/confirmation", public, h.showEmailConfirmation},
		{"POST", "/email/confirmation", public, h.confirmEmail},
		{"GET", "/email/undo", public, h.showEmailUndo},
		{"POST", "/email/undo", public, h.undoEmail},
	}
}

// settingsRoutes are what customers say about themselves, and where their parcels go.
func (h *Handlers) settingsRoutes() []Route {
	return []Route{
		{"GET", "/registration/address", customer, h.showFirstAddress},
		{"POST", "/registration/address", customer, h.saveFirstAddress},
		{"GET", "/settings", customer, h.showSettings},
		{"GET", "/settings/profile", customer, h.showProfile},
		{"POST", "/settings/profile", customer, h.saveProfile},
		{"GET", "/settings/email", customer, h.showEmail},
		{"POST", "/settings/email", customer, h.changeEmail},
		{"GET", "/settings/password", customer, h.showPassword},
		{"POST", "/settings/password", customer, h.changePassword},
		{"GET", "/settings/notifications", customer, h.showNotifications},
		{"POST", "/settings/notifications/:kind", customer, h.setMailWanted},
		{"GET", "/settings/data", customer, h.showData},
		{"GET", "/settings/security", customer, h.showSecurity},
		{"POST", "/settings/security/closure", customer, h.closeOtherSessions},
		{"POST", "/settings/security/sessions/:id<int>/closure", customer, h.closeSession},
		{"POST", "/settings/security/second-factor/removal", customer, h.removeSecondFactor},
		{"GET", "/addresses", customer, h.listAddresses},
		{"GET", "/addresses/new", customer, h.showNewAddress},
		{"POST", "/addresses", customer, h.addAddress},
		{"GET", "/addresses/:id<int>", customer, h.showAddress},
		{"GET", "/addresses/:id<int>/edit", customer, h.showAddress},
		{"POST", "/addresses/:id<int>", customer, h.editAddress},
		{"POST", "/addresses/:id<int>/default", customer, h.makeDefaultAddress},
		{"POST", "/addresses/:id<int>/archive", customer, h.archiveAddress},
	}
}

// Routes lists the table without starting anything.
func Routes() []Route { return (&Handlers{}).table() }

// String is how a rule reads in a list of routes.
func (r Rule) String() string {
	s := r.who
	for i, role := range r.roles {
		s += map[bool]string{true: ":", false: ","}[i == 0] + string(role)
	}
	if r.uploads {
		s += " with uploads"
	}
	if r.sends {
		s += " with downloads"
	}
	return s
}

// guard lets through whom a rule admits. A route without a rule does not start.
func (h *Handlers) guard(rule Rule) fiber.Handler {
	switch rule.who {
	case "public":
		return func(c *fiber.Ctx) error { return c.Next() }
	case "dev":
		return func(c *fiber.Ctx) error {
			if !h.Development {
				return fiber.ErrNotFound
			}
			return c.Next()
		}
	case "token":
		return func(c *fiber.Ctx) error {
			if !holdsToken(c, h.MetricsToken) {
				return fiber.ErrNotFound
			}
			return c.Next()
		}
	case "webhook":
		return func(c *fiber.Ctx) error {
			if !holdsToken(c, h.BounceSecret) {
				return fiber.ErrNotFound
			}
			return c.Next()
		}
	case "customer", "halfway", "staff":
		return func(c *fiber.Ctx) error { return h.admit(c, rule) }
	}
	panic("a route without a rule")
}

func (h *Handlers) admit(c *fiber.Ctx, rule Rule) error {
	visitor := me(c)
	if rule.uploads {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(c.UserContext()), uploadDeadline)
		defer cancel()
		c.SetUserContext(ctx)
	}
	switch {
	case !visitor.SignedIn():
		return askToSignIn(c)
	case rule.who != "halfway" && visitor.NeedsSecondFactor(h.SecondFactor):
		return askForCode(c)
	case rule.who == "staff" && !visitor.Has(rule.roles...):
		return fiber.ErrNotFound
	case rule.who == "staff":
		return h.atDesk(c)
	}
	return c.Next()
}
