package affinity_test

import (
	"context"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"zhike/internal/affinity"
	"zhike/internal/app"
	"zhike/internal/audience"
	"zhike/internal/customer"
	"zhike/internal/importer"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/config"
	"zhike/internal/platform/db/dbtest"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/jobs"
	"zhike/internal/rule"
	"zhike/internal/tiering"
)

type firm struct {
	t     *testing.T
	a     *app.App
	ctx   context.Context
	clock *clock.Fixed
	files int
}

func each(t *testing.T, fn func(w *firm)) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			w := &firm{t: t, clock: clock.NewFixed(time.Date(2024, 6, 30, 4, 0, 0, 0, time.UTC)), ctx: auth.With(t.Context(), auth.System("test"))}
			cfg := &config.Config{Data: t.TempDir(), TimeZone: "Asia/Shanghai", Locale: "zh-CN", DBConns: 8, ColumnsMaxBytes: 64 << 20}
			if engine == "postgres" {
				cfg.DB = config.NewSecret(dbtest.PostgresURL(t))
			}
			var err error
			w.a, err = app.Open(t.Context(), cfg, app.Options{Stderr: io.Discard, Clock: w.clock})
			w.must(err)
			t.Cleanup(w.a.Close)
			w.a.Affinity.Settings.Support = 2
			fn(w)
		})
	}
}

func (w *firm) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatalf("%v (%s) %+v", err, errs.CodeOf(err), errs.From(err).Fields)
	}
}

// refresh works out a version; lists that SQL found may be remembered for a while,
// which is over then.
func (w *firm) refresh() *affinity.Outcome {
	w.t.Helper()
	out, err := w.a.Affinity.Refresh(w.ctx)
	w.must(err)
	w.clock.Advance(10 * time.Minute)
	return out
}

// orders imports one order a line: "customer category day".
func (w *firm) orders(lines ...string) {
	w.t.Helper()
	w.files++
	var csv strings.Builder
	csv.WriteString("订单编号,会员编号,姓名,付款时间,商品编码,商品名称,类目,数量,实付金额\n")
	for i, line := range lines {
		f := strings.Fields(line)
		fmt.Fprintf(&csv, "S%d-%d,M%s,客户%s,%s 12:00:00,P%s,商品%s,%s,1,%d\n", w.files, i, f[0], f[0], f[2], f[1], f[1], f[1], 100+i)
	}
	path := filepath.Join(w.t.TempDir(), fmt.Sprintf("%d.csv", w.files))
	w.must(os.WriteFile(path, []byte(csv.String()), 0o600))
	_, err := w.a.Importer.Run(w.ctx, importer.RunInput{Kind: importer.KindOrders, Path: path, Source: "shop"})
	w.must(err)
}

// who finds customers by the field, from memory where it is there, as their names' numbers.
func (w *firm) who(op string, value ...string) string {
	w.t.Helper()
	var v any
	if len(value) > 0 {
		v = value
	}
	if op == "contains" {
		v = value[0]
	}
	n := rule.Condition(customer.SimilarField, op, v)
	found, err := w.a.Customer.Find(w.ctx, customer.Who{Rule: n, Everybody: true})
	w.must(err)
	list, err := w.a.Customer.Query(w.ctx, customer.ListQuery{Columns: []string{customer.SimilarField}, Filter: customer.Filter{Tree: n}, Sort: "id", Limit: 50})
	w.must(err)
	var out []string
	for _, it := range list.Items {
		out = append(out, fmt.Sprintf("%s:%v", strings.TrimPrefix(it.Name, "客户"), it.Values[customer.SimilarField]))
	}
	if n := int(found.Members.Count()); n != len(list.Items) {
		w.t.Errorf("%s: %d found (%s), %d listed", op, n, found.Engine, len(list.Items))
	}
	return strings.Join(out, " ")
}

// The example of rules_test.go through the database, lists, the record and the
// need scheme. The prices of refunds and old orders count for nothing.
func TestWhatSimilarCustomersBought(t *testing.T) {
	each(t, func(w *firm) {
		if none := w.refresh(); none != nil {
			t.Fatalf("of no orders: %+v", none)
		}
		var lines []string
		for i, bought := range []string{"茶 杯", "茶 杯", "茶 杯", "茶", "茶 糖", "糖 奶", "糖 奶", "糖", "奶", "盐"} {
			for _, c := range strings.Fields(bought) {
				lines = append(lines, fmt.Sprintf("%02d %s 2024-05-%02d", i+1, c, i+1))
			}
		}
		lines = append(lines, "08 盐 2020-01-01") // long before the window
		w.orders(lines...)
		if got := w.who("not_empty"); got != "" {
			t.Errorf("before the first version: %s", got)
		}
		found := w.clock.Now().UnixMilli()
		out := w.refresh()
		if out.Categories != 5 || out.Rules != 4 || out.Customers != 10 || out.Suggested != 4 || out.AsOf.String() != "2024-05-10" {
			t.Fatalf("%+v", out)
		}
		const all = "04:杯 05:杯 08:奶 09:糖"
		for _, c := range []struct {
			op    string
			value []string
			want  string
		}{
			{"not_empty", nil, all},
			{"in", []string{"杯"}, "04:杯 05:杯"},
			{"contains", []string{"糖"}, "09:糖"},
			{"empty", nil, "01: 02: 03: 06: 07: 10:"},
			{"not_in", []string{"杯"}, "01: 02: 03: 06: 07: 08:奶 09:糖 10:"},
		} {
			for range 20 { // by SQL first, then from the columns
				if got := w.who(c.op, c.value...); got != c.want {
					t.Fatalf("%s %v: %q, want %q", c.op, c.value, got, c.want)
				}
				w.must(w.a.Columns.Settle(w.ctx))
				if f, err := w.a.Customer.Find(w.ctx, customer.Who{Rule: rule.Condition(customer.SimilarField, "not_empty", nil), Everybody: true}); err != nil || f.Engine == "columns" {
					break
				}
			}
			if got := w.who(c.op, c.value...); got != c.want {
				t.Fatalf("%s %v from memory: %q, want %q", c.op, c.value, got, c.want)
			}
		}
		words, err := w.a.Audiences.Values(w.ctx, audience.ValuesIn{Field: customer.SimilarField, Text: "杯", Limit: 5})
		w.must(err)
		if len(words.Items) != 1 || words.Items[0].Value != "杯" {
			t.Errorf("suggested words: %+v", words.Items)
		}
		id := func(name string) int64 {
			ids, err := w.a.Customer.Query(w.ctx, customer.ListQuery{Filter: customer.Filter{Text: "客户" + name}, Limit: 10})
			w.must(err)
			for _, it := range ids.Items {
				if it.Name == "客户"+name {
					return it.ID
				}
			}
			t.Fatalf("no customer %s", name)
			return 0
		}
		sg, err := w.a.Affinity.Suggestion(w.ctx, id("04"))
		w.must(err)
		if sg.Category != "杯" || sg.Because != "茶" || sg.Share != 0.6 || math.Abs(sg.Lift-2) > 1e-9 || sg.Buyers != 5 || sg.Both != 3 ||
			sg.Text != "买过茶的客户有 60% 也买杯" || sg.AsOf.String() != "2024-05-10" || *sg.FoundAt != found {
			t.Errorf("%+v", sg)
		}
		if sg, err = w.a.Affinity.Suggestion(w.ctx, id("01")); err != nil || sg.Category != "" || sg.Text != "" || sg.AsOf == nil {
			t.Errorf("who bought both: %+v %v", sg, err)
		}
		hidden := &auth.Actor{StaffID: 1, Scope: auth.ScopeAll, Permissions: map[auth.Permission]bool{customer.PermView: true},
			Fields: auth.FieldAccess{customer.AccessOrders: auth.AccessHidden}}
		if _, err = w.a.Affinity.Suggestion(auth.With(t.Context(), hidden), id("04")); !errs.Is(err, "customer.field_hidden") {
			t.Errorf("where purchases are hidden: %v", err)
		}

		// Who bought little and has a category is latent; the regular stays standardised.
		day := clock.DateDay(2024, 6, 15) // a past day: what is known now counts
		run, err := w.a.Tiering.RunNow(w.ctx, tiering.RunInput{Scheme: "need-rules", AsOf: &day})
		w.must(err)
		counts := map[string]int64{}
		for _, l := range run.Summary.Levels {
			counts[l.Code] = l.Customers
		}
		if counts["latent"] != 3 || counts["standardised"] != 7 { // 05 has two orders
			t.Errorf("levels %v", counts)
		}

		// Orders that came are worked out an hour behind the version in force, once.
		for range 2 {
			w.must(w.a.Affinity.Wake(w.ctx))
		}
		list, _, _, err := w.a.Jobs.List(w.ctx, jobs.ListInput{Kind: affinity.RefreshArgs{}.Kind(), Limit: 10})
		w.must(err)
		if len(list) != 1 {
			t.Errorf("%d jobs wait", len(list))
		}

		// A version that died half written is gone after the next, and what was bought
		// since is told to nobody: on the record at once, in lists with the next version.
		w.must(w.a.DB.InTx(w.ctx, func(ctx context.Context) error {
			for _, text := range []string{
				`INSERT INTO affinity_versions (id, status, settings, from_day, as_of_day, customers, suggested, created_at) VALUES (9000, 'writing', '{}', 0, 0, 0, 0, 0)`,
				`INSERT INTO affinity_customers (customer_id, version_id, category) VALUES (1, 9000, '盐')`,
				`INSERT INTO affinity_rules (version_id, from_category, category, from_customers, customers, both_customers) VALUES (9000, '茶', '盐', 1, 1, 1)`,
			} {
				if _, err := w.a.DB.Q(ctx).ExecContext(ctx, text); err != nil {
					return err
				}
			}
			return nil
		}))
		if got := w.who("not_empty"); got != all {
			t.Errorf("with a version half written: %s", got)
		}
		w.orders("04 杯 2024-06-20")
		if sg, err = w.a.Affinity.Suggestion(w.ctx, id("04")); err != nil || sg.Category != "" {
			t.Errorf("bought since: %+v %v", sg, err)
		}
		w.refresh()
		if got := w.who("not_empty"); got != "05:杯 08:奶 09:糖" {
			t.Errorf("after the next version: %s", got)
		}
		for table, want := range map[string]int{"affinity_versions": 1, "affinity_customers": 3, "affinity_rules": 4} {
			var n int
			w.must(w.a.DB.Q(w.ctx).QueryRowContext(w.ctx, `SELECT COUNT(*) FROM `+table).Scan(&n))
			if n != want {
				t.Errorf("%s has %d rows, want %d", table, n, want)
			}
		}
	})
}
