package lifecycle

import (
	"testing"
	"time"

	"zhike/internal/column"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
)

// TestRush: a round waits while much is written, and not where nothing was
// worked out yet. What SQL is asked for because columns are not ready begins
// behind that.
func TestRush(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		now := clock.NewFixed(time.Unix(1_700_000_000, 0))
		e := &Engine{s: &Service{Deps: Deps{DB: d, Clock: now}}, waits: now.Now()}
		if _, err := d.Writer().ExecContext(t.Context(), `UPDATE feed_head SET seq = $1 WHERE id = 1`, column.RushFrom+1); err != nil {
			t.Fatal(err)
		}
		if e.rushing(t.Context()) || e.waits.IsZero() {
			t.Error("waits though nothing was worked out yet")
		}
		e.known = seen{valid: true, place: column.Place{Feed: 1}}
		if !e.rushing(t.Context()) || !e.waits.IsZero() {
			t.Error("does not wait, or counts that as waiting for columns")
		}
		now.Advance(column.RushMost)
		if e.rushing(t.Context()) {
			t.Error("waits for ever")
		}
	})
}
