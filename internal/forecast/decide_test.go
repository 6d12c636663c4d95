package forecast_test

import (
	"context"
	"fmt"
	"html"
	"strings"
	"testing"
	"time"

	"zhike/internal/forecast"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/jobs"
	"zhike/internal/tiering"
)

func fields(err error) (out []string) {
	for _, f := range errs.From(err).Fields {
		out = append(out, f.Path+" "+f.Code)
	}
	return out
}

// shuffle breaks the data: everybody's orders behind a day belong to somebody
// else, so that what was learned before says nothing about them.
func (w *firm) shuffle(from clock.Day) {
	w.t.Helper()
	w.must(w.a.DB.InTx(w.ctx, func(ctx context.Context) error {
		_, err := w.a.DB.Q(ctx).ExecContext(ctx, `UPDATE orders SET day = $1 WHERE day < $2`, int64(from-1), int64(from-200))
		return err
	}))
}

// A fit that is worse than the model in use on the same holdout is held: the one
// in use stays until a person decides, and a former one can be taken again.
func TestAWorseFitReplacesNothing(t *testing.T) {
	each(t, 0, func(w *firm) {
		_, err := w.a.Forecast.FitNow(w.ctx, forecast.Purchases, nil)
		w.fails(err, "forecast.no_orders")
		w.cdnow()
		w.settle(forecast.Purchases, func(s *forecast.Settings) { s.HoldoutDays = 200 })
		first, err := w.a.Forecast.FitNow(w.ctx, forecast.Purchases, nil)
		w.must(err)
		w.shuffle(clock.DateDay(1997, 12, 12))
		second, err := w.a.Forecast.FitNow(w.ctx, forecast.Purchases, nil)
		w.must(err)
		if second.Status != forecast.Held || len(second.Doubts) == 0 {
			t.Fatalf("%s: %v, deviance %v against %v", second.Status, second.Doubts, *second.Quality.Deviance, *second.Quality.Before)
		}
		inUse := func() int64 {
			list, err := w.a.Forecast.States(w.ctx)
			w.must(err)
			return list[0].InUse.ID
		}
		if inUse() != first.ID {
			t.Error("the worse one is in use")
		}
		_, err = w.a.Forecast.Use(w.ctx, second.ID)
		w.must(err)
		if inUse() != second.ID {
			t.Error("a person's word counts for nothing")
		}
		_, err = w.a.Forecast.Discard(w.ctx, second.ID)
		w.fails(err, "forecast.not_held")
		_, err = w.a.Forecast.Use(w.ctx, first.ID)
		w.must(err)
		if inUse() != first.ID {
			t.Error("a former model cannot come back")
		}
	})
}

// The job is queued when a model is due, once, and can be stopped before it runs.
func TestRefitsBySchedule(t *testing.T) {
	each(t, 0, func(w *firm) {
		r := w.a.Forecast
		w.must(r.Due(w.ctx))
		list, err := r.Versions(w.ctx, forecast.Purchases, 0, 10)
		w.must(err)
		if len(list) != 0 {
			t.Fatalf("nothing to fit, and %+v", list)
		}
		w.cdnow()
		w.must(r.Due(w.ctx))
		w.must(r.Due(w.ctx))
		if list, err = r.Versions(w.ctx, forecast.Purchases, 0, 10); err != nil || len(list) != 1 || list[0].Status != forecast.Waiting {
			t.Fatalf("%+v %v", list, err)
		}
		_, err = r.Start(w.ctx, forecast.Purchases)
		w.fails(err, "forecast.in_progress")
		_, err = r.Cancel(w.ctx, list[0].ID)
		w.must(err)
		_, err = r.Cancel(w.ctx, list[0].ID)
		w.fails(err, "forecast.over")
		w.must(r.Work(w.ctx, list[0].ID)) // the job finds that it was ended
		m, err := r.FitNow(w.ctx, forecast.Purchases, nil)
		w.must(err)
		w.clock.Advance(29 * 24 * time.Hour)
		w.must(r.Due(w.ctx))
		if list, err = r.Versions(w.ctx, forecast.Purchases, 0, 10); err != nil || list[0].ID != m.ID {
			t.Fatalf("%+v %v", list, err)
		}
		w.clock.Advance(2 * 24 * time.Hour)
		w.must(r.Due(w.ctx))
		if list, err = r.Versions(w.ctx, forecast.Purchases, 0, 10); err != nil || list[0].ID == m.ID || list[0].Version != 3 {
			t.Fatalf("%+v %v", list, err)
		}
		ended, stop := context.WithCancelCause(w.ctx)
		stop(jobs.ErrCancelled)
		if err := r.Work(ended, list[0].ID); err == nil {
			t.Fatal("cancelled, and done")
		}
		if list, err = r.Versions(w.ctx, forecast.Purchases, 0, 10); err != nil || list[0].Status != forecast.Cancelled {
			t.Fatalf("%+v %v", list[0], err)
		}
	})
}

// A scheme by the model needs one, grades by it, keeps which it was, and says
// why in words that a customer could be told.
func TestSchemesGoByTheModel(t *testing.T) {
	each(t, 0, func(w *firm) {
		w.cdnow()
		sch := &tiering.Scheme{Code: "by-model", Name: "按模型", Dimension: tiering.DimensionLoyalty, Method: tiering.MethodRules, Measure: tiering.MeasureNet,
			Levels: []tiering.Level{{Code: "loyal", Name: "忠诚"}, {Code: "general", Name: "一般"}, {Code: "churn-risk", Name: "流失风险"}},
			Rules: []tiering.Rule{
				{Level: "churn-risk", Name: "多半已离开", All: []tiering.Condition{{Metric: tiering.MetricAlive, Op: tiering.OpAtMost, Value: 0.3}}},
				{Level: "loyal", Name: "活跃且常来", All: []tiering.Condition{
					{Metric: tiering.MetricAlive, Op: tiering.OpAtLeast, Value: 0.8}, {Metric: tiering.MetricExpected, Op: tiering.OpAtLeast, Value: 3},
					{Metric: tiering.MetricCLV, Op: tiering.OpAtLeast, Value: 100}}},
				{Level: "general", Name: "其他", All: []tiering.Condition{{Metric: tiering.MetricOrdersAll, Op: tiering.OpAtLeast, Value: 0}}},
			}, Horizon: &tiering.Horizon{Months: 12, Discount: 0.1}}
		_, err := w.a.Tiering.SaveScheme(w.ctx, sch, 0)
		w.must(err)
		day := clock.DateDay(1998, 6, 30)
		in := tiering.RunInput{Scheme: sch.Code, AsOf: &day}
		_, err = w.a.Tiering.RunNow(w.ctx, in)
		w.fails(err, "tier.no_model_purchases")
		_, err = w.a.Tiering.PreviewScheme(w.ctx, sch, &day, "zh-CN")
		w.fails(err, "tier.no_model_purchases")
		m, err := w.a.Forecast.FitNow(w.ctx, forecast.Purchases, nil)
		w.must(err)
		run, err := w.a.Tiering.RunNow(w.ctx, in)
		w.must(err)
		if u := run.Summary.Models; len(u) != 1 || u[0].ID != m.ID || u[0].Version != 1 || u[0].Kind != "purchases" {
			t.Errorf("the run went by %+v", u)
		}
		for _, l := range run.Summary.Levels {
			if l.Customers == 0 {
				t.Errorf("nobody is %s", l.Name)
			}
		}
		missing := map[tiering.Metric]int64{}
		for _, x := range run.Summary.Missing {
			missing[x.Metric] = x.Customers
		}
		// 2,357 customers, of whom 1,186 bought on one day only: their P(alive) is unknown.
		if n := missing[tiering.MetricAlive]; n < 1000 || n > 1300 {
			t.Errorf("P(alive) is missing for %d", n)
		}
		for level, want := range map[string]string{"churn-risk": "按购买节奏，仍活跃的可能为 ", "loyal": "预计订单数 "} {
			page, err := w.a.Tiering.Members(w.ctx, run.ID, tiering.MemberFilter{Level: level}, "", 5, "zh-CN")
			w.must(err)
			for _, c := range page.Items {
				if !strings.Contains(c.Reason, want) || strings.Contains(c.Reason, "无记录") {
					t.Errorf("%s: %s", level, c.Reason)
				}
			}
			if len(page.Items) == 0 {
				t.Errorf("no member of %s", level)
			}
		}
	})
}

// The next order is told from the model, from the own rhythm where there is
// none, and from nothing where too little is known.
func TestNextOrder(t *testing.T) {
	each(t, 0, func(w *firm) {
		w.cdnow()
		find := func(days int) int64 {
			var id int64
			w.must(w.a.DB.Q(w.ctx).QueryRowContext(w.ctx, fmt.Sprintf(`SELECT customer_id FROM orders GROUP BY customer_id
HAVING COUNT(DISTINCT day) = %d ORDER BY MAX(day) DESC, customer_id LIMIT 1`, days)).Scan(&id))
			return id
		}
		one, many := find(1), find(10)
		n, err := w.a.Forecast.Next(w.ctx, many)
		w.must(err)
		if n.Basis != forecast.BasisRhythm || n.Alive != nil || n.Version != nil || n.Date == nil || *n.From > *n.Date || *n.To < *n.Date {
			t.Errorf("without a model: %+v", n)
		}
		if n, err = w.a.Forecast.Next(w.ctx, one); err != nil || n.Basis != forecast.BasisNone || n.Date != nil || n.Text == "" {
			t.Errorf("one purchase: %+v %v", n, err)
		}
		_, err = w.a.Forecast.FitNow(w.ctx, forecast.Purchases, nil)
		w.must(err)
		if n, err = w.a.Forecast.Next(w.ctx, many); err != nil || n.Basis != forecast.BasisModel || *n.Alive < 0.5 || *n.Within30 >= *n.Within90 ||
			*n.Date < n.AsOf || n.Purchases != 10 || n.CLVFen == nil || *n.Orders <= 0 {
			t.Errorf("by the model: %+v %v", n, err)
		}
		if n, err = w.a.Forecast.Next(w.ctx, one); err != nil || n.Basis != forecast.BasisModel || n.Alive != nil || n.Sure != "low" {
			t.Errorf("one purchase: %+v %v", n, err)
		}
		_, err = w.a.Forecast.Next(w.ctx, 1<<40)
		w.fails(err, "customer.not_found")
	})
}

// A scheme that grades by a figure of the model alone: refused without one, with
// a reason that names figure, band and what it rests on, and with the level that
// the company chose for whom the model does not cover.
func TestGradingByAModel(t *testing.T) {
	each(t, 0, func(w *firm) {
		w.cdnow()
		sch := &tiering.Scheme{Code: "alive", Name: "按模型", Dimension: tiering.DimensionLoyalty, Method: tiering.MethodModel, Measure: tiering.MeasureNet,
			Levels: []tiering.Level{{Code: "loyal", Name: "忠诚"}, {Code: "general", Name: "一般"}, {Code: "churn-risk", Name: "流失风险"}},
			Model:  &tiering.Bands{Figure: tiering.MetricAlive, Cuts: []float64{0.8, 0.3}, Uncovered: "general"}}
		_, err := w.a.Tiering.SaveScheme(w.ctx, sch, 0)
		w.must(err)
		day := clock.DateDay(1998, 6, 30)
		in := tiering.RunInput{Scheme: sch.Code, AsOf: &day}
		_, err = w.a.Tiering.RunNow(w.ctx, in)
		w.fails(err, "tier.no_model_purchases")
		_, err = w.a.Forecast.FitNow(w.ctx, forecast.Purchases, nil)
		w.must(err)
		preview, err := w.a.Tiering.PreviewScheme(w.ctx, sch, &day, "zh-CN")
		w.must(err)
		run, err := w.a.Tiering.RunNow(w.ctx, in)
		w.must(err)
		covered := map[bool]int{}
		for i, l := range run.Summary.Levels {
			if l.Customers == 0 || l.Customers != preview.Levels[i].Customers {
				t.Errorf("%s has %d, the preview said %d", l.Name, l.Customers, preview.Levels[i].Customers)
			}
			cursor := ""
			for {
				page, err := w.a.Tiering.Members(w.ctx, run.ID, tiering.MemberFilter{Level: l.Code}, cursor, 500, "zh-CN")
				w.must(err)
				for _, c := range page.Items {
					none := strings.Contains(c.Reason, "模型不能判断是否仍活跃，按方案归入「一般」")
					covered[!none]++
					told := strings.Contains(c.Reason, "仍活跃的可能为 ") && strings.Contains(c.Reason, "属于「"+l.Name+"」一档（") &&
						strings.Contains(c.Reason, "次购买，首次在 ") && strings.Contains(c.Reason, "购买模型第 1 版")
					if none == told || none && l.Code != "general" {
						t.Fatalf("%s: %s", l.Name, c.Reason)
					}
				}
				if page.NextCursor == nil {
					break
				}
				cursor = *page.NextCursor
			}
		}
		if len(run.Summary.Missing) != 1 || run.Summary.Missing[0].Customers != int64(covered[false]) || covered[true] < 1000 {
			t.Errorf("covered %v, missing %+v", covered, run.Summary.Missing)
		}
		for locale, want := range map[string][]string{
			"zh-CN": {"模型分层", "流失风险：仍活跃的可能 < 30.0%", "模型没有覆盖的客户归入「一般」", "购买模型"},
			"en":    {"Grading by a model", "30.0%–80.0%", "whom the model does not cover get"},
		} {
			r, err := w.a.Tiering.Report(w.ctx, run.ID, locale)
			w.must(err)
			var b strings.Builder
			w.must(tiering.WriteHTML(&b, r, time.UTC))
			for _, text := range want {
				if !strings.Contains(html.UnescapeString(b.String()), text) {
					t.Errorf("the report in %s does not say %q", locale, text)
				}
			}
		}
	})
}
