package review

import (
	"cmp"
	"context"
	"slices"

	"zhike/internal/tiering"

	"zhike/internal/platform/audit"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/jobs"
)

// PublishInput says how a review ends.
type PublishInput struct {
	FromDay *clock.Day `json:"from_day,omitempty" format:"date" doc:"Day from which the levels count, today or later; default is today"`
	Rest    string     `json:"rest,omitempty" enum:"agree,keep," doc:"What becomes of moves that nobody decided: agree, or keep the level before (who had none gets the one proposed). Left out, such moves keep the review open"`
	Note    string     `json:"note,omitempty" maxLength:"1000"`
}

type publishArgs struct {
	DecisionID int64 `json:"decision_id"`
}

// Kind names the job.
func (publishArgs) Kind() string { return "tier.publish" }

// publishChunk is how many overruled customers one transaction writes.
const publishChunk = 4096

// PublishReview ends a review: what votes have settled is taken over, and a job
// writes what was overruled into the rows of the run and then puts the run in
// force. Errors: tier.no_such_decision, tier.decision_closed, tier.from_past,
// tier.review_undecided with the numbers open and disputed.
func (s *Service) PublishReview(ctx context.Context, id int64, in PublishInput) (ReviewView, error) {
	from := s.today()
	if in.FromDay != nil {
		if from = *in.FromDay; from < s.today() || from > s.today()+366 {
			return ReviewView{}, errs.New(errs.Invalid, "invalid").WithField("from_day", "tier.from_past", "today", s.today().String())
		}
	}
	if in.Rest != "" && in.Rest != "agree" && in.Rest != "keep" {
		return ReviewView{}, errs.New(errs.Invalid, "invalid").WithField("rest", "tier.bad_choice", "value", errs.Clip(in.Rest))
	}
	if again, err := s.publishAgain(ctx, id); err != nil || again {
		return s.reviewAfter(ctx, id, err)
	}
	if err := s.acting(ctx, id, func(ctx context.Context, r *review, b *board) error {
		_, err := s.settle(ctx, r, b, false)
		return err
	}); err != nil {
		return ReviewView{}, err
	}
	err := s.acting(ctx, id, func(ctx context.Context, r *review, b *board) error {
		if err := s.takeRest(ctx, r, b, in.Rest); err != nil {
			return err
		}
		d := &r.Decision
		d.FromDay, d.InForceAt, d.Note, d.DecidedBy = from, 0, in.Note, auth.StaffID(ctx)
		if from > s.today() {
			d.InForceAt = clock.Millis(from.Start(s.Zone()))
		}
		if err := s.Grading.PlanDecision(ctx, d); err != nil {
			return err
		}
		if err := s.Audit.Append(ctx, audit.Entry{Action: "tier.review_publish", ObjectType: "tier_decision", ObjectID: decimal(id),
			After: map[string]any{"dimension": r.Dimension, "run_id": r.RunID, "from_day": from.String(), "rest": in.Rest, "acts": r.Acts}}); err != nil {
			return err
		}
		return s.startPublishing(ctx, id, StepOpen)
	})
	if err == nil && s.Jobs == nil {
		err = s.publishMoves(ctx, id)
	}
	return s.reviewAfter(ctx, id, err)
}

func (s *Service) reviewAfter(ctx context.Context, id int64, err error) (ReviewView, error) {
	if err != nil {
		return ReviewView{}, err
	}
	return s.Review(ctx, id)
}

// publishAgain starts the job of a review that is being published anew, where
// it was ended on the way.
func (s *Service) publishAgain(ctx context.Context, id int64) (bool, error) {
	r, err := s.store.review(ctx, id)
	if err != nil || r.Step != StepPublishing {
		return false, err
	}
	if s.Jobs == nil {
		return true, s.publishMoves(ctx, id)
	}
	if s.JobAlive != nil {
		if alive, err := s.JobAlive(ctx, r.JobID); alive || err != nil {
			return true, err
		}
	}
	return true, s.DB.InTx(ctx, func(ctx context.Context) error { return s.startPublishing(ctx, id, StepPublishing) })
}

func (s *Service) startPublishing(ctx context.Context, id int64, from ReviewStep) error {
	var job int64
	if s.Jobs != nil {
		var err error
		if job, err = s.Jobs.Enqueue(ctx, publishArgs{id}, jobs.EnqueueOpts{}); err != nil {
			return err
		}
	}
	ok, err := s.store.step(ctx, id, from, StepPublishing, "", job)
	if err == nil && !ok {
		err = errs.New(errs.Conflict, "tier.decision_closed")
	}
	return err
}

// takeRest decides the moves that nobody decided.
func (s *Service) takeRest(ctx context.Context, r *review, b *board, rest string) error {
	agree := &reviewAct{kind: actAgree, how: "rest", level: keepBefore, staff: auth.StaffID(ctx)}
	keep := &reviewAct{kind: actOverrule, how: "rest", level: keepBefore, staff: auth.StaffID(ctx)}
	var open, disputed int64
	b.mu.RLock()
	for i := range b.moves {
		p := int32(i)
		switch b.state[p] {
		case stateOpen:
			open++
		case stateDisputed:
			disputed++
		default:
			continue
		}
		if rest == "keep" && b.kept(p) >= 0 {
			keep.places = append(keep.places, p)
		} else {
			agree.places = append(agree.places, p)
		}
	}
	b.mu.RUnlock()
	if open+disputed > 0 && rest == "" {
		return errs.New(errs.Conflict, "tier.review_undecided", "open", open, "disputed", disputed)
	}
	for _, act := range []*reviewAct{agree, keep} {
		if len(act.places) == 0 {
			continue
		}
		if err := s.insertAct(ctx, r, b, act); err != nil {
			return err
		}
	}
	return nil
}

// publishMoves writes what was overruled into the rows of the run, chunk by
// chunk, and then puts the run in force. Killed, it goes on behind the last chunk
// that was committed: the run is not in force before the last.
func (s *Service) publishMoves(ctx context.Context, id int64) error {
	r, err := s.store.review(ctx, id)
	if err != nil || r.Step != StepPublishing {
		return err
	}
	b, err := s.board(ctx, r)
	if err != nil {
		return err
	}
	list := b.overruled()
	at, _ := slices.BinarySearchFunc(list, r.Written+1, func(p int32, id int64) int { return cmp.Compare(b.moves[p].customer, id) })
	for at < len(list) {
		jobs.Report(ctx, int64(at), int64(len(list)), "customers", "tier.step.write")
		if err := ctx.Err(); err != nil {
			return err
		}
		end := min(len(list), at+publishChunk)
		if err := s.DB.InTx(ctx, func(ctx context.Context) error { return s.overrule(ctx, r, b, list[at:end]) }); err != nil {
			return err
		}
		r.Written, at = b.moves[list[end-1]].customer, end
		if s.betweenChunks != nil {
			if err := s.betweenChunks(); err != nil {
				return err
			}
		}
	}
	return s.DB.InTx(ctx, func(ctx context.Context) error { return s.closeReview(ctx, id, b) })
}

// overruled are the places of moves that end otherwise than proposed, in the
// order of customers.
func (b *board) overruled() []int32 {
	b.mu.RLock()
	defer b.mu.RUnlock()
	var out []int32
	for _, p := range b.order {
		if b.state[p] == stateOverruled && b.decided(p) != b.moves[p].proposed {
			out = append(out, p)
		}
	}
	return out
}

// overrule writes one chunk inside InTx and moves the review on.
func (s *Service) overrule(ctx context.Context, r *review, b *board, places []int32) error {
	b.mu.RLock()
	defer b.mu.RUnlock()
	last := b.moves[places[len(places)-1]].customer
	ok, err := s.store.written(ctx, r.ID, r.Written, last)
	if err != nil || !ok {
		return cmp.Or(err, error(errs.New(errs.Conflict, "tier.decision_closed")))
	}
	list := make([]tiering.Overruled, len(places))
	for i, p := range places {
		m, act, level := &b.moves[p], &b.acts[b.last[p]], int(b.decided(p))
		list[i] = tiering.Overruled{CustomerID: m.customer, Level: level, Move: tiering.MoveBetween(m.before >= 0, int(b.kept(p)), level), Reason: act.reason, By: act.staff, At: act.at}
	}
	return s.Grading.Overrule(ctx, &r.Decision, list)
}

// closeReview puts the run in force and tells whom it concerns.
func (s *Service) closeReview(ctx context.Context, id int64, b *board) error {
	r, err := s.store.review(ctx, id)
	if err != nil {
		return err
	}
	if ok, err := s.store.step(ctx, id, StepPublishing, StepClosed, "", 0); err != nil || !ok {
		return err
	}
	if err := s.Grading.Publish(ctx, &r.Decision); err != nil {
		return err
	}
	return s.tellPublished(ctx, r, b)
}

// tellPublished sends one notice to each owner of customers whose level changes
// and to each member of the panel, with counts; never one per customer.
func (s *Service) tellPublished(ctx context.Context, r *review, b *board) error {
	type count struct{ up, down, other int64 }
	owners, departments := map[int64]*count{}, map[int64]*count{}
	var all count
	add := func(c *count, m tiering.Move) {
		switch m {
		case tiering.MoveUp:
			c.up++
		case tiering.MoveDown:
			c.down++
		default:
			c.other++
		}
	}
	of := func(m map[int64]*count, id int64) *count {
		if m[id] == nil {
			m[id] = &count{}
		}
		return m[id]
	}
	b.mu.RLock()
	for i := range b.moves {
		p := &b.moves[i]
		move := tiering.MoveBetween(p.before >= 0, int(b.kept(int32(i))), int(b.decided(int32(i))))
		if move == tiering.MoveNone {
			continue
		}
		add(&all, move)
		if p.owner != 0 {
			add(of(owners, p.owner), move)
		}
		if p.department != 0 {
			add(of(departments, p.department), move)
		}
	}
	b.mu.RUnlock()
	notice := func(to int64, kind string, department int64, c *count) Notice {
		return Notice{StaffID: to, Kind: kind, Params: map[string]any{"decision_id": r.ID, "dimension": r.Dimension, "from_day": r.FromDay.String(),
			"department_id": department, "up": c.up, "down": c.down, "other": c.other, "customers": c.up + c.down + c.other}}
	}
	var list []Notice
	for _, id := range sortedIDs(owners) {
		list = append(list, notice(id, "levels_mine", 0, owners[id]))
	}
	for _, m := range r.Panel.Members {
		c := &all
		if m.DepartmentID != 0 {
			c = of(departments, m.DepartmentID)
		}
		list = append(list, notice(m.StaffID, "levels_published", m.DepartmentID, c))
	}
	return s.notify(ctx, list)
}

func sortedIDs[V any](m map[int64]V) []int64 {
	out := make([]int64, 0, len(m))
	for id := range m {
		out = append(out, id)
	}
	slices.Sort(out)
	return out
}

func (s *Service) publishJob(ctx context.Context, j jobs.Job[publishArgs]) error {
	return s.publishMoves(ctx, j.Args.DecisionID)
}
