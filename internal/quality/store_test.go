package quality

import (
	"context"
	"fmt"
	"testing"

	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
)

// Records whose numbers lie outside of the bounds of their fields are found,
// whether they are looked at in one stretch or one by one.
func TestNumbersOutside(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		s := &Store{db: d}
		exec := func(q string, args ...any) {
			t.Helper()
			if err := d.InTx(ctx, func(ctx context.Context) error {
				_, err := d.Q(ctx).ExecContext(ctx, q, args...)
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
		define := func(id int64, least, greatest any, retired bool) {
			t.Helper()
			exec(`INSERT INTO field_defs (id, code, kind, scale, target, name_zh, name_en, help_zh, help_en, section_zh, section_en,
 unit, required, used, retired, position, options, created_at, updated_at, least_num, greatest_num)
VALUES ($1, $2, 'number', 0, '', '', '', '', '', '', '', '', FALSE, TRUE, $3, 1, '[]', 1, 1, $4, $5)`, id, fmt.Sprint("f", id), retired, least, greatest)
		}
		outside := func(ids ...int64) string {
			t.Helper()
			rows := make([]stored, len(ids))
			for i, id := range ids {
				rows[i].ID = id
			}
			if err := s.markOutside(ctx, rows); err != nil {
				t.Fatal(err)
			}
			var out []int64
			for _, r := range rows {
				if r.Outside {
					out = append(out, r.ID)
				}
			}
			return fmt.Sprint(out)
		}
		for _, v := range [][3]int64{{1, 1, -1}, {2, 1, 0}, {3, 1, 20}, {4, 1, 21}, {5, 2, -9}, {6, 3, 500}, {7, 2, 9}, {7, 1, 400}, {900, 1, 400}} {
			exec(`INSERT INTO customer_values (customer_id, field_id, item, num) VALUES ($1, $2, 0, $3)`, v[0], v[1], v[2])
		}
		exec(`INSERT INTO customer_values (customer_id, field_id, item, text) VALUES (8, 4, 0, 'x')`)
		define(3, 0, 10, true)
		define(4, nil, nil, false)
		if got := outside(1, 2, 3, 4, 5, 6, 7, 8); got != "[]" {
			t.Errorf("without bounds: %s", got)
		}
		define(1, 0, 20, false)
		define(2, 0, nil, false)
		if got := outside(1, 2, 3, 4, 5, 6, 7, 8); got != "[1 4 5 7]" {
			t.Errorf("in a stretch: %s", got)
		}
		if got := outside(2, 5, 900); got != "[5 900]" {
			t.Errorf("one by one: %s", got)
		}
	})
}

// The work lists follow the findings: what breaks a rule comes, what is mended goes.
func TestWriteKeepsWorkListsInLine(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		s := &Store{db: d}
		a, b := int64(1)<<Rules[0].Bit, int64(1)<<Rules[1].Bit
		const n = 700
		write := func(was, is func(id int64) int64) {
			t.Helper()
			var found []finding
			for id := int64(n); id > 0; id-- {
				found = append(found, finding{id: id, version: 1, was: was(id), is: is(id), score: 90})
			}
			if err := d.InTx(ctx, func(ctx context.Context) error { return s.write(ctx, found, 5) }); err != nil {
				t.Fatal(err)
			}
		}
		none := func(int64) int64 { return 0 }
		even := func(id int64) int64 { return a * (1 - id%2) }
		odd := func(id int64) int64 { return b | a*(id%2) }
		write(none, even)
		write(even, odd)
		write(odd, odd) // seen twice at once: nothing comes twice
		write(none, odd)
		counts, err := s.counts(ctx)
		if err != nil || counts[Rules[0].Bit] != n/2 || counts[Rules[1].Bit] != n || len(counts) != 2 {
			t.Errorf("the work lists hold %v, %v", counts, err)
		}
		listed, err := s.listed(ctx, Rules[0].Bit, 0, 3)
		if err != nil || fmt.Sprint(listed) != "[1 3 5]" {
			t.Errorf("listed %v, %v", listed, err)
		}
		issues, score, at, ok, err := s.of(ctx, 3)
		if err != nil || !ok || issues != a|b || score != 90 || at != 5 {
			t.Errorf("of one: %d %d %d %v %v", issues, score, at, ok, err)
		}
	})
}
