package customer

import (
	"context"

	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
)

type feedRow struct {
	seq, customerID, otherID, at int64
	kind                         FeedKind
}

// Feed tells the feed that customers were written, inside InTx, and gives the
// numbers it took. Ids without a gap take one row together, so that an import
// costs next to nothing. other is for FeedMerged, at in unix ms.
//
// The head of the feed stays locked until the commit, which makes numbers come
// out in the order of commits: call it last.
func (s *Store) Feed(ctx context.Context, kind FeedKind, other, at int64, ids []int64) (first, last int64, err error) {
	runs, n := runsOf(ids)
	if n == 0 {
		return 0, 0, nil
	}
	if !db.InTransaction(ctx) {
		return 0, 0, errs.New(errs.Internal, "internal", "detail", "Feed outside a transaction")
	}
	if kind == FeedMerged { // other_id has its meaning there
		var single []run
		for _, r := range runs {
			for id := r.first; id <= r.last; id++ {
				single = append(single, run{id, id})
			}
		}
		runs = single
	}
	err = s.db.Q(ctx).QueryRowContext(ctx, `UPDATE feed_head SET seq = seq + $1 WHERE id = 1 RETURNING seq`, n).Scan(&last)
	if err != nil {
		return 0, 0, db.MapError(err)
	}
	first = last - n + 1
	seq := first - 1
	return first, last, s.db.BulkInsert(ctx, "customer_feed", []string{"seq", "customer_id", "kind", "other_id", "at"}, len(runs),
		func(i int, v []any) {
			r := runs[i]
			seq += r.last - r.first + 1
			v[0], v[1], v[2], v[3], v[4] = seq, r.first, string(kind), int64(0), at
			switch {
			case kind == FeedMerged:
				v[3] = other
			case r.last > r.first:
				v[3] = r.last
			}
		})
}

func (s *Store) feedHead(ctx context.Context) (seq int64, err error) {
	return s.one(ctx, `SELECT seq FROM feed_head WHERE id = 1`)
}

// feedOldest is the first number that is kept, 0 where none is.
func (s *Store) feedOldest(ctx context.Context) (int64, error) {
	var r feedRow
	err := s.db.Q(ctx).QueryRowContext(ctx, `SELECT seq, customer_id, kind, other_id FROM customer_feed ORDER BY seq LIMIT 1`).
		Scan(&r.seq, &r.customerID, &r.kind, &r.otherID)
	if db.IsNoRow(err) {
		return 0, nil
	}
	if r.kind != FeedMerged && r.otherID > r.customerID {
		r.seq -= r.otherID - r.customerID
	}
	return r.seq, db.MapError(err)
}

// feedAfter reads up to n rows that hold entries behind seq.
func (s *Store) feedAfter(ctx context.Context, seq int64, n int) ([]feedRow, error) {
	rows, err := s.db.Q(ctx).QueryContext(ctx,
		`SELECT seq, customer_id, kind, other_id, at FROM customer_feed WHERE seq > $1 ORDER BY seq LIMIT $2`, seq, n)
	if err != nil {
		return nil, db.MapError(err)
	}
	defer rows.Close()
	var out []feedRow
	for rows.Next() {
		var r feedRow
		if err := rows.Scan(&r.seq, &r.customerID, &r.kind, &r.otherID, &r.at); err != nil {
			return nil, db.MapError(err)
		}
		out = append(out, r)
	}
	return out, db.MapError(rows.Err())
}

// dropFeed removes up to n rows from before an instant, oldest first.
func (s *Store) dropFeed(ctx context.Context, before int64, n int) (int64, error) {
	res, err := s.db.Q(ctx).ExecContext(ctx, `DELETE FROM customer_feed WHERE seq IN
  (SELECT seq FROM (SELECT seq, at FROM customer_feed ORDER BY seq LIMIT $1) oldest WHERE at < $2)`, n, before)
	if err != nil {
		return 0, db.MapError(err)
	}
	gone, err := res.RowsAffected()
	return gone, db.MapError(err)
}
