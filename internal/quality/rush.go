package quality

import (
	"sync"
	"time"
)

const (
	// rushCalm is how long nothing more of a bulk write was heard when it has ended.
	rushCalm = 2 * time.Second
	// maxWaits is how often its end is waited for: half a minute.
	maxWaits = 15
)

// rush notices a bulk write that goes on. To look at its records beside it takes
// the CPUs, and on SQLite the writer, from it; behind it that is done at once. What
// this process has not heard of is not waited for.
type rush struct {
	mu   sync.Mutex
	last int64 // of the feed
	at   time.Time
}

// heard is told of written records up to a number of the feed, and says whether
// it heard of others just before.
func (r *rush) heard(last int64, now time.Time) (goesOn bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	goesOn = r.last > 0 && now.Sub(r.at) < rushCalm
	if last > r.last {
		r.last, r.at = last, now
	}
	return goesOn
}

// on says whether more was written behind a number of the feed, just now.
func (r *rush) on(last int64, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.last > last && now.Sub(r.at) < rushCalm
}
