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
