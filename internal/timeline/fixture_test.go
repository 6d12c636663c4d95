package timeline

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"zhike/internal/customer"
	"zhike/internal/order"
	"zhike/internal/platform/audit"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/events"
	"zhike/internal/platform/i18n"
	"zhike/internal/platform/jobs"
	"zhike/internal/platform/money"
	"zhike/internal/platform/vault"
	"zhike/internal/platform/web"
	"zhike/internal/tiering"
)

const today = clock.Day(20_000) // 2024-10-04, a Friday

var shanghai = time.FixedZone("CST", 8*3600)

func perms(p ...auth.Permission) map[auth.Permission]bool {
	m := map[auth.Permission]bool{}
	for _, x := range p {
		m[x] = true
	}
	return m
}

// Customer 1 is owned by staff 3 of department 10, customer 2 by staff 6 of
// department 20, customer 3 by nobody.
var actors = map[string]*auth.Actor{
	"boss":   {StaffID: 1, Name: "老板", Scope: auth.ScopeAll, Permissions: perms(permView, PermNoteWrite, PermNoteDelete)},
	"viewer": {StaffID: 2, Name: "看看", Scope: auth.ScopeAll, Permissions: perms(permView)},
	"seller": {StaffID: 3, Name: "小李", Scope: auth.ScopeOwn, DepartmentID: 10, Permissions: perms(permView, PermNoteWrite)},
	"head":   {StaffID: 4, Name: "老王", Scope: auth.ScopeDepartment, DepartmentID: 10, DepartmentIDs: []int64{10}, Permissions: perms(permView, PermNoteWrite)},
	"other":  {StaffID: 6, Name: "小赵", Scope: auth.ScopeDepartment, DepartmentID: 20, DepartmentIDs: []int64{20}, Permissions: perms(permView, PermNoteWrite, PermNoteDelete)},
	"nobody": {StaffID: 7, Name: "无权", Scope: auth.ScopeAll, Permissions: perms()},
}

// recorder stands in for the outbox and the job queue.
type recorder struct {
	events []events.Event
	jobs   []jobs.Args
}

func (r *recorder) Publish(_ context.Context, e events.Event) error {
	r.events = append(r.events, e)
	return nil
}

func (r *recorder) Enqueue(_ context.Context, a jobs.Args, _ jobs.EnqueueOpts) (int64, error) {
	r.jobs = append(r.jobs, a)
	return 1, nil
}

type graded struct{}

func (graded) Dimensions(context.Context) ([]customer.LevelDimension, error) {
	return []customer.LevelDimension{{Code: customer.ValueDimension, Name: "客户价值"}}, nil
}

func (graded) CurrentRun(context.Context, string) (*customer.LevelRun, error) {
	return &customer.LevelRun{RunID: 7, Levels: map[int64]customer.Level{0: {Code: "high", Name: "高价值", Rank: 1}, 1: {Code: "low", Name: "低价值", Rank: 2}}}, nil
}
func (graded) Explain(context.Context, string, int64) (*customer.LevelReason, error) { return nil, nil }

type fixture struct {
	db    *db.DB
	s     *Service
	api   *web.API
	clock *clock.Fixed
	told  *recorder
	dir   string
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func as(name string) context.Context { return auth.With(context.Background(), actors[name]) }

func (f *fixture) exec(t testing.TB, query string, args ...any) {
	t.Helper()
	must(t, f.db.InTx(context.Background(), func(ctx context.Context) error {
		_, err := f.db.Q(ctx).ExecContext(ctx, query, args...)
		return db.MapError(err)
	}))
}

func (f *fixture) count(t testing.TB, query string, args ...any) (n int64) {
	t.Helper()
	must(t, db.MapError(f.db.Q(context.Background()).QueryRowContext(context.Background(), query, args...).Scan(&n)))
	return n
}

func setup(t testing.TB, d *db.DB) *fixture {
	t.Helper()
	v, err := vault.Ephemeral()
	must(t, err)
	f := &fixture{db: d, clock: clock.NewFixed(today.Start(shanghai).Add(12 * time.Hour)), told: &recorder{}, dir: t.TempDir()}
	zone, log := clock.In(shanghai), audit.New(d, f.clock)
	orders := order.NewStore(d)
	r := order.NewRefresher(orders, f.clock)
	customers := customer.NewService(customer.Deps{DB: d, Clock: f.clock, Vault: v, Audit: log, AsOf: r, Zone: zone})
	f.s = NewService(Deps{
		DB: d, Clock: f.clock, Zone: zone, Vault: v, Audit: log, Events: f.told, Jobs: f.told, Customers: customers,
		Orders: order.NewService(order.Deps{DB: d, Clock: f.clock, Customers: customers}),
		Levels: tiering.NewService(tiering.Deps{DB: d, Clock: f.clock, Zone: zone, Audit: log}),
		Graded: graded{}, Texts: i18n.Default(), Files: f.dir, MaxFile: 1 << 20,
	})
	f.api = web.New(web.Options{
		Texts: i18n.Default(), Match: i18n.Match, Clock: f.clock,
		Authenticate: func(_ context.Context, r *http.Request) (*auth.Actor, error) {
			return actors[r.Header.Get("X-Test-Actor")], nil
		},
	})
	f.s.Routes(f.api)
	for _, q := range []string{
		`INSERT INTO sources (id, code, name, created_at) VALUES (1, 'tmall', '天猫店', 0)`,
		`INSERT INTO departments (id, name, path, created_at, updated_at) VALUES (10, 'a', '/10/', 0, 0), (20, 'b', '/20/', 0, 0)`,
		`INSERT INTO staff (id, login, name, department_id, password_hash, must_change, disabled, auth_version, created_at, updated_at) VALUES
 (1, 'boss', '老板', 10, '', FALSE, FALSE, 1, 0, 0), (3, 'seller', '小李', 10, '', FALSE, FALSE, 1, 0, 0), (4, 'head', '老王', 10, '', FALSE, FALSE, 1, 0, 0),
 (6, 'other', '小赵', 20, '', FALSE, FALSE, 1, 0, 0), (9, 'gone', '离职', 10, '', FALSE, TRUE, 1, 0, 0)`,
		`INSERT INTO products (id, source_id, code, name, category, brand, created_at, updated_at) VALUES
 (1, 1, 'A', '羊毛衫', '女装', '恒源祥', 0, 0), (2, 1, 'B', '围巾', '配饰', '恒源祥', 0, 0)`,
	} {
		f.exec(t, q)
	}
	must(t, d.InTx(context.Background(), func(ctx context.Context) error {
		return customers.Store().InsertCustomers(ctx, []customer.Customer{
			{Kind: customer.KindPerson, Name: "王小明", SourceID: 1, OwnerID: 3, DepartmentID: 10, Version: 1},
			{Kind: customer.KindPerson, Name: "赵四", SourceID: 1, OwnerID: 6, DepartmentID: 20, Version: 1},
			{Kind: customer.KindPerson, Name: "无主", SourceID: 1, Version: 1},
		})
	}))
	f.exec(t, `INSERT INTO settings (name, value, updated_at) VALUES ('metrics.as_of', $1, 0)`, today.String())
	return f
}

// buy is an order of a test with one line.
type buy struct {
	customer, product int64
	at                time.Time
	yuan              int64
	pieces            int64
	channel, city     string
	back              bool // a return
}

// addOrders writes orders the way an import does, and the figures after them.
func (f *fixture) addOrders(t testing.TB, list []buy) {
	t.Helper()
	s := order.NewStore(f.db)
	must(t, f.db.InTx(context.Background(), func(ctx context.Context) error {
		rows, lines, ids := make([]order.Order, len(list)), []order.Line{}, []int64{}
		for i, b := range list {
			o := order.Order{
				SourceID: 1, ExternalID: "D-" + b.at.Format("20060102150405") + string(rune('a'+i%26)) + time.Duration(i).String(), CustomerID: b.customer,
				Kind: order.KindSale, Status: order.StatusCompleted, PaidAt: clock.Millis(b.at), Day: clock.DayOf(b.at, shanghai), LineCount: 1,
				Gross: money.Exact{Fen: b.yuan * 100}, Sales: money.Exact{Fen: b.yuan * 100}, Net: money.Exact{Fen: b.yuan * 100},
				Channel: b.channel, City: b.city, QuantityMilli: b.pieces * 1000,
			}
			if b.back {
				o.Kind, o.Sales, o.Net = order.KindReturn, money.Exact{}, o.Net.Neg()
			}
			rows[i] = o
			ids = append(ids, b.customer)
		}
		if err := s.InsertOrders(ctx, rows); err != nil {
			return err
		}
		for i, b := range list {
			lines = append(lines, order.Line{OrderID: rows[i].ID, No: 1, ProductID: b.product, QuantityMilli: max(b.pieces, 1) * 1000, Amount: rows[i].Net})
		}
		if err := s.InsertLines(ctx, lines); err != nil {
			return err
		}
		return order.NewRefresher(s, f.clock).RefreshMetrics(ctx, today, ids)
	}))
}

// call sends a request and decodes the answer of a success into out.
func (f *fixture) call(t testing.TB, actor, method, target, body string, out any) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(method, web.Prefix+target, http.NoBody)
	if body != "" {
		r = httptest.NewRequest(method, web.Prefix+target, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
	}
	return f.send(t, actor, r, out)
}

func (f *fixture) send(t testing.TB, actor string, r *http.Request, out any) *httptest.ResponseRecorder {
	t.Helper()
	r.Header.Set("X-Test-Actor", actor)
	if r.Header.Get("Accept-Language") == "" {
		r.Header.Set("Accept-Language", "zh-CN")
	}
	w := httptest.NewRecorder()
	f.api.ServeHTTP(w, r)
	if out != nil && w.Code < 300 {
		if err := json.Unmarshal(w.Body.Bytes(), out); err != nil {
			t.Fatalf("%s: %v in %s", r.URL, err, w.Body)
		}
	}
	return w
}

// note writes a note through the API.
func (f *fixture) note(t testing.TB, actor string, customerID string, body string) Note {
	t.Helper()
	var n Note
	if w := f.call(t, actor, "POST", "/customers/"+customerID+"/notes", body, &n); w.Code != 201 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	return n
}
