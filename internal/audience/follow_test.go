package audience_test

import (
	"context"
	"flag"
	"fmt"
	"testing"
	"time"

	"zhike/internal/audience"
)

// Of the test that writes at random; a long run was made with more steps.
var (
	followSteps = flag.Int("follow.steps", 60, "steps of TestFollowerIsRight")
	followSeed  = flag.Uint64("follow.seed", 11, "what TestFollowerIsRight draws")
)

var engines = []string{"sqlite", "postgres"}

// TestFollowerIsRight writes at random through the services, changes rules,
// switches following on and off, and kills the follower in the middle of its
// work. Whenever a follower came to an end with a round, what is kept is what a
// fresh evaluation gives, and the changes lead there one by one.
func TestFollowerIsRight(t *testing.T) {
	for _, engine := range engines {
		for _, columns := range []int64{64 << 20, 0} {
			t.Run(fmt.Sprint(engine, "/columns=", columns > 0), func(t *testing.T) {
				w := newFirm(t, engine, *followSeed, columns)
				// Nothing but what is known to have changed makes it look.
				w.pace = audience.Pace{Batch: 1, Slow: -1, Whole: 1e6 * time.Hour}
				w.restart()
				for range 12 {
					w.write()
				}
				w.list()
				for range 8 {
					w.audience(w.someRule())
				}
				kills := map[string]int{}
				for range *followSteps {
					for range w.rnd.IntN(4) {
						w.write()
					}
					id := w.audiences[w.rnd.IntN(len(w.audiences))]
					switch w.rnd.IntN(8) {
					case 0, 2:
						w.rule(id, w.someRule())
					case 1:
						w.follow(id, w.off[id])
					}
					for w.rnd.IntN(2) == 0 {
						if place := w.kill(); place != "" {
							kills[place]++
						}
						if w.rnd.IntN(3) > 0 { // else it was an error of the database, and the process lives
							w.restart()
						}
						if w.rnd.IntN(2) == 0 {
							w.write()
						}
					}
					w.settle()
					w.check()
					if t.Failed() {
						return
					}
				}
				t.Logf("killed at %v, %d changes, %d evaluations, %d of them of few", kills, w.cursor, w.evaluated, w.partly)
				if len(kills) < 3 || w.partly == 0 != (columns == 0) {
					t.Errorf("killed at %v only, %d evaluations of few", kills, w.partly)
				}
			})
		}
	}
}

// kill runs a round that dies somewhere, and gives the place.
func (w *firm) kill() (place string) {
	ctx, cancel := context.WithCancel(w.ctx)
	defer cancel()
	left := w.rnd.IntN(12)
	w.f.At(func(at string) {
		if left--; left < 0 && place == "" {
			place = at
			cancel()
		}
	})
	w.clock.Advance(3 * time.Second)
	if err := w.f.Round(ctx); err != nil && place == "" {
		w.t.Fatal(err)
	}
	return place
}

// Whose number fell comes in when it is written, and leaves as days go by and
// nothing is written at all.
func TestFollowedFallsPass(t *testing.T) {
	for _, engine := range engines {
		for _, columns := range []int64{64 << 20, 0} {
			t.Run(fmt.Sprint(engine, "/columns=", columns > 0), func(t *testing.T) {
				w := newFirm(t, engine, 1, columns)
				w.pace = audience.Pace{Batch: 1, Slow: -1, Whole: 1e6 * time.Hour}
				w.restart()
				day := func() {
					w.clock.Advance(24 * time.Hour)
					w.day = w.today()
					w.must(w.a.Metrics.RefreshAll(w.ctx, w.day, func(int64, int64) {}))
				}
				w.create()
				id := w.ids[0]
				w.value(id, 9)
				for range 4 {
					day()
				}
				a := w.audience(`{"field":"f.score","op":"fell","value":{"by":7,"days":3}}`)
				for i, want := range []int{0, 1, 1, 1, 0} {
					switch i {
					case 0:
					case 1:
						w.value(id, 2)
					default:
						day()
					}
					w.settle()
					w.check()
					m, err := w.f.Stored(w.ctx, a)
					w.must(err)
					if got := len(members(m)); got != want {
						t.Errorf("at %d: %d members, want %d", i, got, want)
					}
				}
			})
		}
	}
}
