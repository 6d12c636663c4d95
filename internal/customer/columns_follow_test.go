package customer_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"zhike/internal/column"
	"zhike/internal/customer"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
)

func (s *columnSite) sure(t testing.TB) {
	t.Helper()
	same, sure, err := s.columns.Verify(t.Context())
	if !same || !sure || err != nil {
		t.Fatalf("verified: same %v, sure %v, %v: %+v", same, sure, err, s.columns.Stats())
	}
}

func byStage(stage string) customer.ListQuery {
	n := node("stage", "in", []string{stage})
	return customer.ListQuery{Filter: customer.Filter{Tree: &n}, Sort: "-id", Limit: 200}
}

// TestColumnsShowOwnEdits: with writers of all sorts at once, each sees its own
// write in the next list, from memory.
func TestColumnsShowOwnEdits(t *testing.T) {
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		s := withColumns(t, listSetup(t, d, 60), 64<<20)
		s.fromMemory(t, "boss", byStage("prospect"))
		n := node("industry", "in", []string{"x"})
		s.fromMemory(t, "boss", customer.ListQuery{Filter: customer.Filter{Tree: &n}, Sort: "name", Limit: 5})
		before := s.columns.Stats()
		var wg sync.WaitGroup
		for w := range 6 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				r := rand.New(rand.NewPCG(uint64(w), 3))
				for i := range 20 {
					id := s.ids[w*10+r.IntN(10)] // of its own
					word := fmt.Sprintf("w%d-%d", w, i)
					e := customer.Edit{ID: id}
					if err := e.Patch.Set("industry", word); err != nil {
						t.Error(err)
						return
					}
					if _, err := s.service.Change(s.as("boss"), e, customer.WriteOptions{}); err != nil {
						t.Error(err)
						return
					}
					n := node("industry", "in", []string{word})
					p, err := s.mem.Query(s.as("boss"), customer.ListQuery{Filter: customer.Filter{Tree: &n}, Sort: "name", Limit: 5})
					if err != nil || len(p.Items) != 1 || p.Items[0].ID != id {
						t.Errorf("%s: own edit of %d not seen: %v, %v", word, id, p.Items, err)
						return
					}
				}
			}()
		}
		wg.Wait()
		after := s.columns.Stats()
		if got := after.Answered - before.Answered; got < 100 {
			t.Errorf("%d of 120 lists came from memory: %+v", got, after)
		}
		s.sure(t)
	})
}

// TestColumnsReadWhileWritten: what is written while the columns are read is in
// them, also by a transaction that commits late.
func TestColumnsReadWhileWritten(t *testing.T) {
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		s := withColumns(t, listSetup(t, d, 60), 64<<20)
		stop := make(chan struct{})
		var wg sync.WaitGroup
		for w := range 3 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				for i := uint64(0); ; i++ {
					select {
					case <-stop:
						return
					default:
					}
					e := customer.Edit{ID: s.ids[int(i)%len(s.ids)]}
					_ = e.Patch.Set("industry", fmt.Sprintf("%d-%d", w, i))
					if _, err := s.service.Change(s.as("boss"), e, customer.WriteOptions{}); err != nil {
						t.Error(err)
						return
					}
				}
			}()
		}
		// Every list asks for a further column.
		for _, f := range []string{"industry", "city", "stage", "tags", "net_90", "f.score", "owner", "f.note", "carts_90"} {
			op, value := "empty", any(nil)
			switch f {
			case "stage":
				op, value = "in", []string{"customer"}
			case "net_90", "carts_90":
				op, value = "gte", 0
			}
			n := node(f, op, value)
			if _, err := s.mem.Query(s.as("boss"), customer.ListQuery{Filter: customer.Filter{Tree: &n}, Sort: "name", Limit: 5}); err != nil {
				t.Fatal(err)
			}
			time.Sleep(5 * time.Millisecond)
		}
		must(t, s.columns.Settle(t.Context()))
		close(stop)
		wg.Wait()
		if st := s.columns.Stats(); st.Columns < 9 {
			t.Errorf("%+v", st)
		}
		s.sure(t)
	})
}

// TestColumnsFarBehind: behind a large write lists go on by SQL until it was
// followed in the background, or all was read anew.
func TestColumnsFarBehind(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := withColumns(t, listSetup(t, d, 20), 64<<20)
		s.add(t, crowd(6000))
		q := byStage("prospect")
		s.fromMemory(t, "boss", q)
		// A bulk edit, in which every customer is written.
		p, err := s.service.PreviewBulk(s.as("boss"), customer.Selection{All: true}, customer.BulkActions{
			Set: map[string]jsonText{"stage": jsonText(`"prospect"`)}, AddTags: s.tagIDs[:1]})
		must(t, err)
		_, err = s.service.StartBulk(s.as("boss"), p.ID)
		must(t, err)
		must(t, s.service.RunBulk(context.Background(), p.ID))
		page, err := s.mem.Query(s.as("boss"), q)
		must(t, err)
		if *page.Total != int64(len(s.ids)) {
			t.Errorf("%d of %d right behind it", *page.Total, len(s.ids))
		}
		must(t, s.columns.Settle(t.Context()))
		got, answered := s.fromMemory(t, "boss", q)
		if got.Total != int64(len(s.ids)) || !answered {
			t.Errorf("%d of %d, from memory %v", got.Total, len(s.ids), answered)
		}
		s.sure(t)
		// Marks that are gone: read anew.
		must(t, d.InTx(t.Context(), func(ctx context.Context) error {
			if err := column.Tell(ctx, d, "customers", 1, s.ids...); err != nil {
				return err
			}
			_, err := d.Q(ctx).ExecContext(ctx, `UPDATE customers SET stage = 'customer' WHERE id > $1`, s.ids[10])
			return err
		}))
		must(t, d.InTx(t.Context(), func(ctx context.Context) error {
			n, err := column.DropMarks(ctx, d, clock.Millis(s.clock.Now()), 100)
			if n == 0 {
				t.Error("no mark to drop")
			}
			return err
		}))
		rebuilt := s.columns.Stats().Rebuilt
		s.service.ForgetAll()
		s.mem.ForgetAll()
		if got, _ := s.fromMemory(t, "boss", q); got.Total != 11 {
			t.Errorf("%d, want 11", got.Total)
		}
		if s.columns.Stats().Rebuilt == rebuilt {
			t.Error("not read anew")
		}
		s.sure(t)
	})
}

// TestColumnsRollback: what was not committed is not seen, nor followed from
// inside the transaction.
func TestColumnsRollback(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := withColumns(t, listSetup(t, d, 30), 64<<20)
		q := byStage("prospect")
		want, _ := s.fromMemory(t, "boss", q)
		undone := fmt.Errorf("undone")
		err := d.InTx(s.as("boss"), func(ctx context.Context) error {
			if _, err := d.Q(ctx).ExecContext(ctx, `UPDATE customers SET stage = 'prospect'`); err != nil {
				return err
			}
			if _, _, err := s.service.Store().Feed(ctx, customer.FeedUpdated, 0, 1, s.ids); err != nil {
				return err
			}
			s.mem.ForgetAll()
			if p, err := s.mem.Query(ctx, q); err != nil || *p.Total != int64(len(s.ids)) {
				t.Errorf("inside: %v, %v", p.Total, err)
			}
			return undone
		})
		if err != undone {
			t.Fatal(err)
		}
		s.mem.ForgetAll()
		if got, _ := s.fromMemory(t, "boss", q); got.Total != want.Total {
			t.Errorf("%d, want %d", got.Total, want.Total)
		}
		s.sure(t)
	})
}

// TestColumnsHeal: a write that told nobody is found by the check, and by a
// page whose customers do not match.
func TestColumnsHeal(t *testing.T) {
	s := withColumns(t, listSetup(t, dbtest.SQLite(t), 30), 64<<20)
	q := byStage("prospect")
	s.fromMemory(t, "boss", q)
	must(t, s.db.InTx(t.Context(), func(ctx context.Context) error {
		_, err := s.db.Q(ctx).ExecContext(ctx, `UPDATE customers SET stage = 'customer'`)
		return err
	}))
	if same, sure, err := s.columns.Verify(t.Context()); same || !sure || err != nil {
		t.Fatalf("a silent write is not seen: %v %v %v", same, sure, err)
	}
	s.columns.Doubt()
	for range 200 { // until it was compared and read anew
		if s.columns.Stats().Differed > 0 {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	must(t, s.columns.Settle(t.Context()))
	if got, _ := s.fromMemory(t, "boss", q); got.Total != 0 {
		t.Errorf("%d after it was found", got.Total)
	}
	s.sure(t)
}

// TestColumnsOff: without memory for them, and with too little, lists are the
// same and come from the database.
func TestColumnsOff(t *testing.T) {
	for _, most := range []int64{0, 1000} {
		s := listSetup(t, dbtest.SQLite(t), 30)
		want := len(s.matching(func(p *listed) bool { return p.stage == "prospect" }))
		c := withColumns(t, s, most)
		for range 3 {
			p, err := c.mem.Query(s.as("boss"), byStage("prospect"))
			must(t, err)
			if len(p.Items) != want {
				t.Errorf("%d bytes: %d of %d", most, len(p.Items), want)
			}
			if c.columns != nil {
				must(t, c.columns.Settle(t.Context()))
			}
		}
		if st := c.columns.Stats(); st.Answered != 0 || st.Columns != 0 || st.Bytes > most {
			t.Errorf("%d bytes: %+v", most, st)
		}
	}
}

// TestColumnsMakeRoom: the memory stays within its bound; what was not asked
// for the longest makes room and comes back when asked for.
func TestColumnsMakeRoom(t *testing.T) {
	const most = 700 << 10
	s := withColumns(t, listSetup(t, dbtest.SQLite(t), 30), most)
	codes := []string{"net_30", "net_90", "net_180", "net_365", "net_all", "orders_30", "orders_90", "created", "f.score"}
	for range 3 {
		for _, code := range codes {
			s.clock.Advance(time.Second)
			n := node(code, "gte", 0)
			if code == "created" {
				n = node(code, "last_days", 100)
			}
			q := customer.ListQuery{Filter: customer.Filter{Tree: &n}, Sort: "id", Limit: 200}
			want := s.page(t, s.service, "boss", q)
			got, answered := s.fromMemory(t, "boss", q)
			if !answered || !slices.Equal(got.IDs, want.IDs) {
				t.Errorf("%s: %v, want %v", code, got, want)
			}
			if st := s.columns.Stats(); st.Bytes > most {
				t.Fatalf("%d bytes of %d", st.Bytes, most)
			}
		}
	}
}
