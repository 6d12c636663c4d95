package web

import (
	"hash/maphash"
	"sync"
	"time"
)

// Limiter is a set of token buckets in fixed memory. A key is hashed to one of
// its cells, so two keys may share one: they are then limited together, which
// errs on the safe side and cannot be used to exhaust memory.
type Limiter struct {
	mu    sync.Mutex
	seed  maphash.Seed
	cells []cell
	burst float64
	per   float64 // tokens a second
}

type cell struct {
	tokens float64
	at     int64 // unix nanoseconds, 0 = untouched
}

// limiterCells is the number of buckets of one limiter (16 bytes each).
const limiterCells = 1 << 15

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
	i := maphash.String(l.seed, key) % uint64(len(l.cells))
	l.mu.Lock()
	defer l.mu.Unlock()
	c := &l.cells[i]
	t := now.UnixNano()
	if c.at == 0 {
		c.tokens = l.burst
	} else if passed := t - c.at; passed > 0 {
		c.tokens = min(l.burst, c.tokens+float64(passed)/1e9*l.per)
	}
	c.at = t
	if c.tokens >= 1 {
		c.tokens--
		return true, 0
	}
	return false, time.Duration((1 - c.tokens) / l.per * float64(time.Second))
}
