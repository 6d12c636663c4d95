package app

import (
	"context"
	"testing"
	"time"

	"zhike/internal/tiering"
)

// What a grading wakes costs a walk over a whole base: portraits compare with levels
// of value alone, and the first page's figures know no levels.
func TestGradingWakesNobodyInVain(t *testing.T) {
	eachApp(t, func(t *testing.T, ctx context.Context, a *App) {
		work(t, ctx, a)
		count := func(where string) (n int) {
			t.Helper()
			if err := a.DB.Q(ctx).QueryRowContext(ctx, `SELECT COUNT(*) FROM river_job WHERE `+where).Scan(&n); err != nil {
				t.Fatal(err)
			}
			return n
		}
		for _, c := range []struct {
			dimension string
			averages  int
		}{{"need", 0}, {tiering.DimensionValue, 1}, {"loyalty", 1}} {
			err := a.DB.InTx(ctx, func(ctx context.Context) error {
				if err := a.Events.Publish(ctx, tiering.RunFinished{RunID: 1, SchemeCode: c.dimension}); err != nil {
					return err
				}
				return a.Events.Publish(ctx, tiering.LevelsPublished{DecisionID: 1, Dimension: c.dimension, Kind: "run", RunID: 1})
			})
			if err != nil {
				t.Fatal(err)
			}
			for until := time.Now().Add(30 * time.Second); count(`kind = 'events.deliver' AND state <> 'completed'`) > 0; time.Sleep(20 * time.Millisecond) {
				if time.Now().After(until) {
					t.Fatal("news is not delivered")
				}
			}
			if n := count(`kind = 'portrait.averages'`); n != c.averages {
				t.Errorf("after levels of %s averages were asked for %d times, want %d", c.dimension, n, c.averages)
			}
			if n := count(`kind = 'insight.refresh'`); n != 0 {
				t.Errorf("after a grading by %s the figures of the first page were asked for", c.dimension)
			}
		}
	})
}
