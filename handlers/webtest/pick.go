package webtest

import (
	"fmt"
	"slices"
	"strings"
)

// thing is a link, a button or a field as both browsers describe it.
type thing struct {
	Names  []string `json:"names"`  // what a person may call it
	Key    string   `json:"key"`    // its name attribute
	Barred string   `json:"barred"` // why a person cannot use it, empty when they can
	Leads  string   `json:"leads"`  // where a link goes
}

// pick finds the one thing that wanted can mean: called exactly so, or else with
// wanted in its name. Several links to the same place are one to a person.
func pick(kind, wanted string, things []thing) (int, error) {
	wanted = squeeze(wanted)
	if wanted == "" {
		return 0, fmt.Errorf("asked for a %s without a name", kind)
	}
	for _, called := range []func(thing) bool{
		func(th thing) bool { return th.Key == wanted || slices.Contains(th.Names, wanted) },
		func(th thing) bool {
			return slices.ContainsFunc(th.Names, func(name string) bool { return strings.Contains(name, wanted) })
		},
	} {
		var usable, barred []int
		for i, th := range things {
			switch {
			case !called(th):
			case th.Barred == "":
				usable = append(usable, i)
			default:
				barred = append(barred, i)
			}
		}
		if len(usable) > 1 && !sameLead(things, usable) {
			return 0, fmt.Errorf("%d things could be the %s %q, say which one with Within:\n%s", len(usable), kind, wanted, list(things, usable))
		}
		if len(usable) > 0 {
			return usable[0], nil
		}
		if len(barred) > 0 {
			return 0, fmt.Errorf("the %s %q is there, but %s", kind, wanted, things[barred[0]].Barred)
		}
	}
	all := make([]int, len(things))
	for i := range all {
		all[i] = i
	}
	return 0, fmt.Errorf("there is no %s %q, there are %d:\n%s", kind, wanted, len(things), list(things, all))
}

func sameLead(things []thing, which []int) bool {
	for _, i := range which {
		if things[i].Leads == "" || things[i].Leads != things[which[0]].Leads {
			return false
		}
	}
	return true
}

func list(things []thing, which []int) string {
	var b strings.Builder
	for _, i := range which {
		fmt.Fprintf(&b, "\t«%s»", strings.Join(things[i].Names, "» = «"))
		if things[i].Key != "" {
			fmt.Fprintf(&b, " name=%s", things[i].Key)
		}
		if things[i].Leads != "" {
			fmt.Fprintf(&b, " → %s", things[i].Leads)
		}
		if things[i].Barred != "" {
			fmt.Fprintf(&b, " (%s)", things[i].Barred)
		}
		b.WriteByte('\n')
	}
	return b.String()
}
