package column

import (
	"log/slog"
	"maps"
	"slices"
)

// follow catches up in the background.
func (s *Set) follow() {
	if !s.behind.CompareAndSwap(false, true) {
		return
	}
	s.background(func() {
		defer s.behind.Store(false)
		if err := s.followNow(); err != nil && s.ctx.Err() == nil {
			s.o.Log.Warn("columns do not follow; they are read anew", slog.Any("error", err))
			s.anew()
		}
	})
}

// followNow follows until everything is in that was committed when a step began:
// what is written meanwhile is for the next question, or the keeper, so that a
// steady stream of writes is no catching up without end. What counts against
// reading anew are rows and not customers: a new one without facts is a few rows,
// and to read the facts of everybody for its sake takes longer than to follow
// hundreds of thousands of it.
func (s *Set) followNow() error {
	for sum := int64(0); ; {
		head, err := s.store.head(s.ctx)
		if err != nil {
			return err
		}
		reached, rows, err := s.step(head)
		if err != nil || reached {
			return err
		}
		if sum += rows; sum > stepMost+s.rows()/anewShare {
			return errGap
		}
	}
}

// step follows up to stepMost changes, and says whether these reach a head.
func (s *Set) step(head place) (reached bool, rows int64, err error) {
	s.applying.Lock()
	defer s.applying.Unlock()
	at, _, any := s.place()
	if !any || at.reached(head) {
		return true, 0, nil
	}
	ch, err := s.store.changes(s.ctx, at, head, stepMost)
	if err != nil {
		return false, 0, err
	}
	rows, err = s.apply(s.ctx, &ch)
	return ch.upTo.reached(head), rows, err
}

// anew drops everything and reads again what was in use.
func (s *Set) anew() {
	s.mu.Lock()
	cols := slices.Collect(maps.Keys(s.cols))
	s.drop()
	s.mu.Unlock()
	s.stats.rebuilt.Add(1)
	if len(cols) > 0 {
		s.want(cols)
	}
}

// rows is how many rows the columns were read from: facts of each stream, and
// about one of each customer for what stands together otherwise.
func (s *Set) rows() (n int64) {
	customers := s.customers()
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, g := range groups(slices.Collect(maps.Keys(s.cols))) {
		if d, ok := s.cols[g.cols[0]].data.(*series); ok {
			n += d.facts()
		} else if !g.cols[0].Apart {
			n += customers
		}
	}
	return n
}
