package events

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/jobs"
)

// keep is for how long events and receipts are kept after publication: longer
// than a failed delivery job can be retried on the jobs page.
const keep = 60 * 24 * time.Hour

// maxPayload bounds an encoded event in bytes.
const maxPayload = 64 << 10

// Bus connects publishers with subscribers. Subscribers are added while the
// program is put together, before the first event.
type Bus struct {
	d    *db.DB
	clk  clock.Clock
	log  *slog.Logger
	jobs jobs.Enqueuer
	subs map[string][]*subscriber // by event kind
}

type subscriber struct {
	name    string
	kind    string
	outside bool
	handle  func(ctx context.Context, e stored, attempt int) error
}

// stored is an event as the database has it.
type stored struct {
	id      int64
	kind    string
	payload string
	at      int64
}

// New makes a bus that delivers by the jobs of c; it registers the kinds
// events.deliver and events.clean there.
func New(d *db.DB, clk clock.Clock, log *slog.Logger, c *jobs.Client) *Bus {
	b := &Bus{d: d, clk: clk, log: log, jobs: c, subs: map[string][]*subscriber{}}
	workers := 2
	if d.Engine() == db.SQLite {
		workers = 1 // a subscriber's transaction needs the single writer anyway
	}
	jobs.Handle(c.Registry(), b.deliver, jobs.Queue("events", workers), jobs.Timeout(10*time.Minute))
	jobs.Handle(c.Registry(), b.clean, jobs.Unique())
	c.Registry().Every("events.clean", jobs.Interval(24*time.Hour), func() jobs.Args { return cleanArgs{} })
	return b
}

// Option varies a subscription.
type Option func(*subscriber)

// OutsideTx is for subscribers that do slow work or talk to other systems:
// they run outside of a transaction, and the receipt is written after them. A
// crash in between delivers the event again, so they are idempotent by
// themselves.
func OutsideTx() Option { return func(s *subscriber) { s.outside = true } }

// Subscribe calls fn for each event of the kind of E, at least once. fn runs
// inside a transaction together with its receipt: what it writes through ctx
// happens once. Errors are retried as those of jobs. The name ("tiering.move")
// stays the same across versions; a second subscription of a name to a kind is
// a mistake in the program and panics.
func Subscribe[E Event](b *Bus, name string, fn func(ctx context.Context, d Delivery[E]) error, o ...Option) {
	var zero E
	kind := zero.EventKind()
	for _, s := range b.subs[kind] {
		if s.name == name {
			panic(fmt.Sprintf("events: %q subscribes to %q twice", name, kind))
		}
	}
	s := &subscriber{name: name, kind: kind}
	s.handle = func(ctx context.Context, e stored, attempt int) error {
		d := Delivery[E]{ID: e.id, At: e.at, Attempt: attempt}
		if err := json.Unmarshal([]byte(e.payload), &d.Event); err != nil {
			return errs.Wrap(err, errs.Invalid, "events.bad_payload")
		}
		return fn(ctx, d)
	}
	for _, opt := range o {
		opt(s)
	}
	b.subs[kind] = append(b.subs[kind], s)
}

// Publish stores e and its delivery jobs in the transaction of ctx; outside of
// InTx it fails with events.no_transaction, because an event without the data
// it is about is a bug.
func (b *Bus) Publish(ctx context.Context, e Event) error {
	if !db.InTransaction(ctx) {
		return errs.New(errs.Internal, "events.no_transaction", "kind", e.EventKind())
	}
	payload, err := json.Marshal(e)
	if err != nil {
		return errs.Wrap(err, errs.Internal, "internal")
	}
	if len(payload) > maxPayload {
		return errs.New(errs.Internal, "jobs.args_too_large", "max", maxPayload)
	}
	id, err := b.d.NextID(ctx, "event")
	if err != nil {
		return err
	}
	if err := b.insertEvent(ctx, stored{id, e.EventKind(), string(payload), clock.Millis(b.clk.Now())}); err != nil {
		return err
	}
	for _, s := range b.subs[e.EventKind()] {
		if _, err := b.jobs.Enqueue(ctx, deliverArgs{id, s.kind, s.name}, jobs.EnqueueOpts{}); err != nil {
			return err
		}
	}
	return nil
}

type deliverArgs struct {
	EventID    int64  `json:"event_id"`
	Event      string `json:"event"`
	Subscriber string `json:"subscriber"`
}

// Kind names the job.
func (deliverArgs) Kind() string { return "events.deliver" }

// deliver hands one event to one subscriber.
func (b *Bus) deliver(ctx context.Context, j jobs.Job[deliverArgs]) error {
	s := b.subscriber(j.Args)
	if s == nil {
		// A version that no longer has this subscriber: nothing is owed.
		b.log.InfoContext(ctx, "event has no such subscriber any more", "subscriber", j.Args.Subscriber)
		return nil
	}
	if s.outside {
		return b.deliverOutside(ctx, s, j)
	}
	return b.d.InTx(ctx, func(ctx context.Context) error {
		// The receipt first: its key holds back a second delivery until this
		// one has committed.
		fresh, err := b.insertReceipt(ctx, j.Args.EventID, s.name)
		if err != nil || !fresh {
			return err
		}
		e, err := b.event(ctx, j.Args.EventID)
		if err != nil {
			return err
		}
		return s.handle(ctx, e, j.Attempt)
	})
}

func (b *Bus) deliverOutside(ctx context.Context, s *subscriber, j jobs.Job[deliverArgs]) error {
	done, err := b.hasReceipt(ctx, j.Args.EventID, s.name)
	if err != nil || done {
		return err
	}
	e, err := b.event(ctx, j.Args.EventID)
	if err != nil {
		return err
	}
	if err := s.handle(ctx, e, j.Attempt); err != nil {
		return err
	}
	// Also where the process is stopping by now: the work is done.
	return b.d.InTx(context.WithoutCancel(ctx), func(ctx context.Context) error {
		_, err := b.insertReceipt(ctx, j.Args.EventID, s.name)
		return err
	})
}

func (b *Bus) subscriber(a deliverArgs) *subscriber {
	for _, s := range b.subs[a.Event] {
		if s.name == a.Subscriber {
			return s
		}
	}
	return nil
}

type cleanArgs struct{}

// Kind names the job.
func (cleanArgs) Kind() string { return "events.clean" }

// clean removes old events in small transactions.
func (b *Bus) clean(ctx context.Context, _ jobs.Job[cleanArgs]) error {
	before := clock.Millis(b.clk.Now().Add(-keep))
	for {
		var n int64
		err := b.d.InTx(ctx, func(ctx context.Context) (err error) {
			n, err = b.deleteBefore(ctx, before, 1000)
			return err
		})
		if err != nil || n == 0 {
			return err
		}
	}
}
