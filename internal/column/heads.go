package column

import (
	"context"
	"sync"
	"time"

	"zhike/internal/platform/db"
)

// heads reads the head of what was written for several questions at once. One
// that comes while the head is being read waits for the next reading, which
// begins after it came: so it knows of everything that was committed before, as
// if it had read for itself, and of sixteen that ask at a time few do.
type heads struct {
	read func(ctx context.Context) (place, error)

	mu      sync.Mutex
	next    *reading // not begun yet
	reading bool
}

// reading is one reading of the head.
type reading struct {
	ctx  context.Context // of the first who waits, without its end
	done chan struct{}
	at   place
	err  error
}

// headWithin is how long a reading may take that nobody can end.
const headWithin = 10 * time.Second

// now gives a head that was read after the call began. Inside a transaction it
// reads by itself. The error is one of the database, or that of the context.
func (h *heads) now(ctx context.Context) (place, error) {
	if db.InTransaction(ctx) {
		return h.read(ctx)
	}
	h.mu.Lock()
	r := h.next
	if r == nil {
		r = &reading{ctx: context.WithoutCancel(ctx), done: make(chan struct{})}
		h.next = r
	}
	if !h.reading {
		h.reading = true
		go h.run()
	}
	h.mu.Unlock()
	select {
	case <-r.done:
		return r.at, r.err
	case <-ctx.Done():
		return place{}, db.MapError(ctx.Err())
	}
}

// run reads while somebody waits.
func (h *heads) run() {
	for {
		h.mu.Lock()
		r := h.next
		h.next = nil
		h.reading = r != nil
		h.mu.Unlock()
		if r == nil {
			return
		}
		h.one(r)
	}
}

func (h *heads) one(r *reading) {
	ctx, cancel := context.WithTimeout(r.ctx, headWithin)
	defer cancel()
	defer close(r.done)
	r.at, r.err = h.read(ctx)
}
