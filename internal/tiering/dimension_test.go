package tiering

import (
	"context"
	"slices"
	"sync"
	"testing"

	"zhike/internal/column"
	"zhike/internal/customer"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
	"zhike/internal/platform/errs"
)

// fewPeople stands in for package customer: every rule means customers 1 to 3.
type fewPeople struct {
	mu    sync.Mutex
	asked []customer.Who
}

func (p *fewPeople) Find(_ context.Context, w customer.Who) (customer.Found, error) {
	p.mu.Lock()
	p.asked = append(p.asked, w)
	p.mu.Unlock()
	m := column.NewMatches()
	for id := int64(1); id < 4; id++ {
		m.Add(id)
	}
	return customer.Found{Members: m}, nil
}

func (*fewPeople) Check(context.Context, customer.Who) error { return nil }

// aboutPeople is how many conditions of a scheme are rules of audiences.
func aboutPeople(s *Scheme) (n int) {
	for _, r := range s.Rules {
		for _, c := range slices.Concat(r.All, r.Any) {
			if c.Who != nil {
				n++
			}
		}
	}
	return n
}

func TestLevelsComeIntoForce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, ctx := newTestService(t, d)
		smallCompany().store(t, d)
		people := &fewPeople{}
		s.People = people
		day := clock.DateDay(2024, 2, 29)
		first, err := s.RunNow(ctx, RunInput{Scheme: "need-rules", AsOf: &day})
		if err != nil {
			t.Fatal(err)
		}
		if first.Dimension != DimensionNeed || len(people.asked) != aboutPeople(shippedNeed())+1 || !people.asked[0].Everybody || *people.asked[0].AsOf != day {
			t.Fatalf("%+v, asked %+v", first, people.asked) // the one more: of whom the price sensitivity is not known
		}
		levels := s.Levels()
		now, err := levels.CurrentRun(ctx, DimensionNeed)
		if err != nil || now == nil || now.RunID != first.ID || now.Levels[0].Code != "personalised" {
			t.Fatalf("without a panel a run is in force at once: %+v, %v", now, err)
		}
		if now, err = levels.CurrentRun(ctx, DimensionLoyalty); now != nil || err != nil {
			t.Fatalf("nobody is graded by loyalty: %+v, %v", now, err)
		}

		// A panel decides: a run alone puts nothing in force, a decision does.
		need, err := s.Dimension(ctx, DimensionNeed)
		if err != nil {
			t.Fatal(err)
		}
		review := true
		if _, err = s.ChangeDimension(ctx, need.Code, DimensionPatch{Review: &review, Version: need.Version}); !errs.Is(err, "tier.not_assessed") {
			t.Fatalf("a panel decides by a scheme without an assessment: %v", err)
		}
		s.Procedure = assessedProcedure{}
		if need, err = s.ChangeDimension(ctx, need.Code, DimensionPatch{Review: &review, Version: need.Version}); err != nil || !need.Review {
			t.Fatal(need, err)
		}
		if _, err = s.ChangeDimension(ctx, need.Code, DimensionPatch{Review: &review, Version: need.Version - 1}); !errs.Is(err, "tier.dimension_changed") {
			t.Error(err)
		}
		second, err := s.RunNow(ctx, RunInput{Scheme: "need-rules", AsOf: &day})
		if err != nil {
			t.Fatal(err)
		}
		if now, err = levels.CurrentRun(ctx, DimensionNeed); err != nil || now.RunID != first.ID {
			t.Fatalf("%+v, %v", now, err)
		}
		if second.PreviousRunID == nil || *second.PreviousRunID != first.ID || second.Moves.Unchanged != second.Customers {
			t.Errorf("moves are against what is in force: %+v", second.Moves)
		}
		open := &Decision{Dimension: need.Code, Kind: DecisionRun, Status: DecisionReview, RunID: second.ID, FromDay: day + 1}
		in := func(fn func(ctx context.Context) error) error { return d.InTx(ctx, fn) }
		if err := in(func(ctx context.Context) error { return s.store.insertDecision(ctx, open) }); err != nil {
			t.Fatal(err)
		}
		twice := *open
		if err := in(func(ctx context.Context) error { return s.store.insertDecision(ctx, &twice) }); !db.IsUnique(err) {
			t.Errorf("two runs of a dimension under review: %v", err)
		}
		tomorrow := s.now() + 1000
		open.InForceAt = tomorrow
		if err := in(func(ctx context.Context) error { return s.Publish(ctx, open) }); err != nil {
			t.Fatal(err)
		}
		if err := in(func(ctx context.Context) error { return s.Publish(ctx, open) }); !errs.Is(err, "tier.decision_closed") {
			t.Errorf("published twice: %v", err)
		}
		for at, want := range map[int64]int64{tomorrow - 1: first.ID, tomorrow: second.ID} {
			if id, err := s.store.runInForce(ctx, need.Code, at); err != nil || id != want {
				t.Errorf("at %d run %d, %v; want %d", at, id, err, want)
			}
		}
		past := levels.(customer.PastLevels)
		if r, err := past.RunAsOf(ctx, need.Code, day); err != nil || r.RunID != first.ID {
			t.Errorf("%+v, %v", r, err)
		}
	})
}

func TestDimensionsOfACompany(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, ctx := newTestService(t, d)
		if _, err := s.CreateDimension(ctx, "Lifecycle!", ""); len(errs.From(err).Fields) != 2 {
			t.Errorf("%v", err)
		}
		if _, err := s.CreateDimension(ctx, "lifecycle", "阶段"); !errs.Is(err, "tier.dimension_invalid") {
			t.Errorf("%v", err)
		}
		assets, err := s.CreateDimension(ctx, "assets", " 资产等级 ")
		if err != nil || assets.Name != "资产等级" || assets.Position != 4 {
			t.Fatal(assets, err)
		}
		if _, err := s.CreateDimension(ctx, "assets", "资产"); !errs.Is(err, "tier.dimension_exists") {
			t.Error(err)
		}
		rules := DefaultScheme
		if _, err := s.ChangeDimension(ctx, "assets", DimensionPatch{Scheme: &rules, Version: 1}); !errs.Is(err, "tier.other_dimension") {
			t.Error(err)
		}
		gone := true
		if _, err := s.ChangeDimension(ctx, DimensionValue, DimensionPatch{Archived: &gone, Version: 1}); !errs.Is(err, "tier.dimension_shipped") {
			t.Error(err)
		}
		sch := *shippedLoyalty()
		sch.Code, sch.Dimension = "by-assets", "assets"
		if _, err := s.SaveScheme(ctx, &sch, 0); err != nil {
			t.Fatal(err)
		}
		moved := sch
		moved.Dimension = DimensionLoyalty
		if _, err := s.SaveScheme(ctx, &moved, 0); !errs.Is(err, "tier.dimension_fixed") {
			t.Error(err)
		}
		if err := s.SetDefault(ctx, "by-assets"); err != nil {
			t.Fatal(err)
		}
		if assets, err = s.Dimension(ctx, "assets"); err != nil || assets.Scheme != "by-assets" || assets.Version != 2 {
			t.Error(assets, err)
		}
		if _, err := s.ChangeDimension(ctx, "assets", DimensionPatch{Archived: &gone, Version: 2}); err != nil {
			t.Error(err)
		}
		list, err := s.Levels().Dimensions(ctx)
		if err != nil || len(list) != 3 || list[0].Code != DimensionValue {
			t.Error(list, err)
		}
	})
}

// assessedProcedure has an assessment of every scheme and no review.
type assessedProcedure struct{}

func (assessedProcedure) Assessed(context.Context, string, string, int64) (bool, error) {
	return true, nil
}

func (assessedProcedure) Outcome(context.Context, int64) (*ReviewOutcome, error) { return nil, nil }

func (assessedProcedure) AppealCounts(context.Context, string, int64) (AppealCounts, error) {
	return AppealCounts{}, nil
}
