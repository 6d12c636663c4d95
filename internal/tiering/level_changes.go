package tiering

import (
	"context"

	"zhike/internal/platform/jobs"
)

// LevelChanges are customers whose level in force changed by a decision. Parts
// are in the order of Seq, which is that of their commits: whoever has read up to
// one misses nothing by asking for what is behind it.
type LevelChanges struct {
	Seq        int64
	DecisionID int64
	Dimension  string
	InForceAt  int64 // unix ms; may lie ahead
	Customers  []CustomerLevel
}

// CustomerLevel is the change of one customer: codes of levels, "" for none.
type CustomerLevel struct {
	CustomerID    int64
	Before, After string
}

// LevelChangesAfter reads up to n parts, of at most 50,000 customers each, behind
// a sequence number.
func (s *Service) LevelChangesAfter(ctx context.Context, seq int64, n int) ([]LevelChanges, error) {
	rows, err := s.store.changesAfter(ctx, seq, n)
	if err != nil {
		return nil, err
	}
	out := make([]LevelChanges, 0, len(rows))
	for i := range rows {
		r := &rows[i]
		after, err := s.SchemeOfRun(ctx, r.run)
		if err != nil {
			return nil, err
		}
		before := &Scheme{}
		if r.base != 0 {
			if before, err = s.SchemeOfRun(ctx, r.base); err != nil {
				return nil, err
			}
		}
		c := LevelChanges{Seq: r.seq, DecisionID: r.decision, Dimension: r.dimension, InForceAt: r.inForceAt}
		for _, x := range unpackChanges(r.packed) {
			c.Customers = append(c.Customers, CustomerLevel{x.customer, before.LevelCode(x.before), after.LevelCode(x.after)})
		}
		out = append(out, c)
	}
	return out, nil
}

type noteChangesArgs struct {
	DecisionID int64 `json:"decision_id"`
	BaseRunID  int64 `json:"base_run_id"`
}

// Kind names the job.
func (noteChangesArgs) Kind() string { return "tier.note_changes" }

// keepBase finds the run whose levels those of a decision replace, 0 for none, and
// leaves the customers whom only people grade the level they have there.
func (s *Service) keepBase(ctx context.Context, d *Decision) (int64, error) {
	base, err := s.store.runInForce(ctx, d.Dimension, d.InForceAt)
	if err != nil && !noRun(err) {
		return 0, err
	}
	if base == d.RunID {
		base = 0
	}
	return base, s.keepHandOnly(ctx, d.RunID, base, 0)
}

// NoteChanges writes whose level a published run changed against the run before
// it, in the order of customers. Killed, it goes on behind the last part.
func (s *Service) NoteChanges(ctx context.Context, decision, base int64) error {
	d, err := s.store.decision(ctx, decision)
	if err != nil {
		return err
	}
	keep, err := s.LevelMap(ctx, base, d.RunID)
	if err != nil {
		return err
	}
	lo, hi, err := s.store.runRange(ctx, d.RunID, base)
	if err != nil {
		return err
	}
	part, upTo, err := s.store.lastChanges(ctx, decision)
	if err != nil {
		return err
	}
	for from := max(lo, upTo+1); from <= hi; from += gatherSpan {
		jobs.Report(ctx, from-lo, hi-lo+1, "customers", "")
		to := min(hi, from+gatherSpan-1)
		var list []levelChange
		err := s.DB.InReadTx(ctx, func(ctx context.Context) error {
			return s.store.levelPairs(ctx, d.RunID, base, from, to, func(customer int64, before, after int16) {
				if after < 0 || int16(keep[before+1]) != after {
					list = append(list, levelChange{customer, before, after})
				}
			})
		})
		if err != nil {
			return err
		}
		if len(list) == 0 {
			continue
		}
		part++
		if err := s.DB.InTx(ctx, func(ctx context.Context) error {
			return s.store.insertChanges(ctx, &d, base, part, to, list)
		}); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) noteChangesJob(ctx context.Context, j jobs.Job[noteChangesArgs]) error {
	return s.NoteChanges(ctx, j.Args.DecisionID, j.Args.BaseRunID)
}
