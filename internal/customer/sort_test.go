package customer_test

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"zhike/internal/clean"
	"zhike/internal/column"
	"zhike/internal/customer"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
	"zhike/internal/region"
)

// TestSortedWithoutIndex: lists of everybody and of some are sorted by orders,
// averages, places, levels and figures of models as their columns show them; the database and the
// columns in memory agree, forwards and backwards, and a page is where it was
// after somebody was added before it.
func TestSortedWithoutIndex(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := withColumns(t, listSetup(t, d, 70), 64<<20)
		s.forecast(t)
		must(t, d.InTx(t.Context(), func(ctx context.Context) error {
			for _, q := range []string{
				`UPDATE customer_metrics SET orders_365 = customer_id % 5, net_365_fen = 1000 * (customer_id % 7) - 500, orders_30 = customer_id % 2`,
				`UPDATE customers SET city = CASE id % 7 WHEN 0 THEN '' WHEN 1 THEN '杭州市' WHEN 2 THEN '上海市' WHEN 3 THEN 'a市' WHEN 4 THEN '杭州' WHEN 5 THEN '石家庄市' ELSE '乙市' END,
 province = CASE id % 5 WHEN 0 THEN '' WHEN 1 THEN '浙江省' WHEN 2 THEN '广东' WHEN 3 THEN '广东省' ELSE '丙省' END, registered_at = CASE WHEN id % 3 > 0 THEN 15000 + id % 4 END`,
			} {
				if _, err := d.Q(ctx).ExecContext(ctx, q); err != nil {
					return err
				}
			}
			return nil
		}))
		ranks := map[string]int64{"high": 1, "mid": 2}
		catalogue, err := s.service.ListFields(s.as("boss"))
		must(t, err)
		for _, fields := range [][]string{{"orders_365"}, {"orders_30"}, {"aov_365"}, {"net_90"}, {"city"}, {"province"}, {"level"}, {"province", "-city"},
			{"orders_365", "net_365"}, {"city", "-aov_365"}, {"level", "-orders_365"}, {"orders_30", "city"}, {"name", "-net_365"}, {"net_90", "id"},
			{"registered_at"}, {"city", "-registered_at"},
			{"model_alive"}, {"model_orders"}, {"model_clv"}, {"model_churn"}, {"model_churn", "name"}, {"model_alive", "-model_clv"}, {"model_orders", "id"},
			{"level", "model_alive"}, {"city", "-model_churn"}, {"orders_365", "-model_alive"}, {"id", "model_clv"}} {
			field := fields[0]
			if !slices.ContainsFunc(catalogue.Items, func(f customer.FieldInfo) bool { return f.Code == field && f.Sortable }) {
				t.Errorf("the catalogue does not offer to sort by %s", field)
			}
			for _, desc := range []bool{false, true} {
				sort := field
				if desc {
					sort = "-" + field
				}
				second, down := "", false
				if len(fields) > 1 {
					sort += "," + fields[1]
					second, down = strings.CutPrefix(fields[1], "-")
				}
				for _, tree := range []*customer.Node{nil, {Field: "orders_all", Op: "gte", Value: []byte("0")}} {
					ask := func(of *customer.Service, cursor string) (customer.Page, string) {
						t.Helper()
						p, err := of.Query(s.as("boss"), customer.ListQuery{Filter: customer.Filter{Tree: tree}, Sort: sort, Limit: 9, Cursor: cursor, Columns: []string{field, cmp.Or(second, field)}})
						must(t, err)
						if p.NextCursor == nil {
							return p, ""
						}
						return p, *p.NextCursor
					}
					for name, of := range map[string]*customer.Service{"sql": s.service, "columns": s.mem} {
						if name == "columns" && (tree != nil || sort != "level" && sort != "-level") && second != "id" && field != "id" { // of levels and ids an index gives everybody
							if _, answered := s.fromMemory(t, "boss", customer.ListQuery{Filter: customer.Filter{Tree: tree}, Sort: sort, Limit: 9}); !answered {
								t.Fatalf("%s: the columns do not sort", sort)
							}
						}
						var all []customer.Item
						var back *string
						for cursor := ""; ; {
							p, next := ask(of, cursor)
							all, back = append(all, p.Items...), p.PrevCursor
							if cursor = next; next == "" {
								break
							}
						}
						at := len(all) - 1 - (len(all)-1)%9
						for ; back != nil; at -= 9 {
							p, _ := ask(of, *back)
							if back = p.PrevCursor; !slices.EqualFunc(p.Items, all[at-9:at], func(a, b customer.Item) bool { return a.ID == b.ID }) {
								t.Errorf("%s on %s by %s: the page before %d is another", name, d.Engine(), sort, at)
								break
							}
						}
						if at != 0 {
							t.Errorf("%s on %s by %s: %d are before the first page", name, d.Engine(), sort, at)
						}
						if len(all) != 70 {
							t.Fatalf("%s %s: %d listed", name, sort, len(all))
						}
						inOrder := func(a, b customer.Item) int {
							x, y := sortKey(t, ranks, field, a), sortKey(t, ranks, field, b)
							k, id := x.compare(y), cmp.Compare(a.ID, b.ID)
							if desc {
								k, id = -k, -id
							}
							k2 := 0
							if second != "" {
								x, y := sortKey(t, ranks, second, a), sortKey(t, ranks, second, b)
								if k2 = x.compare(y); down {
									k2 = -k2
								}
								k2 = cmp.Or(cmp.Compare(x.last, y.last), k2)
							}
							return cmp.Or(cmp.Compare(x.last, y.last), k, k2, id)
						}
						if !slices.IsSortedFunc(all, inOrder) {
							var got []string
							for _, it := range all {
								got = append(got, fmt.Sprint(it.ID, ":", it.Values[field]))
							}
							t.Errorf("%s on %s by %s: %v", name, d.Engine(), sort, got)
						}
					}
				}
			}
		}
		// An export has the order of the list.
		for _, sort := range []string{"-orders_365,net_365", "-model_clv,model_alive"} {
			var run customer.ExportRun
			decode(t, s.call(t, "boss", "POST", "/customers/exports", `{"sort":"`+sort+`","columns":["id"]}`, nil).Body.Bytes(), &run)
			must(t, s.service.RunExport(context.Background(), run.ID))
			file := s.call(t, "boss", "GET", fmt.Sprintf("/customers/exports/%d/file", run.ID), "", nil).Body.String()
			p, err := s.service.Query(s.as("boss"), customer.ListQuery{Sort: sort, Limit: 200})
			must(t, err)
			lines := strings.Fields(file)[1:]
			if len(lines) != 70 || len(p.Items) != 70 {
				t.Fatalf("%s: %d exported, %d listed", sort, len(lines), len(p.Items))
			}
			for i, it := range p.Items {
				if lines[i] != fmt.Sprint(it.ID) {
					t.Fatalf("%s: line %d is %s, the list has %d", sort, i, lines[i], it.ID)
				}
			}
		}
		for sort, want := range map[string]string{
			"tags": "customer.unknown_sort", "name,tags": "customer.unknown_sort", "name,": "customer.unknown_sort", "name,level": "list.no_second_key",
			"name,f.plan": "list.no_second_key", "name,-name": "list.no_second_key", "name,id,city": "list.too_many_keys",
		} {
			if status, got := s.problem(t, "boss", "POST", "/customers/query", `{"sort":"`+sort+`"}`); status != 422 || !strings.Contains(got, want) {
				t.Errorf("%s: %d %s", sort, status, got)
			}
		}
	})
}

type keyOfItem struct {
	last int
	num  int64
	text string
}

func (k keyOfItem) compare(o keyOfItem) int {
	return cmp.Or(cmp.Compare(k.num, o.num), strings.Compare(k.text, o.text))
}

// sortKey is what a list shows of an item, as it is sorted by.
func sortKey(t *testing.T, ranks map[string]int64, field string, it customer.Item) keyOfItem {
	t.Helper()
	switch field {
	case "id":
		return keyOfItem{num: it.ID}
	case "name":
		return keyOfItem{text: clean.SortKey(it.Name)}
	case "level":
		if it.Level == nil {
			return keyOfItem{last: 1}
		}
		return keyOfItem{num: ranks[it.Level.Code]}
	}
	if level, ok := map[string]region.Level{"province": region.Province, "city": region.City}[field]; ok {
		name, _ := it.Values[field].(string)
		p, found := region.Find("", name, "")
		if level == region.Province {
			p, found = region.Find(name, "", "")
		}
		switch {
		case name == "":
			return keyOfItem{}
		case !found:
			return keyOfItem{num: 1 << 40, text: name}
		}
		code, err := strconv.ParseInt(p.Code, 10, 64)
		must(t, err)
		return keyOfItem{num: code}
	}
	switch v := it.Values[field].(type) {
	case nil:
		if strings.HasPrefix(field, "model_") {
			return keyOfItem{last: 1}
		}
		return keyOfItem{num: -1 << 60} // no average, no day
	case float64:
		return keyOfItem{num: int64(v*100 + 0.5)}
	case int64:
		return keyOfItem{num: v}
	case string:
		return keyOfItem{text: v}
	default:
		t.Fatalf("%s: %T", field, v)
		return keyOfItem{}
	}
}

// TestSortStaysUnderInserts: who is added while a list sorted by a column
// without an index is paged moves nobody onto two pages or off both.
func TestSortStaysUnderInserts(t *testing.T) {
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		s := withColumns(t, listSetup(t, d, 40), 64<<20)
		s.forecast(t)
		for _, c := range []struct {
			name, sort string
			of         *customer.Service
		}{
			{"sql", "-orders_365", s.service},
			{"columns", "-orders_365", s.mem},
			{"sql", "orders_365,-net_365", s.service},
			{"columns", "-level,net_365", s.mem},
			{"sql", "-model_clv", s.service},
			{"columns", "-model_clv", s.mem},
			{"sql", "model_churn,-model_alive", s.service},
			{"columns", "model_churn,-model_alive", s.mem},
		} {
			name, of, there := c.name+" by "+c.sort, c.of, slices.Clone(s.ids)
			var seen []int64
			for cursor := ""; ; {
				p, err := of.Query(s.as("boss"), customer.ListQuery{Sort: c.sort, Limit: 7, Cursor: cursor})
				must(t, err)
				for _, it := range p.Items {
					if slices.Contains(there, it.ID) {
						seen = append(seen, it.ID)
					}
				}
				if p.NextCursor == nil {
					break
				}
				cursor = *p.NextCursor
				s.add(t, []person{{c: customer.Customer{Name: "后来", SourceID: 1}, orders: 9}, {c: customer.Customer{Name: "后来", SourceID: 1}}})
				must(t, d.InTx(t.Context(), func(ctx context.Context) error {
					id := s.ids[len(s.ids)-2] // of the last no model says anything
					if _, err := d.Q(ctx).ExecContext(ctx, `INSERT INTO customer_forecasts (customer_id, alive, clv_fen, churn) VALUES ($1, 9, 9000, 0)`, id); err != nil {
						return err
					}
					if err := column.Tell(ctx, d, customer.ForecastTable, 1, id); err != nil {
						return err
					}
					_, _, err := s.service.Store().Feed(ctx, customer.FeedCreated, 0, 1, s.ids[len(s.ids)-2:])
					return err
				}))
				s.service.ForgetAll()
				s.mem.ForgetAll()
				must(t, s.columns.Settle(t.Context()))
			}
			slices.Sort(seen)
			if diff := gocmp.Diff(there, seen); diff != "" {
				t.Errorf("%s on %s (-there +seen):\n%s", name, d.Engine(), diff)
			}
		}
	})
}
