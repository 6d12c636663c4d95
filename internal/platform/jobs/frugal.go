package jobs

import (
	"runtime/debug"
	"sync"
)

// tightPercent is how much garbage may pile up beside what is in use while work
// over the whole base runs, in percent of it. What such work keeps for long is
// large and has few pointers, so that collecting more often is cheap.
const tightPercent = 40

var tight struct {
	mu     sync.Mutex
	users  int
	before int
}

// Frugal makes the garbage collector frugal until back is called by whoever
// called it last: for imports and for walks over the whole base, which must
// stay within their memory.
func Frugal() (back func()) {
	tight.mu.Lock()
	defer tight.mu.Unlock()
	if tight.users++; tight.users == 1 {
		if tight.before = debug.SetGCPercent(tightPercent); tight.before >= 0 && tight.before < tightPercent {
			debug.SetGCPercent(tight.before) // told to be more frugal still
		}
	}
	return sync.OnceFunc(func() {
		tight.mu.Lock()
		defer tight.mu.Unlock()
		if tight.users--; tight.users == 0 {
			debug.SetGCPercent(tight.before)
		}
	})
}
