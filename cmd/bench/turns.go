package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// turns runs the floor and ours by turns, A B A B, so that what else the machine does meets both. Each side's
// first run warms it up and does not count.
func turns[T any](n int, floor, ours func() (T, error)) (a, b []T, err error) {
	for turn := range n + 1 {
		for _, side := range []struct {
			run  func() (T, error)
			into *[]T
		}{{floor, &a}, {ours, &b}} {
			got, err := side.run()
			if err != nil {
				return a, b, err
			}
			if turn > 0 {
				*side.into = append(*side.into, got)
			}
		}
	}
	return a, b, nil
}

// figure is one line of the table.
type figure struct {
	At     time.Time `json:"at"`
	Commit string    `json:"commit"`
	Name   string    `json:"figure"`
	Unit   string    `json:"unit"`
	Floor  float64   `json:"floor"`
	Ours   float64   `json:"ours"`
	Ratio  float64   `json:"ratio"` // median over the turns; without a floor it is what was measured
	Aim    float64   `json:"aim"`
	Sense  sense     `json:"sense"`
	Met    bool      `json:"met"`
}

// sense says what is good.
type sense string

const (
	atLeast sense = "at least"
	atMost  sense = "at most"
	told    sense = "told" // there is no aim
)

// compare makes a figure of one quantity of both sides.
func compare[T any](name, unit string, floor, ours []T, of func(T) float64, aim float64, good sense) figure {
	ratios := make([]float64, 0, len(ours))
	for i := range ours {
		if of(floor[i]) > 0 { // the clock of the kernel may not have ticked in a very short turn
			ratios = append(ratios, of(ours[i])/of(floor[i]))
		}
	}
	return judged(figure{Name: name, Unit: unit, Floor: median(each(floor, of)), Ours: median(each(ours, of)), Ratio: median(ratios), Aim: aim, Sense: good})
}

// alone makes a figure without a floor, held against a number.
func alone(name, unit string, got, aim float64, good sense) figure {
	return judged(figure{Name: name, Unit: unit, Ours: got, Ratio: got, Aim: aim, Sense: good})
}

func judged(f figure) figure {
	f.Met = f.Sense == told || f.Sense == atLeast && f.Ratio >= f.Aim || f.Sense == atMost && f.Ratio <= f.Aim
	return f
}

func each[T any](all []T, of func(T) float64) (values []float64) {
	for _, one := range all {
		values = append(values, of(one))
	}
	return values
}

func median(values []float64) float64 { return percentile(values, 50) }

// percentile is by the nearest rank.
func percentile[N cmp.Ordered](values []N, p int) (at N) {
	if len(values) == 0 {
		return at
	}
	sorted := slices.Sorted(slices.Values(values))
	return sorted[max(0, (len(sorted)*p+99)/100-1)]
}

// table prints figures in columns.
func table(figures []figure) string {
	var lines strings.Builder
	fmt.Fprintf(&lines, "| %-58s | %10s | %10s | %-7s | %6s | %-13s | %s |\n", "what", "floor", "ours", "unit", "ratio", "aim", "met")
	fmt.Fprintf(&lines, "|%s|--:|--:|---|--:|---|---|\n", strings.Repeat("-", 60))
	for _, f := range figures {
		floor, ratio, aim, met := number(f.Floor), fmt.Sprintf("%.2f", f.Ratio), fmt.Sprintf("%s %s", f.Sense, number(f.Aim)), "no"
		if f.Floor == 0 {
			floor, ratio = "–", "–"
		}
		if f.Met {
			met = "yes"
		}
		if f.Sense == told {
			aim, met = "–", "–"
		}
		fmt.Fprintf(&lines, "| %-58s | %10s | %10s | %-7s | %6s | %-13s | %s |\n", f.Name, floor, number(f.Ours), f.Unit, ratio, aim, met)
	}
	return lines.String()
}

func number(x float64) string {
	if x >= 100 {
		return fmt.Sprintf("%.0f", x)
	}
	return fmt.Sprintf("%.3g", x)
}
