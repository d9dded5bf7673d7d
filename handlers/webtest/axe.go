package webtest

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

func decode(answer []byte, into any) error { return json.Unmarshal(answer, into) }

// violation is one rule of axe-core and where the page breaks it.
type violation struct {
	ID, Impact, Help string
	Nodes            []struct{ Target, Summary string }
}

// Axe wants axe-core to find no serious or critical violation. The library is
// found in node_modules of this folder or one above it.
func (w *Window) Axe() *Window {
	w.t.Helper()
	source, err := axeSource()
	if err != nil {
		w.t.Fatalf("axe-core: %v", err)
	}
	w.still()
	var there bool
	w.settle(w.run("typeof axe === 'object'", &there))
	if !there {
		w.settle(w.run(source+"\n;0", nil))
	}
	var found []violation
	w.settle(w.ask(&found, "axe"))
	for _, v := range found {
		if v.Impact != "serious" && v.Impact != "critical" {
			continue
		}
		for _, n := range v.Nodes {
			w.t.Errorf("%s (%s): %s, %s: %s: %s\n\t%s", w.address(), w.look(), v.Impact, v.ID, v.Help, n.Target, strings.ReplaceAll(n.Summary, "\n", "\n\t"))
		}
	}
	return w
}

func (w *Window) look() string {
	if w.pane.dark {
		return fmt.Sprintf("%d-dark", w.pane.width)
	}
	return fmt.Sprintf("%d-light", w.pane.width)
}

// axeSource reads the library once for all tests.
var axeSource = sync.OnceValues(func() (string, error) {
	folder, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		source, err := os.ReadFile(filepath.Join(folder, "node_modules", "axe-core", "axe.min.js"))
		if err == nil {
			return string(source), nil
		}
		above := filepath.Dir(folder)
		if above == folder {
			return "", fmt.Errorf("no node_modules/axe-core here or above: npm ci")
		}
		folder = above
	}
})

// EveryLook shows the page on a phone and on a desk, light and dark, and wants each
// to fit its width and to please axe. also, when given, does more with every look,
// which is called 375-light, 375-dark, 1280-light or 1280-dark.
func EveryLook(w *Window, also func(look string)) {
	w.t.Helper()
	for _, width := range []int{375, 1280} {
		for _, dark := range []bool{false, true} {
			w.Size(width).Dark(dark).NoHorizontalScroll().Axe()
			if also != nil {
				also(w.look())
			}
		}
	}
	w.Size(1280).Dark(false)
}
