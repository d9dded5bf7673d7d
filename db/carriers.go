package db

import (
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/nyaruka/phonenumbers"
)

// CarrierCode names who carries a parcel: dhl_de, russian_post.
type CarrierCode string

// CleanTrackingNumber is the number as carriers print it, whatever spaces it was typed or scanned with.
func CleanTrackingNumber(typed string) string {
	return strings.ToUpper(strings.Join(strings.Fields(typed), ""))
}

// TrackingLink is the carrier's own page about a parcel; empty where there is none.
func TrackingLink(carrier Carrier, number string) string {
	if carrier.TrackingUrl == "" || carrier.Broken || number == "" {
		return ""
	}
	return strings.ReplaceAll(carrier.TrackingUrl, "{n}", inAddress(number))
}

// TrackerLink is the page of «Где посылка» about a parcel. The site knows few carriers by name;
// for the others it is its front page, where the number has to be pasted.
func TrackerLink(tracker Tracker, carrier Carrier, number string) string {
	if carrier.TrackerSlug == "" || number == "" {
		return tracker.HomeUrl
	}
	return strings.ReplaceAll(strings.ReplaceAll(tracker.TrackingUrl, "{slug}", inAddress(carrier.TrackerSlug)), "{n}", inAddress(number))
}

// SampleLink is TrackingLink with a number to try it with, also where staff found the link dead.
func SampleLink(carrier Carrier, number string) string {
	carrier.Broken = false
	return TrackingLink(carrier, number)
}

// leadsOut reports whether an address is an https one of another site, with each mark once, in this order, behind the
// name of the site: a number must not choose where a customer is led to.
func leadsOut(address string, marks ...string) bool {
	parts, err := url.Parse(strings.NewReplacer("{n}", "1", "{slug}", "1").Replace(address))
	if err != nil || parts.Scheme != "https" || parts.User != nil || !strings.Contains(parts.Hostname(), ".") {
		return false
	}
	site, rest, _ := strings.Cut(strings.TrimPrefix(address, "https://"), "/")
	if strings.ContainsAny(site, "{}") || strings.ContainsAny(address, " \"<>\\`") {
		return false
	}
	for _, mark := range marks {
		before, after, found := strings.Cut(rest, mark)
		if !found || strings.ContainsAny(before, "{}") {
			return false
		}
		rest = after
	}
	return !strings.ContainsAny(rest, "{}")
}

// inAddress escapes for the path, the query and the fragment alike: templates put numbers into all three.
func inAddress(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

var s10 = regexp.MustCompile(`^[A-Z]{2}[0-9]{9}[A-Z]{2}$`)

// TrackingWarning is the message key of what looks wrong about a number, or empty. It never forbids:
// carriers change their numbers without asking us.
func TrackingWarning(carrier Carrier, number string) string {
	number = CleanTrackingNumber(number)
	if number == "" {
		return ""
	}
	// A pattern that staff mistyped warns of nothing.
	if usual, err := regexp.Compile(carrier.NumberPattern); err == nil && !usual.MatchString(number) {
		return "tracking.unusual"
	}
	if !carrier.S10 || !s10.MatchString(number) {
		return ""
	}
	if !validS10(number) {
		return "tracking.check_digit"
	}
	if !isCountry(number[11:]) {
		return "tracking.unknown_country"
	}
	return ""
}

// validS10 checks the ninth digit of a postal number, such as RA123456785RU, as the UPU's S10 has it.
func validS10(number string) bool {
	sum := 0
	for i, weight := range []int{8, 6, 4, 2, 3, 5, 9, 7} {
		sum += int(number[2+i]-'0') * weight
	}
	check := 11 - sum%11
	switch check {
	case 10:
		check = 0
	case 11:
		check = 5
	}
	return int(number[10]-'0') == check
}

// Countries are the ISO codes of the countries and territories that people live in and can be rung up in.
var Countries = sync.OnceValue(func() []string {
	return slices.Sorted(maps.Keys(phonenumbers.GetSupportedRegions()))
})

func isCountry(code string) bool { return phonenumbers.GetSupportedRegions()[code] }
