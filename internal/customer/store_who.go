package customer

import (
	"context"
	"math"

	"zhike/internal/platform/db"
	"zhike/internal/rule"
)

// eachView reads all saved views.
func (s *Store) eachView(ctx context.Context, fn func(r *viewRow)) error {
	return db.Each(ctx, s.db.Q(ctx), viewColumns+`ORDER BY v.id`, func(sc db.Scanner) error {
		var r viewRow
		if err := r.scan(sc.Scan); err != nil {
			return err
		}
		fn(&r)
		return nil
	}, 0)
}

// matchingAfter gives the first n ids above after that match, ascending.
func (s *Store) matchingAfter(ctx context.Context, parts []expr, after int64, n int) ([]int64, error) {
	var q query
	q.add("SELECT c.id FROM customers c")
	whereHold(&q, "", parts)
	q.add(" AND c.id > ? ORDER BY c.id", after)
	q.limit(n)
	return db.Select(ctx, s.varied(ctx), q.text(), db.Column[int64], q.args...)
}

// matchingCount counts those that match.
func (s *Store) matchingCount(ctx context.Context, parts []expr) (n int64, err error) {
	var q query
	q.add("SELECT COUNT(*) FROM customers c")
	whereHold(&q, "", parts)
	err = s.varied(ctx).QueryRowContext(ctx, q.text(), q.args...).Scan(&n)
	return n, db.MapError(err)
}

// holdsOf says which of some conditions hold of a customer; none where the
// customer is not there.
func (s *Store) holdsOf(ctx context.Context, conditions [][]expr, id int64) ([]bool, error) {
	out := make([]bool, len(conditions))
	for from := 0; from < len(conditions); from += holdsStep {
		part := conditions[from:min(from+holdsStep, len(conditions))]
		var q query
		needM := false
		q.add("SELECT ")
		for i, parts := range part {
			if i > 0 {
				q.add(", ")
			}
			q.add("CASE WHEN 1 = 1")
			_, m := needs(parts)
			needM = needM || m
			and(&q, parts, "c.id")
			q.add(" THEN 1 ELSE 0 END")
		}
		q.add(" FROM customers c")
		if needM {
			q.add(" JOIN customer_metrics m ON m.customer_id = c.id")
		}
		q.add(" WHERE c.id = " + num(id))
		into, held := make([]any, len(part)), make([]int64, len(part))
		for i := range part {
			into[i] = &held[i]
		}
		err := s.db.Q(ctx).QueryRowContext(ctx, q.text(), q.args...).Scan(into...)
		if db.IsNoRow(err) {
			return out, nil
		}
		if err != nil {
			return nil, db.MapError(err)
		}
		for i := range part {
			out[from+i] = held[i] == 1
		}
	}
	return out, nil
}

// holdsStep is how many conditions one query asks for.
const holdsStep = 40

// valueOf reads what a condition looks at of a customer; nil for nothing.
func (s *Store) valueOf(ctx context.Context, value func(add rule.Add, id string), id int64) (any, error) {
	var q query
	q.add("SELECT ")
	value(q.add, "c.id")
	q.add(" FROM customers c WHERE c.id = " + num(id))
	var v any
	err := s.db.Q(ctx).QueryRowContext(ctx, q.text(), q.args...).Scan(&v)
	if db.IsNoRow(err) {
		return nil, nil
	}
	switch n := v.(type) {
	case []byte:
		v = string(n)
	case int32:
		v = int64(n)
	case float64:
		v = int64(math.RoundToEven(n))
	}
	return v, db.MapError(err)
}
