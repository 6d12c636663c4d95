package tiering

import (
	"context"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/jobs"
)

// DecisionKind says what a decision puts in force.
type DecisionKind string

// The kinds.
const (
	DecisionRun  DecisionKind = "run"  // the levels of a run
	DecisionHand DecisionKind = "hand" // levels of single customers
)

// DecisionStatus is where a decision stands.
type DecisionStatus string

// The statuses. Published and withdrawn ones never change.
const (
	DecisionReview    DecisionStatus = "review"
	DecisionPublished DecisionStatus = "published"
	DecisionWithdrawn DecisionStatus = "withdrawn"
)

// Decision puts levels of a dimension in force.
type Decision struct {
	ID        int64          `json:"id"`
	Dimension string         `json:"dimension"`
	Kind      DecisionKind   `json:"kind" enum:"run,hand"`
	Status    DecisionStatus `json:"status" enum:"review,published,withdrawn"`
	RunID     int64          `json:"run_id" doc:"Of kind hand the run whose levels it changed"`
	FromDay   clock.Day      `json:"from_day" doc:"Day from which the levels count"`
	InForceAt int64          `json:"in_force_at" doc:"Unix milliseconds; 0 until published"`
	Note      string         `json:"note"`
	OpenedBy  int64          `json:"opened_by" doc:"Staff id; 0 for the program"`
	OpenedAt  int64          `json:"opened_at" doc:"Unix milliseconds"`
	DecidedBy int64          `json:"decided_by"`
	DecidedAt int64          `json:"decided_at" doc:"Unix milliseconds; 0 until decided"`
}

// LevelsPublished is news of levels that are decided about. They are in force
// from InForceAt (unix ms), which may lie ahead.
type LevelsPublished struct {
	DecisionID int64  `json:"decision_id"`
	Dimension  string `json:"dimension"`
	Kind       string `json:"kind"`
	RunID      int64  `json:"run_id"`
	FromDay    string `json:"from_day"`
	InForceAt  int64  `json:"in_force_at"`
}

// EventKind names the event.
func (LevelsPublished) EventKind() string { return "tier.levels_published" }

// Publish puts a decision in force inside InTx: it is stored, or its status
// becomes published, with its event. With the levels of a run those stay that
// only people give, and whose level changed is noted in the background.
func (s *Service) Publish(ctx context.Context, d *Decision) (err error) {
	d.Status, d.DecidedAt = DecisionPublished, s.now()
	if d.DecidedBy == 0 {
		d.DecidedBy = auth.StaffID(ctx)
	}
	d.InForceAt = max(d.InForceAt, d.DecidedAt)
	var base int64
	if d.Kind == DecisionRun {
		if base, err = s.keepBase(ctx, d); err != nil {
			return err
		}
	}
	if d.ID == 0 {
		d.OpenedBy, d.OpenedAt = d.DecidedBy, d.DecidedAt
		err = s.store.insertDecision(ctx, d)
	} else {
		err = s.store.closeDecision(ctx, d)
	}
	if err == nil && d.Kind == DecisionRun && d.InForceAt <= s.now() { // lists by level, and the next run, ask for them
		db.AfterCommit(ctx, func() { s.Orders.prepareLevels(d.RunID) })
	}
	if err == nil && d.Kind == DecisionRun && s.Jobs != nil { // whoever has no jobs calls NoteChanges
		_, err = s.Jobs.Enqueue(ctx, noteChangesArgs{d.ID, base}, jobs.EnqueueOpts{})
	}
	if err != nil || s.Events == nil {
		return err
	}
	return s.Events.Publish(ctx, LevelsPublished{
		DecisionID: d.ID, Dimension: d.Dimension, Kind: string(d.Kind), RunID: d.RunID, FromDay: d.FromDay.String(), InForceAt: d.InForceAt,
	})
}

// finishedOf decides, inside the transaction that finishes a run, whether its
// levels are in force now: where its scheme is in use and no panel decides.
func (s *Service) finishedOf(ctx context.Context, r *runRow) error {
	d, err := s.store.dimension(ctx, r.Dimension)
	if err != nil || d.Scheme != r.SchemeCode || d.Review {
		return err
	}
	return s.Publish(ctx, &Decision{Dimension: d.Code, Kind: DecisionRun, RunID: r.ID, FromDay: r.AsOf})
}

// publishNewest puts the newest finished run of a dimension's scheme in force,
// where there is one.
func (s *Service) publishNewest(ctx context.Context, d *Dimension) error {
	r, err := s.store.currentRun(ctx, d.Scheme, 0)
	if errs.Is(err, "tier.no_such_run") {
		return nil
	}
	if err != nil {
		return err
	}
	return s.Publish(ctx, &Decision{Dimension: d.Code, Kind: DecisionRun, RunID: r.ID, FromDay: r.AsOf})
}

// inForce is the run whose levels of a dimension are in force; error
// tier.no_such_run before the first.
func (s *Service) inForce(ctx context.Context, dimension string) (*finishedRun, error) {
	id, err := s.store.runInForce(ctx, dimension, s.now())
	if err != nil {
		return nil, err
	}
	return s.finished(ctx, id)
}
