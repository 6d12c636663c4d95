package app

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"zhike/internal/customer"
	"zhike/internal/duplicate"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/jobs"
)

// work runs the jobs of the program until the test ends.
func work(t *testing.T, ctx context.Context, a *App) {
	t.Helper()
	if err := a.Jobs.Start(ctx); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stop, done := context.WithTimeout(context.Background(), 10*time.Second)
		defer done()
		if err := a.Jobs.Stop(stop); err != nil {
			t.Error(err)
		}
	})
}

func finished(t *testing.T, ctx context.Context, a *App, job int64) {
	t.Helper()
	ctx, done := context.WithTimeout(ctx, 60*time.Second)
	defer done()
	d, err := a.Jobs.Wait(ctx, job, nil)
	if err != nil || d.State != jobs.Finished {
		t.Fatalf("job %d: %s, %+v, %v", job, d.State, d.Attempts, err)
	}
}

func TestMergeAllAndBack(t *testing.T) {
	eachApp(t, func(t *testing.T, ctx context.Context, a *App) {
		work(t, ctx, a)
		s := &steward{t: t, ctx: ctx, a: a, r: rand.New(rand.NewPCG(3, 4))}
		two := s.pairs(40)
		third := make2(t, ctx, a, "欧阳明月", "欧阳明月", "欧阳明月")
		s.scan()
		if _, err := a.Duplicates.PreviewBulk(ctx, 0.5); !errs.Is(err, "invalid") {
			t.Errorf("from 0.5 on: %v", err)
		}
		p, err := a.Duplicates.PreviewBulk(ctx, 0.9)
		s.ok(err)
		before := s.open()
		if p.Pairs < 20 || p.Customers >= p.Pairs || len(p.Riskiest) != 5 || p.Riskiest[0].Score > p.Riskiest[4].Score || p.Riskiest[0].Score < 0.9 {
			t.Fatalf("preview: %d pairs, %d customers, %+v", p.Pairs, p.Customers, p.Riskiest)
		}
		if len(s.open()) != len(before) {
			t.Error("a preview changed the list")
		}
		s.ok(a.DB.InTx(ctx, func(ctx context.Context) error {
			_, err := a.DB.Q(ctx).ExecContext(ctx, `INSERT INTO staff (id, login, name, department_id, password_hash, must_change, disabled, auth_version, created_at, updated_at)
SELECT 7, 'steward', '沈数据', min(id), '', FALSE, FALSE, 1, 0, 0 FROM departments`)
			return err
		}))
		steward := auth.System("test")
		steward.StaffID = 7
		b, err := a.Duplicates.StartBulk(auth.With(ctx, steward), 0.9)
		s.ok(err)
		finished(t, ctx, a, b.JobID)
		list := func() duplicate.Batch {
			t.Helper()
			l, err := a.Duplicates.Batches(ctx)
			s.ok(err)
			return l.Items[0]
		}
		got := list()
		if got.ID != b.BatchID || got.Status != "done" || got.Merged != p.Customers || got.Undone != 0 || got.EndedAt == nil {
			t.Fatalf("the batch: %+v, the preview said %d", got, p.Customers)
		}
		alive := 0
		for _, id := range third {
			if _, err := a.Customer.Read(ctx, id); err == nil {
				alive++
			}
		}
		if alive > 2 {
			t.Errorf("of three that are one %d are there", alive)
		}
		if m, err := a.Duplicates.Model(ctx); err != nil || m.Same != 0 {
			t.Errorf("merging by score taught something: %d, %v", m.Same, err)
		}

		// One was edited since: it stays until the edit may stay too.
		merges, err := a.Duplicates.Merges(ctx, 0, 100, "")
		s.ok(err)
		told, err := a.Customer.Changes(ctx, merges.Items[0].WinnerID, []string{"merge"}, 1, "")
		if err != nil || len(told.Items) != 1 || told.Items[0].ActorName != "沈数据" || merges.Items[0].MergedByName != "沈数据" {
			t.Errorf("the history names %+v, the list of merges %q (%v)", told.Items, merges.Items[0].MergedByName, err)
		}
		edited := merges.Items[0]
		remark := "改过"
		r, err := a.Customer.Read(ctx, edited.WinnerID)
		s.ok(err)
		city := "宁波市"
		_, err = a.Customer.Change(ctx, customer.Edit{ID: r.ID, Patch: customer.Patch{Remark: &remark, City: &city}}, customer.WriteOptions{})
		s.ok(err)
		u, err := a.Duplicates.UndoBatch(ctx, b.BatchID, duplicate.UndoInput{KeepEdited: true})
		s.ok(err)
		finished(t, ctx, a, u.JobID)
		if got = list(); got.Undone != got.Merged || got.Kept != 0 || got.Status != "done" {
			t.Errorf("undone: %+v", got)
		}
		for _, ids := range append(two, [2]int64{third[0], third[1]}, [2]int64{third[2], third[2]}) {
			for _, id := range ids {
				_, err := a.Customer.Read(ctx, id)
				s.ok(err)
			}
		}
		if after := s.open(); len(after) != len(before) {
			t.Errorf("%d open pairs before, %d after merging and undoing", len(before), len(after))
		}
		if r, err = a.Customer.Read(ctx, edited.WinnerID); err != nil || r.Remark != remark {
			t.Errorf("the edit is lost: %+v, %v", r, err)
		}
		if _, err := a.Duplicates.UndoBatch(ctx, b.BatchID+7, duplicate.UndoInput{}); !errs.Is(err, "duplicate.no_batch") {
			t.Errorf("an unknown batch: %v", err)
		}
	})
}

// Rows that came late to one that went on itself reach the last of the chain.
func TestLateRowsFollowAChain(t *testing.T) {
	eachApp(t, func(t *testing.T, ctx context.Context, a *App) {
		ids := make2(t, ctx, a, "王芳", "王芳", "王芳")
		var since int64
		for i := range 2 {
			m, err := a.Duplicates.Merge(ctx, duplicate.MergeInput{WinnerID: ids[i+1], LoserID: ids[i]}, "page")
			if err != nil {
				t.Fatal(err)
			}
			if i == 0 {
				since = m.MergedAt
			}
		}
		addOrder(t, ctx, a, 7, ids[0])
		for range 2 { // the second time there is nothing to do
			if err := a.Duplicates.Follow(ctx, since); err != nil {
				t.Fatal(err)
			}
			if got := orderOf(t, ctx, a, 7); got != ids[2] {
				t.Errorf("the late order is at %d, not at %d", got, ids[2])
			}
		}
		var gone int
		if err := a.DB.Q(ctx).QueryRowContext(ctx, `SELECT COUNT(*) FROM customer_metrics WHERE customer_id IN ($1, $2)`, ids[0], ids[1]).Scan(&gone); err != nil || gone != 0 {
			t.Errorf("%d rows of figures of customers that are gone, %v", gone, err)
		}
	})
}
