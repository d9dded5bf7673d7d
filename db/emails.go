package db

import (
	"slices"
	"strings"
)

// usualDomains are where most people have their mail. What is almost one of them is probably a slip.
var usualDomains = []string{"gmail.com", "mail.ru", "yandex.ru", "inbox.ru", "list.ru", "internet.ru", "rambler.ru", "icloud.com", "outlook.com",
	"hotmail.com", "yahoo.com", "googlemail.com", "protonmail.com", "gmx.de", "gmx.net", "web.de", "t-online.de", "freenet.de"}

// realDomains are almost a usual one as well, and yet none.
var realDomains = strings.Fields("mail.com email.com ymail.com email.ru hotmail.de yahoo.de yandex.com yandex.kz yandex.by gmx.at gmx.ch gmx.com web.com")

// slips are further from the usual name than one letter.
var slips = map[string]string{"gmail.ru": "gmail.com", "gmail.co": "gmail.com", "gmail.de": "gmail.com", "jmail.com": "gmail.com", "icloud.ru": "icloud.com",
	"yndx.ru": "yandex.ru", "mail.tu": "mail.ru", "maill.tu": "mail.ru"}

// SuggestEmail is the address that was probably meant: vera@gmial.com is vera@gmail.com. It is empty where
// nothing looks like a slip.
func SuggestEmail(email string) string {
	name, domain, ok := strings.Cut(strings.ToLower(tidy(email)), "@")
	if !ok || slices.Contains(usualDomains, domain) || slices.Contains(realDomains, domain) {
		return ""
	}
	if meant := slips[domain]; meant != "" {
		return name + "@" + meant
	}
	at := slices.IndexFunc(usualDomains, func(usual string) bool { return oneSlip(domain, usual) })
	if at < 0 || name == "" {
		return ""
	}
	return name + "@" + usualDomains[at]
}

// oneSlip reports whether one letter is missing, too many, wrong, or has changed places with the next.
func oneSlip(typed, meant string) bool {
	for len(typed) > 0 && len(meant) > 0 && typed[0] == meant[0] {
		typed, meant = typed[1:], meant[1:]
	}
	for len(typed) > 0 && len(meant) > 0 && typed[len(typed)-1] == meant[len(meant)-1] {
		typed, meant = typed[:len(typed)-1], meant[:len(meant)-1]
	}
	swapped := len(typed) == 2 && len(meant) == 2 && typed[0] == meant[1] && typed[1] == meant[0]
	return swapped || len(typed) <= 1 && len(meant) <= 1
}
