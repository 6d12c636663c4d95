package lifecycle

import (
	"context"
	"time"

	"zhike/internal/column"
)

// rushing says whether a round had better wait for the end of a bulk write.
func (e *Engine) rushing(ctx context.Context) bool {
	head, err := column.Head(ctx, e.s.DB)
	if err != nil || !e.known.valid || !e.rush.On(head, e.known.place, e.s.Clock.Now()) {
		return false
	}
	e.waits = time.Time{} // columns are behind because they wait, too
	return true
}
