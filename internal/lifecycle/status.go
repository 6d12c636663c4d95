package lifecycle

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"zhike/internal/platform/clock"
)

// Status tells how the lifecycle is being worked out.
type Status struct {
	Day     clock.Day // the open day; 0 before it has begun
	Working bool      // a process has the lease
	// LagMS is how long ago everything written had been looked at, 0 before that
	// was ever so.
	LagMS int64
	// Problem is the code of what keeps a rule from being evaluated, At its place in
	// the configuration; "" where nothing does.
	Problem, At string
}

// Status reads how the lifecycle is being worked out, by whichever process.
func (s *Service) Status(ctx context.Context) (Status, error) {
	h, err := s.store.head(ctx)
	if err != nil {
		return Status{}, err
	}
	now := s.now()
	out := Status{Day: h.day, Working: h.node != "" && h.until > now, Problem: h.problem, At: h.at}
	if fresh := max(h.evaluatedAt, s.fresh()); fresh > 0 {
		out.LagMS = max(0, now-fresh)
	}
	return out, nil
}

// engineMetrics are what a process that works stages out counts.
type engineMetrics struct {
	rounds prometheus.Histogram
	looks  *prometheus.CounterVec
	moves  prometheus.Counter
	days   prometheus.Counter
}

func newEngineMetrics() *engineMetrics {
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Name: name, Help: help})
	}
	m := &engineMetrics{
		rounds: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "zhike_lifecycle_round_seconds", Help: "How long rounds took in which stages were worked out.",
			Buckets: []float64{.01, .03, .1, .3, 1, 3, 10, 30, 100},
		}),
		looks: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "zhike_lifecycle_evaluations_total", Help: "How often stages were worked out: of everybody (whole), or of changed customers only (partly).",
		}, []string{"how"}),
		moves: counter("zhike_lifecycle_written_total", "Stages that were written or taken back by this process."),
		days:  counter("zhike_lifecycle_days_closed_total", "Days that this process has made final."),
	}
	m.looks.WithLabelValues("whole") // 0 is told, too
	m.looks.WithLabelValues("partly")
	return m
}

// round notes a round that worked stages out.
func (m *engineMetrics) round(how string, took time.Duration) {
	m.looks.WithLabelValues(how).Inc()
	m.rounds.Observe(took.Seconds())
}

// Collectors are the metrics of the lifecycle: zhike_lifecycle_leads,
// _lag_seconds, _round_seconds, _evaluations_total, _written_total,
// _days_closed_total.
func (e *Engine) Collectors() []prometheus.Collector {
	gauge := func(name, help string, read func(leads bool, fresh int64) float64) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, func() float64 {
			return read(e.leads.Load(), e.freshAt())
		})
	}
	return []prometheus.Collector{
		e.metrics.rounds, e.metrics.looks, e.metrics.moves, e.metrics.days,
		gauge("zhike_lifecycle_leads", "1 in the process that works the lifecycle out.", func(leads bool, _ int64) float64 {
			if leads {
				return 1
			}
			return 0
		}),
		gauge("zhike_lifecycle_lag_seconds", "How long ago this process had looked at everything that was written; 0 where another one works.", func(leads bool, fresh int64) float64 {
			if !leads || fresh == 0 {
				return 0
			}
			return float64(max(0, clock.Millis(e.s.Clock.Now())-fresh)) / float64(time.Second.Milliseconds())
		}),
	}
}
