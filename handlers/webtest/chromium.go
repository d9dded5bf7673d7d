package webtest

import (
	"context"
	"errors"
	"os/exec"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"
)

// chromium is the one real browser of a test process; every person has a
// separate window in it.
var chromium struct {
	sync.Mutex
	ctx   context.Context
	close context.CancelFunc
	main  bool
}

// Main runs the tests of a package and then ends the Chromium they shared, with
// its profile. A package that opens one has
//
//	func TestMain(m *testing.M) { os.Exit(webtest.Main(m)) }
func Main(m *testing.M) int {
	chromium.main = true
	code := m.Run()

	chromium.Lock()
	defer chromium.Unlock()
	if chromium.close != nil {
		chromium.close()
	}
	return code
}

// launch starts Chromium for the first who asks.
func launch() (context.Context, error) {
	chromium.Lock()
	defer chromium.Unlock()
	if chromium.ctx != nil {
		return chromium.ctx, nil
	}
	if !chromium.main {
		return nil, errors.New("a package that opens Chromium ends it in TestMain: os.Exit(webtest.Main(m))")
	}
	path, err := installed()
	if err != nil {
		return nil, err
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path),
		chromedp.NoSandbox,
		chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		// Back asks the server, as it does for everyone whose browser has forgotten the page.
		chromedp.Flag("disable-features", "Translate,BackForwardCache"),
		// A test talks to its own machine and nobody else.
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"),
	)
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, quit := chromedp.NewContext(allocator, chromedp.WithErrorf(func(string, ...any) {}))
	end := func() { quit(); stop() }
	if err := chromedp.Do(ctx); err != nil {
		end()
		return nil, err
	}
	chromium.ctx, chromium.close = ctx, end
	return ctx, nil
}

func installed() (string, error) {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("Chromium is not installed (apt-get install chromium)")
}
