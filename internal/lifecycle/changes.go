package lifecycle

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"zhike/internal/platform/clock"
	"zhike/internal/platform/errs"
)

// Change is a customer who came to another stage on a day that is over. Changes
// are in the order of days, then customers: those of one customer in theirs.
type Change struct {
	Day        clock.Day `json:"day"`
	CustomerID int64     `json:"customer_id"`
	Stage      string    `json:"stage"`
	Before     string    `json:"before" doc:"Empty: came new"`
	Cause      string    `json:"cause" enum:"begin,rule,hand,gone"`
	Move       string    `json:"move" doc:"Code of the move, of a rule"`
	Why        Cause     `json:"-"`
}

// ChangePage is a piece of the changes.
type ChangePage struct {
	Items []Change `json:"items"`
	// Where to go on, also when nothing was new.
	NextDay      clock.Day `json:"next_day"`
	NextCustomer int64     `json:"next_customer"`
	More         bool      `json:"more"`
}

func (p *past) change() Change {
	return Change{Day: p.day, CustomerID: p.customer, Stage: p.stage, Before: p.before.Stage, Cause: p.why.cause.String(), Move: p.why.move, Why: p.why.cause}
}

// Changes gives up to limit changes behind a place (day, customer); (0, 0) is
// the beginning. Readers get those of customers whom they see.
func (s *Service) Changes(ctx context.Context, day clock.Day, customerID int64, limit int) (ChangePage, error) {
	p := ChangePage{Items: []Change{}, NextDay: day, NextCustomer: customerID}
	scope, err := s.scope(ctx)
	if err != nil {
		return p, err
	}
	h, err := s.store.head(ctx)
	if err != nil {
		return p, err
	}
	for range scopedChunks {
		rows, err := s.store.pastAfter(ctx, p.NextDay, p.NextCustomer, h.day, max(limit+1, 500))
		if err != nil {
			return p, err
		}
		for i := range rows {
			r := &rows[i]
			if scope != nil && !scope.Has(r.customer) {
				p.NextDay, p.NextCustomer = r.day, r.customer
				continue
			}
			if len(p.Items) == limit {
				p.More = true
				return p, nil
			}
			p.Items = append(p.Items, r.change())
			p.NextDay, p.NextCustomer = r.day, r.customer
		}
		if len(rows) < max(limit+1, 500) {
			return p, nil
		}
	}
	p.More = true
	return p, nil
}

// scopedChunks bounds how far is read for a page of those whom a reader may see.
const scopedChunks = 20

// The pace of subscribers.
const (
	hearEvery = 5 * time.Second
	hearMost  = 500
	hearAgain = 5 * time.Minute
)

// OpenCursor has what becomes final from now on kept for a subscriber; where it
// is already, it stays where it has read to.
func (s *Service) OpenCursor(ctx context.Context, name string) error {
	return s.DB.InTx(ctx, func(ctx context.Context) error { return s.store.openCursor(ctx, name) })
}

// Subscribe calls fn with changes in their order and in pieces, until ctx ends,
// from the first call under this name on, also in later processes. fn runs in a
// transaction that moves the cursor: what it writes through ctx happens once for
// each change, or not at all.
func (s *Service) Subscribe(ctx context.Context, name string, fn func(ctx context.Context, list []Change) error) error {
	if err := s.OpenCursor(ctx, name); err != nil {
		return err
	}
	go func() {
		pause := hearEvery
		for {
			n, err := s.Deliver(ctx, name, hearMost, fn)
			switch {
			case ctx.Err() != nil:
				return
			case err != nil && !errors.Is(err, errMoved):
				s.Log.ErrorContext(ctx, "changes of the lifecycle were not taken", slog.String("subscriber", name), slog.Any("error", err))
				pause = min(2*pause, hearAgain)
			case n > 0:
				pause = hearEvery
				continue
			default:
				pause = hearEvery
			}
			select {
			case <-ctx.Done():
				return
			case <-time.After(pause):
			}
		}
	}()
	return nil
}

// Deliver hands the next changes, at most n, to a subscriber, and gives how many.
func (s *Service) Deliver(ctx context.Context, name string, n int, fn func(ctx context.Context, list []Change) error) (int, error) {
	day, customerID, ok, err := s.store.cursor(ctx, name)
	if err != nil {
		return 0, err
	}
	if !ok {
		return 0, errs.New(errs.NotFound, "not_found")
	}
	h, err := s.store.head(ctx)
	if err != nil {
		return 0, err
	}
	rows, err := s.store.pastAfter(ctx, day, customerID, h.day, n)
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	list := make([]Change, len(rows))
	for i := range rows {
		list[i] = rows[i].change()
	}
	last := &list[len(list)-1]
	return len(list), s.DB.InTx(ctx, func(ctx context.Context) error {
		// Where another process was here before, the cursor has moved.
		ok, err := s.store.moveCursor(ctx, name, day, customerID, last.Day, last.CustomerID)
		if err != nil {
			return err
		}
		if !ok {
			return errMoved
		}
		return fn(ctx, list)
	})
}
