package webtest

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/inspector"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
)

// record hears everything a tab does: what is under way, what came of it, and
// what went wrong.
type record struct {
	answer func(yes bool)

	mu       sync.Mutex
	open     map[network.RequestID]*network.EventRequestWillBeSent
	leaving  bool // a page was asked for and has not come yet
	answers  []int64
	wanted   []int64
	troubles []string
	asked    []string
	refuse   bool
}

func newRecord() *record {
	return &record{open: map[network.RequestID]*network.EventRequestWillBeSent{}}
}

// begin forgets the answers to the act before.
func (r *record) begin() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answers = nil
}

// under says what is under way, nothing when all is done.
func (r *record) under() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var found []string
	for _, sent := range r.open {
		found = append(found, sent.Request.Method+" "+sent.Request.URL)
	}
	if r.leaving {
		found = append(found, "a new page")
	}
	return strings.Join(found, ", ")
}

func (r *record) hear(event any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		r.open[e.RequestID] = e
	case *network.EventResponseReceived:
		r.answered(e)
	case *network.EventLoadingFinished:
		delete(r.open, e.RequestID)
	case *network.EventLoadingFailed:
		r.failed(e)
	case *page.EventFrameRequestedNavigation:
		r.leaving = true
	case *page.EventFrameNavigated:
		r.arrived(e.Frame)
	case *page.EventFrameStoppedLoading, *page.EventNavigatedWithinDocument:
		r.leaving = false
	case *page.EventJavascriptDialogOpening:
		r.asked = append(r.asked, e.Message)
		go r.answer(!r.refuse)
	default:
		if words := trouble(event); words != "" {
			r.troubles = append(r.troubles, words)
		}
	}
}

// answered counts an answer. A stream of events stays open, so it is not waited for.
func (r *record) answered(e *network.EventResponseReceived) {
	if e.Response.MimeType == "text/event-stream" {
		delete(r.open, e.RequestID)
		return
	}
	r.answers = append(r.answers, e.Response.Status)
	if e.Response.Status >= 500 {
		r.troubles = append(r.troubles, fmt.Sprintf(refusedLine+" (%s)", e.Response.Status, e.Response.URL))
	}
}

func (r *record) failed(e *network.EventLoadingFailed) {
	sent := r.open[e.RequestID]
	delete(r.open, e.RequestID)
	if e.Type == network.ResourceTypeDocument {
		r.leaving = false
	}
	if e.Canceled || e.ErrorText == "net::ERR_ABORTED" {
		return
	}
	words := fmt.Sprintf("a request failed: %s %s", e.ErrorText, e.BlockedReason)
	if sent != nil {
		words += " " + sent.Request.Method + " " + sent.Request.URL
	}
	r.troubles = append(r.troubles, words)
}

// arrived drops what the page before had still asked for: nobody will hear of it.
func (r *record) arrived(frame *cdp.Frame) {
	if frame.ParentID != "" {
		return
	}
	r.leaving = false
	for id, sent := range r.open {
		if sent.LoaderID != frame.LoaderID {
			delete(r.open, id)
		}
	}
}

const refusedLine = "Failed to load resource: the server responded with a status of %d"

// trouble puts into words what an event says went wrong, nothing when it did not.
func trouble(event any) string {
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		words := e.ExceptionDetails.Text
		if e.ExceptionDetails.Exception != nil {
			words += " " + e.ExceptionDetails.Exception.Description
		}
		return words + place(e.ExceptionDetails.URL, e.ExceptionDetails.LineNumber)
	case *runtime.EventConsoleAPICalled:
		if e.Type != runtime.ConsoleAPICalledTypeError && e.Type != runtime.ConsoleAPICalledTypeAssert {
			return ""
		}
		words := []string{"console.error:"}
		for _, arg := range e.Args {
			var value any
			if json.Unmarshal(arg.Value, &value) != nil {
				value = arg.Description
			}
			words = append(words, fmt.Sprint(value))
		}
		return strings.Join(words, " ")
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError {
			return e.Entry.Text + place(e.Entry.URL, e.Entry.LineNumber)
		}
	case *runtime.EventBindingCalled:
		if e.Name == "webtestSaid" {
			return "Content-Security-Policy: " + e.Payload
		}
	case *inspector.EventTargetCrashed:
		return "the page crashed"
	}
	return ""
}

func place(url string, line int64) string {
	if url == "" {
		return ""
	}
	return fmt.Sprintf(" (%s:%d)", url, line+1)
}

// want takes the console's line about an answer with this status for no trouble,
// and says whether such an answer came since the last act.
func (r *record) want(status int64) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.wanted = append(r.wanted, status)
	return slices.Contains(r.answers, status)
}

var refused = regexp.MustCompile(`^Failed to load resource: the server responded with a status of (\d+)`)

// take hands over the troubles that nobody wanted.
func (r *record) take() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	found := slices.DeleteFunc(r.troubles, func(words string) bool {
		match := refused.FindStringSubmatch(words)
		if match == nil {
			return false
		}
		status, _ := strconv.ParseInt(match[1], 10, 64)
		return slices.Contains(r.wanted, status)
	})
	r.troubles = nil
	return found
}
