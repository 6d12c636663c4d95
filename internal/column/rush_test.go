package column

import (
	"testing"
	"time"
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
