package quality

import (
	"context"
	"fmt"
	"testing"

	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
)

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
