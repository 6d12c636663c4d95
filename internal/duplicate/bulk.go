package duplicate

import (
	"context"
	"errors"
	"math"
	"slices"
	"time"

	"zhike/internal/dedupe"
	"zhike/internal/platform/audit"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/jobs"
)

// States of a batch.
const (
	batchRunning = "running"
	batchDone    = "done"
	batchStopped = "stopped"
	batchUndoing = "undoing"
)

// bulkPage is how many pairs a batch reads at once, bulkTogether how many
// merges, or undos, are one transaction: others write between two.
const (
	bulkPage     = 200
	bulkTogether = 10
)

// BulkArgs merges all open pairs from a score on.
type BulkArgs struct {
	BatchID  int64 `json:"batch_id"`
	MinScore int64 `json:"min_score"` // millionths
	ActorID  int64 `json:"actor_id"`
}

// Kind names the job.
func (BulkArgs) Kind() string { return "duplicate.merge_all" }

// BatchStarted is a batch that works in the background.
type BatchStarted struct {
	BatchID int64 `json:"batch_id"`
	JobID   int64 `json:"job_id"`
}

// MergeAllPreview is what merging from a score on would do.
type MergeAllPreview struct {
	Pairs     int64 `json:"pairs" doc:"Open pairs with at least the score"`
	Customers int64 `json:"customers" doc:"Customers that would go into another; of three that are one, two"`
	Wrong     int64 `json:"wrong" doc:"How many of the pairs are two customers if the scores are true, rounded up"`
	// Riskiest are the pairs that the program is least sure of.
	Riskiest []Pair `json:"riskiest" doc:"The pairs nearest to the bound"`
}

// mayBulk: who merges unseen must be able to see all customers.
func mayBulk(ctx context.Context, minScore float64) error {
	if err := auth.Require(ctx, PermMerge); err != nil {
		return err
	}
	if auth.From(ctx).Scope != auth.ScopeAll {
		return errs.New(errs.Forbidden, "duplicate.bulk_scope")
	}
	if minScore < dedupe.DefaultThreshold || minScore > 1 {
		return errs.New(errs.Invalid, "invalid").WithField("min_score", "duplicate.score_too_low", "min", dedupe.DefaultThreshold)
	}
	return nil
}

func millionths(score float64) int64 { return int64(math.Round(score * 1e6)) }

// PreviewBulk tells what StartBulk would do with a score; it writes nothing.
// Errors as of StartBulk.
func (s *Service) PreviewBulk(ctx context.Context, minScore float64) (MergeAllPreview, error) {
	v := MergeAllPreview{Riskiest: []Pair{}}
	if err := mayBulk(ctx, minScore); err != nil {
		return v, err
	}
	least := millionths(minScore)
	choose := chooser{}
	right := int64(0)
	score, id := int64(2e6), int64(1)<<62
	for {
		rows, err := s.store.pairs(ctx, pairOpen, least, score, id, 2000)
		if err != nil {
			return v, err
		}
		if len(rows) == 0 {
			break
		}
		if err := s.weighIn(ctx, choose, rows); err != nil {
			return v, err
		}
		for _, p := range rows {
			score, id = p.Score, p.ID
			v.Pairs++
			right += p.Score
			if _, _, ok := choose.pick(p.A, p.B); ok {
				v.Customers++
			}
		}
	}
	v.Wrong = int64(math.Ceil(float64(v.Pairs) - float64(right)/1e6 - 1e-6))
	rows, err := s.store.nearest(ctx, pairOpen, least, 5)
	if err != nil {
		return v, err
	}
	v.Riskiest, err = s.pairs(ctx, rows)
	return v, err
}

// chooser says which of two stays: the one with more orders, of equals the
// older one; it knows what went where before. −1 stands for a customer that is gone.
type chooser map[int64]int64

func (c chooser) pick(a, b int64) (winner, loser int64, ok bool) {
	if c[a] < 0 || c[b] < 0 {
		return 0, 0, false
	}
	winner, loser = min(a, b), max(a, b)
	if c[loser] > c[winner] {
		winner, loser = loser, winner
	}
	c[winner] += c[loser]
	c[loser] = -1
	return winner, loser, true
}

// weighIn gives c the orders of the customers of rows that it does not know yet.
func (s *Service) weighIn(ctx context.Context, c chooser, rows []pairRow) error {
	var unknown []int64
	for _, id := range ids(rows) {
		if _, known := c[id]; !known {
			c[id] = 0
			unknown = append(unknown, id)
		}
	}
	return s.store.footing(ctx, unknown, func(id, orders int64) { c[id] = orders })
}

// StartBulk merges in the background every open pair with at least a score;
// of two the one with more orders stays, of equals the older. The merges are a
// batch, which can be undone as a whole, and each alone. Only who sees all
// customers may. Errors: forbidden, duplicate.bulk_scope, duplicate.score_too_low,
// duplicate.batch_running.
func (s *Service) StartBulk(ctx context.Context, minScore float64) (BatchStarted, error) {
	var v BatchStarted
	if err := mayBulk(ctx, minScore); err != nil {
		return v, err
	}
	staff := auth.From(ctx).StaffID
	err := s.DB.InTx(ctx, func(ctx context.Context) (err error) {
		if v.BatchID, err = s.DB.NextID(ctx, "merge_batch"); err != nil {
			return err
		}
		b := batchRow{ID: v.BatchID, MinScore: millionths(minScore), Status: batchRunning, StartedBy: staff, StartedAt: s.now()}
		args := BulkArgs{BatchID: b.ID, MinScore: b.MinScore, ActorID: staff}
		if b.JobID, err = s.Jobs.Enqueue(ctx, args, jobs.EnqueueOpts{UniqueKey: "all"}); err != nil {
			return err
		}
		if taken, err := s.store.batchOfJob(ctx, b.JobID); err != nil {
			return err
		} else if taken != 0 {
			return errs.New(errs.Conflict, "duplicate.batch_running")
		}
		v.JobID = b.JobID
		if err := s.store.insertBatch(ctx, &b); err != nil {
			return err
		}
		return s.Audit.Append(ctx, audit.Entry{Action: "duplicate.merge_all", ObjectType: "merge_batch", ObjectID: itoa(v.BatchID),
			After: map[string]any{"min_score": minScore, "job_id": v.JobID}})
	})
	return v, err
}

// bulk merges some pairs a transaction: killed, it goes on with what is still
// open.
func (s *Service) bulk(ctx context.Context, job jobs.Job[BulkArgs]) error {
	args := job.Args
	ctx, err := s.as(ctx, "job:duplicate.merge_all", args.ActorID)
	if err != nil {
		return err
	}
	err = s.mergeAll(ctx, args.BatchID, args.MinScore)
	return s.endBatch(ctx, args.BatchID, err)
}

// as acts as the program on behalf of a member of staff, whom histories name.
func (s *Service) as(ctx context.Context, job string, staffID int64) (context.Context, error) {
	actor := auth.System(job)
	actor.StaffID = staffID
	names, err := s.Names(ctx, []int64{staffID})
	if name := names[staffID]; name != "" {
		actor.Name = name
	}
	return auth.With(ctx, actor), err
}

// endBatch notes that the work on a batch is over, unless it goes on elsewhere
// or is tried again.
func (s *Service) endBatch(ctx context.Context, batch int64, err error) error {
	status := batchDone
	if err != nil {
		if !errors.Is(context.Cause(ctx), jobs.ErrCancelled) {
			return err
		}
		status = batchStopped
	}
	// ctx is over when somebody stopped the job.
	last, done := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer done()
	if e := s.DB.InTx(last, func(ctx context.Context) error { return s.store.endBatch(ctx, batch, status, s.now()) }); e != nil {
		return e
	}
	return err
}

func (s *Service) mergeAll(ctx context.Context, batch, least int64) error {
	counts, err := s.store.bands(ctx, pairOpen, []int64{least})
	if err != nil {
		return err
	}
	total, done := counts[0], int64(0)
	score, id := int64(2e6), int64(1)<<62
	for {
		rows, err := s.store.pairs(ctx, pairOpen, least, score, id, bulkPage)
		if err != nil || len(rows) == 0 {
			return err
		}
		choose := chooser{}
		if err := s.weighIn(ctx, choose, rows); err != nil {
			return err
		}
		var merges []MergeInput
		for _, p := range rows {
			score, id = p.Score, p.ID
			if winner, loser, ok := choose.pick(p.A, p.B); ok {
				merges = append(merges, MergeInput{WinnerID: winner, LoserID: loser})
			}
		}
		merged := int64(0)
		for chunk := range slices.Chunk(merges, bulkTogether) {
			n, err := s.mergeSome(ctx, chunk, batch)
			if err != nil {
				return err
			}
			merged += n
			jobs.Report(ctx, done+merged, max(total, done+merged), "pairs", "")
		}
		done += int64(len(rows))
		if skipped := int64(len(rows)) - merged; skipped > 0 {
			err := s.DB.InTx(ctx, func(ctx context.Context) error { return s.store.addSkipped(ctx, batch, skipped) })
			if err != nil {
				return err
			}
		}
		jobs.Report(ctx, done, max(total, done), "pairs", "")
	}
}

// mergeSome merges in one transaction, or, where one of them cannot be, each in
// its own; it says how many were merged.
func (s *Service) mergeSome(ctx context.Context, merges []MergeInput, batch int64) (n int64, err error) {
	err = s.DB.InTx(ctx, func(ctx context.Context) error {
		for _, in := range merges {
			if _, err := s.merge(ctx, in, "bulk", batch); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		return int64(len(merges)), nil
	}
	for _, in := range merges {
		_, err := s.merge(ctx, in, "bulk", batch)
		// One of the two may have gone into a third a moment ago, or have too much
		// to move; the next scan finds what is left of the pair.
		if err != nil && !errs.Is(err, "customer.not_found") && !errs.Is(err, "duplicate.too_large") {
			return n, err
		}
		if err == nil {
			n++
		}
	}
	return n, nil
}
