package importer

import (
	"runtime/debug"
	"sync"
)

// tightPercent is how much garbage may pile up beside what is in use while an
// import runs, in percent of it. What an import keeps for long (the buyers it
// met) has no pointers and costs the collector nothing, so that collecting
// more often is cheap, and a large file stays within its memory.
const tightPercent = 40

var tight struct {
	mu     sync.Mutex
	users  int
	before int
}

// tighten makes the collector frugal until back is called by whoever called it
// last.
func tighten() (back func()) {
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
