package clean

import (
	"hash/maphash"
	"strings"
	"sync/atomic"
)

// memo remembers the results for the texts that come again and again in a
// column (states, provinces): a direct-mapped table of 1,024 places, without
// locks. Texts over 64 bytes are not kept.
type memo[T any] struct {
	seed  maphash.Seed
	slots [1024]atomic.Pointer[memoEntry[T]]
}

type memoEntry[T any] struct {
	key   string
	value T
}

func newMemo[T any]() *memo[T] { return &memo[T]{seed: maphash.MakeSeed()} }

func (m *memo[T]) get(key string, make func(string) T) T {
	if len(key) > 64 {
		return make(key)
	}
	slot := &m.slots[maphash.String(m.seed, key)%1024]
	if e := slot.Load(); e != nil && e.key == key {
		return e.value
	}
	v := make(key)
	slot.Store(&memoEntry[T]{strings.Clone(key), v})
	return v
}
