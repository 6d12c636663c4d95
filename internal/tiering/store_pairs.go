package tiering

import (
	"context"
	"database/sql"

	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
)

// levelPairs calls fn inside InReadTx with the levels that customers from ≤ id ≤ to
// have in two runs, -1 for none, in the order of customers. Both runs are read as
// they lie and merged here: a join looks up a million rows one by one.
func (s *store) levelPairs(ctx context.Context, run, base, from, to int64, fn func(customer int64, before, after int16)) error {
	var was []levelRow
	if base != 0 {
		if err := s.levelsOf(ctx, base, from, to, func(customer, level int64) {
			was = append(was, levelRow{customer, int16(level)})
		}); err != nil {
			return err
		}
	}
	lost := func(below int64) {
		for ; len(was) > 0 && was[0].customer < below; was = was[1:] {
			fn(was[0].customer, was[0].level, -1)
		}
	}
	if err := s.levelsOf(ctx, run, from, to, func(customer, level int64) {
		lost(customer)
		before := int16(-1)
		if len(was) > 0 && was[0].customer == customer {
			before, was = was[0].level, was[1:]
		}
		fn(customer, before, int16(level))
	}); err != nil {
		return err
	}
	lost(to + 1)
	return nil
}

type levelRow struct {
	customer int64
	level    int16
}

// runRange is the least and greatest customer of one run or another, 0 and 0 where
// nobody is in either. LIMIT and not MIN and MAX: of a run that it has no statistics
// of yet PostgreSQL reads every row for these.
func (s *store) runRange(ctx context.Context, run, other int64) (lo, hi int64, err error) {
	end := func(run, order string) string {
		return `(SELECT customer_id FROM tier_assignments WHERE run_id = ` + run + ` ORDER BY customer_id ` + order + ` LIMIT 1)`
	}
	err = s.db.Q(ctx).QueryRowContext(ctx, `SELECT COALESCE(MIN(lo), 0), COALESCE(MAX(hi), 0) FROM (
SELECT `+end("$1", "ASC")+` AS lo, `+end("$2", "DESC")+` AS hi
UNION ALL SELECT `+end("$3", "ASC")+`, `+end("$4", "DESC")+`) AS ends`, run, run, other, other).Scan(&lo, &hi)
	return lo, hi, db.MapError(err)
}

// graded calls fn with customers of a run by their ids, and to whom they belong.
func (s *store) graded(ctx context.Context, run int64, ids []int64, fn func(a *assignment, owner, department int64)) error {
	return db.InChunks(ids, func(chunk []int64) error {
		in, args := db.InArgs(2, chunk)
		return db.Each(ctx, s.db.Q(ctx), `SELECT a.customer_id, '', a.level, a.move, a.prev_level, a.reason, a.score, a.last_day, a.orders, a.spend_fen, a.signals, a.details,
  COALESCE(c.owner_id, 0), COALESCE(c.department_id, 0)
FROM tier_assignments a JOIN customers c ON c.id = a.customer_id WHERE a.run_id = $1 AND a.customer_id IN (`+in+`)`, func(r db.Scanner) error {
			var a assignment
			var prev, last sql.NullInt64
			var owner, department int64
			if err := r.Scan(&a.CustomerID, &a.Name, &a.Level, &a.Move, &prev, &a.Reason, &a.Score, &last, &a.Orders, &a.SpendFen, &a.Signals, &a.Details,
				&owner, &department); err != nil {
				return err
			}
			a.PrevLevel = nullInt(prev)
			if last.Valid {
				d := clock.Day(last.Int64)
				a.LastDay = &d
			}
			fn(&a, owner, department)
			return nil
		}, append([]any{run}, args...)...)
	})
}
