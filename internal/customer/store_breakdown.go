package customer

import (
	"context"
	"strings"

	"zhike/internal/column"
	"zhike/internal/platform/db"
)

// tallies is column.Set.Tally by SQL: one look at each customer for every split.
func (s *Store) tallies(ctx context.Context, parts []expr, splits []column.Split) ([]column.Tally, error) {
	out := make([]column.Tally, len(splits))
	all, err := s.matchingCount(ctx, parts)
	if err != nil {
		return nil, err
	}
	for i := range splits {
		out[i].All = all
		if err := s.tally(ctx, parts, &splits[i], &out[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// tally asks for one split. A customer has one value, which a scalar query
// gives, so that no engine joins or sorts; of contacts there are several.
func (s *Store) tally(ctx context.Context, parts []expr, sp *column.Split, out *column.Tally) error {
	value := stretch(sp)
	where := ""
	if sp.Col.Where != "" {
		where = " AND (" + sp.Col.Where + ")"
	}
	var q query
	if sp.Col.Table == "contacts" {
		q.add("SELECT " + value + ", COUNT(DISTINCT h.id) FROM (")
		q.add("SELECT c.id AS id FROM customers c")
		whereHold(&q, "", parts)
		q.add(") h LEFT JOIN " + sp.Col.Table + " ON " + sp.Col.ID + " = h.id" + where + " GROUP BY 1")
	} else {
		q.add("SELECT h.value, COUNT(*) FROM (")
		q.add("SELECT (SELECT " + value + " FROM " + sp.Col.Table + " WHERE " + sp.Col.ID + " = c.id" + where + ") AS value FROM customers c")
		whereHold(&q, "", parts)
		q.add(") h GROUP BY h.value")
	}
	out.Keys, out.Words = map[int64]int64{}, map[string]int64{}
	return db.Each(ctx, s.varied(ctx), q.text(), func(sc db.Scanner) error {
		var n int64
		if sp.Col.Kind == column.Words {
			var word *string
			if err := sc.Scan(&word, &n); err != nil {
				return err
			}
			if word == nil || *word == "" {
				out.None += n
			} else {
				out.Words[*word] = n
			}
			return nil
		}
		var key *int64
		if err := sc.Scan(&key, &n); err != nil {
			return err
		}
		if key == nil {
			out.None += n
		} else {
			out.Keys[*key] = n
		}
		return nil
	}, q.args...)
}

// stretch is the value of a split, of numbers the stretch that they fall into.
func stretch(sp *column.Split) string {
	if len(sp.Bounds) == 0 {
		return sp.Col.Expr
	}
	value := sp.Col.Expr
	var b strings.Builder
	b.WriteString("CASE WHEN (" + value + ") IS NULL THEN NULL")
	for i, bound := range sp.Bounds {
		b.WriteString(" WHEN (" + value + ") < " + num(bound) + " THEN " + num(int64(i)))
	}
	return b.String() + " ELSE " + num(int64(len(sp.Bounds))) + " END"
}
