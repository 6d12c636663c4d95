package column

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"time"

	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
)

// Two streams of the schema: orders, whose writers tell under another name, and
// their lines, a join that points to products.
func orderCol(expr string, kind Kind) Col {
	return Col{Table: "orders", ID: "customer_id", Expr: expr, Kind: kind, Order: "paid_at, id", Source: "bought"}
}

func lineCol(expr string, kind Kind) Col {
	return Col{Table: "orders o JOIN order_lines l ON l.order_id = o.id", ID: "o.customer_id", Expr: expr, Where: "o.status <> 9", Kind: kind,
		Order: "o.paid_at, l.order_id, l.line_no", Source: "bought"}
}

var (
	orderDay  = orderCol("day", Series)
	orderNet  = orderCol("net_fen * 1000 + net_sub", Series)
	orderShop = orderCol("channel", SeriesWords)
	lineDay   = lineCol("o.day", Series)
	lineItem  = lineCol("l.product_id", Series)
	itemGroup = Col{Table: "products", ID: "id", Expr: "category", Kind: Words, Source: "goods", Apart: true}
)

func newOrder(id, customer, day int64, fen int64, shop string) string {
	return fmt.Sprintf(`INSERT INTO orders (id, source_id, external_id, customer_id, kind, status, paid_at, day, gross_fen, gross_sub, sales_fen, sales_sub,
  net_fen, net_sub, freight_fen, quantity_milli, line_count, channel, store, province, city, content_hash, import_id, created_at, updated_at)
VALUES (%d, 1, '%d', %d, 1, 1, %d, %d, 0, 0, 0, 0, %d, 0, 0, 0, 1, '%s', '', '', '', 0, 0, 1, 1)`, id, id, customer, day*86_400_000, day, fen, shop)
}

func newLine(order, no int64, product string) string {
	return fmt.Sprintf(`INSERT INTO order_lines (order_id, line_no, product_id, quantity_milli, amount_fen, amount_sub) VALUES (%d, %d, %s, 1000, 5, 0)`, order, no, product)
}

func newProduct(id int64, group string) string {
	return fmt.Sprintf(`INSERT INTO products (id, source_id, code, name, category, brand, created_at, updated_at) VALUES (%d, 1, 'p%d', 'p', '%s', '', 1, 1)`, id, id, group)
}

func streamSet(t *testing.T, d *db.DB) (*Set, func(c *Cond) (ids []int64, ok bool)) {
	s := New(Options{DB: d, Clock: clock.NewFixed(time.Unix(1_700_000_000, 0)), MaxBytes: 64 << 20})
	t.Cleanup(s.Close)
	return s, asker(t, s)
}

func asker(t *testing.T, s *Set) func(c *Cond) (ids []int64, ok bool) {
	return func(c *Cond) (ids []int64, ok bool) {
		t.Helper()
		m, ok, err := s.Match(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		if ok {
			m.After(-1<<62, func(id int64) bool { ids = append(ids, id); return true })
		}
		return ids, ok
	}
}

// TestFactsFollow: series are read when asked for and follow what writers tell
// under the name of the stream; a series that is read later has its facts where
// the others of the stream have theirs, also where it is written to meanwhile;
// what facts point to follows marks with ids of its own.
func TestFactsFollow(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, ask := streamSet(t, d)
		far := int64(blockRows + 7)
		exec(t, d, "", []int64{1, 2, 3, far}, newCustomer+fmt.Sprintf(`(1, 'person', 'a', 1, 1, 5, 5), (2, 'person', 'b', 1, 1, 5, 5), (3, 'person', 'c', 1, 1, 5, 5), (%d, 'person', 'd', 1, 1, 5, 5)`, far),
			newProduct(400_000, "茶"), newProduct(3, "酒"),
			newOrder(10, 1, 100, 500, "店"), newOrder(11, 1, 200, -300, "网"), newOrder(12, far, 150, 9, ""),
			newLine(10, 1, "400000"), newLine(10, 2, "NULL"), newLine(12, 1, "3"))
		settled := func(what string, c *Cond, want ...int64) {
			t.Helper()
			got, ok := ask(c)
			if !ok {
				if err := s.Settle(t.Context()); err != nil {
					t.Fatal(err)
				}
				got, ok = ask(c)
			}
			if !ok || fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%s: %v, want %v; %v, %+v", what, got, want, ok, s.Stats())
			}
		}
		verified := func() {
			t.Helper()
			if same, sure, err := s.Verify(t.Context()); !same || !sure || err != nil {
				t.Errorf("verified: %v, %v, %v", same, sure, err)
			}
		}
		all := Facts{Day: orderDay, From: FirstDay, To: LastDay}
		sum := func(at, to int64) *Cond {
			return Compare(Value{Facts: &all, Agg: Sum, Of: orderNet, Per: 1000}, at, to)
		}
		settled("sum of 200", sum(200, 200), 1)
		settled("sum of 0 or 9", sum(0, 9), 2, 3, far)
		settled("not since day 150", Not(Compare(Value{Facts: &Facts{Day: orderDay, From: 150, To: LastDay}}, 1, LastDay)), 2, 3)
		verified()

		// Only what is told under the name of the stream is followed.
		exec(t, d, "orders", []int64{2}, newOrder(13, 2, 120, 200, "店"))
		settled("told under another name", sum(200, 200), 1)
		exec(t, d, "bought", []int64{2})
		settled("told", sum(200, 200), 1, 2)

		// A further series; while it is read an order moves before another, one
		// comes and one goes.
		reads := 0
		s.onLoaded = func() {
			if reads++; reads == 1 {
				exec(t, d, "bought", []int64{1, 2, far}, `UPDATE orders SET paid_at = 17280000001, day = 200, channel = '会' WHERE id = 10`,
					newOrder(14, 2, 90, 7, "会"), `DELETE FROM order_lines WHERE order_id = 12`, `DELETE FROM orders WHERE id = 12`)
			}
		}
		last := func(word string) *Cond { return Ends(all, true, FactTest{Col: orderShop, Words: []string{word}}) }
		first := func(word string) *Cond { return Ends(all, false, FactTest{Col: orderShop, Words: []string{word}}) }
		settled("the last one in the club", last("会"), 1)
		settled("the first one in the club", first("会"), 2)
		settled("the first one on the net", first("网"), 1)
		settled("sum over the club", Compare(Value{Facts: &Facts{Day: orderDay, From: FirstDay, To: LastDay, Tests: []FactTest{{Col: orderShop, Words: []string{"会"}}}}, Agg: Sum, Of: orderNet}, 7000, LastDay), 1, 2)
		if reads != 1 {
			t.Errorf("read %d times", reads)
		}
		verified()

		// Lines, and the groups of the products they point to.
		tea := Compare(Value{Facts: &Facts{Day: lineDay, From: FirstDay, To: LastDay, Tests: []FactTest{{Col: lineItem, Via: &itemGroup, Words: []string{"茶"}}}}}, 1, LastDay)
		kinds := Compare(Value{Facts: &Facts{Day: lineDay, From: FirstDay, To: LastDay}, Agg: Distinct, Of: lineItem, Via: &itemGroup}, 1, LastDay)
		settled("tea", tea, 1)
		exec(t, d, "", []int64{3}, `UPDATE products SET category = '茶' WHERE id = 3`) // of customer 3: of no meaning for product 3
		exec(t, d, "bought", []int64{3}, newOrder(15, 3, 110, 1, "店"), newLine(15, 1, "3"))
		settled("not told of the product", tea, 1)
		settled("kinds", kinds, 1, 3)
		exec(t, d, "goods", []int64{3})
		settled("told of the product", tea, 1, 3)
		exec(t, d, "goods", []int64{400_000}, `UPDATE products SET category = '' WHERE id = 400000`)
		settled("no tea any more", tea, 3)
		settled("kinds", kinds, 3)
		verified()

		// A change that nobody tells of is found.
		if err := d.InTx(t.Context(), func(ctx context.Context) error {
			_, err := d.Q(ctx).ExecContext(ctx, `UPDATE orders SET channel = '店' WHERE id = 14`)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if same, sure, err := s.Verify(t.Context()); same || !sure || err != nil {
			t.Errorf("a silent change: same %v, sure %v, %v", same, sure, err)
		}
	})
}

// TestFactsUnderWrites: writes, some while series are being read, more than an
// answer catches up with, through overlays that fold; columns are the database.
func TestFactsUnderWrites(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, ask := streamSet(t, d)
		r := rand.New(rand.NewPCG(rand.Uint64(), 4))
		const customers = 900
		next, mine := int64(1), map[int64][]int64{}
		sums := map[int64]int64{}
		fen := map[int64]int64{}
		insert := func(n int) {
			var texts []string
			ids := []int64{}
			for range n {
				id := 1 + r.Int64N(customers)
				ids = append(ids, id)
				if list := mine[id]; len(list) > 3 && r.IntN(2) == 0 {
					gone := list[0]
					mine[id] = list[1:]
					sums[id] -= fen[gone]
					texts = append(texts, fmt.Sprintf(`DELETE FROM orders WHERE id = %d`, gone))
					continue
				}
				amount := r.Int64N(1000) - 200
				texts = append(texts, newOrder(next, id, 100+r.Int64N(300), amount, []string{"", "店", "网"}[r.IntN(3)]))
				mine[id], fen[next] = append(mine[id], next), amount
				sums[id] += amount
				next++
			}
			exec(t, d, "bought", ids, texts...)
		}
		var people, rows = []int64{}, newCustomer
		for id := int64(1); id <= customers; id++ {
			people = append(people, id)
			if id > 1 {
				rows += ", "
			}
			rows += fmt.Sprintf(`(%d, 'person', 'x', 1, 1, 5, 5)`, id)
		}
		exec(t, d, "", people, rows)
		insert(3000)
		s.onLoaded = func() { insert(40) }
		all := Facts{Day: orderDay, From: FirstDay, To: LastDay}
		for round := range 12 {
			bound := r.Int64N(1500)
			rich := Compare(Value{Facts: &all, Agg: Sum, Of: orderNet, Per: 1000}, bound, LastDay)
			if round > 5 { // a further series joins
				rich = All(rich, Not(Ends(all, true, FactTest{Col: orderShop, Words: []string{"none"}})))
			}
			got, ok := ask(rich)
			for try := 0; !ok && try < 50; try++ {
				if err := s.Settle(t.Context()); err != nil {
					t.Fatal(err)
				}
				got, ok = ask(rich)
			}
			var want []int64
			for id := int64(1); id <= customers; id++ {
				if sums[id] >= bound {
					want = append(want, id)
				}
			}
			if !ok || fmt.Sprint(got) != fmt.Sprint(want) {
				t.Fatalf("round %d: answered %v: %d customers, want %d; %+v", round, ok, len(got), len(want), s.Stats())
			}
			insert([]int{0, 1, 30, 400, 1500}[r.IntN(5)])
		}
		for try := 0; ; try++ {
			if same, sure, err := s.Verify(t.Context()); err != nil || !same || try > 20 {
				t.Fatalf("verified: %v, %v, %v", same, sure, err)
			} else if sure {
				break
			}
			_ = s.Settle(t.Context())
		}
	})
}

// TestSuperseded: a question that nobody waits for ends, and says so.
func TestSuperseded(t *testing.T) {
	b := newStreamBench(t, false)
	for id := range int64(20) {
		_ = b.cols[everybody].addNumber(id<<blockBits, 1)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var looked atomic.Int64
	v := &view{ctx: ctx, get: func(c Col) data { return b.cols[c] }}
	_, _, err := v.matching(ByID(func(_ int64, of uint64) uint64 {
		if looked.Add(1) == 3 {
			cancel()
		}
		return of
	}))
	if err != context.Canceled || looked.Load() > int64(3+cap(slots)) {
		t.Errorf("%v after %d", err, looked.Load())
	}
}

// TestAhead: a program that serves follows without being asked, while somebody
// asked lately.
func TestAhead(t *testing.T) {
	d := dbtest.SQLite(t)
	clk := clock.NewFixed(time.Unix(1_700_000_000, 0))
	s := New(Options{DB: d, Clock: clk, MaxBytes: 64 << 20})
	t.Cleanup(s.Close)
	exec(t, d, "", []int64{1}, newCustomer+`(1, 'person', 'a', 1, 1, 5, 5)`)
	c := Has(Col{Table: "customers", ID: "id", Expr: "kind", Kind: Words})
	ask := asker(t, s)
	ask(c)
	if err := s.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, ok := ask(c); !ok {
		t.Fatal("no answer")
	}
	follows := func(what string, want int64) {
		t.Helper()
		before := s.Stats().Followed
		exec(t, d, "customers", []int64{1})
		s.ahead()
		if got := s.Stats().Followed - before; got != want {
			t.Errorf("%s: followed %d, want %d", what, got, want)
		}
	}
	follows("a program that does not serve", 0)
	s.Restore()
	follows("served", 1) // with what came before, once
	clk.Advance(2*tickEvery + time.Second)
	follows("nobody asks", 0)
}
