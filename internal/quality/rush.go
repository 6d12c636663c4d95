package quality

import (
	"sync"
	"time"

	"zhike/internal/column"
)

// maxWaits is how often the end of a bulk write is waited for.
const maxWaits = int(column.RushMost / column.RushCalm)

// rush notices a bulk write that goes on. To look at its records beside it takes
// the CPUs, and on SQLite the writer, from it; behind it that is done at once. What
// this process has not heard of is not waited for. [column.Rush] is for one who works
// through everything in turn; here each stretch is a job of its own.
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
	goesOn = r.last > 0 && now.Sub(r.at) < column.RushCalm
	if last > r.last {
		r.last, r.at = last, now
	}
	return goesOn
}

// on says whether more was written behind a number of the feed, just now.
func (r *rush) on(last int64, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.last > last && now.Sub(r.at) < column.RushCalm
}
