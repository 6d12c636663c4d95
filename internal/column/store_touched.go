package column

import (
	"context"

	"zhike/internal/platform/db"
)

// Touched gives the customers of whom something that writers tell of under one
// of sources may have changed from one place up to another: who was told of, and
// who was merged, came back or was deleted. Other writes cost nothing, however
// many they are. ok is false where they are more than most, or where that is no
// longer known.
func Touched(ctx context.Context, d *db.DB, from, to Place, most int, sources ...string) (ids []int64, ok bool, err error) {
	err = d.InReadTx(ctx, func(ctx context.Context) error {
		ids, ok, err = store{d}.touched(ctx, from, to, most, sources)
		return err
	})
	return ids, ok, err
}

func (s store) touched(ctx context.Context, from, to Place, most int, sources []string) (ids []int64, ok bool, err error) {
	if known, err := s.keptSince(ctx, from, to); err != nil || !known {
		return nil, false, err
	}
	err = db.Each(ctx, s.db.Q(ctx), `SELECT customer_id, other_id, kind FROM customer_feed
WHERE seq > $1 AND kind NOT IN ('created', 'updated') ORDER BY seq LIMIT $2`, func(r db.Scanner) error {
		var id, other int64
		var kind string
		if err := r.Scan(&id, &other, &kind); err != nil {
			return err
		}
		if kind == "merged" { // other is the one that stays
			ids = append(ids, id, other)
			return nil
		}
		for last := max(id, other); id <= last && len(ids) <= most; id++ {
			ids = append(ids, id)
		}
		return nil
	}, from.Feed, most+1)
	if err != nil || len(ids) > most {
		return nil, false, err
	}
	ok = true
	args := []any{from.Marks, to.Marks, most + 1, ""}
	for _, name := range sources {
		args = append(args, name)
	}
	err = db.Each(ctx, s.db.Q(ctx), `SELECT seq, first_id, last_id, source, ids FROM column_marks
WHERE seq > $1 AND seq <= $2 AND source IN (`+db.Placeholders(4, len(sources)+1)+`) ORDER BY seq LIMIT $3`, func(r db.Scanner) error {
		var m mark
		if err := r.Scan(&m.seq, &m.first, &m.last, &m.source, &m.packed); err != nil || !ok {
			return err
		}
		list, whole := m.ids()
		ids = append(ids, list...)
		ok = whole && len(ids) <= most
		return nil
	}, args...)
	return ids, ok, err
}

// keptSince says whether feed and marks still have all that came between two places.
func (s store) keptSince(ctx context.Context, from, to Place) (bool, error) {
	if from.Feed > to.Feed || from.Marks > to.Marks {
		return false, nil // of another database
	}
	if from.Feed < to.Feed {
		var seq, first, last int64
		var kind string
		err := s.db.Q(ctx).QueryRowContext(ctx, `SELECT seq, customer_id, other_id, kind FROM customer_feed ORDER BY seq LIMIT 1`).Scan(&seq, &first, &last, &kind)
		if db.IsNoRow(err) {
			return false, nil
		}
		if err != nil {
			return false, db.MapError(err)
		}
		if kind != "merged" && last > first {
			seq -= last - first
		}
		if seq > from.Feed+1 {
			return false, nil
		}
	}
	if from.Marks < to.Marks {
		var seq int64
		err := s.db.Q(ctx).QueryRowContext(ctx, `SELECT seq FROM column_marks ORDER BY seq LIMIT 1`).Scan(&seq)
		if db.IsNoRow(err) {
			return false, nil
		}
		if err != nil || seq > from.Marks+1 {
			return false, db.MapError(err)
		}
	}
	return true, nil
}
