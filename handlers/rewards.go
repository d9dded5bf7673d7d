package handlers

import (
	"errors"

	"cabinet/db"
	"cabinet/views"

	"github.com/gofiber/fiber/v2"
)

// rewardRoutes are «Бонусы и промокоды», and the desk that says what is given for what.
func (h *Handlers) rewardRoutes() []Route {
	desk := staff(db.Finance)
	return []Route{
		reading(h, "/rewards", customer, rewards, h.showRewards),
		{"POST", "/rewards/codes", customer, h.redeemCode},
		{"POST", "/rewards/invitation", customer, h.invite},
		reading(h, "/staff/rewards", desk, deskPromotions, h.listPromotions),
		{"POST", "/staff/rewards", desk, h.writePromotion},
		{"GET", "/staff/rewards/new", desk, h.newPromotion},
		{"GET", "/staff/rewards/:id<int>", desk, h.showPromotion},
		{"POST", "/staff/rewards/:id<int>", desk, h.editPromotion},
		{"POST", "/staff/rewards/:id<int>/ending", desk, h.endPromotion},
		{"GET", "/staff/rewards/rules", desk, h.showRewardRules},
		{"POST", "/staff/rewards/rules", desk, h.editRewardRules},
	}
}

func rewards(_ *fiber.Ctx, of db.AccountID) *db.Rewards { return &db.Rewards{Of: of} }

// showRewards is what a customer has of the house, and may have.
func (h *Handlers) showRewards(c *fiber.Ctx, rewards *db.Rewards) error {
	return page(c, "nav.rewards", views.Rewards(views.RewardsPage{Rewards: rewards, Base: h.BaseURL.String(), Form: db.CodeForm{Key: views.NewKey()}}))
}

// invite gives a customer a link of her own.
func (h *Handlers) invite(c *fiber.Ctx) error {
	if err := h.db.Invite(c.UserContext(), me(c)); err != nil {
		return err
	}
	return moved(c, "/rewards")
}

// redeemCode gives what a code gives.
func (h *Handlers) redeemCode(c *fiber.Ctx) error {
	var form db.CodeForm
	if err := parse(c, &form); err != nil {
		return err
	}
	gift, err := h.db.RedeemCode(c.UserContext(), me(c), form)
	if problems, ok := problemsOf(c, err); ok {
		if swaps(c) {
			return fragment(c, views.PromoCode(form, problems))
		}
		rewards := rewards(c, me(c).ID)
		if err := h.db.Read(c.UserContext(), rewards); err != nil {
			return err
		}
		return document(c, "nav.rewards", views.Rewards(views.RewardsPage{Rewards: rewards, Base: h.BaseURL.String(), Form: form, Problems: problems}))
	}
	if err != nil {
		return err
	}
	flash(c, "rewards.given."+string(gift.Gives))
	return moved(c, "/rewards")
}

func deskPromotions(c *fiber.Ctx, _ db.AccountID) *db.DeskPromotions {
	return &db.DeskPromotions{Below: below[db.PromotionID](c)}
}

// listPromotions is the desk's list of codes.
func (h *Handlers) listPromotions(c *fiber.Ctx, list *db.DeskPromotions) error {
	return page(c, "nav.staff.rewards", views.DeskPromotions(list))
}

// newPromotion is where a code begins.
func (h *Handlers) newPromotion(c *fiber.Ctx) error {
	form := db.PromotionForm{Key: views.NewKey(), Gives: db.GivesPoints, StartsOn: h.db.Today().String()}
	return h.drawPromotion(c, views.PromotionEditing{Form: form})
}

// drawPromotion shows the page of a code, or its form alone where that was sent.
func (h *Handlers) drawPromotion(c *fiber.Ctx, editing views.PromotionEditing) error {
	editing.Today = h.db.Today()
	if swaps(c) && c.Method() == fiber.MethodPost {
		return fragment(c, views.PromotionEditor(editing))
	}
	if editing.ID == 0 {
		return document(c, "promotions.new", views.NewPromotion(editing))
	}
	return document(c, editing.Promotion.Title, views.PromotionSheet(editing))
}

// promotionEditing is a code as its page is opened.
func (h *Handlers) promotionEditing(c *fiber.Ctx) (editing views.PromotionEditing, err error) {
	editing.PromotionByIDRow, err = h.db.PromotionByID(c.UserContext(), id[db.PromotionID](c))
	editing.ID, editing.Form = editing.Promotion.ID, editing.Promotion.Form()
	return editing, err
}

func (h *Handlers) showPromotion(c *fiber.Ctx) error {
	editing, err := h.promotionEditing(c)
	if err != nil {
		return err
	}
	return h.drawPromotion(c, editing)
}

func (h *Handlers) writePromotion(c *fiber.Ctx) error {
	return h.savePromotion(c, views.PromotionEditing{}, func(form db.PromotionForm) (db.Promotion, error) {
		return h.db.WritePromotion(c.UserContext(), me(c), form)
	})
}

func (h *Handlers) editPromotion(c *fiber.Ctx) error {
	editing, err := h.promotionEditing(c)
	if err != nil {
		return err
	}
	return h.savePromotion(c, editing, func(form db.PromotionForm) (db.Promotion, error) {
		return h.db.EditPromotion(c.UserContext(), me(c), editing.ID, form)
	})
}

// savePromotion saves what was typed. What is sent once more after somebody else has saved goes over theirs, knowingly.
func (h *Handlers) savePromotion(c *fiber.Ctx, editing views.PromotionEditing, save func(db.PromotionForm) (db.Promotion, error)) error {
	editing.Form = db.PromotionForm{}
	if err := parse(c, &editing.Form); err != nil {
		return err
	}
	_, err := save(editing.Form)
	problems, wrong := problemsOf(c, err)
	if wrong {
		if editing.Problems = problems; errors.Is(err, db.PromotionStale) {
			c.Status(fiber.StatusConflict)
			editing.Form.Version = editing.Promotion.Version
		}
		return h.drawPromotion(c, editing)
	}
	if err != nil {
		return err
	}
	flash(c, "operator.saved")
	return moved(c, "/staff/rewards")
}

// endPromotion makes a code good for nothing.
func (h *Handlers) endPromotion(c *fiber.Ctx) error {
	_, err := h.db.EndPromotion(c.UserContext(), me(c), id[db.PromotionID](c))
	if err != nil {
		return err
	}
	flash(c, "promotions.is_ended")
	return moved(c, "/staff/rewards")
}

func (h *Handlers) drawRewardRules(c *fiber.Ctx, typed *db.RewardForm, problems db.Problems) error {
	rules, err := h.db.RewardRules(c.UserContext())
	if err != nil {
		return err
	}
	levels, err := h.db.Levels(c.UserContext())
	if err != nil {
		return err
	}
	current := rules.Form(levels)
	form := current
	if typed != nil {
		form = *typed
	}
	shown := views.OperatorPage{Form: views.Entered(c.Path(), form, form.Version, current, current.Version, problems)}
	if shown.Changes, err = h.changesOf(c, "", db.SettingRewards); err != nil {
		return err
	}
	return sheet(c, "rewards.rules", views.RewardRules(shown), views.RewardRulesForm(shown.Form))
}

// showRewardRules is what is given by itself.
func (h *Handlers) showRewardRules(c *fiber.Ctx) error { return h.drawRewardRules(c, nil, nil) }

// editRewardRules changes it.
func (h *Handlers) editRewardRules(c *fiber.Ctx) error {
	var form db.RewardForm
	if err := parse(c, &form); err != nil {
		return err
	}
	err := h.db.EditRewards(c.UserContext(), me(c), form)
	return settled(c, err, c.Path(), func(problems db.Problems) error { return h.drawRewardRules(c, &form, problems) })
}
