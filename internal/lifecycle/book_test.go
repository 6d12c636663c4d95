package lifecycle

import (
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
)

// TestBook: a book tells the same rows however many of their words are known
// beforehand, also where none is.
func TestBook(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := rand.New(rand.NewPCG(1, 2))
		word := func() string { return []string{"", "new", "mature", "churn_2", "old_one", "new_to_mature"}[r.IntN(6)] }
		want := map[int64]row{}
		for i := range int64(400) {
			x := row{
				State: State{word(), clock.Day(19_000 + r.IntN(3))}, before: State{word(), clock.Day(r.IntN(2) * 18_000)},
				why:  why{Cause(r.IntN(4)), word(), int64(r.IntN(3)), int64(r.IntN(2)) << 40},
				hand: Hand{clock.Day(r.IntN(2) * 18_500), word(), clock.Day(r.IntN(2) * 2_932_896)}, handID: int64(r.IntN(2)) << 41,
			}
			want[i*97+1] = x
			if _, err := d.Writer().ExecContext(t.Context(), `INSERT INTO lifecycle_states (customer_id, stage, since_day, before_stage, before_since, cause, move,
  version, decision_id, hand_day, hand_stage, hand_id, until_day) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
				i*97+1, x.Stage, int64(x.Since), x.before.Stage, int64(x.before.Since), int64(x.why.cause), x.why.move, x.why.version, x.why.decision,
				int64(x.hand.Day), x.hand.Stage, x.handID, int64(x.hand.Until)); err != nil {
				t.Fatal(err)
			}
		}
		for _, codes := range [][]string{nil, {"new", "mature"}, {"old_one", "new", "mature", "churn_2", "new_to_mature", "new", "'; no code"}} {
			b, err := store{d}.book(t.Context(), 19_001, codes)
			if err != nil {
				t.Fatal(err)
			}
			got := map[int64]row{}
			var fresh []int64
			for id, x := range want {
				if x.Since == 19_001 && x.before.Stage == "" {
					fresh = append(fresh, id)
				}
			}
			for id := range int64(40_000) {
				if x, ok := b.get(id); ok {
					got[id] = x
				}
			}
			slices.Sort(fresh)
			slices.Sort(b.fresh)
			if !maps.Equal(got, want) || !slices.Equal(fresh, b.fresh) {
				t.Errorf("with %q: %d of %d rows, %d of %d fresh, or other ones", codes, len(got), len(want), len(b.fresh), len(fresh))
			}
		}
	})
}
