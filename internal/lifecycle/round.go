package lifecycle

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"zhike/internal/column"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/memory"
)

// follow works the open day out: for those who were written to since the last
// time where that is known, else for everybody.
func (e *Engine) follow(ctx context.Context, r *ready) error {
	now := e.s.Clock.Now()
	a, err := e.compile(r.plans, r.config, r.open)
	if err != nil {
		return e.troubled(ctx, r.head, err)
	}
	k := seen{valid: true, day: r.open, key: r.plans.Key, version: r.version, place: r.plans.At, whole: e.known.whole}
	same := e.known.valid && e.known.day == k.day && e.known.key == k.key && e.known.version == k.version
	relative := e.relative(ctx, r.config)
	soon := now.Sub(k.whole) < e.whole && (!relative || now.Sub(k.whole) < e.others)
	if same && e.known.place == k.place && (soon || now.Sub(k.whole) < e.whole && !e.known.partial) {
		return nil
	}
	if same && soon {
		ids, known, err := e.touched(ctx, a)
		if err != nil {
			return err
		}
		if known {
			if err := e.some(ctx, r, a, ids); err != nil {
				return err
			}
			k.partial = relative
			e.known = k
			e.metrics.round("partly", e.s.Clock.Now().Sub(now))
			return nil
		}
	}
	defer memory.FreeSoon() // everybody's stages are garbage then
	b, err := e.s.store.book(ctx, r.open, r.config.codes())
	if err != nil {
		return err
	}
	if err := e.all(ctx, r, a, b); err != nil {
		return err
	}
	if err := e.bury(ctx, r, b, a.there); err != nil {
		return err
	}
	k.whole = now
	e.known = k
	e.metrics.round("whole", e.s.Clock.Now().Sub(now))
	return nil
}

// bury removes the states of customers who are gone: a merge may have run beside
// a write.
func (e *Engine) bury(ctx context.Context, r *ready, b *book, there *column.Matches) error {
	ids := b.without(there)
	if len(ids) == 0 {
		return nil
	}
	return e.tx(ctx, func(ctx context.Context, open clock.Day) error {
		if open != r.open {
			return errMoved
		}
		return e.s.store.bury(ctx, ids)
	})
}

// touched gives the customers of whom something changed that rules read; known
// is false where they cannot be told, or are too many.
func (e *Engine) touched(ctx context.Context, a *asked) (ids []int64, known bool, err error) {
	at, err := column.Head(ctx, e.s.DB)
	if err != nil {
		return nil, false, err
	}
	m, ok, err := column.MovedSince(ctx, e.s.DB, e.known.place, at, e.most)
	if err != nil || !ok {
		return nil, false, err
	}
	of, apart := a.sources()
	ids = slices.Clone(m.All)
	for source, list := range m.Of {
		switch {
		case source == toldName: // this package itself
		case of == nil || source == "" || source == toldDecisions:
			ids = append(ids, list...)
		case apart[source]:
			return nil, false, nil
		case of[source]:
			ids = append(ids, list...)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids), true, nil
}

// some works out customers by themselves.
func (e *Engine) some(ctx context.Context, r *ready, a *asked, ids []int64) error {
	if len(ids) == 0 {
		return nil
	}
	rows, err := e.s.store.states(ctx, ids)
	if err != nil {
		return err
	}
	known, err := a.who(ctx, a.known, ids)
	if err != nil {
		return err
	}
	if err := a.moves(ctx, ids); err != nil {
		return err
	}
	if err := a.entries(ctx, ids); err != nil {
		return err
	}
	e.at("evaluated")
	var list []diff
	for _, id := range ids {
		old, was := rows[id]
		is := known.Has(id)
		if !was && !is {
			continue
		}
		out := r.machine.Next(old.base(r.open), old.hand, r.open, a.facts(id, is))
		if d, ok := settle(id, old, was, out, r.open, r.version); ok {
			list = append(list, d)
		}
	}
	_, err = e.write(ctx, list, r.open)
	return err
}

// all works everybody out, and writes what differs as soon as a transaction of
// it has come together: of a first pass that is everybody, and to hold them all
// would take three times the memory of the columns.
func (e *Engine) all(ctx context.Context, r *ready, a *asked, b *book) error {
	list := make([]diff, 0, e.batch)
	write := func() error {
		seq, err := e.write(ctx, list, r.open)
		if err != nil {
			return err
		}
		b.apply(list)
		if seq != 0 {
			b.seq = seq
		}
		list = list[:0]
		return nil
	}
	err := e.outcomes(ctx, r, a, b, func(id int64, old row, was bool, out Outcome) error {
		if d, ok := settle(id, old, was, out, r.open, r.version); ok {
			list = append(list, d)
		}
		if len(list) < e.batch {
			return nil
		}
		return write()
	})
	if err != nil {
		return err
	}
	return write()
}

// outcomes works everybody out and writes nothing: each gets what a customer has
// and what comes out, every customer once, and ends it by an error.
func (e *Engine) outcomes(ctx context.Context, r *ready, a *asked, b *book, each func(id int64, old row, was bool, out Outcome) error) error {
	known, err := a.who(ctx, a.known, nil)
	if err != nil {
		return err
	}
	a.there = known
	if err := a.moves(ctx, nil); err != nil {
		return err
	}
	// Who is new, or has a stage that is no longer there, begins.
	var begin []int64
	known.After(-1, func(id int64) bool {
		old, _ := b.get(id)
		if base := old.base(r.open); r.config.stage(base.Stage) < 0 {
			begin = append(begin, id)
		}
		return true
	})
	if len(begin) > 0 {
		if err := a.entries(ctx, begin); err != nil {
			return err
		}
	}
	e.at("evaluated")
	look := func(id int64, is bool) bool {
		old, was := b.get(id)
		base := old.base(r.open)
		if !is && r.config.stage(base.Stage) < 0 {
			base = State{}
		}
		err = each(id, old, was, r.machine.Next(base, old.hand, r.open, a.facts(id, is)))
		return err == nil
	}
	known.After(-1, func(id int64) bool { return look(id, true) })
	for _, id := range b.fresh {
		if err != nil {
			break
		}
		if !known.Has(id) {
			look(id, false)
		}
	}
	return err
}

// write commits what was found, some thousand customers at a time. What a
// customer has must still be what was worked from: a decision or a merge in
// between means that all is worked out anew (errMoved).
func (e *Engine) write(ctx context.Context, list []diff, open clock.Day) (last int64, err error) {
	for part := range slices.Chunk(list, e.batch) {
		if err := e.keep(ctx); err != nil {
			return last, err
		}
		last, err = e.txSeq(ctx, func(ctx context.Context, day clock.Day) error {
			if day != open {
				return errMoved
			}
			ids := make([]int64, len(part))
			for i := range part {
				ids[i] = part[i].id
			}
			now, err := e.s.store.states(ctx, ids)
			if err != nil {
				return err
			}
			for i := range part {
				if r, was := now[part[i].id]; was != part[i].was || r != part[i].old {
					return errMoved
				}
			}
			if err := e.s.store.write(ctx, part, open, clock.Millis(e.s.Clock.Now())); err != nil {
				return err
			}
			if err := e.s.staged(ctx, part, open); err != nil {
				return err
			}
			e.at("commit")
			return nil
		})
		if err != nil {
			return last, err
		}
		e.metrics.moves.Add(float64(len(part)))
		e.at("between")
	}
	return last, nil
}

// close works the open day out for everybody once more, as of its end, makes it
// final, and opens the next one.
func (e *Engine) close(ctx context.Context, r *ready) error {
	a, err := e.compile(r.plans, r.config, r.open)
	if err != nil {
		return cmp.Or(e.troubled(ctx, r.head, err), errStopped)
	}
	b := e.book
	if b != nil {
		// Nobody else may have written since: decisions, merges, deletions.
		h, err := e.s.store.head(ctx)
		if err != nil {
			return err
		}
		if h.seq != b.seq || b.feed != r.plans.At.Feed {
			b = nil
		}
	}
	if b == nil {
		if b, err = e.s.store.book(ctx, r.open, r.config.codes()); err != nil {
			return err
		}
		b.feed = r.plans.At.Feed
	}
	e.book = nil
	defer memory.FreeSoon()
	if err := e.all(ctx, r, a, b); err != nil {
		return err
	}
	counts := b.counts()
	b.seq, err = e.txSeq(ctx, func(ctx context.Context, day clock.Day) error {
		if day != r.open {
			return errMoved
		}
		for key, m := range a.held {
			if err := e.s.store.putHeld(ctx, key, day, m); err != nil {
				return err
			}
		}
		if err := e.s.store.dropHeld(ctx, day-maxHold); err != nil {
			return err
		}
		moved, err := e.s.store.putDay(ctx, day, counts)
		if err != nil {
			return err
		}
		h, err := e.s.store.head(ctx)
		if err != nil {
			return err
		}
		if err := e.s.store.openDay(ctx, day+1, h.begun); err != nil {
			return err
		}
		e.at("commit")
		if e.s.Events == nil {
			return nil
		}
		return e.s.Events.Publish(ctx, DayClosed{Day: day.String(), Moved: moved})
	})
	if err != nil {
		return err
	}
	e.held.keep(r.open, a.held)
	b.fresh = nil
	e.metrics.days.Inc()
	e.book, e.known.valid = b, false
	e.at("closed")
	return nil
}

// errStopped ends a round whose reason was noted.
var errStopped = errors.New("lifecycle: a rule cannot be evaluated")
