package audience

import (
	"context"
	"errors"
	"strconv"

	"zhike/internal/platform/db"
	"zhike/internal/rule"
)

func num(n int64) string { return strconv.FormatInt(n, 10) }

// sampled is how many facts are looked at for values where all are too many.
const sampled = 100_000

// factWords reads the words of a dimension, those of most facts first. Where
// counting all facts takes longer than factsTime, it gives the words of the
// table that facts point to, or of some facts, without numbers.
func (s *store) factWords(ctx context.Context, st *rule.Stream, d *rule.Dimension) ([]Suggestion, error) {
	where := ` WHERE 1 = 1`
	if st.Where != "" {
		where += ` AND (` + st.Where + `)`
	}
	limited, cancel := context.WithTimeout(ctx, factsTime)
	defer cancel()
	facts := `SELECT ` + d.Expr + ` AS k, COUNT(*) AS n FROM ` + st.Table + where + ` GROUP BY ` + d.Expr
	list, err := s.words(limited, d, facts, true)
	if err == nil || ctx.Err() != nil || !errors.Is(limited.Err(), context.DeadlineExceeded) {
		return list, err
	}
	if v := d.Via; v != nil {
		return s.words(ctx, d, `SELECT `+v.ID+` AS k, 1 AS n FROM `+v.Table, false)
	}
	return s.words(ctx, d, `SELECT k, COUNT(*) AS n FROM (SELECT `+d.Expr+` AS k FROM `+st.Table+where+` LIMIT `+num(sampled)+`) AS some GROUP BY k`, false)
}

// words reads words out of a query of keys k with numbers n.
func (s *store) words(ctx context.Context, d *rule.Dimension, facts string, counted bool) ([]Suggestion, error) {
	text := `SELECT CAST(f.k AS TEXT) AS word, SUM(f.n) AS n FROM (` + facts + `) AS f WHERE f.k IS NOT NULL`
	if v := d.Via; v != nil {
		text = `SELECT ` + v.Expr + ` AS word, SUM(f.n) AS n FROM (` + facts + `) AS f JOIN ` + v.Table + ` ON ` + v.Table + `.` + v.ID + ` = f.k WHERE 1 = 1`
	}
	text = `SELECT word, CAST(SUM(n) AS BIGINT) FROM (` + text + ` GROUP BY 1) AS w WHERE word <> '' GROUP BY word ORDER BY 2 DESC, 1 LIMIT ` + num(maxFactValues)
	return db.Select(ctx, s.db.Q(ctx), text, func(v *Suggestion, r db.Scanner) error {
		var n int64
		err := r.Scan(&v.Value, &n)
		if v.Label = v.Value; counted {
			v.Count = &n
		}
		return err
	})
}
