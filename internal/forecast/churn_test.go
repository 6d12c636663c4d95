package forecast_test

import (
	"compress/gzip"
	"context"
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"zhike/internal/field"
	"zhike/internal/forecast"
	"zhike/internal/model"
	"zhike/internal/platform/clock"
	"zhike/internal/tiering"
	"zhike/test/realdata"
)

// telco makes the customers of the public data set with its columns as custom
// fields, and gives the same rows as the file has them.
func (w *firm) telco() (codes []string, frame *model.Frame, churned []bool) {
	w.t.Helper()
	f, err := os.Open(realdata.Path(w.t, "telco_churn/Telco-Customer-Churn.csv.gz"))
	w.must(err)
	defer f.Close()
	z, err := gzip.NewReader(f)
	w.must(err)
	rows, err := csv.NewReader(z).ReadAll()
	w.must(err)
	head, rows := rows[0], rows[1:]
	numbers := []string{"tenure", "MonthlyCharges", "TotalCharges"}
	var defs []*field.Definition
	frame = &model.Frame{}
	for c, name := range head[1:] {
		in := field.In{Code: strings.ToLower(name), Name: field.Label{ZH: name}, Kind: field.Choice}
		number := slices.Contains(numbers, name)
		if number {
			in.Kind, in.Scale = field.Number, 2
		} else {
			for _, r := range rows {
				if v := r[c+1]; !slices.ContainsFunc(in.Options, func(o field.Option) bool { return o.Label.ZH == v }) {
					in.Options = append(in.Options, field.Option{Label: field.Label{ZH: v}})
				}
			}
		}
		d, err := w.a.Fields.Create(w.ctx, in)
		w.must(err)
		defs = append(defs, d)
		if name == "Churn" {
			continue
		}
		codes = append(codes, d.Code)
		words, values := make([]string, len(rows)), make([]float64, len(rows))
		for i, r := range rows {
			words[i] = r[c+1]
			if values[i], err = strconv.ParseFloat(strings.TrimSpace(r[c+1]), 64); err != nil {
				values[i] = math.NaN()
			}
		}
		if number {
			frame.Columns = append(frame.Columns, model.NumberColumn(d.Code, values))
		} else {
			frame.Columns = append(frame.Columns, model.WordColumn(d.Code, words))
		}
	}
	type value struct {
		customer, field int64
		num, text       any
	}
	var list []value
	for i, r := range rows {
		churned = append(churned, r[len(r)-1] == "Yes")
		for c, d := range defs {
			v := value{customer: int64(i + 1), field: d.ID}
			if d.Kind == field.Number {
				x, err := strconv.ParseFloat(strings.TrimSpace(r[c+1]), 64)
				if err != nil {
					continue // blank
				}
				v.num = int64(math.Round(x * 100))
			} else {
				k := slices.IndexFunc(d.Options, func(o field.Option) bool { return o.Label.ZH == r[c+1] })
				v.text = d.Options[k].Code
			}
			list = append(list, v)
		}
	}
	w.must(w.a.DB.InTx(w.ctx, func(ctx context.Context) error {
		if err := w.a.DB.BulkInsert(ctx, "customers", []string{"id", "kind", "name", "source_id", "version", "created_at", "updated_at"}, len(rows), func(i int, v []any) {
			v[0], v[1], v[2], v[3], v[4], v[5], v[6] = int64(i+1), "person", fmt.Sprint("客户", i), int64(1), int64(1), int64(0), int64(0)
		}); err != nil {
			return err
		}
		return w.a.DB.BulkInsert(ctx, "customer_values", []string{"customer_id", "field_id", "item", "num", "text"}, len(list), func(i int, v []any) {
			v[0], v[1], v[2], v[3], v[4] = list[i].customer, list[i].field, int64(0), list[i].num, list[i].text
		})
	}))
	return codes, frame, churned
}

// A company's own churn label is learned from custom fields: the coefficients are
// those of the file, what the model is worth is measured on customers it has not
// seen, and a scheme can go by the probability.
func TestChurnOfTheCompany(t *testing.T) {
	each(t, 0, func(w *firm) {
		codes, frame, churned := w.telco()
		_, err := w.a.Forecast.FitNow(w.ctx, forecast.Churn, nil)
		w.fails(err, "forecast.no_label")
		defs, err := w.a.Fields.Definitions(w.ctx)
		w.must(err)
		yes := ""
		for _, o := range defs.Code("churn").Options {
			if o.Label.ZH == "Yes" {
				yes = o.Code
			}
		}
		w.settle(forecast.Churn, func(s *forecast.Settings) { s.Label, s.Positive, s.Fields = "churn", yes, codes })
		m, err := w.a.Forecast.FitNow(w.ctx, forecast.Churn, nil)
		w.must(err)
		q := m.Quality
		if m.Status != forecast.InUse || m.Customers != 7043 || m.Positives != 1869 || len(m.Doubts) > 0 {
			t.Fatalf("%s on %d customers with %d: %v", m.Status, m.Customers, m.Positives, m.Doubts)
		}
		if math.Abs(*q.AUC-0.845) > 0.002 || math.Abs(*q.Brier-0.135) > 0.001 || *q.ECE > 0.02 {
			t.Errorf("AUC %v, Brier %v, ECE %v; SOURCE.txt has 0.845 and 0.135", *q.AUC, *q.Brier, *q.ECE)
		}
		want, err := model.Learn(t.Context(), frame, "churn", churned, 0)
		w.must(err)
		got := w.a.Forecast.Learned(w.ctx, m.ID)
		a, b := slices.Clone(want.Weights), slices.Clone(got.Weights)
		slices.Sort(a)
		slices.Sort(b)
		for i := range a {
			if math.Abs(a[i]-b[i]) > 1e-6 {
				t.Fatalf("weights %v, of the file %v", b, a)
			}
		}
		if len(m.Words) == 0 || !strings.Contains(strings.Join(m.Words, "\n"), "“Contract”为“Two year”（相比“Month-to-month”），流失几率降为") {
			t.Errorf("in words: %v", m.Words)
		}
		// The probability of each customer is that of the file, and none where no field is known.
		ids := make([]int64, 7044)
		for i := range ids {
			ids[i] = int64(i + 1)
		}
		f, err := w.a.Forecast.Forecasts(w.ctx, tiering.ForecastQuery{IDs: ids, AsOf: clock.DateDay(1998, 7, 15), Churn: true})
		w.must(err)
		for i, p := range want.Predict(frame) {
			if math.Abs(p-f.Churn[i]) > 1e-9 {
				t.Fatalf("customer %d: %v, of the file %v", i+1, f.Churn[i], p)
			}
		}
		if !math.IsNaN(f.Churn[7043]) {
			t.Errorf("nobody has %v", f.Churn[7043])
		}
	})
}

func TestChurnSettingsThatCannotBe(t *testing.T) {
	each(t, 0, func(w *firm) {
		made, err := w.a.Fields.Create(w.ctx, field.In{Kind: field.Choice, Code: "left", Name: field.Label{ZH: "流失"}, Options: []field.Option{{Code: "yes", Label: field.Label{ZH: "是"}}}})
		w.must(err)
		_, err = w.a.Fields.Create(w.ctx, field.In{Kind: field.Text, Code: "words", Name: field.Label{ZH: "说明"}})
		w.must(err)
		for _, c := range []struct {
			set  forecast.Settings
			path string
		}{
			{forecast.Settings{Label: "gone", Positive: "yes", Fields: []string{"left"}}, "label"},
			{forecast.Settings{Label: made.Code, Positive: "no", Fields: []string{"words"}}, "positive"},
			{forecast.Settings{Label: made.Code, Positive: "yes"}, "fields"},
			{forecast.Settings{Label: made.Code, Positive: "yes", Fields: []string{"words"}}, "fields"},
			{forecast.Settings{Label: made.Code, Positive: "yes", Fields: []string{"left"}}, "fields"},
			{forecast.Settings{EveryDays: 400}, "every_days"},
		} {
			_, err := w.a.Forecast.SaveSettings(w.ctx, forecast.Churn, c.set, 0)
			w.fails(err, "invalid")
			if !strings.Contains(fmt.Sprint(fields(err)), c.path) {
				t.Errorf("%+v: %v, want %s", c.set, fields(err), c.path)
			}
		}
	})
}
