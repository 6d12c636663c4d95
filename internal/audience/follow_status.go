package audience

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"zhike/internal/platform/clock"
)

// Freshness says how a kept membership stands.
type Freshness struct {
	Followed bool  `json:"followed"`
	Size     int64 `json:"size" doc:"Members that are kept; -1 until they were counted for the first time"`
	FreshAt  int64 `json:"fresh_at" doc:"unix ms; the members are those of this instant, 0 before the first count"`
	LagMS    int64 `json:"lag_ms" doc:"For how long something has been known to have changed that the members do not show yet"`
	// EvaluatedAt is when the rule was evaluated last, and what it took.
	EvaluatedAt int64  `json:"evaluated_at"`
	TookMS      int64  `json:"took_ms"`
	NextCheckAt int64  `json:"next_check_at" doc:"unix ms; about when it is looked at again, 0 where nobody knows"`
	Engine      string `json:"engine" enum:",columns,sql" doc:"What answered last; sql is asked once a minute only"`
	Problem     string `json:"problem" doc:"Code of why the rule cannot be evaluated"`
}

// RoundStats tells of the last round of this process.
type RoundStats struct {
	// Leads says whether this process follows, not another one.
	Leads     bool
	At        int64 // unix ms
	TookMS    int64
	Followed  int
	Evaluated int
	Partly    int // of them by looking at changed customers only
	// Now, not in the round:
	Waiting  int   // something changed that is not evaluated yet
	Troubled int   // of them with a rule that cannot be evaluated
	LagMS    int64 // the greatest
}

// standing is how a membership stands by what this process knows.
type standing struct {
	freshAt, dueSince, evaluatedAt int64 // unix ms; 0: never, nothing
	sqlAgain                       int64 // when SQL is asked again
	engine                         string
	troubled                       bool
}

// stand tells how audiences stand: when a round has seen what is due, and as
// soon as each was evaluated.
func (f *Follower) stand(list ...followedRow) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range list {
		a, st := &list[i], f.state[list[i].id]
		if !a.followed || st == nil {
			continue
		}
		v := standing{engine: st.engine, troubled: a.problem != ""}
		if !st.freshAt.IsZero() {
			v.freshAt = clock.Millis(st.freshAt)
		}
		if st.valid {
			v.evaluatedAt = max(a.at, f.looked[a.id])
		}
		if !st.dueSince.IsZero() {
			v.dueSince = clock.Millis(st.dueSince)
			if !st.sqlAt.IsZero() {
				v.sqlAgain = clock.Millis(st.sqlAt.Add(f.slow))
			}
		}
		f.live[a.id] = v
	}
}

// Stats gives the last round of this process, and who is behind now.
func (f *Follower) Stats() RoundStats {
	f.mu.Lock()
	defer f.mu.Unlock()
	s := f.round
	if s.Leads = f.leader; !s.Leads {
		return s
	}
	s.Waiting, s.Troubled, s.LagMS = 0, 0, 0
	now := clock.Millis(f.Clock.Now())
	for _, v := range f.live {
		if v.dueSince == 0 {
			continue
		}
		s.Waiting++
		if v.troubled {
			s.Troubled++
		}
		s.LagMS = max(s.LagMS, 1, now-v.dueSince)
	}
	return s
}

// Overview is Stats with what the database tells where another process follows.
func (f *Follower) Overview(ctx context.Context) (RoundStats, error) {
	if s := f.Stats(); s.Leads {
		return s, nil
	}
	var s RoundStats
	list, err := f.store.followed(ctx)
	if err != nil {
		return s, err
	}
	h, err := f.store.head(ctx)
	if err != nil {
		return s, err
	}
	for i := range list {
		if !list[i].followed {
			continue
		}
		s.Followed++
		if list[i].problem != "" {
			s.Troubled++
		}
		v := f.written(&list[i], &h)
		if s.LagMS = max(s.LagMS, v.LagMS); v.LagMS > 0 {
			s.Waiting++
		}
	}
	return s, nil
}

// written is how an audience stands by what the database tells.
func (f *Follower) written(a *followedRow, h *head) Freshness {
	v := Freshness{Followed: a.followed, Size: a.size, EvaluatedAt: a.at, TookMS: a.took, Problem: a.problem}
	now := clock.Millis(f.Clock.Now())
	switch {
	case !a.followed || !a.kept:
	case a.dueSince > 0:
		v.FreshAt, v.LagMS = a.dueSince, max(1, now-a.dueSince)
	default:
		v.FreshAt = max(a.at, h.settledAt)
		// The process that follows writes this down now and then only.
		if behind := now - v.FreshAt; behind > 2*f.lease.Milliseconds() {
			v.LagMS = behind
		}
	}
	return v
}

// Fresh says how the memberships of audiences stand.
func (f *Follower) Fresh(ctx context.Context, ids []int64) (map[int64]Freshness, error) {
	list, err := f.store.of(ctx, ids)
	if err != nil {
		return nil, err
	}
	h, err := f.store.head(ctx)
	if err != nil {
		return nil, err
	}
	now := clock.Millis(f.Clock.Now())
	out := make(map[int64]Freshness, len(list))
	for i := range list {
		a := &list[i]
		v := f.written(a, &h)
		f.mu.Lock()
		seen, ok := f.live[a.id]
		next := f.next
		ok = ok && f.leader && a.followed && a.kept
		f.mu.Unlock()
		if ok {
			v.FreshAt, v.LagMS, v.Engine = seen.freshAt, 0, seen.engine
			v.EvaluatedAt = max(v.EvaluatedAt, seen.evaluatedAt)
			v.NextCheckAt = max(clock.Millis(next), seen.sqlAgain, now)
			if seen.dueSince > 0 {
				v.FreshAt, v.LagMS = seen.dueSince, max(1, now-seen.dueSince)
			}
		}
		out[a.id] = v
	}
	return out, nil
}

// known is what a round begins with.
func (f *Follower) known(list []followedRow) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.round.Followed = 0
	for _, a := range list {
		if a.followed {
			f.round.Followed++
		}
	}
}

func (f *Follower) setLeader(yes bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.leader = yes
	if !yes {
		clear(f.live)
	}
}

// ended tells what a round has done.
func (f *Follower) ended(r *round, list []followedRow) {
	f.stand(list...)
	now := f.Clock.Now()
	took := now.Sub(r.began)
	f.metrics.looks.WithLabelValues("whole").Add(float64(r.evaluated - r.partly))
	f.metrics.looks.WithLabelValues("partly").Add(float64(r.partly))
	if r.evaluated > 0 || r.waiting > 0 {
		f.metrics.rounds.Observe(took.Seconds())
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for id := range f.live {
		if f.state[id] == nil {
			delete(f.live, id)
		}
	}
	f.next = now.Add(f.pause(took))
	f.round = RoundStats{At: clock.Millis(now), TookMS: took.Milliseconds(), Followed: f.round.Followed, Evaluated: r.evaluated, Partly: r.partly, Waiting: r.waiting}
}

// committed tells whoever waits that changes were written.
func (f *Follower) committed(entered, left int64) {
	f.metrics.changes.WithLabelValues("entered").Add(float64(entered))
	f.metrics.changes.WithLabelValues("left").Add(float64(left))
	f.renewed = f.Clock.Now() // the fence renews, too
	f.mu.Lock()
	defer f.mu.Unlock()
	close(f.news)
	f.news = make(chan struct{})
}

// heard gives what is closed at the next commit of changes.
func (f *Follower) heard() <-chan struct{} {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.news
}

type followMetrics struct {
	rounds  prometheus.Histogram
	changes *prometheus.CounterVec
	looks   *prometheus.CounterVec
}

func newFollowMetrics() *followMetrics {
	m := &followMetrics{
		rounds: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "zhike_audience_round_seconds", Help: "How long rounds took in which audiences were evaluated.",
			Buckets: []float64{.01, .03, .1, .3, 1, 3, 10, 30},
		}),
		changes: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "zhike_audience_changes_total", Help: "Customers who entered or left followed audiences, written by this process.",
		}, []string{"change"}),
		looks: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "zhike_audience_evaluations_total", Help: "Evaluations of followed audiences by this process: of everybody (whole), or of changed customers only (partly).",
		}, []string{"how"}),
	}
	m.looks.WithLabelValues("whole") // 0 is told, too
	m.looks.WithLabelValues("partly")
	return m
}

// Collectors are the metrics of following: zhike_audience_followed, _leads,
// _waiting, _lag_seconds, _round_seconds, _changes_total, _evaluations_total.
func (f *Follower) Collectors() []prometheus.Collector {
	gauge := func(name, help string, read func(RoundStats) float64) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, func() float64 { return read(f.Stats()) })
	}
	return []prometheus.Collector{
		f.metrics.rounds, f.metrics.changes, f.metrics.looks,
		gauge("zhike_audience_followed", "Audiences whose members are followed.", func(s RoundStats) float64 { return float64(s.Followed) }),
		gauge("zhike_audience_waiting", "Followed audiences that were not evaluated though something changed.", func(s RoundStats) float64 { return float64(s.Waiting) }),
		gauge("zhike_audience_lag_seconds", "For how long the audience that is farthest behind has been so; 0 where none is.", func(s RoundStats) float64 {
			return float64(s.LagMS) / float64(time.Second.Milliseconds())
		}),
		gauge("zhike_audience_leads", "1 in the process that follows audiences.", func(s RoundStats) float64 {
			if s.Leads {
				return 1
			}
			return 0
		}),
	}
}
