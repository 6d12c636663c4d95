package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"zhike/internal/demo"
)

// handWritten are rules, and the SQL that a careful person would write for them.
func handWritten(category, province string) []struct{ name, rule, sql string } {
	as := int(demo.BenchAsOf) + since() // today
	ofCategory := `(o.lone_product_id IN (SELECT p.id FROM products p WHERE p.category = '` + category + `')
 OR o.lone_product_id IS NULL AND EXISTS (SELECT 1 FROM order_lines l JOIN products p ON p.id = l.product_id WHERE l.order_id = o.id AND p.category = '` + category + `'))`
	spend := fmt.Sprintf(`(SELECT COALESCE(SUM(o.net_fen * 1000 + o.net_sub), 0) FROM orders o WHERE o.customer_id = c.id AND o.day >= %d AND o.day <= %d) >= 100000000`, int(demo.BenchAsOf)-89, as)
	category2 := fmt.Sprintf(`(SELECT COUNT(*) FROM orders o WHERE o.customer_id = c.id AND o.day >= %d AND o.day <= %d AND o.net_fen > 0 AND %s) >= 2`, int(demo.BenchAsOf)-179, as, ofCategory)
	silent := fmt.Sprintf(`NOT EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id AND o.day >= %d AND o.day <= %d AND o.net_fen > 0)`, int(demo.BenchAsOf)-59, as)
	last := func(days int) string { return strconv.Itoa(since() + days) }
	rule := map[string]string{
		"spend":    `{"facts":{"stream":"orders","agg":"sum","of":"net","window":{"last":` + last(90) + `}},"op":"gte","value":100000}`,
		"category": `{"facts":{"stream":"lines","agg":"count","window":{"last":` + last(180) + `},"where":[{"field":"category","op":"in","value":[` + quote(category) + `]}]},"op":"gte","value":2}`,
		"silent":   `{"facts":{"stream":"orders","agg":"count","window":{"last":` + last(60) + `}},"op":"eq","value":0}`,
		"province": `{"field":"province","op":"in","value":[` + quote(province) + `]}`,
	}
	return []struct{ name, rule, sql string }{
		{"spend in 90 days", rule["spend"], spend},
		{"a category twice in 180 days", rule["category"], category2},
		{"no order for 60 days", rule["silent"], silent},
		{"three conditions", `{"all":[` + rule["province"] + `,{"any":[` + rule["spend"] + `,{"not":` + rule["silent"] + `}]}]}`,
			`c.province = '` + province + `' AND (` + spend + ` OR NOT ` + silent + `)`},
	}
}

// bySQL compares counts without columns with hand-written texts on the same
// database, one after the other in turn.
func (p *program) bySQL(ctx context.Context, m measuring) error {
	off := &program{path: p.path, env: append(slices.Clone(p.env), "ZHIKE_COLUMNS_MAX_BYTES=0")}
	s, err := off.start()
	if err != nil {
		return err
	}
	defer s.stop()
	if err := s.login(); err != nil {
		return err
	}
	categories, provinces, err := s.has(ctx)
	if err != nil {
		return err
	}
	d, err := p.database(ctx)
	if err != nil {
		return err
	}
	defer d.Close()
	for _, q := range handWritten(categories[0], provinces[0]) {
		var hand, ours []time.Duration
		for range 5 {
			var n int64
			began := time.Now()
			if err := d.Q(ctx).QueryRowContext(ctx, `SELECT COUNT(*) FROM customers c WHERE `+q.sql).Scan(&n); err != nil {
				return fmt.Errorf("%s: %w", q.sql, err)
			}
			hand = append(hand, time.Since(began))
			began = time.Now()
			c, err := s.count(ctx, q.rule)
			if err != nil {
				return err
			}
			ours = append(ours, time.Since(began))
			if c.Count != n || c.Engine != "sql" {
				return fmt.Errorf("%s: %d by %s, %d by hand", q.name, c.Count, c.Engine, n)
			}
		}
		slices.Sort(hand)
		slices.Sort(ours)
		m.add("count by hand-written SQL, ms: "+q.name, "%.0f", millis(hand[2]))
		m.add("count by SQL ÷ hand-written (≤ 1.3): "+q.name, "%.2f", ours[2].Seconds()/hand[2].Seconds())
	}
	return nil
}
