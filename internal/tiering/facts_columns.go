package tiering

import (
	"context"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"zhike/internal/column"
	"zhike/internal/platform/db"
)

// Orders are the columns in memory that have the orders of everybody; package
// order names them.
type Orders struct {
	Columns *column.Set // nil: everything is read from the database
	Day     column.Col
	// Net and Sales are in thousandths of a 分.
	Net, Sales column.Col
}

// fromColumns is loadFacts with the orders from memory; ok is false where the
// columns are not there, and everything is to be read then. What else a scheme
// needs is still read from the database: its rows are few.
func (s *store) fromColumns(ctx context.Context, q factsQuery, progress func(done, total int64) error) (l *loaded, ok bool, err error) {
	amount := s.orders.Net
	if q.measure == MeasureSales {
		amount = s.orders.Sales
	}
	var mu sync.Mutex
	var pieces []*piece
	even := true
	ok, err = s.orders.Columns.Scan(ctx, []column.Col{s.orders.Day, amount}, func(b *column.Block, at, blocks int) {
		p, ascend := ofBlock(b, q)
		mu.Lock()
		defer mu.Unlock()
		if pieces == nil {
			pieces = make([]*piece, blocks)
		}
		pieces[at], even = p, even && ascend
	})
	if err != nil || !ok || !even {
		return nil, false, err
	}
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(loaderReader)
	done := 0
	for _, p := range pieces {
		g.Go(func() error {
			ids := p.f.CustomerID
			if err := s.db.InReadTx(gctx, func(ctx context.Context) error {
				if err := s.knowCreated(ctx, q, p); err != nil {
					return err
				}
				return s.loadRest(ctx, q, p, ids[0], ids[len(ids)-1])
			}); err != nil {
				return err
			}
			p.drop()
			mu.Lock()
			defer mu.Unlock()
			done++
			return progress(int64(done), int64(len(pieces)))
		})
	}
	if err := g.Wait(); err != nil {
		return nil, false, err
	}
	return join(q, pieces), true, nil
}

// ofBlock adds up the orders of a block. ascend is false where the days of a
// customer do not rise with the instants, as after a change of the time zone.
func ofBlock(b *column.Block, q factsQuery) (p *piece, ascend bool) {
	var ids []int64
	b.IDs(func(id int64) { ids = append(ids, id) })
	p = &piece{months: map[int32]*monthSum{}, created: make([]int64, len(ids))}
	for i := range p.created {
		p.created[i] = q.asOfEnd // not known yet
	}
	p.start(q, ids)
	sum := p.adder(q)
	var days, amounts []int64
	for i, id := range ids {
		days, amounts = b.Series(0, id, days[:0]), b.Series(1, id, amounts[:0])
		if !slices.IsSorted(days) || len(amounts) != len(days) {
			return p, false
		}
		for k, day := range days {
			if day > int64(q.asOf) {
				break
			}
			if k == 0 {
				sum.customer(i)
			}
			sum.add(int32(day), amounts[k])
		}
	}
	return p, true
}

// knowCreated looks which customers without an order were created up to the day.
func (s *store) knowCreated(ctx context.Context, q factsQuery, p *piece) error {
	var open []int64
	for i, known := range p.known {
		if !known {
			open = append(open, p.f.CustomerID[i])
		}
	}
	return db.InChunks(open, func(chunk []int64) error {
		p.at = 0
		return s.createdOf(ctx, chunk, func(id, created int64) {
			if i, ok := p.find(id); ok && created < q.asOfEnd {
				p.known[i] = true
			}
		})
	})
}
