package forecast_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"zhike/internal/column"
	"zhike/internal/customer"
	"zhike/internal/duplicate"
	"zhike/internal/forecast"
	"zhike/internal/importer"
	"zhike/internal/platform/clock"
	"zhike/internal/rule"
)

// asked is a random condition on what the purchases model says.
func asked(r *rand.Rand) customer.Node {
	field := []string{"model_alive", "model_orders", "model_clv"}[r.IntN(3)]
	value := func() any {
		switch field {
		case "model_alive":
			return r.IntN(101)
		case "model_orders":
			return float64(r.IntN(300)) / 100
		}
		return r.IntN(20_000)
	}
	n := customer.Node{Field: field, Op: []string{"eq", "ne", "gt", "gte", "lt", "lte", "between", "empty", "not_empty"}[r.IntN(9)]}
	v := value()
	switch n.Op {
	case "empty", "not_empty":
		v = nil
	case "between":
		v = []any{value(), value()}
	}
	if r.IntN(3) == 0 {
		n = customer.Node{Relative: &rule.Relative{Field: field}, Op: []string{"top_percent", "bottom_percent", "top", "bottom", "gt", "gte", "lt", "lte"}[r.IntN(8)]}
		v = json.Number([]string{"0.5", "1", "1.5", "2"}[r.IntN(4)])
		if n.Op[0] == 't' || n.Op[0] == 'b' {
			v = 1 + r.IntN(60)
		}
	}
	if v != nil {
		n.Value, _ = json.Marshal(v)
	}
	if r.IntN(4) == 0 {
		inner := n
		n = customer.Node{Not: &inner}
	}
	return n
}

// find asks a rule by SQL and by columns, which must agree; a nil day is today.
func (w *firm) find(slow *customer.Service, n *customer.Node, day *clock.Day) *column.Matches {
	w.t.Helper()
	sql, err := slow.Find(w.ctx, customer.Who{Rule: n, AsOf: day})
	w.must(err)
	for range 50 {
		fast, err := w.a.Customer.Find(w.ctx, customer.Who{Rule: n, AsOf: day})
		w.must(err)
		if fast.Engine != "columns" {
			w.must(w.a.Columns.Settle(w.ctx))
			continue
		}
		if !same(sql.Members, fast.Members) {
			b, _ := json.Marshal(n)
			w.t.Errorf("%s: %d by SQL, %d by columns", b, sql.Members.Count(), fast.Members.Count())
		}
		return sql.Members
	}
	w.t.Fatal("the columns never answer")
	return nil
}

// unlike counts rows of a set that differ from those that were written last, and
// those that only one has.
func (w *firm) unlike(set int64) (n int) {
	w.t.Helper()
	w.must(w.a.DB.Q(w.ctx).QueryRowContext(w.ctx, `SELECT
 (SELECT COUNT(*) FROM customer_forecasts f WHERE NOT EXISTS (SELECT 1 FROM customer_forecasts_past p WHERE p.customer_id = f.customer_id AND p.past_id = $1
    AND p.alive IS NOT DISTINCT FROM f.alive AND p.orders_centi IS NOT DISTINCT FROM f.orders_centi AND p.clv_fen IS NOT DISTINCT FROM f.clv_fen))
 + (SELECT COUNT(*) FROM customer_forecasts_past p WHERE p.past_id = $1 AND NOT EXISTS (SELECT 1 FROM customer_forecasts f WHERE f.customer_id = p.customer_id))`, set).Scan(&n))
	return n
}

// verify compares the columns with the database.
func (w *firm) verify() {
	w.t.Helper()
	for range 50 {
		w.must(w.a.Columns.Settle(w.ctx))
		same, sure, err := w.a.Columns.Verify(w.ctx)
		w.must(err)
		if sure && same {
			return
		}
		if sure {
			w.t.Error("the columns are not as the database")
			return
		}
	}
	w.t.Error("nobody can say whether the columns are as the database")
}

func same(a, b *column.Matches) bool { return a.Count() == b.Count() && a.Less(b).Count() == 0 }

// slow is the service of customers without columns.
func (w *firm) slow() *customer.Service {
	deps := w.a.Customer.Deps
	deps.Columns = nil
	return customer.NewService(deps)
}

func (w *firm) today() clock.Day {
	at := w.clock.Now()
	return clock.DateDay(at.Year(), at.Month(), at.Day())
}

// pasts counts sets and rows of past days, and names the days that are kept.
func (w *firm) pasts() (sets, rows int, days []clock.Day) {
	w.t.Helper()
	q := w.a.DB.Q(w.ctx)
	w.must(q.QueryRowContext(w.ctx, `SELECT COUNT(*), (SELECT COUNT(*) FROM customer_forecasts_past) FROM forecast_past`).Scan(&sets, &rows))
	list, err := q.QueryContext(w.ctx, `SELECT day FROM forecast_past WHERE status = 'ready' ORDER BY day`)
	w.must(err)
	defer list.Close()
	for list.Next() {
		var d clock.Day
		w.must(list.Scan(&d))
		days = append(days, d)
	}
	w.must(list.Err())
	return sets, rows, days
}

// orders imports lines of customer, day and amount.
func (w *firm) orders(name string, lines ...string) {
	w.t.Helper()
	csv := "订单编号,会员编号,付款时间,实付金额\n"
	for i, line := range lines {
		csv += fmt.Sprintf("%s%d,%s\n", name, i, line)
	}
	path := filepath.Join(w.t.TempDir(), name+".csv")
	w.must(os.WriteFile(path, []byte(csv), 0o600))
	_, err := w.a.Importer.Run(w.ctx, importer.RunInput{Kind: importer.KindOrders, Path: path, Source: "cdnow"})
	w.must(err)
}

// Of a past day rules find whom they found on it, by the figures that were
// written then with the same model; by SQL and by columns.
func TestFiguresOfModelsThen(t *testing.T) {
	each(t, 64<<20, func(w *firm) {
		w.cdnow()
		_, err := w.a.Forecast.FitNow(w.ctx, forecast.Purchases, nil)
		w.must(err)
		r := rand.New(rand.NewPCG(7, 22))
		rules := make([]customer.Node, 60)
		for i := range rules {
			rules[i] = asked(r)
		}
		// Written on its day, long before the last orders.
		now, then := w.clock.Now(), time.Date(1997, 11, 3, 4, 0, 0, 0, time.UTC)
		w.clock.Set(then)
		w.must(w.a.Forecast.Record(w.ctx))
		day := w.today()
		slow := w.slow()
		before := make([]*column.Matches, len(rules))
		for i := range rules {
			before[i] = w.find(slow, &rules[i], nil)
		}
		written := w.figures("model_alive", "model_orders", "model_clv")
		w.clock.Set(now)
		w.must(w.a.Forecast.Record(w.ctx))
		slow = w.slow()
		partly := 0
		for i := range rules {
			got := w.find(slow, &rules[i], &day)
			b, _ := json.Marshal(rules[i])
			if !same(got, before[i]) {
				t.Errorf("%s: %d on its day, %d as of it", b, before[i].Count(), got.Count())
			}
			if n := got.Count(); n > 0 && n < int64(len(written)) && !same(got, w.find(slow, &rules[i], nil)) {
				partly++
			}
		}
		if partly < 30 {
			t.Errorf("only %d rules tell customers apart, and the day from today", partly)
		}
		// Every row that was written then is the same now, and nobody has one more.
		list, err := w.a.DB.Q(w.ctx).QueryContext(w.ctx, `SELECT customer_id, alive, orders_centi, clv_fen FROM customer_forecasts_past`)
		w.must(err)
		defer list.Close()
		rows := 0
		for list.Next() {
			var id, orders, clv int64
			var alive *int64
			w.must(list.Scan(&id, &alive, &orders, &clv))
			rows++
			v := written[id]
			if v["model_orders"] != float64(orders)/100 || v["model_clv"] != clv || (v["model_alive"] == nil) != (alive == nil) || alive != nil && v["model_alive"] != *alive {
				t.Errorf("%d: %v, written %v", id, []any{alive, orders, clv}, v)
			}
		}
		w.must(list.Err())
		had := 0
		for _, v := range written {
			if v["model_orders"] != nil {
				had++
			}
		}
		if rows != had || had < 1000 {
			t.Errorf("%d rows, %d were written on the day", rows, had)
		}
		// One customer, with the value of then.
		clv := condition("model_orders", "gt", 0.5)
		some := w.find(slow, &clv, &day)
		some.After(0, func(id int64) bool {
			why, on, err := w.a.Customer.Explain(w.ctx, customer.Who{Rule: &clv, AsOf: &day}, id)
			w.must(err)
			if on != day || !why.Holds || why.Value != written[id]["model_orders"] || why.Text == "" {
				t.Errorf("%d on %s: %v %v %q, written %v", id, on, why.Holds, why.Value, why.Text, written[id]["model_orders"])
			}
			return false
		})
		top := customer.Node{Relative: &rule.Relative{Field: "model_orders"}, Op: "top", Value: json.RawMessage("1")}
		w.find(slow, &top, &day).After(0, func(id int64) bool {
			why, _, err := w.a.Customer.Explain(w.ctx, customer.Who{Rule: &top, AsOf: &day}, id)
			w.must(err)
			if why.Value != written[id]["model_orders"] {
				t.Errorf("the first has %v, written %v", why.Value, written[id]["model_orders"])
			}
			return false
		})
		// What churn is learned from has no past.
		churn := condition("model_churn", "gt", 50)
		_, err = w.a.Customer.Find(w.ctx, customer.Who{Rule: &churn, AsOf: &day})
		w.refused(err, "rule.field rule.churn_not_as_of")
		w.refused(w.a.Customer.Check(w.ctx, customer.Who{Rule: &clv, AsOf: &day, Closes: true}), "rule.field rule.model_closes")
	})
}

// Orders that come later and lie before the day, orders that go, and another
// model: the answer is of the orders and the model of now.
func TestPastFiguresFollow(t *testing.T) {
	each(t, 64<<20, func(w *firm) {
		w.cdnow()
		_, err := w.a.Forecast.FitNow(w.ctx, forecast.Purchases, nil)
		w.must(err)
		now, day := w.clock.Now(), clock.DateDay(1998, 3, 1)
		slow := w.slow()
		rules := []customer.Node{condition("model_orders", "gte", 0.4), condition("model_clv", "gt", 3000),
			condition("model_alive", "empty", nil), {Relative: &rule.Relative{Field: "model_clv"}, Op: "top_percent", Value: json.RawMessage("7")}}
		ask := func() (out []*column.Matches) {
			for i := range rules {
				out = append(out, w.find(slow, &rules[i], &day))
			}
			return out
		}
		set := func() (id int64) {
			w.must(w.a.DB.Q(w.ctx).QueryRowContext(w.ctx, `SELECT id FROM forecast_past WHERE status = 'ready'`).Scan(&id))
			return id
		}
		// kept is what is written on that day by the orders of now.
		kept := func() (out []*column.Matches) {
			t.Helper()
			w.clock.Set(time.Date(1998, 3, 1, 4, 0, 0, 0, time.UTC))
			w.must(w.a.Forecast.Record(w.ctx))
			for i := range rules {
				out = append(out, w.find(w.slow(), &rules[i], nil))
			}
			w.clock.Set(now)
			return out
		}
		compare := func(what string, before []*column.Matches, moves bool) []*column.Matches {
			t.Helper()
			got, want, moved := ask(), kept(), false
			if n := w.unlike(set()); n != 0 {
				t.Errorf("%s: %d rows are not as on the day", what, n)
			}
			for i := range rules {
				moved = moved || !same(got[i], before[i])
				if !same(got[i], want[i]) {
					t.Errorf("%s, rule %d: %d, written on the day %d", what, i, got[i].Count(), want[i].Count())
				}
			}
			if moved != moves {
				t.Errorf("%s: moved %v", what, moved)
			}
			return got
		}
		first := ask()
		at := set()
		compare("at first", first, false)
		w.orders("today", "00004,1998-07-10 12:00:00,20.00")
		first = compare("orders behind the day", first, false)
		w.orders("late", "00004,1998-02-27 12:00:00,900.00", "00021,1998-02-26 12:00:00,800.00", "brandnew,1998-02-20 12:00:00,50.00")
		first = compare("orders before the day", first, true)
		// Two become one, and two again.
		var one, other int64
		w.must(w.a.DB.Q(w.ctx).QueryRowContext(w.ctx, `SELECT MIN(customer_id), MAX(customer_id) FROM customer_forecasts_past WHERE orders_centi >= 40`).Scan(&one, &other))
		merged, err := w.a.Duplicates.Merge(w.ctx, duplicate.MergeInput{WinnerID: one, LoserID: other}, "test")
		w.must(err)
		together := compare("a merge", first, true)
		_, err = w.a.Duplicates.Undo(w.ctx, merged.ID, duplicate.UndoInput{})
		w.must(err)
		apart := compare("a merge undone", together, true)
		for i := range rules {
			if !same(apart[i], first[i]) {
				t.Errorf("rule %d: %d, before the merge %d", i, apart[i].Count(), first[i].Count())
			}
		}
		if set() != at {
			t.Error("a few orders made everything be worked out anew")
		}
		// Many orders: everything anew, and the old figures go with the next night.
		var many []string
		for id := range 900 {
			many = append(many, fmt.Sprintf("more%d,1998-01-%02d 12:00:00,%d.00", id, 1+id%28, 10+id))
		}
		w.orders("many", many...)
		first = compare("many orders", first, true)
		if set() == at {
			t.Error("many orders were put right one by one")
		}
		// Another model.
		last := clock.DateDay(1997, 12, 1)
		at = set()
		_, err = w.a.Forecast.FitNow(w.ctx, forecast.Purchases, &last)
		w.must(err)
		if list, err := w.a.Forecast.Versions(w.ctx, forecast.Purchases, 0, 1); err != nil || list[0].Status != forecast.InUse {
			_, err = w.a.Forecast.Use(w.ctx, list[0].ID)
			w.must(err)
		}
		compare("another model", first, true)
		if set() == at {
			t.Error("the model is another, the figures are not")
		}
		w.clock.Advance(3 * time.Minute)
		w.must(w.a.Forecast.Tidy(w.ctx))
		if sets, _, _ := w.pasts(); sets != 1 {
			t.Errorf("%d sets after the night", sets)
		}
		w.verify()
	})
}

// A few days are kept, those asked for last.
func TestPastDaysAreFew(t *testing.T) {
	each(t, 64<<20, func(w *firm) {
		w.cdnow()
		n := condition("model_alive", "lt", 40)
		first := clock.DateDay(1998, 1, 1)
		// Without a model nothing is worked out, and nobody has a figure.
		if got := w.find(w.slow(), &n, &first); got.Count() != 0 {
			t.Errorf("%d without a model", got.Count())
		}
		_, err := w.a.Forecast.FitNow(w.ctx, forecast.Purchases, nil)
		w.must(err)
		ask := func(day clock.Day) int64 {
			t.Helper()
			w.clock.Advance(2 * time.Minute)
			return w.find(w.slow(), &n, &day).Count()
		}
		sizes := map[clock.Day]int64{}
		for k := range clock.Day(7) {
			sizes[first+10*k] = ask(first + 10*k)
			if k == 3 {
				ask(first)
			}
		}
		_, _, days := w.pasts()
		if want := fmt.Sprint([]clock.Day{first, first + 40, first + 50, first + 60}); fmt.Sprint(days) != want {
			t.Errorf("kept are %v, want %s", days, want)
		}
		w.clock.Advance(3 * time.Minute)
		w.must(w.a.Forecast.Tidy(w.ctx))
		sets, rows, days := w.pasts()
		if sets != 4 || len(days) != 4 || rows > 4*2500 || rows < 4000 {
			t.Errorf("%d sets with %d rows of %v", sets, rows, days)
		}
		w.verify()
		// One that was dropped is worked out again.
		if n := ask(first + 10); n != sizes[first+10] || n == 0 || n == sizes[first+60] {
			t.Errorf("%d, at first %d", n, sizes[first+10])
		}
	})
}
