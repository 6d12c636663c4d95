package duplicate

import (
	"context"
	"encoding/json"
	"slices"

	"zhike/internal/dedupe"
	"zhike/internal/platform/audit"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/jobs"
)

// States of a lesson.
const (
	lessonProposed = "proposed"
	lessonActive   = "active"
	lessonFormer   = "former"
)

// What is learned from: with fewer decisions of either kind a lesson would be
// an accident.
const (
	needAll      = 50
	needEach     = 10
	maxDecisions = 100_000 // the newest
	maxEffect    = 20_000  // open pairs that are scored anew to see what changes
)

// LearnArgs learns weights from what people decided.
type LearnArgs struct {
	ActorID int64 `json:"actor_id"`
}

// Kind names the job.
func (LearnArgs) Kind() string { return "duplicate.learn" }

// Effect is how many open pairs change sides of the threshold.
type Effect struct {
	Open   int64 `json:"open" doc:"Open pairs"`
	Looked int64 `json:"looked" doc:"Of them scored anew, evenly spread"`
	Up     int64 `json:"up" doc:"Of these, below the threshold before and not after"`
	Down   int64 `json:"down"`
}

// Report is what a lesson changes.
type Report struct {
	dedupe.Comparison
	Better bool   `json:"better" doc:"It tells the decided pairs apart better than the weights in use"`
	Effect Effect `json:"effect"`
}

// StartLearn learns from the decisions in the background; what comes of it is
// proposed, and changes nothing until it is applied. Errors: forbidden,
// duplicate.model_scope, duplicate.too_few_decisions with same, different, all and each.
func (s *Service) StartLearn(ctx context.Context) (JobStarted, error) {
	var v JobStarted
	if err := mayTeach(ctx); err != nil {
		return v, err
	}
	if err := s.adopt(ctx); err != nil {
		return v, err
	}
	if err := s.enough(ctx); err != nil {
		return v, err
	}
	err := s.DB.InTx(ctx, func(ctx context.Context) (err error) {
		if v.JobID, err = s.Jobs.Enqueue(ctx, LearnArgs{auth.From(ctx).StaffID}, jobs.EnqueueOpts{UniqueKey: "all"}); err != nil {
			return err
		}
		return s.Audit.Append(ctx, audit.Entry{Action: "duplicate.learn", ObjectType: "duplicate", ObjectID: "all", After: map[string]any{"job_id": v.JobID}})
	})
	return v, err
}

// mayTeach: weights are those of the whole base.
func mayTeach(ctx context.Context) error {
	if err := auth.Require(ctx, PermMerge); err != nil {
		return err
	}
	if auth.From(ctx).Scope != auth.ScopeAll {
		return errs.New(errs.Forbidden, "duplicate.model_scope")
	}
	return nil
}

func (s *Service) enough(ctx context.Context) error {
	same, different, err := s.store.decided(ctx)
	if err != nil {
		return err
	}
	if same+different < needAll || same < needEach || different < needEach {
		return errs.New(errs.Conflict, "duplicate.too_few_decisions", "same", same, "different", different, "all", needAll, "each", needEach)
	}
	return nil
}

// learn makes a proposal of the decisions. Killed, it begins anew.
func (s *Service) learn(ctx context.Context, job jobs.Job[LearnArgs]) error {
	return s.Learn(ctx, job.Args.ActorID)
}

// Learn makes a proposal of what was decided, on behalf of a member of staff
// (0 = the program). Errors as of StartLearn.
func (s *Service) Learn(ctx context.Context, staffID int64) error {
	if err := s.enough(ctx); err != nil {
		return err
	}
	decided, tally, err := s.taught(ctx)
	if err != nil {
		return err
	}
	w, err := s.newest(ctx)
	if err != nil {
		return err
	}
	active, err := s.store.lessonOf(ctx, lessonActive)
	if err != nil {
		return err
	}
	now, err := taught(w.base, active.Tally)
	if err != nil {
		return err
	}
	var r Report
	if r.Comparison, err = dedupe.CrossValidate(w.base, now, decided); err != nil {
		return err
	}
	r.Better = r.Comparison.Better()
	after, err := w.base.Learned(&tally)
	if err != nil {
		return err
	}
	if r.Effect, err = s.effect(ctx, w.used, now, after); err != nil {
		return err
	}
	l := lessonRow{Status: lessonProposed, Same: tally.Same.Pairs, Different: tally.Different.Pairs, LearnedBy: staffID, LearnedAt: s.now()}
	if l.Tally, err = asJSON(tally); err != nil {
		return err
	}
	if l.Report, err = asJSON(r); err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(ctx context.Context) error {
		if err := s.store.dropProposals(ctx); err != nil {
			return err
		}
		if l.ID, err = s.DB.NextID(ctx, "duplicate_lesson"); err != nil {
			return err
		}
		return s.store.insertLesson(ctx, &l)
	})
}

// taught reads the decisions, the oldest first, and counts them.
func (s *Service) taught(ctx context.Context) (list []dedupe.Judged, t dedupe.Tally, err error) {
	rows, err := s.store.decisions(ctx, maxDecisions)
	if err != nil {
		return nil, t, err
	}
	slices.Reverse(rows)
	for i := range rows {
		d, err := rows[i].judged()
		if err != nil {
			continue // of a field or level that this program no longer knows
		}
		list = append(list, d)
		t.Add(d.Agreement, d.Same)
	}
	return list, t, nil
}

// taught are weights with the tally of a lesson taken in; "" is none.
func taught(base dedupe.Weights, tally string) (dedupe.Weights, error) {
	if tally == "" {
		return base, nil
	}
	var t dedupe.Tally
	if err := json.Unmarshal([]byte(tally), &t); err != nil {
		return base, nil //nolint:nilerr // of a field or level that this program no longer knows: the base serves
	}
	return base.Learned(&t)
}

// effect scores open pairs by now and by after; used gave them their scores.
func (s *Service) effect(ctx context.Context, used, now, after dedupe.Weights) (Effect, error) {
	var e Effect
	scorers := [3]*dedupe.Scorer{}
	for i, w := range []dedupe.Weights{used, now, after} {
		var err error
		if scorers[i], err = dedupe.NewScorer(w); err != nil {
			return e, err
		}
	}
	counts, err := s.store.bands(ctx, pairOpen, []int64{0})
	if err != nil {
		return e, err
	}
	e.Open = counts[0]
	step := max(1, (e.Open+maxEffect-1)/maxEffect)
	for id := int64(0); ; {
		rows, err := s.store.everyPair(ctx, step, id, 400)
		if err != nil || len(rows) == 0 {
			return e, err
		}
		id = rows[len(rows)-1].ID
		records, err := s.records(ctx, ids(rows))
		if err != nil {
			return e, err
		}
		for _, p := range rows {
			a, okA := records[p.A]
			b, okB := records[p.B]
			if !okA || !okB {
				continue
			}
			e.Looked++
			g := dedupe.Agree(&a, &b)
			rare := scorers[0].Rarity(g, float64(p.Score)/1e6)
			was, will := scorers[1].Weigh(g, rare) >= now.Threshold, scorers[2].Weigh(g, rare) >= after.Threshold
			switch {
			case will && !was:
				e.Up++
			case was && !will:
				e.Down++
			}
		}
		jobs.Report(ctx, e.Looked*step, max(e.Open, e.Looked*step), "pairs", "")
	}
}

// Apply puts a lesson to use, a proposed one or one that was in use before; a
// scan that scores every pair anew is started with it. Errors: forbidden,
// duplicate.model_scope, duplicate.no_lesson, duplicate.lesson_active.
func (s *Service) Apply(ctx context.Context, id int64) (Applied, error) {
	return s.change(ctx, id, "duplicate.apply_lesson", func(ctx context.Context, l *lessonRow) (int64, error) {
		if l.Status == lessonActive {
			return 0, errs.New(errs.Conflict, "duplicate.lesson_active")
		}
		active, err := s.store.lessonOf(ctx, lessonActive)
		if err != nil {
			return 0, err
		}
		if active.ID != 0 {
			active.Status = lessonFormer
			if err := s.store.setLesson(ctx, &active); err != nil {
				return 0, err
			}
		}
		l.Status, l.AppliedAt, l.AppliedBy, l.BeforeID = lessonActive, s.now(), auth.From(ctx).StaffID, active.ID
		return id, s.store.setLesson(ctx, l)
	})
}

// TakeBack puts to use again what was in use before a lesson, and starts a
// scan. Errors: forbidden, duplicate.model_scope, duplicate.no_lesson,
// duplicate.lesson_not_active.
func (s *Service) TakeBack(ctx context.Context, id int64) (Applied, error) {
	return s.change(ctx, id, "duplicate.take_back_lesson", func(ctx context.Context, l *lessonRow) (int64, error) {
		if l.Status != lessonActive {
			return 0, errs.New(errs.Conflict, "duplicate.lesson_not_active")
		}
		l.Status = lessonFormer
		if err := s.store.setLesson(ctx, l); err != nil || l.BeforeID == 0 {
			return 0, err
		}
		before, err := s.store.lesson(ctx, l.BeforeID)
		if err != nil {
			return 0, err
		}
		before.Status = lessonActive
		return before.ID, s.store.setLesson(ctx, &before)
	})
}

// Applied says which lesson is in use now.
type Applied struct {
	LessonID int64 `json:"lesson_id" doc:"0 for none: the weights are as the base fits them"`
	JobID    int64 `json:"job_id" doc:"The scan that scores every pair anew"`
}

// change runs fn on a lesson, which says what is in use then.
func (s *Service) change(ctx context.Context, id int64, action string, fn func(ctx context.Context, l *lessonRow) (int64, error)) (v Applied, err error) {
	if err := mayTeach(ctx); err != nil {
		return v, err
	}
	err = s.DB.InTx(ctx, func(ctx context.Context) error {
		if err := s.store.lockLessons(ctx); err != nil {
			return err
		}
		l, err := s.store.lesson(ctx, id)
		if err != nil {
			return err
		}
		if v.LessonID, err = fn(ctx, &l); err != nil {
			return err
		}
		// A scan of its own: one that is under way may have begun with other weights.
		if v.JobID, err = s.Jobs.Enqueue(ctx, ScanArgs{Change: s.now()}, jobs.EnqueueOpts{}); err != nil {
			return err
		}
		return s.Audit.Append(ctx, audit.Entry{Action: action, ObjectType: "duplicate", ObjectID: itoa(id),
			After: map[string]any{"lesson_id": v.LessonID, "same": l.Same, "different": l.Different, "job_id": v.JobID}})
	})
	return v, err
}

// Drop removes a proposal. Errors: forbidden, duplicate.model_scope,
// duplicate.no_lesson also for one that was ever in use.
func (s *Service) Drop(ctx context.Context, id int64) error {
	if err := mayTeach(ctx); err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(ctx context.Context) error {
		l, err := s.store.lesson(ctx, id)
		if err != nil {
			return err
		}
		if l.Status != lessonProposed {
			return errs.New(errs.NotFound, "duplicate.no_lesson", "id", id)
		}
		if err := s.store.dropProposals(ctx); err != nil {
			return err
		}
		return s.Audit.Append(ctx, audit.Entry{Action: "duplicate.drop_lesson", ObjectType: "duplicate", ObjectID: itoa(id)})
	})
}

func asJSON(v any) (string, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return "", errs.Wrap(err, errs.Internal, "internal")
	}
	return string(b), nil
}
