package lifecycle

import (
	"context"
	"time"

	"zhike/internal/platform/clock"
)

// Pace is how an Engine goes in tests.
type Pace struct {
	Batch, Few                     int
	Lease, Patience, Whole, Others time.Duration
}

// Tune sets what is not zero.
func (e *Engine) Tune(p Pace) {
	if p.Batch > 0 {
		e.batch = p.Batch
	}
	if p.Few != 0 {
		e.few = p.Few
	}
	for _, x := range []struct {
		to   *time.Duration
		from time.Duration
	}{{&e.lease, p.Lease}, {&e.patience, p.Patience}, {&e.whole, p.Whole}, {&e.others, p.Others}} {
		if x.from != 0 {
			*x.to = x.from
		}
	}
}

// At calls fn at places where a process may die.
func (e *Engine) At(fn func(place string)) { e.at = fn }

// Soon says that columns are being read.
func (e *Engine) Soon() bool { return e.soon }

// OpenDay is the day that is not over.
func (s *Service) OpenDay(ctx context.Context) (clock.Day, error) {
	h, err := s.store.head(ctx)
	return h.day, err
}
