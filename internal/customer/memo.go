package customer

import (
	"sync"
	"time"
)

// memo keeps answers for a while; it is bounded and safe for concurrent use.
type memo[T any] struct {
	mu   sync.Mutex
	kept map[string]kept[T]
	max  int
	ttl  time.Duration
	now  func() time.Time
}

type kept[T any] struct {
	value T
	until time.Time
}

func newMemo[T any](maxEntries int, ttl time.Duration, now func() time.Time) *memo[T] {
	return &memo[T]{kept: map[string]kept[T]{}, max: maxEntries, ttl: ttl, now: now}
}

// peek gives the kept answer for key, if there is one.
func (m *memo[T]) peek(key string) (v T, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	k, ok := m.kept[key]
	if !ok || !m.now().Before(k.until) {
		return v, false
	}
	return k.value, true
}

// put keeps an answer.
func (m *memo[T]) put(key string, v T) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.kept) >= m.max {
		clear(m.kept)
	}
	m.kept[key] = kept[T]{v, m.now().Add(m.ttl)}
}

// get gives the kept answer for key, or asks and keeps what it says. Two
// callers may ask at once.
func (m *memo[T]) get(key string, ask func() (T, error)) (T, error) {
	now := m.now()
	m.mu.Lock()
	k, ok := m.kept[key]
	m.mu.Unlock()
	if ok && now.Before(k.until) {
		return k.value, nil
	}
	v, err := ask()
	if err != nil {
		return v, err
	}
	m.put(key, v)
	return v, nil
}
