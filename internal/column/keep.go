package column

import (
	"context"
	"errors"
	"log/slog"
	"time"
)

// Stats tells how the columns are.
type Stats struct {
	Columns        int   `json:"columns"`
	Customers      int64 `json:"customers"`
	Bytes          int64 `json:"bytes"`
	KeptBytes      int64 `json:"kept_bytes" doc:"Part of bytes: what conditions on facts came to, kept for the next question"`
	MaxBytes       int64 `json:"max_bytes"`
	Answered       int64 `json:"answered" doc:"Lists answered from columns since the start"`
	Passed         int64 `json:"passed" doc:"Lists that the database answered, because columns were being read or were behind"`
	Followed       int64 `json:"followed" doc:"Customers that were read again"`
	Rebuilt        int64 `json:"rebuilt" doc:"How often all was read anew"`
	Differed       int64 `json:"differed" doc:"How often a check found the columns other than the database"`
	Broke          int64 `json:"broke" doc:"Questions that the database answered because of a fault of the columns"`
	Checked        int64 `json:"checked" doc:"Stretches of 2,048 numbers of customers that were compared with the database"`
	LoadMillis     int64 `json:"load_ms" doc:"What the last reading took"`
	LoadedAt       int64 `json:"loaded_at"`
	CheckedAt      int64 `json:"checked_at"`
	SnapshotBytes  int64 `json:"snapshot_bytes" doc:"The file that columns were written to or read from last"`
	FromSnapshotMs int64 `json:"from_snapshot_ms" doc:"What reading it took at the start; 0 where it was not used"`
}

// Stats gives the state of the columns; all 0 for the nil Set.
func (s *Set) Stats() (out Stats) {
	if s == nil {
		return out
	}
	c := &s.stats
	out = Stats{MaxBytes: s.o.MaxBytes, Answered: c.answered.Load(), Passed: c.passed.Load(), Followed: c.followed.Load(),
		Rebuilt: c.rebuilt.Load(), Differed: c.differed.Load(), Broke: c.broke.Load(), Checked: c.checked.Load(), LoadMillis: c.loadMillis.Load(), LoadedAt: c.loadedAt.Load(),
		CheckedAt: c.checkedAt.Load(), Customers: s.customers(), SnapshotBytes: c.snapshotBytes.Load(), FromSnapshotMs: c.fromSnapshot.Load()}
	s.mu.RLock()
	defer s.mu.RUnlock()
	out.Columns = len(s.cols)
	out.KeptBytes = s.kept.size()
	out.Bytes = out.KeptBytes + s.apart - s.left.Load() + s.left.lent.Load()
	for _, h := range s.cols {
		out.Bytes += h.bytes
	}
	return out
}

// keep looks after the columns while there are any.
func (s *Set) keep() {
	tick := time.NewTicker(tickEvery)
	defer tick.Stop()
	parts := time.NewTicker(tickEvery / blockParts)
	defer parts.Stop()
	ahead := time.NewTicker(aheadEvery)
	defer ahead.Stop()
	for {
		select {
		case <-s.ctx.Done():
			return
		case <-ahead.C:
			s.ahead()
			continue
		case <-parts.C:
			s.doubtPart()
			continue
		case <-tick.C:
		}
		if !s.tend() {
			s.work.Lock()
			s.keeping = s.loading // a load that began meanwhile goes on being looked after
			done := !s.keeping
			s.work.Unlock()
			if done {
				return
			}
			continue
		}
		s.saving.Lock()
		due := s.o.Clock.Now().Sub(s.lastSave.when) >= saveEvery
		s.saving.Unlock()
		if due {
			if err := s.save(s.ctx); err != nil && s.ctx.Err() == nil && !errors.Is(err, errGap) {
				s.o.Log.Warn("columns were not written down", slog.String("file", s.o.File), slog.Any("error", err))
			}
		}
	}
}

// ahead follows before anybody asks, while somebody did lately: where much is
// written, the next answer has less to catch up with.
func (s *Set) ahead() {
	if !s.eager.Load() || !s.asked() {
		return
	}
	head, err := s.store.head(s.ctx)
	if err == nil {
		if s.rushing(head) {
			return // to a question columns follow all the same
		}
		_, err = s.reach(s.ctx, head)
	}
	if err != nil && s.ctx.Err() == nil {
		s.o.Log.Warn("columns do not follow", slog.Any("error", err))
	}
}

// rushing says whether a bulk write goes on whose end is waited for.
func (s *Set) rushing(head place) bool {
	at, _, any := s.place()
	return any && s.rush.On(Place{head.feed, head.marks}, Place{at.feed, at.marks}, s.o.Clock.Now())
}

// asked says whether an answer came from columns lately.
func (s *Set) asked() bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	h := s.cols[everybody]
	return h != nil && h.used.Load() >= s.now()-2*tickEvery.Milliseconds()
}

// tend drops what nobody asks for and what no longer fits, and says whether
// there are columns left.
func (s *Set) tend() bool {
	s.work.Lock()
	loading := s.loading
	s.work.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	idle := s.now() - idleAfter.Milliseconds()
	lately := false
	if err := alignAll(s.datas(), false); err != nil {
		s.o.Log.Error("series differ from each other; columns are read anew", slog.Any("error", err))
		s.drop()
	}
	for c, h := range s.cols {
		h.bytes = h.data.size()
		if c != everybody && h.used.Load() < idle {
			delete(s.cols, c)
		} else if c != everybody {
			lately = true
		}
	}
	if !lately && !loading && len(s.cols) > 0 { // a load that is under way must find its beginning again
		s.drop()
		s.forgetFile()
	}
	s.shrink(func(Col) bool { return false })
	return len(s.cols) > 0
}

// A block is compared with the database in parts: to read the facts of all of it
// takes a second of a CPU, which whoever asks meanwhile would wait for.
const (
	blockParts = 8
	partRows   = blockRows / blockParts
)

// doubtPart compares the next part; where columns differ, they are read anew.
// What a bulk write leaves behind would have to be followed first, and be written
// to again meanwhile: its end is waited for.
func (s *Set) doubtPart() {
	if head, err := s.store.head(s.ctx); err == nil && s.rushing(head) {
		return
	}
	if same, err := s.check(s.ctx); err != nil && s.ctx.Err() == nil {
		s.o.Log.Warn("columns were not checked", slog.Any("error", err))
	} else if !same {
		s.stats.differed.Add(1)
		s.o.Log.Error("columns differ from the database; they are read anew")
		s.anew()
	}
}

// check compares the next part of the columns in use, and with the first the number
// of customers, with the database. same is true where that cannot be said: much is
// being written.
func (s *Set) check(ctx context.Context) (same bool, err error) {
	n := s.blocks() * blockParts
	if n == 0 {
		return true, nil
	}
	at := int64(s.next % n)
	s.next = int(at) + 1
	same, _, err = s.compare(ctx, span{at * partRows, (at+1)*partRows - 1})
	return same, err
}

func (s *Set) blocks() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	n := 0
	for c, h := range s.cols {
		if all, ok := h.data.(*sets); ok && (c == everybody || c.Apart) {
			n = max(n, len(all.blocks))
		}
	}
	return n
}

// Verify compares all columns with the database. same is false where they
// differ; sure is false where nobody can say, because it was written to
// meanwhile or nothing is kept.
func (s *Set) Verify(ctx context.Context) (same, sure bool, err error) {
	n := s.blocks()
	for b := range n {
		same, sure, err := s.compare(ctx, blockSpan(b))
		if !same || !sure || err != nil {
			return same, sure, err
		}
	}
	return true, n > 0, nil
}

// Doubt says that an answer looked wrong: the columns are compared with the
// database in the background, and read anew where they differ.
func (s *Set) Doubt() {
	if s == nil || !s.doubting.CompareAndSwap(false, true) {
		return
	}
	s.background(func() {
		defer s.doubting.Store(false)
		if same, _, err := s.Verify(s.ctx); err == nil && !same {
			s.stats.differed.Add(1)
			s.anew()
		}
	})
}

// Settle waits until nothing is being read in the background.
func (s *Set) Settle(ctx context.Context) error {
	for {
		s.work.Lock()
		busy := s.loading
		s.work.Unlock()
		if !busy && !s.behind.Load() {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Millisecond):
		}
	}
}

// Reading says whether columns are being read or brought up to date: what they
// cannot answer now they may in a moment.
func (s *Set) Reading() bool {
	if s == nil {
		return false
	}
	s.work.Lock()
	defer s.work.Unlock()
	return s.loading || s.behind.Load()
}

// CatchUp waits while columns follow what was written lately, for so long at
// most, and says whether they came up.
func (s *Set) CatchUp(ctx context.Context, most time.Duration) bool {
	if s == nil || !s.behind.Load() {
		return false
	}
	late := time.After(most)
	for s.behind.Load() {
		select {
		case <-ctx.Done():
			return false
		case <-late:
			return false
		case <-time.After(2 * time.Millisecond):
		}
	}
	return true
}

func blockSpan(b int) span { return span{int64(b) << blockBits, int64(b+1)<<blockBits - 1} }

// compare compares what columns have of ids of one block with the database. sure is
// false where that cannot be done now.
func (s *Set) compare(ctx context.Context, ids span) (same, sure bool, err error) {
	var cols []Col
	fresh := map[Col]data{}
	s.mu.RLock()
	lately := s.now() - 2*tickEvery.Milliseconds()
	for c, h := range s.cols {
		// Of a run of grading that is no longer shown the rows may be gone.
		if c == everybody || h.used.Load() >= lately {
			cols = append(cols, c)
			fresh[c] = newData(c.Kind)
		}
	}
	s.mu.RUnlock()

	var head place
	count := int64(-1) // asked for with the first ids alone: it is a scan
	err = s.o.DB.InReadTx(ctx, func(ctx context.Context) error {
		if head, err = s.store.head(ctx); err != nil {
			return err
		}
		if ids.first == 0 {
			if count, err = s.store.count(ctx); err != nil {
				return err
			}
		}
		for _, g := range groups(cols) {
			if err := s.store.read(ctx, g, ids, g.into(fresh)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return true, false, err
	}
	if ok, err := s.reach(ctx, head); err != nil || !ok {
		return true, false, err
	}
	customers := s.customers()
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.at != head {
		return true, false, nil // written to meanwhile
	}
	s.stats.checked.Add(1)
	s.stats.checkedAt.Store(s.now())
	b, row := split(ids.first)
	var in rows
	for id := ids.first; id <= ids.last; id++ {
		in.set(row)
		row++
	}
	for c, d := range fresh {
		if h := s.cols[c]; h != nil && !h.data.equal(d, b, &in) {
			s.o.Log.Error("a column differs", slog.String("table", c.Table), slog.String("value", c.Expr), slog.Int("block", b))
			return false, true, nil
		}
	}
	return count < 0 || customers == count, true, nil
}
