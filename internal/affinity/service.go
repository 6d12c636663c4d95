package affinity

import (
	"context"
	"log/slog"
	"slices"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"zhike/internal/customer"
	"zhike/internal/platform/audit"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/jobs"
)

// Deps are what a Service needs. Jobs may be nil where nobody wakes it.
type Deps struct {
	DB        *db.DB
	Clock     clock.Clock
	Zone      clock.Zone // company time
	Audit     *audit.Log
	Jobs      jobs.Enqueuer
	Log       *slog.Logger
	Customers *customer.Service
}

// Service is the use cases of what similar customers bought.
type Service struct {
	Deps
	// Settings are those of the next version.
	Settings Settings
	store    store
}

// NewService makes the service with the shipped settings.
func NewService(d Deps) *Service {
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	return &Service{Deps: d, Settings: Shipped(), store: store{d.DB}}
}

func (s *Service) now() int64 { return clock.Millis(s.Clock.Now()) }

// Outcome is what a version came to.
type Outcome struct {
	Version    int64     `json:"version"`
	From       clock.Day `json:"from"`
	AsOf       clock.Day `json:"as_of"`      // last day of the orders
	Categories int       `json:"categories"` // of the products
	Rules      int       `json:"rules"`
	Customers  int64     `json:"customers"` // who bought anything with a category
	Suggested  int64     `json:"suggested"` // who has a category that similar customers bought
}

// namedRule is a rule with the codes of its categories.
type namedRule struct {
	from, to string
	rule     rule
}

// suggested is the suggestion of a customer.
type suggested struct {
	customer int64
	category int32
}

// How many customers are read and written at once, and how many pieces are read
// at the same time.
const (
	pieceIDs = 40_000
	readers  = 4
	batch    = 20_000
)

// Refresh works out a version from the orders up to the last day with one, and
// puts it in force. Before the end nothing that people see has changed; what a
// process that died left behind is removed first. nil where there are neither
// orders nor a version. Error: affinity.replaced where another process began too.
func (s *Service) Refresh(ctx context.Context) (*Outcome, error) {
	if err := s.sweep(ctx); err != nil {
		return nil, err
	}
	last, ok, err := s.store.lastOrder(ctx, s.Zone.Today(s.Clock))
	if err != nil {
		return nil, err
	}
	if !ok {
		v, err := s.store.inForce(ctx)
		if v == nil || err != nil {
			return nil, err
		}
		last = s.Zone.Today(s.Clock) // the orders went: so do the suggestions
	}
	set := s.Settings
	v := version{Settings: set, From: last - clock.Day(set.WindowDays) + 1, AsOf: last, CreatedAt: s.now()}
	products, err := s.store.products(ctx)
	if err != nil {
		return nil, err
	}
	names, of := coded(products)
	parts, err := s.read(ctx, v.From, v.AsOf, of)
	if err != nil {
		return nil, err
	}
	rules := learn(parts, len(names), set)
	var list []suggested
	for p := range parts {
		v.Customers += int64(len(parts[p].ids))
		parts[p].each(func(i int, bought []int32) {
			if r, ok := rules.pick(bought); ok {
				list = append(list, suggested{parts[p].ids[i], r.to})
			}
		})
		parts[p] = baskets{}
	}
	v.Suggested = int64(len(list))
	named := rules.named(names)
	if err := s.write(ctx, &v, named, list, names); err != nil {
		return nil, err
	}
	out := &Outcome{Version: v.ID, From: v.From, AsOf: v.AsOf, Categories: len(names), Rules: len(named), Customers: v.Customers, Suggested: v.Suggested}
	return out, s.sweep(ctx)
}

// coded gives the categories in the order of their codes, and their places by product.
func coded(products map[int64]string) (names []string, of map[int64]int32) {
	for _, c := range products {
		names = append(names, c)
	}
	slices.Sort(names)
	names = slices.Compact(names)
	of = make(map[int64]int32, len(products))
	for id, c := range products {
		at, _ := slices.BinarySearch(names, c)
		of[id] = int32(at)
	}
	return names, of
}

// named are the rules by their codes, in the order of places.
func (b book) named(names []string) (out []namedRule) {
	for from := range names {
		for _, r := range b[int32(from)] {
			out = append(out, namedRule{names[r.from], names[r.to], r})
		}
	}
	return out
}

// read gives what customers bought, in parts by id.
func (s *Service) read(ctx context.Context, first, last clock.Day, of map[int64]int32) ([]baskets, error) {
	lo, hi, err := s.store.span(ctx)
	if err != nil || hi == 0 {
		return nil, err
	}
	parts := make([]baskets, (hi-lo)/pieceIDs+1)
	var mu sync.Mutex
	done := int64(0)
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(readers)
	for k := range parts {
		g.Go(func() error {
			from := lo + int64(k)*pieceIDs
			if err := s.piece(gctx, from, min(hi, from+pieceIDs-1), first, last, of, &parts[k]); err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			done++
			jobs.Report(ctx, done, 2*int64(len(parts)), "items", "affinity.step.read")
			return nil
		})
	}
	return parts, g.Wait()
}

func (s *Service) piece(ctx context.Context, from, to int64, first, last clock.Day, of map[int64]int32, into *baskets) error {
	list := make([]int32, 0, 4096)
	at := int64(-1)
	err := s.DB.InReadTx(ctx, func(ctx context.Context) error {
		return s.store.purchases(ctx, from, to, first, last, func(id, product int64) {
			if id != at {
				into.add(at, list)
				at, list = id, list[:0]
			}
			c, ok := of[product]
			if !ok {
				return
			}
			if list = append(list, c); len(list) == cap(list) { // a dealer's many lines stay few categories
				slices.Sort(list)
				list = slices.Compact(list)
			}
		})
	})
	into.add(at, list)
	return err
}

// write stores a version beside the one in force, batch by batch, and then puts it
// in force together with what lists in memory are told.
func (s *Service) write(ctx context.Context, v *version, rules []namedRule, list []suggested, names []string) error {
	if err := s.DB.InTx(ctx, func(ctx context.Context) error {
		if err := s.store.begin(ctx, v); err != nil {
			return err
		}
		return s.store.insertRules(ctx, v.ID, rules)
	}); err != nil {
		return err
	}
	for chunk := range slices.Chunk(list, batch) {
		if err := s.DB.InTx(ctx, func(ctx context.Context) error { return s.store.insert(ctx, v.ID, chunk, names) }); err != nil {
			return err
		}
	}
	if err := s.DB.Analyze(ctx, customer.SimilarTable, "version_id", "category"); err != nil {
		return err
	}
	changed, err := s.store.changed(ctx, v.ID)
	if err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(ctx context.Context) error {
		if err := s.store.enforce(ctx, v.ID); err != nil {
			return err
		}
		if err := s.store.tell(ctx, s.now(), changed); err != nil {
			return err
		}
		return s.Audit.Append(ctx, audit.Entry{Action: "affinity.refreshed", ObjectType: "affinity_version", ObjectID: strconv.FormatInt(v.ID, 10),
			After: map[string]any{"as_of": v.AsOf.String(), "rules": len(rules), "customers": v.Customers, "suggested": v.Suggested, "changed": len(changed)}})
	})
}

// sweep removes every version that is not in force.
func (s *Service) sweep(ctx context.Context) error {
	old, err := s.store.others(ctx)
	if err != nil || len(old) == 0 {
		return err
	}
	lo, hi, err := s.store.span(ctx)
	if err != nil {
		return err
	}
	for _, id := range old {
		for from := lo; from <= hi; from += pieceIDs {
			if err := s.DB.InTx(ctx, func(ctx context.Context) error { return s.store.drop(ctx, id, from, min(hi, from+pieceIDs-1)) }); err != nil {
				return err
			}
		}
		if err := s.DB.InTx(ctx, func(ctx context.Context) error { return s.store.dropRest(ctx, id) }); err != nil {
			return err
		}
	}
	return nil
}

// RefreshArgs is the input of the job that works out a version.
type RefreshArgs struct{}

// Kind names the job.
func (RefreshArgs) Kind() string { return "affinity.refresh" }

const attempts = 3

// Register adds the job of this package: each night, and when orders came.
func (s *Service) Register(r *jobs.Registry) {
	jobs.Handle(r, func(ctx context.Context, _ jobs.Job[RefreshArgs]) error {
		_, err := s.Refresh(ctx)
		if errs.Is(err, "affinity.replaced") {
			return nil // the other one does it
		}
		return err
	}, jobs.MaxAttempts(attempts), jobs.Timeout(time.Hour), jobs.Unique())
	r.Every("affinity.refresh", jobs.Daily(2, 50, s.Zone), func() jobs.Args { return RefreshArgs{} })
}

// soonest is how old a version becomes at least: files that come one after another
// are worked out together.
const soonest = time.Hour

// Wake says that orders came: a version follows, at most one an hour. What comes
// while one is being worked out is in the next.
func (s *Service) Wake(ctx context.Context) error {
	v, err := s.store.inForce(ctx)
	if err != nil {
		return err
	}
	o := jobs.EnqueueOpts{UniqueKey: "orders", Priority: 4}
	if v != nil {
		if at := time.UnixMilli(v.CreatedAt).Add(soonest); at.After(s.Clock.Now()) {
			o.At = at
		}
	}
	_, err = s.Jobs.Enqueue(ctx, RefreshArgs{}, o)
	return err
}
