package audience

import (
	"context"
	"slices"

	"zhike/internal/platform/db"
)

// listed gives those of some customers that are in a list.
func (s *store) listed(ctx context.Context, id int64, customers []int64) (map[int64]bool, error) {
	out := map[int64]bool{}
	err := db.InChunks(customers, func(chunk []int64) error {
		in, args := db.InArgs(2, chunk)
		return db.Each(ctx, s.db.Q(ctx), `SELECT customer_id FROM audience_entries WHERE audience_id = $1 AND customer_id IN (`+in+`)`, func(sc db.Scanner) error {
			var c int64
			err := sc.Scan(&c)
			out[c] = true
			return err
		}, append([]any{id}, args...)...)
	})
	return out, err
}

func (s *store) addEntries(ctx context.Context, id int64, customers []int64, by, at int64) error {
	return s.db.BulkInsert(ctx, "audience_entries", []string{"customer_id", "audience_id", "added_at", "added_by"}, len(customers), func(i int, v []any) {
		v[0], v[1], v[2], v[3] = customers[i], id, at, by
	})
}

func (s *store) dropEntries(ctx context.Context, id int64, customers []int64) error {
	return db.InChunks(customers, func(chunk []int64) error {
		in, args := db.InArgs(2, chunk)
		return s.exec(ctx, `DELETE FROM audience_entries WHERE audience_id = $1 AND customer_id IN (`+in+`)`, append([]any{id}, args...)...)
	})
}

// existing gives those of some customers that exist.
func (s *store) existing(ctx context.Context, customers []int64) (out []int64, err error) {
	err = db.InChunks(customers, func(chunk []int64) error {
		in, args := db.InArgs(1, chunk)
		ids, err := db.Select(ctx, s.db.Q(ctx), `SELECT id FROM customers WHERE id IN (`+in+`) ORDER BY id`, db.Column[int64], args...)
		out = append(out, ids...)
		return err
	})
	return out, err
}

// sized counts a list and notes how many are in it: counted and not added up,
// because merges of customers join entries, too.
func (s *store) sized(ctx context.Context, id, at int64) (n int64, err error) {
	if err := s.db.Q(ctx).QueryRowContext(ctx, `SELECT COUNT(*) FROM audience_entries WHERE audience_id = $1`, id).Scan(&n); err != nil {
		return 0, db.MapError(err)
	}
	return n, s.exec(ctx, `UPDATE audiences SET size = $1, evaluated_at = $2 WHERE id = $3`, n, at, id)
}

// entriesAfter gives the first n customers of a list above after.
func (s *store) entriesAfter(ctx context.Context, id, after int64, n int) ([]int64, error) {
	return db.Select(ctx, s.db.Q(ctx), `SELECT customer_id FROM audience_entries WHERE audience_id = $1 AND customer_id > $2 ORDER BY customer_id LIMIT $3`,
		db.Column[int64], id, after, n)
}

// listsOf gives the lists that a customer is in.
func (s *store) listsOf(ctx context.Context, customerID int64) ([]int64, error) {
	return db.Select(ctx, s.db.Q(ctx), `SELECT audience_id FROM audience_entries WHERE customer_id = $1 ORDER BY audience_id`, db.Column[int64], customerID)
}

// part is customers that wait to go into a list or out of it.
type part struct {
	task, audience, staff, total int64
	no                           int
	adding                       bool
	ids                          []int64
}

func (s *store) insertParts(ctx context.Context, p part, step int) error {
	chunks := slices.Collect(slices.Chunk(p.ids, step))
	return s.db.BulkInsert(ctx, "audience_parts", []string{"task", "part", "audience_id", "adding", "staff_id", "total", "ids"}, len(chunks), func(i int, v []any) {
		v[0], v[1], v[2], v[3], v[4], v[5], v[6] = p.task, int64(i), p.audience, p.adding, p.staff, p.total, db.PackIDs(chunks[i])
	})
}

// nextPart reads the first part of a task that is left, nil where none is.
func (s *store) nextPart(ctx context.Context, task int64) (*part, error) {
	p := part{task: task}
	var packed []byte
	err := s.db.Q(ctx).QueryRowContext(ctx, `SELECT part, audience_id, adding, staff_id, total, ids FROM audience_parts WHERE task = $1 ORDER BY part LIMIT 1`, task).
		Scan(&p.no, &p.audience, &p.adding, &p.staff, &p.total, &packed)
	if db.IsNoRow(err) {
		return nil, nil
	}
	if err != nil {
		return nil, db.MapError(err)
	}
	p.ids, err = db.UnpackIDs(packed)
	return &p, err
}

func (s *store) dropPart(ctx context.Context, p *part) error {
	return s.exec(ctx, `DELETE FROM audience_parts WHERE task = $1 AND part = $2`, p.task, p.no)
}
