package review

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"zhike/internal/tiering"

	"zhike/internal/platform/audit"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/jobs"
)

// Comment is a contribution to the discussion of a move.
type Comment struct {
	ID      int64  `json:"id"`
	StaffID int64  `json:"staff_id"`
	Name    string `json:"name"`
	Text    string `json:"text"`
	At      int64  `json:"at" doc:"Unix milliseconds"`
}

// Vote is a member's vote on a disputed move.
type Vote struct {
	MemberID   int64  `json:"member_id"`
	MemberName string `json:"member_name"`
	StaffID    int64  `json:"staff_id" doc:"Who gave it: the member, or the deputy"`
	StaffName  string `json:"staff_name"`
	Choice     string `json:"choice" doc:"proposed, keep, or the code of another level"`
	At         int64  `json:"at" doc:"Unix milliseconds"`
}

// VotingMember says how far a member is with the disputed moves.
type VotingMember struct {
	PanelMember
	Voted   int64 `json:"voted"`
	Missing int64 `json:"missing"`
}

// Voting is who has voted in a review, and who has not.
type Voting struct {
	Disputed   int64          `json:"disputed"`
	Decidable  int64          `json:"decidable" doc:"Disputed moves that the votes given settle"`
	DeadlineAt int64          `json:"deadline_at" doc:"Unix milliseconds"`
	Members    []VotingMember `json:"members"`
}

const maxComments = 500 // of a move

// AddComment adds to the discussion of a move. Only members and deputies of the
// panel do. Errors: tier.no_such_move, tier.not_on_panel, tier.decision_closed,
// tier.comment_empty, tier.text_too_long, tier.too_many_comments.
func (s *Service) AddComment(ctx context.Context, id, customer int64, text string) (Comment, error) {
	c := Comment{StaffID: auth.StaffID(ctx), At: s.now()}
	var err error
	if strings.TrimSpace(text) == "" {
		return c, errs.New(errs.Invalid, "invalid").WithField("text", "tier.comment_empty")
	}
	if c.Text, err = tiering.ReasonAt("text", text); err != nil {
		return c, err
	}
	if err := tiering.Shown(ctx); err != nil {
		return c, err
	}
	err = s.acting(ctx, id, func(ctx context.Context, r *review, b *board) error {
		if _, err := s.visibleMove(ctx, b, customer); err != nil {
			return err
		}
		if !slices.Contains(r.Panel.people(), c.StaffID) {
			return errs.New(errs.Forbidden, "tier.not_on_panel")
		}
		n, err := s.store.insertComment(ctx, id, customer, &c)
		if err != nil {
			return err
		}
		if n > maxComments {
			return errs.New(errs.TooLarge, "tier.too_many_comments", "max", maxComments)
		}
		return s.Audit.Append(ctx, audit.Entry{Action: "tier.review_comment", ObjectType: "tier_decision", ObjectID: decimal(id),
			After: map[string]any{"customer_id": customer, "comment_id": c.ID}})
	})
	if err != nil {
		return c, err
	}
	return c, s.Names.Sign(ctx, auth.By(c.StaffID, &c.Name))
}

// visibleMove finds the move of a customer whom the caller may see.
func (s *Service) visibleMove(ctx context.Context, b *board, customer int64) (int32, error) {
	p, ok := b.place(customer)
	if ok {
		err := s.Grading.Seen(ctx, customer)
		if !errs.Is(err, "tier.no_such_customer") {
			return p, err
		}
	}
	return 0, errs.New(errs.NotFound, "tier.no_such_move")
}

// CastVote gives or changes the caller's vote on a disputed move, for a member who
// is away by the deputy. choice is proposed, keep or the code of a level; member
// 0 is the caller's own seat, or the only one he or she acts for. Errors:
// tier.no_such_move, tier.not_disputed, tier.not_on_panel, tier.deputy_waits,
// tier.decision_closed, tier.no_such_level, tier.no_level_before.
func (s *Service) CastVote(ctx context.Context, id, customer, member int64, choice string) error {
	if err := tiering.Shown(ctx); err != nil {
		return err
	}
	return s.acting(ctx, id, func(ctx context.Context, r *review, b *board) error {
		p, err := s.visibleMove(ctx, b, customer)
		if err != nil {
			return err
		}
		seat, err := s.seatOf(ctx, r, member)
		if err != nil {
			return err
		}
		sch, err := s.Grading.SchemeOfRun(ctx, r.RunID)
		if err != nil {
			return err
		}
		b.mu.RLock()
		state, level := b.state[p], int16(b.moves[p].proposed)
		b.mu.RUnlock()
		if state != stateDisputed {
			return errs.New(errs.Conflict, "tier.not_disputed")
		}
		switch choice {
		case "proposed":
		case "keep":
			if level = int16(b.kept(p)); level < 0 {
				return errs.New(errs.Conflict, "tier.no_level_before")
			}
		default:
			if level = int16(sch.LevelIndex(choice)); level < 0 {
				return errs.New(errs.Invalid, "invalid").WithField("choice", "tier.no_such_level", "value", errs.Clip(choice))
			}
		}
		if err := s.store.saveVote(ctx, id, customer, seat.StaffID, auth.StaffID(ctx), level, s.now()); err != nil {
			return err
		}
		return s.Audit.Append(ctx, audit.Entry{Action: "tier.review_vote", ObjectType: "tier_decision", ObjectID: decimal(id),
			After: map[string]any{"customer_id": customer, "member_id": seat.StaffID, "level": sch.Levels[level].Code}})
	})
}

// seatOf is the seat that the caller votes for.
func (s *Service) seatOf(ctx context.Context, r *review, member int64) (PanelMember, error) {
	away, err := s.store.away(ctx)
	if err != nil {
		return PanelMember{}, err
	}
	seats := r.Panel.seats(auth.StaffID(ctx), away)
	if member == 0 && len(seats) == 1 {
		return seats[0], nil
	}
	if member == 0 {
		member = auth.StaffID(ctx)
	}
	for _, m := range seats {
		if m.StaffID == member {
			return m, nil
		}
	}
	return PanelMember{}, r.Panel.outside(auth.StaffID(ctx))
}

// settle turns votes into acts inside acting: those that have a result, and after
// the deadline all disputed moves. It says how many it settled.
func (s *Service) settle(ctx context.Context, r *review, b *board, over bool) (int, error) {
	votes, err := s.store.votes(ctx, r.ID)
	if err != nil {
		return 0, err
	}
	type outcome struct {
		kind  int
		level int16
		how   string
	}
	found := map[outcome][]int32{}
	b.mu.RLock()
	for i := range b.moves {
		p := int32(i)
		if b.state[p] != stateDisputed {
			continue
		}
		m := &b.moves[p]
		var given []int16
		for _, v := range votes[m.customer] {
			given = append(given, v.level)
		}
		o := outcome{kind: actAgree, level: keepBefore, how: "vote"}
		if level, ok := r.Panel.tally(given); ok {
			if level != int16(m.proposed) {
				o.kind, o.level = actOverrule, level
			}
		} else {
			if !over {
				continue
			}
			o.how = "deadline"
			// Whoever had no level has none to keep.
			if r.Panel.OnDeadline == DeadlineKeep && b.kept(p) >= 0 {
				o.kind = actOverrule
			}
		}
		found[o] = append(found[o], p)
	}
	b.mu.RUnlock()
	n := 0
	order := func(a, b outcome) int {
		return cmp.Or(cmp.Compare(a.how, b.how), cmp.Compare(a.kind, b.kind), cmp.Compare(a.level, b.level))
	}
	for _, o := range slices.SortedFunc(maps.Keys(found), order) {
		act := &reviewAct{kind: o.kind, level: o.level, how: o.how, staff: auth.StaffID(ctx), places: found[o]}
		if err := s.insertAct(ctx, r, b, act); err != nil {
			return n, err
		}
		n += len(found[o])
	}
	return n, nil
}

// SettleVotes closes the voting on all disputed moves that the votes given
// settle, and says how many these were. Errors: tier.no_such_decision,
// tier.decision_closed, tier.not_on_panel.
func (s *Service) SettleVotes(ctx context.Context, id int64) (settled int, err error) {
	err = s.acting(ctx, id, func(ctx context.Context, r *review, b *board) (err error) {
		if !can(ctx, tiering.PermPublish) {
			if _, err := s.seatOf(ctx, r, 0); err != nil {
				return err
			}
		}
		settled, err = s.settle(ctx, r, b, false)
		return err
	})
	return settled, err
}

// VotingOf says who has voted on the disputed moves of a review.
func (s *Service) VotingOf(ctx context.Context, id int64) (Voting, error) {
	r, b, err := s.openBoard(ctx, id)
	if err != nil {
		return Voting{}, err
	}
	if err := s.namePanel(ctx, &r.Panel); err != nil {
		return Voting{}, err
	}
	votes, err := s.store.votes(ctx, id)
	if err != nil {
		return Voting{}, err
	}
	out := Voting{DeadlineAt: r.DeadlineAt, Members: []VotingMember{}}
	by := map[int64]int64{}
	b.mu.RLock()
	defer b.mu.RUnlock()
	for i := range b.moves {
		if b.state[i] != stateDisputed {
			continue
		}
		out.Disputed++
		var given []int16
		for _, v := range votes[b.moves[i].customer] {
			by[v.member]++
			given = append(given, v.level)
		}
		if _, ok := r.Panel.tally(given); ok {
			out.Decidable++
		}
	}
	for _, m := range r.Panel.Members {
		out.Members = append(out.Members, VotingMember{m, by[m.StaffID], out.Disputed - by[m.StaffID]})
	}
	return out, nil
}

// Remind tells the members who have not voted on everything, and the deputies of
// those who are away. It says how many people were told. Errors:
// tier.no_such_decision, tier.decision_closed.
func (s *Service) Remind(ctx context.Context, id int64) (int, error) {
	v, err := s.VotingOf(ctx, id)
	if err != nil {
		return 0, err
	}
	missing := map[int64]int64{}
	for _, m := range v.Members {
		if m.Missing == 0 {
			continue
		}
		to := m.StaffID
		if m.Away && m.DeputyID != 0 {
			to = m.DeputyID
		}
		missing[to] = max(missing[to], m.Missing)
	}
	err = s.acting(ctx, id, func(ctx context.Context, r *review, _ *board) error {
		var list []Notice
		for _, to := range sorted(missing) {
			list = append(list, Notice{StaffID: to, Kind: "vote_missing", Params: map[string]any{
				"decision_id": id, "dimension": r.Dimension, "missing": missing[to], "deadline_at": r.DeadlineAt}})
		}
		if err := s.notify(ctx, list); err != nil {
			return err
		}
		return s.Audit.Append(ctx, audit.Entry{Action: "tier.review_remind", ObjectType: "tier_decision", ObjectID: decimal(id), After: map[string]any{"people": len(list)}})
	})
	return len(missing), err
}

type deadlineArgs struct{}

// Kind names the job.
func (deadlineArgs) Kind() string { return "tier.review_deadlines" }

// PassDeadlines settles the disputed moves of reviews whose time is over, as
// their procedure says.
func (s *Service) PassDeadlines(ctx context.Context) error {
	due, err := s.store.dueReviews(ctx, s.now())
	if err != nil {
		return err
	}
	for i := range due {
		if b, err := s.board(ctx, &due[i]); err != nil {
			return err
		} else if b.counts().Disputed == 0 {
			continue
		}
		err := s.acting(ctx, due[i].ID, func(ctx context.Context, r *review, b *board) error {
			_, err := s.settle(ctx, r, b, true)
			return err
		})
		if err != nil && !errs.Is(err, "tier.decision_closed") {
			return err
		}
	}
	return nil
}

func (s *Service) deadlineJob(ctx context.Context, _ jobs.Job[deadlineArgs]) error {
	return s.PassDeadlines(ctx)
}
