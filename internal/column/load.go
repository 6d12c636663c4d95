package column

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"
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
		s.loading = true
		s.background(s.load)
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
			s.loading = false
			s.work.Unlock()
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
			return
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
	s.loading = false
	s.work.Unlock()
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
	at, now, _ := s.place()
	if now != turn {
		return errGap
	}
	// What was written while it was read, and followed by the others already.
	for !from.reached(at) {
		ch, err := s.store.changes(s.ctx, from, at, stepMost)
		if err != nil {
			return err
		}
		patches, err := s.fetch(s.ctx, cols, &ch)
		if err == nil {
			err = into(patches, func(c Col) data { return fresh[c] })
		}
		if err != nil {
			return err
		}
		from = ch.upTo
	}
	return s.add(fresh, turn)
}

func (s *Set) readAll(fresh map[Col]data, gs []group) error {
	last, err := s.store.lastID(s.ctx)
	if err != nil {
		return err
	}
	if last > maxID {
		return errTooMany
	}
	for first := int64(0); first <= last; first += loadStep {
		for _, g := range gs {
			err := s.o.DB.InReadTx(s.ctx, func(ctx context.Context) error {
				return s.store.read(ctx, g, span{first, min(first+loadStep-1, last)}, func(col int, v value) error {
					return put(fresh[g.cols[col]], g.cols[col], v)
				})
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
	sum := s.shrink(func(c Col) bool { _, new := fresh[c]; return new })
	if sum > s.o.MaxBytes {
		for c := range fresh {
			delete(s.cols, c)
		}
		return errMemory
	}
	return nil
}

// shrink drops columns until they fit, the longest unused first, and gives
// what the rest takes; the caller holds mu.
func (s *Set) shrink(keep func(Col) bool) (sum int64) {
	for _, h := range s.cols {
		sum += h.bytes
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
	if s.o.Sized != nil {
		s.o.Sized(sum)
	}
	return sum
}
