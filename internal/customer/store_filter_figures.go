package customer

import (
	"context"
	"database/sql"
	"strings"

	"zhike/internal/platform/db"
)

// figureColumns are the figures that lists show: code → column.
var figureColumns = func() (out [][2]string) {
	for _, w := range windows {
		out = append(out, [2]string{"net_" + w, "net_" + w + "_fen"}, [2]string{"orders_" + w, "orders_" + w})
	}
	for _, c := range []string{"first_day", "last_day", "last_behaviour_day", "carts_90", "views_90", PriceField} {
		out = append(out, [2]string{c, c})
	}
	out = append(out, [2]string{"next_order_day", nextOrderDay})
	return out
}()

// figuresOf reads the figures of customers; days may be missing.
func (s *Store) figuresOf(ctx context.Context, ids []int64) (figures map[int64]map[string]*int64, texts map[int64]map[string]string, err error) {
	figures, texts = make(map[int64]map[string]*int64, len(ids)), make(map[int64]map[string]string, len(ids))
	var columns []string
	for _, c := range figureColumns {
		columns = append(columns, c[1])
	}
	head := `SELECT customer_id, favourite_category, favourite_brand, ` + similarOf + `, ` + strings.Join(columns, ", ") + ` FROM customer_metrics WHERE customer_id IN (`
	err = db.InChunks(ids, func(chunk []int64) error {
		in, args := db.InArgs(1, chunk)
		rows, err := s.db.Prepared(ctx).QueryContext(ctx, head+in+`)`, args...)
		if err != nil {
			return db.MapError(err)
		}
		defer rows.Close()
		var id int64
		var category, brand, similar string
		vals := make([]sql.NullInt64, len(figureColumns))
		to := []any{&id, &category, &brand, &similar}
		for i := range vals {
			to = append(to, &vals[i])
		}
		for rows.Next() {
			if err := rows.Scan(to...); err != nil {
				return db.MapError(err)
			}
			of := make(map[string]*int64, len(vals))
			for i, v := range vals {
				if v.Valid {
					n := v.Int64
					of[figureColumns[i][0]] = &n
				}
			}
			figures[id] = of
			texts[id] = map[string]string{"favourite_category": category, "favourite_brand": brand, SimilarField: similar}
		}
		return db.MapError(rows.Err())
	})
	return figures, texts, err
}
