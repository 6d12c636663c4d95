package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"time"
)

// reviewOf is a review as the measuring reads it.
type reviewOf struct {
	ID    int64  `json:"id"`
	Step  string `json:"step"`
	Moves int64  `json:"moves"`
}

// review opens a review of some hundred thousand moves, looks at its page with an
// empty memory, clicks, overrules all that moved and publishes; somebody reads beside
// it.
func (p *program) review(ctx context.Context, m measuring) error {
	s, _, err := p.graded(ctx)
	if err != nil {
		return err
	}
	defer func() { s.stop() }()
	if err := s.panel(ctx, false); err != nil {
		return err
	}
	if _, err := s.runValue(ctx, gradedBefore); err != nil {
		return err
	}
	if err := s.panel(ctx, true); err != nil {
		return err
	}
	run, err := s.runValue(ctx, 0)
	if err != nil {
		return err
	}
	began := time.Now()
	var v reviewOf
	if err := s.send(ctx, http.MethodPost, "/tiering/reviews", map[string]any{"run_id": run, "anyway": true}, &v); err != nil {
		return err
	}
	if err := s.untilStep(ctx, &v, "open"); err != nil {
		return err
	}
	m.add("review: moves proposed", "%.0f", float64(v.Moves))
	m.add("review: gathered, s", "%.1f", time.Since(began).Seconds())
	s.stop()
	if s, _, err = p.graded(ctx); err != nil {
		return err
	}
	if err := s.clicks(ctx, m, v.ID); err != nil {
		return err
	}
	return s.publish(ctx, m, &v)
}

// panel has a panel of one decide about value, or nobody.
func (s *server) panel(ctx context.Context, on bool) error {
	var all struct {
		Items []struct {
			Code    string `json:"code"`
			Version int    `json:"version"`
			Review  bool   `json:"review"`
		} `json:"items"`
	}
	if err := s.get(ctx, "/tiering/dimensions", &all); err != nil {
		return err
	}
	d := all.Items[0] // value comes first
	if d.Review == on {
		return nil
	}
	if on {
		var me struct {
			Staff struct {
				ID int64 `json:"id"`
			} `json:"staff"`
		}
		if err := s.get(ctx, "/session", &me); err != nil {
			return err
		}
		var panel map[string]any
		if err := s.get(ctx, "/tiering/dimensions/value/panel", &panel); err != nil {
			return err
		}
		panel["members"] = []any{map[string]any{"staff_id": me.Staff.ID, "department_id": 0, "deputy_id": 0}}
		panel["reach"], panel["rule"], panel["quorum"], panel["days"], panel["on_deadline"] = "all", "majority", 1, 7, "keep"
		if err := s.send(ctx, http.MethodPut, "/tiering/dimensions/value/panel", panel, nil); err != nil {
			return err
		}
		if err := s.send(ctx, http.MethodPost, "/tiering/assessments", map[string]any{"dimension": "value", "scheme": "value-rules",
			"purpose": "measuring", "necessity": "measuring", "impact": "none", "measures": "none"}, nil); err != nil {
			return err
		}
	}
	return s.send(ctx, http.MethodPatch, "/tiering/dimensions/value", map[string]any{"review": on, "version": d.Version}, nil)
}

func (s *server) untilStep(ctx context.Context, v *reviewOf, step string) error {
	for until := time.Now().Add(followedBound); ; time.Sleep(50 * time.Millisecond) {
		if err := s.get(ctx, fmt.Sprint("/tiering/reviews/", v.ID), v); err != nil || v.Step == step {
			return err
		}
		if v.Step == "failed" || time.Now().After(until) {
			return fmt.Errorf("the review is %s, not %s", v.Step, step)
		}
	}
}

// clicks opens the page in a process that has not seen the review, and then asks for
// what filters show.
func (s *server) clicks(ctx context.Context, m measuring, id int64) error {
	page := func(filter string) (time.Duration, error) {
		began := time.Now()
		for _, path := range []string{"/moves?limit=50&", "/facets?"} {
			if err := s.get(ctx, fmt.Sprint("/tiering/reviews/", id, path, filter), nil); err != nil {
				return 0, err
			}
		}
		return time.Since(began), nil
	}
	began := time.Now()
	if err := s.get(ctx, fmt.Sprint("/tiering/reviews/", id), nil); err != nil {
		return err
	}
	if _, err := page(""); err != nil {
		return err
	}
	m.add("review: the page opens in a new process, ms (≤ 1,000)", "%.0f", millis(time.Since(began)))
	var all []time.Duration
	for range 5 {
		for _, filter := range []string{"direction=up", "direction=down", "steps=1&margin_min=30", "department_id=-1", "owner_id=-1", "sample=5&seed=3", "state=disputed", "mine=true"} {
			took, err := page(filter)
			if err != nil {
				return err
			}
			all = append(all, took)
		}
	}
	slices.Sort(all)
	m.add("review: a click, p95, ms (≤ 200)", "%.0f", millis(all[len(all)*95/100]))
	return nil
}

// publish overrules every move, which is the most there can be to write, and puts
// the levels in force.
func (s *server) publish(ctx context.Context, m measuring, v *reviewOf) error {
	path := fmt.Sprint("/tiering/reviews/", v.ID)
	var f struct {
		Token int64 `json:"token"`
	}
	if err := s.get(ctx, path+"/facets", &f); err != nil {
		return err
	}
	began := time.Now()
	if err := s.send(ctx, http.MethodPost, path+"/decide",
		map[string]any{"act": "overrule", "filter": map[string]any{}, "reason": "measuring", "token": f.Token}, nil); err != nil {
		return err
	}
	m.add("review: all overruled in bulk, ms", "%.0f", millis(time.Since(began)))
	began, cpu := time.Now(), s.cpuTime()
	if err := s.send(ctx, http.MethodPost, path+"/publish", map[string]any{"rest": "agree"}, nil); err != nil {
		return err
	}
	done := make(chan error, 1)
	go func() { done <- s.untilStep(ctx, v, "closed") }()
	r, reads := rand.New(rand.NewPCG(13, 13)), []time.Duration(nil)
	for {
		select {
		case err := <-done:
			m.add("review: published, s (≤ 20)", "%.1f", time.Since(began).Seconds())
			m.add("review: published, CPU s of the program", "%.1f", (s.cpuTime() - cpu).Seconds())
			slices.Sort(reads)
			if len(reads) > 0 {
				m.add("review: a read beside it, p95, ms", "%.0f", millis(reads[len(reads)*95/100]))
				m.add("review: a read beside it, worst, ms", "%.0f", millis(reads[len(reads)-1]))
			}
			return err
		case <-time.After(10 * time.Millisecond):
		}
		began := time.Now()
		if err := s.get(ctx, fmt.Sprint("/customers/", 1+r.Int64N(int64(m.customers))), nil); err != nil {
			return err
		}
		reads = append(reads, time.Since(began))
	}
}
