package column

import "time"

const (
	// RushFrom: a bulk write is on while the feed has got further by so much
	// than was worked through, and moved within RushCalm.
	RushFrom = 5_000
	RushCalm = 5 * time.Second
	// RushMost is how long its end is waited for.
	RushMost = 30 * time.Second
)

// Rush notices a bulk write that goes on. To work through what it wrote beside
// it, a few thousand customers at a time, takes the CPUs and on SQLite the
// writer from it; behind it that is done at once. The zero value has seen none;
// it is not safe for concurrent use.
type Rush struct {
	head, done int64
	moved      time.Time // when head was seen to move
	since      time.Time // when waiting for it began; zero: there is none
}

// On says whether to wait had better be gone on with: head is what is written,
// done what was worked through. Who has waited for RushMost is told to work until
// done moves.
func (r *Rush) On(head, done Place, now time.Time) bool {
	if head.Feed-done.Feed < RushFrom {
		r.since = time.Time{}
		return false
	}
	if r.since.IsZero() || r.done != done.Feed {
		r.since, r.done = now, done.Feed
		r.head, r.moved = head.Feed, now
	}
	if head.Feed != r.head {
		r.head, r.moved = head.Feed, now
	}
	return now.Sub(r.moved) < RushCalm && now.Sub(r.since) < RushMost
}
