package order_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"zhike/internal/customer"
	"zhike/internal/order"
	"zhike/internal/platform/audit"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
	"zhike/internal/platform/i18n"
	"zhike/internal/platform/money"
	"zhike/internal/platform/vault"
	"zhike/internal/platform/web"
)

var actors = map[string]*auth.Actor{
	"viewer": {StaffID: 2, Scope: auth.ScopeAll, Permissions: map[auth.Permission]bool{customer.PermView: true}},
	"seller": {StaffID: 3, Scope: auth.ScopeOwn, Permissions: map[auth.Permission]bool{customer.PermView: true}},
	"none":   {StaffID: 4, Scope: auth.ScopeAll},
}

type fixture struct {
	api *web.API
	db  *db.DB
}

type levels struct{}

func (levels) Dimensions(context.Context) ([]customer.LevelDimension, error) {
	return []customer.LevelDimension{{Code: customer.ValueDimension, Name: "客户价值"}}, nil
}

func (levels) CurrentRun(context.Context, string) (*customer.LevelRun, error) {
	return &customer.LevelRun{RunID: 1}, nil
}

func (levels) Explain(_ context.Context, _ string, id int64) (*customer.LevelReason, error) {
	return &customer.LevelReason{
		Level: customer.Level{Code: "high", Name: "高价值", Rank: 1}, RunID: 1, SchemeCode: "value-rules", AsOf: 100,
		Reasons: []customer.Reason{{Key: "tiering.reason.spend", Params: map[string]any{"customer": id}}},
	}, nil
}

// setup makes customer 1, owned by staff 3, with orders and behaviours, and customer 2.
func setup(t testing.TB, d *db.DB) *fixture {
	t.Helper()
	ctx := context.Background()
	v, err := vault.Ephemeral()
	must(t, err)
	clk := clock.NewFixed(clock.Day(100).Start(time.UTC))
	s := order.NewStore(d)
	r := order.NewRefresher(s, clk)
	customers := customer.NewService(customer.Deps{DB: d, Clock: clk, Vault: v, Audit: audit.New(d, clk), AsOf: r, Orders: s, Zone: clock.In(time.UTC)})
	f := &fixture{db: d, api: web.New(web.Options{
		Texts: i18n.Default(), Match: i18n.Match, Clock: clk,
		Authenticate: func(_ context.Context, r *http.Request) (*auth.Actor, error) {
			return actors[r.Header.Get("X-Test-Actor")], nil
		},
	})}
	customers.Routes(f.api)
	order.NewService(order.Deps{DB: d, Clock: clk, Customers: customers, Levels: levels{}}).Routes(f.api)
	must(t, d.InTx(ctx, func(ctx context.Context) error {
		if _, err := d.Q(ctx).ExecContext(ctx, `INSERT INTO sources (id, code, name, created_at) VALUES (1, 'tmall', '天猫店', 0)`); err != nil {
			return err
		}
		cs := customers.Store()
		if err := cs.InsertCustomers(ctx, []customer.Customer{
			{Kind: customer.KindPerson, Name: "王小明", SourceID: 1, OwnerID: 3, Version: 1}, {Kind: customer.KindPerson, Name: "李四", SourceID: 1},
		}); err != nil {
			return err
		}
		cipher, err := v.Seal(vault.KindPhone, "13800138000")
		must(t, err)
		if err := cs.InsertContacts(ctx, []customer.Contact{{CustomerID: 1, Kind: customer.ContactPhone, Cipher: cipher, Blind: v.Blind(vault.KindPhone, "13800138000"), SourceID: 1}}); err != nil {
			return err
		}
		products, err := s.ProductCache(1, 0).IDs(ctx, []order.Product{{Code: "p1", Name: "杯", Category: "家居", Brand: "知"}})
		must(t, err)
		var orders []order.Order
		for i := range 23 {
			o := order.Order{
				SourceID: 1, ExternalID: fmt.Sprint("D-", i), CustomerID: 1, Kind: order.KindSale, Status: order.StatusPartRefunded,
				Day: clock.Day(80 + i/2), PaidAt: int64(80+i/2) * 86_400_000, Gross: money.Exact{Fen: 1000}, LineCount: 60, Channel: "天猫",
			}
			o.Sales, o.Net = order.Value(o.Status, o.Kind, o.Gross, money.Exact{Fen: 1})
			orders = append(orders, o)
		}
		orders[22].Kind, orders[22].Status = order.KindReturn, order.StatusCompleted
		orders[22].Sales, orders[22].Net = order.Value(orders[22].Status, orders[22].Kind, orders[22].Gross, money.Exact{})
		if err := s.InsertOrders(ctx, orders); err != nil {
			return err
		}
		var lines []order.Line
		for no := range 60 {
			lines = append(lines, order.Line{OrderID: orders[20].ID, No: int32(no + 1), ProductID: products[0], QuantityMilli: 1500, Amount: money.Exact{Fen: 7}})
		}
		if err := s.InsertLines(ctx, append(lines, order.Line{OrderID: orders[22].ID, No: 1, Amount: money.Exact{Fen: -1000}})); err != nil {
			return err
		}
		var bs []order.Behaviour
		for i := range 25 {
			bs = append(bs, order.Behaviour{
				SourceID: 1, ExternalID: fmt.Sprint("b", i), CustomerID: 1, Kind: order.BehaviourKind(i%4 + 1), Day: clock.Day(95 - i/3), At: 1, ProductID: products[0], Rating: int16(i % 4 / 3 * 5),
			})
		}
		return s.InsertBehaviours(ctx, bs)
	}))
	must(t, r.RefreshAll(ctx, 100, nil))
	return f
}

func (f *fixture) get(t testing.TB, actor, target string, out any) int {
	t.Helper()
	r := httptest.NewRequest("GET", web.Prefix+target, http.NoBody)
	r.Header.Set("X-Test-Actor", actor)
	w := httptest.NewRecorder()
	f.api.ServeHTTP(w, r)
	if w.Code == 200 && out != nil {
		if err := json.Unmarshal(w.Body.Bytes(), out); err != nil {
			t.Fatalf("%s: %v in %s", target, err, w.Body)
		}
	}
	return w.Code
}

// TestPaging: orders and behaviours come newest first, each once.
func TestPaging(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := setup(t, d)
		for target, want := range map[string]int{
			"/customers/1/orders?limit=4": 23, "/customers/1/orders": 23, "/customers/2/orders?limit=4": 0,
			"/customers/1/behaviours?limit=4": 25, "/customers/1/behaviours?limit=2&kind=view": 7,
		} {
			type entry struct {
				ID   int64
				Day  clock.Day
				Kind string
			}
			var all []entry
			cursor := ""
			for range 50 {
				sep := "?"
				if len(target) > 0 && target[len(target)-1] != 's' {
					sep = "&"
				}
				var p struct {
					Items      []entry `json:"items"`
					NextCursor *string `json:"next_cursor"`
				}
				if status := f.get(t, "viewer", target+sep+"cursor="+url.QueryEscape(cursor), &p); status != 200 {
					t.Fatalf("%s: %d", target, status)
				}
				all = append(all, p.Items...)
				if p.NextCursor == nil {
					break
				}
				cursor = *p.NextCursor
			}
			if len(all) != want {
				t.Errorf("%s: %d entries, want %d", target, len(all), want)
			}
			for i := 1; i < len(all); i++ {
				if a, b := all[i-1], all[i]; b.Day > a.Day || (b.Day == a.Day && b.ID >= a.ID) {
					t.Errorf("%s: %v before %v", target, a, b)
				}
			}
		}
		for target, status := range map[string]int{
			"/customers/9/orders": 404, "/customers/9": 404, "/customers/1/orders?cursor=x": 400, "/customers/1/orders?limit=101": 400,
			"/customers/1/behaviours?kind=dance": 400, "/customers/0": 400, "/customers/x/orders": 400,
		} {
			if got := f.get(t, "viewer", target, nil); got != status && !(status == 400 && got == 422) {
				t.Errorf("%s: %d, want %d", target, got, status)
			}
		}
		for _, target := range []string{"/customers/1", "/customers/1/orders", "/customers/1/behaviours"} {
			if got := f.get(t, "seller", target, nil); got != 200 {
				t.Errorf("the owner gets %d for %s", got, target)
			}
			if got := f.get(t, "none", target, nil); got != 403 {
				t.Errorf("without permission %d for %s", got, target)
			}
		}
		for _, target := range []string{"/customers/2", "/customers/2/orders", "/customers/2/behaviours"} {
			if got := f.get(t, "seller", target, nil); got != 404 {
				t.Errorf("outside the scope %d for %s", got, target)
			}
		}
	})
}

// TestCustomerPage: the page tells identity, figures, level and what is new.
func TestCustomerPage(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := setup(t, d)
		var p order.CustomerPage
		if status := f.get(t, "viewer", "/customers/1", &p); status != 200 {
			t.Fatal(status)
		}
		if p.Customer.Name != "王小明" || len(p.Customer.Contacts) != 1 || p.Customer.Contacts[0].Masked != "138****8000" || p.Customer.Source.Name != "天猫店" {
			t.Errorf("identity %+v", p.Customer)
		}
		if p.Level == nil || p.Level.Code != "high" || p.Level.Reasons[0].Params["customer"] != 1.0 {
			t.Errorf("level %+v", p.Level)
		}
		if len(p.Orders) != 10 || len(p.Behaviours) != 10 || len(p.Orders[2].Lines) != 50 || p.Orders[2].LineCount != 60 {
			t.Fatalf("%d orders, %d behaviours, %d lines", len(p.Orders), len(p.Behaviours), len(p.Orders[2].Lines))
		}
		line := order.LineItem{No: 1, Product: &order.ProductRef{ID: 1, Code: "p1", Name: "杯", Category: "家居", Brand: "知"}, QuantityMilli: 1500, AmountFen: 7}
		if diff := gocmp.Diff(line, p.Orders[2].Lines[0]); diff != "" {
			t.Errorf("line (-want +got):\n%s", diff)
		}
		ret := p.Orders[0]
		if ret.Kind != "return" || ret.NetFen != -1000 || ret.RefundedFen != 1000 || ret.Lines[0].Product != nil || p.Orders[1].RefundedFen != 1 || p.Orders[1].NetFen != 999 {
			t.Errorf("orders %+v %+v", ret, p.Orders[1])
		}
		f30 := p.Figures.Windows[0]
		aov, rate := int64(954), 21.0/22.0 // (22·999 − 1000) ÷ 22 = 953.5…
		want := order.WindowFigures{Days: 30, Orders: 22, SalesFen: 22_000, NetFen: 22*999 - 1000, RefundedFen: 22 + 1000, AOVFen: &aov, Months: 2, RepurchaseRate: &rate}
		if diff := gocmp.Diff(want, f30); diff != "" {
			t.Errorf("30 days (-want +got):\n%s", diff)
		}
		if p.Figures.AsOf != 100 || *p.Figures.DaysSince != 10 || *p.Figures.IntervalDays != 10.0/21 || p.Figures.Category != "家居" || len(p.Figures.Windows) != 5 {
			t.Errorf("figures %+v", p.Figures)
		}
		// Nobody's page is whole as well.
		var q order.CustomerPage
		f.get(t, "viewer", "/customers/2", &q)
		if q.Figures.LastDay != nil || q.Figures.Windows[4].AOVFen != nil || q.Orders == nil || q.Behaviours == nil {
			t.Errorf("a customer without anything: %+v", q)
		}
		var hits struct{ Items []customer.Hit }
		f.get(t, "viewer", "/search?q=D-7", &hits)
		if len(hits.Items) != 1 || hits.Items[0].Match != customer.MatchOrder {
			t.Errorf("search by order number: %+v", hits)
		}
	})
}
