package column

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"zhike/internal/platform/clock"
	"zhike/internal/platform/db/dbtest"
)

// TestFault: a fault while conditions are evaluated, in a helper or not, is told to
// the log, and whoever asked is sent to the database. What is asked next is answered.
func TestFault(t *testing.T) {
	d, log := dbtest.SQLite(t), &strings.Builder{}
	s := New(Options{DB: d, Clock: clock.NewFixed(time.Unix(1_700_000_000, 0)), MaxBytes: 64 << 20, Log: slog.New(slog.NewTextHandler(log, nil))})
	t.Cleanup(s.Close)
	for _, id := range []int64{1, blockRows + 1, 2*blockRows + 1, 5*blockRows + 1} {
		exec(t, d, "customers", []int64{id}, newCustomer+fmt.Sprintf(`(%d, 'person', 'a', 1, 1, 5, 5)`, id))
	}
	ask := asker(t, s)
	people := HasWord(Col{Table: "customers", ID: "id", Expr: "kind", Kind: Words}, "person")
	ask(people)
	if err := s.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, from := range []int64{0, blockRows, 5 * blockRows} {
		before := s.Stats().Broke
		if _, ok := ask(All(people, ByID(func(id int64, of uint64) uint64 {
			if id >= from {
				panic("no such row")
			}
			return of
		}))); ok || s.Stats().Broke != before+1 {
			t.Errorf("from %d: answered %v, %+v", from, ok, s.Stats())
		}
		if out, ok := ask(people); !ok || len(out) != 4 {
			t.Errorf("then: %v, %v", out, ok)
		}
	}
	s.Close()
	if text := log.String(); strings.Count(text, "no such row") != 3 || !strings.Contains(text, "fault_test.go") {
		t.Error(text)
	}
}
