package handlers

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"strconv"
	"strings"
	"time"

	"cabinet/db"

	"github.com/gofiber/fiber/v2"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/valyala/fasthttp/fasthttpadaptor"
)

// meters count what this process does. What the workers do is asked of the database at each scrape, since they have
// no port of their own.
type meters struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
}

func newMeters() *meters {
	m := &meters{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "cabinet_requests_total", Help: "Requests answered, by the pattern of their route.",
		}, []string{"method", "route", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "cabinet_request_seconds", Help: "How long an answer took, by the pattern of its route.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 15},
		}, []string{"method", "route"}),
	}
	m.registry.MustRegister(m.requests, m.seconds, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// routeMet is where a request keeps the pattern of its route. An address that belongs to none counts as "other": what a
// stranger types must never become a label.
const routeMet = "route"

func meets(path string) fiber.Handler {
	return func(c *fiber.Ctx) error {
		c.Locals(routeMet, path)
		return c.Next()
	}
}

// count stands before everything else. It has an error drawn, because only then is its status known.
func (h *Handlers) count(c *fiber.Ctx) error {
	began := time.Now()
	err := c.Next()
	if err != nil {
		err = h.fail(c, err)
	}
	route, met := c.Locals(routeMet).(string)
	if !met {
		route = "other"
	}
	h.meters.requests.WithLabelValues(c.Method(), route, strconv.Itoa(c.Response().StatusCode())).Inc()
	h.meters.seconds.WithLabelValues(c.Method(), route).Observe(time.Since(began).Seconds())
	return err
}

// holdsToken lets in whoever brings a token of the configuration. Without one there nobody does.
func holdsToken(c *fiber.Ctx, token string) bool {
	given, bearer := strings.CutPrefix(c.Get("Authorization"), "Bearer ")
	want, got := sha256.Sum256([]byte(token)), sha256.Sum256([]byte(given))
	return token != "" && bearer && subtle.ConstantTimeCompare(want[:], got[:]) == 1
}

// askedFor is how long the database may take: what this process knows itself must be told while the database is away.
const askedFor = 3 * time.Second

func (h *Handlers) showMetrics(c *fiber.Ctx) error {
	ctx, cancel := context.WithTimeout(c.UserContext(), askedFor)
	defer cancel()
	figures, err := h.db.Figures(ctx)
	if err != nil {
		h.Log.WarnContext(ctx, "no figures from the database", "err", err)
	}
	now := scrape{}
	now.process(h.live.Streams(), h.db.Pool())
	now.gauge("cabinet_database_up", "Whether the database answered this scrape.", yes(err == nil))
	if err == nil {
		now.jobs(figures)
		now.mails(figures)
		now.audit(figures.Audit)
		now.gauge("cabinet_database_bytes", "How much room the database takes on its disk.", float64(figures.Bytes))
	}
	asked := prometheus.NewRegistry()
	asked.MustRegister(&now)
	fasthttpadaptor.NewFastHTTPHandler(promhttp.HandlerFor(prometheus.Gatherers{h.meters.registry, asked}, promhttp.HandlerOpts{}))(c.Context())
	return nil
}

// scrape is what is true at one moment.
type scrape []prometheus.Metric

// Describe promises nothing: what there is depends on whether the database answers.
func (s *scrape) Describe(chan<- *prometheus.Desc) {}

// Collect hands over what was asked for before.
func (s *scrape) Collect(to chan<- prometheus.Metric) {
	for _, metric := range *s {
		to <- metric
	}
}

// gauge adds a figure with pairs of a label and its value.
func (s *scrape) gauge(name, help string, value float64, labels ...string) {
	s.add(prometheus.GaugeValue, name, help, value, labels)
}

func (s *scrape) counter(name, help string, value float64) {
	s.add(prometheus.CounterValue, name, help, value, nil)
}

func (s *scrape) add(kind prometheus.ValueType, name, help string, value float64, labels []string) {
	var names, values []string
	for i := 0; i+1 < len(labels); i += 2 {
		names, values = append(names, labels[i]), append(values, labels[i+1])
	}
	*s = append(*s, prometheus.MustNewConstMetric(prometheus.NewDesc(name, help, names, nil), kind, value, values...))
}

func (s *scrape) process(streams int, pool db.Pool) {
	s.gauge("cabinet_streams", "Open pages that this process keeps informed.", float64(streams))
	const connections = "Connections of this process to the database."
	s.gauge("cabinet_pool_connections", connections, float64(pool.Acquired), "state", "acquired")
	s.gauge("cabinet_pool_connections", connections, float64(pool.Idle), "state", "idle")
	s.gauge("cabinet_pool_connections_max", "How many connections this process may have (POOL_SIZE).", float64(pool.Most))
	s.counter("cabinet_pool_waits_total", "How often somebody had to wait for a connection.", float64(pool.Waits))
	s.counter("cabinet_pool_wait_seconds_total", "How long they waited, all together.", pool.Waited.Seconds())
}

func (s *scrape) jobs(figures db.Figures) {
	s.gauge("cabinet_worker_up", "Whether any worker is at work.", yes(figures.WorkerAlive))
	for _, queue := range figures.Queues {
		for state, count := range queue.Counts {
			s.gauge("cabinet_jobs", "Jobs by queue and state; 1000 means a thousand or more.", float64(count), "queue", queue.Name, "state", string(state))
		}
		s.gauge("cabinet_jobs_oldest_seconds", "How long the job has been due that waits longest.", queue.Waits.Seconds(), "queue", queue.Name)
		s.gauge("cabinet_queue_paused", "Whether the staff have paused the queue.", yes(queue.Paused), "queue", queue.Name)
	}
}

func (s *scrape) mails(figures db.Figures) {
	const mails = "Mails that have not left, by status; 1000 means a thousand or more."
	s.gauge("cabinet_mails", mails, float64(figures.Mails.Gathering), "status", string(db.MailGathering))
	s.gauge("cabinet_mails", mails, float64(figures.Mails.Queued), "status", string(db.MailQueued))
	s.gauge("cabinet_mails", mails, float64(figures.Mails.Failed), "status", string(db.MailFailed))
	s.gauge("cabinet_mails_sent_last_hour", "Mails that left in the last hour; 1000 means a thousand or more.", float64(figures.Mails.Sent))
	s.gauge("cabinet_mails_oldest_seconds", "How long the first mail in the queue could have left.", figures.Mails.Waits.Seconds())
}

func (s *scrape) audit(audit db.AuditResult) {
	if audit.ID == 0 {
		return
	}
	s.gauge("cabinet_audit_differences", "What did not add up at the last audit.", float64(audit.Differences))
	s.gauge("cabinet_audit_timestamp_seconds", "When the last audit was.", float64(audit.At.Unix()))
	s.gauge("cabinet_audit_seconds", "How long it took.", float64(audit.Milliseconds)/1000)
}

func yes(is bool) float64 {
	if is {
		return 1
	}
	return 0
}
