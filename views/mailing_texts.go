package views

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"cabinet/db"

	"github.com/a-h/templ"
)

// locale is the language in which a page is drawn.
func locale(ctx context.Context) db.Locale { return db.LocaleOf(Locale(ctx)) }

func mailingTone(status db.MailingStatus) Tone {
	return map[db.MailingStatus]Tone{db.MailingSubscribed: Good, db.MailingPending: Warn, db.MailingSuppressed: Bad}[status]
}

func in(choices []db.MailingChoice, status db.MailingStatus) bool {
	return slices.ContainsFunc(choices, func(c db.MailingChoice) bool { return c.State() == status })
}

func anyPending(choices []db.MailingChoice) bool { return in(choices, db.MailingPending) }

// anySuppressed is about the address, whatever is chosen.
func anySuppressed(choices []db.MailingChoice) bool {
	return slices.ContainsFunc(choices, func(c db.MailingChoice) bool { return c.Suppressed })
}

// consentText says where a choice was made, and which words were agreed to.
func consentText(ctx context.Context, choice db.MailingChoice) string {
	source := t(ctx, "mailings.source."+choice.Source)
	if choice.State() == db.MailingUnsubscribed {
		return source
	}
	return source + ", " + tf(ctx, "mailings.wording_number", "number", choice.Wording)
}

func wordingKey(version int) string { return "mailings.wording." + strconv.Itoa(version) }

func mailingEvents(ctx context.Context, moves []db.MailingMovesOfRow) (events []Event) {
	for _, row := range moves {
		move := row.MailingMove
		name := row.NameRu
		if locale(ctx) == db.English {
			name = row.NameEn
		}
		event := Event{At: move.At, Tone: mailingTone(move.Status), Text: tf(ctx, "mailings.moved."+string(move.Status), "mailing", name), By: t(ctx, "mailings.source."+string(move.Source))}
		if move.Status != db.MailingUnsubscribed {
			event.By += ", " + tf(ctx, "mailings.wording_number", "number", move.Wording)
		}
		events = append(events, event)
	}
	return events
}

// maskedEmail is enough of an address for its owner to know it, and too little for anybody else.
func maskedEmail(email string) string {
	name, domain, _ := strings.Cut(email, "@")
	letters := []rune(name)
	return string(letters[:min(1, len(letters))]) + "•••@" + domain
}

func tokenQuery(token string) string { return "?token=" + url.QueryEscape(token) }

func newsletterPath(id db.CampaignID) templ.SafeURL {
	return templ.SafeURL("/newsletters/" + strconv.FormatInt(int64(id), 10))
}

func deskCampaignPath(id db.CampaignID, act string) templ.SafeURL {
	path := "/staff/campaigns/" + strconv.FormatInt(int64(id), 10)
	if act != "" {
		path += "/" + act
	}
	return templ.SafeURL(path)
}

func campaignTone(status db.CampaignStatus) Tone {
	return map[db.CampaignStatus]Tone{
		db.CampaignDraft: Neutral, db.CampaignScheduled: Info, db.CampaignRunning: Good, db.CampaignPaused: Warn, db.CampaignFinished: Good, db.CampaignCancelled: Neutral,
	}[status]
}

func campaignChips(now db.CampaignStatus) (chips []Chip) {
	for _, status := range db.CampaignStatuses {
		chips = append(chips, Chip{Path: "/staff/campaigns?status=" + string(status), Label: "campaigns.several." + string(status), Now: status == now})
	}
	return chips
}

func campaignEvents(ctx context.Context, desk db.DeskCampaign) (events []Event) {
	for _, move := range desk.Moves {
		events = append(events, Event{At: move.At, By: either(move.ByName, t(ctx, "orders.by.system")), Tone: campaignTone(move.ToStatus), Text: "campaigns.moved." + string(move.ToStatus)})
	}
	return events
}

// mailingOptions are the topics that a campaign can have.
func mailingOptions(ctx context.Context, topics []db.MailingTopic) []Option {
	options := []Option{{Value: "0", Label: "campaigns.choose_mailing"}}
	for _, topic := range topics {
		options = append(options, Option{Value: strconv.FormatInt(int64(topic.ID), 10), Label: topic.Name(locale(ctx))})
	}
	return options
}

// suppressionText says why an address gets no mailings.
func suppressionText(reason db.BounceKind) string { return "bounces.reason." + string(reason) }

// ConfirmMailingsText says what the button of a mailed link would do: which address, and which mailings.
func ConfirmMailingsText(ctx context.Context, account db.Account, choices []db.MailingChoice) string {
	var names []string
	for _, choice := range choices {
		if choice.Status == string(db.MailingPending) {
			names = append(names, "«"+choice.MailingTopic.Name(locale(ctx))+"»")
		}
	}
	text := tf(ctx, "mailings.confirm_text", "email", account.Email)
	if len(names) > 0 {
		text += " " + tf(ctx, "mailings.confirm_names", "mailings", strings.Join(names, ", "))
	}
	return text
}
