package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"time"
)

// editors is how many count at the same time.
const editors = 8

// counted is the answer to a count.
type counted struct {
	Count  int64   `json:"count"`
	Engine string  `json:"engine"`
	Took   float64 `json:"took_ms"`
}

func (s *server) count(ctx context.Context, rule string) (c counted, err error) {
	err = s.send(ctx, http.MethodPost, "/audiences/count", map[string]any{"rule": json.RawMessage(rule)}, &c)
	return c, err
}

// counts measures every question alone, and some nested ones by many at once.
func (s *server) counts(ctx context.Context, m measuring) error {
	list, err := s.questions(ctx)
	if err != nil {
		return err
	}
	started := time.Now()
	if err := s.warmCounts(ctx, list); err != nil {
		return err
	}
	m.add("columns of audiences read from the database, s", "%.1f", time.Since(started).Seconds())
	if err := s.rest(ctx); err != nil {
		return err
	}
	worst := time.Duration(0)
	for _, q := range list {
		m.note("count: %s", q.name)
		t, err := s.editing(ctx, m.options, q, 1)
		if err != nil {
			return fmt.Errorf("%s: %w", q.name, err)
		}
		m.add("count p95, ms: "+q.name, "%.1f", millis(t.p95))
		m.add("count, CPU ms of the program: "+q.name, "%.1f", millis(t.cpu))
		worst = max(worst, t.p95)
	}
	m.add("count p95, ms: the slowest single condition, all of them ≤ 20", "%.1f", millis(worst))
	m.note("count: nested")
	t, err := s.editing(ctx, m.options, mixed(list), editors)
	m.add("count p95, ms: three nested conditions, 8 editors (≤ 50)", "%.1f", millis(t.p95))
	m.add("count, CPU ms of the program: three nested conditions, 8 editors", "%.1f", millis(t.cpu))
	return err
}

// warmCounts asks everything until columns answer. Nobody waits for an answer by
// SQL meanwhile: it is given up, so that it does not slow the reading down.
func (s *server) warmCounts(ctx context.Context, list []question) error {
	r := rand.New(rand.NewPCG(3, 3))
	for range 600 {
		waits := false
		for _, q := range list {
			short, cancel := context.WithTimeout(ctx, 250*time.Millisecond)
			c, err := s.count(short, q.rule(r))
			late := short.Err() != nil
			cancel()
			switch {
			case late:
				waits = true
			case err != nil:
				return fmt.Errorf("%s: %w", q.name, err)
			default:
				waits = waits || c.Engine != "columns"
			}
		}
		if !waits {
			return nil
		}
		time.Sleep(500 * time.Millisecond)
	}
	return errors.New("counts are not answered from columns")
}

// typed is what counts took while somebody typed: the 95th percentile, and the
// CPU time of the program for one.
type typed struct{ p95, cpu time.Duration }

// editing counts with so many editors at once. They do not begin in one moment,
// and type for long enough that how they begin is not the 95th percentile.
func (s *server) editing(ctx context.Context, o options, q question, people int) (t typed, err error) {
	cpu := s.cpuTime()
	until := time.Now().Add(time.Duration(o.seconds*min(people, 4)) * time.Second / 2)
	var mu sync.Mutex
	var all []time.Duration
	var failed error
	var wg sync.WaitGroup
	for k := range people {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(5, uint64(k)))
			pause := func() { time.Sleep(time.Duration(100+r.IntN(200)) * time.Millisecond) }
			if people > 1 {
				pause()
			}
			for time.Now().Before(until) {
				began := time.Now()
				c, err := s.count(ctx, q.rule(r))
				took := time.Since(began)
				if err == nil && c.Engine != "columns" {
					err = errors.New("answered by " + c.Engine)
				}
				mu.Lock()
				if err != nil && failed == nil {
					failed = err
				}
				all = append(all, took)
				stop := failed != nil
				mu.Unlock()
				if stop {
					return
				}
				pause() // somebody types: a few changes a second
			}
		})
	}
	wg.Wait()
	if failed != nil {
		return t, failed
	}
	slices.Sort(all)
	return typed{all[min(len(all)-1, len(all)*95/100)], (s.cpuTime() - cpu) / time.Duration(len(all))}, nil
}

// snapshot starts the program again and looks when counts come from columns.
func (p *program) snapshot(ctx context.Context, m measuring) error {
	began := time.Now()
	s, err := p.start()
	if err != nil {
		return err
	}
	defer s.stop()
	if err := s.login(); err != nil {
		return err
	}
	rule := fmt.Sprintf(`{"facts":{"stream":"orders","agg":"sum","of":"net","window":{"last":%d}},"op":"gte","value":100000}`, since()+90)
	for {
		c, err := s.count(ctx, rule)
		if err != nil {
			return err
		}
		if c.Engine == "columns" {
			break
		}
		if time.Since(began) > time.Minute {
			return errors.New("counts are not answered from columns after a start")
		}
	}
	m.add("from the start to a count from the snapshot, ms (≤ 1,000)", "%.0f", millis(time.Since(began)))
	return nil
}
