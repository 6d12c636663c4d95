package lifecycle_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"zhike/internal/column"
	"zhike/internal/customer"
	"zhike/internal/importer"
	"zhike/internal/lifecycle"
	"zhike/internal/platform/clock"
	"zhike/test/realdata"
)

// The table of cohorts of shared/data/online_retail/SOURCE.txt, from the
// program's own orders behind an import, by SQL and from memory.
func TestOnlineRetailCohorts(t *testing.T) {
	path := realdata.Path(t, "online_retail/online_retail.csv.gz")
	for _, engine := range engines {
		t.Run(engine, func(t *testing.T) {
			w := newFirm(t, engine, 1, 64<<20)
			_, err := w.a.Importer.Run(w.ctx, importer.RunInput{Kind: importer.KindOrders, Path: path, Source: "online retail"})
			w.must(err)
			want := map[string][]int64{
				"2010-12": {885, 324, 286, 340, 321, 352, 321, 309, 313, 350, 331, 445, 235},
				"2011-01": {417, 92, 111, 96, 134, 120, 103, 101, 125, 136, 152, 49},
			}
			from, to := clock.DateDay(2010, 12, 1).Month(), clock.DateDay(2011, 12, 1).Month()
			check := func(how string) {
				t.Helper()
				r, err := w.a.Lifecycle.Retention(w.ctx, from, to)
				w.must(err)
				all := int64(0)
				for _, c := range r.Cohorts {
					all += c.Customers
					if list, ok := want[c.Month]; ok && (!slices.Equal(c.Active, list) || c.Customers != list[0]) {
						t.Errorf("%s, %s: %v, want %v", how, c.Month, c.Active, list)
					}
				}
				if all != 4338 || len(r.Cohorts) != 13 {
					t.Errorf("%s: %d customers in %d cohorts, want 4,338 in 13", how, all, len(r.Cohorts))
				}
			}
			check("SQL")
			st := w.a.Streams.Get("orders")
			net, _ := st.MeasureCol("net")
			for range 100 {
				_, ok, err := w.a.Columns.Match(w.ctx, column.Compare(column.Value{Facts: &column.Facts{Day: st.DayCol(), From: column.FirstDay, To: column.LastDay}, Agg: column.Sum, Of: net}, 1, 1<<60))
				w.must(err)
				if ok {
					break
				}
				w.must(w.a.Columns.Settle(w.ctx))
			}
			if ok, err := w.a.Columns.Scan(w.ctx, []column.Col{st.DayCol(), net}, func(*column.Block, int, int) {}); err != nil || !ok {
				t.Fatalf("the columns are not there: %v", err)
			}
			check("columns")
			if engine == "sqlite" {
				w.relive(t, clock.DateDay(2010, 12, 1), clock.DateDay(2011, 12, 9))
			}
		})
	}
}

// relive lives through the days of the data again, as a command does it, and
// looks at the figures that come of it.
func (w *firm) relive(t *testing.T, from, to clock.Day) {
	t.Helper()
	w.clock.Set(to.Start(time.UTC).Add(20 * time.Hour))
	w.day = to + 1 // past midnight in company time
	w.must(w.a.Metrics.RefreshAll(w.ctx, w.day, nil))
	began := time.Now()
	w.must(w.e.Now(w.ctx, lifecycle.NowIn{From: &from}))
	o, err := w.a.Lifecycle.Overview(w.ctx)
	w.must(err)
	t.Logf("%d days of 4,372 customers in %s: %+v", to-from, time.Since(began), o.Stages)
	c, err := w.a.Lifecycle.StageCohorts(w.ctx, from.Month(), to.Month())
	w.must(err)
	if c.Total.Customers != 4338 {
		t.Errorf("%d customers in the funnel, want 4,338", c.Total.Customers)
	}
	byCode := map[string]lifecycle.StagePassage{}
	for _, s := range c.Total.Stages {
		byCode[s.Code] = s
	}
	// Whoever bought was new once; whoever is in danger was silent for 90 days.
	if s := byCode[lifecycle.New]; s.Reached < 4300 || s.DaysIn == nil {
		t.Errorf("new: %+v", s)
	}
	silent := 0
	w.must(w.a.DB.InReadTx(w.ctx, func(ctx context.Context) error {
		return w.a.DB.Q(ctx).QueryRowContext(ctx, `SELECT COUNT(*) FROM lifecycle_states s JOIN customer_metrics m ON m.customer_id = s.customer_id
WHERE s.stage = 'churn_warning' AND (m.last_day IS NULL OR m.last_day > $1)`, int64(w.day-90)).Scan(&silent)
	}))
	if silent != 0 {
		t.Errorf("%d customers are in danger who bought in the last 90 days", silent)
	}
	for _, s := range o.Stages {
		found, err := w.a.Customer.Find(w.ctx, customer.Who{Rule: w.rule(`{"field":"lifecycle","op":"in","value":["` + s.Code + `"]}`)})
		w.must(err)
		if found.Members.Count() != s.Customers {
			t.Errorf("%s: %d by the list, %d by the overview", s.Code, found.Members.Count(), s.Customers)
		}
	}
	var id int64
	w.must(w.a.DB.Q(w.ctx).QueryRowContext(w.ctx, `SELECT customer_id FROM lifecycle_history GROUP BY customer_id ORDER BY COUNT(*) DESC, customer_id LIMIT 1`).Scan(&id))
	of, err := w.a.Lifecycle.Of(w.ctx, id)
	w.must(err)
	list, err := w.a.Lifecycle.History(w.ctx, id, 1<<30, 100)
	w.must(err)
	for _, p := range list {
		t.Log(p.Text, " ", p.Days, " days")
	}
	if of.Stage == nil || of.Reason != list[0].Text || len(of.Next) == 0 || of.Next[0].Rule == nil {
		t.Errorf("of a customer: %+v", of)
	}
}
