package app

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"zhike/internal/customer"
	"zhike/internal/importer"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
	"zhike/internal/tiering"
)

// TestPriceSensitivity: by SQL, by columns and as of a past day the same
// customers are price-sensitive, the need scheme says so, and where purchases
// are hidden nobody can ask.
func TestPriceSensitivity(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			a := columned(t, engine)
			ctx := auth.With(t.Context(), auth.System("test"))
			must := func(err error) {
				t.Helper()
				if err != nil {
					t.Fatal(err)
				}
			}
			day, err := a.Customer.Today(ctx)
			must(err)
			// Customer i buys 4 times, i of them for less; of the last no discount is known.
			rows := []string{"订单编号,买家ID,收货人,付款时间,优惠金额,实付金额"}
			for i := range 6 {
				for k := range 4 {
					off := "0"
					if k < i {
						off = "10"
					}
					if i == 5 {
						off = ""
					}
					rows = append(rows, fmt.Sprintf("D%d-%d,B%d,客户%d,%s 10:00:00,%s,90", i, k, i, i, day-50-30, off))
				}
			}
			path := filepath.Join(t.TempDir(), "orders.csv")
			must(os.WriteFile(path, []byte(strings.Join(rows, "\n")+"\n"), 0o600))
			res, err := a.Importer.Run(ctx, importer.RunInput{Kind: importer.KindOrders, Source: "shop", Path: path})
			must(err)
			if res.OrdersCreated != 24 {
				t.Fatalf("%d orders", res.OrdersCreated)
			}
			must(a.Metrics.RefreshAll(ctx, day, nil))
			deps := a.Customer.Deps
			deps.Columns = nil
			sql, past := customer.NewService(deps), day-20
			for _, c := range []struct {
				op, value string
				want      int64
			}{
				{"gte", "60", 2}, {"eq", "50", 1}, {"ne", "50", 5}, {"lt", "25", 1}, {"between", "[25,75]", 3}, {"empty", "", 1}, {"not_empty", "", 5},
			} {
				n := customer.Node{Field: customer.PriceField, Op: c.op}
				if c.value != "" {
					n.Value = json.RawMessage(c.value)
				}
				slow, err := sql.Find(ctx, customer.Who{Rule: &n})
				must(err)
				then, err := sql.Find(ctx, customer.Who{Rule: &n, AsOf: &past})
				must(err)
				fast := slow
				for range 20 {
					fast, err = a.Customer.Find(ctx, customer.Who{Rule: &n})
					must(err)
					if fast.Engine == "columns" {
						break
					}
					must(a.Columns.Settle(ctx))
				}
				if s, f, p := int64(slow.Members.Count()), int64(fast.Members.Count()), int64(then.Members.Count()); s != c.want || f != c.want || p != c.want || fast.Engine != "columns" {
					t.Errorf("%s %s: %d by SQL, %d by %s, %d then, want %d", c.op, c.value, s, f, fast.Engine, p, c.want)
				}
			}
			n := customer.Node{Field: customer.PriceField, Op: "gte", Value: json.RawMessage("60")}
			hidden := &auth.Actor{StaffID: 1, Scope: auth.ScopeAll, Fields: auth.FieldAccess{customer.AccessOrders: auth.AccessHidden}}
			if _, err := a.Customer.Find(auth.With(ctx, hidden), customer.Who{Rule: &n}); !errs.Is(err, "customer.field_hidden") {
				t.Errorf("where purchases are hidden: %v", err)
			}
			run, err := a.Tiering.RunNow(ctx, tiering.RunInput{Scheme: "need-rules", AsOf: &day})
			must(err)
			for _, l := range run.Summary.Levels {
				if l.Code == "standardised" && l.Customers != 6 {
					t.Errorf("%d standardised", l.Customers)
				}
			}
		})
	}
}
