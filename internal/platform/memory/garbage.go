// Package memory says how much garbage the process may have, and gives back what
// is not in use. Left to itself the runtime keeps it for minutes.
package memory

import (
	"runtime/debug"
	"sync"
)

const (
	// tightPercent is how much garbage may pile up beside what is in use while
	// work over the whole base runs, in percent of it. What such work keeps for
	// long is large and has few pointers, so that collecting more often is cheap.
	tightPercent = 40
	// plainHeap is about what the program has in use beside what lasts, in bytes.
	plainHeap = 32 << 20
	// What lasts never brings the percentage below this, and in frugal work below
	// half of it: collecting has a price.
	leastPercent = 20
)

// garbage decides how much of it may pile up in this process.
var garbage heap

type heap struct {
	mu      sync.Mutex
	known   bool  // usual is
	usual   int   // percent of what is in use, while nothing frugal runs
	lasting int64 // bytes that are in use for long and leave no garbage
	users   int   // of Frugal
}

// Garbage says how much garbage may pile up while nothing frugal runs, in
// percent of what is in use.
func Garbage(percent int) {
	garbage.mu.Lock()
	defer garbage.mu.Unlock()
	garbage.known, garbage.usual = true, percent
	garbage.set()
}

// Lasting says how many bytes are in use for long and leave no garbage, as
// columns do: the garbage beside them stays the same, however much they take.
func Lasting(bytes int64) {
	garbage.mu.Lock()
	defer garbage.mu.Unlock()
	garbage.lasting = bytes
	garbage.set()
}

// Frugal makes the garbage collector frugal until back is called by whoever
// called it last: for imports, exports and walks over the whole base, which
// must stay within their memory. What piled up before is given back first.
func Frugal() (back func()) {
	garbage.mu.Lock()
	defer garbage.mu.Unlock()
	if garbage.users++; garbage.users == 1 {
		garbage.set()
		debug.FreeOSMemory()
	}
	return sync.OnceFunc(func() {
		garbage.mu.Lock()
		defer garbage.mu.Unlock()
		garbage.users--
		garbage.set()
	})
}

func (g *heap) set() {
	if !g.known { // what Go or the environment began with
		g.known, g.usual = true, debug.SetGCPercent(tightPercent)
	}
	debug.SetGCPercent(g.percent())
}

func (g *heap) percent() int {
	percent := g.usual
	if g.users > 0 && (percent < 0 || percent > tightPercent) {
		percent = tightPercent
	}
	if percent <= leastPercent { // told to be more frugal still, or not to collect at all
		return percent
	}
	least := leastPercent
	if g.users > 0 {
		least /= 2
	}
	return max(least, int(int64(percent)*plainHeap/(plainHeap+g.lasting)))
}
