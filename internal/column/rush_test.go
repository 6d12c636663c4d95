package column

import (
	"fmt"
	"testing"
	"time"

	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
)

// What follows a bulk write waits for its end, and not for ever; it does not
// wait for a few.
func TestRush(t *testing.T) {
	var r Rush
	now, head, done := time.Unix(1_700_000_000, 0), Place{Feed: RushFrom, Marks: 3}, Place{Feed: 1}
	is := func(what string, want bool) {
		t.Helper()
		if got := r.On(head, done, now); got != want {
			t.Errorf("%s: %v", what, got)
		}
	}
	is("a few", false)
	head.Feed++
	is("many", true)
	now = now.Add(RushCalm - time.Millisecond)
	is("many a moment ago", true)
	now = now.Add(time.Millisecond)
	is("calm", false)
	is("still calm", false)
	done = head
	is("worked through", false)
	head.Feed += RushFrom
	for began := now; now.Sub(began) < RushMost; now = now.Add(time.Second) {
		is("going on", true)
		head.Feed++
	}
	is("for long", false)
	now = now.Add(time.Second)
	head.Feed++
	is("for long, and nothing was done", false)
	done.Feed += 10
	is("some was done", true)
}

// TestNoDoubtInARush: columns are not compared with the database while a bulk
// write goes on, which would have them follow it, and are once it is over.
func TestNoDoubtInARush(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		clk := clock.NewFixed(time.Unix(1_700_000_000, 0))
		s := New(Options{DB: d, Clock: clk, MaxBytes: 64 << 20})
		t.Cleanup(s.Close)
		exec(t, d, "", []int64{1}, newCustomer+`(1, 'person', 'a', 1, 1, 5, 5)`)
		s.Match(t.Context(), Has(Col{Table: "customers", ID: "id", Expr: "kind", Kind: Words}))
		if err := s.Settle(t.Context()); err != nil {
			t.Fatal(err)
		}
		doubts := func(what string, want int64) {
			t.Helper()
			before := s.Stats()
			s.doubtPart()
			if err := s.Settle(t.Context()); err != nil {
				t.Fatal(err)
			}
			s.doubtPart() // where the first had columns follow
			if got := s.Stats().Checked - before.Checked; min(got, 1) != want {
				t.Errorf("%s: checked %d, want %d", what, got, want)
			}
			if got := s.Stats().Followed - before.Followed; min(got, 1) != want {
				t.Errorf("%s: followed %d, want %d", what, got, want)
			}
		}
		seq := int64(0)
		for range 2 {
			seq += RushFrom + 1
			exec(t, d, "", nil, fmt.Sprintf(`INSERT INTO customer_feed (seq, customer_id, kind, other_id, at) VALUES (%d, 1, 'updated', %d, 1)`, seq, RushFrom+1),
				fmt.Sprintf(`UPDATE feed_head SET seq = %d WHERE id = 1`, seq))
			doubts("much is written", 0)
			clk.Advance(RushCalm / 2)
		}
		clk.Advance(RushCalm)
		doubts("nothing is written any more", 1)
	})
}
