package customer

import (
	"context"
	"encoding/json"
	"errors"
	"math"

	"zhike/internal/platform/audit"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/jobs"
	"zhike/internal/platform/web"
)

// The states of a bulk edit and of its undo.
const (
	bulkPreviewed  = "preview"
	bulkWaiting    = "waiting"
	bulkRunning    = "running"
	bulkFinished   = "finished"
	bulkCancelling = "cancelling"
	bulkCancelled  = "cancelled"
	bulkFailed     = "failed"
)

// BulkRun is a bulk edit and how far it is.
type BulkRun struct {
	ID         int64       `json:"id"`
	ActorID    int64       `json:"actor_id"`
	ActorName  string      `json:"actor_name"`
	Status     string      `json:"status" enum:"waiting,running,finished,cancelling,cancelled,failed"`
	Actions    BulkActions `json:"actions"`
	Total      int64       `json:"total"`
	Done       int64       `json:"done"`
	Changed    int64       `json:"changed"`
	Unchanged  int64       `json:"unchanged"`
	Refused    []Refusal   `json:"refused"`
	JobID      *int64      `json:"job_id"`
	ErrorCode  string      `json:"error_code"`
	CreatedAt  int64       `json:"created_at" doc:"unix ms"`
	FinishedAt *int64      `json:"finished_at"`
	// What follows is of the undo.
	CanUndo    bool           `json:"can_undo"`
	UndoStatus string         `json:"undo_status" enum:"waiting,running,finished,failed,"`
	UndoDone   int64          `json:"undo_done" doc:"Of total"`
	Undone     int64          `json:"undone" doc:"Customers that were restored, at least in part"`
	Conflicted []Refusal      `json:"conflicted" doc:"Fields that were left as they are, by reason"`
	UndoJobID  *int64         `json:"undo_job_id"`
	Conflicts  []BulkConflict `json:"conflicts,omitempty" doc:"The first of them; only where one bulk edit is asked for"`
}

func (s *Service) bulkRun(ctx context.Context, r *bulkRow) BulkRun {
	out := BulkRun{
		ID: r.id, ActorID: r.actorID, ActorName: r.actorName, Status: r.status, Total: r.total, Done: r.done, Changed: r.changed,
		Unchanged: r.unchanged, Refused: s.refusals(ctx, counts(r.refused)), JobID: r.jobID, ErrorCode: r.errorCode, CreatedAt: r.createdAt,
		UndoStatus: r.undoStatus, UndoDone: r.undoDone, Undone: r.undone, Conflicted: s.refusals(ctx, counts(r.conflicts)), UndoJobID: r.undoJobID,
	}
	_ = json.Unmarshal([]byte(r.actions), &out.Actions) // written by marshalText
	if r.finishedAt != 0 {
		out.FinishedAt = &r.finishedAt
	}
	out.CanUndo = r.undoable(s.now()) && s.mayUndo(ctx, r)
	return out
}

func (r *bulkRow) undoable(now int64) bool {
	return (r.status == bulkFinished || r.status == bulkCancelled || r.status == bulkFailed) && r.changed > 0 &&
		(r.undoStatus == "" || r.undoStatus == bulkFailed) && now < r.expiresAt
}

func (s *Service) mayUndo(ctx context.Context, r *bulkRow) bool {
	a := auth.From(ctx)
	return a.Can(PermBulk) && (a.StaffID == r.actorID || seesAll(a))
}

func counts(text string) map[string]int64 {
	m := map[string]int64{}
	_ = json.Unmarshal([]byte(text), &m) // written by marshalText
	return m
}

func marshalText(v any) (string, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return "", errs.Wrap(err, errs.Internal, "internal")
	}
	return string(b), nil
}

func localeOf(ctx context.Context) string { return web.Locale(ctx) }

// StartBulk starts a bulk edit that was previewed, in the background. Errors:
// forbidden, list.bulk_not_found, list.preview_expired, list.bulk_started.
func (s *Service) StartBulk(ctx context.Context, previewID int64) (BulkRun, error) {
	if err := auth.Require(ctx, PermBulk); err != nil {
		return BulkRun{}, err
	}
	a := auth.From(ctx)
	err := s.DB.InTx(ctx, func(ctx context.Context) error {
		r, err := s.store.bulk(ctx, previewID)
		if err != nil {
			return err
		}
		switch {
		case r == nil || r.actorID != a.StaffID:
			return errs.New(errs.NotFound, "list.bulk_not_found")
		case r.status != bulkPreviewed:
			return errs.New(errs.Conflict, "list.bulk_started")
		case r.expiresAt < s.now():
			return errs.New(errs.Conflict, "list.preview_expired")
		}
		var actions BulkActions
		if err := json.Unmarshal([]byte(r.actions), &actions); err != nil {
			return errs.Wrap(err, errs.Internal, "internal")
		}
		b, err := s.bulkEdit(ctx, actions) // permissions and references may have changed
		if err != nil {
			return err
		}
		if r.changeSet, err = s.DB.NextID(ctx, "change_set"); err != nil {
			return err
		}
		job, err := s.Jobs.Enqueue(ctx, bulkArgs{r.id}, jobs.EnqueueOpts{})
		if err != nil {
			return err
		}
		r.jobID, r.startedAt, r.expiresAt = &job, s.now(), s.now()+bulkDays*86_400_000
		if ok, err := s.store.bulkStart(ctx, r, false, bulkPreviewed); err != nil || !ok {
			return cmpErr(errs.New(errs.Conflict, "list.bulk_started"), err)
		}
		return s.Audit.Append(ctx, audit.Entry{Action: "customer.bulk", ObjectType: "bulk", ObjectID: num(r.id),
			After: map[string]any{"count": r.total, "fields": b.fields(), "change_set": r.changeSet}})
	})
	if err != nil {
		return BulkRun{}, err
	}
	return s.BulkOf(ctx, previewID)
}

// BulkOf gives one bulk edit of the actor's, or anybody's to those who see all
// customers. Error: list.bulk_not_found.
func (s *Service) BulkOf(ctx context.Context, id int64) (BulkRun, error) {
	r, err := s.ownBulk(ctx, id)
	if err != nil {
		return BulkRun{}, err
	}
	out := s.bulkRun(ctx, r)
	if out.Conflicts, err = s.store.conflicts(ctx, id, 200); err != nil {
		return out, err
	}
	ids := make([]int64, len(out.Conflicts))
	for i, c := range out.Conflicts {
		ids[i] = c.CustomerID
	}
	names, err := s.Seen(ctx, unique(ids))
	if err != nil {
		return out, err
	}
	for i := range out.Conflicts {
		c := &out.Conflicts[i]
		c.Name, c.Text = names[c.CustomerID], s.Texts.T(localeOf(ctx), "errors."+c.Reason, nil)
	}
	return out, nil
}

func (s *Service) ownBulk(ctx context.Context, id int64) (*bulkRow, error) {
	a := auth.From(ctx)
	r, err := s.store.bulk(ctx, id)
	if err == nil && (r == nil || r.status == bulkPreviewed || r.actorID != a.StaffID && !seesAll(a)) {
		err = errs.New(errs.NotFound, "list.bulk_not_found")
	}
	return r, err
}

// Bulks lists bulk edits, the newest first: one's own, or all for those who see
// all customers.
func (s *Service) Bulks(ctx context.Context, limit int, cursor string) (web.Page[BulkRun], error) {
	before := int64(math.MaxInt64)
	if err := web.DecodeCursor(cursor, &before); err != nil {
		return web.NewPage[BulkRun](nil, "", nil), err
	}
	a := auth.From(ctx)
	staffID := a.StaffID
	if seesAll(a) {
		staffID = 0
	}
	rows, err := s.store.bulks(ctx, staffID, before, limit+1)
	if err != nil {
		return web.NewPage[BulkRun](nil, "", nil), err
	}
	next := ""
	if len(rows) > limit {
		rows = rows[:limit]
		next = web.EncodeCursor(rows[limit-1].id)
	}
	out := make([]BulkRun, len(rows))
	for i := range rows {
		out[i] = s.bulkRun(ctx, &rows[i])
	}
	return web.NewPage(out, next, nil), nil
}

// CancelBulk stops a bulk edit after the part under way. What is written stays
// and can be undone. Errors: list.bulk_not_found, list.bulk_ended.
func (s *Service) CancelBulk(ctx context.Context, id int64) (BulkRun, error) {
	err := s.DB.InTx(ctx, func(ctx context.Context) error {
		r, err := s.ownBulk(ctx, id)
		if err != nil {
			return err
		}
		if !s.mayUndo(ctx, r) {
			return auth.Require(ctx, PermBulk)
		}
		if ok, err := s.store.bulkStatus(ctx, id, false, bulkCancelling, "", 0, bulkWaiting, bulkRunning); err != nil || !ok {
			return cmpErr(errs.New(errs.Conflict, "list.bulk_ended"), err)
		}
		return s.Audit.Append(ctx, audit.Entry{Action: "customer.bulk_cancel", ObjectType: "bulk", ObjectID: num(id)})
	})
	if err != nil {
		return BulkRun{}, err
	}
	return s.BulkOf(ctx, id)
}

type bulkArgs struct {
	ID int64 `json:"id"`
}

// Kind names the job.
func (bulkArgs) Kind() string { return "customer.bulk" }

// errTaken ends a job whose part another process has done.
var errTaken = errors.New("customer: the part is done")

// runBulk does a bulk edit part by part. Killed, it goes on behind the last
// part that was committed.
func (s *Service) runBulk(ctx context.Context, id int64) error {
	r, err := s.store.bulk(ctx, id)
	if err != nil || r == nil {
		return err
	}
	if _, err := s.setBulk(ctx, id, bulkRunning, "", bulkWaiting); err != nil {
		return err
	}
	defer s.DB.Relax(ctx)
	actor, err := s.actorOf(ctx, r.actorID)
	if err != nil {
		return s.failBulk(ctx, r, err)
	}
	ctx = auth.With(ctx, actor)
	var actions BulkActions
	if err := json.Unmarshal([]byte(r.actions), &actions); err != nil {
		return s.failBulk(ctx, r, errs.Wrap(err, errs.Internal, "internal"))
	}
	b, err := s.bulkEdit(ctx, actions)
	if err != nil {
		return s.failBulk(ctx, r, err)
	}
	for {
		more, err := s.bulkPart(ctx, b, r)
		switch {
		case errors.Is(err, errTaken):
			return s.endBulk(ctx, id)
		case err != nil && ctx.Err() == nil && jobs.Permanent(err):
			return s.failBulk(ctx, r, err)
		case err != nil:
			if errors.Is(context.Cause(ctx), jobs.ErrCancelled) {
				_, e := s.setBulk(context.WithoutCancel(ctx), id, bulkCancelled, "", bulkWaiting, bulkRunning, bulkCancelling)
				err = cmpErr(err, e)
			}
			return err
		case !more:
			return s.endBulk(ctx, id)
		}
		jobs.Report(ctx, r.done, r.total, "customers", "")
	}
}

// actorOf gives who asked for something as he or she may act now.
func (s *Service) actorOf(ctx context.Context, staffID int64) (*auth.Actor, error) {
	if s.Actor == nil {
		return nil, errs.New(errs.Internal, "internal", "detail", "no actors")
	}
	a, err := s.Actor(ctx, staffID)
	if err == nil && a == nil {
		err = errs.New(errs.Forbidden, "list.actor_gone")
	}
	return a, err
}

// bulkPart does the next part of r and moves r on.
func (s *Service) bulkPart(ctx context.Context, b *bulkEdit, r *bulkRow) (more bool, err error) {
	ids, err := s.store.part(ctx, r.id, r.nextPart)
	if err != nil || ids == nil {
		return false, err
	}
	var out applied
	err = s.DB.InTx(ctx, func(ctx context.Context) error {
		var err error
		out, err = s.apply(ctx, b, ids, WriteOptions{Origin: OriginBulk, ChangeSet: r.changeSet, NoAudit: true})
		if err != nil {
			return err
		}
		refused := counts(r.refused)
		for reason, n := range out.refused {
			refused[reason] += n
		}
		text, err := marshalText(refused)
		if err != nil {
			return err
		}
		ok, err := s.store.bulkStep(ctx, r.id, r.nextPart, int64(len(ids)), out.changed, out.unchanged, text)
		if err == nil && !ok {
			err = errTaken
		}
		if err == nil {
			r.refused = text
		}
		if s.beforeStep != nil {
			s.beforeStep()
		}
		return cmpErr(err, ctx.Err())
	})
	if err != nil {
		return false, err
	}
	if s.betweenParts != nil {
		s.betweenParts()
	}
	r.nextPart, r.done = r.nextPart+1, r.done+int64(len(ids))
	return true, nil
}

func (s *Service) setBulk(ctx context.Context, id int64, to, code string, from ...string) (ok bool, err error) {
	err = s.DB.InTx(ctx, func(ctx context.Context) error {
		ok, err = s.store.bulkStatus(ctx, id, false, to, code, s.now(), from...)
		return err
	})
	return ok, err
}

func (s *Service) failBulk(ctx context.Context, r *bulkRow, err error) error {
	if !jobs.Permanent(err) {
		return err
	}
	if _, e := s.setBulk(ctx, r.id, bulkFailed, firstCode(errs.From(err)), bulkWaiting, bulkRunning, bulkCancelling); e != nil {
		return e
	}
	return err
}

// endBulk notes that a bulk edit is through, or was cancelled on the way.
func (s *Service) endBulk(ctx context.Context, id int64) error {
	return s.DB.InTx(ctx, func(ctx context.Context) error {
		for from, to := range map[string]string{bulkRunning: bulkFinished, bulkCancelling: bulkCancelled} {
			ok, err := s.store.bulkStatus(ctx, id, false, to, "", s.now(), from)
			if err != nil {
				return err
			}
			if !ok {
				continue
			}
			r, err := s.store.bulk(ctx, id)
			if err != nil {
				return err
			}
			return s.Audit.Append(ctx, audit.Entry{Action: "customer.bulk_ended", ObjectType: "bulk", ObjectID: num(id), After: map[string]any{
				"status": to, "changed": r.changed, "unchanged": r.unchanged, "refused": counts(r.refused), "change_set": r.changeSet}})
		}
		return nil
	})
}
