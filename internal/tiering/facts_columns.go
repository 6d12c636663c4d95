package tiering

import (
	"context"
	"sync"

	"golang.org/x/sync/errgroup"

	"zhike/internal/column"
	"zhike/internal/platform/db"
)

// Orders are the columns in memory that have the orders of everybody, which package
// order names, and the levels of a run.
type Orders struct {
	Columns *column.Set // nil: everything is read from the database
	Day     column.Col
	// Net and Sales are in thousandths of a 分.
	Net, Sales column.Col
	// Levels are the numbers of the levels of a run; nil has them read from the database.
	Levels func(run int64) column.Col
}

func (o *Orders) prepareLevels(run int64) {
	if o.Levels != nil {
		o.Columns.Prepare(o.Levels(run))
	}
}

// fromColumns is loadFacts with the orders from memory, and the levels before where
// they are there too; ok is false where the columns of orders are not, and everything
// is to be read then. What else a scheme needs is still read from the database: its
// rows are few.
func (s *store) fromColumns(ctx context.Context, q factsQuery, progress func(done, total int64) error) (l *loaded, ok bool, err error) {
	orders := []column.Col{s.orders.Day, s.orders.Net}
	if q.measure == MeasureSales {
		orders[1] = s.orders.Sales
	}
	scan, ok, err := s.scan(ctx, q, orders, true)
	if err == nil && !ok {
		scan, ok, err = s.scan(ctx, q, orders, false)
	}
	if err != nil || !ok {
		return nil, false, err
	}
	var mu sync.Mutex
	done := 0
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(loaderReader)
	for _, p := range scan.pieces {
		g.Go(func() error {
			if err := s.loadOthers(gctx, q, p); err != nil {
				return err
			}
			p.drop()
			mu.Lock()
			defer mu.Unlock()
			done++
			return progress(int64(done), int64(len(scan.pieces)))
		})
	}
	if err := g.Wait(); err != nil {
		return nil, false, err
	}
	return join(q, scan.pieces, scan.whole), true, nil
}

// scanned is what the columns had: the facts of everybody, and the pieces that look
// at stretches of them.
type scanned struct {
	whole  *Facts
	pieces []*piece
}

// scan adds up orders in memory. withLevels wants the levels of the runs before from
// there too. ok is false where a column is missing, or days do not rise with the
// instants, as after a change of the time zone.
func (s *store) scan(ctx context.Context, q factsQuery, orders []column.Col, withLevels bool) (out scanned, ok bool, err error) {
	cols := orders
	if withLevels = withLevels && s.orders.Levels != nil; withLevels {
		for _, run := range q.previous {
			if run != 0 {
				cols = append(cols, s.orders.Levels(run))
			}
		}
	}
	var mu sync.Mutex
	rising := true
	ok, err = s.orders.Columns.Scan(ctx, cols, func(b *column.Block, at, blocks int) {
		first, total := b.Place()
		mu.Lock()
		if out.pieces == nil {
			out = scanned{newFacts(total, q.need), make([]*piece, blocks)}
		}
		mu.Unlock()
		p, ascend := ofBlock(b, q, out.whole.part(first, first+b.Len()))
		if withLevels {
			p.takeLevels(b, q, len(orders))
		}
		mu.Lock()
		defer mu.Unlock()
		out.pieces[at], rising = p, rising && ascend
	})
	return out, ok && rising && out.whole != nil, err
}

// ofBlock adds up the orders of a block. ascend is false where the days of a customer
// do not rise.
func ofBlock(b *column.Block, q factsQuery, f *Facts) (p *piece, ascend bool) {
	ids := f.CustomerID[:0]
	b.IDs(func(id int64) { ids = append(ids, id) })
	p = &piece{months: map[int32]*monthSum{}}
	p.start(q, f)
	allDays, allAmounts := b.Values(0), b.Values(1)
	if !allDays.Rising() {
		return p, false
	}
	sum := p.adder(q)
	for i, id := range ids {
		days, amounts := allDays.Of(id), allAmounts.Of(id)
		if len(amounts) != len(days) {
			return p, false
		}
		sum.customer(i, days, amounts)
	}
	sum.end()
	return p, true
}

// takeLevels takes the levels of the runs before, which are in the columns from one on.
func (p *piece) takeLevels(b *column.Block, q factsQuery, from int) {
	p.compared = true
	for k, run := range q.previous {
		if run == 0 {
			continue
		}
		level := p.before[k].level
		b.EachKey(from, func(i int, key int64) { level[i] = int16(key) })
		from++
	}
}

// loadOthers brings what the columns do not have: who of those without an order was
// there on the day, and what loadRest brings.
func (s *store) loadOthers(ctx context.Context, q factsQuery, p *piece) error {
	ids := p.f.CustomerID
	if len(ids) == 0 || p.whole(q) {
		return nil
	}
	return s.db.InReadTx(ctx, func(ctx context.Context) error {
		if err := s.knowCreated(ctx, q, p); err != nil {
			return err
		}
		return s.loadRest(ctx, q, p, ids[0], ids[len(ids)-1])
	})
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
