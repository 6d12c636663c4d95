package audience

import (
	"context"
	"time"

	"zhike/internal/column"
)

// Pace is how a Follower goes in tests.
type Pace struct {
	Batch, Few                   int
	Lease, Patience, Slow, Whole time.Duration
}

// Tune sets what is not zero.
func (f *Follower) Tune(p Pace) {
	if p.Batch > 0 {
		f.batch = p.Batch
	}
	if p.Few != 0 {
		f.few = p.Few
	}
	for _, x := range []struct {
		to   *time.Duration
		from time.Duration
	}{{&f.lease, p.Lease}, {&f.patience, p.Patience}, {&f.slow, p.Slow}, {&f.whole, p.Whole}} {
		if x.from != 0 {
			*x.to = x.from
		}
	}
}

// At calls fn at places where a process may die.
func (f *Follower) At(fn func(place string)) { f.at = fn }

// Reads says for tests whether columns are being read.
func (f *Follower) Reads(yes bool) { f.reads = func() bool { return yes } }

// Stored reads a kept membership.
func (f *Follower) Stored(ctx context.Context, id int64) (*column.Matches, error) {
	return f.store.members(ctx, id)
}

// Deliver gives a subscriber one piece.
func (f *Follower) Deliver(ctx context.Context, name string, audience int64, fn func(ctx context.Context, list []Change) error) (int, error) {
	return f.deliver(ctx, name, audience, fn)
}

// ErrMoved is of a subscriber who came second.
var ErrMoved = errMoved
