package duplicate

import (
	"context"
	"slices"

	"zhike/internal/platform/audit"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/jobs"
	"zhike/internal/platform/web"
)

// Batch is merges that were made in one go.
type Batch struct {
	ID            int64   `json:"id"`
	MinScore      float64 `json:"min_score"`
	Status        string  `json:"status" enum:"running,done,stopped,undoing" doc:"stopped: somebody stopped it; what was merged holds"`
	Merged        int64   `json:"merged" doc:"Merges of the batch"`
	Undone        int64   `json:"undone" doc:"Of them undone since"`
	Skipped       int64   `json:"skipped" doc:"Pairs of which one was gone already"`
	Kept          int64   `json:"kept" doc:"Merges that the last undo left, because something was edited or merged on since"`
	JobID         int64   `json:"job_id"`
	StartedByName string  `json:"started_by_name"`
	StartedAt     int64   `json:"started_at" doc:"unix ms"`
	EndedAt       *int64  `json:"ended_at" doc:"unix ms"`
}

// UndoBatchArgs undoes the merges of a batch.
type UndoBatchArgs struct {
	BatchID    int64 `json:"batch_id"`
	KeepEdited bool  `json:"keep_edited"`
	ActorID    int64 `json:"actor_id"`
}

// Kind names the job.
func (UndoBatchArgs) Kind() string { return "duplicate.undo_all" }

// Batches lists the batches, newest first.
func (s *Service) Batches(ctx context.Context) (web.List[Batch], error) {
	none := web.NewList[Batch](nil)
	rows, err := s.store.batches(ctx, 50)
	if err != nil {
		return none, err
	}
	var batches, staff []int64
	for _, b := range rows {
		batches, staff = append(batches, b.ID), append(staff, b.StartedBy)
	}
	counts, err := s.store.batchCounts(ctx, batches)
	if err != nil {
		return none, err
	}
	names, err := s.Names(ctx, staff)
	if err != nil {
		return none, err
	}
	out := make([]Batch, len(rows))
	for i := range rows {
		b := &rows[i]
		out[i] = Batch{ID: b.ID, MinScore: float64(b.MinScore) / 1e6, Status: b.Status, Merged: counts[b.ID].merged, Undone: counts[b.ID].undone,
			Skipped: b.Skipped, Kept: b.Kept, JobID: b.JobID, StartedByName: names[b.StartedBy], StartedAt: b.StartedAt}
		if b.EndedAt != 0 {
			out[i].EndedAt = &b.EndedAt
		}
	}
	return web.NewList(out), nil
}

// UndoBatch undoes in the background all merges of a batch that hold, the
// newest first. Those whose fields were edited since are left as they are,
// unless keepEdited: then they are undone and the edited fields stay. Errors:
// forbidden, duplicate.bulk_scope, duplicate.no_batch, duplicate.batch_running.
func (s *Service) UndoBatch(ctx context.Context, id int64, in UndoInput) (BatchStarted, error) {
	v := BatchStarted{BatchID: id}
	if err := mayBulk(ctx, 1); err != nil {
		return v, err
	}
	staff := auth.From(ctx).StaffID
	err := s.DB.InTx(ctx, func(ctx context.Context) error {
		b, err := s.store.batch(ctx, id)
		if err != nil {
			return err
		}
		if b.Status == batchRunning || b.Status == batchUndoing {
			return errs.New(errs.Conflict, "duplicate.batch_running")
		}
		args := UndoBatchArgs{BatchID: id, KeepEdited: in.KeepEdited, ActorID: staff}
		if v.JobID, err = s.Jobs.Enqueue(ctx, args, jobs.EnqueueOpts{UniqueKey: itoa(id)}); err != nil {
			return err
		}
		if err := s.store.undoingBatch(ctx, id, v.JobID); err != nil {
			return err
		}
		return s.Audit.Append(ctx, audit.Entry{Action: "duplicate.undo_all", ObjectType: "merge_batch", ObjectID: itoa(id),
			After: map[string]any{"keep_edited": in.KeepEdited, "job_id": v.JobID}})
	})
	return v, err
}

// undoAll undoes some merges a transaction: killed, it goes on with those that
// still hold.
func (s *Service) undoAll(ctx context.Context, job jobs.Job[UndoBatchArgs]) error {
	args := job.Args
	ctx, err := s.as(ctx, "job:duplicate.undo_all", args.ActorID)
	if err != nil {
		return err
	}
	err = s.undoBatch(ctx, args.BatchID, args.KeepEdited)
	return s.endBatch(ctx, args.BatchID, err)
}

func (s *Service) undoBatch(ctx context.Context, batch int64, keepEdited bool) error {
	counts, err := s.store.batchCounts(ctx, []int64{batch})
	if err != nil {
		return err
	}
	total, done, kept := counts[batch].merged-counts[batch].undone, int64(0), int64(0)
	for before := int64(0); ; {
		rows, err := s.store.mergesOf(ctx, batch, before, bulkPage)
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return s.DB.InTx(ctx, func(ctx context.Context) error { return s.store.setKept(ctx, batch, kept) })
		}
		for chunk := range slices.Chunk(rows, bulkTogether) {
			left, err := s.undoSome(ctx, chunk, keepEdited)
			if err != nil {
				return err
			}
			before = chunk[len(chunk)-1].ID
			kept += left
			done += int64(len(chunk))
			jobs.Report(ctx, done, max(total, done), "pairs", "")
		}
	}
}

// undoSome undoes in one transaction, or, where one of them conflicts, each in
// its own; it says how many were left as they are.
func (s *Service) undoSome(ctx context.Context, merges []mergeRow, keepEdited bool) (kept int64, err error) {
	err = s.DB.InTx(ctx, func(ctx context.Context) error {
		for i := range merges {
			if _, err := s.Undo(ctx, merges[i].ID, UndoInput{KeepEdited: keepEdited}); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		return 0, nil
	}
	for i := range merges {
		_, err := s.Undo(ctx, merges[i].ID, UndoInput{KeepEdited: keepEdited})
		if err == nil {
			continue
		}
		switch errs.CodeOf(err) {
		case "duplicate.edited_since", "duplicate.winner_merged", "duplicate.no_merge", "customer.not_found":
			kept++
		case "duplicate.already_undone":
		default:
			return kept, err
		}
	}
	return kept, nil
}
