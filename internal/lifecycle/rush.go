package lifecycle

import (
	"context"
	"time"

	"zhike/internal/column"
)

// rush is a bulk write that goes on. To work its customers out beside it, a few
// thousand at a time, takes the CPUs and on SQLite the writer from it; behind it
// they are worked out at once.
type rush struct {
	head  column.Place
	moved time.Time // when head was seen to move
	since time.Time // when it began; zero: there is none
}

// on says whether a round had better wait.
func (r *rush) on(ctx context.Context, e *Engine) bool {
	head, err := column.Head(ctx, e.s.DB)
	if err != nil || !e.known.valid || head.Feed-e.known.place.Feed < rushFrom {
		r.since = time.Time{}
		return false
	}
	now := e.s.Clock.Now()
	if r.since.IsZero() {
		r.since = now
	}
	if head.Feed != r.head.Feed {
		r.head, r.moved = head, now
	}
	if now.Sub(r.moved) < rushCalm && now.Sub(r.since) < rushMost {
		return true
	}
	r.since = time.Time{}
	return false
}
