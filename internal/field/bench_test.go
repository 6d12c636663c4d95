package field

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"testing"

	"zhike/internal/platform/audit"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
)

// BenchmarkFilter looks for customers by custom fields, the way lists do it
// with [Definition.Column]. ZHIKE_BENCH_CUSTOMERS says how many there are
// (default 100,000); each has an amount, a choice and, every tenth, a text.
func BenchmarkFilter(b *testing.B) {
	n, _ := strconv.ParseInt(os.Getenv("ZHIKE_BENCH_CUSTOMERS"), 10, 64)
	if n == 0 {
		n = 100_000
	}
	b.Run("sqlite", func(b *testing.B) { benchFilter(b, dbtest.SQLite(b), n) })
	b.Run("postgres", func(b *testing.B) { benchFilter(b, dbtest.Postgres(b), n) })
}

func benchFilter(b *testing.B, d *db.DB, n int64) {
	s := NewService(Deps{DB: d, Clock: clock.System{}, Audit: audit.New(d, clock.System{})})
	var fields []*Definition
	for _, in := range []In{
		{Code: "amount", Kind: Money, Name: Label{ZH: "金额"}},
		{Code: "size", Kind: Choice, Name: Label{ZH: "尺码"}, Options: sizes[:2]},
		{Code: "note", Kind: Text, Name: Label{ZH: "备注"}},
	} {
		f, err := s.Create(ctxBoss, in)
		if err != nil {
			b.Fatal(err)
		}
		fields = append(fields, f)
	}
	const chunk = 10_000
	for from := int64(0); from < n; from += chunk {
		writes := make([]Write, 0, chunk)
		for id := from + 1; id <= min(from+chunk, n); id++ {
			v := map[string]Value{"amount": {Set: true, Num: id * 7919 % 1_000_003}, "size": {Set: true, Text: sizes[id%2].Code}}
			if id%10 == 0 {
				v["note"] = Value{Set: true, Text: fmt.Sprint("备注 ", id*31%n)}
			}
			writes = append(writes, Write{id, v})
		}
		err := d.InTx(ctxBoss, func(ctx context.Context) error {
			_, err := s.SetMany(ctx, writes)
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	if d.Engine() == db.Postgres {
		if _, err := d.Pool().Exec(ctxBoss, "VACUUM ANALYZE"); err != nil {
			b.Fatal(err)
		}
	}
	const page = `SELECT a.customer_id FROM customer_values a WHERE a.field_id = $1 AND a.num >= $2
 AND EXISTS (SELECT 1 FROM customer_values c WHERE c.customer_id = a.customer_id AND c.field_id = $3 AND c.text = $4)
 ORDER BY a.num, a.customer_id LIMIT 51`
	for _, q := range []struct {
		name, text string
		args       []any
	}{
		{"a page by amount and choice", page, []any{fields[0].ID, 500_000, fields[1].ID, "m"}},
		{"text equal", "SELECT customer_id FROM customer_values WHERE field_id = $1 AND text = $2 ORDER BY customer_id LIMIT 51", []any{fields[2].ID, "备注 310"}},
		{"text begins with", "SELECT customer_id FROM customer_values WHERE field_id = $1 AND text >= $2 AND text < $3 ORDER BY text, customer_id LIMIT 51",
			[]any{fields[2].ID, "备注 31", "备注 32"}},
		{"count to 10,000", "SELECT count(*) FROM (SELECT 1 FROM customer_values WHERE field_id = $1 AND num < $2 LIMIT 10001) part", []any{fields[0].ID, 300_000}},
	} {
		b.Run(q.name, func(b *testing.B) {
			for b.Loop() {
				rows, err := d.Q(ctxBoss).QueryContext(ctxBoss, q.text, q.args...)
				if err != nil {
					b.Fatal(err)
				}
				for rows.Next() {
				}
				if err := rows.Err(); err != nil {
					b.Fatal(err)
				}
				rows.Close()
			}
		})
	}
}
