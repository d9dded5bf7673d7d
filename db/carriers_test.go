package db

import (
	"net/url"
	"testing"
)

func TestTrackingWarning(t *testing.T) {
	paket := Carrier{S10: true, NumberPattern: `^([0-9]{12}|[0-9]{20}|JJD[0-9A-Z]+|[A-Z]{2}[0-9]{9}[A-Z]{2})$`}
	post := Carrier{S10: true}
	free := Carrier{}
	for _, story := range []struct {
		name, number, want string
		carrier            Carrier
	}{
		{"twelve digits", "340434123456", "", paket},
		{"eleven digits", "34043412345", "tracking.unusual", paket},
		{"typed in groups and small letters", "jjd 00 0309 5678", "", paket},
		{"a postal number", "RA123456785RU", "", post},
		{"a check digit of 0, which is 10", "RR000000080DE", "", post},
		{"a check digit of 5, which is 11", "RB000000005DE", "", post},
		{"a slip of the hand", "RA123456784RU", "tracking.check_digit", post},
		{"the same from DHL", "CY473124828DE", "tracking.check_digit", paket},
		{"two digits swapped", "RA132456785RU", "tracking.check_digit", post},
		{"a land that is not", "RA123456785XQ", "tracking.unknown_country", post},
		{"not a postal number at all", "A01234567890123456", "", post},
		{"a carrier without rules", "whatever-7", "", free},
		{"a carrier that does not count digits", "RA123456784RU", "", free},
		{"nothing", "  ", "", paket},
		{"a pattern that staff broke", "123", "", Carrier{NumberPattern: "^([0-9]{12}$"}},
	} {
		t.Run("H01 "+story.name, func(t *testing.T) {
			if got := TrackingWarning(story.carrier, story.number); got != story.want {
				t.Errorf("%s: %q, not %q", story.number, got, story.want)
			}
		})
	}
}

func TestTrackingLink(t *testing.T) {
	const hostile = `x&y=1#z/../"<ü +?%`
	t.Run("H03 the number is escaped wherever it stands", func(t *testing.T) {
		for template, read := range map[string]func(*url.URL) string{
			"https://carrier.example/track?piececode={n}": func(u *url.URL) string { return u.Query().Get("piececode") },
			"https://carrier.example/track#{n}":           func(u *url.URL) string { return u.Fragment },
			"https://carrier.example/parcel/{n}":          func(u *url.URL) string { return u.Path[len("/parcel/"):] },
		} {
			link, err := url.Parse(TrackingLink(Carrier{TrackingUrl: template}, hostile))
			if err != nil || link.Host != "carrier.example" || read(link) != hostile {
				t.Errorf("%s becomes %s, %v", template, link, err)
			}
		}
	})
	t.Run("H05 no template, no link", func(t *testing.T) {
		if got := TrackingLink(Carrier{}, "1"); got != "" {
			t.Errorf("got %q", got)
		}
	})
	t.Run("H03 a link that staff found dead is not offered", func(t *testing.T) {
		if got := TrackingLink(Carrier{TrackingUrl: "https://carrier.example/{n}", Broken: true}, "1"); got != "" {
			t.Errorf("got %q", got)
		}
	})
	t.Run("H04 the site «Где посылка» knows some carriers by name, the others by its front page", func(t *testing.T) {
		tracker := Tracker{TrackingUrl: "https://tracker.example/courier/{slug}/tracking/{n}", HomeUrl: "https://tracker.example/"}
		if got := TrackerLink(tracker, Carrier{TrackerSlug: "russian-post"}, "RA 1"); got != "https://tracker.example/courier/russian-post/tracking/RA%201" {
			t.Errorf("got %q", got)
		}
		if got := TrackerLink(tracker, Carrier{}, "RA1"); got != tracker.HomeUrl {
			t.Errorf("got %q", got)
		}
	})
}
