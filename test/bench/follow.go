package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"zhike/internal/platform/clock"
)

const (
	followedCount = 200
	// followedBound is how long followed audiences may take to come up to date;
	// then the figures say that they did not.
	followedBound = 5 * time.Minute
	oneBound      = 30 * time.Second
	seenBound     = 30 * time.Second
	burstFor      = 20 * time.Second
	// manyChanged at once are more than columns read while somebody waits.
	manyChanged = 5000
)

// followed has 200 audiences followed and looks how long they take to come up
// to date: new ones, after many customers changed, after 1,000 a second did.
func (s *server) followed(ctx context.Context, m measuring) error {
	list, err := s.questions(ctx)
	if err != nil {
		return err
	}
	r := rand.New(rand.NewPCG(9, 9))
	stamp := time.Now().UnixNano()
	began, cpu := time.Now(), s.cpuTime()
	var ids []int64
	for i := range followedCount {
		rule := list[i%len(list)].rule(r)
		if i%3 == 0 {
			rule = mixed(list).rule(r)
		}
		id, err := s.make(ctx, fmt.Sprint("followed ", stamp, " ", i), rule, true)
		if err != nil {
			return err
		}
		ids = append(ids, id)
	}
	if err := s.upToDate(ctx, m, "200 new audiences: first membership written", ids, began); err != nil {
		return err
	}
	m.add("200 new audiences: first membership written, CPU s of the program", "%.1f", (s.cpuTime() - cpu).Seconds())

	if err := s.halfMoves(ctx, m, stamp); err != nil {
		return err
	}
	mark := fmt.Sprintf("many %d", stamp)
	if err := s.mark(ctx, m, r, manyChanged, mark); err != nil {
		return err
	}
	if err := s.upToDate(ctx, m, "5,000 customers changed at once: up to date again", ids, time.Now()); err != nil {
		return err
	}

	if err := s.burst(ctx, m, r, mark, ids); err != nil {
		return err
	}
	return s.one(ctx, m)
}

// burst changes 1,000 customers a second for a while and looks how far the
// audiences are behind meanwhile, and how long afterwards.
func (s *server) burst(ctx context.Context, m measuring, r *rand.Rand, mark string, ids []int64) error {
	m.note("1,000 changes a second")
	worst, written, began := 0.0, 0.0, time.Now()
	for time.Since(began) < burstFor {
		second := time.Now()
		if err := s.mark(ctx, m, r, 1000, fmt.Sprint(mark, " ", written)); err != nil {
			return err
		}
		for written += 1000; ; time.Sleep(100 * time.Millisecond) {
			lag, err := s.metric(ctx, "zhike_audience_lag_seconds")
			if err != nil {
				return err
			}
			if worst = max(worst, lag); time.Since(second) >= time.Second {
				break
			}
		}
	}
	m.add("changes a second in a burst of 20 s (1,000)", "%.0f", written/time.Since(began).Seconds())
	m.add("the greatest lag in the burst, s", "%.1f", worst)
	return s.upToDate(ctx, m, "after the burst: up to date again", ids, time.Now())
}

// one asks in which of the audiences a customer is.
func (s *server) one(ctx context.Context, m measuring) error {
	r := rand.New(rand.NewPCG(10, 10))
	var all []time.Duration
	failed := 0.0
	for until := time.Now().Add(oneBound); len(all) < 300 && time.Now().Before(until); {
		began := time.Now()
		if err := s.get(ctx, fmt.Sprintf("/customers/%d/audiences", 1+r.Int64N(int64(m.customers))), nil); err != nil {
			m.note("%v", err)
			failed++
		}
		all = append(all, time.Since(began))
	}
	slices.Sort(all)
	m.add("one customer against 200 audiences, p50, ms (≤ 2)", "%.2f", millis(all[len(all)/2]))
	m.add("one customer against 200 audiences, p95, ms", "%.2f", millis(all[len(all)*95/100]))
	if failed > 0 {
		m.add("one customer against 200 audiences, not answered, of 100 (0)", "%.0f", failed*100/float64(len(all)))
	}
	return nil
}

// upToDate waits until the members of all of them are those of an instant after
// since, and adds how long that took. Where it takes too long, the figure is
// how many are not.
func (s *server) upToDate(ctx context.Context, m measuring, row string, ids []int64, since time.Time) error {
	var text []string
	for _, id := range ids {
		text = append(text, strconv.FormatInt(id, 10))
	}
	now := clock.Millis(time.Now())
	for told := time.Now(); ; time.Sleep(100 * time.Millisecond) {
		var fresh struct {
			Items []struct {
				FreshAt int64  `json:"fresh_at"`
				LagMS   int64  `json:"lag_ms"`
				Problem string `json:"problem"`
			} `json:"items"`
		}
		if err := s.get(ctx, "/audiences/freshness?ids="+strings.Join(text, ","), &fresh); err != nil {
			return err
		}
		behind, problems := 0, map[string]int{}
		for _, f := range fresh.Items {
			if f.FreshAt < now || f.LagMS > 0 {
				behind++
			}
			if f.Problem != "" {
				problems[f.Problem]++
			}
		}
		switch took := time.Since(since); {
		case behind == 0:
			m.add(row+", s", "%.1f", took.Seconds())
			return nil
		case took > followedBound:
			m.note("%s: %d are behind %v", row, behind, problems)
			m.add(fmt.Sprintf("%s: behind after %.0f s (0)", row, followedBound.Seconds()), "%.0f", float64(behind))
			return nil
		case time.Since(told) > 10*time.Second:
			told = time.Now()
			m.note("%s: %d are behind %v", row, behind, problems)
		}
	}
}

// halfMoves has a new version of a rule move half of all customers, and writes
// beside it: who follows is not to keep others from writing.
func (s *server) halfMoves(ctx context.Context, m measuring, stamp int64) error {
	id, err := s.make(ctx, fmt.Sprint("half ", stamp), `{"sample":{"percent":1,"seed":"a"}}`, true)
	if err != nil {
		return err
	}
	if err := s.upToDate(ctx, m, "one more audience: first membership written", []int64{id}, time.Now()); err != nil {
		return err
	}
	began := time.Now()
	err = s.sendIf(ctx, http.MethodPatch, fmt.Sprint("/audiences/", id), `"v1"`, map[string]any{"rule": json.RawMessage(`{"sample":{"percent":50,"seed":"b"}}`)}, nil)
	if err != nil {
		return err
	}
	done := make(chan error, 1)
	go func() {
		done <- s.upToDate(ctx, m, "a new version that moves half of all: written", []int64{id}, began)
	}()
	var worst time.Duration
	r := rand.New(rand.NewPCG(12, 12))
	for k := 0; ; k++ {
		select {
		case err := <-done:
			m.add("another write beside it, worst, ms", "%.0f", millis(worst))
			return err
		case <-time.After(20 * time.Millisecond):
		}
		wrote := time.Now()
		if err := s.mark(ctx, m, r, 1, fmt.Sprint("beside ", stamp, k)); err != nil {
			return err
		}
		worst = max(worst, time.Since(wrote))
	}
}

// full starts the program anew: it knows nothing of what it kept, and evaluates
// every followed audience for everybody. It is the last that needs them: what is
// measured after it does not pay for them.
func (p *program) full(ctx context.Context, m measuring) error {
	s, err := p.start()
	if err != nil {
		return err
	}
	defer s.stop()
	if err := s.evaluated(ctx, m); err != nil {
		return err
	}
	if err := s.login(); err != nil {
		return err
	}
	return s.unfollow(ctx)
}

// unfollow has no audience followed any more.
func (s *server) unfollow(ctx context.Context) error {
	for cursor := ""; ; {
		var page struct {
			Items []struct {
				ID, Version int64
				Followed    bool
			} `json:"items"`
			NextCursor *string `json:"next_cursor"`
		}
		if err := s.get(ctx, "/audiences?limit=100&cursor="+cursor, &page); err != nil {
			return err
		}
		for _, a := range page.Items {
			if !a.Followed {
				continue
			}
			err := s.sendIf(ctx, http.MethodPatch, fmt.Sprint("/audiences/", a.ID), fmt.Sprintf(`"v%d"`, a.Version), map[string]any{"followed": false}, nil)
			if err != nil {
				return err
			}
		}
		if page.NextCursor == nil {
			return nil
		}
		cursor = url.QueryEscape(*page.NextCursor)
	}
}

// evaluated waits until every followed audience was evaluated since the start.
func (s *server) evaluated(ctx context.Context, m measuring) error {
	for began := time.Now(); ; time.Sleep(50 * time.Millisecond) {
		followed, err := s.metric(ctx, "zhike_audience_followed")
		if err != nil {
			return err
		}
		whole, err := s.metric(ctx, `zhike_audience_evaluations_total{how="whole"}`)
		if err != nil {
			return err
		}
		waiting, err := s.metric(ctx, "zhike_audience_waiting")
		if err != nil {
			return err
		}
		took := time.Since(began)
		if followed > 0 && whole >= followed && waiting == 0 {
			seconds, err := s.metric(ctx, "zhike_audience_round_seconds_sum")
			m.add("200 audiences evaluated in full, s (≤ 4)", "%.2f", seconds*followedCount/whole)
			m.add("from the start until all of them are up to date, s", "%.1f", took.Seconds())
			m.add("from the start until all of them are up to date, CPU s of the program", "%.1f", s.cpuTime().Seconds())
			return err
		}
		if took > followedBound {
			m.add(fmt.Sprintf("from the start: behind after %.0f s (0)", followedBound.Seconds()), "%.0f", waiting)
			return nil
		}
	}
}

// mark gives n customers an industry, in one call.
func (s *server) mark(ctx context.Context, m measuring, r *rand.Rand, n int, industry string) error {
	var rows []map[string]any
	for _, k := range r.Perm(min(m.customers, 500_000))[:n] {
		rows = append(rows, map[string]any{"id": k + 1, "industry": industry})
	}
	return s.send(ctx, http.MethodPost, "/customers/upsert", map[string]any{"source": "bench", "items": rows}, nil)
}

// changes changes 1,000 customers a second and looks how long a count takes to
// know of it: a mark is the industry that a batch gives its customers.
func (s *server) changes(ctx context.Context, m measuring) error {
	if _, err := s.count(ctx, `{"field":"industry","op":"eq","value":"none yet"}`); err != nil {
		return err
	}
	time.Sleep(5 * time.Second) // the column is read
	var all []time.Duration
	unseen := 0.0
	r := rand.New(rand.NewPCG(11, 11))
	for round := range 10 {
		mark := fmt.Sprintf("批次%d-%d", time.Now().Unix(), round)
		began := time.Now()
		const want = 1000
		if err := s.mark(ctx, m, r, want, mark); err != nil {
			return err
		}
		committed := time.Now()
		for {
			c, err := s.count(ctx, `{"field":"industry","op":"eq","value":`+quote(mark)+`}`)
			if err != nil {
				return err
			}
			if c.Count == want {
				break
			}
			if time.Since(committed) > seenBound {
				m.note("%d of %d changes are seen", c.Count, want)
				unseen += float64(want - c.Count)
				break
			}
			time.Sleep(5 * time.Millisecond)
		}
		all = append(all, time.Since(committed))
		if rest := time.Second - time.Since(began); rest > 0 {
			time.Sleep(rest)
		}
	}
	m.add("a change is counted after its commit at 1,000 a second, worst, ms (≤ 2,000)", "%.0f", millis(slices.Max(all)))
	if unseen > 0 {
		m.add("changes not counted 30 s after their commit (0)", "%.0f", unseen)
	}
	return nil
}
