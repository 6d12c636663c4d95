package customer

import (
	"context"

	"zhike/internal/platform/auth"
)

// Plans are all ways to find a page.
var Plans = map[string]plan{"walk": walk, "lookUp": lookUp, "gather": gather, "gatherAll": gatherAll}

// Choice names the plan for a filter with a number of matches.
func (s *Service) Choice(ctx context.Context, f Filter, sort string, total int64, known bool) string {
	got := s.choose(auth.From(ctx), &f, sorts[sort], total, known)
	for name, p := range Plans {
		if p == got {
			return name
		}
	}
	return "?"
}

// ReadBy reads ids of up to n customers by a plan, behind skip others.
func (s *Service) ReadBy(ctx context.Context, f Filter, sort, by string, skip, n int) ([]int64, error) {
	f.pool = true
	if err := s.resolve(ctx, &f); err != nil || f.nobody {
		return nil, err
	}
	if err := s.weigh(ctx, &f); err != nil {
		return nil, err
	}
	a, so := auth.From(ctx), sorts[sort]
	from := so.start()
	if skip > 0 {
		rows, err := s.store.read(ctx, a, &f, so, from, skip, walk)
		if err != nil || len(rows) < skip {
			return nil, err
		}
		from = position{rows[skip-1].sortKey, rows[skip-1].ID}
	}
	rows, err := s.store.read(ctx, a, &f, so, from, n, Plans[by])
	var ids []int64
	for _, r := range rows {
		ids = append(ids, r.ID)
	}
	return ids, err
}
