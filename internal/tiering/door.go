package tiering

import (
	"context"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/jobs"
	"zhike/internal/platform/web"
)

// The door to package review: what the procedure of panels asks of grading and
// nobody else does. Whatever writes runs inside InTx. Beside what stands here it
// uses what others use, too: Dimension, Dimensions, Scheme, Explain, LevelHistory,
// GradeByHand, HandOnlyOf, Publish, and the plain functions MoveBetween, MoveOf,
// ReasonAt, Shown and ScopeOf. It reads decisions in SQL beside its reviews, and
// leaves writing them to what stands here.

// FinishedRun is a finished run as a review reads it.
type FinishedRun struct {
	ID, PreviousRunID int64 // 0: it was compared with none
	Dimension, Scheme string
	AsOf              clock.Day
	StartedAt         int64 // unix ms
	Gone              int64 // customers of the run before who are not in this one
}

// FinishedRun reads one. Errors: tier.no_such_run, tier.run_unfinished.
func (s *Service) FinishedRun(ctx context.Context, id int64) (FinishedRun, error) {
	r, err := s.finished(ctx, id)
	if err != nil {
		return FinishedRun{}, err
	}
	out := FinishedRun{ID: r.ID, PreviousRunID: r.PreviousID, Dimension: r.Dimension, Scheme: r.SchemeCode, AsOf: r.AsOf, StartedAt: r.StartedAt}
	if r.Moves != nil {
		out.Gone = r.Moves.Gone
	}
	return out, nil
}

// RunInForce is the run whose levels of a dimension are in force, 0 before the first.
func (s *Service) RunInForce(ctx context.Context, dimension string) (int64, error) {
	run, err := s.store.runInForce(ctx, dimension, s.now())
	if noRun(err) {
		return 0, nil
	}
	return run, err
}

// SchemeOfRun is the version of the scheme that a run was made by, as it is stored.
func (s *Service) SchemeOfRun(ctx context.Context, run int64) (*Scheme, error) {
	r, err := s.finished(ctx, run)
	if err != nil {
		return nil, err
	}
	row, err := s.schemeByID(ctx, r.SchemeID)
	if err != nil {
		return nil, err
	}
	return row.Scheme, nil
}

// LocalScheme is the scheme of a run in the language of the request.
func (s *Service) LocalScheme(ctx context.Context, run int64) (*Scheme, error) {
	sch, err := s.SchemeOfRun(ctx, run)
	if err != nil {
		return nil, err
	}
	return sch.Localized(web.Locale(ctx)), nil
}

// LevelMap numbers the levels of a run's scheme in that of another: entry k+1 is
// for level k, -1 where the other has none of that code; entry 0, of who had no
// level, is -1. From run 0 nobody had one.
func (s *Service) LevelMap(ctx context.Context, from, to int64) ([]int8, error) {
	if from == 0 {
		return []int8{-1}, nil
	}
	a, err := s.SchemeOfRun(ctx, from)
	if err != nil {
		return nil, err
	}
	b, err := s.SchemeOfRun(ctx, to)
	if err != nil {
		return nil, err
	}
	out := make([]int8, len(a.Levels)+1)
	out[0] = -1
	for k, l := range a.Levels {
		out[k+1] = int8(b.LevelIndex(l.Code))
	}
	return out, nil
}

// LevelIn is the number of a customer's level in a run, -1 for none.
func (s *Service) LevelIn(ctx context.Context, run, customer int64) (int, error) {
	have, err := s.store.levelsIn(ctx, run, []int64{customer})
	if err != nil {
		return -1, err
	}
	if level, ok := have[customer]; ok {
		return level, nil
	}
	return -1, nil
}

// Seen fails with tier.no_such_customer where the caller may not see one.
func (s *Service) Seen(ctx context.Context, customer int64) error {
	ok, err := s.store.visible(ctx, actorOf(ctx), customer)
	if err == nil && !ok {
		err = errs.New(errs.NotFound, "tier.no_such_customer")
	}
	return err
}

// ProposedMove is a customer whom a run would give another level than the one in
// force, or a first one.
type ProposedMove struct {
	CustomerID            int64
	Before                int // number in the scheme of the run in force, -1 for none
	Level                 int // number in the scheme of the run
	Move                  Move
	Steps                 int   // ranks moved
	Margin                int   // how far from the threshold, 0 to 100
	OwnerID, DepartmentID int64 // 0 for none
	SpendFen              int64
}

// gatherSpan is how many ids of customers are looked at in one read.
const gatherSpan = 50_000

// ProposedMoves compares a finished run with the one in force (0 for none) and
// calls fn with each customer whom it would move, in the order of ids; not with
// those whom only people grade.
func (s *Service) ProposedMoves(ctx context.Context, run, base int64, fn func(ProposedMove)) error {
	r, err := s.finished(ctx, run)
	if err != nil {
		return err
	}
	sch, err := s.schemeByID(ctx, r.SchemeID)
	if err != nil {
		return err
	}
	keep, err := s.LevelMap(ctx, base, run)
	if err != nil {
		return err
	}
	m := sch.margins(r.runRow, r.stored.Summary)
	lo, hi, err := s.store.runRange(ctx, run, 0)
	if err != nil {
		return err
	}
	for from := lo; from <= hi && hi > 0; from += gatherSpan {
		jobs.Report(ctx, from-lo, hi-lo+1, "customers", "tier.step.moves")
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := s.movesBetween(ctx, run, base, m, keep, from, min(hi, from+gatherSpan-1), fn); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) movesBetween(ctx context.Context, run, base int64, m *margins, keep []int8, from, to int64, fn func(ProposedMove)) error {
	hand, err := s.store.handOnlyAmong(ctx)
	if err != nil {
		return err
	}
	before := map[int64]int16{}
	var ids []int64
	err = s.DB.InReadTx(ctx, func(ctx context.Context) error {
		return s.store.levelPairs(ctx, run, base, from, to, func(customer int64, b, a int16) {
			if a >= 0 && int16(keep[b+1]) != a && !hand[customer] {
				ids = append(ids, customer)
				before[customer] = b
			}
		})
	})
	if err != nil {
		return err
	}
	return s.store.graded(ctx, run, ids, func(a *assignment, owner, department int64) {
		b := before[a.CustomerID]
		kept := int(keep[b+1])
		p := ProposedMove{CustomerID: a.CustomerID, Before: int(b), Level: a.Level, OwnerID: owner, DepartmentID: department, SpendFen: a.SpendFen,
			Move: MoveBetween(b >= 0, kept, a.Level), Margin: m.of(a, kept)}
		if kept >= 0 {
			p.Steps = max(kept-a.Level, a.Level-kept)
		}
		fn(p)
	})
}

// ProposedLevel is a level of a run's scheme for a customer.
type ProposedLevel struct {
	CustomerID int64
	Level      int
}

// Proposal is a customer's name, and why the run proposes the level in one
// sentence of the language of the request.
type Proposal struct{ Name, Reason string }

// Proposals tells why a run proposes levels, by customer; whom the caller may not
// see is left out. Error: customer.field_hidden.
func (s *Service) Proposals(ctx context.Context, run int64, list []ProposedLevel) (map[int64]Proposal, error) {
	r, err := s.finished(ctx, run)
	if err != nil {
		return nil, err
	}
	x, err := s.explainer(ctx, r, web.Locale(ctx))
	if err != nil {
		return nil, err
	}
	ids, level := make([]int64, len(list)), make(map[int64]int, len(list))
	for i, p := range list {
		ids[i], level[p.CustomerID] = p.CustomerID, p.Level
	}
	rows, err := s.store.assignmentsOf(ctx, auth.From(ctx), run, ids)
	out := make(map[int64]Proposal, len(rows))
	for i := range rows {
		a := &rows[i]
		out[a.CustomerID] = Proposal{a.Name, x.proposed(a, level[a.CustomerID])}
	}
	return out, err
}

// OpenDecision stores a decision that a panel is to make, and sets its id;
// db.IsUnique where one about a run of the dimension is open.
func (s *Service) OpenDecision(ctx context.Context, d *Decision) error {
	return s.store.insertDecision(ctx, d)
}

// PlanDecision notes how an open decision will be published.
func (s *Service) PlanDecision(ctx context.Context, d *Decision) error {
	return s.store.planDecision(ctx, d)
}

// WithdrawDecision ends an open decision without an effect; error
// tier.decision_closed.
func (s *Service) WithdrawDecision(ctx context.Context, d *Decision) error {
	d.Status = DecisionWithdrawn
	return s.store.closeDecision(ctx, d)
}

// Overruled is a customer for whom a panel decided otherwise than the run.
type Overruled struct {
	CustomerID int64
	Level      int
	Move       Move // against the level in force before
	Reason     string
	By, At     int64
}

// Overrule writes into the run of a decision what a panel decided otherwise. A
// customer who was merged or deleted since is passed over.
func (s *Service) Overrule(ctx context.Context, d *Decision, list []Overruled) error {
	ids := make([]int64, len(list))
	for i := range list {
		ids[i] = list[i].CustomerID
	}
	have, err := s.store.levelsIn(ctx, d.RunID, ids)
	if err != nil {
		return err
	}
	to := map[levelSet][]int64{}
	items := make([]itemRow, 0, len(list))
	for i := range list {
		o := &list[i]
		before, ok := have[o.CustomerID]
		if !ok {
			continue
		}
		set := levelSet{o.Level, o.Move}
		to[set] = append(to[set], o.CustomerID)
		items = append(items, itemRow{run: d.RunID, customer: o.CustomerID, decision: d.ID, from: d.FromDay, before: before, after: o.Level,
			reason: o.Reason, by: o.By, at: o.At})
	}
	for _, set := range sortedKeys(to, func(l levelSet) string { return decimal(int64(l.level)*10 + int64(l.move)) }) {
		if err := s.store.setLevels(ctx, d.RunID, set, to[set]); err != nil {
			return err
		}
	}
	if err := s.store.insertItems(ctx, items); err != nil {
		return err
	}
	return s.tellLevels(ctx, ids...)
}
