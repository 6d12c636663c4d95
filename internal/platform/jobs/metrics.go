package jobs

import (
	"context"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics counts what this process did; the queue itself is counted in the
// database when somebody asks.
type metrics struct {
	results *prometheus.CounterVec
	seconds *prometheus.HistogramVec
}

func newMetrics() *metrics {
	return &metrics{
		results: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "zhike_job_attempts_total",
			Help: "Job attempts that ended in this process, by kind and result (finished, failed, cancelled, handed_back).",
		}, []string{"kind", "result"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "zhike_job_attempt_seconds",
			Help:    "How long job attempts took.",
			Buckets: []float64{0.01, 0.1, 1, 10, 60, 600, 3600},
		}, []string{"kind"}),
	}
}

func (m *metrics) finished(kind, result string, took time.Duration) {
	m.results.WithLabelValues(kind, result).Inc()
	m.seconds.WithLabelValues(kind).Observe(took.Seconds())
}

var (
	jobsDesc = prometheus.NewDesc("zhike_jobs", "Jobs in the database, by kind and state (running, scheduled, failed, finished).", []string{"kind", "state"}, nil)
	// countFor is for how long a count of the queue is good enough.
	countFor = 5 * time.Second
)

type collector struct {
	c    *Client
	mu   sync.Mutex
	at   time.Time
	rows []prometheus.Metric
}

// Collector gives the metrics of jobs: zhike_jobs (what is in the queue),
// zhike_job_attempts_total and zhike_job_attempt_seconds (what this process did).
func (c *Client) Collector() prometheus.Collector { return &collector{c: c} }

// Describe is part of prometheus.Collector.
func (k *collector) Describe(ch chan<- *prometheus.Desc) {
	ch <- jobsDesc
	k.c.metrics.results.Describe(ch)
	k.c.metrics.seconds.Describe(ch)
}

// Collect is part of prometheus.Collector.
func (k *collector) Collect(ch chan<- prometheus.Metric) {
	k.c.metrics.results.Collect(ch)
	k.c.metrics.seconds.Collect(ch)
	for _, m := range k.queue() {
		ch <- m
	}
}

func (k *collector) queue() []prometheus.Metric {
	k.mu.Lock()
	defer k.mu.Unlock()
	if time.Since(k.at) < countFor && !k.at.IsZero() {
		return k.rows
	}
	ctx, cancel := context.WithTimeout(context.Background(), countFor)
	defer cancel()
	type key struct{ kind, state string }
	counts := map[key]float64{}
	err := k.c.st.countBy(ctx, filter{}, func(state, kind string, n int64) {
		for g, states := range groups {
			for _, s := range states {
				if s == state {
					counts[key{kind, string(g)}] += float64(n)
				}
			}
		}
	})
	if err != nil {
		return nil
	}
	k.rows = k.rows[:0:0]
	for at, n := range counts {
		k.rows = append(k.rows, prometheus.MustNewConstMetric(jobsDesc, prometheus.GaugeValue, n, at.kind, at.state))
	}
	k.at = time.Now()
	return k.rows
}
