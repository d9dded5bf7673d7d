package main

import (
	"encoding/json"
	"flag"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/valyala/fasthttp"
)

// loaded is what a load has seen.
type loaded struct {
	Requests int
	Failed   int // answers other than the one wanted
	Seconds  float64
	P50, P99 float64 // milliseconds
	Bytes    float64 // of one answer
}

func (l loaded) rate() float64 { return float64(l.Requests) / l.Seconds }

// runLoad asks for one page over some connections, each as another visitor, until the time is over. It is a
// process of its own.
func runLoad(args []string) error {
	flags := flag.NewFlagSet("load", flag.ExitOnError)
	address := flags.String("address", "", "of the server")
	path := flags.String("path", "/", "of the page")
	secrets := flags.String("sessions", "", "secrets of sessions, with commas between them")
	connections := flags.Int("connections", 1, "at once")
	lasts := flags.Duration("for", time.Second, "how long")
	signsIn := flags.Bool("sign-in", false, "send the form of signing in, each time as somebody else")
	flags.Parse(args)

	first := rand.IntN(1 << 24) // so that no run meets the limits that another one has used up
	sessions := strings.Split(*secrets, ",")
	client := &fasthttp.HostClient{Addr: *address, MaxConns: *connections, ReadTimeout: 20 * time.Second}
	results := make([]loaded, *connections)
	took := make([][]float64, *connections)
	begun := time.Now()
	var all sync.WaitGroup
	for n := range *connections {
		all.Go(func() {
			request, response := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
			request.SetRequestURI("http://" + *address + *path)
			request.Header.SetCookie("__Host-sid", sessions[n%len(sessions)])
			wanted := fasthttp.StatusOK
			if *signsIn {
				wanted = fasthttp.StatusSeeOther
				request.Header.SetMethod("POST")
				request.Header.SetContentType("application/x-www-form-urlencoded")
				request.Header.Set("Sec-Fetch-Site", "same-origin")
			}
			for sent := time.Now(); sent.Sub(begun) < *lasts; {
				if *signsIn {
					body, from := signInForm(first + n + results[n].Requests**connections)
					request.SetBodyString(body)
					request.Header.Set("X-Forwarded-For", from)
				}
				err := client.Do(request, response)
				now := time.Now()
				took[n] = append(took[n], now.Sub(sent).Seconds()*1000)
				sent = now
				results[n].Requests++
				if err != nil || response.StatusCode() != wanted {
					results[n].Failed++
				}
				results[n].Bytes = float64(len(response.Body()))
			}
		})
	}
	all.Wait()
	sum := loaded{Seconds: time.Since(begun).Seconds(), Bytes: results[0].Bytes}
	for _, one := range results {
		sum.Requests += one.Requests
		sum.Failed += one.Failed
	}
	every := slices.Concat(took...)
	sum.P50, sum.P99 = percentile(every, 50), percentile(every, 99)
	return json.NewEncoder(os.Stdout).Encode(sum)
}
