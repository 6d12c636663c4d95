package customer_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/url"
	"testing"
	"time"

	"zhike/internal/customer"
	"zhike/internal/platform/db"
)

// BenchmarkLists measures nested filters at 16 clients, a bulk edit of 100,000
// with its undo, and an export of everybody.
//
//	ZHIKE_BENCH_CUSTOMERS=1000000 go test -run xx -bench Lists -benchtime 300x -timeout 60m ./internal/customer
func BenchmarkLists(b *testing.B) {
	eachBench(b, func(b *testing.B, d *db.DB, n int) {
		s := listSetup(b, d, 0)
		s.fillBench(b, n)
		s.fillLists(b, n)
		q := func(filter string) string { return "/customers?limit=50&filter=" + url.QueryEscape(filter) }
		city := func(r *rand.Rand) string { return benchCities[r.IntN(len(benchCities))] }
		filters := []benchFilter{
			{"level_city_net", func(r *rand.Rand) string {
				return q(fmt.Sprintf(`{"all":[{"field":"level","op":"in","value":["high"]},{"field":"city","op":"eq","value":%q},{"field":"net_365","op":"gte","value":%d}]}`, city(r), 10_000*r.IntN(30)))
			}},
			{"tag_choice_last", func(r *rand.Rand) string {
				return q(fmt.Sprintf(`{"all":[{"field":"tags","op":"any","value":[%d]},{"field":"f.plan","op":"in","value":["gold"]},{"field":"last_day","op":"last_days","value":%d}]}`, s.tagIDs[r.IntN(2)], 30+r.IntN(60)))
			}},
			{"custom_range_city_kind", func(r *rand.Rand) string {
				low := r.IntN(9900)
				return q(fmt.Sprintf(`{"all":[{"field":"f.score","op":"between","value":[%d,%d]},{"field":"city","op":"eq","value":%q},{"field":"kind","op":"in","value":["person"]}]}`, low, low+50, city(r)))
			}},
			{"any_not_sorted_by_name", func(r *rand.Rand) string {
				return q(fmt.Sprintf(`{"all":[{"any":[{"field":"city","op":"eq","value":%q},{"field":"tags","op":"any","value":[%d]}]},{"not":{"field":"level","op":"in","value":["mid"]}},{"field":"orders_365","op":"gte","value":2}]}`, city(r), s.tagIDs[1])) + "&sort=name"
			}},
			{"sorted_by_custom", func(r *rand.Rand) string {
				return q(`{"all":[{"field":"kind","op":"in","value":["person"]},{"field":"stage","op":"in","value":["customer"]},{"field":"has_phone","op":"is","value":true}]}`) + "&sort=-f.score&columns=tags,owner,f.score,f.plan"
			}},
		}
		for _, c := range filters {
			b.Run("sql/"+c.name, func(b *testing.B) { s.hammer(b, c.target) })
		}
		c := withColumns(b, s, 1<<30)
		c.api = c.apiOf(c.mem)
		b.Run("load", func(b *testing.B) { c.benchLoad(b, filters) })
		b.Log(c.loaded)
		for _, f := range filters {
			b.Run("columns/"+f.name, func(b *testing.B) { c.hammer(b, f.target) })
			b.Run("alone/"+f.name, func(b *testing.B) { c.alone(b, f.target) })
		}
		b.Run("bulk", func(b *testing.B) { s.benchBulk(b) })
		b.Run("export", func(b *testing.B) { s.benchExport(b) })
	})
}

type benchFilter struct {
	name   string
	target func(r *rand.Rand) string
}

// benchLoad asks for every filter until all columns are there, and reports how
// long that took and what they take.
func (s *columnSite) benchLoad(b *testing.B, filters []benchFilter) {
	if s.columns.Stats().Columns > 0 { // run again with a larger b.N
		return
	}
	r := rand.New(rand.NewPCG(1, 1))
	at, used := time.Now(), cpuTime()
	for range 3 {
		for _, f := range filters {
			s.call(b, "viewer", "GET", f.target(r), "", nil)
		}
		must(b, s.columns.Settle(context.Background()))
	}
	st := s.columns.Stats()
	s.loaded = fmt.Sprintf("%d columns of %d customers, %d MiB, read in %.1f s with %.1f s of CPU", st.Columns, st.Customers, st.Bytes>>20,
		time.Since(at).Seconds(), (cpuTime() - used).Seconds())
}

// alone sends requests of one client.
func (s *columnSite) alone(b *testing.B, target func(r *rand.Rand) string) {
	r := rand.New(rand.NewPCG(3, 99))
	used := cpuTime()
	for b.Loop() {
		if w := s.call(b, "viewer", "GET", target(r), "", nil); w.Code != 200 {
			b.Fatal(w.Code, w.Body)
		}
	}
	b.ReportMetric(float64((cpuTime()-used).Microseconds())/float64(b.N), "cpu-µs")
}

func (s *listSite) fillLists(b *testing.B, n int) {
	ctx := context.Background()
	r := rand.New(rand.NewPCG(5, 6))
	for from := 1; from <= n; from += 20_000 {
		to := min(from+20_000, n+1)
		must(b, s.db.InTx(ctx, func(ctx context.Context) error {
			type row struct {
				id, field int64
				num, text any
			}
			var values []row
			var tags [][2]int64
			for id := from; id < to; id++ {
				values = append(values, row{int64(id), s.defs["plan"].ID, nil, []string{"gold", "basic", "trial"}[int(3*r.Float64()*r.Float64())]})
				values = append(values, row{int64(id), s.defs["score"].ID, r.Int64N(1_000_000), nil})
				if r.IntN(10) == 0 {
					tags = append(tags, [2]int64{int64(id), s.tagIDs[0]})
				}
				if r.IntN(100) == 0 {
					tags = append(tags, [2]int64{int64(id), s.tagIDs[1]})
				}
			}
			if err := s.db.BulkInsert(ctx, "customer_values", []string{"customer_id", "field_id", "item", "num", "text"}, len(values), func(i int, v []any) {
				v[0], v[1], v[2], v[3], v[4] = values[i].id, values[i].field, int64(0), values[i].num, values[i].text
			}); err != nil {
				return err
			}
			return s.db.BulkInsert(ctx, "customer_tags", []string{"customer_id", "tag_id", "added_at", "added_by"}, len(tags), func(i int, v []any) {
				v[0], v[1], v[2], v[3] = tags[i][0], tags[i][1], int64(0), int64(0)
			})
		}))
	}
	if s.db.Engine() == db.Postgres {
		_, err := s.db.Pool().Exec(ctx, "VACUUM ANALYZE")
		must(b, err)
	}
}

func (s *listSite) benchBulk(b *testing.B) {
	var seconds [3]float64
	for range 1 { // once, whatever b.N
		at := time.Now()
		p, err := s.service.PreviewBulk(s.as("boss"), customer.Selection{All: true}, customer.BulkActions{
			Set: map[string]jsonText{"industry": jsonText(fmt.Sprintf("%q", time.Now().String()[:26])), "owner": jsonText("3")}})
		must(b, err)
		seconds[0] = time.Since(at).Seconds()
		_, err = s.service.StartBulk(s.as("boss"), p.ID)
		must(b, err)
		at = time.Now()
		must(b, s.service.RunBulk(context.Background(), p.ID))
		seconds[1] = time.Since(at).Seconds()
		_, err = s.service.UndoBulk(s.as("boss"), p.ID)
		must(b, err)
		at = time.Now()
		must(b, s.service.RunUndo(context.Background(), p.ID))
		seconds[2] = time.Since(at).Seconds()
		b.ReportMetric(float64(p.Changed), "customers")
	}
	b.ReportMetric(seconds[0], "preview-s")
	b.ReportMetric(seconds[1], "apply-s")
	b.ReportMetric(seconds[2], "undo-s")
}

func (s *listSite) benchExport(b *testing.B) {
	for range 1 {
		at := time.Now()
		r, err := s.service.StartExport(s.as("boss"), customer.ExportBody{})
		must(b, err)
		must(b, s.service.RunExport(context.Background(), r.ID))
		r, err = s.service.ExportOf(s.as("boss"), r.ID)
		must(b, err)
		b.ReportMetric(float64(r.Rows)/time.Since(at).Seconds(), "rows/s")
		b.ReportMetric(float64(r.FileSize)/1e6, "MB")
	}
}
