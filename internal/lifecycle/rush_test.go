package lifecycle

import (
	"testing"
	"time"

	"zhike/internal/column"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
)

// TestRush: a round waits while much is written, until it is calm, and not for
// ever; it does not wait for a few, nor where nothing was worked out yet.
func TestRush(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		now := clock.NewFixed(time.Unix(1_700_000_000, 0))
		e := &Engine{s: &Service{Deps: Deps{DB: d, Clock: now}}}
		feed := int64(0)
		wrote := func(n int64) {
			t.Helper()
			feed += n
			if _, err := d.Writer().ExecContext(t.Context(), `UPDATE feed_head SET seq = $1 WHERE id = 1`, feed); err != nil {
				t.Fatal(err)
			}
		}
		is := func(what string, want bool) {
			t.Helper()
			if got := e.rush.on(t.Context(), e); got != want {
				t.Errorf("%s: %v", what, got)
			}
		}
		wrote(rushFrom)
		is("nothing was worked out yet", false)
		e.known = seen{valid: true, place: column.Place{Feed: 1}}
		is("a few", false)
		wrote(1)
		is("many", true)
		now.Advance(rushCalm - time.Millisecond)
		is("many a moment ago", true)
		now.Advance(time.Millisecond)
		is("calm", false)
		wrote(1)
		for at := time.Duration(0); at < rushMost; at += time.Second {
			is("going on", true)
			now.Advance(time.Second)
			wrote(1)
		}
		is("for long", false)
		is("the next one", true)
		e.known.place.Feed = feed
		is("worked out", false)
	})
}
