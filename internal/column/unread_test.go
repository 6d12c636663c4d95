package column

import (
	"testing"
	"time"

	"zhike/internal/platform/clock"
	"zhike/internal/platform/db/dbtest"
)

// Tables that no column reads may change as much as they like: nothing is read
// again for them, and nothing anew. Of a table that is read so much is.
func TestMarksOfUnreadTables(t *testing.T) {
	d := dbtest.SQLite(t)
	s := New(Options{DB: d, Clock: clock.NewFixed(time.Unix(1_700_000_000, 0)), MaxBytes: 64 << 20})
	t.Cleanup(s.Close)
	exec(t, d, "", []int64{1}, newCustomer+`(1, 'person', 'a', 1, 1, 5, 5)`)
	ask := asker(t, s)
	kind := HasWord(Col{Table: "customers", ID: "id", Expr: "kind", Kind: Words}, "person")
	settled := func() {
		t.Helper()
		for range 100 {
			if err := s.Settle(t.Context()); err != nil {
				t.Fatal(err)
			}
			if ids, ok := ask(kind); ok {
				if len(ids) != 1 {
					t.Fatalf("%v", ids)
				}
				return
			}
		}
		t.Fatal("the columns never answer")
	}
	settled()
	var many []int64
	for id := int64(1); id <= 3*stepMost; id += 2 { // each a run of its own
		many = append(many, id)
	}
	exec(t, d, "unread", many)
	settled()
	if got := s.Stats(); got.Rebuilt != 0 || got.Followed != 0 {
		t.Errorf("after changes of an unread table: %+v", got)
	}
	exec(t, d, "customers", many)
	settled()
	if got := s.Stats(); got.Rebuilt != 1 {
		t.Errorf("after as many of one that is read: %+v", got)
	}
}
