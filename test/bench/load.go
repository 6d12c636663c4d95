package main

import (
	"context"
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
}

// loads draws customers from the whole base, so that caches help no more than
// they would a company.
func loads(s *server) []load {
	var page struct {
		Items []struct {
			ID   int64  `json:"id"`
			Name string `json:"name"`
		} `json:"items"`
	}
	// The newest id bounds the draw; names of one page are searched for.
	_ = s.get(context.Background(), "/customers?limit=200&sort=-id", &page)
	newest, names := int64(1), []string{"王"}
	for _, c := range page.Items {
		newest = max(newest, c.ID)
		if c.Name != "" {
			names = append(names, c.Name)
		}
	}
	id := func(r *rand.Rand) int64 { return 1 + r.Int64N(newest) }
	sorts := []string{"-net_365", "-net_all", "-last_day", "-id"}
	provinces := []string{"", "&province=" + url.QueryEscape("广东省"), "&province=" + url.QueryEscape("浙江省")}
	return []load{
		{"single read", " (≥ 8,000)", func(r *rand.Rand) string { return fmt.Sprintf("/customers/%d/card", id(r)) }},
		{"list page", " (≥ 2,000)", func(r *rand.Rand) string {
			return "/customers?limit=20&sort=" + sorts[r.IntN(len(sorts))]
		}},
		{"filtered list page", "", func(r *rand.Rand) string {
			return "/customers?limit=20&sort=" + sorts[r.IntN(len(sorts))] + provinces[r.IntN(len(provinces))]
		}},
		{"search", "", func(r *rand.Rand) string { return "/search?q=" + url.QueryEscape(names[r.IntN(len(names))]) }},
		{"customer page", "", func(r *rand.Rand) string { return fmt.Sprintf("/customers/%d", id(r)) }},
	}
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
	started := time.Now()
	for c := range o.clients {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(1, uint64(c)))
			var own []time.Duration
			for time.Now().Before(until) {
				t := time.Now()
				if err := s.get(ctx, l.path(r), nil); err != nil {
					mu.Lock()
					if failed == nil {
						failed = err
					}
					mu.Unlock()
					cancel()
					return
				}
				own = append(own, time.Since(t))
			}
			mu.Lock()
			all = append(all, own...)
			mu.Unlock()
		})
	}
	wg.Wait()
	if failed != nil {
		return loadResult{}, failed
	}
	took := time.Since(started)
	slices.Sort(all)
	return loadResult{
		perSecond: float64(len(all)) / took.Seconds(),
		p95:       all[min(len(all)-1, len(all)*95/100)],
	}, nil
}
