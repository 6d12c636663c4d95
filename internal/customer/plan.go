package customer

import (
	"context"
	"encoding/json"
	"strconv"
	"time"

	"zhike/internal/platform/auth"
)

// plan is a way to find a page of a list. What is told to be cheap was measured
// with a million customers on both engines.
type plan int

const (
	// walk goes along the index of the sort order and looks at each customer
	// until enough are met: for what one in a hundred matches, or more.
	walk plan = iota
	// lookUp goes along it too, but looks each id up among those of all that
	// match, which indexes alone give; a step costs a tenth of one of walk.
	lookUp
	// gather finds all that match, which are few, and sorts them.
	gather
	// gatherAll does so where they may be many.
	gatherAll
)

const (
	// countCap is the largest number of matches that is counted. With more, a
	// walk meets enough of them soon.
	countCap = 10_000
	// gatherMax: so many matches are gathered, as each costs a look at its
	// figures; more are looked up.
	gatherMax = 1_000
	// sortMax: so many are gathered where the order is that of ids, or where
	// a look-up was slow.
	sortMax = countCap
	// scanMax: so many are gathered where no index leads to the matches.
	scanMax = 200
	// slowLookUp is what a look-up may take before gathering is tried beside it: it
	// takes long where those who match are all at the end of the order.
	slowLookUp = 250 * time.Millisecond
	// weighMax bounds how far the matches of one condition are counted in
	// order to begin with the rarest.
	weighMax = 50_000
)

// choose picks the plan for a filter with total matches; known is false where
// they were not counted.
func (s *Service) choose(a *auth.Actor, f *Filter, so sortOrder, total int64, known bool) plan {
	switch {
	case !known || f.empty() && seesAll(a) || f.broad && seesAll(a):
		return walk
	case seesAll(a) && !f.indexed():
		if total <= scanMax {
			return gather
		}
		return walk
	case total <= gatherMax:
		return gather
	case total > sortMax:
		return walk
	case so.byID:
		if total <= 4*gatherMax {
			return gatherAll
		}
		return walk
	}
	if tried, ok := s.took.peek(tookKey(a, f, so, lookUp)); ok {
		// It was slow; what of the two was faster is taken.
		if other, ok := s.took.peek(tookKey(a, f, so, gatherAll)); !ok || other < tried {
			return gatherAll
		}
	}
	return lookUp
}

// page reads rows by the plan that suits the filter.
func (s *Service) page(ctx context.Context, a *auth.Actor, f *Filter, so sortOrder, from position, n int, total int64, known bool) ([]listRow, error) {
	p := s.choose(a, f, so, total, known)
	if p != walk {
		if err := s.weigh(ctx, f); err != nil {
			return nil, err
		}
	}
	started := s.Clock.Now()
	rows, err := s.store.read(ctx, a, f, so, from, n, p)
	took := s.Clock.Now().Sub(started)
	if err == nil && (p == lookUp && took > slowLookUp || p == gatherAll && !so.byID) {
		s.took.put(tookKey(a, f, so, p), took)
	}
	return rows, err
}

func tookKey(a *auth.Actor, f *Filter, so sortOrder, p plan) string {
	return strconv.Itoa(int(p)) + " " + scopeKey(a) + " " + so.column + strconv.FormatBool(so.desc) + " " + f.key()
}

// key names a filter, with the run of its levels, in a cache.
func (f *Filter) key() string {
	b, err := json.Marshal(f)
	if err != nil { // a struct of plain values
		panic(err)
	}
	return strconv.FormatBool(f.pool) + " " + strconv.FormatInt(f.levelRun, 10) + " " + string(b)
}

// indexed says whether an index leads to the matches: it does to every
// condition but those on the number of purchases, the kind and the source.
func (f *Filter) indexed() bool {
	only := *f
	only.OrdersMin, only.OrdersMax, only.Kind, only.SourceID = nil, nil, "", 0
	return !only.empty() || len(f.ids) > 0
}

// The tables a search for matches can begin with.
const (
	byCustomers = "customers"
	byLevels    = "levels"
	byMetrics   = "metrics"
)

// weigh finds out which condition of a filter has the fewest matches; the
// search begins with it. SQLite keeps to the order in which tables are named,
// and of two indexes of one table it does not know the better.
func (s *Service) weigh(ctx context.Context, f *Filter) error {
	if len(f.ids) > 0 || len(f.terms) > 0 {
		return nil
	}
	best := int64(-1)
	parts := f.parts()
	if len(parts) < 2 {
		return nil
	}
	for _, p := range parts {
		n, err := s.broad.get("part "+p.f.key(), func() (int64, error) { return s.store.countUpTo(ctx, auth.System("weigh"), &p.f, weighMax) })
		if err != nil {
			return err
		}
		if best < 0 || n < best {
			best, f.begin, f.lead = n, p.table, p.lead
		}
	}
	return nil
}

// part is one condition of a filter, in words of its own.
type part struct {
	table string
	lead  string // the column of customers whose index leads
	f     Filter
}

func (f *Filter) parts() (out []part) {
	if len(f.levelNos) > 0 {
		out = append(out, part{byLevels, "", Filter{Levels: f.Levels, levelRun: f.levelRun, levelNos: f.levelNos}})
	}
	if f.Province != "" || f.City != "" {
		out = append(out, part{byCustomers, "place", Filter{Province: f.Province, City: f.City}})
	}
	if f.OwnerID > 0 {
		out = append(out, part{byCustomers, "owner", Filter{OwnerID: f.OwnerID}})
	}
	if f.LastFrom != nil || f.LastTo != nil {
		out = append(out, part{byMetrics, "", Filter{LastFrom: f.LastFrom, LastTo: f.LastTo}})
	}
	if f.NetMinFen != nil || f.NetMaxFen != nil {
		out = append(out, part{byMetrics, "", Filter{NetMinFen: f.NetMinFen, NetMaxFen: f.NetMaxFen}})
	}
	return out
}
