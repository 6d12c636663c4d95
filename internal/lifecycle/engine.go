package lifecycle

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"zhike/internal/column"
	"zhike/internal/customer"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/errs"
)

// Engine works stages out: of everybody when a day is over, of those whom new
// facts touch every few seconds. One process does, by a lease in lifecycle_head;
// whoever lost it writes nothing, because every transaction begins with a
// statement that names the holder.
//
// It keeps nothing that matters in memory. What was committed agrees in itself at
// every moment: a killed engine needs no recovery, the next one works the open
// day out from its beginning.
type Engine struct {
	s    *Service
	node string // names this server, the same at every start

	every    time.Duration // between rounds
	lease    time.Duration
	patience time.Duration // before SQL answers for columns that are not ready
	whole    time.Duration // before everybody is looked at anew
	others   time.Duration // the same, where rules compare customers and some were written to
	batch    int           // customers in one transaction
	few      int           // so many are looked at by themselves
	most     int           // so many touched ones are followed; behind that, everybody

	metrics *engineMetrics
	leads   atomic.Bool // has the lease, as far as it knows

	token   string
	renewed time.Time
	soon    bool // columns will answer in a moment
	waits   time.Time
	known   seen
	held    heldDays
	book    *book // between two days that are closed one after the other
	rush    column.Rush

	mu    sync.Mutex // guards what follows
	fresh time.Time
	wakes chan struct{}
	at    func(place string) // for tests: places where a process may die
}

// seen is up to where the open day was worked out.
type seen struct {
	valid   bool
	day     clock.Day
	key     string
	version int64
	place   column.Place
	whole   time.Time
	// partial says that since then only those were looked at who were written to,
	// though rules compare them with others.
	partial bool
}

// The pace.
const (
	engineEvery    = 3 * time.Second
	engineLease    = 30 * time.Second
	enginePatience = 30 * time.Second
	engineWhole    = 10 * time.Minute
	engineOthers   = 30 * time.Second
	engineBatch    = 5_000
	engineFew      = 3_000
	engineMost     = 200_000
	engineSoon     = 300 * time.Millisecond
	engineArrive   = 5 * time.Second
)

var (
	errLeaseLost = errors.New("lifecycle: another process works")
	errMoved     = errors.New("lifecycle: somebody wrote meanwhile")
	errNotReady  = errors.New("lifecycle: columns are being read")
	errDamaged   = errs.New(errs.Internal, "lifecycle.damaged_block")
)

// NewEngine makes the engine of a server; nothing runs before [Engine.Run].
func NewEngine(s *Service, node string) *Engine {
	e := &Engine{s: s, node: node, every: engineEvery, lease: engineLease, patience: enginePatience, whole: engineWhole, others: engineOthers,
		batch: engineBatch, few: engineFew, most: engineMost, held: heldDays{}, wakes: make(chan struct{}, 1), at: func(string) {}, metrics: newEngineMetrics()}
	s.wake, s.fresh = e.Wake, e.freshAt
	return e
}

// Wake asks for a round now.
func (e *Engine) Wake() {
	select {
	case e.wakes <- struct{}{}:
	default:
	}
}

// Run works until ctx ends, and gives the lease back then.
func (e *Engine) Run(ctx context.Context) {
	defer e.release(context.WithoutCancel(ctx))
	e.arrive(ctx)
	for {
		began := e.s.Clock.Now()
		if e.rushing(ctx) {
			select {
			case <-ctx.Done():
				return
			case <-time.After(engineSoon):
			}
			continue
		}
		if err := e.Round(ctx); err != nil && ctx.Err() == nil && !errors.Is(err, errLeaseLost) && !errors.Is(err, errMoved) {
			e.s.Log.WarnContext(ctx, "the lifecycle was not worked out", slog.Any("error", err))
		}
		// At most a third of a core, however much changes.
		pause := max(e.every, 2*e.s.Clock.Now().Sub(began))
		if e.soon {
			pause = engineSoon
		}
		select {
		case <-ctx.Done():
			return
		case <-e.wakes:
		case <-time.After(pause):
		}
	}
}

// arrive lets a server that came back answer people first: the first round looks
// at everybody, beside the reading of columns that their questions wait for.
func (e *Engine) arrive(ctx context.Context) {
	if h, err := e.s.store.head(ctx); err != nil || h.day == 0 {
		return // a first start: nobody has a stage yet
	}
	select {
	case <-ctx.Done():
	case <-e.wakes:
	case <-time.After(engineArrive):
	}
}

// Round brings the lifecycle up to now: it closes days that are over and works
// the open day out for those whom something touched.
func (e *Engine) Round(ctx context.Context) error {
	ctx = auth.With(ctx, auth.System("lifecycle"))
	e.soon = false
	if ok, err := e.lead(ctx); err != nil || !ok {
		return err
	}
	err := e.round(ctx)
	switch {
	case errors.Is(err, errNotReady):
		e.soon = true
		return nil
	case errors.Is(err, errStopped):
		return nil
	case errors.Is(err, errLeaseLost):
		e.forget()
	case errors.Is(err, errMoved):
		e.book = nil
		e.known.valid = false
	}
	return err
}

func (e *Engine) round(ctx context.Context) error {
	began := e.s.Clock.Now()
	h, err := e.s.store.head(ctx)
	if err != nil {
		return err
	}
	if h.day == 0 {
		today, err := e.s.Customers.Today(ctx)
		if err != nil {
			return err
		}
		if err := e.begin(ctx, today); err != nil {
			return err
		}
		if h, err = e.s.store.head(ctx); err != nil {
			return err
		}
	}
	for {
		r, err := e.prepare(ctx, h)
		if err != nil {
			return e.troubled(ctx, h, err)
		}
		if r.plans.Day() <= h.day {
			e.book = nil
			if r.plans.Day() < h.day { // the clock was set back: nothing is over
				return nil
			}
			if err := e.follow(ctx, r); err != nil {
				return err
			}
			if e.known.valid && h.problem != "" {
				if err := e.tx(ctx, func(ctx context.Context, _ clock.Day) error { return e.s.store.trouble(ctx, e.token, "", "") }); err != nil {
					return err
				}
			}
			e.mu.Lock()
			e.fresh = began
			e.mu.Unlock()
			return e.keep(ctx)
		}
		if err := e.close(ctx, r); err != nil {
			return err
		}
		if h, err = e.s.store.head(ctx); err != nil {
			return err
		}
	}
}

// begin opens the first day, with the configuration that ships where none was saved.
func (e *Engine) begin(ctx context.Context, day clock.Day) error {
	return e.tx(ctx, func(ctx context.Context, open clock.Day) error {
		if open != 0 {
			return errMoved
		}
		v, err := e.s.store.newest(ctx)
		if err != nil {
			return err
		}
		if v == 0 {
			if err := e.s.plant(ctx); err != nil {
				return err
			}
		}
		return e.s.store.openDay(ctx, day, day)
	})
}

// tx runs fn in a transaction of whoever has the lease. Error: errLeaseLost.
func (e *Engine) tx(ctx context.Context, fn func(ctx context.Context, open clock.Day) error) error {
	_, err := e.txSeq(ctx, fn)
	return err
}

func (e *Engine) txSeq(ctx context.Context, fn func(ctx context.Context, open clock.Day) error) (seq int64, err error) {
	err = e.s.DB.InTx(ctx, func(ctx context.Context) error {
		day, n, ok, err := e.s.store.fence(ctx, e.token, clock.Millis(e.s.Clock.Now().Add(e.lease)))
		if err != nil {
			return err
		}
		if !ok {
			return errLeaseLost
		}
		seq = n
		return fn(ctx, day)
	})
	return seq, err
}

// troubled notes why rules cannot be evaluated. Errors of other kinds are given
// back.
func (e *Engine) troubled(ctx context.Context, h head, cause error) error {
	x := errs.From(cause)
	if x.Kind != errs.Invalid && x.Kind != errs.NotFound && x.Kind != errs.Forbidden {
		return cause
	}
	code, at := x.Code, ""
	if len(x.Fields) > 0 {
		code, at = x.Fields[0].Code, x.Fields[0].Path
	}
	if h.problem == code && h.at == at {
		return nil
	}
	e.s.Log.WarnContext(ctx, "a rule of the lifecycle cannot be evaluated", slog.String("code", code), slog.String("at", at))
	return e.s.DB.InTx(ctx, func(ctx context.Context) error { return e.s.store.trouble(ctx, e.token, code, at) })
}

// lead says whether this process works, and takes the lease where it is free.
func (e *Engine) lead(ctx context.Context) (bool, error) {
	now := e.s.Clock.Now()
	if e.token != "" {
		return e.renew(ctx)
	}
	h, err := e.s.store.head(ctx)
	if err != nil {
		return false, err
	}
	// A predecessor on this node is dead: only one server runs on it.
	mine := e.node != "" && strings.HasPrefix(h.node, e.node+"#")
	if h.node != "" && !mine && h.until > clock.Millis(now) {
		return false, nil
	}
	b := make([]byte, 8)
	_, _ = rand.Read(b)
	token, ok := e.node+"#"+hex.EncodeToString(b), false
	err = e.s.DB.InTx(ctx, func(ctx context.Context) (err error) {
		ok, err = e.s.store.takeLease(ctx, h, token, clock.Millis(now.Add(e.lease)))
		return err
	})
	if err != nil || !ok {
		return false, err
	}
	e.forget()
	e.token, e.renewed = token, now
	e.leads.Store(true)
	return true, nil
}

// renew keeps the lease where it is time, and notes as of when states are right.
func (e *Engine) renew(ctx context.Context) (ok bool, err error) {
	now := e.s.Clock.Now()
	if now.Sub(e.renewed) < e.lease/3 {
		return true, nil
	}
	err = e.s.DB.InTx(ctx, func(ctx context.Context) (err error) {
		ok, err = e.s.store.renewLease(ctx, e.token, clock.Millis(now.Add(e.lease)), e.freshAt())
		return err
	})
	if err != nil {
		return false, err
	}
	if !ok {
		e.forget()
		return false, nil
	}
	e.renewed = now
	return true, nil
}

// keep is renew for whoever is in the middle of something.
func (e *Engine) keep(ctx context.Context) error {
	if ok, err := e.renew(ctx); err != nil || ok {
		return err
	}
	return errLeaseLost
}

func (e *Engine) freshAt() int64 {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.fresh.IsZero() {
		return 0
	}
	return clock.Millis(e.fresh)
}

// forget drops what only the holder of the lease may rely on.
func (e *Engine) forget() {
	e.token, e.book, e.known, e.held = "", nil, seen{}, heldDays{}
	e.leads.Store(false)
}

// release gives the lease back.
func (e *Engine) release(ctx context.Context) {
	if e.token == "" {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	err := e.s.DB.InTx(ctx, func(ctx context.Context) error {
		_, err := e.s.store.renewLease(ctx, e.token, 0, e.freshAt())
		return err
	})
	if err != nil {
		e.s.Log.WarnContext(ctx, "the lease of the lifecycle was not given back", slog.Any("error", err))
	}
	e.forget()
}

// ready is what a round works with.
type ready struct {
	head    head
	open    clock.Day
	version int64
	config  *Config
	machine *Machine
	plans   *customer.Planner
}

// prepare reads the configuration in force and sees that its rules can be asked.
func (e *Engine) prepare(ctx context.Context, h head) (*ready, error) {
	c, row, err := e.s.config(ctx, 0)
	if err != nil {
		return nil, err
	}
	r := &ready{head: h, open: h.day, version: row.version, config: c, machine: NewMachine(c)}
	for _, x := range c.rules() {
		if err := noCircle(ctx, e.s.Customers.Rules, x.node, x.path, nil); err != nil {
			return nil, err
		}
	}
	r.plans, err = e.s.Customers.Planner(ctx)
	return r, err
}
