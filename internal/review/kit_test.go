package review

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"zhike/internal/tiering"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/i18n"
	"zhike/internal/platform/vault"
)

// The people of the tests: 1 and 2 sit in the panel for departments 10 and 20, 3
// for the whole company, 4 is the deputy of 1; 9 has no seat.
func person(id int64) context.Context {
	a := &auth.Actor{StaffID: id, Name: fmt.Sprint("p", id), Scope: auth.ScopeAll, Permissions: map[auth.Permission]bool{}}
	for _, p := range tiering.Permissions {
		a.Permissions[p] = true
	}
	return auth.With(context.Background(), a)
}

var testPanel = Panel{Members: []PanelMember{{StaffID: 1, DepartmentID: 10, DeputyID: 4}, {StaffID: 2, DepartmentID: 20}, {StaffID: 3}},
	Reach: ReachDepartment, Rule: Majority, Quorum: 2, Days: 7, OnDeadline: DeadlineKeep}

// grades is the grading beside the procedure, under a name that can be embedded.
type grades = tiering.Service

// reviewed is a company whose value is graded by a panel: a first run is in force
// (published without one), and customers belong to departments 10 and 20 in turn.
type reviewed struct {
	*Service
	*grades
	d     *db.DB
	clk   *clock.Fixed
	told  []Notice
	first int64 // the run in force
}

// byOrders grades by the number of orders, so that tests move customers by
// adding some: 0 from three, 1 from two, 2 from one, 3 below.
func byOrders() *tiering.Scheme {
	return &tiering.Scheme{Code: "by-orders", Name: "按单数", Method: tiering.MethodRules, Measure: tiering.MeasureNet, Levels: []tiering.Level{
		{Code: "aa", Name: "甲"}, {Code: "bb", Name: "乙"}, {Code: "cc", Name: "丙"}, {Code: "dd", Name: "丁"}},
		Rules: []tiering.Rule{
			{Level: "aa", Name: "三单", All: []tiering.Condition{{Metric: tiering.MetricOrders, Op: tiering.OpAtLeast, Value: 3}}},
			{Level: "bb", Name: "两单", All: []tiering.Condition{{Metric: tiering.MetricOrders, Op: tiering.OpAtLeast, Value: 2}}},
			{Level: "cc", Name: "一单", All: []tiering.Condition{{Metric: tiering.MetricOrders, Op: tiering.OpAtLeast, Value: 1}}},
		}}
}

const reviewDay = "2024-02-20"

// newProcedure makes the services over what d has.
func newProcedure(t testing.TB, d *db.DB) *reviewed {
	t.Helper()
	r := &reviewed{d: d, clk: clock.NewFixed(time.Date(2024, 2, 21, 2, 0, 0, 0, time.UTC))}
	v, err := vault.New(context.Background(), vault.Options{DB: d, Clock: clock.System{}, KeyFile: filepath.Join(t.TempDir(), "master.key")})
	if err != nil {
		t.Fatal(err)
	}
	zone := clock.In(shanghai)
	r.grades = tiering.NewService(tiering.Deps{DB: d, Vault: v, Clock: r.clk, Zone: zone})
	r.Service = NewService(Deps{Grading: r.grades, DB: d, Vault: v, Clock: r.clk, Zone: zone, Notify: func(_ context.Context, list []Notice) error {
		r.told = append(r.told, list...)
		return nil
	}, FileOf: func(_ context.Context, id int64) (int64, error) {
		if id > 900 {
			return 0, errs.New(errs.NotFound, "attachment.not_found")
		}
		return id / 10, nil // 51 is a file of customer 5
	}})
	r.Procedure = r.Service
	if err := r.EnsureShipped(context.Background()); err != nil {
		t.Fatal(err)
	}
	return r
}

var shanghai = func() *time.Location {
	z, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		panic(err)
	}
	return z
}()

func mustDay(s string) clock.Day {
	d, err := clock.ParseDay(s)
	if err != nil {
		panic(err)
	}
	return d
}

// storeCompany writes customers 1 to n; customer i has i%4 orders.
func storeCompany(t testing.TB, d *db.DB, n int64) {
	t.Helper()
	day := mustDay(reviewDay)
	type order struct{ customer, k int64 }
	var orders []order
	for id := int64(1); id <= n; id++ {
		for k := range id % 4 {
			orders = append(orders, order{id, k})
		}
	}
	at := clock.Millis((day - 400).Start(shanghai))
	if err := d.InTx(context.Background(), func(ctx context.Context) error {
		if err := d.BulkInsert(ctx, "customers", []string{"id", "kind", "name", "source_id", "version", "created_at", "updated_at", "owner_id", "department_id"}, int(n),
			func(i int, v []any) {
				id := int64(i + 1)
				v[0], v[1], v[2], v[3], v[4], v[5], v[6] = id, "person", fmt.Sprintf("客户%d", id), int64(1), int64(1), at, at
				v[7], v[8] = 100+id%3, 20-10*((id+1)%2)
			}); err != nil {
			return err
		}
		return d.BulkInsert(ctx, "orders", []string{"id", "source_id", "external_id", "customer_id", "kind", "status", "paid_at", "day", "gross_fen", "gross_sub", "sales_fen", "sales_sub",
			"net_fen", "net_sub", "freight_fen", "quantity_milli", "line_count", "channel", "store", "province", "city", "content_hash", "import_id", "created_at", "updated_at"}, len(orders),
			func(i int, v []any) {
				o := orders[i]
				fen := 1000 * (o.customer + o.k)
				for at, x := range []any{int64(i + 1), int64(1), fmt.Sprint("O", i), o.customer, int64(1), int64(4), int64(1), int64(day) - 30 - o.k, fen, int64(0), fen, int64(0),
					fen, int64(0), int64(0), int64(1000), int64(1), "", "", "", "", int64(0), int64(1), int64(0), int64(0)} {
					v[at] = x
				}
			})
	}); err != nil {
		t.Fatal(err)
	}
}

// newReviewed makes a company of n customers.
func newReviewed(t testing.TB, d *db.DB, n int64) *reviewed {
	t.Helper()
	storeCompany(t, d, n)
	r := newProcedure(t, d)
	ctx := person(9)
	if _, err := r.SaveScheme(ctx, byOrders(), 0); err != nil {
		t.Fatal(err)
	}
	if err := r.SetDefault(ctx, "by-orders"); err != nil {
		t.Fatal(err)
	}
	r.first = r.run(t)
	if _, err := r.SavePanel(ctx, tiering.DimensionValue, testPanel); err != nil {
		t.Fatal(err)
	}
	on := true
	v, err := r.Dimension(ctx, tiering.DimensionValue)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = r.ChangeDimension(ctx, tiering.DimensionValue, tiering.DimensionPatch{Review: &on, Version: v.Version}); !errs.Is(err, "tier.not_assessed") {
		t.Fatalf("a panel decides by a scheme without an assessment: %v", err)
	}
	if _, err := r.FileAssessment(ctx, AssessmentInput{Dimension: tiering.DimensionValue, Scheme: "by-orders", Purpose: "p", Necessity: "n", Impact: "i", Measures: "m"}); err != nil {
		t.Fatal(err)
	}
	if _, err = r.ChangeDimension(ctx, tiering.DimensionValue, tiering.DimensionPatch{Review: &on, Version: v.Version}); err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *reviewed) sql(t testing.TB, q string, args ...any) {
	t.Helper()
	if err := r.d.InTx(context.Background(), func(ctx context.Context) error {
		_, err := r.d.Q(ctx).ExecContext(ctx, q, args...)
		return err
	}); err != nil {
		t.Fatal(q, err)
	}
}

func (r *reviewed) run(t testing.TB) int64 {
	t.Helper()
	day := mustDay(reviewDay)
	run, err := r.RunNow(person(9), tiering.RunInput{Scheme: "by-orders", AsOf: &day})
	if err != nil {
		t.Fatal(err)
	}
	r.clk.Advance(time.Minute)
	return run.ID
}

// buy gives customers so many orders more.
func (r *reviewed) buy(t testing.TB, n int, customers ...int64) {
	t.Helper()
	for _, id := range customers {
		for range n {
			r.sql(t, `INSERT INTO orders (id, source_id, external_id, customer_id, kind, status, paid_at, day, gross_fen, gross_sub, sales_fen, sales_sub, net_fen, net_sub,
freight_fen, quantity_milli, line_count, channel, store, province, city, content_hash, import_id, created_at, updated_at)
SELECT COALESCE(MAX(id), 0) + 1, 1, 'N' || CAST(COALESCE(MAX(id), 0) + 1 AS TEXT), CAST($1 AS BIGINT), 1, 4, 1, CAST($2 AS INTEGER), 100, 0, 100, 0, 100, 0, 0, 1000, 1, '', '', '', '', 0, 1, 0, 0 FROM orders`,
				id, int64(mustDay(reviewDay))-5)
		}
	}
}

func (r *reviewed) open(t testing.TB, run int64) ReviewView {
	t.Helper()
	v, err := r.OpenReview(person(9), OpenReviewInput{RunID: run})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func (r *reviewed) moves(t testing.TB, id int64, f MoveFilter) []MoveView {
	t.Helper()
	var out []MoveView
	cursor := ""
	for {
		p, err := r.Moves(person(3), id, f, cursor, 3)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, p.Items...)
		if p.NextCursor == nil {
			return out
		}
		cursor = *p.NextCursor
	}
}

// decide is about one move.
func (r *reviewed) decide(staff, id, customer int64, act, level, reason string) error {
	_, err := r.DecideMoves(person(staff), id, MoveDecision{Act: act, CustomerID: customer, Level: level, Reason: reason})
	return err
}

// levels are those of a run by customer.
func (r *reviewed) levels(t testing.TB, run int64) map[int64]int {
	t.Helper()
	out := map[int64]int{}
	if err := db.Each(context.Background(), r.d.Q(context.Background()), `SELECT customer_id, level FROM tier_assignments WHERE run_id = $1`, func(s db.Scanner) error {
		var id int64
		var level int
		err := s.Scan(&id, &level)
		out[id] = level
		return err
	}, run); err != nil {
		t.Fatal(err)
	}
	return out
}

// inForce is the run whose levels of value are.
func (r *reviewed) inForce(t testing.TB) int64 {
	t.Helper()
	run, err := r.RunInForce(person(9), tiering.DimensionValue)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// members pages through a list of a run.
func (r *reviewed) members(t testing.TB, ctx context.Context, run int64, f tiering.MemberFilter, page int) []tiering.Member {
	t.Helper()
	var out []tiering.Member
	cursor := ""
	for {
		p, err := r.Members(ctx, run, f, cursor, page, i18n.ZhCN)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, p.Items...)
		if p.NextCursor == nil {
			if p.Total != nil && *p.Total != int64(len(out)) {
				t.Fatalf("%+v: total %d of %d", f, *p.Total, len(out))
			}
			return out
		}
		cursor = *p.NextCursor
	}
}
