package db

import "testing"

func TestRate(t *testing.T) {
	rate := Rate(92_400_000)
	t.Run("D06 the rouble sum of an invoice is to the kopeck, half up", func(t *testing.T) {
		for cents, kopecks := range map[Money]Money{0: 0, 1: 92, 100: 9240, 123_05: 11_369_82, -123_05: -11_369_82, 100_000_000_00: 9_240_000_000_00} {
			if got := rate.FromEuro(cents); got != kopecks {
				t.Errorf("%d cents are %d kopecks, not %d", cents, got, kopecks)
			}
		}
	})
	t.Run("D08 roubles that came in are worth euros", func(t *testing.T) {
		for kopecks, cents := range map[Money]Money{0: 0, 46: 0, 47: 1, 9240: 100, 11_369_82: 123_05, -9240: -100} {
			if got := rate.ToEuro(kopecks); got != cents {
				t.Errorf("%d kopecks are %d cents, not %d", kopecks, got, cents)
			}
		}
	})
	t.Run("D08 there and back again loses nothing", func(t *testing.T) {
		for cents := Money(0); cents < 5000; cents++ {
			if got := rate.ToEuro(rate.FromEuro(cents)); got != cents {
				t.Fatalf("%d cents come back as %d", cents, got)
			}
		}
	})
}
