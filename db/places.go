package db

import "time"

// Place is where something stands in a list by time: the next page begins behind it.
type Place[ID ~int64] struct {
	At time.Time
	ID ID
}

// or is the place itself, or before everything when there is none.
func (p Place[ID]) or(now time.Time) Place[ID] {
	if p.ID == 0 {
		return Place[ID]{At: now.Add(24 * time.Hour)}
	}
	return p
}
