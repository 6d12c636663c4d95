package tiering

import (
	"context"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"zhike/internal/column"
	"zhike/internal/customer"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/jobs"
)

// Runs that are made together are those that are made one by one: the same
// figures, moves, levels and reasons, with schemes of equal and of other windows.
func TestTogetherAsAlone(t *testing.T) {
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		asOf := mustDay("2024-02-29")
		randomCompany(rand.New(rand.NewPCG(5, 6)), asOf).store(t, d)
		s, ctx := newTestService(t, d)
		s.People = &fewPeople{}
		narrow, err := s.Scheme(ctx, "loyalty-rules", 0)
		if err != nil {
			t.Fatal(err)
		}
		narrow.Scheme.WindowDays, narrow.Scheme.Measure = 30, MeasureSales
		if _, err := s.SaveScheme(ctx, narrow.Scheme, 0); err != nil {
			t.Fatal(err)
		}
		// Levels of an earlier day to compare with, of two dimensions only.
		runNow(t, ctx, s, "value-rules", "2024-02-10")
		runNow(t, ctx, s, "need-rules", "2024-02-10")
		together, err := s.RunDimensions(ctx, DimensionsInput{AsOf: &asOf})
		if err != nil || len(together) != 3 {
			t.Fatal(together, err)
		}
		for _, got := range together {
			// The one alone is compared with the same run.
			if err := d.InTx(ctx, func(ctx context.Context) error {
				_, err := s.store.exec(ctx, `DELETE FROM tier_decisions WHERE run_id = $1`, got.ID)
				return err
			}); err != nil {
				t.Fatal(err)
			}
			want := runNow(t, ctx, s, got.Scheme, "2024-02-29")
			if d := cmp.Diff(want, got, cmpopts.IgnoreFields(RunView{}, "ID", "CreatedAt", "StartedAt", "FinishedAt")); d != "" {
				t.Errorf("%s: %s", got.Scheme, d)
			}
			if (got.Moves != nil) != (got.Dimension != DimensionLoyalty) {
				t.Errorf("%s: moves %+v", got.Scheme, got.Moves)
			}
			if d := cmp.Diff(allMembers(t, ctx, s, want.ID, MemberFilter{}, 7), allMembers(t, ctx, s, got.ID, MemberFilter{}, 7)); d != "" {
				t.Errorf("%s: %s", got.Scheme, d)
			}
		}
	})
}

// fewBut answers as fewPeople until it is to fail.
type fewBut struct {
	fewPeople
	err error
}

func (p *fewBut) Find(ctx context.Context, w customer.Who) (customer.Found, error) {
	if p.err != nil {
		return customer.Found{Members: column.NewMatches()}, p.err
	}
	return p.fewPeople.Find(ctx, w)
}

// One of the runs may be cancelled, or fail: the others are made.
func TestTogetherEachByItself(t *testing.T) {
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		smallCompany().store(t, d)
		s, ctx := newTestService(t, d)
		people := &fewBut{}
		s.People = people
		queue := &fakeQueue{}
		s.Jobs = queue
		list, err := s.StartRuns(ctx, DimensionsInput{Dimensions: []string{DimensionLoyalty, DimensionValue, DimensionLoyalty, DimensionNeed}})
		if err != nil || len(list) != 3 || len(queue.list) != 1 || *list[0].JobID != 1 || *list[2].JobID != 1 {
			t.Fatalf("%+v, %v", list, err)
		}
		if _, err := s.StartRuns(ctx, DimensionsInput{Dimensions: []string{DimensionValue}}); !errs.Is(err, "tier.run_in_progress") ||
			errs.From(err).Params["run_id"] != list[1].ID {
			t.Errorf("beside each other: %v", err)
		}
		if _, err := s.CancelRun(ctx, list[1].ID); err != nil {
			t.Fatal(err)
		}
		// Loyalty and need ask for people; what fails for good ends those runs alone.
		value, err := s.StartRun(ctx, RunInput{Scheme: "value-rules"})
		if err != nil {
			t.Fatal(err)
		}
		args := queue.list[0].(RunArgs)
		args.With = append(args.With, value.ID)
		people.err = errs.New(errs.Unavailable, "busy")
		if err := s.runJob(ctx, jobs.Job[RunArgs]{Args: args, Attempt: 1}); !errs.Is(err, "busy") {
			t.Fatalf("what may pass has the job tried again: %v", err)
		}
		people.err = errs.New(errs.Invalid, "list.no_such_field")
		if err := s.runJob(ctx, jobs.Job[RunArgs]{Args: args, Attempt: 2}); !errs.Is(err, "list.no_such_field") {
			t.Fatal(err)
		}
		for id, want := range map[int64]Status{list[0].ID: StatusFailed, list[1].ID: StatusCancelled, list[2].ID: StatusFailed, value.ID: StatusFinished} {
			r, err := s.Run(ctx, id)
			if err != nil || r.Status != want {
				t.Errorf("%s is %s, want %s (%v)", r.Scheme, r.Status, want, err)
			}
			if n := len(allRows(t, d, id)); (n > 0) != (want == StatusFinished) {
				t.Errorf("%s: %d rows", r.Scheme, n)
			}
		}
	})
}

// allRows are the customers of a run.
func allRows(t *testing.T, d *db.DB, run int64) []int64 {
	t.Helper()
	ids, err := db.Select(context.Background(), d.Q(context.Background()), `SELECT customer_id FROM tier_assignments WHERE run_id = $1 ORDER BY customer_id`, db.Column[int64], run)
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

func TestTogetherNeedsSchemes(t *testing.T) {
	s, ctx := newTestService(t, dbtest.SQLite(t))
	if _, err := s.CreateDimension(ctx, "assets", "资产"); err != nil {
		t.Fatal(err)
	}
	future := s.today() + 1
	for _, c := range []struct {
		in   DimensionsInput
		code string
	}{
		{DimensionsInput{Dimensions: []string{"assets"}}, "tier.dimension_unused"},
		{DimensionsInput{Dimensions: []string{"mood"}}, "tier.no_such_dimension"},
		{DimensionsInput{AsOf: &future}, "tier.as_of_future"},
	} {
		if _, err := s.RunDimensions(ctx, c.in); !errs.Is(err, c.code) {
			t.Errorf("%+v: %v", c.in, err)
		}
	}
	if got, _ := s.Runs(ctx, RunFilter{}, 0, 10); len(got) != 0 {
		t.Errorf("something was begun: %+v", got)
	}
	for _, code := range []string{DimensionValue, DimensionNeed, DimensionLoyalty} {
		v, err := s.Dimension(ctx, code)
		if err != nil {
			t.Fatal(err)
		}
		none := ""
		if _, err := s.ChangeDimension(ctx, code, DimensionPatch{Scheme: &none, Version: v.Version}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.RunDimensions(ctx, DimensionsInput{}); !errs.Is(err, "tier.no_dimension_used") {
		t.Error(err)
	}
}
