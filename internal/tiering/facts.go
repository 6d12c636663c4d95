package tiering

import (
	"context"
	"math"
	"runtime"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"zhike/internal/platform/clock"
)

// monthSum adds up one calendar month of the window: customers with a
// purchase, purchases, and all spend in thousandths of a 分.
type monthSum struct{ customers, orders, milli int64 }

// factsQuery says which facts to load.
type factsQuery struct {
	asOf    clock.Day
	window  int // days, 0 = all
	measure Measure
	need    needs
	asOfEnd int64 // unix ms of the first instant after the day
	// previous are runs whose levels to bring along; 0 is none.
	previous []int64
	months   *monthTable
}

// loaded is what runs of one window and measure read: the facts, the months of the
// window, and the levels that the same customers had in runs before.
type loaded struct {
	*Facts
	months map[int32]*monthSum // by clock.Day.Month
	before []earlier           // in the order of factsQuery.previous
	// bySpend are the customers by falling spend, ties by id; quintiles their
	// classes by RFM. Summaries need both, and several of them the same.
	bySpend   func() []int32
	quintiles func() *Grades
}

func newLoaded(f *Facts, q factsQuery) *loaded {
	f.AsOf = int32(q.asOf)
	return &loaded{Facts: f, months: map[int32]*monthSum{}, before: make([]earlier, len(q.previous)),
		bySpend: sync.OnceValue(f.bySpend), quintiles: sync.OnceValue(f.quintiles)}
}

// forRun are the same facts for one of the runs, to which the answers of its
// scheme's rules of audiences are added.
func (f *loaded) forRun() *loaded {
	facts, own := *f.Facts, *f
	own.Facts = &facts
	return &own
}

// complete adds to facts what a scheme asks for beside them: whom its rules of
// audiences mean, its axes, custom fields, and what models forecast.
func (s *Service) complete(ctx context.Context, sch *Scheme, f *Facts) error {
	for _, part := range []func(context.Context, *Scheme, *Facts) error{s.findPeople, s.findUnknown, s.axes, s.readFields, s.forecast} {
		if err := part(ctx, sch, f); err != nil {
			return err
		}
	}
	return nil
}

// earlier is what a run before had.
type earlier struct {
	level []int16 // noLevel where it did not have the customer; nil without a run
	gone  []int64 // graded in it and not now
}

const noLevel = -1

// cartDays is how far back an unpaid cart counts.
const cartDays = 90

// Bounds of the pieces that customers are read in: small enough that one is
// read within a fraction of a second, large enough that starting costs nothing.
const (
	pieceIDs     = 40_000
	loaderReader = 4
)

// loadFacts reads the facts at the end of a day: what happened later does not
// exist, whenever it was imported. Graded is every customer with an order or a
// behaviour up to the day, or created up to it. Orders are added up from the
// columns in memory where they are there; else pieces of the id range are read
// on several connections at once, each on one snapshot. progress hears of
// customers read and in all (ids, not all of which need exist).
func (s *store) loadFacts(ctx context.Context, q factsQuery, progress func(done, total int64) error) (*loaded, error) {
	lo, hi, err := s.idRange(ctx)
	if err != nil {
		return nil, err
	}
	if hi == 0 {
		return newLoaded(&Facts{}, q), nil
	}
	q.months = monthsUpTo(q.asOf, q.window)
	if l, ok, err := s.fromColumns(ctx, q, progress); err != nil || ok {
		return l, err
	}
	n := int((hi-lo)/pieceIDs) + 1
	pieces := make([]*piece, n)
	var mu sync.Mutex
	done := 0
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(min(loaderReader, max(2, runtime.GOMAXPROCS(0))))
	for k := range n {
		g.Go(func() error {
			from := lo + int64(k)*pieceIDs
			p, err := s.loadPiece(gctx, q, from, min(hi, from+pieceIDs-1))
			if err != nil {
				return err
			}
			pieces[k] = p
			mu.Lock()
			defer mu.Unlock()
			done++
			return progress(min(int64(done)*pieceIDs, hi-lo+1), hi-lo+1)
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	return join(q, pieces, nil), nil
}

// piece is the facts of one range of customers while they are read.
type piece struct {
	f        *Facts
	known    []bool // who was there on the day
	before   []earlier
	compared bool // before is there
	months   map[int32]*monthSum

	at int // cursor over CustomerID
}

func (s *store) loadPiece(ctx context.Context, q factsQuery, from, to int64) (*piece, error) {
	p := &piece{months: map[int32]*monthSum{}}
	err := s.db.InReadTx(ctx, func(ctx context.Context) error {
		var ids, created []int64
		if err := s.customerIDs(ctx, from, to, func(id, at int64) { ids, created = append(ids, id), append(created, at) }); err != nil {
			return err
		}
		f := newFacts(len(ids), q.need)
		copy(f.CustomerID, ids)
		p.start(q, f)
		for i, at := range created {
			p.known[i] = at < q.asOfEnd
		}
		if err := s.loadOrders(ctx, q, p, from, to); err != nil {
			return err
		}
		return s.loadRest(ctx, q, p, from, to)
	})
	if err != nil {
		return nil, err
	}
	p.drop()
	return p, nil
}

// start takes facts that have their customers and nothing else yet.
func (p *piece) start(q factsQuery, f *Facts) {
	p.f, p.known = f, make([]bool, f.Len())
	for i := range p.known {
		f.LastDay[i], f.FirstDay[i] = NoDay, NoDay
	}
	p.before = make([]earlier, len(q.previous))
	for k, run := range q.previous {
		if run != 0 {
			p.before[k].level = slices.Repeat([]int16{noLevel}, f.Len())
		}
	}
}

// whole says that nothing is to be read any more.
func (p *piece) whole(q factsQuery) bool {
	return !slices.Contains(p.known, false) && !q.need.carts && !q.need.rating &&
		(p.compared || !slices.ContainsFunc(q.previous, func(run int64) bool { return run != 0 }))
}

// find moves the cursor to a customer; callers ask in ascending order.
func (p *piece) find(customer int64) (i int, ok bool) {
	ids := p.f.CustomerID
	for p.at < len(ids) && ids[p.at] < customer {
		p.at++
	}
	return p.at, p.at < len(ids) && ids[p.at] == customer
}

// loadRest brings behaviours and the levels of the run before.
func (s *store) loadRest(ctx context.Context, q factsQuery, p *piece, from, to int64) error {
	f, upTo := p.f, int32(q.asOf)
	if slices.Contains(p.known, false) {
		p.at = 0
		if err := s.behaved(ctx, from, to, upTo, func(c int64) {
			if i, ok := p.find(c); ok {
				p.known[i] = true
			}
		}); err != nil {
			return err
		}
	}
	if q.need.carts {
		p.at = 0
		if err := s.unpaidCarts(ctx, from, to, upTo-cartDays+1, upTo, func(c, n int64) {
			if i, ok := p.find(c); ok {
				f.Carts[i] = int16(min(n, math.MaxInt16))
			}
		}); err != nil {
			return err
		}
	}
	if q.need.rating {
		p.at = 0
		if err := s.ratings(ctx, from, to, upTo, func(c, sum, n int64) {
			if i, ok := p.find(c); ok {
				f.RatingSum[i], f.RatingCount[i] = int32(sum), int32(n)
			}
		}); err != nil {
			return err
		}
	}
	for k, run := range q.previous {
		if run == 0 || p.compared {
			continue
		}
		p.at = 0
		was := &p.before[k]
		if err := s.levelsOf(ctx, run, from, to, func(c, level int64) {
			if i, ok := p.find(c); ok {
				was.level[i] = int16(level)
			} else {
				was.gone = append(was.gone, c)
			}
		}); err != nil {
			return err
		}
	}
	return nil
}

// drop takes out the customers that did not exist on the day.
func (p *piece) drop() {
	keep := 0
	for i, k := range p.known {
		if !k {
			p.leave(i)
			continue
		}
		if keep != i {
			p.f.move(keep, i)
			for _, was := range p.before {
				if was.level != nil {
					was.level[keep] = was.level[i]
				}
			}
		}
		keep++
	}
	p.f.truncate(keep)
	for k, was := range p.before {
		if was.level != nil {
			p.before[k].level = was.level[:keep]
			slices.Sort(was.gone)
		}
	}
}

// leave notes the runs that had a customer who is not there on the day.
func (p *piece) leave(i int) {
	for k := range p.before {
		if was := &p.before[k]; was.level != nil && was.level[i] != noLevel {
			was.gone = append(was.gone, p.f.CustomerID[i])
		}
	}
}

// join puts the pieces together, in the order of customers. whole, where not nil, is
// what the pieces are stretches of.
func join(q factsQuery, pieces []*piece, whole *Facts) *loaded {
	n := 0
	for _, p := range pieces {
		n += p.f.Len()
	}
	if whole == nil {
		whole = newFacts(n, q.need)
	}
	out := newLoaded(whole, q)
	for k, run := range q.previous {
		if run != 0 {
			out.before[k].level = make([]int16, 0, n)
		}
	}
	at := 0
	for k, p := range pieces {
		out.copyAt(at, p.f)
		at += p.f.Len()
		for b, was := range p.before {
			out.before[b].level = append(out.before[b].level, was.level...)
			out.before[b].gone = append(out.before[b].gone, was.gone...)
		}
		for m, row := range p.months {
			sum := out.months[m]
			if sum == nil {
				sum = &monthSum{}
				out.months[m] = sum
			}
			sum.customers += row.customers
			sum.orders += row.orders
			sum.milli += row.milli
		}
		pieces[k] = nil // the memory is wanted for what follows
	}
	out.truncate(n)
	return out
}
