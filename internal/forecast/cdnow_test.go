package forecast_test

import (
	"strconv"
	"strings"
	"testing"

	"zhike/internal/column"
	"zhike/internal/forecast"
)

// The sample of CDNOW, imported as orders of a company, gives the parameters and
// the holdout of shared/data/cdnow_sample/SOURCE.txt: from the database and from
// memory, where the eight sales for nothing come in by themselves.
func TestCDNOWOfTheCompany(t *testing.T) {
	each(t, 64<<20, func(w *firm) {
		w.cdnow()
		w.settle(forecast.Purchases, func(s *forecast.Settings) { s.HoldoutDays = 273 })
		check := func(how string) forecast.Detail {
			t.Helper()
			m, err := w.a.Forecast.FitNow(w.ctx, forecast.Purchases, nil)
			w.must(err)
			if m.Status != forecast.InUse || m.AsOf.String() != "1998-06-30" || m.Customers != 2357 {
				t.Fatalf("%s: %s of %s on %d customers: %v", how, m.Status, m.AsOf, m.Customers, m.Doubts)
			}
			q := m.Quality
			digits(t, how+": expected", *q.Expected, "1653.4")
			digits(t, how+": correlation", *q.Correlation, "0.6256")
			if *q.Actual != 1882 {
				t.Errorf("%s: %d orders in the holdout, want 1,882", how, *q.Actual)
			}
			if m.HoldoutFrom.String() != "1997-10-01" || len(m.Deciles) != 10 {
				t.Errorf("%s: holdout from %s in %d deciles", how, m.HoldoutFrom, len(m.Deciles))
			}
			tested := w.a.Forecast.Tested(w.ctx, m.ID)
			for _, p := range []struct {
				name string
				got  float64
				want string
			}{
				{"r", tested.Orders.R, "0.243"}, {"alpha", tested.Orders.Alpha, "4.414"}, {"a", tested.Orders.A, "0.793"}, {"b", tested.Orders.B, "2.426"},
				{"LL", tested.OrdersFit.LogLikelihood, "-9582.4"},
				{"p", tested.Values.P, "6.25"}, {"q", tested.Values.Q, "3.74"}, {"v", tested.Values.V, "15.44"},
			} {
				digits(t, how+": "+p.name, p.got, p.want)
			}
			return m
		}
		first := check("SQL")
		st := w.a.Streams.Get("orders")
		net, _ := st.MeasureCol("net")
		cols := []column.Col{st.DayCol(), net}
		for range 100 {
			_, ok, err := w.a.Columns.Match(w.ctx, column.Compare(column.Value{Facts: &column.Facts{Day: st.DayCol(), From: column.FirstDay, To: column.LastDay}, Agg: column.Sum, Of: net}, 1, 1<<60))
			w.must(err)
			if ok {
				break
			}
			w.must(w.a.Columns.Settle(w.ctx))
		}
		if ok, err := w.a.Columns.Scan(w.ctx, cols, func(*column.Block, int, int) {}); err != nil || !ok {
			t.Fatalf("the columns are not there: %v", err)
		}
		second := check("columns")
		for i, p := range first.Parameters {
			if p.Value != second.Parameters[i].Value {
				t.Errorf("%s is %v from the database and %v from memory", p.Name, p.Value, second.Parameters[i].Value)
			}
		}
		// The fit before is kept, out of use.
		list, err := w.a.Forecast.Versions(w.ctx, forecast.Purchases, 0, 10)
		w.must(err)
		if len(list) != 2 || list[0].Status != forecast.InUse || list[1].Status != forecast.Retired || list[0].Quality.Before == nil {
			t.Errorf("%+v", list)
		}
	})
}

// digits fails unless got shows as want at the digits that want has.
func digits(t testing.TB, what string, got float64, want string) {
	t.Helper()
	_, frac, _ := strings.Cut(want, ".")
	if s := strconv.FormatFloat(got, 'f', len(frac), 64); s != want {
		t.Errorf("%s is %s (%v), want %s", what, s, got, want)
	}
}
