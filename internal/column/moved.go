package column

import (
	"context"
	"errors"

	"zhike/internal/platform/db"
)

// Head gives how far the feed and the marks of a database are.
func Head(ctx context.Context, d *db.DB) (Place, error) {
	p, err := store{d}.head(ctx)
	return Place{p.feed, p.marks}, err
}

// Moved is what was written between two places.
type Moved struct {
	UpTo Place
	// All are customers of whom anything may have changed; Of has those of whom
	// one source changed. Of a source that stands apart ([Col.Apart]) they are
	// the ids of what facts point to.
	All []int64
	Of  map[string][]int64
}

// MovedSince gives what was written from a place up to another. ok is false
// where that is more than most customers, or where it is no longer known.
func MovedSince(ctx context.Context, d *db.DB, from, to Place, most int) (m Moved, ok bool, err error) {
	want := place{to.Feed, to.Marks}
	var ch changes
	err = d.InReadTx(ctx, func(ctx context.Context) (err error) {
		ch, err = store{d}.changes(ctx, place{from.Feed, from.Marks}, want, most)
		return err
	})
	if errors.Is(err, errGap) {
		return m, false, nil
	}
	if err != nil || !ch.upTo.reached(want) || ch.n > most {
		return m, false, err
	}
	return Moved{UpTo: Place{ch.upTo.feed, ch.upTo.marks}, All: append(ch.all, ch.records...), Of: ch.of}, true, nil
}

// Sources are the names under which writers tell of what a condition reads:
// apart are those whose ids are not customers'.
func (c *Cond) Sources() (of, apart map[string]bool) {
	of, apart = map[string]bool{}, map[string]bool{}
	c.cols(func(k Col) {
		if k.Apart {
			apart[k.source()] = true
		} else {
			of[k.source()] = true
		}
	})
	return of, apart
}
