package duplicate

import (
	"context"

	"zhike/internal/dedupe"
	"zhike/internal/platform/audit"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/jobs"
)

// BulkArgs merges all open pairs from a score on.
type BulkArgs struct {
	MinScore int64 `json:"min_score"` // millionths
	ActorID  int64 `json:"actor_id"`
}

// Kind names the job.
func (BulkArgs) Kind() string { return "duplicate.merge_all" }

// StartBulk merges in the background every open pair with at least a score;
// of two the one with more orders stays, of equals the older. Each merge can
// be undone alone. Only who sees all customers may. Errors: forbidden,
// duplicate.score_too_low.
func (s *Service) StartBulk(ctx context.Context, minScore float64) (JobStarted, error) {
	var v JobStarted
	if err := auth.Require(ctx, PermMerge); err != nil {
		return v, err
	}
	a := auth.From(ctx)
	if a.Scope != auth.ScopeAll {
		return v, errs.New(errs.Forbidden, "duplicate.bulk_scope")
	}
	if minScore < dedupe.DefaultThreshold || minScore > 1 {
		return v, errs.New(errs.Invalid, "invalid").WithField("min_score", "duplicate.score_too_low", "min", dedupe.DefaultThreshold)
	}
	err := s.DB.InTx(ctx, func(ctx context.Context) (err error) {
		if v.JobID, err = s.Jobs.Enqueue(ctx, BulkArgs{int64(minScore * 1e6), a.StaffID}, jobs.EnqueueOpts{UniqueKey: "all"}); err != nil {
			return err
		}
		return s.Audit.Append(ctx, audit.Entry{Action: "duplicate.merge_all", ObjectType: "duplicate", ObjectID: "all",
			After: map[string]any{"min_score": minScore, "job_id": v.JobID}})
	})
	return v, err
}

// bulk merges pair by pair, each in a transaction of its own: killed, it goes
// on with what is still open.
func (s *Service) bulk(ctx context.Context, job jobs.Job[BulkArgs]) error {
	actor := auth.System("job:duplicate.merge_all")
	actor.StaffID = job.Args.ActorID
	ctx = auth.With(ctx, actor)
	counts, err := s.store.bands(ctx, pairOpen, []int64{job.Args.MinScore})
	if err != nil {
		return err
	}
	total, done := counts[0], int64(0)
	score, id := int64(2e6), int64(1)<<62
	for {
		rows, err := s.store.pairs(ctx, pairOpen, job.Args.MinScore, score, id, 100)
		if err != nil || len(rows) == 0 {
			return err
		}
		for _, p := range rows {
			score, id = p.Score, p.ID
			n, err := s.store.footing(ctx, []int64{p.A, p.B})
			if err != nil {
				return err
			}
			in := MergeInput{WinnerID: p.A, LoserID: p.B}
			if n[p.B] > n[p.A] {
				in.WinnerID, in.LoserID = p.B, p.A
			}
			// One of the two may have gone into a third a moment ago; the next scan
			// finds what is left of the pair.
			if _, err := s.Merge(ctx, in, "bulk"); err != nil && !errs.Is(err, "customer.not_found") {
				return err
			}
			done++
			jobs.Report(ctx, done, max(total, done), "pairs", "")
		}
	}
}
