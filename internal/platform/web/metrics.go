package web

import (
	"crypto/subtle"
	"net/http"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics counts requests by route and status and serves them, with those of
// the runtime and the process, in Prometheus' form.
type Metrics struct {
	registry *prometheus.Registry
	count    *prometheus.CounterVec
	duration *prometheus.HistogramVec
	rest     *meter
	token    string
}

// NewMetrics makes an empty set. Without a token only callers on the machine
// itself may read it; with one, whoever presents it as a bearer token.
func NewMetrics(token string) *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		token:    token,
		count: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "zhike_http_requests_total", Help: "Requests by route and status.",
		}, []string{"method", "route", "status"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "zhike_http_request_duration_seconds", Help: "Time to answer by route.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30},
		}, []string{"method", "route"}),
	}
	m.registry.MustRegister(m.count, m.duration, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.rest = m.route("ANY", "pages")
	return m
}

// Register adds collectors of other parts (pool, jobs).
func (m *Metrics) Register(c ...prometheus.Collector) { m.registry.MustRegister(c...) }

// Gauge adds a value that is read when the metrics are.
func (m *Metrics) Gauge(name, help string, read func() float64) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, read))
}

// meter is the metrics of one route with the labels already looked up.
type meter struct {
	duration prometheus.Observer
	count    *prometheus.CounterVec
	mu       sync.RWMutex
	byStatus map[int]prometheus.Counter
}

func (m *Metrics) route(method, pattern string) *meter {
	if m == nil {
		return nil
	}
	return &meter{
		duration: m.duration.WithLabelValues(method, pattern),
		count:    m.count.MustCurryWith(prometheus.Labels{"method": method, "route": pattern}),
		byStatus: map[int]prometheus.Counter{},
	}
}

func (m *Metrics) other() *meter {
	if m == nil {
		return nil
	}
	return m.rest
}

func (m *meter) observe(status int, took time.Duration) {
	if m == nil {
		return
	}
	m.duration.Observe(took.Seconds())
	m.mu.RLock()
	c, ok := m.byStatus[status]
	m.mu.RUnlock()
	if !ok {
		c = m.count.WithLabelValues(strconv.Itoa(status))
		m.mu.Lock()
		m.byStatus[status] = c
		m.mu.Unlock()
	}
	c.Inc()
}

// Handler serves the metrics to who may see them, 404 to others.
func (m *Metrics) Handler() http.Handler {
	serve := promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{MaxRequestsInFlight: 4})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !m.allowed(r) {
			http.NotFound(w, r)
			return
		}
		serve.ServeHTTP(w, r)
	})
}

func (m *Metrics) allowed(r *http.Request) bool {
	if m.token != "" {
		return subtle.ConstantTimeCompare([]byte(r.Header.Get("Authorization")), []byte("Bearer "+m.token)) == 1
	}
	// Behind a proxy on the same machine the peer is loopback for everybody,
	// so the address looked through the proxies must be it too, and a proxy
	// that is not declared as trusted shows itself by its header.
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil || !peer.Addr().Unmap().IsLoopback() || r.Header.Get("X-Forwarded-For") != "" || r.Header.Get("Forwarded") != "" {
		return false
	}
	return true
}
