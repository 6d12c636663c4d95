package audience

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"zhike/internal/column"
	"zhike/internal/customer"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/jobs"
)

// Change is a customer who entered or left a followed audience.
type Change struct {
	Seq        int64 `json:"seq" doc:"Number of the change, growing in the order of commits"`
	AudienceID int64 `json:"audience_id"`
	CustomerID int64 `json:"customer_id" doc:"0: following began with the members of then (entered), or ended"`
	Entered    bool  `json:"entered" doc:"false: left"`
	Version    int64 `json:"version" doc:"Version of the rule it was found by"`
	At         int64 `json:"at" doc:"unix ms"`
}

// ChangePage is a piece of the changes.
type ChangePage struct {
	Items []Change `json:"items"`
	// NextCursor is where to go on, also when nothing was new.
	NextCursor int64 `json:"next_cursor" doc:"Give it as cursor the next time; kept by the reader"`
	More       bool  `json:"more" doc:"There are further changes already"`
}

// changesKept is how long changes are kept.
const changesKept = 365 * 24 * time.Hour

// scopedChunks bounds how far is read for a page of those whom a reader may see.
const scopedChunks = 20

// Changes gives up to limit changes behind cursor, 0 for the beginning of what
// is kept, which is a year, of some audiences or, with none, of all. They come
// in the order of commits; those of a customer and an audience are entered and
// left by turns. Readers who do not see all customers get those whom they see.
// Error: audience.cursor_expired where changes behind the cursor are gone.
func (f *Follower) Changes(ctx context.Context, cursor int64, audiences []int64, limit int) (ChangePage, error) {
	p := ChangePage{Items: []Change{}, NextCursor: cursor}
	seen, err := f.seen(ctx)
	if err != nil {
		return p, err
	}
	chunk := limit + 1
	if seen != nil {
		chunk = max(chunk, 500)
	}
	err = f.DB.InReadTx(ctx, func(ctx context.Context) error {
		h, err := f.store.head(ctx)
		if err != nil {
			return err
		}
		if cursor > h.seq {
			return errs.New(errs.Invalid, "invalid").WithField("cursor", "web.bad_cursor")
		}
		if cursor > 0 && cursor < h.dropped {
			return errs.New(errs.Conflict, "audience.cursor_expired", "days", int(changesKept.Hours()/24))
		}
		for range scopedChunks {
			rows, err := f.store.changesAfter(ctx, p.NextCursor, audiences, chunk)
			if err != nil {
				return err
			}
			for _, c := range rows {
				if seen != nil && c.CustomerID > 0 && !seen.Has(c.CustomerID) {
					p.NextCursor = c.Seq
					continue
				}
				if len(p.Items) == limit {
					p.More = true
					return nil
				}
				p.Items = append(p.Items, c)
				p.NextCursor = c.Seq
			}
			if len(rows) < chunk {
				p.NextCursor = max(p.NextCursor, h.seq) // none in between is of these audiences
				return nil
			}
		}
		p.More = true
		return nil
	})
	return p, err
}

// Recent gives up to limit changes of an audience before a number, newest
// first; 0 begins with the newest. Readers get those of customers they see.
func (f *Follower) Recent(ctx context.Context, audience, before int64, limit int) (ChangePage, error) {
	p := ChangePage{Items: []Change{}, NextCursor: before}
	seen, err := f.seen(ctx)
	if err != nil {
		return p, err
	}
	if before <= 0 {
		before = 1 << 62
	}
	chunk := limit + 1
	if seen != nil {
		chunk = max(chunk, 500)
	}
	for range scopedChunks {
		rows, err := f.store.changesBefore(ctx, before, audience, chunk)
		if err != nil {
			return p, err
		}
		for _, c := range rows {
			if seen == nil || c.CustomerID == 0 || seen.Has(c.CustomerID) {
				if len(p.Items) == limit {
					p.More = true
					return p, nil
				}
				p.Items = append(p.Items, c)
			}
			before, p.NextCursor = c.Seq, c.Seq
		}
		if len(rows) < chunk {
			return p, nil
		}
	}
	p.More = true
	return p, nil
}

// seen gives those whom the actor sees; nil where that is everybody.
func (f *Follower) seen(ctx context.Context) (*column.Matches, error) {
	if a := auth.From(ctx); a != nil && a.Scope == auth.ScopeAll {
		return nil, nil
	}
	found, err := f.Customers.Find(ctx, customer.Who{})
	return found.Members, err
}

// SizeDay is the size of an audience on a day of company time.
type SizeDay struct {
	Day     clock.Day `json:"day"`
	Size    int64     `json:"size" doc:"The last one of the day"`
	Entered int64     `json:"entered" doc:"Who entered that day; the same customer may count twice"`
	Left    int64     `json:"left" doc:"Who left that day"`
}

// Sizes gives the size of an audience on each of the last days, today included,
// from the first one that is known. A day on which nothing was seen has the
// size of the day before.
func (f *Follower) Sizes(ctx context.Context, audience int64, days int) ([]SizeDay, error) {
	today := f.Zone.Today(f.Clock)
	from := today - clock.Day(days-1)
	rows, err := f.store.sizes(ctx, audience, from)
	if err != nil {
		return nil, err
	}
	list, err := f.store.of(ctx, []int64{audience})
	if err != nil {
		return nil, err
	}
	last := today
	if len(list) == 0 || !list[0].followed {
		if last = from - 1; len(rows) > 0 {
			last = rows[len(rows)-1].Day
		}
	}
	out := []SizeDay{}
	known, size := false, int64(0)
	for day, i := from, 0; day <= last; day++ {
		for ; i < len(rows) && rows[i].Day < day; i++ {
			known, size = true, rows[i].Size
		}
		if i < len(rows) && rows[i].Day == day {
			out, known, size = append(out, rows[i]), true, rows[i].Size
			i++
		} else if known {
			out = append(out, SizeDay{Day: day, Size: size})
		}
	}
	return out, nil
}

// The pace of subscribers.
const (
	hearEvery = 2 * time.Second
	hearMost  = 500
	hearAgain = time.Minute
)

// Subscribe calls fn with the changes of an audience, 0 for all, in their order
// and in pieces, until ctx ends. It begins with what comes after its first call
// under this name; where it is, is kept in the database, so that later calls go
// on, also in another process. fn runs inside a transaction that moves the
// cursor: what it writes through ctx happens once for each change, or not at
// all. Its errors are logged, and the same changes come again, later and later.
// Changes with customer 0 say that following began or ended; the members of
// then are not told one by one.
func (f *Follower) Subscribe(ctx context.Context, name string, audience int64, fn func(ctx context.Context, list []Change) error) error {
	err := f.DB.InTx(ctx, func(ctx context.Context) error { return f.store.openCursor(ctx, name, audience) })
	if err != nil {
		return err
	}
	go func() {
		pause := hearEvery
		for {
			news := f.heard()
			n, err := f.deliver(ctx, name, audience, fn)
			switch {
			case ctx.Err() != nil:
				return
			case err != nil && !errors.Is(err, errMoved):
				f.Log.ErrorContext(ctx, "changes of an audience were not taken", slog.String("subscriber", name), slog.Int64("audience_id", audience), slog.Any("error", err))
				pause, news = min(2*pause, hearAgain), nil
			case n > 0:
				pause = hearEvery
				continue
			default:
				pause = hearEvery
			}
			select {
			case <-ctx.Done():
				return
			case <-news:
			case <-time.After(pause):
			}
		}
	}()
	return nil
}

// Unsubscribe forgets where a subscriber is.
func (f *Follower) Unsubscribe(ctx context.Context, name string, audience int64) error {
	return f.DB.InTx(ctx, func(ctx context.Context) error { return f.store.closeCursor(ctx, name, audience) })
}

// deliver hands the next changes to a subscriber, and gives how many.
func (f *Follower) deliver(ctx context.Context, name string, audience int64, fn func(ctx context.Context, list []Change) error) (int, error) {
	from, err := f.store.cursor(ctx, name, audience)
	if err != nil {
		return 0, err
	}
	var of []int64
	if audience > 0 {
		of = []int64{audience}
	}
	list, err := f.store.changesAfter(ctx, from, of, hearMost)
	if err != nil || len(list) == 0 {
		return 0, err
	}
	return len(list), f.DB.InTx(ctx, func(ctx context.Context) error {
		// Where another process was here before, the cursor has moved.
		ok, err := f.store.moveCursor(ctx, name, audience, from, list[len(list)-1].Seq)
		if err != nil {
			return err
		}
		if !ok {
			return errMoved
		}
		return fn(ctx, list)
	})
}

type cleanChangesArgs struct{}

// Kind names the job.
func (cleanChangesArgs) Kind() string { return "audience.clean_changes" }

// Register puts the end of old changes into the registry.
func (f *Follower) Register(r *jobs.Registry) {
	jobs.Handle(r, func(ctx context.Context, _ jobs.Job[cleanChangesArgs]) error { return f.CleanChanges(ctx) }, jobs.Unique())
	r.Every("audience.clean_changes", jobs.Interval(24*time.Hour), func() jobs.Args { return cleanChangesArgs{} })
}

// CleanChanges removes changes that are older than they are kept, some thousand
// at a time.
func (f *Follower) CleanChanges(ctx context.Context) error {
	before := clock.Millis(f.Clock.Now().Add(-changesKept))
	for {
		var n int64
		err := f.DB.InTx(ctx, func(ctx context.Context) (err error) {
			n, err = f.store.dropChanges(ctx, before, 2000)
			return err
		})
		if err != nil || n == 0 {
			return err
		}
	}
}
