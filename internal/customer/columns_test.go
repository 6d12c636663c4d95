package customer_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"zhike/internal/column"
	"zhike/internal/customer"
	"zhike/internal/field"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
)

// columnSite is a site with a second service that answers from columns.
type columnSite struct {
	*listSite
	columns *column.Set
	mem     *customer.Service
	loaded  string // what reading the columns took, in benchmarks
}

func withColumns(t testing.TB, s *listSite, maxBytes int64) *columnSite {
	t.Helper()
	c := &columnSite{listSite: s, columns: column.New(column.Options{DB: s.db, Clock: s.clock, MaxBytes: maxBytes, ByDay: true})}
	t.Cleanup(c.columns.Close)
	s.who["seller"] = actors["seller"]
	s.service.OnDelete("field", func(ctx context.Context, id int64) error { return s.fields.Forget(ctx, []int64{id}) })
	s.service.OnDelete("tag", func(ctx context.Context, id int64) error { return s.tags.Forget(ctx, []int64{id}) })
	s.service.OnDelete("quality", func(ctx context.Context, id int64) error {
		for _, table := range []string{"quality_issues", "tier_assignments"} { // of a run that no table of runs knows
			if _, err := s.db.Q(ctx).ExecContext(ctx, "DELETE FROM "+table+" WHERE customer_id = $1", id); err != nil {
				return err
			}
		}
		return nil
	})
	d := s.service.Deps
	d.Columns = c.columns
	c.mem = customer.NewService(d)
	// What is compared has a total, however busy the machine is.
	c.service.Patient()
	c.mem.Patient()
	return c
}

// page is what is compared: who is on it, how many there are, and the way on.
type listedPage struct {
	IDs        []int64
	Total      int64
	Next, Prev bool
	next, prev string
}

func (s *columnSite) page(t testing.TB, of *customer.Service, who string, q customer.ListQuery) listedPage {
	t.Helper()
	p, err := of.Query(s.as(who), q)
	if err != nil {
		b, _ := json.Marshal(q.Filter)
		t.Fatalf("%s: %s %s: %v", s.db.Engine(), b, q.Sort, err)
	}
	out := listedPage{Next: p.NextCursor != nil, Prev: p.PrevCursor != nil}
	for _, it := range p.Items {
		out.IDs = append(out.IDs, it.ID)
	}
	if p.Total == nil || p.TotalCapped {
		t.Fatalf("no total: %v", p.TotalCapped)
	}
	out.Total = *p.Total
	if out.Next {
		out.next = *p.NextCursor
	}
	if out.Prev {
		out.prev = *p.PrevCursor
	}
	return out
}

// fromMemory is page by the columns; it waits until they answer.
func (s *columnSite) fromMemory(t testing.TB, who string, q customer.ListQuery) (p listedPage, answered bool) {
	t.Helper()
	for range 50 {
		before := s.columns.Stats()
		p = s.page(t, s.mem, who, q)
		if after := s.columns.Stats(); after.Answered > before.Answered {
			return p, true
		} else if after.Passed == before.Passed {
			return p, false // not a filter for columns
		}
		must(t, s.columns.Settle(t.Context()))
	}
	t.Fatalf("the columns never answer: %+v", s.columns.Stats())
	return p, false
}

// drawValue makes a value for an operator of a field.
func drawValue(r *rand.Rand, f *customer.FieldInfo, op string, s *listSite) any {
	some := func(list []any) []any {
		out := []any{}
		for range 1 + r.IntN(2) {
			out = append(out, list[r.IntN(len(list))])
		}
		return out
	}
	options := []any{}
	for _, o := range f.Options {
		options = append(options, o.Value)
	}
	day := func() string { return (today + clock.Day(r.IntN(24)-14)).String() }
	number := func() any {
		if f.Code == "f.score" {
			return []any{0, "0.50", 1, 1.5, -1}[r.IntN(5)]
		}
		if f.Type == "money" {
			return r.Int64N(6)*1000 - 1000
		}
		return r.Int64N(5) // what is counted is not compared with less than 0
	}
	switch op {
	case "empty", "not_empty":
		return nil
	case "anniversary_days":
		return r.IntN(61)
	case "changed":
		v := map[string]any{"days": 1 + r.IntN(90)}
		if r.IntN(2) == 0 {
			v["from"] = some(options)
		}
		if r.IntN(2) == 0 {
			v["to"] = some(options)
		}
		return v
	case "fell", "rose":
		return map[string]any{"by": []any{0.5, "0.01", 1, "1.50"}[r.IntN(4)], "days": []int{1, 2, 3, 5, 30, 400}[r.IntN(6)]}
	case "is":
		return r.IntN(2) == 0
	case "last_days", "before_days", "next_days":
		return 1 + r.IntN(8)
	case "within_days":
		return r.IntN(100)
	case "month":
		return []int{1 + r.IntN(12), 1 + r.IntN(12)}
	case "contains", "begins":
		return []string{"a", "王", "alpha", "市", "0%"}[r.IntN(5)]
	}
	switch f.Type {
	case "choice", "multi_choice", "level", "issue", "relation":
		return some(options)
	case "source":
		return some([]any{1, 2})
	case "tags":
		return some([]any{s.tagIDs[0], s.tagIDs[1], s.tagIDs[2]})
	case "staff":
		return some([]any{3, 4, "me"})
	case "reference":
		return some([]any{1, 3, 4})
	case "department":
		return some([]any{10, 11, 12})
	case "region":
		return some([]any{"330000", "330100", "330106", "320100", "110101"})
	case "date", "time":
		if op == "between" {
			return []string{day(), day()}
		}
		return day()
	case "number", "money":
		if op == "between" {
			return []any{number(), number()}
		}
		return number()
	}
	words := []any{"杭州市", "浙江省", "女装", "Alpha 项目", "beta 100%", "王小明", "零售", "甲公司"}
	if op == "eq" || op == "ne" {
		return words[r.IntN(len(words))]
	}
	return some(words)
}

func drawFilter(r *rand.Rand, fields []customer.FieldInfo, s *listSite, depth int) customer.Node {
	kind := r.IntN(6)
	if depth == 1 || kind < 2 {
		f := &fields[r.IntN(len(fields))]
		op := f.Operators[r.IntN(len(f.Operators))]
		return node(f.Code, op, drawValue(r, f, op, s))
	}
	if kind == 2 {
		inner := drawFilter(r, fields, s, depth-1)
		return customer.Node{Not: &inner}
	}
	var kids []customer.Node
	for range 1 + r.IntN(4) {
		kids = append(kids, drawFilter(r, fields, s, depth-1))
	}
	if kind == 3 {
		return customer.Node{Any: kids}
	}
	return customer.Node{All: kids}
}

// write changes something that lists filter by, the same on both sites.
func (s *columnSite) write(t testing.TB, seed uint64) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 77))
	ctx := s.as("boss")
	id := s.ids[r.IntN(len(s.ids))]
	edit := func(name string, value any) {
		text := fmt.Sprint(value)
		e := customer.Edit{ID: id}
		must(t, e.Patch.Set(name, text))
		_, err := s.service.Change(ctx, e, customer.WriteOptions{})
		must(t, err)
	}
	sql := func(table string, texts ...string) {
		must(t, s.db.InTx(ctx, func(ctx context.Context) error {
			for _, text := range texts {
				if _, err := s.db.Q(ctx).ExecContext(ctx, text); err != nil {
					return fmt.Errorf("%s: %w", text, err)
				}
			}
			return column.Tell(ctx, s.db, table, 1, id)
		}))
	}
	switch r.IntN(13) {
	case 0:
		edit("industry", []string{"零售", "", "餐饮"}[r.IntN(3)])
	case 1:
		edit("company", []string{"甲公司", "", "乙公司"}[r.IntN(3)])
	case 2:
		edit("name", []string{"王小明", "zoe", "陈一", "李芳"}[r.IntN(4)])
	case 3:
		edit("stage", []string{"customer", "prospect"}[r.IntN(2)])
	case 4:
		must(t, s.db.InTx(ctx, func(ctx context.Context) error {
			if _, err := s.tags.AddMany(ctx, []int64{id}, []int64{s.tagIDs[r.IntN(3)]}); err != nil {
				return err
			}
			_, _, err := s.service.Store().Feed(ctx, customer.FeedUpdated, 0, 1, []int64{id})
			return err
		}))
	case 5:
		must(t, s.db.InTx(ctx, func(ctx context.Context) error {
			v := map[string]field.Value{"score": {Set: r.IntN(2) == 0, Num: int64(r.IntN(5)) * 50}, "note": {Set: true, Text: "Alpha 项目"}}
			if _, err := s.fields.SetMany(ctx, []field.Write{{CustomerID: id, Values: v}}); err != nil {
				return err
			}
			_, _, err := s.service.Store().Feed(ctx, customer.FeedUpdated, 0, 1, []int64{id})
			return err
		}))
	case 6:
		sql("customer_metrics", fmt.Sprintf("UPDATE customer_metrics SET net_365_fen = %d, orders_365 = %d, last_day = %d, favourite_category = '男装' WHERE customer_id = %d",
			r.IntN(4)*1000, r.IntN(3), int64(today)-r.Int64N(5), id),
			fmt.Sprintf("UPDATE customer_metrics SET first_day = last_day, last_behaviour_day = NULL, carts_90 = %d WHERE customer_id = %d", r.IntN(3), id))
	case 7:
		sql("quality_issues", fmt.Sprintf("DELETE FROM quality_issues WHERE customer_id = %d", id),
			fmt.Sprintf("INSERT INTO quality_issues (rule, customer_id) VALUES (3, %d)", id))
	case 8:
		sql("", fmt.Sprintf("DELETE FROM tier_assignments WHERE customer_id = %d", id), fmt.Sprintf("DELETE FROM customer_tags WHERE customer_id = %d", id),
			fmt.Sprintf("UPDATE customers SET owner_id = NULL, region_code = '', last_contact_at = %d WHERE id = %d", r.IntN(3), id))
	case 9:
		sql("customer_team", fmt.Sprintf("DELETE FROM customer_team WHERE customer_id = %d", id),
			fmt.Sprintf("INSERT INTO customer_team (customer_id, staff_id, role, added_at) VALUES (%d, 3, 'service', 0)", id))
	case 10:
		must(t, s.db.InTx(ctx, func(ctx context.Context) error {
			list := []customer.Customer{{Name: "新来的", Kind: "person", SourceID: 1, City: "杭州市", OwnerID: 3}}
			if err := s.service.Store().InsertCustomers(ctx, list); err != nil {
				return err
			}
			s.ids = append(s.ids, list[0].ID)
			_, _, err := s.service.Store().Feed(ctx, customer.FeedCreated, 0, 1, []int64{list[0].ID})
			return err
		}))
	case 11:
		if len(s.ids) > 60 {
			got, err := s.service.Version(ctx, id)
			must(t, err)
			must(t, s.service.Delete(ctx, id, got))
			s.ids = slices.DeleteFunc(s.ids, func(x int64) bool { return x == id })
		}
	case 12:
		texts := []string{fmt.Sprintf("DELETE FROM customer_forecasts WHERE customer_id = %d", id)}
		if r.IntN(3) > 0 {
			churn := []string{"NULL", "2", "4"}[r.IntN(3)]
			texts = append(texts, fmt.Sprintf("INSERT INTO customer_forecasts (customer_id, alive, orders_centi, clv_fen, churn) VALUES (%d, %d, %d, %d, %s)",
				id, r.IntN(5), r.IntN(5)*50, r.IntN(5)*1000, churn))
		}
		sql(customer.ForecastTable, texts...)
	}
}

// TestColumnsAgree is what columns mean: for random filters over every field,
// random orders, pages and writers, they give what SQL gives, on both engines.
//
//	ZHIKE_COLUMN_CASES=100000 go test -run TestColumnsAgree -timeout 60m ./internal/customer
func TestColumnsAgree(t *testing.T) {
	cases, _ := strconv.Atoi(os.Getenv("ZHIKE_COLUMN_CASES"))
	if cases == 0 {
		cases = 250
	}
	seed := uint64(time.Now().UnixNano())
	if text := os.Getenv("ZHIKE_COLUMN_SEED"); text != "" {
		seed, _ = strconv.ParseUint(text, 10, 64)
	}
	t.Logf("ZHIKE_COLUMN_SEED=%d", seed)
	site := func(d *db.DB) *columnSite {
		s := listSetup(t, d, 0)
		// The customers lie in two blocks of columns.
		must(t, d.InTx(t.Context(), func(ctx context.Context) error {
			_, err := d.Q(ctx).ExecContext(ctx, `INSERT INTO id_sequences (name, next) VALUES ('customer', 16340)`)
			return err
		}))
		s.fill(t, s.as("boss"), 90)
		s.forecast(t)
		return withColumns(t, s, 64<<20)
	}
	sites := []*columnSite{site(dbtest.SQLite(t))}
	if os.Getenv("ZHIKE_TEST_PG") != "" {
		sites = append(sites, site(dbtest.Postgres(t)))
	}
	one := sites[0]
	all, err := one.service.ListFields(one.as("boss"))
	must(t, err)
	var fields []customer.FieldInfo
	sorts := []string{}
	for _, f := range all.Items {
		if len(f.Operators) > 0 {
			fields = append(fields, f)
		}
		if f.Sortable {
			sorts = append(sorts, f.Code, "-"+f.Code)
		}
	}
	for _, first := range []string{"level", "-level", "city", "-orders_365", "f.plan", "-f.score", "last_day", "name", "-id", "-model_alive", "model_churn"} {
		for _, second := range []string{"net_all", "-name", "-aov_365", "created", "-province", "-model_clv", "model_alive"} {
			if strings.TrimPrefix(first, "-") != strings.TrimPrefix(second, "-") {
				sorts = append(sorts, first+","+second)
			}
		}
	}
	r := rand.New(rand.NewPCG(seed, 1))
	answered, pages := 0, 0
	covered := map[string]bool{}
	for range cases {
		if r.IntN(3) == 0 {
			writeSeed := r.Uint64()
			for _, s := range sites {
				s.write(t, writeSeed)
				s.service.ForgetAll()
				s.mem.ForgetAll()
			}
		}
		n := drawFilter(r, fields, one.listSite, 1+r.IntN(4))
		who := []string{"boss", "boss", "head", "seller"}[r.IntN(4)]
		q := customer.ListQuery{Filter: customer.Filter{Tree: &n}, Sort: sorts[r.IntN(len(sorts))], Limit: []int{1, 7, 40, 200}[r.IntN(4)]}
		for page := range 4 {
			pages++
			b, _ := json.Marshal(n)
			var want listedPage
			for i, s := range sites {
				plain := s.page(t, s.service, who, q)
				mem, from := s.fromMemory(t, who, q)
				if i == 0 {
					want = plain
					if from {
						answered++
						fieldsOf(&n, covered)
					}
				}
				for name, got := range map[string]listedPage{"sql": plain, "columns": mem} {
					if diff := gocmp.Diff(want, got, gocmp.AllowUnexported(listedPage{})); diff != "" {
						t.Fatalf("%s on %s, %s by %s, page %d of %d:\n%s\n(-sqlite +%s):\n%s", name, s.db.Engine(), who, q.Sort, page, q.Limit, b, name, diff)
					}
				}
			}
			switch {
			case want.Prev && r.IntN(3) == 0:
				q.Cursor = want.prev
			case want.Next:
				q.Cursor = want.next
			default:
				page = 4
			}
			if page == 4 || q.Cursor == "" {
				break
			}
		}
	}
	for _, s := range sites {
		if same, sure, err := s.columns.Verify(t.Context()); !same || !sure || err != nil {
			t.Errorf("%s: verified %v %v %v", s.db.Engine(), same, sure, err)
		}
	}
	var never []string
	for _, f := range fields {
		if !covered[f.Code] {
			never = append(never, f.Code)
		}
	}
	t.Logf("%d cases, %d pages, %d of them from columns on each engine; never from columns: %v", cases, pages, answered, never)
	if answered < pages/4 {
		t.Errorf("only %d of %d pages came from columns", answered, pages)
	}
}

func fieldsOf(n *customer.Node, into map[string]bool) {
	if n.Field != "" {
		into[n.Field] = true
	}
	for _, kids := range [][]customer.Node{n.All, n.Any} {
		for i := range kids {
			fieldsOf(&kids[i], into)
		}
	}
	if n.Not != nil {
		fieldsOf(n.Not, into)
	}
}
