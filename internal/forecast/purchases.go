package forecast

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"zhike/internal/column"
	"zhike/internal/model"
	"zhike/internal/platform/clock"
	"zhike/internal/tiering"
)

// buyers hears of the purchases of all customers, in parts: customers ascend
// within a part and from part to part.
type buyers struct {
	// begin says how many parts there are at most; it is called again where
	// everything begins anew.
	begin func(parts int)
	// each hears of a customer with a purchase up to the day. Parts come from
	// several goroutines at once, one part from one; list is used again.
	each func(part int, customer int64, list []model.Purchase)
	// done hears of parts read, in any order; nil hears nothing.
	done func(done, parts int) error
}

// pieceIDs and readers bound what is read from the database at once.
const (
	pieceIDs = 40_000
	readers  = 4
)

// purchases tells of everything that was bought up to a day, from the columns in
// memory where they are there.
func (s *Service) purchases(ctx context.Context, upTo clock.Day, b buyers) error {
	if ok, err := s.fromColumns(ctx, upTo, b); err != nil || ok {
		return err
	}
	lo, hi, err := s.store.idRange(ctx)
	if err != nil || hi == 0 {
		b.begin(0)
		return err
	}
	n := int((hi-lo)/pieceIDs) + 1
	b.begin(n)
	var mu sync.Mutex
	done := 0
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(readers)
	for k := range n {
		g.Go(func() error {
			from := lo + int64(k)*pieceIDs
			if err := s.piece(gctx, from, min(hi, from+pieceIDs-1), upTo, func(id int64, list []model.Purchase) { b.each(k, id, list) }); err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			done++
			return b.tell(done, n)
		})
	}
	return g.Wait()
}

func (b buyers) tell(done, parts int) error {
	if b.done == nil {
		return nil
	}
	return b.done(done, parts)
}

// piece reads customers between two ids from the database.
func (s *Service) piece(ctx context.Context, from, to int64, upTo clock.Day, fn func(id int64, list []model.Purchase)) error {
	return s.DB.InReadTx(ctx, func(ctx context.Context) error {
		free, err := s.store.free(ctx, from, to, upTo)
		if err != nil {
			return err
		}
		// Customers whose only purchases cost nothing stand between the others.
		only := slices.Sorted(maps.Keys(free))
		before := func(id int64) {
			for len(only) > 0 && only[0] < id {
				fn(only[0], withFree(nil, free[only[0]]))
				only = only[1:]
			}
		}
		var list []model.Purchase
		if err := s.store.paid(ctx, from, to, upTo, func(id int64, paid []model.Purchase) {
			before(id)
			if len(only) > 0 && only[0] == id {
				list = withFree(append(list[:0], paid...), free[id])
				only, paid = only[1:], list
			}
			fn(id, paid)
		}); err != nil {
			return err
		}
		before(to + 1)
		return nil
	})
}

func withFree(list []model.Purchase, days []clock.Day) []model.Purchase {
	for _, d := range days {
		list = append(list, model.Purchase{Day: d})
	}
	slices.SortStableFunc(list, func(a, b model.Purchase) int { return cmp.Compare(a.Day, b.Day) })
	return list
}

// fromColumns is purchases from memory; ok is false where the columns are not
// there.
func (s *Service) fromColumns(ctx context.Context, upTo clock.Day, b buyers) (ok bool, err error) {
	if s.Orders.Columns == nil {
		return false, nil
	}
	var mu sync.Mutex
	var once sync.Once
	uneven, done := false, 0
	free := map[int64][]clock.Day{}
	err = s.DB.InReadTx(ctx, func(ctx context.Context) (err error) {
		lo, hi, err := s.store.idRange(ctx)
		if err == nil {
			free, err = s.store.free(ctx, lo, hi, upTo)
		}
		return err
	})
	if err != nil {
		return false, err
	}
	ok, err = s.Orders.Columns.Scan(ctx, []column.Col{s.Orders.Day, s.Orders.Net}, func(block *column.Block, at, blocks int) {
		once.Do(func() { b.begin(blocks) })
		even := ofBlock(block, upTo, free, func(id int64, list []model.Purchase) { b.each(at, id, list) })
		mu.Lock()
		defer mu.Unlock()
		uneven = uneven || !even
		done++
		if err := b.tell(done, blocks); err != nil {
			uneven = true
		}
	})
	if ok && uneven {
		return false, ctx.Err()
	}
	return ok, err
}

// ofBlock gives the purchases of a block; even is false where days do not rise.
func ofBlock(b *column.Block, upTo clock.Day, free map[int64][]clock.Day, fn func(id int64, list []model.Purchase)) (even bool) {
	even = true
	allDays, allNet := b.Values(0), b.Values(1)
	if !allDays.Rising() {
		return false
	}
	var list []model.Purchase
	b.IDs(func(id int64) {
		days, net := allDays.Of(id), allNet.Of(id)
		if len(net) != len(days) {
			even = false
			return
		}
		list = list[:0]
		for i, d := range days {
			if d > int64(upTo) {
				break
			}
			if d >= 0 && net[i] > 0 {
				list = append(list, model.Purchase{Day: clock.Day(d), Milli: net[i]})
			}
		}
		if f := free[id]; len(f) > 0 {
			list = withFree(list, f)
		}
		if len(list) > 0 {
			fn(id, list)
		}
	})
	return even
}

// sample is the histories of all customers with a purchase, for periods that end
// at different times; ids are the customers, ascending.
type sample struct {
	ids       []int64
	histories [][]model.History // by period, each of one length with ids
}

// histories makes the sample of periods up to a day.
func (s *Service) histories(ctx context.Context, upTo clock.Day, periods []model.Period, done func(done, parts int) error) (sample, error) {
	var parts []sample
	err := s.purchases(ctx, upTo, buyers{
		begin: func(n int) {
			parts = make([]sample, n)
			for i := range parts {
				parts[i].histories = make([][]model.History, len(periods))
			}
		},
		each: func(part int, id int64, list []model.Purchase) {
			p := &parts[part]
			p.ids = append(p.ids, id)
			for i, period := range periods {
				p.histories[i] = append(p.histories[i], model.HistoryOf(list, period))
			}
		},
		done: done,
	})
	out := sample{histories: make([][]model.History, len(periods))}
	if err != nil {
		return out, err
	}
	for i := range parts {
		out.ids = append(out.ids, parts[i].ids...)
		for k := range periods {
			out.histories[k] = append(out.histories[k], parts[i].histories[k]...)
		}
		parts[i] = sample{}
	}
	return out, nil
}

// Orders are the orders in memory.
type Orders = tiering.Orders
