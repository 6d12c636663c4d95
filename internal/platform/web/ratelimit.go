package web

import (
	"hash/maphash"
	"sync"
	"time"
)

// Limiter is a set of token buckets in fixed memory. A key has a few places
// where its bucket may be; a bucket that is full again is given to the next key
// that needs one. Only where all places of a key are in use by others does it
// share one and is limited together with them, which errs on the safe side and
// cannot be used to exhaust memory.
type Limiter struct {
	mu    sync.Mutex
	seed  maphash.Seed
	cells []cell
	burst float64
	per   float64 // tokens a second
}

type cell struct {
	key    uint64 // hash of the key it was taken for
	tokens float64
	at     int64 // unix nanoseconds, 0 = untouched
}

const (
	// limiterCells is the number of buckets of one limiter (24 bytes each).
	limiterCells = 1 << 15
	// limiterPlaces is in how many cells, one behind another, a key may be.
	limiterPlaces = 8
)

// NewLimiter allows burst at once and then n every window, for each key.
func NewLimiter(burst, n int, window time.Duration) *Limiter {
	return &Limiter{
		seed: maphash.MakeSeed(), cells: make([]cell, limiterCells),
		burst: float64(burst), per: float64(n) / window.Seconds(),
	}
}

// Allow takes one token of key at the instant now. Without one it says how
// long to wait.
func (l *Limiter) Allow(key string, now time.Time) (ok bool, wait time.Duration) {
	h := maphash.String(l.seed, key)
	l.mu.Lock()
	defer l.mu.Unlock()
	t := now.UnixNano()
	c := l.cell(h, t)
	c.tokens = l.left(c, t)
	c.at = t
	if c.tokens >= 1 {
		c.tokens--
		return true, 0
	}
	return false, time.Duration((1 - c.tokens) / l.per * float64(time.Second))
}

// cell is the bucket of the key with hash h: its own, else the first of its
// places that nobody needs, else the first.
func (l *Limiter) cell(h uint64, t int64) *cell {
	var free *cell
	for i := range uint64(limiterPlaces) {
		c := &l.cells[(h+i)%uint64(len(l.cells))]
		if c.at != 0 && c.key == h {
			return c
		}
		if free == nil && l.left(c, t) >= l.burst {
			free = c
		}
	}
	if free == nil {
		return &l.cells[h%uint64(len(l.cells))]
	}
	*free = cell{key: h}
	return free
}

// left is how many tokens c has at the instant t, unix nanoseconds.
func (l *Limiter) left(c *cell, t int64) float64 {
	if c.at == 0 {
		return l.burst
	}
	return min(l.burst, c.tokens+float64(max(t-c.at, 0))/1e9*l.per)
}
