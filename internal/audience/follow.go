package audience

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"zhike/internal/column"
	"zhike/internal/customer"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
	"zhike/internal/rule"
)

// FollowDeps are what a Follower needs.
type FollowDeps struct {
	DB        *db.DB
	Clock     clock.Clock
	Zone      clock.Zone // company time
	Log       *slog.Logger
	Customers *customer.Service
	// Node names this server, the same at every start: it takes the place of its
	// killed predecessor at once. Two servers at work have different ones.
	Node string
}

// Follower keeps the membership of followed audiences: it evaluates them when
// something changed, and writes what is different together with one change for
// each customer who entered or left.
//
// The kept membership in the database is what differences are taken from, and
// it changes only in the transaction that writes the changes. So a follower may
// be killed anywhere, and the next one goes on from what was committed: every
// change of membership is told exactly once.
//
// Where several servers share a database one of them follows, by a lease in
// audience_head. Whoever lost the lease cannot write: every transaction of a
// follower begins with an update of the head that names the holder.
//
// When following begins, the members that there are then become the baseline:
// one change with customer 0, and nobody is told of as entering. A new version
// of a rule moves people by changes that carry the version. When following
// ends, a change with customer 0 that is not entered says so.
type Follower struct {
	FollowDeps
	store followStore

	every    time.Duration // between rounds
	lease    time.Duration
	patience time.Duration // before SQL answers for columns that are not ready
	reading  time.Duration // the same while they are being read
	slow     time.Duration // between two evaluations of an audience by SQL
	whole    time.Duration // before all is evaluated anew, whatever is known
	limit    time.Duration // of one evaluation by SQL
	budget   time.Duration // of SQL in one round
	batch    int           // changes in one transaction
	few      int           // so many changed customers are looked at by themselves

	token   string // of the lease; "" without it
	left    int64  // settled_at of whoever followed before, unix ms
	renewed time.Time
	state   map[int64]*followed
	soon    bool            // columns will answer in a moment
	cached  int             // blocks of memberships in memory
	looked  map[int64]int64 // audience → evaluated_at not written yet

	mu     sync.Mutex // guards what follows
	live   map[int64]standing
	next   time.Time // when the next round begins, about
	round  RoundStats
	leader bool

	wake    chan struct{}
	news    chan struct{} // closed when changes were committed
	metrics *followMetrics
	// For tests: called at places where a process may die, and whether columns
	// are being read.
	at    func(place string)
	reads func() bool
}

// The pace. A lease on SQLite is for the command line only, which reads whether
// somebody follows; servers take turns on a lock there.
const (
	followEvery    = 2 * time.Second
	followLease    = 30 * time.Second
	followPatience = 30 * time.Second
	followReading  = 10 * time.Minute
	followSlow     = time.Minute
	followWhole    = 5 * time.Minute
	followLimit    = 20 * time.Second // less than the lease
	followBudget   = 5 * time.Second
	followBatch    = 2500
	followFew      = 50_000
	followRest     = 5 * time.Second
	followSoon     = 200 * time.Millisecond
	// waitShown is how long an audience is behind before that is written down.
	waitShown = 5 * time.Second
)

var (
	errLeaseLost = errors.New("audience: another process follows")
	errMoved     = errors.New("audience: changed while it was evaluated")
	errDamaged   = errs.New(errs.Internal, "audience.damaged_block")
)

// followed is what a follower knows of an audience beside the database; all of
// it may be forgotten at any time.
type followed struct {
	version int64
	node    *rule.Node
	bad     error // why the rule cannot be read
	// alone says that a customer's membership depends on that customer only.
	alone bool
	names bool // other audiences

	valid bool // an evaluation holds, made with:
	key   string
	print int64
	at    column.Place

	day      clock.Day // of the newest row of sizes
	wholeAt  time.Time // last evaluation of everybody
	freshAt  time.Time // membership is right as of this instant
	dueSince time.Time // freshAt while something is known to be missing; zero: nothing is
	noticed  time.Time // when that became known
	shown    bool      // the database says so, too
	sqlAt    time.Time // last evaluation by SQL
	engine   string
	members  *column.Matches // as kept in the database; nil: not in memory
}

// costs says what an evaluation is likely to take: a look at those who changed,
// at everybody, at each other.
func (st *followed) costs() int {
	switch {
	case !st.valid:
		return 1
	case !st.alone:
		return 2
	}
	return 0
}

// NewFollower makes one; nothing runs before [Follower.Run].
func NewFollower(d FollowDeps) *Follower {
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	return &Follower{
		FollowDeps: d, store: followStore{d.DB},
		every: followEvery, lease: followLease, patience: followPatience, reading: followReading, slow: followSlow, whole: followWhole,
		limit: followLimit, budget: followBudget, batch: followBatch, few: followFew,
		state: map[int64]*followed{}, looked: map[int64]int64{}, live: map[int64]standing{},
		wake: make(chan struct{}, 1), news: make(chan struct{}), metrics: newFollowMetrics(),
		at: func(string) {}, reads: func() bool { return d.Customers.Columns.Reading() },
	}
}

// Run follows until ctx ends, and gives the lease back then.
func (f *Follower) Run(ctx context.Context) {
	defer f.release(context.WithoutCancel(ctx))
	for {
		began := f.Clock.Now()
		if err := f.Round(ctx); err != nil && ctx.Err() == nil && !errors.Is(err, errLeaseLost) {
			f.Log.WarnContext(ctx, "audiences were not followed", slog.Any("error", err))
		}
		pause := f.pause(f.Clock.Now().Sub(began))
		if f.soon {
			pause = followSoon // columns are being brought up
		}
		select {
		case <-ctx.Done():
			return
		case <-f.wake:
		case <-time.After(pause):
		}
	}
}

// pause is how long nothing is looked at after a round: as long as it took, so
// that following is at work for half of the time at most, but no longer than a
// machine with much else to do makes it wait in any case.
func (f *Follower) pause(took time.Duration) time.Duration {
	return max(f.every, min(took, followRest))
}

// Wake asks for a round now: an audience was changed or is to be followed.
func (f *Follower) Wake() {
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

// Round looks once whether something changed and brings all followed audiences
// up to now, as far as they can be.
func (f *Follower) Round(ctx context.Context) (err error) {
	ctx = auth.With(ctx, auth.System("audience"))
	began := f.Clock.Now()
	f.soon = false
	list, err := f.store.followed(ctx)
	if err != nil {
		return err
	}
	f.known(list)
	if len(list) == 0 {
		return nil
	}
	if ok, err := f.lead(ctx); err != nil || !ok {
		return err
	}
	defer func() {
		if errors.Is(err, errLeaseLost) {
			f.forget()
		}
	}()
	r := round{f: f, began: began}
	if r.plans, err = f.Customers.Planner(ctx); err != nil {
		return err
	}
	if r.print, err = f.store.print(ctx); err != nil {
		return err
	}
	r.day = f.Zone.Today(f.Clock)
	err = r.run(ctx, list)
	f.ended(&r, list)
	if err != nil {
		return err
	}
	return f.keep(ctx)
}

// round is one look at everything.
type round struct {
	f     *Follower
	plans *customer.Planner
	print int64
	day   clock.Day
	began time.Time
	sql   time.Duration // spent on it
	moved map[column.Place]*column.Moved
	late  int // how often it waited for columns
	// What happened.
	evaluated, partly, waiting int
	entered, left              int64
}

func (r *round) run(ctx context.Context, list []followedRow) error {
	f := r.f
	var due []*followedRow
	f.prune(list)
	for i := range list {
		a := &list[i]
		if !a.followed {
			if err := f.end(ctx, a); err != nil {
				return err
			}
			continue
		}
		st := f.state[a.id]
		if st == nil {
			st = &followed{freshAt: f.inherited(a)}
			f.state[a.id] = st
		}
		st.shown = a.dueSince > 0
		if !r.due(a, st) {
			st.freshAt, st.dueSince = r.began, time.Time{}
			continue
		}
		if st.dueSince.IsZero() {
			st.noticed = r.began
			if st.dueSince = st.freshAt; st.dueSince.IsZero() {
				st.dueSince = r.began
			}
		}
		due = append(due, a)
	}
	f.stand(list...)
	// Whoever waits the longest comes first; of those who wait the same, whoever
	// is done soon.
	slices.SortStableFunc(due, func(a, b *followedRow) int {
		x, y := f.state[a.id], f.state[b.id]
		return cmp.Or(x.dueSince.Compare(y.dueSince), cmp.Compare(x.costs(), y.costs()), cmp.Compare(a.id, b.id))
	})
	for _, a := range due {
		if err := cmp.Or(ctx.Err(), f.keep(ctx)); err != nil {
			return err
		}
		err := r.follow(ctx, a, f.state[a.id])
		switch {
		case err == nil:
		case errors.Is(err, errMoved):
			f.state[a.id].valid = false // the next round looks at it anew
		case errors.Is(err, errLeaseLost), ctx.Err() != nil:
			return err
		default:
			f.state[a.id].valid = false
			if err := r.trouble(ctx, a, err); err != nil {
				return err
			}
		}
		f.stand(*a)
	}
	return nil
}

// inherited is as of when the membership is right that whoever followed before
// has left; zero where there is none.
func (f *Follower) inherited(a *followedRow) (at time.Time) {
	switch {
	case !a.kept:
	case a.dueSince > 0:
		at = time.UnixMilli(a.dueSince)
	case max(a.at, f.left) > 0:
		at = time.UnixMilli(max(a.at, f.left))
	}
	return at
}

// prune forgets audiences that are no longer there.
func (f *Follower) prune(list []followedRow) {
	have := make(map[int64]bool, len(list))
	for i := range list {
		have[list[i].id] = true
	}
	for id, st := range f.state {
		if !have[id] {
			f.uncache(st)
			delete(f.state, id)
			delete(f.looked, id)
		}
	}
}

// due says whether something may have changed since the last evaluation.
func (r *round) due(a *followedRow, st *followed) bool {
	switch {
	case !st.valid || st.version != a.version || !a.kept:
	case st.key != r.plans.Key || st.at != r.plans.At || st.names && st.print != r.print:
	case st.day != r.day || a.problem != "" || a.dueSince > 0:
	case r.began.Sub(st.wholeAt) > r.f.whole+time.Duration(a.id%60)*time.Second:
	default:
		return false
	}
	return true
}

// trouble writes down why an audience is not evaluated.
func (r *round) trouble(ctx context.Context, a *followedRow, cause error) error {
	e := errs.From(cause)
	code := e.Code
	if len(e.Fields) > 0 {
		code = e.Fields[0].Code
	}
	if e.Kind == errs.Internal && a.problem != code {
		r.f.Log.ErrorContext(ctx, "an audience was not evaluated", slog.Int64("audience_id", a.id), slog.Any("error", cause))
	}
	r.waiting++
	if a.problem == code && a.dueSince > 0 {
		return nil
	}
	a.problem = code
	if a.dueSince == 0 {
		a.dueSince, r.f.state[a.id].shown = clock.Millis(r.f.state[a.id].dueSince), true
	}
	return r.f.DB.InTx(ctx, func(ctx context.Context) error { return r.f.store.troubled(ctx, a, code, a.dueSince) })
}

// wait leaves an audience for a later round.
func (r *round) wait(ctx context.Context, a *followedRow, st *followed) error {
	r.waiting++
	if a.dueSince > 0 || r.began.Sub(st.noticed) < waitShown {
		return nil
	}
	a.dueSince, st.shown = clock.Millis(st.dueSince), true
	return r.f.DB.InTx(ctx, func(ctx context.Context) error { return r.f.store.troubled(ctx, a, a.problem, a.dueSince) })
}
