package column

import (
	"context"
	"database/sql"

	"zhike/internal/platform/db"
)

// rows reads the columns of a group of those for whom where holds.
func (s store) rows(ctx context.Context, g group, where string, args []any, put func(col int, v value) error) error {
	head, keys, values := g.text()
	text := head + where + g.order()
	if keys == nil {
		return s.plainRows(ctx, g, text, args, put)
	}
	o := inOrder{keys: keys}
	if g.cols[0].numeric() {
		o.put = func(r *read) error {
			for i, n := range r.num[values:] {
				if err := put(i, value{id: r.num[0], num: n}); err != nil {
					return err
				}
			}
			return nil
		}
		err := s.db.Numbers(ctx, text, args, values+len(g.cols), func(v []int64) error { return o.add(v) })
		if err != nil {
			return err
		}
		return o.flush()
	}
	o.put = func(r *read) error {
		for i, t := range r.texts {
			if err := put(i, value{id: r.num[0], text: t}); err != nil {
				return err
			}
		}
		return nil
	}
	if err := s.texts(ctx, text, args, values, len(g.cols), func(num []int64, texts [][]byte) error { return o.add(num, texts...) }); err != nil {
		return err
	}
	return o.flush()
}

func (s store) plainRows(ctx context.Context, g group, text string, args []any, put func(col int, v value) error) error {
	if g.cols[0].numeric() {
		return s.db.Numbers(ctx, text, args, len(g.cols)+1, func(v []int64) error {
			for i, n := range v[1:] {
				if n != null {
					if err := put(i, value{id: v[0], num: n}); err != nil {
						return err
					}
				}
			}
			return nil
		})
	}
	return s.texts(ctx, text, args, 1, len(g.cols), func(num []int64, texts [][]byte) error {
		for i, t := range texts {
			if t != nil {
				if err := put(i, value{id: num[0], text: t}); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// texts calls fn with rows that begin with numbers and end in texts, which are
// good until it returns.
func (s store) texts(ctx context.Context, text string, args []any, numbers, n int, fn func(num []int64, texts [][]byte) error) error {
	rows, err := s.db.Q(ctx).QueryContext(ctx, text, args...)
	if err != nil {
		return db.MapError(err)
	}
	defer rows.Close()
	num, raws, texts := make([]int64, numbers), make([]sql.RawBytes, n), make([][]byte, n)
	var to []any
	for i := range num {
		to = append(to, &num[i])
	}
	for i := range raws {
		to = append(to, &raws[i])
	}
	for rows.Next() {
		if err := rows.Scan(to...); err != nil {
			return db.MapError(err)
		}
		for i, t := range raws {
			texts[i] = t
		}
		if err := fn(num, texts); err != nil {
			return err
		}
	}
	return db.MapError(rows.Err())
}
