package app

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"zhike/internal/audience"
	"zhike/internal/customer"
	"zhike/internal/importer"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/errs"
	"zhike/internal/rule"
)

// bought writes orders and behaviours of some customers up to a day.
func bought(t *testing.T, a *App, day clock.Day) {
	t.Helper()
	ctx := auth.With(t.Context(), auth.System("test"))
	file := func(kind importer.Kind, name string, lines []string) {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		r, err := a.Importer.Run(ctx, importer.RunInput{Kind: kind, Source: "shop", Path: path})
		if err != nil {
			t.Fatal(err)
		}
		if r.Rejected > 0 {
			t.Fatalf("%s: %d rows were refused", name, r.Rejected)
		}
	}
	orders := []string{"订单编号,买家ID,手机号,收货人,付款时间,实付金额,渠道,商品编码,商品名称,类目,品牌,数量"}
	acts := []string{"行为编号,买家ID,行为类型,时间,商品编码,评分"}
	for i := range 30 {
		for k := range 1 + i%7 {
			d := day - clock.Day((i*13+k*37)%400)
			orders = append(orders, fmt.Sprintf("D%d-%d,B%d,138000001%02d,客户%d,%s 10:00:00,%d,%s,P%d,商品%d,%s,甲,%d", i, k, i, i, i, d, 50+i*20,
				[]string{"微信", "门店", "天猫"}[(i+k)%3], k, k, []string{"咖啡", "茶", "点心", "器具"}[k%4], 1+k%2))
		}
		for k := range i % 5 {
			d := day - clock.Day((i*3+k)%20)
			kind, rating := []string{"浏览", "加购", "收藏", "评价"}[(i+k)%4], ""
			if kind == "评价" {
				rating = fmt.Sprint(1 + i%5)
			}
			acts = append(acts, fmt.Sprintf("A%d-%d,B%d,%s,%s 09:00:00,P%d,%s", i, k, i, kind, d, k, rating))
		}
	}
	file(importer.KindOrders, "orders.csv", orders)
	file(importer.KindBehaviours, "acts.csv", acts)
	if err := a.Metrics.RefreshAll(ctx, day, func(int64, int64) {}); err != nil {
		t.Fatal(err)
	}
}

// TestShippedAudiences: every audience that comes with the program can be copied
// and counted in every industry, the same by SQL and by columns, once the fields
// of the industry are there, and is told in both languages.
func TestShippedAudiences(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			a := columned(t, engine)
			ctx := auth.With(t.Context(), auth.System("test"))
			day, err := a.Customer.Today(ctx)
			if err != nil {
				t.Fatal(err)
			}
			bought(t, a, day)
			deps := a.Customer.Deps
			deps.Columns = nil
			sql := customer.NewService(deps)
			counted, nobody := 0, []string{}
			for _, industry := range []string{"retail", "technology", "services", "hotel", "finance"} {
				list, err := a.Audiences.ListShipped(ctx, industry)
				if err != nil {
					t.Fatal(err)
				}
				missing := 0
				for i := range list.Items {
					sh := &list.Items[i]
					if len(sh.Missing) > 0 {
						missing++
						if _, err := a.Audiences.CopyShipped(ctx, sh.Code, audience.ShippedIn{Industry: industry}); !errs.Is(err, "audience.needs_fields") {
							t.Errorf("%s without its fields: %v", sh.Code, err)
						}
					}
				}
				if missing == 0 {
					t.Errorf("%s has no audience of its own", industry)
				}
				if _, err := a.Fields.ImportPreset(ctx, industry, nil); err != nil {
					t.Fatal(err)
				}
				if list, err = a.Audiences.ListShipped(ctx, industry); err != nil {
					t.Fatal(err)
				}
				for i := range list.Items {
					sh := &list.Items[i]
					if strings.Contains(sh.Name+sh.Description+sh.GroupLabel, "shipped.") || sh.Sentence == "" || strings.Contains(sh.Sentence, "看不到") {
						t.Errorf("%s is told as %q, %q: %s", sh.Code, sh.Name, sh.Description, sh.Sentence)
					}
					n, err := rule.Parse(sh.Rule, "rule", rule.RuleLimits)
					if err != nil {
						t.Fatal(err)
					}
					want, err := sql.Find(ctx, customer.Who{Rule: n})
					if err != nil {
						t.Fatalf("%s in %s: %v", sh.Code, industry, err)
					}
					got := want
					for range 20 {
						if got, err = a.Customer.Find(ctx, customer.Who{Rule: n}); err != nil {
							t.Fatal(err)
						}
						if got.Engine == "columns" {
							counted++
							break
						}
						if err := a.Columns.Settle(ctx); err != nil {
							t.Fatal(err)
						}
					}
					if got.Members.Count() != want.Members.Count() || got.Members.Less(want.Members).Count() != 0 {
						t.Errorf("%s in %s: %d by %s, %d by SQL", sh.Code, industry, got.Members.Count(), got.Engine, want.Members.Count())
					}
					if want.Members.Count() == 0 && industry == "retail" {
						nobody = append(nobody, sh.Code)
					}
					past := day - 40
					_, err = sql.Find(ctx, customer.Who{Rule: n, AsOf: &past})
					if err != nil && sh.Code != "purchase_anniversary" {
						t.Errorf("%s as of a past day: %v", sh.Code, err)
					}
				}
			}
			t.Logf("%d answers from columns; nobody in %v", counted, nobody)
			if counted < 200 {
				t.Errorf("only %d answers came from columns", counted)
			}
			made, err := a.Audiences.CopyShipped(ctx, "sleeping", audience.ShippedIn{Industry: "hotel"})
			if err != nil || made.Preset != "sleeping" || !strings.Contains(string(made.Rule), "365") {
				t.Errorf("a copy is %+v, %v", made, err)
			}
			if c, err := a.Audiences.CountShipped(ctx, "value_high_spend", ""); err != nil || c.Count < 5 || c.Count > 8 {
				t.Errorf("top 20%% of 30: %+v, %v", c.Count, err)
			}
			values(t, a)
		})
	}
}

// values asks for values with counts, from columns and from facts.
func values(t *testing.T, a *App) {
	t.Helper()
	ctx := auth.With(t.Context(), auth.System("test"))
	ask := func(in audience.ValuesIn) string {
		t.Helper()
		if in.Limit == 0 {
			in.Limit = 20
		}
		list, err := a.Audiences.Values(ctx, in)
		if err != nil {
			var out []string
			for _, f := range errs.From(err).Fields {
				out = append(out, f.Code+" at "+f.Path)
			}
			return strings.Join(out, ", ")
		}
		var out []string
		for _, v := range list.Items {
			n := "–"
			if v.Count != nil {
				n = fmt.Sprint(*v.Count)
			}
			out = append(out, v.Label+" "+n)
		}
		return strings.Join(out, ", ")
	}
	for _, c := range []struct {
		in   audience.ValuesIn
		want string
	}{
		{audience.ValuesIn{Stream: "lines", Dimension: "category", Limit: 2}, "咖啡 42, 茶 33"},
		{audience.ValuesIn{Stream: "lines", Dimension: "category", Text: "点"}, "点心 24"},
		{audience.ValuesIn{Stream: "orders", Dimension: "channel", Text: "店"}, "门店 38"},
		{audience.ValuesIn{Stream: "behaviours", Dimension: "kind", Text: "加"}, "加购 15"},
		{audience.ValuesIn{Field: "favourite_category", Text: "咖"}, "咖啡 28"},
		{audience.ValuesIn{Field: "stage", Text: "现有"}, "现有客户 30"},
		{audience.ValuesIn{Field: "source"}, "商城 30"},
		{audience.ValuesIn{Field: "name"}, "rule.no_values at field"},
		{audience.ValuesIn{Field: "company"}, "rule.no_values at field"},
		{audience.ValuesIn{Field: "gone"}, "list.unknown_field at field"},
		{audience.ValuesIn{Stream: "gone", Dimension: "x"}, "rule.unknown_stream at dimension"},
		{audience.ValuesIn{Stream: "lines", Dimension: "x"}, "rule.unknown_dimension at dimension"},
		{audience.ValuesIn{}, "rule.field_or_stream at field"},
	} {
		if got := ask(c.in); got != c.want {
			t.Errorf("%+v: %s, not %s", c.in, got, c.want)
		}
	}
	for _, who := range []auth.FieldAccess{{"orders": auth.AccessHidden}} {
		veiled := auth.With(t.Context(), &auth.Actor{StaffID: 7, Scope: auth.ScopeAll, Permissions: map[auth.Permission]bool{audience.PermView: true}, Fields: who})
		for _, in := range []audience.ValuesIn{{Stream: "lines", Dimension: "category", Limit: 5}, {Field: "favourite_category", Limit: 5}} {
			if list, err := a.Audiences.Values(veiled, in); !errs.Is(err, "customer.field_hidden") {
				t.Errorf("%+v is told: %v, %v", in, list.Items, err)
			}
		}
	}
}
