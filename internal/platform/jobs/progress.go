package jobs

import (
	"context"
	"strings"
	"sync"
	"time"

	"zhike/internal/platform/clock"
)

// Progress is how far a job is.
type Progress struct {
	Done, Total int64   // Total is 0 where it is not known
	Unit, Note  string  // what is counted; the step the job is at
	Rate        float64 // units per second over the last seconds
	EtaSeconds  *int64  // seconds to go at this rate, nil where unknown
	StartedAt   int64   // unix ms
	UpdatedAt   int64   // unix ms
}

const (
	flushEvery = 250 * time.Millisecond
	rateWindow = 5 * time.Second
	maxUnit    = 40
	maxNote    = 200
)

type runningKey struct{}

// reporter is where Report goes to.
type reporter interface {
	report(done, total int64, unit, note string)
}

// Report says how far the job of ctx is: done of total units (total 0 where
// unknown) and the step it is at. Unit is rows, customers, orders, bytes or
// items, which the screen translates (ui.unit.*). It never blocks and never fails, so it may
// be called for each row and inside InTx; it reaches the screen at once and
// the database four times a second. Without a job in ctx it does nothing.
func Report(ctx context.Context, done, total int64, unit, note string) {
	if r, ok := ctx.Value(runningKey{}).(reporter); ok {
		r.report(done, total, unit, note)
	}
}

type reportFunc func(done, total int64, unit, note string)

func (f reportFunc) report(done, total int64, unit, note string) { f(done, total, unit, note) }

// WithReporter sends the reports made under ctx to f: for commands that run
// the work of a job themselves and draw a progress bar.
func WithReporter(ctx context.Context, f func(done, total int64, unit, note string)) context.Context {
	return context.WithValue(ctx, runningKey{}, reporter(reportFunc(f)))
}

type sample struct {
	at   time.Time
	done int64
}

// running is one attempt that this process holds.
type running struct {
	id      int64
	kind    string
	queue   string
	staff   int64
	token   int64 // unix ms at which this attempt began, as the database has it
	started time.Time
	cancel  context.CancelCauseFunc
	c       *Client

	mu       sync.Mutex
	p        Progress
	any      bool      // something was reported
	dirty    bool      // and is not yet written
	old, mid sample    // the rate is taken from old; mid replaces it in time
	ended    bool      // the handler has returned
	beats    int       // heartbeats since then
	renewed  time.Time // last heartbeat that reached the database
}

func (r *running) report(done, total int64, unit, note string) {
	now := r.c.clk.Now()
	r.mu.Lock()
	if r.old.at.IsZero() {
		// A job that goes on where it was killed starts at done > 0: what was
		// done before does not count into the rate.
		r.old, r.mid = sample{now, done}, sample{now, done}
	} else if now.Sub(r.mid.at) >= rateWindow {
		r.old, r.mid = r.mid, sample{now, done}
	}
	r.p = Progress{
		Done: done, Total: total, Unit: clip(unit, maxUnit), Note: clip(note, maxNote),
		StartedAt: clock.Millis(r.started), UpdatedAt: clock.Millis(now),
	}
	r.p.setRate(done-r.old.done, now.Sub(r.old.at))
	r.any = true
	first := !r.dirty
	r.dirty = true
	r.mu.Unlock()
	if first {
		select {
		case r.c.dirty <- struct{}{}:
		default:
		}
	}
}

func (r *running) reported() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.any
}

// progress is the latest report, nil where there was none.
func (r *running) progress() *Progress {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.any {
		return nil
	}
	p := r.p
	return &p
}

// takeDirty gives the latest report once.
func (r *running) takeDirty() (Progress, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	was := r.dirty
	r.dirty = false
	return r.p, was
}

// setRate derives rate and time to go from units done in a span.
func (p *Progress) setRate(units int64, span time.Duration) {
	p.Rate, p.EtaSeconds = 0, nil
	if units <= 0 || span < 100*time.Millisecond {
		return
	}
	p.Rate = float64(units) / span.Seconds()
	if p.Total > p.Done {
		eta := int64(float64(p.Total-p.Done)/p.Rate + 0.5)
		p.EtaSeconds = &eta
	}
}

func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "")
}

// runFlusher writes reports to the database until ctx ends.
func (c *Client) runFlusher(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-c.dirty:
			c.flush(ctx)
			if !sleep(ctx, flushEvery) {
				return
			}
		}
	}
}

// flush writes all reports not yet written, in a transaction of its own: a
// handler's own transaction would show its progress only at its end.
func (c *Client) flush(ctx context.Context) {
	c.flushMu.Lock()
	defer c.flushMu.Unlock()
	ids, list := c.held.takeDirty()
	if len(ids) == 0 {
		return
	}
	err := c.d.InTx(ctx, func(ctx context.Context) error { return c.st.saveProgress(ctx, ids, list) })
	if err != nil && ctx.Err() == nil {
		c.log.WarnContext(ctx, "progress not stored", "error", err)
	}
}

// holder is the set of attempts that this process holds, by job.
type holder struct {
	mu sync.Mutex
	m  map[int64]*running
}

func (h *holder) start(r *running) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.m == nil {
		h.m = map[int64]*running{}
	}
	r.renewed = time.Now()
	h.m[r.id] = r
}

// end marks the handler as returned. The job stays held until the database
// shows its result, which River writes a moment later.
func (h *holder) end(r *running) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ended = true
}

// drop forgets an attempt unless a newer one took its place.
func (h *holder) drop(r *running) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.m[r.id] == r {
		delete(h.m, r.id)
	}
}

func (h *holder) all() []*running {
	h.mu.Lock()
	defer h.mu.Unlock()
	list := make([]*running, 0, len(h.m))
	for _, r := range h.m {
		list = append(list, r)
	}
	return list
}

func (h *holder) has(id int64) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.m[id] != nil
}

// progressOf is the latest report of a job that this process runs.
func (h *holder) progressOf(id int64) *Progress {
	h.mu.Lock()
	r := h.m[id]
	h.mu.Unlock()
	if r == nil {
		return nil
	}
	return r.progress()
}

func (h *holder) takeDirty() (ids []int64, list []Progress) {
	for _, r := range h.all() {
		if p, ok := r.takeDirty(); ok {
			ids, list = append(ids, r.id), append(list, p)
		}
	}
	return ids, list
}
