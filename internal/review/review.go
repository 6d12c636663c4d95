package review

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"time"

	"zhike/internal/tiering"

	"zhike/internal/platform/audit"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/jobs"
)

// ReviewStep is how far the procedure of a review is.
type ReviewStep string

// The steps.
const (
	StepOpening    ReviewStep = "opening"    // the moves are being gathered
	StepOpen       ReviewStep = "open"       // people decide
	StepPublishing ReviewStep = "publishing" // what they decided is being written
	StepClosed     ReviewStep = "closed"     // published or withdrawn
	StepFailed     ReviewStep = "failed"     // the moves could not be gathered
)

// ReviewView is a review as pages show it.
type ReviewView struct {
	tiering.Decision
	Step        ReviewStep           `json:"step" enum:"opening,open,publishing,closed,failed"`
	SchemeName  string               `json:"scheme_name"`
	AsOf        clock.Day            `json:"as_of" doc:"Day of the run"`
	BaseRunID   *int64               `json:"base_run_id" doc:"The run in force when it was opened"`
	Levels      []tiering.Level      `json:"levels" doc:"Of the run's scheme, from the best"`
	LevelsWere  []tiering.Level      `json:"levels_before" doc:"Of the scheme in force when it was opened"`
	Panel       Panel                `json:"panel" doc:"As it was when the review was opened"`
	MySeats     []PanelMember        `json:"my_seats" doc:"For whom the caller acts"`
	Moves       int64                `json:"moves"`
	Gone        int64                `json:"gone" doc:"Had a level and were not graded by the run"`
	Counts      *tiering.StateCounts `json:"counts" doc:"Over the whole company; null while the moves are gathered, and to a narrow scope"`
	Acts        int64                `json:"acts" doc:"Grows with every decision"`
	Older       bool                 `json:"older" doc:"There were newer data than the run's when it was opened"`
	DeadlineAt  int64                `json:"deadline_at" doc:"Unix milliseconds"`
	ErrorCode   string               `json:"error_code"`
	JobID       *int64               `json:"job_id" doc:"The job that gathers or publishes"`
	OpenedName  string               `json:"opened_by_name"`
	DecidedName string               `json:"decided_by_name"`
}

// OpenReviewInput says what to review.
type OpenReviewInput struct {
	RunID  int64  `json:"run_id" minimum:"1"`
	Anyway bool   `json:"anyway,omitempty" doc:"Also where there are newer data than the run's"`
	Note   string `json:"note,omitempty" maxLength:"1000"`
}

type openReviewArgs struct {
	DecisionID int64 `json:"decision_id"`
}

// Kind names the job.
func (openReviewArgs) Kind() string { return "tier.review_open" }

// OpenReview opens the review of a finished run of the scheme in use; a job
// gathers its moves. Errors: tier.no_such_run, tier.run_unfinished, tier.not_in_use,
// tier.no_review where the dimension has no panel decide, tier.no_panel,
// tier.run_decided, tier.review_base where other levels came into force since the
// run, tier.run_older, tier.review_in_progress.
func (s *Service) OpenReview(ctx context.Context, in OpenReviewInput) (ReviewView, error) {
	var r review
	err := s.DB.InTx(ctx, func(ctx context.Context) error {
		run, err := s.reviewable(ctx, in.RunID)
		if err != nil {
			return err
		}
		p, err := s.store.panel(ctx, run.Dimension)
		if db.IsNoRow(err) || err == nil && len(p.Members) == 0 {
			return errs.New(errs.Conflict, "tier.no_panel")
		}
		if err != nil {
			return err
		}
		r = review{Step: StepOpening, Panel: p, BaseRunID: run.PreviousRunID}
		if r.Older, err = s.store.newerData(ctx, run.AsOf, run.StartedAt); err != nil {
			return err
		}
		if r.Older && !in.Anyway {
			return errs.New(errs.Conflict, "tier.run_older", "as_of", run.AsOf.String(), "days", int64(s.today()-run.AsOf))
		}
		now := s.now()
		r.Decision = tiering.Decision{Dimension: run.Dimension, Kind: tiering.DecisionRun, Status: tiering.DecisionReview, RunID: run.ID, FromDay: s.today(), Note: in.Note,
			OpenedBy: auth.StaffID(ctx), OpenedAt: now}
		r.DeadlineAt = now + int64(p.Days)*24*time.Hour.Milliseconds()
		return s.insertReview(ctx, &r)
	})
	if db.IsUnique(err) {
		e := errs.New(errs.Conflict, "tier.review_in_progress")
		if run, err := s.Grading.FinishedRun(ctx, in.RunID); err == nil {
			if id, err := s.store.openReview(ctx, run.Dimension); err == nil {
				e.Params = map[string]any{"decision_id": id}
			}
		}
		return ReviewView{}, e
	}
	if err != nil {
		return ReviewView{}, err
	}
	if s.Jobs == nil { // the command line and tests
		if err := s.gatherMoves(ctx, r.ID); err != nil {
			return ReviewView{}, err
		}
	}
	return s.Review(ctx, r.ID)
}

func (s *Service) reviewable(ctx context.Context, id int64) (tiering.FinishedRun, error) {
	run, err := s.Grading.FinishedRun(ctx, id)
	if err != nil {
		return run, err
	}
	d, err := s.Grading.Dimension(ctx, run.Dimension)
	if err != nil {
		return run, err
	}
	switch {
	case d.Scheme != run.Scheme:
		return run, errs.New(errs.Conflict, "tier.not_in_use", "scheme", run.Scheme)
	case !d.Review:
		return run, errs.New(errs.Conflict, "tier.no_review")
	}
	if done, err := s.store.decidedRun(ctx, run.ID); err != nil || done {
		return run, cmp.Or(err, error(errs.New(errs.Conflict, "tier.run_decided")))
	}
	base, err := s.Grading.RunInForce(ctx, d.Code)
	if err == nil && base != run.PreviousRunID {
		err = errs.New(errs.Conflict, "tier.review_base")
	}
	return run, err
}

func (s *Service) insertReview(ctx context.Context, r *review) error {
	if err := s.Grading.OpenDecision(ctx, &r.Decision); err != nil {
		return err
	}
	if s.Jobs != nil {
		var err error
		if r.JobID, err = s.Jobs.Enqueue(ctx, openReviewArgs{r.ID}, jobs.EnqueueOpts{}); err != nil {
			return err
		}
	}
	panel, err := json.Marshal(r.Panel)
	if err != nil {
		return errs.Wrap(err, errs.Internal, "internal")
	}
	if err := s.store.insertReview(ctx, r, string(panel)); err != nil {
		return err
	}
	return s.Audit.Append(ctx, audit.Entry{Action: "tier.review_open", ObjectType: "tier_decision", ObjectID: strconv.FormatInt(r.ID, 10),
		After: map[string]any{"dimension": r.Dimension, "run_id": r.RunID, "older": r.Older, "members": len(r.Panel.Members)}})
}

// openReviewJob gathers the moves of a review. Killed, it begins anew.
func (s *Service) openReviewJob(ctx context.Context, j jobs.Job[openReviewArgs]) error {
	err := s.gatherMoves(ctx, j.Args.DecisionID)
	if err == nil || !jobs.Permanent(err) && !errors.Is(context.Cause(ctx), jobs.ErrCancelled) && j.Attempt < gatherAttempts {
		return err
	}
	if errors.Is(context.Cause(ctx), jobs.ErrStopping) || errors.Is(context.Cause(ctx), jobs.ErrLeaseLost) {
		return err
	}
	if e := s.DB.InTx(context.WithoutCancel(ctx), func(ctx context.Context) error {
		_, e := s.store.step(ctx, j.Args.DecisionID, StepOpening, StepFailed, errs.CodeOf(err), 0)
		return e
	}); e != nil {
		return e
	}
	return err
}

// gatherMoves compares the run with what is in force, customer by customer, and
// writes whoever would move.
func (s *Service) gatherMoves(ctx context.Context, id int64) error {
	r, err := s.store.review(ctx, id)
	if err != nil || r.Step != StepOpening {
		return err
	}
	var moves []proposal
	if err := s.Grading.ProposedMoves(ctx, r.RunID, r.BaseRunID, func(m tiering.ProposedMove) {
		moves = append(moves, proposal{customer: m.CustomerID, before: int8(m.Before), proposed: int8(m.Level), move: m.Move, steps: uint8(m.Steps), margin: uint8(m.Margin),
			owner: m.OwnerID, department: m.DepartmentID, spendFen: m.SpendFen})
	}); err != nil {
		return err
	}
	slices.SortFunc(moves, func(a, b proposal) int {
		return cmp.Or(cmp.Compare(b.spendFen, a.spendFen), cmp.Compare(a.customer, b.customer))
	})
	return s.writeMoves(ctx, r, moves)
}

// writeMoves writes some hundred parts a transaction and then opens the review.
func (s *Service) writeMoves(ctx context.Context, r *review, moves []proposal) error {
	if err := s.DB.InTx(ctx, func(ctx context.Context) error { return s.store.clearMoves(ctx, r.ID) }); err != nil {
		return err
	}
	const each = 64 * movesPart
	for from := 0; from < len(moves); from += each {
		jobs.Report(ctx, int64(from), int64(len(moves)), "customers", "tier.step.write")
		if err := s.DB.InTx(ctx, func(ctx context.Context) error {
			return s.store.insertMoves(ctx, r.ID, from/movesPart, moves[from:min(len(moves), from+each)])
		}); err != nil {
			return err
		}
	}
	s.boards.drop(r.ID)
	return s.DB.InTx(ctx, func(ctx context.Context) error {
		ok, err := s.store.gathered(ctx, r.ID, int64(len(moves)))
		if err != nil || !ok {
			return err // withdrawn meanwhile
		}
		return s.tellPanel(ctx, r, "review_opened")
	})
}

// Review reads one. Error: tier.no_such_decision.
func (s *Service) Review(ctx context.Context, id int64) (ReviewView, error) {
	r, err := s.store.review(ctx, id)
	if err != nil {
		return ReviewView{}, err
	}
	return s.reviewView(ctx, r, true)
}

// Reviews lists those below an id (0 = from the newest), newest first, without
// their counts. dimension "" is all.
func (s *Service) Reviews(ctx context.Context, dimension string, below int64, n int) ([]ReviewView, error) {
	if below <= 0 {
		below = 1 << 53
	}
	rows, err := s.store.reviews(ctx, dimension, below, n)
	if err != nil {
		return nil, err
	}
	out := make([]ReviewView, len(rows))
	for i := range rows {
		if out[i], err = s.reviewView(ctx, &rows[i], false); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (s *Service) reviewView(ctx context.Context, r *review, whole bool) (ReviewView, error) {
	v := ReviewView{Decision: r.Decision, Step: r.Step, Panel: r.Panel, Moves: r.Moves, Acts: r.Acts, Older: r.Older, DeadlineAt: r.DeadlineAt,
		ErrorCode: r.ErrorCode, MySeats: []PanelMember{}, Levels: []tiering.Level{}, LevelsWere: []tiering.Level{}}
	if r.JobID != 0 {
		v.JobID = &r.JobID
	}
	run, err := s.Grading.FinishedRun(ctx, r.RunID)
	if err != nil {
		return v, err
	}
	v.AsOf, v.Gone = run.AsOf, run.Gone
	sch, err := s.Grading.LocalScheme(ctx, r.RunID)
	if err != nil {
		return v, err
	}
	v.SchemeName, v.Levels = sch.Name, sch.Levels
	if r.BaseRunID != 0 {
		v.BaseRunID = &r.BaseRunID
		before, err := s.Grading.LocalScheme(ctx, r.BaseRunID)
		if err != nil {
			return v, err
		}
		v.LevelsWere = before.Levels
	}
	if err := s.Names.Sign(ctx, auth.By(r.OpenedBy, &v.OpenedName), auth.By(r.DecidedBy, &v.DecidedName)); err != nil || !whole {
		return v, err
	}
	if err := s.namePanel(ctx, &v.Panel); err != nil {
		return v, err
	}
	away, err := s.store.away(ctx)
	if err != nil {
		return v, err
	}
	v.MySeats = append(v.MySeats, v.Panel.seats(auth.StaffID(ctx), away)...)
	if a := auth.From(ctx); a == nil || a.Scope != auth.ScopeAll || r.Step == StepOpening || r.Step == StepFailed {
		return v, nil
	}
	b, err := s.board(ctx, r)
	if err != nil {
		return v, err
	}
	c := b.counts()
	v.Counts = &c
	return v, nil
}

// WithdrawReview ends a review without an effect. Errors: tier.no_such_decision,
// tier.decision_closed, tier.reason_needed.
func (s *Service) WithdrawReview(ctx context.Context, id int64, reason string) (ReviewView, error) {
	reason, err := tiering.ReasonAt("reason", reason)
	if err != nil {
		return ReviewView{}, err
	}
	err = s.DB.InTx(ctx, func(ctx context.Context) error {
		r, err := s.store.review(ctx, id)
		if err != nil {
			return err
		}
		if r.Step == StepPublishing || r.Step == StepClosed {
			return errs.New(errs.Conflict, "tier.decision_closed")
		}
		d := r.Decision
		d.Note, d.DecidedBy, d.DecidedAt = reason, auth.StaffID(ctx), s.now()
		if err := s.Grading.WithdrawDecision(ctx, &d); err != nil {
			return err
		}
		if ok, err := s.store.step(ctx, id, r.Step, StepClosed, r.ErrorCode, 0); err != nil || !ok {
			return cmp.Or(err, error(errs.New(errs.Conflict, "tier.decision_closed")))
		}
		return s.Audit.Append(ctx, audit.Entry{Action: "tier.review_withdraw", ObjectType: "tier_decision", ObjectID: strconv.FormatInt(id, 10),
			After: map[string]any{"dimension": r.Dimension, "run_id": r.RunID}})
	})
	if err != nil {
		return ReviewView{}, err
	}
	return s.Review(ctx, id)
}
