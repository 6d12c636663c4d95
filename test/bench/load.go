package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"sync"
	"time"
)

// load is one kind of request, drawn anew each time.
type load struct {
	name, target string
	path         func(r *rand.Rand) string
}

type loadResult struct {
	perSecond float64
	p95       time.Duration
	cpu       time.Duration // of the server's process, per request
	postgres  time.Duration // of the processes of PostgreSQL, per request
}

// loads draws customers from the whole base, so that caches help no more than
// they would a company.
func loads(s *server) ([]load, error) {
	ctx := context.Background()
	newest, names := int64(1), []string{"王"}
	for _, sort := range []string{"-id", "-net_365", "last_day", "net_all"} {
		var page struct {
			Items []struct {
				ID   int64  `json:"id"`
				Name string `json:"name"`
			} `json:"items"`
		}
		if err := s.get(ctx, "/customers?limit=200&sort="+sort, &page); err != nil {
			return nil, err
		}
		for _, c := range page.Items {
			newest = max(newest, c.ID)
			if c.Name != "" {
				names = append(names, c.Name)
			}
		}
	}
	options, err := s.options(ctx)
	if err != nil {
		return nil, err
	}
	// Conditions of every size: a city is some thousandths of the base, a
	// province some hundredths, a level up to most of it.
	conditions := []string{""}
	for _, l := range options.levels {
		conditions = append(conditions, "&level="+url.QueryEscape(l))
	}
	for _, p := range options.provinces {
		conditions = append(conditions, "&province="+url.QueryEscape(p))
	}
	for _, c := range options.cities {
		conditions = append(conditions, "&city="+url.QueryEscape(c))
	}
	id := func(r *rand.Rand) int64 { return 1 + r.Int64N(newest) }
	sorts := []string{"-net_365", "-net_all", "-last_day", "-id"}
	return []load{
		{"single read", " (≥ 8,000)", func(r *rand.Rand) string { return fmt.Sprintf("/customers/%d/card", id(r)) }},
		{"list page", " (≥ 2,000)", func(r *rand.Rand) string {
			return "/customers?limit=20&sort=" + sorts[r.IntN(len(sorts))]
		}},
		{"filtered list page", "", func(r *rand.Rand) string {
			return "/customers?limit=20&sort=" + sorts[r.IntN(len(sorts))] + conditions[r.IntN(len(conditions))]
		}},
		{"search", "", func(r *rand.Rand) string { return "/search?q=" + url.QueryEscape(names[r.IntN(len(names))]) }},
		{"search while typing", "", func(r *rand.Rand) string {
			name := []rune(names[r.IntN(len(names))])
			return "/search?q=" + url.QueryEscape(string(name[:1+r.IntN(len(name))]))
		}},
		{"customer page", "", func(r *rand.Rand) string { return fmt.Sprintf("/customers/%d", id(r)) }},
	}, nil
}

// values are what the base can be filtered by.
type values struct{ levels, provinces, cities []string }

func (s *server) options(ctx context.Context) (values, error) {
	var v values
	var answer struct {
		Levels []struct {
			Code string `json:"code"`
		} `json:"levels"`
		Regions []struct {
			Province string   `json:"province"`
			Cities   []string `json:"cities"`
		} `json:"regions"`
	}
	if err := s.get(ctx, "/customers/options", &answer); err != nil {
		return v, err
	}
	for _, l := range answer.Levels {
		v.levels = append(v.levels, l.Code)
	}
	for _, r := range answer.Regions {
		v.provinces = append(v.provinces, r.Province)
		v.cities = append(v.cities, r.Cities...)
	}
	return v, nil
}

// load runs o.clients clients for o.seconds seconds; any failed request fails the figure.
func (s *server) load(ctx context.Context, o options, l load) (loadResult, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	until := time.Now().Add(time.Duration(o.seconds) * time.Second)
	var mu sync.Mutex
	var all []time.Duration
	var failed error
	var wg sync.WaitGroup
	started, cpu, postgres := time.Now(), s.cpuTime(), familyCPU(o.postmaster)
	for c := range o.clients {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(1, uint64(c)))
			own := make([]time.Duration, 0, 1<<16)
			w, err := dial(s.addr, s.cookie)
			if err == nil {
				defer w.close()
			}
			for t := time.Now(); err == nil && t.Before(until) && ctx.Err() == nil; {
				if err = w.get(l.path(r)); err == nil {
					now := time.Now()
					own = append(own, now.Sub(t))
					t = now
				}
			}
			mu.Lock()
			defer mu.Unlock()
			if all = append(all, own...); err != nil && failed == nil {
				failed = err
				cancel()
			}
		})
	}
	wg.Wait()
	if failed != nil {
		return loadResult{}, failed
	}
	if len(all) == 0 {
		return loadResult{}, errors.New("no request was answered in time")
	}
	took, cpu, postgres := time.Since(started), s.cpuTime()-cpu, familyCPU(o.postmaster)-postgres
	slices.Sort(all)
	return loadResult{
		perSecond: float64(len(all)) / took.Seconds(),
		p95:       all[min(len(all)-1, len(all)*95/100)],
		cpu:       cpu / time.Duration(len(all)),
		postgres:  postgres / time.Duration(len(all)),
	}, nil
}
