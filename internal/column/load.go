package column

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"math"
	"slices"
	"time"

	"zhike/internal/platform/memory"
)

var errMemory = errors.New("column: more than the memory set apart for columns")

// loadTries is how often columns are read again that could not be followed.
const loadTries = 5

// want asks for columns to be read.
func (s *Set) want(cols []Col) {
	s.work.Lock()
	defer s.work.Unlock()
	now := s.o.Clock.Now()
	for _, c := range cols {
		if now.Before(s.refused[c]) {
			return // the query will not be answered from here
		}
	}
	for _, c := range cols {
		s.wants[c] = true
	}
	if !s.loading {
		s.loading, s.loaded = true, make(chan struct{})
		if s.filed.Load() && s.restoring == nil {
			read := make(chan struct{})
			s.restoring = read
			s.background(func() {
				s.restore()
				close(read)
				s.load()
			})
		} else {
			s.background(s.load)
		}
	}
	if !s.keeping {
		s.keeping = true
		s.background(s.keep)
	}
}

// load reads wanted columns until none is wanted.
func (s *Set) load() {
	for tries := 0; s.ctx.Err() == nil; {
		s.work.Lock()
		var cols []Col
		s.mu.RLock()
		for c := range s.wants {
			if s.cols[c] == nil {
				cols = append(cols, c)
			}
		}
		if len(cols) > 0 && s.cols[everybody] == nil && !slices.Contains(cols, everybody) {
			cols = append(cols, everybody)
		}
		s.mu.RUnlock()
		clear(s.wants)
		if len(cols) == 0 {
			s.rest()
			check := s.unchecked
			s.unchecked = false
			s.work.Unlock()
			if check {
				s.checkRestored()
			}
			return
		}
		s.work.Unlock()
		began := s.o.Clock.Now()
		err := s.loadAll(cols)
		switch {
		case err == nil:
			tries = 0
			s.stats.loadMillis.Store(s.o.Clock.Now().Sub(began).Milliseconds())
			s.stats.loadedAt.Store(s.now())
		case s.ctx.Err() != nil:
		case errors.Is(err, errGap) && tries < loadTries: // dropped meanwhile, or changes are gone already
			tries++
			s.again(cols)
		default:
			s.stats.failed.Add(1)
			s.o.Log.Warn("columns were not read; lists go on by SQL", slog.Any("error", err), slog.Int("columns", len(cols)))
			s.refuse(cols)
		}
	}
	s.work.Lock()
	s.rest()
	s.work.Unlock()
}

// rest ends a load, which leaves much garbage; the caller holds work.
func (s *Set) rest() {
	s.loading = false
	close(s.loaded)
	memory.FreeSoon()
}

// Beside waits for a turn to have the database answer what columns could not,
// while they are being read: a few answers run beside that at a time, or nobody
// would get on. leave ends the turn. With again set the reading ended meanwhile,
// and columns may be asked once more. The error is that of the context.
func (s *Set) Beside(ctx context.Context) (leave func(), again bool, err error) {
	leave = func() {}
	if s == nil {
		return leave, false, nil
	}
	s.work.Lock()
	loading, loaded := s.loading, s.loaded
	s.work.Unlock()
	if !loading {
		return leave, false, nil
	}
	select {
	case s.beside <- struct{}{}:
		return func() { <-s.beside }, false, nil
	case <-loaded:
		return leave, true, nil
	case <-ctx.Done():
		return leave, false, ctx.Err()
	}
}

func (s *Set) again(cols []Col) {
	select {
	case <-s.ctx.Done():
	case <-time.After(time.Second):
	}
	s.work.Lock()
	for _, c := range cols {
		s.wants[c] = true
	}
	s.work.Unlock()
}

func (s *Set) refuse(cols []Col) {
	until := s.o.Clock.Now().Add(refusedFor)
	s.work.Lock()
	defer s.work.Unlock()
	if len(s.refused) > 1000 {
		clear(s.refused)
	}
	for _, c := range cols {
		if c != everybody {
			s.refused[c] = until
		}
	}
}

// loadAll reads columns and adds them. One that does not fit alone is refused
// alone.
func (s *Set) loadAll(cols []Col) error {
	s.mu.Lock()
	if len(s.cols) == 0 { // nothing to agree with: begin at the head
		turn := s.turn
		s.mu.Unlock()
		head, err := s.store.head(s.ctx)
		if err != nil {
			return err
		}
		s.mu.Lock()
		if s.turn == turn && len(s.cols) == 0 {
			s.at = head
		}
	}
	from, turn := s.at, s.turn
	s.mu.Unlock()

	fresh := make(map[Col]data, len(cols))
	for _, c := range cols {
		fresh[c] = newData(c.Kind)
	}
	if err := s.readAll(fresh, groups(cols)); err != nil {
		return err
	}
	for _, d := range fresh {
		d.tidy()
	}
	if s.onLoaded != nil {
		s.onLoaded()
	}
	s.applying.Lock()
	defer s.applying.Unlock()
	for reached := false; !reached; {
		var err error
		if from, reached, err = s.join(fresh, from, turn); err != nil {
			return err
		}
	}
	return s.add(fresh, turn)
}

// join reads again what was written since from, of fresh columns and of the
// series beside them: those of a stream that fresh ones belong to. It reads all
// of one state of the database. When that has no more changes than were read,
// whoever was written since from has the facts of one moment in every series,
// and of whoever was not they are the same in every one. The caller holds applying.
func (s *Set) join(fresh map[Col]data, from place, turn int64) (upTo place, reached bool, err error) {
	inside := map[Col]bool{} // streams
	cols := make([]Col, 0, len(fresh))
	for c := range fresh {
		cols = append(cols, c)
		if c.series() {
			inside[c.stream()] = true
		}
	}
	beside := map[Col]data{}
	s.mu.RLock()
	for c, h := range s.cols {
		if c.series() && inside[c.stream()] {
			cols = append(cols, c)
			beside[c] = h.data
		}
	}
	s.mu.RUnlock()
	var ch changes
	var patches []patch
	err = s.o.DB.InReadTx(s.ctx, func(ctx context.Context) error {
		head, err := s.store.head(ctx)
		if err != nil {
			return err
		}
		if ch, err = s.store.changes(ctx, from, head, stepMost); err != nil {
			return err
		}
		reached = ch.upTo.reached(head)
		patches, err = s.fetch(ctx, cols, &ch)
		return err
	})
	if err != nil {
		return from, false, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.turn != turn {
		return from, false, errGap
	}
	s.kept.changed(&ch)
	if err := write(patches, beside); err != nil {
		s.drop()
		return from, false, errGap
	}
	if err := write(patches, fresh); err != nil {
		return from, false, err
	}
	if reached {
		all := maps.Clone(fresh)
		maps.Copy(all, beside)
		if err := alignAll(all, true); err != nil {
			s.drop()
			return from, false, errGap
		}
	}
	return ch.upTo, reached, nil
}

func (s *Set) readAll(fresh map[Col]data, gs []group) error {
	last, err := s.store.lastID(s.ctx)
	if err != nil {
		return err
	}
	if last > maxID {
		return errTooMany
	}
	for first := int64(0); first <= last || first == 0; first += loadStep {
		for _, g := range gs {
			to := min(first+loadStep-1, last)
			if g.cols[0].Apart { // few rows, with ids of their own
				if to = math.MaxInt64; first > 0 {
					continue
				}
			}
			err := s.o.DB.InReadTx(s.ctx, func(ctx context.Context) error {
				return s.store.read(ctx, g, span{first, to}, g.into(fresh))
			})
			if err != nil {
				return err
			}
		}
		if sizeOf(fresh) > s.o.MaxBytes {
			return errMemory
		}
	}
	return nil
}

func sizeOf(fresh map[Col]data) (n int64) {
	for _, d := range fresh {
		n += d.size()
	}
	return n
}

// add makes fresh columns known. Those that were not asked for the longest make
// room.
func (s *Set) add(fresh map[Col]data, turn int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.turn != turn {
		return errGap
	}
	now := s.now()
	for c, d := range fresh {
		h := &held{data: d, bytes: d.size()}
		h.used.Store(now)
		s.cols[c] = h
	}
	if err := alignAll(s.datas(), false); err != nil {
		s.drop()
		return errGap
	}
	sum := s.shrink(func(c Col) bool { _, new := fresh[c]; return new })
	if sum > s.o.MaxBytes {
		for c := range fresh {
			delete(s.cols, c)
		}
		return errMemory
	}
	return nil
}

// Spare gives the memory of what is kept in the order of days back, for work that
// must stay within its own: the next question that has use for it makes it anew.
func (s *Set) Spare() {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, h := range s.cols {
		if d, ok := h.data.(*series); ok {
			d.forgetOrder()
		}
	}
	s.shrink(func(Col) bool { return true })
}

// shrink drops columns until they fit, the longest unused first, and gives
// what the rest takes; the caller holds mu.
func (s *Set) shrink(keep func(Col) bool) (sum int64) {
	blocks := 0
	for _, h := range s.cols {
		if d, ok := h.data.(*series); ok {
			h.bytes = d.size() // what is kept in the order of days came since
			blocks = max(blocks, len(d.blocks))
		}
		sum += h.bytes
	}
	least := s.o.MaxBytes // what is quickly made anew goes first, as much as must
	if sum > least {
		least -= s.o.MaxBytes / leafShare
	}
	for b := 0; b < blocks && sum > least; b++ {
		for _, h := range s.cols {
			if d, ok := h.data.(*series); ok {
				freed := d.block(b).forgetOrder()
				h.bytes -= freed
				sum -= freed
			}
		}
	}
	for sum > s.o.MaxBytes {
		var oldest Col
		var of *held
		for c, h := range s.cols {
			if c != everybody && !keep(c) && (of == nil || h.used.Load() < of.used.Load()) {
				oldest, of = c, h
			}
		}
		if of == nil {
			break
		}
		sum -= of.bytes
		delete(s.cols, oldest)
	}
	s.kept.limit(min(s.o.MaxBytes/leafShare, s.o.MaxBytes-sum))
	s.apart = max(s.o.MaxBytes-s.o.MaxBytes/leafShare-sum, 0)
	s.left.Store(s.apart)
	s.left.lent.Store(0)
	if s.o.Sized != nil {
		s.o.Sized(sum + s.kept.size())
	}
	return sum
}
