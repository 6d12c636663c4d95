package tiering

import (
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/i18n"
	"zhike/internal/platform/jobs"
)

func runNow(t *testing.T, ctx context.Context, s *Service, scheme, day string) RunDetail {
	t.Helper()
	asOf := mustDay(day)
	d, err := s.RunNow(ctx, RunInput{Scheme: scheme, AsOf: &asOf})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// allMembers pages through a list.
func allMembers(t *testing.T, ctx context.Context, s *Service, run int64, f MemberFilter, page int) []Member {
	t.Helper()
	var out []Member
	cursor := ""
	for range 1000 {
		p, err := s.Members(ctx, run, f, cursor, page, i18n.ZhCN)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, p.Items...)
		if p.NextCursor == nil {
			if p.Total != nil && f.Text == "" && *p.Total != int64(len(out)) {
				t.Fatalf("%+v: total %d of %d", f, *p.Total, len(out))
			}
			return out
		}
		cursor = *p.NextCursor
	}
	t.Fatal("no end of pages")
	return nil
}

// Each method, on random companies: what is stored is what the heart says, and
// everything adds up.
func TestRunStoresWhatTheHeartSays(t *testing.T) {
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		asOf := mustDay("2024-02-29")
		c := randomCompany(rand.New(rand.NewPCG(3, 4)), asOf)
		c.store(t, d)
		s, ctx := newTestService(t, d)
		s.People = &fewPeople{}
		for _, sch := range Shipped() {
			run := runNow(t, ctx, s, sch.Code, "2024-02-29")
			q := factsQuery{asOf: asOf, window: sch.WindowDays, measure: sch.Measure, need: sch.needs(), asOfEnd: clock.Millis(asOf.End(shanghai))}
			f, err := s.store.loadFacts(ctx, q, func(int64, int64) error { return nil })
			if err != nil {
				t.Fatal(err)
			}
			if err := s.complete(ctx, sch, f.Facts); err != nil {
				t.Fatal(err)
			}
			g := sch.Grade(f.Facts)
			members := allMembers(t, ctx, s, run.ID, MemberFilter{}, 7)
			if len(members) != f.Len() || run.Customers != int64(f.Len()) {
				t.Fatalf("%s: %d members, %d customers, want %d", sch.Code, len(members), run.Customers, f.Len())
			}
			perLevel := map[string]int64{}
			for i, m := range members {
				k, ok := slices.BinarySearch(f.CustomerID, m.CustomerID)
				if !ok || m.Level != sch.Levels[g.Level[k]].Code || m.Orders != int64(f.Orders[k]) {
					t.Fatalf("%s: member %+v, want level %s, %d orders", sch.Code, m, sch.Levels[g.Level[k]].Code, f.Orders[k])
				}
				if i > 0 && members[i-1].SpendFen < m.SpendFen {
					t.Fatalf("%s: not by falling spend", sch.Code)
				}
				if m.Reason == "" || strings.Contains(m.Reason, "tier.") || strings.Contains(m.Reason, "{{") {
					t.Fatalf("%s: reason %q", sch.Code, m.Reason)
				}
				perLevel[m.Level]++
			}
			checkSummary(t, run.Summary, perLevel)
			for _, l := range sch.Levels {
				if n := len(allMembers(t, ctx, s, run.ID, MemberFilter{Level: l.Code}, 5)); int64(n) != perLevel[l.Code] {
					t.Fatalf("%s: %d members of %s, want %d", sch.Code, n, l.Code, perLevel[l.Code])
				}
			}
		}
	})
}

func checkSummary(t *testing.T, sum *Summary, perLevel map[string]int64) {
	t.Helper()
	var revenue, customers, orders, heat int64
	for _, l := range sum.Levels {
		if l.Customers != perLevel[l.Code] {
			t.Fatalf("level %s: %d customers, want %d", l.Code, l.Customers, perLevel[l.Code])
		}
		revenue += l.RevenueFen
		customers += l.Customers
		orders += l.Orders
	}
	if revenue != sum.RevenueFen || customers != sum.Customers || orders != sum.Orders {
		t.Fatalf("levels add up to %d 分, %d customers, %d orders; want %d, %d, %d", revenue, customers, orders, sum.RevenueFen, sum.Customers, sum.Orders)
	}
	var months, monthOrders int64
	for _, m := range sum.Months {
		months += m.RevenueFen*1000 + m.RevenueSub
		monthOrders += m.Orders
	}
	if months != sum.RevenueFen*1000+sum.RevenueSub || monthOrders != sum.Orders {
		t.Fatalf("months add up to %d and %d orders, want %d and %d", months, monthOrders, sum.RevenueFen*1000+sum.RevenueSub, sum.Orders)
	}
	for _, c := range sum.Heat {
		heat += c.Customers
	}
	if heat != int64(sum.RFM.Customers) {
		t.Fatalf("heat map of %d customers, want %d", heat, sum.RFM.Customers)
	}
	if n := len(sum.Lorenz); sum.Buyers > 0 && (n > 101 || sum.Lorenz[0] != LorenzPoint{} || sum.Lorenz[n-1] != LorenzPoint{1, 1}) {
		t.Fatalf("Lorenz curve %v", sum.Lorenz)
	}
	for i := 1; i < len(sum.Lorenz); i++ {
		a, b := sum.Lorenz[i-1], sum.Lorenz[i]
		if b.Customers <= a.Customers || b.Revenue < a.Revenue || b.Revenue > b.Customers+1e-9 {
			t.Fatalf("Lorenz curve %v", sum.Lorenz)
		}
	}
}

// smallCompany has customers that move between levels from January to February.
func smallCompany() *company {
	c := &company{created: map[int64]clock.Day{}}
	jan, feb := mustDay("2024-01-31"), mustDay("2024-02-29")
	for id := int64(1); id <= 12; id++ {
		c.created[id] = jan - 100
	}
	c.created[12] = feb // new
	buy := func(customer int64, day clock.Day, yuan int64) {
		c.orders = append(c.orders, fixOrder{customer: customer, day: day, net: yuan * milliPerYuan, sales: yuan * milliPerYuan, paidAt: clock.Millis(day.Start(shanghai))})
	}
	for id := int64(1); id <= 9; id++ {
		buy(id, jan-50, 10*id)
		if id > 3 {
			buy(id, jan-20, 10*id)
		}
	}
	buy(9, jan-10, 5000)
	buy(8, jan-10, 4000)
	// February: 1 becomes the biggest, 9 takes everything back.
	buy(1, feb-5, 20_000)
	buy(1, feb-4, 20_000)
	c.orders = append(c.orders, fixOrder{customer: 9, day: feb - 3, net: -5090 * milliPerYuan, paidAt: clock.Millis(feb.Start(shanghai))})
	return c
}

func TestRunIsComparedWithTheOneBefore(t *testing.T) {
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		smallCompany().store(t, d)
		s, ctx := newTestService(t, d)
		first := runNow(t, ctx, s, "value-rules", "2024-01-31")
		if first.Moves != nil || first.PreviousRunID != nil {
			t.Fatalf("first run compared: %+v", first.Moves)
		}
		second := runNow(t, ctx, s, "value-rules", "2024-02-29")
		m := second.Moves
		if m == nil || m.PreviousRunID != first.ID || m.PreviousAsOf.String() != "2024-01-31" {
			t.Fatalf("moves %+v", m)
		}
		if m.Up != 1 || m.Down != 1 || m.New != 1 || m.Gone != 0 || m.Unchanged != 9 {
			t.Errorf("up %d down %d new %d gone %d unchanged %d", m.Up, m.Down, m.New, m.Gone, m.Unchanged)
		}
		var cells int64
		for _, row := range m.Matrix {
			for _, n := range row {
				cells += n
			}
		}
		if cells != m.Up+m.Down+m.Unchanged+m.Changed {
			t.Errorf("matrix holds %d", cells)
		}
		for move, want := range map[string]int64{"up": 1, "down": 9, "new": 12, "fell": 9} {
			list := allMembers(t, ctx, s, second.ID, MemberFilter{Move: move}, 3)
			if len(list) != 1 || list[0].CustomerID != want {
				t.Errorf("%s: %+v, want customer %d", move, list, want)
			}
		}
		up := allMembers(t, ctx, s, second.ID, MemberFilter{Move: "up"}, 3)[0]
		if up.PreviousLevel == nil || up.Level != "high" {
			t.Errorf("moved up: %+v", up)
		}
		// Back in time: customer 12 does not exist yet and is gone.
		back := runNow(t, ctx, s, "value-rules", "2024-02-28")
		gone := allMembers(t, ctx, s, back.ID, MemberFilter{Move: "gone"}, 3)
		if back.Moves.Gone != 1 || len(gone) != 1 || gone[0].CustomerID != 12 || gone[0].Move != "gone" {
			t.Errorf("gone: %d, %+v", back.Moves.Gone, gone)
		}
		// A scheme without the level potential: whoever comes from there changed.
		sch := shippedRules()
		sch.Levels[2].Code = "rest"
		for i := range sch.Rules {
			if sch.Rules[i].Level == "potential" {
				sch.Rules[i].Level = "rest"
			}
		}
		if _, err := s.SaveScheme(ctx, sch, 0); err != nil {
			t.Fatal(err)
		}
		other := runNow(t, ctx, s, "value-rules", "2024-02-28")
		if n := len(other.Moves.Codes); other.Moves.Changed == 0 || n != 4 || len(other.Moves.Matrix) != 4 {
			t.Errorf("changed %d, codes %v", other.Moves.Changed, other.Moves.Codes)
		}
		if n := len(allMembers(t, ctx, s, other.ID, MemberFilter{Move: "changed"}, 3)); int64(n) != other.Moves.Changed {
			t.Errorf("%d members changed, want %d", n, other.Moves.Changed)
		}
	})
}

func TestRunTwiceIsTheSame(t *testing.T) {
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		smallCompany().store(t, d)
		s, ctx := newTestService(t, d)
		a := runNow(t, ctx, s, "value-score", "2024-02-29")
		b := runNow(t, ctx, s, "value-score", "2024-02-29")
		if d := cmp.Diff(a.Summary, b.Summary, cmpopts.IgnoreFields(Summary{}, "ComputedAt")); d != "" {
			t.Error(d)
		}
		if b.Moves.Unchanged != b.Customers {
			t.Errorf("moves %+v", b.Moves)
		}
	})
}

// waitingRun stores a run that nobody works on yet.
func waitingRun(t *testing.T, ctx context.Context, s *Service, in RunInput) *runRow {
	t.Helper()
	rows, err := s.begin(ctx, []RunInput{in}, func(context.Context, []*runRow) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	return rows[0]
}

// A run that was cut off after some rows is begun anew and ends as an
// undisturbed one; until then nobody sees it.
func TestInterruptedRun(t *testing.T) {
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		smallCompany().store(t, d)
		s, ctx := newTestService(t, d)
		want := runNow(t, ctx, s, "rfm", "2024-02-29")
		asOf := mustDay("2024-02-29")
		row := waitingRun(t, ctx, s, RunInput{Scheme: "rfm", AsOf: &asOf})
		err := d.InTx(ctx, func(ctx context.Context) error {
			if _, err := s.store.claim(ctx, row.ID, 1, 1); err != nil {
				return err
			}
			cols := []string{"run_id", "customer_id", "level"}
			if err := d.BulkInsert(ctx, "tier_assignments", cols, 5, func(i int, v []any) { v[0], v[1], v[2] = row.ID, int64(i+3), int64(8) }); err != nil {
				return err
			}
			return s.store.insertList(ctx, row.ID, listKey{listAll, listAll}, []int64{3, 4})
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Members(ctx, row.ID, MemberFilter{}, "", 5, i18n.ZhCN); !errs.Is(err, "tier.run_unfinished") {
			t.Errorf("unfinished run shown: %v", err)
		}
		again, err := s.store.run(ctx, row.ID)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.runJob(ctx, jobs.Job[RunArgs]{Args: RunArgs{RunID: again.ID}, Attempt: 2}); err != nil {
			t.Fatal(err)
		}
		got, err := s.Run(ctx, row.ID)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want.Summary, got.Summary, cmpopts.IgnoreFields(Summary{}, "ComputedAt")); d != "" {
			t.Error(d)
		}
		if n := len(allMembers(t, ctx, s, got.ID, MemberFilter{}, 4)); int64(n) != got.Customers {
			t.Errorf("%d members of %d", n, got.Customers)
		}
		// Once more: a finished run never changes.
		if err := s.runJob(ctx, jobs.Job[RunArgs]{Args: RunArgs{RunID: row.ID}, Attempt: 3}); err != nil {
			t.Fatal(err)
		}
	})
}

func TestOneRunOfASchemeAtATime(t *testing.T) {
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		smallCompany().store(t, d)
		s, ctx := newTestService(t, d)
		alive := true
		s.JobAlive = func(context.Context, int64) (bool, error) { return alive, nil }
		queue := &fakeQueue{}
		s.Jobs = queue
		first, err := s.StartRun(ctx, RunInput{Scheme: "rfm"})
		if err != nil || first.Status != StatusWaiting || first.JobID == nil || *first.JobID != 1 {
			t.Fatal(first, err)
		}
		_, err = s.StartRun(ctx, RunInput{Scheme: "rfm"})
		if !errs.Is(err, "tier.run_in_progress") || errs.From(err).Params["run_id"] != first.ID {
			t.Fatalf("second run: %v", err)
		}
		if _, err := s.StartRun(ctx, RunInput{Scheme: "value-score"}); err != nil {
			t.Fatalf("another scheme: %v", err)
		}
		// Its job was thrown away: the next run takes its place.
		alive = false
		if _, err := s.StartRun(ctx, RunInput{Scheme: "rfm"}); err != nil {
			t.Fatal(err)
		}
		if d, _ := s.Run(ctx, first.ID); d.Status != StatusFailed || d.ErrorCode != "tier.run_abandoned" {
			t.Errorf("thrown away: %+v", d.RunView)
		}
		// A killed command: no job, and a lease that ran out.
		row := waitingRun(t, ctx, s, RunInput{Scheme: "value-rules"})
		if _, err := s.RunNow(ctx, RunInput{Scheme: "value-rules"}); !errs.Is(err, "tier.run_in_progress") {
			t.Errorf("beside a living command: %v", err)
		}
		s.Clock.(*clock.Fixed).Advance(time.Minute)
		if _, err := s.RunNow(ctx, RunInput{Scheme: "value-rules"}); err != nil {
			t.Error(err)
		}
		if d, _ := s.Run(ctx, row.ID); d.Status != StatusFailed {
			t.Errorf("killed: %+v", d.RunView)
		}
	})
}

type fakeQueue struct {
	mu   sync.Mutex
	list []jobs.Args
}

func (q *fakeQueue) Enqueue(_ context.Context, a jobs.Args, _ jobs.EnqueueOpts) (int64, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.list = append(q.list, a)
	return int64(len(q.list)), nil
}

func TestCancelledRunLeavesNothing(t *testing.T) {
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		smallCompany().store(t, d)
		s, ctx := newTestService(t, d)
		s.Jobs = &fakeQueue{}
		run, err := s.StartRun(ctx, RunInput{Scheme: "rfm"})
		if err != nil {
			t.Fatal(err)
		}
		// Cancelled while it runs: after the claim, seen at the end at the latest.
		row, err := s.store.run(ctx, run.ID)
		if err != nil {
			t.Fatal(err)
		}
		if err := d.InTx(ctx, func(ctx context.Context) error { _, err := s.store.claim(ctx, run.ID, 1, 1); return err }); err != nil {
			t.Fatal(err)
		}
		v, err := s.CancelRun(ctx, run.ID)
		if err != nil || v.Status != StatusCancelled {
			t.Fatal(v, err)
		}
		if err := s.runJob(ctx, jobs.Job[RunArgs]{Args: RunArgs{RunID: row.ID}, Attempt: 1}); err != nil {
			t.Fatal(err)
		}
		if _, err := s.CancelRun(ctx, run.ID); !errs.Is(err, "tier.run_over") {
			t.Errorf("cancelled twice: %v", err)
		}
		var n int
		if err := d.Q(ctx).QueryRowContext(ctx, `SELECT COUNT(*) FROM tier_assignments`).Scan(&n); err != nil || n != 0 {
			t.Errorf("%d rows left, %v", n, err)
		}
		// A command whose person pressed Ctrl-C.
		stopped, stop := context.WithCancel(ctx)
		stop()
		if _, err := s.RunNow(stopped, RunInput{Scheme: "value-rules"}); err == nil {
			t.Error("ran although stopped")
		}
		if _, err := s.RunNow(ctx, RunInput{Scheme: "value-rules"}); err != nil {
			t.Errorf("afterwards: %v", err)
		}
	})
}

func TestAsOfDay(t *testing.T) {
	s, ctx := newTestService(t, dbtest.SQLite(t))
	for _, tt := range []struct{ day, code string }{{"2024-03-02", "tier.as_of_future"}, {"1969-12-31", "tier.as_of_past"}} {
		day := mustDay(tt.day)
		if _, err := s.RunNow(ctx, RunInput{Scheme: "rfm", AsOf: &day}); !errs.Is(err, tt.code) {
			t.Errorf("%s: %v", tt.day, err)
		}
	}
	if d, err := s.RunNow(ctx, RunInput{Scheme: "rfm"}); err != nil || d.AsOf.String() != "2024-03-01" || d.Customers != 0 {
		t.Errorf("default: %+v, %v", d.RunView, err)
	}
	if _, err := s.RunNow(ctx, RunInput{Scheme: "nothing"}); !errs.Is(err, "tier.no_such_scheme") {
		t.Error(err)
	}
}
