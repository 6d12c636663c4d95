package order

import (
	"context"
	"fmt"
	"slices"

	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
)

const (
	// refreshChunk is how many customers one transaction of RefreshAll covers:
	// some tens of milliseconds on the writer.
	refreshChunk = 2000
	// The settings: the day figures are kept for, and how far a refresh is.
	settingAsOf     = "metrics.as_of"
	settingProgress = "metrics.refresh"
)

// Refresher computes figures from facts. A chunk of customers is read in a few
// queries along the covering index, added up here, and written in bulk: in SQL
// alone the distinct months of five windows would cost more than the reading.
type Refresher struct {
	store *Store
	clock clock.Clock
}

// NewRefresher makes a refresher on the store's database.
func NewRefresher(s *Store, clk clock.Clock) *Refresher { return &Refresher{store: s, clock: clk} }

// AsOf is the day for which figures are kept; ok is false before the first refresh.
func (r *Refresher) AsOf(ctx context.Context) (day clock.Day, ok bool, err error) {
	v, err := r.store.setting(ctx, settingAsOf)
	if err != nil || v == "" {
		return 0, false, err
	}
	day, err = clock.ParseDay(v)
	return day, err == nil, err
}

// RefreshMetrics computes the figures of the given customers as of a day; ids
// that are no customers are passed over. Inside InTx it joins the transaction
// (call it last: on PostgreSQL it makes other refreshes wait for the commit),
// else each thousand is a transaction of its own.
func (r *Refresher) RefreshMetrics(ctx context.Context, asOf clock.Day, customerIDs []int64) error {
	ids := slices.Clone(customerIDs)
	slices.Sort(ids)
	ids = slices.Compact(ids)
	run := r.newRun(asOf)
	for chunk := range slices.Chunk(ids, db.MaxIn) {
		if err := r.store.db.InTx(ctx, func(ctx context.Context) error { return run.listed(ctx, chunk) }); err != nil {
			return err
		}
	}
	return nil
}

// RefreshAll computes the figures of every customer as of a day and makes that
// day the one figures are kept for. Transactions are short; what a call that
// was cut off has done stays, and Refresh goes on from there. RefreshAll itself
// always begins with the first customer, because whoever calls it may have
// changed facts of customers that an unfinished run had behind it. progress,
// which may be nil, hears of customers done and in all.
func (r *Refresher) RefreshAll(ctx context.Context, asOf clock.Day, progress func(done, total int64)) error {
	return r.all(ctx, asOf, false, progress)
}

func (r *Refresher) all(ctx context.Context, asOf clock.Day, resume bool, progress func(done, total int64)) error {
	return r.sweep(ctx, fmt.Sprintf("all %s", asOf), asOf, resume, progress, func(ctx context.Context, after int64) (chunks, error) {
		total, err := r.store.countCustomers(ctx, after)
		return chunks{total: total, next: func(ctx context.Context, after int64) ([]int64, error) {
			return r.store.customersAfter(ctx, after, refreshChunk)
		}, dense: true}, err
	})
}

// RefreshDaily moves the figures from one as-of day to another, later or
// earlier: only customers with facts that enter or leave a window on the way
// are computed again. It makes `to` the day figures are kept for. Rows it does
// not touch keep their as_of_day and are true for `to` all the same.
func (r *Refresher) RefreshDaily(ctx context.Context, from, to clock.Day, progress func(done, total int64)) error {
	if from == to {
		return nil
	}
	what := fmt.Sprintf("daily %s %s", from, to)
	return r.sweep(ctx, what, to, false, progress, func(ctx context.Context, after int64) (chunks, error) {
		ids, err := r.moved(ctx, after, min(from, to), max(from, to))
		return chunks{total: int64(len(ids)), next: func(_ context.Context, after int64) ([]int64, error) {
			i, _ := slices.BinarySearch(ids, after+1)
			return ids[i:min(len(ids), i+db.MaxIn)], nil
		}}, err
	})
}

// Refresh brings the figures to a day by the shorter way: nothing where they
// are there, RefreshDaily for a step of up to a month, else RefreshAll. After
// a refresh that was cut off it does all customers, or those that were left.
func (r *Refresher) Refresh(ctx context.Context, to clock.Day, progress func(done, total int64)) error {
	from, ok, err := r.AsOf(ctx)
	if err != nil {
		return err
	}
	open, err := r.store.setting(ctx, settingProgress)
	if err != nil {
		return err
	}
	switch step := to - from; {
	case open != "" || !ok || step > 31 || step < -31:
		return r.all(ctx, to, true, progress)
	case step == 0:
		return nil
	default:
		return r.RefreshDaily(ctx, from, to, progress)
	}
}

// moved lists the customers whose figures may differ between as-of days a < b.
func (r *Refresher) moved(ctx context.Context, after int64, a, b clock.Day) ([]int64, error) {
	var all []int64
	add := func(table string, from, to clock.Day) error {
		ids, err := r.store.movedCustomers(ctx, table, after, from, to)
		all = append(all, ids...)
		return err
	}
	for w := range Windows {
		// What was in the window as of a and is not as of b; for all time
		// instead what came after a.
		table, from, to := "orders", windowStart(w, a), windowStart(w, b)-1
		if w == WindowAll {
			from, to = a+1, b
		}
		if err := add(table, from, to); err != nil {
			return nil, err
		}
	}
	if err := add("behaviours", a-cartDays+1, b-cartDays); err != nil {
		return nil, err
	}
	if err := add("behaviours", a+1, b); err != nil {
		return nil, err
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}

// chunks hands out the ids of a sweep, ascending.
type chunks struct {
	total int64
	next  func(ctx context.Context, after int64) ([]int64, error)
	dense bool // the ids are all customers there are between the first and the last
}

// sweep computes the chunks that plan hands out, each in a transaction that
// also records how far it got.
func (r *Refresher) sweep(ctx context.Context, what string, asOf clock.Day, resume bool, progress func(done, total int64),
	plan func(ctx context.Context, after int64) (chunks, error),
) error {
	after, err := r.begin(ctx, what, asOf, resume)
	if err != nil {
		return err
	}
	c, err := plan(ctx, after)
	if err != nil {
		return err
	}
	run, done := r.newRun(asOf), int64(0)
	for {
		if err := ctx.Err(); err != nil {
			return db.MapError(err)
		}
		n := 0
		err := r.store.db.InTx(ctx, func(ctx context.Context) error {
			ids, err := c.next(ctx, after)
			if err != nil {
				return err
			}
			if n = len(ids); n == 0 {
				return r.store.putSetting(ctx, settingProgress, "", r.now())
			}
			last := ids[n-1]
			if c.dense {
				err = run.chunk(ctx, span{after: after, upTo: last}, ids)
			} else {
				err = run.listed(ctx, ids)
			}
			if err != nil {
				return err
			}
			after = last
			return r.store.putSetting(ctx, settingProgress, fmt.Sprintf("%s %d", what, last), r.now())
		})
		if err != nil || n == 0 {
			return err
		}
		if done += int64(n); progress != nil {
			progress(min(done, c.total), c.total)
		}
	}
}

// begin records the sweep, or, to resume, finds where the same one was cut
// off: whoever changed facts since has computed what it touched. From here on
// imports compute for the new day too, so that none is left behind.
func (r *Refresher) begin(ctx context.Context, what string, asOf clock.Day, resume bool) (after int64, err error) {
	err = r.store.db.InTx(ctx, func(ctx context.Context) error {
		open, err := r.store.setting(ctx, settingProgress)
		if err != nil {
			return err
		}
		if n, _ := fmt.Sscanf(open, what+" %d", &after); n != 1 || !resume {
			after = 0
			if err := r.store.putSetting(ctx, settingProgress, fmt.Sprintf("%s %d", what, 0), r.now()); err != nil {
				return err
			}
		}
		return r.store.putSetting(ctx, settingAsOf, asOf.String(), r.now())
	})
	return after, err
}

func (r *Refresher) now() int64 { return clock.Millis(r.clock.Now()) }
